//! What is pointed out about a rule, though it is no fault.

use serde::Serialize;
use std::fmt::{self, Display};
use utoipa::ToSchema;

/// Something in a rule that can never hold, or that names something that is not there. The rule is
/// stored all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Warning {
    /// The field of the rule.
    pub field: &'static str,
    /// The character of the field, counted from 1; absent if the warning is about the whole field.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub position: Option<usize>,
    /// What is wrong, and what may be meant instead.
    pub message: String,
}

impl Warning {
    /// A warning about a whole field.
    #[must_use]
    pub const fn about(field: &'static str, message: String) -> Self {
        Self { field, position: None, message }
    }
}

/// Characters of a name that a message shows. A rule can have a name as long as its condition.
const SHOWN: usize = 64;

/// A name or a text of a rule as a message shows it.
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
