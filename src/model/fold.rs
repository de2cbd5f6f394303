//! Case folding, the one place that says when two texts are the same to QRS.

/// The form by which texts are compared: QRS ignores case, and here that holds for all of Unicode.
///
/// Each character goes to lower, upper and lower case again on its own, so that the folded form of a part is a part of
/// the folded whole (what `sw`, `ew` and `so` rely on), and ß and ẞ equal SS as ς equals Σ.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.chars().flat_map(char::to_lowercase).flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn folds_all_of_unicode() {
        for (one, other) in
            [("PROD", "prod"), ("Straße", "STRASSE"), ("ΣΑΣ", "σας"), ("ÅÄÖ", "åäö"), ("ДАННЫЕ", "данные")]
        {
            assert_eq!(fold(one), fold(other), "{one} and {other}");
        }
        assert_ne!(fold("a"), fold("ä"));
    }

    #[test]
    fn folding_twice_changes_nothing_for_every_character() {
        for character in '\0'..=char::MAX {
            let once = fold(&character.to_string());
            assert_eq!(fold(&once), once, "U+{:04X}", u32::from(character));
        }
    }

    proptest! {
        #[test]
        fn the_folded_parts_make_the_folded_whole(a in ".*", b in ".*") {
            prop_assert_eq!(fold(&format!("{a}{b}")), fold(&a) + &fold(&b));
        }
    }
}
