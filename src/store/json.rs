//! Writing JSON straight from columns.

use super::cell::Cell;
use super::property_value::{self, BadCell, PropertyValue};
use crate::model::Kind;
use std::io::Write;

/// A JSON object under construction.
pub struct Object<'a> {
    out: &'a mut Vec<u8>,
    is_empty: bool,
}

impl<'a> Object<'a> {
    /// Opens an object at the end of `out`.
    pub fn open(out: &'a mut Vec<u8>) -> Self {
        out.push(b'{');
        Self { out, is_empty: true }
    }

    /// Writes the name of the next property, which is a plain word; its value goes to what is returned.
    pub fn key(&mut self, name: &'static str) -> &mut Vec<u8> {
        if !self.is_empty {
            self.out.push(b',');
        }
        self.is_empty = false;
        self.out.push(b'"');
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
        self.out
    }

    /// Ends the object.
    pub fn close(self) {
        self.out.push(b'}');
    }
}

/// Writes a string.
pub fn write_text(out: &mut Vec<u8>, text: &str) {
    // Writing to a Vec can't fail, and every str is a JSON string.
    let _ = serde_json::to_writer(out, text);
}

/// Writes the value of a column as the kind of its property has it in JSON.
///
/// # Errors
/// The value is not of that kind; then nothing is written.
pub fn write_scalar(out: &mut Vec<u8>, kind: Kind, value: Cell<'_>) -> Result<(), BadCell> {
    // Writing to a Vec can't fail.
    match property_value::read(kind, value)? {
        PropertyValue::Text(text) => write_text(out, text),
        PropertyValue::Boolean(value) => out.extend_from_slice(if value { b"true" } else { b"false" }),
        PropertyValue::Number(number) => {
            let _ = write!(out, "{number}");
        }
        PropertyValue::Date(moment) => {
            let _ = write!(out, "\"{moment}\"");
        }
    }
    Ok(())
}
