//! Errors in a filter or an order, with their position.

use crate::model::{FieldError, FieldErrors, excerpt};
use std::fmt;

/// An error at a position in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextError {
    /// The position of the character, counted from 1.
    pub position: usize,
    /// The problem, and what is expected.
    pub message: String,
}

impl TextError {
    /// An error at byte `offset` of `text`.
    pub fn new(text: &str, offset: usize, message: impl Into<String>) -> Self {
        Self { position: text[..offset].chars().count() + 1, message: message.into() }
    }

    /// This error as the error of a field.
    #[must_use]
    pub fn of_field(self, field: &'static str) -> FieldErrors {
        FieldError { position: Some(self.position), ..FieldError::new(field, self.message) }.into()
    }
}

/// A filter or an order that can't be parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unparsable {
    /// The field that contains it; `None` if the request has only one such text.
    field: Option<&'static str>,
    /// The beginning of the text.
    excerpt: String,
    /// The error and its position.
    pub problem: TextError,
}

/// The most characters of the text that a message shows.
const SHOWN: usize = 200;

impl Unparsable {
    /// The error of the text of a filter or an order.
    #[must_use]
    pub fn new(text: &str, problem: TextError) -> Self {
        Self { field: None, excerpt: excerpt(text, SHOWN), problem }
    }

    /// This error in a field of the request.
    #[must_use]
    pub fn in_field(self, field: &'static str) -> Self {
        Self { field: Some(field), ..self }
    }
}

/// QRS begins its message with the same words.
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
