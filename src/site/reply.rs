//! The replies of sites, which differ in small ways.

use crate::model::field_of;
use serde_json::Value as Json;
use std::io::{self, Cursor, Read};

/// The byte order mark, with which some replies begin.
const MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

/// The text of a reply without the byte order mark that may precede it.
///
/// # Errors
/// The reply can't be read.
pub fn without_mark<R: Read>(mut reply: R) -> io::Result<impl Read> {
    let mut start = Vec::new();
    reply.by_ref().take(MARK.len() as u64).read_to_end(&mut start)?;
    if start == MARK {
        start.clear();
    }
    Ok(Cursor::new(start).chain(reply))
}

/// The text in a field, or an empty text.
pub fn text<'j>(json: &'j Json, name: &str) -> &'j str {
    field_of(json, name).and_then(Json::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_byte_order_mark_is_skipped_and_nothing_else() {
        for (reply, expected) in
            [("\u{feff}[]", "[]"), ("[]", "[]"), ("", ""), ("[", "["), ("\u{feff}", "")]
        {
            let mut read = String::new();
            without_mark(reply.as_bytes()).unwrap().read_to_string(&mut read).unwrap();
            assert_eq!(read, expected);
        }
    }

    #[test]
    fn fields_are_found_in_any_case() {
        let json = json!({"Name": "a", "value": null});
        assert_eq!((text(&json, "name"), text(&json, "value"), text(&json, "x")), ("a", "", ""));
    }
}
