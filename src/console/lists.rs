//! Merges two changes of a list.

use super::custom_property::id;
use super::entity_part::{Part, by_part, with_parts};
use super::value_text::item;
use crate::model::{Kind, Property};
use serde_json::Value as Json;
use std::collections::{HashMap, HashSet};

/// A merged list.
pub struct Merged {
    /// The list, with the visitor's items in the parts that collide.
    pub list: Json,
    /// The parts for which the visitor has to choose.
    pub collisions: Vec<Part>,
}

/// Merges two lists: all additions and removals of both sides are applied. Parts in which both
/// replaced something collide. Strings have an order; if both sides changed the order of the common
/// strings in different ways, the whole list collides.
pub fn merged(property: &'static Property, base: &Json, mine: &Json, stored: &Json) -> Merged {
    let collisions = replaced_by_both(property, base, mine, stored);
    let is_ordered = matches!(property.kind, Kind::Strings { .. });
    // In the parts that collide, only the visitor's changes are used.
    let parts: Vec<&Part> = collisions.iter().collect();
    let stored = with_parts(stored, &parts, base);
    let [base, own, other] = [base, mine, &stored].map(Items::of);
    let (before, own_order, other_order) =
        (base.common([&own, &other]), own.common([&base, &other]), other.common([&base, &own]));
    if collisions.iter().any(Part::is_whole) {
        Merged { list: mine.clone(), collisions }
    } else if !is_ordered || own_order == before || own_order == other_order {
        Merged { list: other.changed(&base, &own), collisions }
    } else if other_order == before {
        Merged { list: own.changed(&base, &other), collisions }
    } else {
        Merged { list: mine.clone(), collisions: vec![Part::whole(property)] }
    }
}

/// The parts in which both sides removed something and added something different. In a part with a
/// key, such as the values of one custom property, any new value replaces the earlier ones. In a
/// list without keys, such as the roles, both sides must have removed the same item.
fn replaced_by_both(
    property: &'static Property,
    base: &Json,
    mine: &Json,
    stored: &Json,
) -> Vec<Part> {
    let [base, mine, stored] = [base, mine, stored].map(|list| by_part(property, list));
    let collides = |key: &Option<String>, before: &[&Json]| {
        let [own, other] =
            [&mine, &stored].map(|version| version.get(key).map_or(&[][..], |(_, items)| items));
        let [before, own, other] = [before, own, other].map(Items::new);
        let [own_change, other_change] = [&own, &other].map(|version| before.replaced(version));
        let (Some((own_removed, own_added)), Some((other_removed, other_added))) =
            (own_change, other_change)
        else {
            return false;
        };
        match key {
            Some(_) => own.keys != other.keys,
            None => !own_removed.is_disjoint(&other_removed) && own_added != other_added,
        }
    };
    base.iter()
        .filter(|(key, (_, items))| collides(key, items))
        .map(|(_, (part, _))| part.clone())
        .collect()
}

/// Everything that clients can set in an item of an unordered list.
#[must_use]
pub fn content(value: &Json) -> String {
    match value["externalId"].as_str() {
        Some(external) if !external.is_empty() => format!("{}\n{external}", identity(value)),
        _ => identity(value),
    }
}

/// The identity of an item: the text, the id of a tag, the definition and the value of a custom
/// property, or the type and the value of an attribute.
fn identity(value: &Json) -> String {
    let definition = &value["definition"];
    match (definition.is_object(), value["id"].as_str()) {
        (true, _) => format!("{} {}", id(definition), value["value"].as_str().unwrap_or_default()),
        (false, Some(id)) if value.get("attributeType").is_none() => id.to_owned(),
        _ => item(value),
    }
}

/// An identity, and the number of earlier items with the same one.
type Key = (String, usize);

/// The items of a list, in their order.
struct Items<'v> {
    all: Vec<(Key, &'v Json)>,
    keys: HashSet<Key>,
}

impl<'v> Items<'v> {
    fn of(list: &'v Json) -> Self {
        Self::new(&list.as_array().into_iter().flatten().collect::<Vec<_>>())
    }

    fn new(items: &[&'v Json]) -> Self {
        let mut seen: HashMap<String, usize> = HashMap::new();
        let mut all = Vec::new();
        for value in items {
            let identity = identity(value);
            let count = seen.entry(identity.clone()).or_default();
            all.push(((identity, *count), *value));
            *count += 1;
        }
        let keys = all.iter().map(|(key, _)| key.clone()).collect();
        Self { all, keys }
    }

    /// The items that the other list does not have.
    fn without<'i>(&'i self, other: &'i Self) -> impl Iterator<Item = &'i (Key, &'v Json)> {
        self.all.iter().filter(|(key, _)| !other.keys.contains(key))
    }

    /// The items that were removed and added between this list and another; `None` unless there are
    /// both.
    fn replaced<'i>(&'i self, to: &'i Self) -> Option<(HashSet<&'i Key>, HashSet<&'i Key>)> {
        let [removed, added] = [self.without(to), to.without(self)]
            .map(|items| items.map(|(key, _)| key).collect::<HashSet<_>>());
        (!removed.is_empty() && !added.is_empty()).then_some((removed, added))
    }

    /// The keys that all three lists have, in the order of this one.
    fn common<'i>(&'i self, others: [&Self; 2]) -> Vec<&'i Key> {
        let keys = self.all.iter().map(|(key, _)| key);
        keys.filter(|key| others.iter().all(|other| other.keys.contains(*key))).collect()
    }

    /// This list with the removals and additions between two others.
    fn changed(&self, from: &Self, to: &Self) -> Json {
        let kept =
            self.all.iter().filter(|(key, _)| to.keys.contains(key) || !from.keys.contains(key));
        let added = to.without(from).filter(|(key, _)| !self.keys.contains(key));
        kept.chain(added).map(|(_, value)| (*value).clone()).collect()
    }
}
