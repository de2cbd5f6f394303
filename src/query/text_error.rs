//! What is wrong with a filter or an order, and where.

use crate::model::{FieldError, FieldErrors, excerpt};
use std::fmt;

/// A fault at a place in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextError {
    /// The character at which it is, counted from 1.
    pub position: usize,
    /// What is wrong and what would be right.
    pub message: String,
}

impl TextError {
    /// A problem at byte `offset` of `text`.
    pub fn new(text: &str, offset: usize, message: impl Into<String>) -> Self {
        Self { position: text[..offset].chars().count() + 1, message: message.into() }
    }

    /// The same as a fault of a field.
    #[must_use]
    pub fn of_field(self, field: &'static str) -> FieldErrors {
        FieldError { position: Some(self.position), ..FieldError::new(field, self.message) }.into()
    }
}

/// A filter or an order that can't be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unparsable {
    /// The field that holds it, unless a request has one such text only.
    field: Option<&'static str>,
    /// Its beginning.
    excerpt: String,
    /// What is wrong, and where.
    pub problem: TextError,
}

/// Characters of the text that a message shows.
const SHOWN: usize = 200;

impl Unparsable {
    /// The text of a filter or an order, with what is wrong with it.
    #[must_use]
    pub fn new(text: &str, problem: TextError) -> Self {
        Self { field: None, excerpt: excerpt(text, SHOWN), problem }
    }

    /// The same in a field of the request.
    #[must_use]
    pub fn in_field(self, field: &'static str) -> Self {
        Self { field: Some(field), ..self }
    }
}

/// The first words are QRS's own.
impl fmt::Display for Unparsable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(field) = self.field {
            write!(f, "{field}: ")?;
        }
        write!(f, "Cannot parse the expression: {} ({})", self.excerpt, self.problem)
    }
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at position {}: {}", self.position, self.message)
    }
}
