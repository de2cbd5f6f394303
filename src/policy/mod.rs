//! Access control: turns the security rules into conditions on rows, for one actor and one action.

mod binder;
mod comparison;
pub mod condition;
mod condition_mentions;
mod explain;
mod guard;
mod guard_builder;
mod impact;
mod literals;
mod mentions;
mod named;
mod parse_tree;
mod print;
mod privileges;
mod resource_filter;
mod resource_types;
mod rule;
mod rules;
#[cfg(test)]
mod tests;
mod unsatisfiable;
mod warning;

pub use explain::{Finding, Term, explain};
pub use guard::RuleSet;
pub use impact::{roles_in, touched};
pub use literals::Literal;
pub use mentions::mentions;
pub use named::{CustomProperty, Mention, Named, StoredAttribute};
pub use parse_tree::parse_tree;
pub use privileges::{Grants, Guards, KeptPrivileges, Privileges};
pub use resource_filter::ResourceFilter;
pub use resource_types::unknown_type;
pub use rule::{Rule, RuleError};
pub use unsatisfiable::never_holds;
pub use warning::{Warning, shown};
