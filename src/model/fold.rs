//! Case folding: the single definition of which texts are equal when case is ignored.

use icu_casemap::{CaseMapper, CaseMapperBorrowed};
use icu_normalizer::{ComposingNormalizer, ComposingNormalizerBorrowed};

const CASES: CaseMapperBorrowed<'static> = CaseMapper::new();
const NFKC: ComposingNormalizerBorrowed<'static> = ComposingNormalizer::new_nfkc();

/// The form in which texts are compared: QRS ignores case, and Patchbay does so for all of Unicode.
///
/// This is simple case folding (Unicode's `CaseFolding.txt`, status C and S), one character for one
/// character. A character that is only a compatibility variant of other characters (NFKC) folds to
/// itself: no character outside ASCII folds into ASCII, so the KELVIN SIGN is not a `k`.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.chars().map(fold_char).collect()
}

/// The folded form of one character.
#[must_use]
pub fn fold_char(character: char) -> char {
    if character.is_ascii() {
        return character.to_ascii_lowercase();
    }
    let folded = CASES.simple_fold(character);
    if folded == character || is_variant(character) { character } else { folded }
}

fn is_variant(character: char) -> bool {
    !NFKC.is_normalized(character.encode_utf8(&mut [0; 4]))
}

/// The folding of Patchbay up to schema 10, to find texts that no longer match: full case folding,
/// in which `ß` was `ss` and `ı` was `i`.
#[must_use]
pub fn earlier_fold(text: &str) -> String {
    text.chars()
        .flat_map(char::to_lowercase)
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .collect()
}

/// Whether two texts are equal when case is ignored.
#[must_use]
pub fn is_same_folded(one: &str, other: &str) -> bool {
    one.chars().map(fold_char).eq(other.chars().map(fold_char))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn every_character() -> impl Iterator<Item = char> {
        '\0'..=char::MAX
    }

    #[test]
    fn case_is_ignored_in_all_of_unicode() {
        for (one, other) in [
            ("PROD", "prod"),
            ("STRAẞE", "straße"),
            ("ΣΑΣ", "σας"),
            ("ÅÄÖ", "åäö"),
            ("ДАННЫЕ", "данные"),
            ("ꭰ", "Ꭰ"),
        ] {
            assert_eq!(fold(one), fold(other), "{one} and {other}");
            assert!(is_same_folded(one, other), "{one} and {other}");
        }
        let different = [
            ("a", "ä"),
            ("Straße", "STRASSE"),
            ("ivi", "ıvı"),
            ("IVI", "İVİ"),
            ("fin", "ﬁn"),
            ("kim", "\u{212a}im"),
            ("sam", "ſam"),
            ("å", "\u{212b}"),
            ("ω", "\u{2126}"),
            ("θ", "ϑ"),
            ("μ", "µ"),
            ("a", "ａ"),
        ];
        for (one, other) in different {
            assert_ne!(fold(one), fold(other), "{one} and {other}");
            assert!(!is_same_folded(one, other), "{one} and {other}");
        }
    }

    #[test]
    fn no_character_outside_ascii_folds_into_ascii() {
        for character in every_character().filter(|character| !character.is_ascii()) {
            assert!(!fold_char(character).is_ascii(), "U+{:04X}", u32::from(character));
        }
    }

    #[test]
    fn folding_twice_changes_nothing_for_every_character() {
        for character in every_character() {
            let once = fold_char(character);
            assert_eq!(fold_char(once), once, "U+{:04X}", u32::from(character));
        }
    }

    /// Letters of Unicode 18, which the standard library does not know yet.
    const NEW: [u32; 20] = [
        0xa7dd, 0xa7e2, 0xab6c, 0xab6d, 0x1_df40, 0x1_df48, 0x1_df4a, 0x1_df4d, 0x1_df51, 0x1_df68,
        0x1_df6a, 0x1_df6c, 0x1_df6e, 0x1_df72, 0x1_df74, 0x1_df76, 0x1_df78, 0x1_df7a, 0x1_df7c,
        0x1_df7e,
    ];

    fn known_characters() -> impl Iterator<Item = char> {
        every_character().filter(|character| !NEW.contains(&u32::from(*character)))
    }

    /// So the migration from schema 10 does not make different names equal: `fold(a) == fold(b)`
    /// gives `earlier_fold(a) == earlier_fold(fold(a)) == earlier_fold(fold(b)) ==
    /// earlier_fold(b)`.
    #[test]
    fn texts_that_are_equal_were_equal_up_to_schema_10() {
        let folded = |character: &char| fold_char(*character) != *character;
        for character in known_characters().filter(folded) {
            let text = character.to_string();
            assert_eq!(
                earlier_fold(&fold(&text)),
                earlier_fold(&text),
                "U+{:04X}",
                u32::from(character)
            );
        }
    }

    /// The standard library implements case as well: characters that fold to the same are cases of
    /// one letter there, too.
    #[test]
    fn characters_that_fold_to_the_same_are_cases_of_one_letter() {
        let cases = |character: char| {
            let text = character.to_string();
            [text.to_lowercase(), text.to_uppercase(), text.to_uppercase().to_lowercase()]
        };
        for character in known_characters().filter(|character| fold_char(*character) != *character)
        {
            let (own, folded) = (cases(character), cases(fold_char(character)));
            assert!(own.iter().any(|case| folded.contains(case)), "U+{:04X}", u32::from(character));
        }
    }

    /// A letter with exactly one lower or upper case folds to the same as that case, unless it is a
    /// variant of another letter.
    #[test]
    fn cases_of_one_letter_fold_to_the_same() {
        let single = |text: String| text.parse::<char>().ok();
        let has_case = |character: &char| {
            character.to_lowercase().chain(character.to_uppercase()).any(|case| case != *character)
        };
        let letters = known_characters().filter(has_case);
        for character in letters.filter(|letter| *letter != 'ı' && !is_variant(*letter)) {
            let text = character.to_string();
            let cases = [text.to_lowercase(), text.to_uppercase()].into_iter().filter_map(single);
            for case in cases.filter(|case| !is_variant(*case)) {
                assert_eq!(fold_char(character), fold_char(case), "U+{:04X}", u32::from(character));
            }
        }
    }

    /// Stored columns contain folded text. If this fails, the library has a newer Unicode version,
    /// and a migration must fold stored text again.
    #[test]
    fn the_folding_table_is_that_of_stored_text() {
        use sha2::{Digest, Sha256};
        let mut hash = Sha256::new();
        let mut folding = 0;
        for character in every_character().filter(|character| fold_char(*character) != *character) {
            folding += 1;
            hash.update(u32::from(character).to_be_bytes());
            hash.update(u32::from(fold_char(character)).to_be_bytes());
        }
        let hash = hash
            .finalize()
            .iter()
            .take(8)
            .fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        assert_eq!((folding, hash.as_str()), (1428, "1eea017d57100742"));
    }

    proptest! {
        #[test]
        fn folding_parts_gives_the_folded_whole(a in ".*", b in ".*") {
            prop_assert_eq!(fold(&format!("{a}{b}")), fold(&a) + &fold(&b));
        }

        #[test]
        fn texts_are_equal_if_their_folded_forms_are(a in "[a-cA-CäÄßẞſsK\u{212a}]{0,4}",
            b in "[a-cA-CäÄßẞſsK\u{212a}]{0,4}") {
            prop_assert_eq!(is_same_folded(&a, &b), fold(&a) == fold(&b));
        }
    }
}
