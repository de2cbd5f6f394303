//! Fields of JSON objects, looked up ignoring case, as in QRS.

use serde_json::Value as Json;

/// A field of an object, by name, ignoring case (QRS reference, 5.3).
#[must_use]
pub fn field_of<'j>(json: &'j Json, name: &str) -> Option<&'j Json> {
    json.as_object()?.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}
