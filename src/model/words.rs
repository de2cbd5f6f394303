//! Helpers for texts that people read.

use super::Entity;
use std::fmt::Display;

/// The text with its first letter capitalised.
#[must_use]
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The first characters of a text, with an ellipsis if it is longer.
#[must_use]
pub fn excerpt(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A number of things, as in `12 seconds`.
#[must_use]
pub fn counted<N: Copy + Display + PartialEq + From<u8>>(number: N, noun: &str) -> String {
    let plural = if number == N::from(1) { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

impl Entity {
    /// A number of entities of the type, as in `12 data connections`.
    #[must_use]
    pub fn counted<N: Copy + Display + PartialEq + From<u8>>(&self, number: N) -> String {
        counted(number, self.noun)
    }
}
