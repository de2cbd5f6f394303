//! What is wrong with a body, said field by field.

use std::fmt;

/// One thing that is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The JSON path of the field, such as `customProperties[0].definition.id`; empty for the body itself.
    pub field: String,
    /// What is wrong and what would be right. Never repeats a secret.
    pub message: String,
}

/// A body that can't be taken, with every fault that was found in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid(pub Vec<Fault>);

/// Messages show this many faults; the rest is only counted.
const SHOWN: usize = 10;

impl Invalid {
    /// A body with one fault.
    pub fn one(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self(vec![Fault { field: field.into(), message: message.into() }])
    }

    /// The same faults, one level further down.
    #[must_use]
    pub fn within(mut self, prefix: &str) -> Self {
        for fault in &mut self.0 {
            fault.field = match fault.field.as_str() {
                "" => prefix.to_owned(),
                field if field.starts_with('[') => format!("{prefix}{field}"),
                field => format!("{prefix}.{field}"),
            };
        }
        self
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.iter().take(SHOWN).enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            let field = if fault.field.is_empty() { "body" } else { &fault.field };
            write!(f, "{separator}{field}: {}", fault.message)?;
        }
        match self.0.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}
