//! The filter language of QRS, and the predicate tree for both filters and security rules.
//!
//! `filter` is the grammar, without names; `bind` resolves the names; the result is a `Predicate`,
//! which `sql` renders.

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

/// The rows of each entity type that the caller may read, so that a filter that follows a reference
/// sees only those.
pub type Readable<'a> = &'a dyn Fn(&'static Entity) -> Predicate;
