//! Decides which stored values the API can show. Both serving and verifying rows use this code, so
//! no value passes verification that can't be served.

use super::cell::Cell;
use crate::model::{Kind, Syntax, Timestamp};

/// A stored value, read as the kind of its property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PropertyValue<'v> {
    /// A text or an id.
    Text(&'v str),
    /// A number, including one that stands for a name.
    Number(i64),
    /// True or false.
    Boolean(bool),
    /// A point in time.
    Date(Timestamp),
}

/// Why a stored value does not fit the kind of its property. The message continues a sentence that
/// begins with the name of the property.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCell {
    /// It is not text, or not UTF-8.
    #[error("is not valid UTF-8 text")]
    Text,
    /// It is not an id as the server writes them.
    #[error("is not a GUID in lower-case letters")]
    Guid,
    /// The row that it refers to does not exist.
    #[error("refers to an entity that does not exist")]
    Missing,
    /// It is not a date that the API can write.
    #[error("is not a date between the years 1 and 9999")]
    Date,
    /// It is neither false nor true.
    #[error("is neither 0 nor 1")]
    Boolean,
    /// It is not a number of the enumeration.
    #[error("is not a value of its enumeration")]
    Choice,
    /// It is not a number, or out of bounds.
    #[error("is not a number from {0} to {1}")]
    Number(i64, i64),
    /// It is not one of the allowed words.
    #[error("is not one of the allowed words")]
    Word,
    /// A separately stored text of it does not exist.
    #[error("refers to a text in audit_texts that is missing")]
    MissingText,
    /// A separately stored text of it is damaged.
    #[error("refers to a text in audit_texts that is damaged")]
    DamagedText,
}

/// Reads a stored value.
///
/// # Errors
/// A [`BadCell`] if it is not of that kind.
pub fn read(kind: Kind, value: Cell<'_>) -> Result<PropertyValue<'_>, BadCell> {
    match kind {
        Kind::Id | Kind::Reference(_) => read_id(value).map(PropertyValue::Text),
        Kind::Date => match value {
            Cell::Integer(millis) => {
                Timestamp::within_years(millis).map(PropertyValue::Date).ok_or(BadCell::Date)
            }
            _ => Err(BadCell::Date),
        },
        Kind::Boolean => match value {
            Cell::Integer(number @ (0 | 1)) => Ok(PropertyValue::Boolean(number == 1)),
            _ => Err(BadCell::Boolean),
        },
        Kind::Enumeration(choices) => match value {
            Cell::Integer(number) if choices.iter().any(|choice| choice.number == number) => {
                Ok(PropertyValue::Number(number))
            }
            _ => Err(BadCell::Choice),
        },
        Kind::Integer { min, max } => match value {
            Cell::Integer(number) if (min..=max).contains(&number) => {
                Ok(PropertyValue::Number(number))
            }
            _ => Err(BadCell::Number(min, max)),
        },
        Kind::Text { syntax: Syntax::OneOf(words), .. } => {
            let text = read_text(value)?;
            let is_word = words.iter().any(|word| word.eq_ignore_ascii_case(text));
            if is_word { Ok(PropertyValue::Text(text)) } else { Err(BadCell::Word) }
        }
        Kind::Text { syntax: Syntax::Guid, .. } => match read_text(value)? {
            "" => Ok(PropertyValue::Text("")),
            _ => read_id(value).map(PropertyValue::Text),
        },
        _ => read_text(value).map(PropertyValue::Text),
    }
}

/// Reads a text.
///
/// # Errors
/// [`BadCell::Text`] if the value is not text.
pub fn read_text(value: Cell<'_>) -> Result<&str, BadCell> {
    match value {
        Cell::Text(bytes) => str::from_utf8(bytes).map_err(|_| BadCell::Text),
        _ => Err(BadCell::Text),
    }
}

/// Reads an id. Filters and references compare ids byte by byte, so the same id in another spelling
/// would not be found.
pub fn read_id(value: Cell<'_>) -> Result<&str, BadCell> {
    match value {
        Cell::Null => Err(BadCell::Missing),
        Cell::Text(bytes) if is_guid(bytes) => str::from_utf8(bytes).map_err(|_| BadCell::Guid),
        _ => Err(BadCell::Guid),
    }
}

fn is_guid(bytes: &[u8]) -> bool {
    bytes.len() == 36
        && bytes.iter().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        })
}

