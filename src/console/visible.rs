//! Escaping for pages. Invisible characters are marked, so that they can't make one name look like
//! another.

use crate::model::{code_point, is_hidden};
use askama::filters::{Escaper, Html};
use std::fmt::{Result, Write};

/// Escapes text for HTML and marks invisible characters with their code points. Attributes and form
/// fields use the escaper `attr` instead, because a mark would be part of their text there.
#[derive(Clone, Copy)]
pub struct Visible;

impl Escaper for Visible {
    fn write_escaped_str<W: Write>(&self, mut dest: W, text: &str) -> Result {
        let mut rest = text;
        while let Some((at, character)) =
            rest.char_indices().find(|(_, character)| is_marked(*character))
        {
            Html.write_escaped_str(&mut dest, &rest[..at])?;
            write!(dest, "<mark>{}</mark>", code_point(character))?;
            rest = &rest[at + character.len_utf8()..];
        }
        Html.write_escaped_str(dest, rest)
    }
}

/// Whether a text has a character that a page marks.
pub fn has_marked(text: &str) -> bool {
    text.contains(is_marked)
}

/// Line breaks and tabs are layout, so they are not marked.
fn is_marked(character: char) -> bool {
    is_hidden(character) && !matches!(character, '\n' | '\r' | '\t')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::fs;

    fn escaped(text: &str) -> String {
        let mut page = String::new();
        Visible.write_escaped_str(&mut page, text).unwrap();
        page
    }

    #[test]
    fn hidden_characters_are_marked() {
        assert_eq!(escaped("a<b>\n&\"'"), "a&#60;b&#62;\n&#38;&#34;&#39;");
        assert_eq!(
            escaped("\u{202e}gpj\u{200b}.<"),
            "<mark>U+202E</mark>gpj<mark>U+200B</mark>.&#60;"
        );
    }

    /// Forms must send values back unchanged, and marks in attributes would be read out as text.
    #[test]
    fn values_of_attributes_and_fields_are_not_marked() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/console/templates");
        let mut seen = 0;
        for file in fs::read_dir(folder).unwrap() {
            let text = fs::read_to_string(file.unwrap().path()).unwrap();
            for start in ["value=\"", "aria-label=\"", "placeholder=\"", "title=\"", "<title>"] {
                for part in text.split(start).skip(1) {
                    let end = if start.starts_with(['v', 'a', 'p', 't']) { "\"" } else { "</t" };
                    let part = part
                        .split("{% endblock %}")
                        .next()
                        .unwrap()
                        .replace("e(\"attr\")", "e(attr)");
                    let part = part.split(end).next().unwrap();
                    for expression in
                        part.split("{{").skip(1).map(|rest| rest.split("}}").next().unwrap())
                    {
                        seen += 1;
                        assert!(expression.contains("|e(attr)"), "{start}{part}");
                    }
                }
            }
        }
        assert!(seen > 30, "{seen}");
    }

    proptest! {
        #[test]
        fn escaped_text_has_no_markup_except_marks(text in "(.|[<>&\"'\n\u{0}-\u{20}\u{200b}-\u{200f}\u{202a}-\u{202e}]){0,20}") {
            let page = escaped(&text);
            prop_assert!(!has_marked(&page));
            let left = page.replace("<mark>", "").replace("</mark>", "");
            prop_assert!(!left.contains(['<', '>', '"', '\'']));
        }
    }
}
