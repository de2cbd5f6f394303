//! What is wrong with a filter or an order, and where.

use std::fmt;

/// A fault at a place in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The character at which it is, counted from 1.
    pub position: usize,
    /// What is wrong and what would be right.
    pub message: String,
}

impl Problem {
    /// A problem at byte `offset` of `text`.
    pub fn new(text: &str, offset: usize, message: impl Into<String>) -> Self {
        Self { position: text[..offset].chars().count() + 1, message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at position {}: {}", self.position, self.message)
    }
}
