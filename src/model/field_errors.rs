//! What is wrong with a body, said field by field.

use super::field_path::{FieldPath, Step};
use std::fmt;

/// One thing that is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field.
    pub field: FieldPath,
    /// The character of the field's text at which the fault is, counted from 1; none if it is about
    /// the whole field.
    pub position: Option<usize>,
    /// The kind of the fault.
    pub cause: Cause,
    /// What is wrong and what would be right, without the position. Never repeats a secret.
    pub message: String,
}

/// The kind of a fault, which decides how its message reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The value can't be taken. The message ends a sentence that begins with the field.
    Value,
    /// The value names an entity that is not there, or that the caller may not see. The message is
    /// a sentence of its own.
    NotFound,
}

impl FieldError {
    /// A value that can't be taken.
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

/// A body that can't be taken, with the faults that were found in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldErrors {
    faults: Vec<FieldError>,
    /// How many there are beyond those.
    more: usize,
}

/// So many faults are kept; the rest is only counted: a short body can have very many.
const KEPT: usize = 100;

/// Messages show this many faults.
const SHOWN: usize = 10;

impl FieldErrors {
    /// A body with one fault.
    pub fn one(field: impl Into<FieldPath>, message: impl Into<String>) -> Self {
        FieldError::new(field, message).into()
    }

    /// The faults, as far as they are kept.
    #[must_use]
    pub fn into_faults(self) -> Vec<FieldError> {
        self.faults
    }

    /// Adds the faults of another part of the body.
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

    /// What was read, if it has no fault.
    ///
    /// # Errors
    /// `Invalid` with the faults if there are any.
    pub fn or<T>(self, read: T) -> Result<T, Self> {
        if self.faults.is_empty() { Ok(read) } else { Err(self) }
    }

    /// The same faults, one level further down.
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
    fn very_many_faults_are_counted_and_few_are_kept() {
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
