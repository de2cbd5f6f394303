//! The common values of several entities.

use crate::model::{Entity, Kind, MODIFIED_DATE, Property, Role};
use serde::Serialize;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// All selected entities as one.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Synthetic {
    #[serde(rename = "type")]
    kind: &'static str,
    properties: Vec<Common>,
    children: [Json; 0],
    latest_modified_date: String,
    schema_path: &'static str,
}

/// One property of all entities.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Common {
    name: String,
    value: Json,
    value_is_different: bool,
    value_is_modified: bool,
}

/// The common values so far.
#[derive(Default)]
pub struct Gathered {
    number: usize,
    latest: String,
    /// The value of the first entity, and whether another entity has another value.
    values: BTreeMap<&'static str, (Json, bool)>,
    /// The items that all lists have, and whether some lists have more: links by property, custom
    /// properties by definition.
    lists: BTreeMap<String, (BTreeSet<String>, bool)>,
}

impl Gathered {
    /// Adds an entity.
    pub fn add(&mut self, entity: &'static Entity, row: &Json) {
        let modified = row[MODIFIED_DATE.name].as_str().unwrap_or_default();
        if modified > self.latest.as_str() {
            modified.clone_into(&mut self.latest);
        }
        let mut lists: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for property in entity.properties.iter().filter(|property| property.is_changeable()) {
            match property.kind {
                Kind::Links(_) | Kind::Elements(_) => {
                    lists.extend(lists_of(property, &row[property.name]));
                }
                Kind::Secret { .. } => {}
                Kind::Reference(_) => self.add_value(property, &row[property.name]["id"]),
                _ => self.add_value(property, &row[property.name]),
            }
        }
        self.add_lists(lists);
        self.number += 1;
    }

    fn add_value(&mut self, property: &'static Property, value: &Json) {
        let (common, is_different) =
            self.values.entry(property.name).or_insert_with(|| (value.clone(), false));
        *is_different |= common != value;
    }

    fn add_lists(&mut self, mut lists: BTreeMap<String, BTreeSet<String>>) {
        for (name, (common, is_different)) in &mut self.lists {
            let own = lists.remove(name).unwrap_or_default();
            *is_different |= *common != own;
            common.retain(|item| own.contains(item));
        }
        for (name, own) in lists {
            let is_first = self.number == 0;
            let common = if is_first { own.clone() } else { BTreeSet::new() };
            self.lists.insert(name, (common, !is_first && !own.is_empty()));
        }
    }

    /// The common values of the entities added.
    pub fn finish(self, entity: &'static Entity) -> Synthetic {
        let common = |name: String, value: Json, is_different: bool| Common {
            name,
            value,
            value_is_different: is_different,
            value_is_modified: false,
        };
        let values = self.values.into_iter().map(|(name, (value, is_different))| {
            common(name.to_owned(), if is_different { Json::Null } else { value }, is_different)
        });
        let lists = self.lists.into_iter().map(|(name, (values, is_different))| {
            common(name, json!({ "values": values, "added": [], "removed": [] }), is_different)
        });
        let secrets = entity
            .properties
            .iter()
            .filter(|property| matches!(property.kind, Kind::Secret { .. }));
        let secrets = secrets.map(|property| common(property.name.to_owned(), Json::Null, false));
        Synthetic {
            kind: entity.resource_type,
            properties: values.chain(secrets).chain(lists).collect(),
            children: [],
            latest_modified_date: self.latest,
            schema_path: "SyntheticRootEntity",
        }
    }
}

/// The lists of a row under QRS's names: `refList_Tag` with ids, and `@<definition>` with values.
fn lists_of(property: &Property, items: &Json) -> BTreeMap<String, BTreeSet<String>> {
    let mut lists: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    if let Kind::Links(target) = property.kind {
        lists.entry(format!("refList_{}", target.resource_type)).or_default();
    }
    for item in items.as_array().into_iter().flatten() {
        let text = |json: &Json| json.as_str().unwrap_or_default().to_owned();
        match property.kind {
            Kind::Links(target) => {
                lists
                    .entry(format!("refList_{}", target.resource_type))
                    .or_default()
                    .insert(text(&item["id"]));
            }
            _ if property.has_role(Role::CustomProperties) => {
                lists
                    .entry(format!("@{}", text(&item["definition"]["id"])))
                    .or_default()
                    .insert(text(&item["value"]));
            }
            _ => {}
        }
    }
    lists
}
