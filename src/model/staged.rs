//! Entity types whose entities are brought in from other sites: their order, and how entities are
//! recognized.

use super::json_field::field_of;
use super::schema::{Entity, Kind, Property};
use serde_json::Value as Json;

impl Entity {
    /// Whether the entity with this JSON is one that each site has for itself.
    #[must_use]
    pub fn is_own(&self, json: &Json) -> bool {
        let own = self.staging.map_or(&[][..], |staging| staging.own);
        own.iter().any(|(name, pattern)| {
            field_of(json, name).is_some_and(|value| matches(value, pattern))
        })
    }

    /// The properties of each group that identifies an entity.
    pub fn identifying(&'static self) -> impl Iterator<Item = Vec<&'static Property>> {
        let keys = self.staging.map_or(&[][..], |staging| staging.keys);
        keys.iter().map(|names| names.iter().filter_map(|name| self.property(name)).collect())
    }
}

fn matches(value: &Json, pattern: &str) -> bool {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match pattern.strip_suffix('*') {
        Some(start) => {
            text.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start))
        }
        None => text.eq_ignore_ascii_case(pattern),
    }
}

/// The types of `registry` that are brought in from other sites, each after those that it refers
/// to. Rules come last, because their texts can name any entity.
#[must_use]
pub fn staged(registry: &[&'static Entity]) -> Vec<&'static Entity> {
    let mut left: Vec<_> =
        registry.iter().copied().filter(|entity| entity.staging.is_some()).collect();
    left.sort_by_key(|entity| entity.is_of_rules());
    let mut ordered = Vec::with_capacity(left.len());
    let waits = |entity: &&'static Entity, left: &[&'static Entity]| {
        left.iter().any(|other| other != entity && refers_to(entity, other))
    };
    while let Some(next) = left.iter().position(|entity| !waits(entity, &left)) {
        ordered.push(left.remove(next));
    }
    ordered
}

fn refers_to(entity: &'static Entity, target: &'static Entity) -> bool {
    entity.properties.iter().any(|property| match property.kind {
        Kind::Reference(referred) | Kind::Links(referred) => referred == target,
        Kind::Elements(element) => refers_to(element, target),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DATA_CONNECTION, REGISTRY, SYSTEM_RULE, USER};
    use serde_json::json;

    #[test]
    fn the_entities_that_a_site_has_for_itself_are_recognized() {
        let own = [
            (&DATA_CONNECTION, json!({"name": "monitor_apps_REST_user"})),
            (&DATA_CONNECTION, json!({"Name": "serverlogfolder"})),
            (&SYSTEM_RULE, json!({"type": "Default"})),
            (&USER, json!({"deleteProhibited": true})),
        ];
        for (entity, json) in own {
            assert!(entity.is_own(&json), "{json}");
        }
        let others = [
            (&DATA_CONNECTION, json!({"name": "monitor"})),
            (&DATA_CONNECTION, json!({"name": "ärger"})),
            (&SYSTEM_RULE, json!({"type": "Custom"})),
            (&USER, json!({"deleteProhibited": false})),
            (&USER, json!({})),
        ];
        for (entity, json) in others {
            assert!(!entity.is_own(&json), "{json}");
        }
    }

    #[test]
    fn a_type_comes_after_those_that_it_refers_to() {
        let staged = staged(REGISTRY);
        assert_eq!(staged.len(), REGISTRY.len());
        for (place, entity) in staged.iter().enumerate() {
            let later = &staged[place + 1..];
            assert!(!later.iter().any(|other| refers_to(entity, other)), "{entity:?}");
        }
        assert_eq!(staged.last(), Some(&&SYSTEM_RULE));
    }

    #[test]
    fn the_properties_that_identify_an_entity_exist() {
        for entity in staged(REGISTRY) {
            let staging = entity.staging.unwrap();
            let names = staging.keys.iter().copied().flatten().count();
            assert!(names > 0);
            assert_eq!(entity.identifying().flatten().count(), names, "{entity:?}");
            let own = staging.own.iter().all(|(name, _)| entity.property(name).is_some());
            assert!(own, "{entity:?}");
        }
    }
}
