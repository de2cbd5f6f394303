//! A fault that marks a character of a text.

use crate::query::TextError;

/// A fault, with the text in which it is.
pub struct Marked {
    /// The name of the text.
    pub title: String,
    /// What is wrong.
    pub message: String,
    /// The marked character, if the fault has a position.
    pub place: Option<Place>,
}

/// A text with one character marked.
pub struct Place {
    /// The text before the character.
    pub before: String,
    /// The character; a space at the end of the text.
    pub at: String,
    /// The text after the character.
    pub after: String,
}

impl Marked {
    /// What is wrong with a filter or an order.
    pub fn problem(title: &str, text: &str, problem: &TextError) -> Self {
        Self::new(title, problem.message.clone()).at(text, Some(problem.position))
    }

    /// A fault without a position.
    pub fn new(title: &str, message: String) -> Self {
        Self { title: title.to_owned(), message, place: None }
    }

    /// Marks the character of `text` at a position, counted from 1, if there is one.
    pub fn at(self, text: &str, position: Option<usize>) -> Self {
        Self { place: position.map(|position| Place::new(text, position)), ..self }
    }
}

impl Place {
    /// The character at a position, counted from 1.
    fn new(text: &str, position: usize) -> Self {
        let mut letters = text.chars();
        let before = letters.by_ref().take(position.saturating_sub(1)).collect();
        let at = letters.next().filter(|letter| !letter.is_control()).unwrap_or(' ').to_string();
        Self { before, at, after: letters.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_character_is_marked_at_each_position() {
        for (position, parts) in [
            (1, ["", "ä", "bc"]),
            (3, ["äb", "c", ""]),
            (4, ["äbc", " ", ""]),
            (9, ["äbc", " ", ""]),
        ] {
            let marked = Marked::new("Rule", "is wrong".to_owned()).at("äbc", Some(position));
            let place = marked.place.unwrap();
            assert_eq!([place.before.as_str(), &place.at, &place.after], parts);
        }
        assert!(
            Marked::new("Rule", "is wrong at position 2".to_owned())
                .at("äbc", None)
                .place
                .is_none()
        );
    }
}
