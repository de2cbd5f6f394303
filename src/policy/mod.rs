//! Who may do what: the rules, turned into conditions on rows for one actor and one action.

pub mod condition;
mod condition_mentions;
mod explain;
mod guard;
mod judge;
mod literals;
mod meaning;
mod mentions;
mod named;
mod never;
mod print;
mod privileges;
mod resource_filter;
mod resource_types;
mod rule;
mod rules;
mod side;
mod survey;
#[cfg(test)]
mod tests;
mod tree;
mod warning;

pub use explain::{Finding, Term, explain};
pub use guard::RuleSet;
pub use literals::Literal;
pub use mentions::mentions;
pub use named::{CustomProperty, Mention, Named, StoredAttribute};
pub use never::never_holds;
pub use privileges::{Grants, Guards, KeptPrivileges, Privileges};
pub use resource_filter::ResourceFilter;
pub use resource_types::unknown_type;
pub use rule::{Rule, RuleFault};
pub use survey::{roles_in, touched};
pub use tree::parse_tree;
pub use warning::{Warning, shown};
