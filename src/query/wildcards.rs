//! Patterns with `*` for any run of characters and `?` for one. The text between two runs is found in linear time. With a `?` in it, the time is bounded by the
//! product of the lengths.

/// A pattern that texts are tested by.
#[derive(Debug)]
pub struct Wildcards {
    /// The start of a text.
    first: Piece,
    /// The pieces after runs, in this order; the last one ends the text. None without a run.
    rest: Vec<Piece>,
}

/// The text between two runs.
#[derive(Debug)]
enum Piece {
    /// A text.
    Plain(String),
    /// Characters; any where there is none.
    Holed(Vec<Option<char>>),
}

impl Wildcards {
    /// The pattern of a text that is folded as those that are tested.
    #[must_use]
    pub fn of(pattern: &str) -> Self {
        let (mut pieces, mut piece) = (Vec::new(), Vec::new());
        let mut characters = pattern.chars();
        while let Some(character) = characters.next() {
            match character {
                '*' => pieces.push(Piece::of(std::mem::take(&mut piece))),
                '?' => piece.push(None),
                '\\' => piece.push(Some(characters.next().unwrap_or('\\'))),
                other => piece.push(Some(other)),
            }
        }
        pieces.push(Piece::of(piece));
        let rest = pieces.split_off(1);
        Self { first: pieces.swap_remove(0), rest }
    }

    /// Whether the text as a whole fits. Each piece may take the first place where it fits: a later one would leave the others less.
    #[must_use]
    pub fn match_all_of(&self, text: &str) -> bool {
        let Some(mut left) = self.first.after_start(text) else { return false };
        let Some((last, middle)) = self.rest.split_last() else { return left.is_empty() };
        for piece in middle {
            match piece.after_first(left) {
                Some(after) => left = after,
                None => return false,
            }
        }
        last.ends(left)
    }
}

impl Piece {
    fn of(characters: Vec<Option<char>>) -> Self {
        match characters.iter().copied().collect() {
            Some(text) => Self::Plain(text),
            None => Self::Holed(characters),
        }
    }

    /// The rest of the text after the piece, with which it must begin.
    fn after_start<'t>(&self, text: &'t str) -> Option<&'t str> {
        match self {
            Self::Plain(plain) => text.strip_prefix(plain.as_str()),
            Self::Holed(holed) => {
                let mut left = text.chars();
                let fits = holed
                    .iter()
                    .all(|wanted| left.next().is_some_and(|found| wanted.is_none_or(|wanted| wanted == found)));
                fits.then_some(left.as_str())
            }
        }
    }

    /// The rest of the text after the first place where the piece fits.
    fn after_first<'t>(&self, text: &'t str) -> Option<&'t str> {
        match self {
            Self::Plain(plain) => text.split_once(plain.as_str()).map(|(_, after)| after),
            Self::Holed(_) => text.char_indices().find_map(|(start, _)| self.after_start(&text[start..])),
        }
    }

    /// Whether the text ends with the piece.
    fn ends(&self, text: &str) -> bool {
        match self {
            Self::Plain(plain) => text.ends_with(plain.as_str()),
            Self::Holed(holed) => {
                let mut left = text.chars().rev();
                holed
                    .iter()
                    .rev()
                    .all(|wanted| left.next().is_some_and(|found| wanted.is_none_or(|wanted| wanted == found)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::time::{Duration, Instant};

    /// The same by trying everything.
    fn tried(pattern: &[char], text: &[char]) -> bool {
        match (pattern, text) {
            ([], text) => text.is_empty(),
            (['*', rest @ ..], text) => (0..=text.len()).any(|skip| tried(rest, &text[skip..])),
            (['?', rest @ ..], [_, text @ ..]) => tried(rest, text),
            (['\\'], [first, text @ ..]) => *first == '\\' && text.is_empty(),
            (['\\', wanted, rest @ ..] | [wanted, rest @ ..], [first, text @ ..]) => {
                wanted == first && tried(rest, text)
            }
            (_, []) => false,
        }
    }

    proptest! {
        #[test]
        fn a_text_fits_where_some_way_to_read_it_does(pattern in "[abä*?\\\\]{0,8}", text in "[abä*?\\\\]{0,8}") {
            let [characters, wanted] = [&text, &pattern].map(|text| text.chars().collect::<Vec<char>>());
            prop_assert_eq!(Wildcards::of(&pattern).match_all_of(&text), tried(&wanted, &characters), "{} {}", pattern, text);
        }
    }

    #[test]
    fn escapes_stand_for_themselves_and_runs_span_lines() {
        for (pattern, text, fits) in [
            (r"a\*b", "a*b", true),
            (r"a\*b", "axb", false),
            (r"a\?", "a?", true),
            (r"a\\", r"a\", true),
            (r"a\", r"a\", true),
            ("a*c", "a\nb\nc", true),
            ("a?c", "a\nc", true),
            ("", "", true),
            ("", "a", false),
            ("**", "", true),
        ] {
            assert_eq!(Wildcards::of(pattern).match_all_of(text), fits, "{pattern} {text}");
        }
    }

    /// A pattern that almost fits at each place of the text.
    #[test]
    fn a_long_pattern_takes_no_longer_than_the_text() {
        let text = "a".repeat(100_000);
        let start = Instant::now();
        for pattern in
            [format!("*{}b", "a".repeat(4_000)), format!("*{}b*", "a".repeat(4_000)), "*a".repeat(4_000) + "b"]
        {
            assert!(!Wildcards::of(&pattern).match_all_of(&text));
        }
        assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    }
}
