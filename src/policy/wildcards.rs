//! Patterns with `*` for any run of characters and `?` for one, tested without a regular expression: one need not be compiled, and the time is
//! bounded by the product of the lengths.

/// A pattern, character by character.
pub struct Wildcards(Vec<Wildcard>);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Wildcard {
    /// `*`
    Run,
    /// `?`
    One,
    /// This character, which may have a backslash before it.
    This(char),
}

impl Wildcards {
    /// The pattern of a text that is folded as those that are tested.
    #[must_use]
    pub fn of(pattern: &str) -> Self {
        let mut parts = Vec::new();
        let mut characters = pattern.chars();
        while let Some(character) = characters.next() {
            parts.push(match character {
                '*' => Wildcard::Run,
                '?' => Wildcard::One,
                '\\' => Wildcard::This(characters.next().unwrap_or('\\')),
                other => Wildcard::This(other),
            });
        }
        Self(parts)
    }

    /// Whether the text as a whole fits. Where it does not, the last run takes one character more: those before it never need to.
    #[must_use]
    pub fn match_all_of(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        let (mut at, mut next) = (0, 0);
        let mut last_run: Option<(usize, usize)> = None;
        while at < text.len() {
            match self.0.get(next) {
                Some(Wildcard::Run) => {
                    last_run = Some((at, next + 1));
                    next += 1;
                }
                Some(part) if part.fits(text[at]) => {
                    at += 1;
                    next += 1;
                }
                _ => {
                    let Some((start, after)) = last_run else { return false };
                    last_run = Some((start + 1, after));
                    (at, next) = (start + 1, after);
                }
            }
        }
        self.0[next..].iter().all(|part| *part == Wildcard::Run)
    }
}

impl Wildcard {
    fn fits(self, character: char) -> bool {
        self == Self::One || self == Self::This(character)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The same by trying everything.
    fn tried(pattern: &[Wildcard], text: &[char]) -> bool {
        match (pattern, text) {
            ([], text) => text.is_empty(),
            ([Wildcard::Run, rest @ ..], text) => (0..=text.len()).any(|skip| tried(rest, &text[skip..])),
            ([part, rest @ ..], [first, text @ ..]) => part.fits(*first) && tried(rest, text),
            (_, []) => false,
        }
    }

    proptest! {
        #[test]
        fn a_text_fits_where_some_way_to_read_it_does(pattern in "[ab*?\\\\]{0,8}", text in "[ab*?\\\\]{0,8}") {
            let wildcards = Wildcards::of(&pattern);
            let characters: Vec<char> = text.chars().collect();
            prop_assert_eq!(wildcards.match_all_of(&text), tried(&wildcards.0, &characters), "{} {}", pattern, text);
        }
    }

    #[test]
    fn escapes_stand_for_themselves_and_runs_span_lines() {
        for (pattern, text, fits) in [
            ("a*", "a\nb", true),
            ("", "", true),
            ("", "a", false),
            ("\\*", "*", true),
            ("\\*", "a", false),
            ("\\a", "a", true),
            ("a\\", "a\\", true),
            ("é?", "éß", true),
        ] {
            assert_eq!(Wildcards::of(pattern).match_all_of(text), fits, "{pattern}: {text}");
        }
    }

    #[test]
    fn many_runs_take_no_time() {
        let pattern = "*a".repeat(1_000) + "b";
        assert!(!Wildcards::of(&pattern).match_all_of(&"a".repeat(10_000)));
    }
}
