//! Custom properties in the form of an entity: the names of their fields, and their values.

use serde_json::Value as Json;

/// The id of an entity; empty if it has none.
pub fn id(entry: &Json) -> &str {
    entry["id"].as_str().unwrap_or_default()
}

/// The name of a custom property's field. It has the id, because the name of the property may
/// change while the form is open.
pub fn field_of(definition: &Json) -> String {
    format!("@{}", id(definition))
}

/// The values of one custom property, by the id of its definition, among all values of an entity.
pub fn values_of(definition: &str, held: &Json) -> Vec<String> {
    let all = held.as_array().map(Vec::as_slice).unwrap_or_default();
    let own = all.iter().filter(|value| id(&value["definition"]) == definition);
    own.filter_map(|value| value["value"].as_str()).map(ToOwned::to_owned).collect()
}
