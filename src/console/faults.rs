//! Assigns faults of an entity to the fields of its form, with the labels and lines that the
//! visitor sees.

use super::custom_property::field_of;
use super::form::Field;
use super::marked_text::Marked;
use super::value_text::label;
use crate::model::{Entity, FieldError, Step};
use serde_json::Value as Json;

/// Adds each fault to its field. Returns those that belong to no field. `entry` has the contents of
/// the form.
pub fn place(
    entity: &'static Entity,
    fields: &mut [Field],
    entry: &Json,
    faults: Vec<FieldError>,
) -> Vec<String> {
    let mut left = Vec::new();
    for fault in faults {
        let Target { name, property, line, message } = Target::of(entity, entry, &fault);
        let title = |label: &str| {
            line.map_or_else(|| label.to_owned(), |line| format!("{label}, line {line}"))
        };
        match fields.iter_mut().find(|field| field.name == name) {
            Some(field) if field.fault.is_none() => {
                let text = entry[&name].as_str().unwrap_or_default();
                field.fault =
                    Some(Marked::new(&title(&field.label), message).at(text, fault.position));
            }
            Some(field) => left.push(format!("{}: {message}", title(&field.label))),
            None if name.is_empty() => left.push(message),
            None => {
                let label = match property {
                    Some(property) => format!("Custom property {property}"),
                    None => entity.property(&name).map_or(name, label),
                };
                left.push(format!("{}: {message}", title(&label)));
            }
        }
    }
    left
}

/// The field of a fault, as the form shows it.
#[derive(Debug, PartialEq, Eq)]
struct Target {
    /// The name of the field.
    name: String,
    /// The name of the custom property, if the field is one.
    property: Option<String>,
    /// The line of the field, counted from 1.
    line: Option<usize>,
    message: String,
}

impl Target {
    fn of(entity: &'static Entity, entry: &Json, fault: &FieldError) -> Self {
        let message = fault.text();
        let (name, rest) = match fault.field.steps() {
            [Step::Name(name), rest @ ..] => (name.as_str(), rest),
            _ => ("", &[][..]),
        };
        let index = match rest {
            [Step::Item(index), ..] => Some(*index),
            _ => None,
        };
        let is_of_values = entity.custom_properties().is_some_and(|property| property.name == name);
        match index {
            Some(index) if is_of_values && entry[name][index].is_object() => {
                let held = &entry[name][index];
                let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
                let is_of_value = matches!(rest.last(), Some(Step::Name(last)) if last == "value");
                let value = if is_of_value {
                    format!("'{}' ", text(&held["value"]))
                } else {
                    String::new()
                };
                Self {
                    name: field_of(&held["definition"]),
                    property: Some(text(&held["definition"]["name"])),
                    line: None,
                    message: format!("{value}{message}"),
                }
            }
            _ => Self {
                name: name.to_owned(),
                property: None,
                line: index.map(|index| index + 1),
                message,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FieldPath, USER};
    use serde_json::json;

    #[test]
    fn a_fault_names_the_field_and_the_line_of_the_form() {
        let value = |value: &str, definition: &str| {
            json!({
                "value": value, "definition": {"id": definition, "name": "stage"}
            })
        };
        let entry = json!({"customProperties": [value("x", "one"), value("moon", "two")]});
        let item =
            |list: &str, index: usize, name: &str| FieldPath::from(name).within(index).within(list);
        for (field, message, expected) in [
            ("name".into(), "is taken", ("name", None, "is taken")),
            ("".into(), "is the last", ("", None, "is the last")),
            ("customProperties".into(), "has too many", ("customProperties", None, "has too many")),
            (
                item("customProperties", 1, "value"),
                "is not one of the choices of the custom property; did you mean 'prod'?",
                (
                    "@two",
                    None,
                    "'moon' is not one of the choices of the custom property; did you mean 'prod'?",
                ),
            ),
            (
                item("customProperties", 0, "definition"),
                "this custom property is not for User",
                ("@one", None, "this custom property is not for User"),
            ),
            (
                item("customProperties", 7, "value"),
                "is empty",
                ("customProperties", Some(8), "is empty"),
            ),
            (
                item("attributes", 1, "attributeType"),
                "is empty",
                ("attributes", Some(2), "is empty"),
            ),
            (item("choiceValues", 0, ""), "is empty", ("choiceValues", Some(1), "is empty")),
            (FieldPath::from("userId").within("owner"), "is empty", ("owner", None, "is empty")),
        ] {
            let fault = FieldError::new(field, message);
            let (name, line, message) = expected;
            let property = name.starts_with('@').then(|| "stage".to_owned());
            let expected =
                Target { name: name.to_owned(), property, line, message: message.to_owned() };
            assert_eq!(Target::of(&USER, &entry, &fault), expected, "{}", fault.field);
        }
    }
}
