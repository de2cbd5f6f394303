//! Warnings about a rule, which are not errors.

use serde::Serialize;
use std::fmt::{self, Display};
use utoipa::ToSchema;

/// A condition in a rule that can never be true, or a name that does not exist. The rule is stored
/// nevertheless.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Warning {
    /// The field of the rule.
    pub field: &'static str,
    /// The character of the field, counted from 1; absent if the warning is about the whole field.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub position: Option<usize>,
    /// The problem, and a suggestion if there is one.
    pub message: String,
}

impl Warning {
    /// A warning about a whole field.
    #[must_use]
    pub const fn about(field: &'static str, message: String) -> Self {
        Self { field, position: None, message }
    }
}

/// The most characters of a name that a message shows. A name in a rule can be as long as its
/// condition.
const SHOWN: usize = 64;

/// A name or a text of a rule as messages show it.
#[must_use]
pub fn shown(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}

impl Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some(position) => write!(f, "{}: at position {position}: {}", self.field, self.message),
            None => write!(f, "{}: {}", self.field, self.message),
        }
    }
}
