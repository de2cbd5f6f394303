//! The filter language of QRS and the tree that filters and security rules both become.
//!
//! `filter` knows the grammar and no names; `bind` knows the names and no grammar; both are joined
//! by `Predicate`, which `sql` renders.

mod bind;
mod bind_value;
#[cfg(test)]
pub(crate) mod evaluate;
mod expression;
mod expression_cost;
mod filter;
mod flag_columns;
pub mod grammar;
mod ignore_case;
mod order;
mod path;
mod predicate;
mod print;
mod simplify;
mod sql;
#[cfg(test)]
mod tests;
mod text_error;
mod wildcards;

pub use bind::bind;
pub use expression::{Expression, Expressions, HINT, MOST_OF_RULE, Refused};
pub use filter::{Filter, Limits, Literal, Path, Segment, Term, parse};
pub use flag_columns::FlagColumns;
pub use grammar::Position;
pub use order::{Order, parse_order};
pub use predicate::{Operator, Pattern, Predicate};
pub use sql::{Sql, Way};
pub use text_error::{TextError, Unparsable};
pub use wildcards::Wildcards;

use crate::model::Entity;

/// What the caller may read of each entity type, so that a filter that walks into another entity
/// sees no more than that.
pub type Readable<'a> = &'a dyn Fn(&'static Entity) -> Predicate;
