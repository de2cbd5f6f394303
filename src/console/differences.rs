//! The differences between two versions of an entity.

use super::entity_part::{Part, by_part};
use super::form::written;
use super::lists::content;
use super::value_text::reference;
use crate::model::{Entity, Kind, Property, fold};
use serde_json::Value as Json;

/// Returns the parts in which two versions differ. Custom properties and attributes are separate
/// parts.
pub fn differences(entity: &'static Entity, one: &Json, other: &Json) -> Vec<Part> {
    let changeable = entity.properties.iter().filter(|property| property.is_changeable());
    let differing = changeable
        .filter(|property| !is_same(property, &one[property.name], &other[property.name]));
    let parts = differing.flat_map(|property| match property.kind {
        Kind::Elements(_) => differing_parts(property, &one[property.name], &other[property.name]),
        _ => vec![Part::whole(property)],
    });
    parts.collect()
}

fn differing_parts(property: &'static Property, one: &Json, other: &Json) -> Vec<Part> {
    let [mut one, other] = [one, other].map(|list| by_part(property, list));
    let mut parts = Vec::new();
    for (key, (part, items)) in other {
        let before = one.remove(&key).map(|(_, items)| items).unwrap_or_default();
        if contents(&before) != contents(&items) {
            parts.push(part);
        }
    }
    parts.extend(one.into_values().map(|(part, _)| part));
    parts.sort_by(|one, other| one.label.cmp(&other.label));
    parts
}

/// Whether two values of a property are the same.
#[must_use]
pub fn is_same(property: &Property, one: &Json, other: &Json) -> bool {
    match property.kind {
        Kind::Strings { .. } => one == other,
        Kind::Links(_) | Kind::Elements(_) => {
            let [one, other] =
                [one, other].map(|list| list.as_array().into_iter().flatten().collect::<Vec<_>>());
            contents(&one) == contents(&other)
        }
        Kind::Reference(_) => fold(&reference(one)) == fold(&reference(other)),
        _ => written(property, one) == written(property, other),
    }
}

/// The items of a list without their order.
fn contents(items: &[&Json]) -> Vec<String> {
    let mut contents: Vec<String> = items.iter().map(|item| content(item)).collect();
    contents.sort_unstable();
    contents
}
