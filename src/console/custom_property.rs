//! A custom property in the form of an entity: the name of its field, and the values that the
//! entity has of it.

use serde_json::Value as Json;

/// The id of an entity; empty if it has none.
pub fn id(entry: &Json) -> &str {
    entry["id"].as_str().unwrap_or_default()
}

/// The field of a custom property, by its id: its name may change while the form is open.
pub fn field_of(definition: &Json) -> String {
    format!("@{}", id(definition))
}

/// The values of the custom property whose definition has that id, among all that an entity holds.
pub fn values_of(definition: &str, held: &Json) -> Vec<String> {
    let all = held.as_array().map(Vec::as_slice).unwrap_or_default();
    let own = all.iter().filter(|value| id(&value["definition"]) == definition);
    own.filter_map(|value| value["value"].as_str()).map(ToOwned::to_owned).collect()
}
