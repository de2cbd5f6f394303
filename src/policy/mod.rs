//! Who may do what: the rules, turned into conditions on rows for one actor and one action.

mod action;
mod guard;

pub use action::Action;
pub use guard::{guard, readable};
