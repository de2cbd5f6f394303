//! The errors in a body, by field.

use super::field_path::{FieldPath, Step};
use std::fmt;

/// An error in one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field.
    pub field: FieldPath,
    /// The position of the error in the field's text, counted from 1; `None` if the whole field is
    /// wrong.
    pub position: Option<usize>,
    /// The kind of the error.
    pub cause: Cause,
    /// The problem and what is expected, without the position. Never contains a secret.
    pub message: String,
}

/// The kind of an error, which determines how its message reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The value is invalid. The message continues a sentence that starts with the field.
    Value,
    /// The value refers to an entity that does not exist, or that the caller may not see. The
    /// message is a complete sentence.
    NotFound,
}

impl FieldError {
    /// An error for an invalid value.
    pub fn new(field: impl Into<FieldPath>, message: impl Into<String>) -> Self {
        Self { field: field.into(), position: None, cause: Cause::Value, message: message.into() }
    }

    /// The message, with the position if there is one.
    #[must_use]
    pub fn text(&self) -> String {
        match self.position {
            Some(position) => format!("at position {position}: {}", self.message),
            None => self.message.clone(),
        }
    }
}

/// The errors found in a body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldErrors {
    faults: Vec<FieldError>,
    /// The number of further errors.
    more: usize,
}

/// The number of errors that are kept; further ones are only counted, because a short body can have
/// very many.
const KEPT: usize = 100;

/// The number of errors that a message shows.
const SHOWN: usize = 10;

impl FieldErrors {
    /// A single error.
    pub fn one(field: impl Into<FieldPath>, message: impl Into<String>) -> Self {
        FieldError::new(field, message).into()
    }

    /// The errors that were kept.
    #[must_use]
    pub fn into_faults(self) -> Vec<FieldError> {
        self.faults
    }

    /// Adds the errors of another part of the body.
    pub fn add(&mut self, other: Self) {
        self.more += other.more;
        for fault in other.faults {
            if self.faults.len() < KEPT {
                self.faults.push(fault);
            } else {
                self.more += 1;
            }
        }
    }

    /// Returns `read` if there are no errors.
    ///
    /// # Errors
    /// [`FieldErrors`] if there are any.
    pub fn or<T>(self, read: T) -> Result<T, Self> {
        if self.faults.is_empty() { Ok(read) } else { Err(self) }
    }

    /// The same errors, with `step` in front of their paths.
    #[must_use]
    pub fn within(mut self, step: impl Into<Step>) -> Self {
        let step = step.into();
        for fault in &mut self.faults {
            fault.field = std::mem::take(&mut fault.field).within(step.clone());
        }
        self
    }
}

impl fmt::Display for FieldErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().take(SHOWN).enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            let field: &dyn fmt::Display =
                if fault.field.steps().is_empty() { &"body" } else { &fault.field };
            write!(f, "{separator}{field}: {}", fault.text())?;
        }
        match self.faults.len().saturating_sub(SHOWN) + self.more {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

impl From<FieldError> for FieldErrors {
    fn from(fault: FieldError) -> Self {
        Self { faults: vec![fault], more: 0 }
    }
}

impl From<Vec<FieldError>> for FieldErrors {
    fn from(faults: Vec<FieldError>) -> Self {
        let mut invalid = Self::default();
        invalid.add(Self { faults, more: 0 });
        invalid
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_errors_are_kept_and_all_are_counted() {
        let mut all = FieldErrors::default();
        for index in 0..1_000 {
            let mut two = FieldErrors::one("name", "is missing");
            two.add(FieldErrors::one("", "is wrong"));
            all.add(two.within(index));
        }
        assert_eq!(all.clone().into_faults().len(), KEPT);
        let message = all.to_string();
        assert!(
            message.starts_with("[0].name: is missing; [0]: is wrong; [1].name: "),
            "{message}"
        );
        assert!(message.ends_with("; and 1990 more"), "{message}");
        assert_eq!(all.clone().or(()), Err(all));
        assert_eq!(FieldErrors::default().or(1), Ok(1));
    }
}
