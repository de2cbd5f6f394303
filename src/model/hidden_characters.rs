//! Invisible characters: controls, changes of direction, and characters without width. They make
//! one text look like another, or end a line.

use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory};
use icu_properties::{
    CodePointMapData, CodePointMapDataBorrowed, CodePointSetData, CodePointSetDataBorrowed,
};
use std::borrow::Cow;
use std::fmt::Write;

const CATEGORIES: CodePointMapDataBorrowed<'static, GeneralCategory> =
    CodePointMapData::<GeneralCategory>::new();
const IGNORABLE: CodePointSetDataBorrowed<'static> =
    CodePointSetData::new::<DefaultIgnorableCodePoint>();

/// Whether the character is invisible: a control or format character, a line or paragraph
/// separator, or one that Unicode calls ignorable.
#[must_use]
pub fn is_hidden(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_control();
    }
    let category = CATEGORIES.get(character);
    matches!(
        category,
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
    ) || IGNORABLE.contains(character)
}

/// Whether the character ends a line or controls a device.
#[must_use]
pub fn is_control(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}')
}

/// A name as programs read it that ignore invisible characters: without these, and without white
/// space around it.
#[must_use]
pub fn visible_name(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text.trim());
    }
    let visible: String = text.chars().filter(|character| !is_hidden(*character)).collect();
    Cow::Owned(visible.trim().to_owned())
}

/// The character in Unicode's notation: `U+202E`.
#[must_use]
pub fn code_point(character: char) -> String {
    format!("U+{:04X}", u32::from(character))
}

/// The text with each invisible character escaped as in JSON, so that JSON remains the same
/// document.
#[must_use]
pub fn escape_hidden(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_hidden(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing to a string can't fail.
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(character);
        }
    }
    Cow::Owned(escaped)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn invisible_characters_are_hidden() {
        for character in [
            '\n',
            '\r',
            '\t',
            '\u{1b}',
            '\u{7f}',
            '\u{9b}',
            '\u{ad}',
            '\u{34f}',
            '\u{61c}',
            '\u{115f}',
            '\u{200b}',
            '\u{200d}',
            '\u{200f}',
            '\u{2028}',
            '\u{202e}',
            '\u{2060}',
            '\u{2066}',
            '\u{3164}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{fff9}',
            '\u{e0001}',
            '\u{e0100}',
        ] {
            assert!(is_hidden(character), "{}", code_point(character));
        }
        for character in [' ', 'a', 'ä', '\u{a0}', '\u{3000}', '\u{301}', '日', '🎉', '\u{fffd}']
        {
            assert!(!is_hidden(character), "{}", code_point(character));
        }
        assert!(('\0'..=char::MAX).filter(|character| is_control(*character)).all(is_hidden));
    }

    #[test]
    fn invisible_characters_are_removed_from_a_name() {
        for text in
            ["folder", " folder", "folder\n", "fol\u{200b}der", "\u{a0}\u{202e}folder \u{feff} "]
        {
            assert_eq!(visible_name(text), "folder", "{text:?}");
        }
        assert_eq!(visible_name(" a b\t"), "a b");
    }

    proptest! {
        #[test]
        fn escaped_text_is_visible_and_the_same_in_json(text in "(.|[\u{0}-\u{20}\u{7f}-\u{9f}\u{ad}\u{200b}-\u{200f}\u{202a}-\u{202e}\u{e0001}]){0,20}") {
            let escaped = escape_hidden(&text);
            prop_assert!(!escaped.contains(is_hidden));
            prop_assert_eq!(escape_hidden(&escaped), escaped.as_ref());
            let json = serde_json::to_string(&text).unwrap();
            let read: String = serde_json::from_str(&escape_hidden(&json)).unwrap();
            prop_assert_eq!(read, text);
        }
    }
}