/// The value in a form that messages can show: short, and without control characters.
pub fn shown(value: Cell<'_>) -> String {
    const MOST: usize = 80;
    match value {
        Cell::Integer(number) => number.to_string(),
        Cell::Text(bytes) | Cell::Other(bytes) => {
            let text = String::from_utf8_lossy(&bytes[..bytes.len().min(4 * MOST)]);
            text.chars().take(MOST).flat_map(char::escape_debug).collect()
        }
        Cell::Null => "?".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AUDIT_ENTRY, Choice, TAG};

    const CHOICES: &[Choice] =
        &[Choice { number: 0, names: &["a"] }, Choice { number: 2, names: &["b"] }];
    const WORD: Kind = Kind::Text { min: 0, max: 9, syntax: Syntax::OneOf(&["all", "read"]) };
    const TEXT_GUID: Kind = Kind::Text { min: 0, max: 36, syntax: Syntax::Guid };
    const GUID: &str = "0a9f98de-6cfc-57f4-b1f6-987257788803";

    #[test]
    fn a_value_is_read_as_its_kind_or_refused() {
        let text = |bytes| Cell::Text(bytes);
        let kinds = |property: &str| AUDIT_ENTRY.property(property).unwrap().kind;
        let upper = GUID.to_uppercase();
        let (_, last_digit) = GUID.split_at(35);
        let longer = format!("{GUID}{last_digit}");
        for (kind, value, expected) in [
            (Kind::Id, text(GUID.as_bytes()), Ok(PropertyValue::Text(GUID))),
            (Kind::Id, text(upper.as_bytes()), Err(BadCell::Guid)),
            (Kind::Id, text(longer.as_bytes()), Err(BadCell::Guid)),
            (Kind::Id, text(&GUID.as_bytes()[..35]), Err(BadCell::Guid)),
            (Kind::Id, text(b"0a9f98de-6cfc-57f4-b1f6-98725778880g"), Err(BadCell::Guid)),
            (Kind::Id, text(b"0a9f98de06cfc-57f4-b1f6-987257788803"), Err(BadCell::Guid)),
            (Kind::Id, Cell::Null, Err(BadCell::Missing)),
            (Kind::Reference(&TAG), text(GUID.as_bytes()), Ok(PropertyValue::Text(GUID))),
            (kinds("userName"), text("Ä".as_bytes()), Ok(PropertyValue::Text("Ä"))),
            (kinds("userName"), text(b"\xC3"), Err(BadCell::Text)),
            (kinds("userName"), Cell::Other(b"a"), Err(BadCell::Text)),
            (kinds("userName"), Cell::Null, Err(BadCell::Text)),
            (WORD, text(b"Read"), Ok(PropertyValue::Text("Read"))),
            (WORD, text(b"reed"), Err(BadCell::Word)),
            (TEXT_GUID, text(b""), Ok(PropertyValue::Text(""))),
            (TEXT_GUID, text(GUID.as_bytes()), Ok(PropertyValue::Text(GUID))),
            (TEXT_GUID, text(b"0a9f98de"), Err(BadCell::Guid)),
            (Kind::Boolean, Cell::Integer(1), Ok(PropertyValue::Boolean(true))),
            (Kind::Boolean, Cell::Integer(0), Ok(PropertyValue::Boolean(false))),
            (Kind::Boolean, Cell::Integer(2), Err(BadCell::Boolean)),
            (Kind::Boolean, Cell::Integer(-1), Err(BadCell::Boolean)),
            (Kind::Enumeration(CHOICES), Cell::Integer(2), Ok(PropertyValue::Number(2))),
            (Kind::Enumeration(CHOICES), Cell::Integer(1), Err(BadCell::Choice)),
            (kinds("number"), Cell::Integer(1), Ok(PropertyValue::Number(1))),
            (kinds("number"), Cell::Integer(0), Err(BadCell::Number(1, i64::MAX))),
            (kinds("number"), Cell::Other(b""), Err(BadCell::Number(1, i64::MAX))),
            (Kind::Date, Cell::Integer(0), Ok(PropertyValue::Date(Timestamp::from_millis(0)))),
            (Kind::Date, Cell::Integer(253_402_300_800_000), Err(BadCell::Date)),
            (Kind::Date, Cell::Integer(i64::MIN), Err(BadCell::Date)),
            (Kind::Date, text(b"2020-01-01"), Err(BadCell::Date)),
        ] {
            assert_eq!(read(kind, value), expected, "{value:?}");
        }
    }
}
