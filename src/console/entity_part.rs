//! The parts of an entity that are merged as units: properties, or the items with the same key in a
//! list.

use super::custom_property::id;
use super::value_text::{label, reference};
use crate::model::{Entity, Property, fold};
use serde_json::Value as Json;
use std::collections::{BTreeMap, HashMap, HashSet};

/// A property; or the values of one custom property, or the attributes of one type.
#[derive(Clone, Debug)]
pub struct Part {
    /// The property.
    pub property: &'static Property,
    /// The key of the items; `None` for the whole property.
    key: Option<String>,
    /// Its label on pages.
    pub label: String,
}

impl Part {
    /// A whole property.
    #[must_use]
    pub fn whole(property: &'static Property) -> Self {
        Self { property, key: None, label: label(property) }
    }

    /// The part to which an item of a list belongs.
    fn of(property: &'static Property, item: &Json) -> Self {
        let definition = &item["definition"];
        let label = match item["attributeType"].as_str() {
            Some(kind) => format!("Attribute {kind}"),
            None if definition.is_object() => format!("Custom property {}", reference(definition)),
            None => label(property),
        };
        Self { property, key: key(item), label }
    }

    /// All parts of an entity, by the names of their fields.
    #[must_use]
    pub fn all(entity: &'static Entity, versions: [&Json; 2]) -> HashMap<String, Self> {
        let parts = entity.properties.iter().flat_map(|property| {
            let items = versions
                .into_iter()
                .filter_map(move |version| version[property.name].as_array())
                .flatten();
            items.map(|item| Self::of(property, item)).chain([Self::whole(property)])
        });
        parts.map(|part| (part.name(), part)).collect()
    }

    /// The name of its field in a form.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.key {
            Some(key) => format!("{} {key}", self.property.name),
            None => self.property.name.to_owned(),
        }
    }

    /// Whether this part is or contains the other one.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        self.property == other.property && (self.key.is_none() || self.key == other.key)
    }

    /// Whether the part is a whole property.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.key.is_none()
    }

    /// The items of a value that belong to this part.
    #[must_use]
    pub fn within(&self, value: &Json) -> Json {
        match value.as_array() {
            Some(items) if !self.is_whole() => {
                items.iter().filter(|item| key(item) == self.key).cloned().collect()
            }
            _ => value.clone(),
        }
    }
}

/// The key of an item: the definition of a custom property value, or the type of an attribute. It
/// is part of names of fields, so it has no characters that browsers change.
fn key(item: &Json) -> Option<String> {
    let definition = &item["definition"];
    let kind = item["attributeType"].as_str().map(|kind| fold(kind).escape_debug().to_string());
    kind.or_else(|| definition.is_object().then(|| id(definition).to_owned()))
}

/// The items of a list, by part.
#[must_use]
pub fn by_part<'v>(
    property: &'static Property,
    value: &'v Json,
) -> BTreeMap<Option<String>, (Part, Vec<&'v Json>)> {
    let mut parts = BTreeMap::new();
    for item in value.as_array().into_iter().flatten() {
        let (_, items) =
            parts.entry(key(item)).or_insert_with(|| (Part::of(property, item), Vec::new()));
        items.push(item);
    }
    parts
}

/// Returns a list in which these parts are replaced by those of another list.
#[must_use]
pub fn with_parts(list: &Json, parts: &[&Part], other: &Json) -> Json {
    let keys: HashSet<&Option<String>> = parts.iter().map(|part| &part.key).collect();
    let [list, other] = [list, other].map(|list| list.as_array().into_iter().flatten());
    let kept = list.filter(|item| !keys.contains(&key(item)));
    kept.chain(other.filter(|item| keys.contains(&key(item)))).cloned().collect()
}
