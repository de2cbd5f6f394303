//! Fields of JSON objects, looked up ignoring case, as in QRS.

use serde_json::Value as Json;

/// A field of an object, by name, ignoring case (QRS reference, 5.3).
#[must_use]
pub fn field_of<'j>(json: &'j Json, name: &str) -> Option<&'j Json> {
    json.as_object()?.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// The text in a field of an object; empty if there is none.
#[must_use]
pub fn text_of<'j>(json: &'j Json, name: &str) -> &'j str {
    field_of(json, name).and_then(Json::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_are_found_in_any_case() {
        let json = json!({"Name": "a", "value": null});
        assert_eq!(
            (text_of(&json, "name"), text_of(&json, "value"), text_of(&json, "x")),
            ("a", "", "")
        );
    }
}
