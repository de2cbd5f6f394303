//! Values in the form in which here and a site compare them.

use crate::model::{Entity, Kind, Property, Syntax, Value, field_of, fold};
use serde_json::Value as Json;
use std::collections::HashSet;

/// The value of a property, in which names stand for ids.
#[derive(Clone, Debug)]
pub enum Facet {
    /// A single value.
    One(Item),
    /// A set. Its items have an order, which is never a difference.
    Set(Vec<Item>),
}

/// A single value, with the text with which it is compared.
#[derive(Clone, Debug)]
pub struct Item {
    /// The text with which it is compared.
    pub key: String,
    /// The value as a site writes it.
    pub shown: Json,
}

impl Item {
    /// The value of a property, or an item of its set.
    pub fn new(property: &'static Property, shown: Json) -> Self {
        let key = match &shown {
            Json::Array(parts) => parts
                .iter()
                .zip(parts_of(property))
                .fold(String::new(), |key, (part, property)| key + &key_of(property, part) + "\0"),
            other => key_of(property, other),
        };
        Self { key, shown }
    }
}

impl Facet {
    /// A set of these items of a property.
    #[must_use]
    pub fn set(property: &'static Property, items: impl IntoIterator<Item = Json>) -> Self {
        let mut known = HashSet::new();
        let items = items.into_iter().map(|shown| Item::new(property, shown));
        Self::Set(items.filter(|item| known.insert(item.key.clone())).collect())
    }

    /// Whether both are the same for QRS.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::One(one), Self::One(other)) => one.key == other.key,
            (Self::Set(one), Self::Set(other)) => keys(one) == keys(other),
            _ => false,
        }
    }

    /// The value as JSON: a single value, or the items of a set.
    #[must_use]
    pub fn to_json(&self) -> Json {
        match self {
            Self::One(item) => item.shown.clone(),
            Self::Set(items) => items.iter().map(|item| item.shown.clone()).collect(),
        }
    }

    /// The value that [`Facet::to_json`] has made.
    #[must_use]
    pub fn of_json(property: &'static Property, json: &Json) -> Self {
        match json {
            Json::Array(items) if property.is_collection() => {
                Self::set(property, items.iter().cloned())
            }
            single => Self::One(Item::new(property, single.clone())),
        }
    }
}

/// The texts with which the items of a set are compared.
pub fn keys(items: &[Item]) -> HashSet<&str> {
    items.iter().map(|item| item.key.as_str()).collect()
}

/// The text with which a value is compared. References and types ignore case, and so does QRS.
fn key_of(property: &Property, shown: &Json) -> String {
    let ignores_case = matches!(
        property.kind,
        Kind::Reference(_) | Kind::Links(_) | Kind::Text { syntax: Syntax::TypeName, .. }
    );
    match shown.as_str() {
        Some(text) if ignores_case => fold(text),
        Some(text) => text.replace("\r\n", "\n"),
        None => shown.to_string(),
    }
}

/// The properties of an element that clients write, in the order in which a set lists them.
pub fn parts_of(property: &Property) -> impl Iterator<Item = &'static Property> {
    let element = match property.kind {
        Kind::Elements(element) => Some(element),
        _ => None,
    };
    element.into_iter().flat_map(|element| element.properties).filter(|part| part.is_changeable())
}

/// The name of an entity to which JSON refers: its natural key, such as directory and user id, or
/// its name.
pub fn label(target: &'static Entity, json: &Json) -> Option<String> {
    let parts: Option<Vec<&str>> =
        labelling(target).map(|property| field_of(json, property.name)?.as_str()).collect();
    parts.filter(|parts| !parts.is_empty()).map(|parts| parts.join(SEPARATOR))
}

/// The texts of a label, by property.
pub fn labelled(target: &'static Entity, label: &str) -> Vec<(&'static Property, String)> {
    let properties: Vec<_> = labelling(target).collect();
    let texts = label.splitn(properties.len(), SEPARATOR).map(str::to_owned);
    properties.into_iter().zip(texts).collect()
}

const SEPARATOR: &str = "\\";

/// The properties that make a label: of a user, the directory comes before the id.
fn labelling(target: &'static Entity) -> impl Iterator<Item = &'static Property> {
    target.identifying().last().into_iter().flatten()
}

/// A single value as JSON.
pub fn to_json(value: &Value) -> Json {
    match value {
        Value::Text(text) => text.as_str().into(),
        Value::Integer(number) => (*number).into(),
        Value::Boolean(value) => (*value).into(),
        Value::Date(date) => date.to_string().into(),
        Value::Id(id) => id.to_string().into(),
    }
}
