//! Who may do what: the rules, turned into conditions on rows for one actor and one action.

mod action;
pub mod condition;
mod explain;
mod guard;
mod meaning;
mod print;
mod resource_filter;
mod rule;
mod side;
#[cfg(test)]
mod tests;

pub use action::Action;
pub use explain::{Finding, explain};
pub use guard::RuleSet;
pub use resource_filter::ResourceFilter;
pub use rule::Rule;
