//! Who may do what: the rules, turned into conditions on rows for one actor and one action.

mod action;
pub mod condition;
mod explain;
mod guard;
mod judge;
mod literals;
mod meaning;
mod print;
mod privileges;
mod resource_filter;
mod rule;
mod rules;
mod side;
mod survey;
#[cfg(test)]
mod tests;
mod tree;

pub use action::Action;
pub use explain::{Finding, Term, explain};
pub use guard::{Guards, RuleSet};
pub use literals::Literal;
pub use privileges::{Grants, KeptPrivileges, Privileges};
pub use resource_filter::ResourceFilter;
pub use rule::{Rule, RuleFault, read_only};
pub use survey::{roles_in, touched};
pub use tree::parse_tree;
