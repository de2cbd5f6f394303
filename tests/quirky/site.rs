//! The entities of the fake, and what has been asked of it.

use super::quirk::Quirk;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// The fake.
pub struct Site {
    /// The entities, by the path of their type.
    pub entities: BTreeMap<String, Vec<Json>>,
    quirks: Vec<Quirk>,
    /// The requests so far, by method.
    pub requests: BTreeMap<String, u64>,
    /// How often each address was asked for, by purpose.
    asked: BTreeMap<String, u64>,
}

impl Site {
    pub fn new(entities: Map<String, Json>, quirks: Vec<Quirk>) -> Self {
        let entities = entities.into_iter().map(|(path, list)| {
            let Json::Array(list) = list else { panic!("{path} is not a list") };
            (path, list)
        });
        Self {
            entities: entities.collect(),
            quirks,
            requests: BTreeMap::new(),
            asked: BTreeMap::new(),
        }
    }

    pub fn has(&self, quirk: Quirk) -> bool {
        self.quirks.contains(&quirk)
    }

    /// How often an address was asked for, this time included, as far as `purpose` goes.
    pub fn turn(&mut self, purpose: &str, address: &str) -> u64 {
        let turn = self.asked.entry(format!("{purpose} {address}")).or_default();
        *turn += 1;
        *turn
    }

    /// The entities of a type as they are sent.
    pub fn list(&self, path: &str) -> Vec<Json> {
        let mut list = self.entities.get(path).cloned().unwrap_or_default();
        if self.has(Quirk::Unordered) {
            list.extend(list.last().cloned());
            list.reverse();
        }
        for (number, entity) in list.iter_mut().enumerate() {
            self.change(entity, number);
        }
        list
    }

    /// Changes an entity as the quirks do. Names of fields come last, because the others look for
    /// fields by name.
    pub fn change(&self, entity: &mut Json, number: usize) {
        let renames = |quirk: &&Quirk| **quirk == Quirk::PascalCase;
        for quirk in self.quirks.iter().filter(|quirk| !renames(quirk)) {
            quirk.change(entity, number);
        }
        self.quirks.iter().filter(renames).for_each(|quirk| quirk.change(entity, number));
    }
}
