//! Which stored values the API can show. The code that serves rows and the code that verifies them both ask here, so nothing is called sound that
//! can't be served.

use crate::model::{Kind, Syntax, Timestamp};
use rusqlite::types::ValueRef;

/// A stored value, read as the kind of its property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<'v> {
    /// A text or an id.
    Text(&'v str),
    /// A number, also one that stands for a name.
    Number(i64),
    /// True or false.
    Boolean(bool),
    /// A moment.
    Date(Timestamp),
}

/// Why a stored value is not of the kind of its property. It ends a sentence that begins with the name of the property.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCell {
    /// It is not text, or not UTF-8.
    #[error("is not valid UTF-8 text")]
    Text,
    /// It is no id as the server writes them.
    #[error("is not a GUID in lower-case letters")]
    Guid,
    /// There is no row that it refers to.
    #[error("names an entity that is not there")]
    Missing,
    /// It is no moment that the API can write.
    #[error("is not a date between the years 1 and 9999")]
    Date,
    /// It is neither false nor true.
    #[error("is neither 0 nor 1")]
    Boolean,
    /// It is none of the numbers of the enumeration.
    #[error("is not a number of its enumeration")]
    Choice,
    /// It is not a number, or beyond the bounds.
    #[error("is not a number from {0} to {1}")]
    Number(i64, i64),
    /// It is none of a few words.
    #[error("is not one of the words that are allowed there")]
    Word,
    /// A text of it that is stored apart is not there.
    #[error("names a text in audit_texts that is missing")]
    MissingText,
    /// A text of it that is stored apart is not what it was.
    #[error("names a text in audit_texts that is damaged")]
    DamagedText,
}

