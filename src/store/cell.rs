//! The value in one column of one row, borrowed from the database or copied.

use crate::model::Timestamp;
use std::error::Error;
use std::str::Utf8Error;
use uuid::Uuid;

/// A value borrowed from the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<'v> {
    /// No value.
    Null,
    /// A number. Booleans and dates are numbers, too.
    Integer(i64),
    /// A text. In a damaged database it may not be UTF-8.
    Text(&'v [u8]),
    /// A value that no property can have: the bytes of a blob, or empty for a real number.
    Other(&'v [u8]),
}

impl<'v> Cell<'v> {
    /// The text, if it is UTF-8.
    pub fn text(self) -> Option<&'v str> {
        match self {
            Self::Text(bytes) => str::from_utf8(bytes).ok(),
            _ => None,
        }
    }

    /// The text; empty if the value is not a text or not UTF-8.
    pub fn text_or_empty(self) -> &'v str {
        self.text().unwrap_or_default()
    }

    /// The text, with a replacement character for each byte sequence that is not UTF-8; empty if
    /// the value is not a text.
    pub fn lossy_text(self) -> String {
        match self {
            Self::Text(bytes) | Self::Other(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            Self::Null | Self::Integer(_) => String::new(),
        }
    }

    /// A copy. Text that is not UTF-8 becomes bytes, which no property accepts; so writing the row
    /// reports it as unreadable.
    pub fn copied(self) -> OwnedCell {
        match self {
            Self::Null => OwnedCell::Null,
            Self::Integer(number) => OwnedCell::Integer(number),
            Self::Text(bytes) => str::from_utf8(bytes).map_or_else(
                |_| OwnedCell::Other(bytes.to_vec()),
                |text| OwnedCell::Text(text.to_owned()),
            ),
            Self::Other(bytes) => OwnedCell::Other(bytes.to_vec()),
        }
    }
}

/// A copy of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnedCell {
    /// No value.
    Null,
    /// A number.
    Integer(i64),
    /// A text.
    Text(String),
    /// A value that no property can have.
    Other(Vec<u8>),
}

impl<'c> From<&'c OwnedCell> for Cell<'c> {
    fn from(cell: &'c OwnedCell) -> Self {
        match cell {
            OwnedCell::Null => Self::Null,
            OwnedCell::Integer(number) => Self::Integer(*number),
            OwnedCell::Text(text) => Self::Text(text.as_bytes()),
            OwnedCell::Other(bytes) => Self::Other(bytes),
        }
    }
}

/// Why a value can't be read as a type.
#[derive(Debug)]
pub enum Mismatch {
    /// It has another type.
    Type,
    /// The type has no such number.
    Range(i64),
    /// It is a text that is not UTF-8.
    Utf8(Utf8Error),
    /// It is a text with invalid content.
    Content(Box<dyn Error + Send + Sync>),
}

/// A type that can be read from a cell.
pub trait FromCell: Sized {
    /// Reads the value.
    ///
    /// # Errors
    /// A [`Mismatch`] if the value is not of this type.
    fn from_cell(cell: Cell<'_>) -> Result<Self, Mismatch>;
}

impl FromCell for i64 {
    fn from_cell(cell: Cell<'_>) -> Result<Self, Mismatch> {
        match cell {
            Cell::Integer(number) => Ok(number),
            _ => Err(Mismatch::Type),
        }
    }
}

impl FromCell for u32 {
    fn from_cell(cell: Cell<'_>) -> Result<Self, Mismatch> {
        let number = i64::from_cell(cell)?;
        Self::try_from(number).map_err(|_| Mismatch::Range(number))
    }
}

impl FromCell for bool {
    fn from_cell(cell: Cell<'_>) -> Result<Self, Mismatch> {
        i64::from_cell(cell).map(|number| number != 0)
    }
}

impl FromCell for String {
    fn from_cell(cell: Cell<'_>) -> Result<Self, Mismatch> {
        read_text(cell).map(str::to_owned)
    }
}

/// Dates are stored as milliseconds.
impl FromCell for Timestamp {
    fn from_cell(cell: Cell<'_>) -> Result<Self, Mismatch> {
        i64::from_cell(cell).map(Self::from_millis)
    }
}

/// Ids are stored as text.
impl FromCell for Uuid {
    fn from_cell(cell: Cell<'_>) -> Result<Self, Mismatch> {
        Self::parse_str(read_text(cell)?).map_err(|error| Mismatch::Content(error.into()))
    }
}

impl<T: FromCell> FromCell for Option<T> {
    fn from_cell(cell: Cell<'_>) -> Result<Self, Mismatch> {
        match cell {
            Cell::Null => Ok(None),
            value => T::from_cell(value).map(Some),
        }
    }
}

fn read_text(cell: Cell<'_>) -> Result<&str, Mismatch> {
    match cell {
        Cell::Text(bytes) => str::from_utf8(bytes).map_err(Mismatch::Utf8),
        _ => Err(Mismatch::Type),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUID: &str = "0a9f98de-6cfc-57f4-b1f6-987257788803";

    #[test]
    fn a_value_is_read_as_its_own_type_only() {
        let [null, one, text, wrong] =
            [Cell::Null, Cell::Integer(1), Cell::Text(GUID.as_bytes()), Cell::Text(b"\xC3")];
        assert!(matches!(
            (i64::from_cell(one), bool::from_cell(one), u32::from_cell(one)),
            (Ok(1), Ok(true), Ok(1))
        ));
        assert!(matches!(u32::from_cell(Cell::Integer(-1)), Err(Mismatch::Range(-1))));
        assert!(matches!(Timestamp::from_cell(one), Ok(date) if date.millis() == 1));
        assert!(matches!(String::from_cell(text), Ok(read) if read == GUID));
        assert!(matches!(Uuid::from_cell(text), Ok(id) if id.to_string() == GUID));
        assert!(matches!(Uuid::from_cell(Cell::Text(b"0a9f98de")), Err(Mismatch::Content(_))));
        assert!(matches!(String::from_cell(wrong), Err(Mismatch::Utf8(_))));
        assert!(matches!(
            (Option::<i64>::from_cell(null), Option::<i64>::from_cell(one)),
            (Ok(None), Ok(Some(1)))
        ));
        for other in [null, text, Cell::Other(b"1")] {
            assert!(matches!(i64::from_cell(other), Err(Mismatch::Type)), "{other:?}");
        }
        for other in [null, one, Cell::Other(b"a")] {
            assert!(matches!(String::from_cell(other), Err(Mismatch::Type)), "{other:?}");
        }
    }

    #[test]
    fn a_copy_of_text_that_is_not_utf_8_is_not_a_text() {
        for (cell, copy) in [
            (Cell::Null, OwnedCell::Null),
            (Cell::Integer(-5), OwnedCell::Integer(-5)),
            (Cell::Text("Ä".as_bytes()), OwnedCell::Text("Ä".to_owned())),
            (Cell::Text(b"\xC3"), OwnedCell::Other(b"\xC3".to_vec())),
            (Cell::Other(b"a"), OwnedCell::Other(b"a".to_vec())),
        ] {
            assert_eq!(cell.copied(), copy);
            assert_eq!(Cell::from(&copy).text(), cell.text());
            assert_eq!(Cell::from(&copy).lossy_text(), cell.lossy_text());
        }
    }
}
