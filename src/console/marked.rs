//! A fault, shown under the character at which it is.

use crate::query::Problem;

/// A fault, and the text in which it is.
pub struct Marked {
    /// What it is about.
    pub title: String,
    /// What is wrong.
    pub message: String,
    /// Where, if it is at a place.
    pub place: Option<Place>,
}

/// A text with one character marked.
pub struct Place {
    /// What stands before it.
    pub before: String,
    /// The character; a space at the end of the text.
    pub at: String,
    /// What stands after it.
    pub after: String,
}

impl Marked {
    /// A problem of a text.
    pub fn new(title: &str, text: &str, problem: &Problem) -> Self {
        let place = Some(Place::new(text, problem.position));
        Self { title: title.to_owned(), message: problem.message.clone(), place }
    }

    /// A message about a text, which may say at which position.
    pub fn said(title: &str, text: &str, message: &str) -> Self {
        let position = message.split("at position ").nth(1).map(|rest| {
            let digits = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
            rest[..digits].parse()
        });
        let place = position.and_then(Result::ok).map(|position| Place::new(text, position));
        Self { title: title.to_owned(), message: message.to_owned(), place }
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
    fn the_character_is_marked_wherever_it_is() {
        for (position, parts) in
            [(1, ["", "ä", "bc"]), (3, ["äb", "c", ""]), (4, ["äbc", " ", ""]), (9, ["äbc", " ", ""])]
        {
            let marked = Marked::said("Rule", "äbc", &format!("is none (at position {position}: no)"));
            let place = marked.place.unwrap();
            assert_eq!([place.before.as_str(), &place.at, &place.after], parts);
        }
        assert!(Marked::said("Rule", "abc", "is none").place.is_none());
    }
}