/// Reads a stored value.
///
/// # Errors
/// It is not of that kind.
pub fn read(kind: Kind, value: ValueRef<'_>) -> Result<Cell<'_>, BadCell> {
    match kind {
        Kind::Id | Kind::Reference(_) => read_id(value).map(Cell::Text),
        Kind::Date => match value {
            ValueRef::Integer(millis) => Timestamp::within_years(millis).map(Cell::Date).ok_or(BadCell::Date),
            _ => Err(BadCell::Date),
        },
        Kind::Boolean => match value {
            ValueRef::Integer(number @ (0 | 1)) => Ok(Cell::Boolean(number == 1)),
            _ => Err(BadCell::Boolean),
        },
        Kind::Enumeration(choices) => match value {
            ValueRef::Integer(number) if choices.iter().any(|choice| choice.number == number) => {
                Ok(Cell::Number(number))
            }
            _ => Err(BadCell::Choice),
        },
        Kind::Integer { min, max } => match value {
            ValueRef::Integer(number) if (min..=max).contains(&number) => Ok(Cell::Number(number)),
            _ => Err(BadCell::Number(min, max)),
        },
        Kind::Text { syntax: Syntax::OneOf(words), .. } => {
            let text = read_text(value)?;
            let is_word = words.iter().any(|word| word.eq_ignore_ascii_case(text));
            if is_word { Ok(Cell::Text(text)) } else { Err(BadCell::Word) }
        }
        Kind::Text { syntax: Syntax::Guid, .. } => match read_text(value)? {
            "" => Ok(Cell::Text("")),
            _ => read_id(value).map(Cell::Text),
        },
        _ => read_text(value).map(Cell::Text),
    }
}

/// Reads a text.
///
/// # Errors
/// It is none.
pub fn read_text(value: ValueRef<'_>) -> Result<&str, BadCell> {
    match value {
        ValueRef::Text(bytes) => str::from_utf8(bytes).map_err(|_| BadCell::Text),
        _ => Err(BadCell::Text),
    }
}

/// Filters and references compare ids letter by letter, so the same id in another spelling would not be found.
pub fn read_id(value: ValueRef<'_>) -> Result<&str, BadCell> {
    match value {
        ValueRef::Null => Err(BadCell::Missing),
        ValueRef::Text(bytes) if is_guid(bytes) => str::from_utf8(bytes).map_err(|_| BadCell::Guid),
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

/// A value as messages can show it, whatever it is: short, and without control characters.
pub fn shown(value: ValueRef<'_>) -> String {
    const MOST: usize = 80;
    match value {
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            let text = String::from_utf8_lossy(&bytes[..bytes.len().min(4 * MOST)]);
            text.chars().take(MOST).flat_map(char::escape_debug).collect()
        }
        ValueRef::Null | ValueRef::Real(_) => "?".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AUDIT_ENTRY, Choice, TAG};

    const CHOICES: &[Choice] = &[Choice { number: 0, names: &["a"] }, Choice { number: 2, names: &["b"] }];
    const WORD: Kind = Kind::Text { min: 0, max: 9, syntax: Syntax::OneOf(&["all", "read"]) };
    const TEXT_GUID: Kind = Kind::Text { min: 0, max: 36, syntax: Syntax::Guid };
    const GUID: &str = "0a9f98de-6cfc-57f4-b1f6-987257788803";

    #[test]
    fn a_value_is_read_as_its_kind_or_refused() {
        let text = |bytes| ValueRef::Text(bytes);
        let kinds = |property: &str| AUDIT_ENTRY.property(property).unwrap().kind;
        let upper = GUID.to_uppercase();
        let (_, last_digit) = GUID.split_at(35);
        let longer = format!("{GUID}{last_digit}");
        for (kind, value, expected) in [
            (Kind::Id, text(GUID.as_bytes()), Ok(Cell::Text(GUID))),
            (Kind::Id, text(upper.as_bytes()), Err(BadCell::Guid)),
            (Kind::Id, text(longer.as_bytes()), Err(BadCell::Guid)),
            (Kind::Id, text(&GUID.as_bytes()[..35]), Err(BadCell::Guid)),
            (Kind::Id, text(b"0a9f98de-6cfc-57f4-b1f6-98725778880g"), Err(BadCell::Guid)),
            (Kind::Id, text(b"0a9f98de06cfc-57f4-b1f6-987257788803"), Err(BadCell::Guid)),
            (Kind::Id, ValueRef::Null, Err(BadCell::Missing)),
            (Kind::Reference(&TAG), text(GUID.as_bytes()), Ok(Cell::Text(GUID))),
            (kinds("userName"), text("Ä".as_bytes()), Ok(Cell::Text("Ä"))),
            (kinds("userName"), text(b"\xC3"), Err(BadCell::Text)),
            (kinds("userName"), ValueRef::Blob(b"a"), Err(BadCell::Text)),
            (kinds("userName"), ValueRef::Null, Err(BadCell::Text)),
            (WORD, text(b"Read"), Ok(Cell::Text("Read"))),
            (WORD, text(b"reed"), Err(BadCell::Word)),
            (TEXT_GUID, text(b""), Ok(Cell::Text(""))),
            (TEXT_GUID, text(GUID.as_bytes()), Ok(Cell::Text(GUID))),
            (TEXT_GUID, text(b"0a9f98de"), Err(BadCell::Guid)),
            (Kind::Boolean, ValueRef::Integer(1), Ok(Cell::Boolean(true))),
            (Kind::Boolean, ValueRef::Integer(0), Ok(Cell::Boolean(false))),
            (Kind::Boolean, ValueRef::Integer(2), Err(BadCell::Boolean)),
            (Kind::Boolean, ValueRef::Integer(-1), Err(BadCell::Boolean)),
            (Kind::Enumeration(CHOICES), ValueRef::Integer(2), Ok(Cell::Number(2))),
            (Kind::Enumeration(CHOICES), ValueRef::Integer(1), Err(BadCell::Choice)),
            (kinds("number"), ValueRef::Integer(1), Ok(Cell::Number(1))),
            (kinds("number"), ValueRef::Integer(0), Err(BadCell::Number(1, i64::MAX))),
            (kinds("number"), ValueRef::Real(1.0), Err(BadCell::Number(1, i64::MAX))),
            (Kind::Date, ValueRef::Integer(0), Ok(Cell::Date(Timestamp::from_millis(0)))),
            (Kind::Date, ValueRef::Integer(253_402_300_800_000), Err(BadCell::Date)),
            (Kind::Date, ValueRef::Integer(i64::MIN), Err(BadCell::Date)),
            (Kind::Date, text(b"2020-01-01"), Err(BadCell::Date)),
        ] {
            assert_eq!(read(kind, value), expected, "{value:?}");
        }
    }
}
