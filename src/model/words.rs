//! Words for people.

use super::Entity;
use std::fmt::Display;

/// The text with its first letter as a capital.
#[must_use]
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The first characters of a text, with a sign where more of it is left out.
#[must_use]
pub fn excerpt(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

impl Entity {
    /// That many of the type, as in `12 data connections`.
    #[must_use]
    pub fn counted<N: Copy + Display + PartialEq + From<u8>>(&self, number: N) -> String {
        let plural = if number == N::from(1) { "" } else { "s" };
        format!("{number} {}{plural}", self.noun)
    }
}
