//! Patterns with `*` for any number of characters and `?` for one. The text between two `*` is
//! found in linear time. If it contains `?`, each 64 characters of the pattern take a step for each
//! character of the text.

use std::collections::HashMap;

/// A pattern for matching texts.
#[derive(Debug)]
pub struct Wildcards {
    /// The piece at the start of a text.
    first: Piece,
    /// The pieces after each `*`, in order; the last one ends the text. Empty without a `*`.
    rest: Vec<Piece>,
}

/// The pattern between two `*`.
#[derive(Debug)]
enum Piece {
    /// A text without `?`.
    Plain(String),
    /// Characters with `?` among them.
    Holed(Holed),
}

/// Characters with holes where any character matches. They are found with one bit for each of them,
/// which says whether all characters up to it match (the Shift-And algorithm of Baeza-Yates and
/// Gonnet).
#[derive(Debug)]
struct Holed {
    characters: Vec<Option<char>>,
    /// For each character, its positions in the piece: the steps, in order, each with its bits.
    places: HashMap<char, Vec<(usize, u64)>>,
    /// The positions where any character matches.
    holes: Vec<u64>,
}

impl Wildcards {
    /// The pattern of a text that is folded in the same way as the texts to match.
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

    /// Whether the whole text matches. Each piece may take the first place where it matches: a
    /// later place would leave less for the others.
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
            None => Self::Holed(Holed::of(characters)),
        }
    }

    /// The rest of the text after the piece, if the text starts with it.
    fn after_start<'t>(&self, text: &'t str) -> Option<&'t str> {
        match self {
            Self::Plain(plain) => text.strip_prefix(plain.as_str()),
            Self::Holed(holed) => {
                let mut left = text.chars();
                let fits = holed.characters.iter().all(|expected| {
                    left.next()
                        .is_some_and(|found| expected.is_none_or(|expected| expected == found))
                });
                fits.then_some(left.as_str())
            }
        }
    }

    /// The rest of the text after the first match of the piece.
    fn after_first<'t>(&self, text: &'t str) -> Option<&'t str> {
        match self {
            Self::Plain(plain) => text.split_once(plain.as_str()).map(|(_, after)| after),
            Self::Holed(holed) => holed.after_first(text),
        }
    }

    /// Whether the text ends with the piece.
    fn ends(&self, text: &str) -> bool {
        match self {
            Self::Plain(plain) => text.ends_with(plain.as_str()),
            Self::Holed(holed) => {
                let mut left = text.chars().rev();
                holed.characters.iter().rev().all(|expected| {
                    left.next()
                        .is_some_and(|found| expected.is_none_or(|expected| expected == found))
                })
            }
        }
    }
}

impl Holed {
    fn of(characters: Vec<Option<char>>) -> Self {
        let mut holes = vec![0; characters.len().div_ceil(BITS)];
        for (place, _) in characters.iter().enumerate().filter(|(_, character)| character.is_none())
        {
            holes[place / BITS] |= 1 << (place % BITS);
        }
        let mut places: HashMap<char, Vec<(usize, u64)>> = HashMap::new();
        for (place, character) in characters.iter().enumerate() {
            let Some(character) = character else { continue };
            let (step, bit) = (place / BITS, 1 << (place % BITS));
            let steps = places.entry(*character).or_default();
            match steps.last_mut() {
                Some((last, bits)) if *last == step => *bits |= bit,
                _ => steps.push((step, bit)),
            }
        }
        Self { characters, places, holes }
    }

    /// The rest of the text after the first match of all characters.
    fn after_first<'t>(&self, text: &'t str) -> Option<&'t str> {
        let last = self.characters.len() - 1;
        let mut fitting = vec![0_u64; self.holes.len()];
        let mut left = text.chars();
        while let Some(character) = left.next() {
            // A match may start anywhere.
            let mut carry = 1;
            let mut own = self.places.get(&character).into_iter().flatten().peekable();
            for (step, (fitting, holes)) in fitting.iter_mut().zip(&self.holes).enumerate() {
                let own = own.next_if(|(own, _)| *own == step).map_or(0, |(_, bits)| *bits);
                let next = *fitting >> (BITS - 1);
                *fitting = (*fitting << 1 | carry) & (holes | own);
                carry = next;
            }
            if fitting[last / BITS] >> (last % BITS) & 1 == 1 {
                return Some(left.as_str());
            }
        }
        None
    }
}

/// The characters of a piece that one step examines.
const BITS: usize = u64::BITS as usize;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::time::{Duration, Instant};

    /// An independent implementation, which tries every possibility.
    fn tried(pattern: &[char], text: &[char]) -> bool {
        match (pattern, text) {
            ([], text) => text.is_empty(),
            (['*', rest @ ..], text) => (0..=text.len()).any(|skip| tried(rest, &text[skip..])),
            (['?', rest @ ..], [_, text @ ..]) => tried(rest, text),
            (['\\'], [first, text @ ..]) => *first == '\\' && text.is_empty(),
            (['\\', expected, rest @ ..] | [expected, rest @ ..], [first, text @ ..]) => {
                expected == first && tried(rest, text)
            }
            (_, []) => false,
        }
    }

    proptest! {
        #[test]
        fn a_text_matches_if_some_reading_of_the_pattern_does(pattern in "[abä*?\\\\]{0,8}",
            text in "[abä*?\\\\]{0,8}") {
            let [characters, expected] = [&text, &pattern].map(
                |text| text.chars().collect::<Vec<char>>()
            );
            prop_assert_eq!(
                Wildcards::of(&pattern).match_all_of(&text), tried(&expected, &characters), "{} {}",
                pattern, text
            );
        }
    }

    proptest! {
        #[test]
        fn a_long_piece_with_holes_is_found_at_its_position(piece in "[ab?]{60,200}",
            before in "[ab]{0,100}", other in "[abc]{0,200}") {
            let part = piece.replace('?', "ä");
            let pattern = format!("*{piece}?*");
            prop_assert!(
                Wildcards::of(&pattern).match_all_of(&format!("{before}{part}x")), "{} {}", pattern,
                before
            );
            // A text that is one character too short, and one in which one character differs.
            let short = part.chars().count() > 0 && !Wildcards::of(&pattern).match_all_of(&part);
            prop_assert!(short);
            let expected: Vec<Option<char>> = piece.chars().chain(['?']).map(
                |character| (character != '?').then_some(character)
            ).collect();
            let text: Vec<char> = other.chars().collect();
            let fits = text.windows(expected.len()).any(
                |part| part.iter().zip(&expected).all(
                    |(found, expected)| expected.is_none_or(|expected| expected == *found)
                )
            );
            prop_assert_eq!(
                Wildcards::of(&pattern).match_all_of(&other), fits, "{} {}", pattern, other
            );
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

    /// A pattern that almost matches at each position of the text.
    #[test]
    fn a_long_pattern_takes_no_longer_than_the_text() {
        let text = "a".repeat(100_000);
        let start = Instant::now();
        for pattern in [
            format!("*{}b", "a".repeat(4_000)),
            format!("*{}b*", "a".repeat(4_000)),
            "*a".repeat(4_000) + "b",
            format!("*?{}b*", "a".repeat(60)),
        ] {
            assert!(!Wildcards::of(&pattern).match_all_of(&text));
        }
        assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    }
}
