//! Formats values for pages: the JSON of the API in words.

use crate::model::{Action, Entity, Kind, MODIFIED_BY_USER_NAME, MODIFIED_DATE, Property, Role};
use serde_json::Value as Json;

/// Formats a value.
#[must_use]
pub fn text(property: &Property, value: &Json) -> String {
    match (property.kind, value) {
        (Kind::Boolean, Json::Bool(value)) => (if *value { "yes" } else { "no" }).to_owned(),
        (Kind::Enumeration(choices), Json::Number(number)) => {
            let choice = choices.iter().find(|choice| Some(choice.number) == number.as_i64());
            choice
                .and_then(|choice| choice.names.last())
                .map_or_else(|| number.to_string(), |name| (*name).to_owned())
        }
        (Kind::Integer { .. }, Json::Number(bits)) if property.has_role(Role::Actions) => {
            Action::describe(bits.as_i64().unwrap_or_default())
        }
        (Kind::Date, Json::String(date)) => date.replace('T', " ").replace('Z', ""),
        (Kind::Reference(_), value) => reference(value),
        (_, Json::Array(_)) => lines(value).join(", "),
        (_, value) => plain(value),
    }
}

/// The items of a list, each as text.
#[must_use]
pub fn lines(value: &Json) -> Vec<String> {
    value.as_array().into_iter().flatten().map(item).collect()
}

/// An item of a list: a text, a tag, a custom property value, or an attribute.
#[must_use]
pub fn item(value: &Json) -> String {
    let part = |name: &str| value.get(name).and_then(Json::as_str);
    match (part("attributeType"), part("attributeValue"), value.get("definition"), part("value")) {
        (Some(kind), held, ..) => format!("{kind}={}", held.unwrap_or_default()),
        (_, _, Some(definition), Some(held)) => format!("{}={held}", reference(definition)),
        _ => reference(value),
    }
}

/// The name of a referenced entity for people.
#[must_use]
pub fn reference(value: &Json) -> String {
    let part = |name: &str| value.get(name).and_then(Json::as_str);
    match (part("userDirectory"), part("userId"), part("name")) {
        (Some(directory), Some(id), _) => format!("{directory}\\{id}"),
        (_, _, Some(name)) => name.to_owned(),
        _ => plain(value),
    }
}

/// Who changed an entity last, and when.
pub struct LastChange {
    /// The user, as `DIRECTORY\userid`.
    pub user: String,
    /// The date.
    pub date: String,
}

impl LastChange {
    /// The last change of a stored entity.
    #[must_use]
    pub fn of(entry: &Json) -> Self {
        let own = |property: &Property| text(property, &entry[property.name]);
        Self { user: own(&MODIFIED_BY_USER_NAME), date: own(&MODIFIED_DATE) }
    }
}

fn plain(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The label of a property in forms and tables, such as `Created date`.
#[must_use]
pub fn label(property: &Property) -> String {
    if let Some(label) = property.label {
        return label.to_owned();
    }
    let mut label = String::new();
    for letter in property.name.chars() {
        match letter {
            letter if label.is_empty() => label.extend(letter.to_uppercase()),
            letter if letter.is_uppercase() => {
                label.push(' ');
                label.extend(letter.to_lowercase());
            }
            letter => label.push(letter),
        }
    }
    label
}

/// The default columns of a list.
#[must_use]
pub fn usual_columns(entity: &'static Entity) -> Vec<&'static str> {
    entity
        .console_columns
        .iter()
        .filter_map(|name| entity.property(name))
        .map(|property| property.name)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DATA_CONNECTION, USER};
    use serde_json::json;

    #[test]
    fn values_are_shown_in_words() {
        let connection =
            |name: &str, value: Json| text(DATA_CONNECTION.property(name).unwrap(), &value);
        assert_eq!(
            connection("owner", json!({"userDirectory": "LAB", "userId": "anna", "name": "Anna"})),
            "LAB\\anna"
        );
        assert_eq!(connection("tags", json!([{"name": "a"}, {"name": "b"}])), "a, b");
        assert_eq!(connection("logOn", json!(1)), "CurrentUser");
        assert_eq!(
            connection("createdDate", json!("2026-11-24T13:00:00.000Z")),
            "2026-11-24 13:00:00.000"
        );
        let values = json!([{"value": "prod", "definition": {"name": "stage"}}]);
        assert_eq!(connection("customProperties", values), "stage=prod");
        let user = |name: &str, value: Json| text(USER.property(name).unwrap(), &value);
        assert_eq!(
            user("attributes", json!([{"attributeType": "group", "attributeValue": "it"}])),
            "group=it"
        );
        assert_eq!(user("inactive", json!(true)), "yes");
        assert_eq!(label(USER.property("userDirectory").unwrap()), "User directory");
    }
}
