//! Merging two changes of one version of an entity, property by property.

use super::form::{id, written};
use super::shown::{item, label, reference};
use crate::model::{CUSTOM_PROPERTY_VALUE, Entity, Kind, Property, fold};
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeSet, HashMap, HashSet};

/// What becomes of two changes of the same version.
#[derive(Default)]
pub struct Merge {
    /// What is to be written over the stored version.
    pub write: Map<String, Json>,
    /// The properties that both changed, and not to the same value.
    pub collisions: Vec<&'static Property>,
}

enum Outcome {
    /// The stored value stays.
    Stays,
    /// This value is to be written.
    Write(Json),
    /// Somebody has to choose.
    Collision,
}

/// Merges what `mine` gives otherwise than `base` with what is stored. Without a base, it is not known who changed what: then each difference from what is stored
/// is a collision.
pub fn merge(entity: &'static Entity, base: Option<&Json>, mine: &Map<String, Json>, stored: &Json) -> Merge {
    let mut merge = Merge::default();
    for property in entity.properties {
        let Some(value) = mine.get(property.name) else { continue };
        match outcome(property, base.map(|base| &base[property.name]), value, &stored[property.name]) {
            Outcome::Stays => {}
            Outcome::Write(value) => drop(merge.write.insert(property.name.to_owned(), value)),
            Outcome::Collision => merge.collisions.push(property),
        }
    }
    merge
}

fn outcome(property: &Property, base: Option<&Json>, mine: &Json, stored: &Json) -> Outcome {
    // A typed secret can't be compared with what is stored.
    let is_secret = matches!(property.kind, Kind::Secret { .. });
    if !is_secret && is_same(property, mine, stored) {
        return Outcome::Stays;
    }
    let Some(base) = base else { return Outcome::Collision };
    if is_same(property, base, stored) {
        return Outcome::Write(mine.clone());
    }
    let merged = match property.kind {
        Kind::Strings { .. } | Kind::Links(_) | Kind::Elements(_) => lists(property, base, mine, stored),
        Kind::Integer { .. } if property.name == "actions" => Some(bits([base, mine, stored])),
        _ => None,
    };
    match merged {
        None => Outcome::Collision,
        Some(merged) if is_same(property, &merged, stored) => Outcome::Stays,
        Some(merged) => Outcome::Write(merged),
    }
}

/// Where two versions differ: the properties, and how people call that. Of custom properties, those that differ are named.
pub fn differences(entity: &'static Entity, one: &Json, other: &Json) -> Vec<(&'static Property, String)> {
    let changeable = entity.properties.iter().filter(|property| property.is_changeable());
    let differing = changeable.filter(|property| !is_same(property, &one[property.name], &other[property.name]));
    let named = differing.flat_map(|property| {
        let labels = match property.kind {
            Kind::Elements(element) if *element == CUSTOM_PROPERTY_VALUE => {
                custom_properties(&one[property.name], &other[property.name])
            }
            _ => BTreeSet::from([label(property)]),
        };
        labels.into_iter().map(move |label| (property, label))
    });
    named.collect()
}

/// The custom properties of which one list has other values than the other.
fn custom_properties(one: &Json, other: &Json) -> BTreeSet<String> {
    let [one, other] = [one, other].map(Items::of);
    let differing = one.without(&other).chain(other.without(&one));
    differing.map(|(_, value)| format!("Custom property {}", reference(&value["definition"]))).collect()
}

fn is_same(property: &Property, one: &Json, other: &Json) -> bool {
    match property.kind {
        Kind::Strings { .. } => one == other,
        Kind::Links(_) | Kind::Elements(_) => {
            let [one, other] = [one, other].map(|list| {
                let mut contents: Vec<String> = list.as_array().into_iter().flatten().map(content).collect();
                contents.sort_unstable();
                contents
            });
            one == other
        }
        Kind::Reference(_) => fold(&reference(one)) == fold(&reference(other)),
        _ => written(property, one) == written(property, other),
    }
}

/// All that clients can say about an item of a list that has no order.
fn content(value: &Json) -> String {
    match value["externalId"].as_str() {
        Some(external) if !external.is_empty() => format!("{}\n{external}", identity(value)),
        _ => identity(value),
    }
}

/// By which an item of a list is known: the text, the id of a tag, the definition and the value of a custom property, or the type and the value of an attribute.
fn identity(value: &Json) -> String {
    let definition = &value["definition"];
    match (definition.is_object(), value["id"].as_str()) {
        (true, _) => format!("{} {}", id(definition), value["value"].as_str().unwrap_or_default()),
        (false, Some(id)) if value.get("attributeType").is_none() => id.to_owned(),
        _ => item(value),
    }
}

/// An identity, and how many items before it have the same one.
type Key = (String, usize);

/// The items of a list, in their order.
struct Items<'v> {
    all: Vec<(Key, &'v Json)>,
    keys: HashSet<Key>,
}

impl<'v> Items<'v> {
    fn of(list: &'v Json) -> Self {
        let mut seen: HashMap<String, usize> = HashMap::new();
        let mut all = Vec::new();
        for value in list.as_array().into_iter().flatten() {
            let identity = identity(value);
            let count = seen.entry(identity.clone()).or_default();
            all.push(((identity, *count), value));
            *count += 1;
        }
        let keys = all.iter().map(|(key, _)| key.clone()).collect();
        Self { all, keys }
    }

    /// The items that the other list does not have.
    fn without<'i>(&'i self, other: &'i Self) -> impl Iterator<Item = &'i (Key, &'v Json)> {
        self.all.iter().filter(|(key, _)| !other.keys.contains(key))
    }

    /// The keys that both others have as well, in the order of this list.
    fn common<'i>(&'i self, others: [&Self; 2]) -> Vec<&'i Key> {
        let keys = self.all.iter().map(|(key, _)| key);
        keys.filter(|key| others.iter().all(|other| other.keys.contains(*key))).collect()
    }

    /// This list with what was taken away and added from one list to another.
    fn changed(&self, from: &Self, to: &Self) -> Json {
        let kept = self.all.iter().filter(|(key, _)| to.keys.contains(key) || !from.keys.contains(key));
        let added = to.without(from).filter(|(key, _)| !self.keys.contains(key));
        kept.chain(added).map(|(_, value)| (*value).clone()).collect()
    }
}

/// What both added is added and what either took away is gone. Strings have an order; if both changed that of the strings that all versions have, to
/// different ones, there is no merged list.
fn lists(property: &Property, base: &Json, mine: &Json, stored: &Json) -> Option<Json> {
    let [base, mine, stored] = [base, mine, stored].map(Items::of);
    if !matches!(property.kind, Kind::Strings { .. }) {
        return Some(stored.changed(&base, &mine));
    }
    let (before, own, other) =
        (base.common([&mine, &stored]), mine.common([&base, &stored]), stored.common([&base, &mine]));
    if own == before || own == other {
        return Some(stored.changed(&base, &mine));
    }
    (other == before).then(|| mine.changed(&base, &stored))
}

/// The same for the bits of a number.
fn bits(versions: [&Json; 3]) -> Json {
    let [base, mine, stored] = versions.map(|bits| bits.as_i64().unwrap_or_default());
    json!((stored | (mine & !base)) & !(base & !mine))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CUSTOM_PROPERTY_DEFINITION, DATA_CONNECTION, SYSTEM_RULE, USER};
    use proptest::prelude::*;
    use proptest::sample::{select, subsequence};

    /// What a version gives otherwise than the base.
    fn changes(entity: &'static Entity, base: &Json, version: &Json) -> Map<String, Json> {
        let differing = differences(entity, base, version).into_iter().map(|(property, _)| property.name);
        differing.map(|name| (name.to_owned(), version[name].clone())).collect()
    }

    /// The merged version, and the names of the collisions.
    fn merged(entity: &'static Entity, base: &Json, mine: &Json, stored: &Json) -> (Json, Vec<&'static str>) {
        let merge = merge(entity, Some(base), &changes(entity, base, mine), stored);
        let merged = super::super::filled_in::overlaid(stored, &Json::Object(merge.write));
        (merged, merge.collisions.iter().map(|property| property.name).collect())
    }

    fn tags(ids: &[&str]) -> Json {
        ids.iter().map(|id| json!({"id": id, "name": format!("tag {id}")})).collect()
    }

    fn values(values: &[(&str, &str)]) -> Json {
        values
            .iter()
            .map(|(definition, value)| json!({"value": value, "definition": {"id": definition, "name": definition}}))
            .collect()
    }

    #[test]
    fn each_kind_of_value_is_merged_in_its_way() {
        let user = |name: &str| json!({"userDirectory": "LAB", "userId": name});
        let attribute =
            |kind: &str, external: &str| json!({"attributeType": kind, "attributeValue": "v", "externalId": external});
        let (connection, own) = (&DATA_CONNECTION, &USER);
        for (entity, name, base, mine, stored, wanted) in [
            (connection, "name", json!("a"), json!("b"), json!("a"), Some(json!("b"))),
            (connection, "name", json!("a"), json!("b"), json!("b"), Some(json!("b"))),
            (connection, "name", json!("a"), json!("b"), json!("c"), None),
            (connection, "connectionstring", json!("a\r\nb"), json!("c"), json!("a\nb"), Some(json!("c"))),
            (connection, "logOn", json!(0), json!(1), json!(1), Some(json!(1))),
            (connection, "architecture", json!(0), json!(1), json!(2), None),
            (connection, "owner", user("a"), user("b"), user("c"), None),
            (connection, "owner", user("a"), user("B"), user("b"), Some(user("b"))),
            (
                connection,
                "tags",
                tags(&["1", "2"]),
                tags(&["1", "3"]),
                tags(&["1", "2", "4"]),
                Some(tags(&["1", "4", "3"])),
            ),
            (
                connection,
                "customProperties",
                values(&[("d", "x"), ("e", "x")]),
                values(&[("d", "y"), ("e", "x")]),
                values(&[("d", "x"), ("d", "z")]),
                Some(values(&[("d", "z"), ("d", "y")])),
            ),
            (own, "roles", json!(["a", "b"]), json!(["a"]), json!(["a", "b", "c"]), Some(json!(["a", "c"]))),
            (own, "roles", json!(["a"]), json!(["a", "b"]), json!(["a", "b", "c"]), Some(json!(["a", "b", "c"]))),
            (own, "inactive", json!(false), json!(true), json!(false), Some(json!(true))),
            (
                own,
                "attributes",
                json!([attribute("a", "1"), attribute("b", "1")]),
                json!([attribute("a", "1"), {"attributeType": "c", "attributeValue": "v"}]),
                json!([attribute("a", "2"), attribute("b", "2")]),
                Some(json!([attribute("a", "2"), {"attributeType": "c", "attributeValue": "v"}])),
            ),
            (&SYSTEM_RULE, "actions", json!(0b0111), json!(0b1011), json!(0b0110), Some(json!(0b1010))),
        ] {
            let of = |value: Json| json!({ name: value });
            let (found, collisions) = merged(entity, &of(base), &of(mine.clone()), &of(stored));
            match wanted {
                Some(wanted) => assert_eq!((found, collisions.len()), (of(wanted), 0), "{name} {mine}"),
                None => assert_eq!(collisions, [name], "{mine}"),
            }
        }
    }

    #[test]
    fn an_order_that_only_one_changed_is_kept_and_two_orders_collide() {
        let list = |order: &str| json!({"choiceValues": order.chars().map(String::from).collect::<Vec<_>>()});
        for (base, mine, stored, wanted) in [
            ("abc", "cba", "abcd", Some("cbad")),
            ("abc", "abcd", "cba", Some("cbad")),
            ("abc", "cba", "cbad", Some("cbad")),
            ("abc", "ca", "abd", Some("ad")),
            ("abc", "bac", "acb", None),
        ] {
            let (found, collisions) = merged(&CUSTOM_PROPERTY_DEFINITION, &list(base), &list(mine), &list(stored));
            assert_eq!(collisions.is_empty(), wanted.is_some(), "{mine} {stored}");
            assert_eq!(found, list(wanted.unwrap_or(stored)), "{mine} {stored}");
        }
    }

    #[test]
    fn a_secret_collides_if_its_mark_is_another_one_and_never_equals_it() {
        let mine = Map::from_iter([("password".to_owned(), json!("mark"))]);
        let with = |mark: &str| json!({"password": mark});
        let same = merge(&DATA_CONNECTION, Some(&with("mark")), &mine, &with("mark"));
        assert_eq!(same.write, mine);
        for base in [Some(&with("other")), None] {
            let merge = merge(&DATA_CONNECTION, base, &mine, &with("mark"));
            assert_eq!((merge.write.len(), merge.collisions[0].name), (0, "password"));
        }
    }

    #[test]
    fn without_a_base_each_difference_is_a_collision() {
        let mine = json!({"name": "a", "username": "same", "tags": tags(&["1"])});
        let stored = json!({"name": "b", "username": "same", "tags": tags(&["2"])});
        let merge = merge(&DATA_CONNECTION, None, mine.as_object().unwrap(), &stored);
        let names: Vec<&str> = merge.collisions.iter().map(|property| property.name).collect();
        assert_eq!((names, merge.write.len()), (vec!["name", "tags"], 0));
    }

    fn users() -> impl Strategy<Value = Json> {
        let some = |all: &'static [&'static str]| subsequence(all, 0..=all.len()).prop_shuffle();
        let attribute = |name: &&str| json!({"attributeType": name, "attributeValue": "v", "externalId": ""});
        (
            select(&["a", "b", "c"][..]),
            any::<bool>(),
            some(&["r", "s", "t", "u"]),
            some(&["1", "2", "3", "4"]),
            some(&["d", "e", "f"]),
            some(&["x", "y", "z"]),
        )
            .prop_map(move |(name, inactive, roles, ids, owned, held)| {
                let held: Vec<(&str, &str)> = held.iter().map(|value| ("1", *value)).collect();
                json!({
                    "name": name, "inactive": inactive, "roles": roles, "tags": tags(&ids), "customProperties": values(&held),
                    "attributes": owned.iter().map(attribute).collect::<Vec<_>>(),
                })
            })
    }

    /// The values of a property, without their order.
    fn contents(value: &Json) -> BTreeSet<String> {
        value.as_array().map_or_else(|| BTreeSet::from([value.to_string()]), |all| all.iter().map(content).collect())
    }

    proptest! {
        #[test]
        fn a_merge_is_symmetric_and_keeps_what_is_untouched_and_invents_nothing(base in users(), mine in users(), stored in users()) {
            let (found, collisions) = merged(&USER, &base, &mine, &stored);
            let (mirrored, mirrored_collisions) = merged(&USER, &base, &stored, &mine);
            prop_assert_eq!(&collisions, &mirrored_collisions);
            for property in ["name", "inactive", "roles", "tags", "customProperties", "attributes"].map(|name| USER.property(name).unwrap()) {
                let of = |version: &Json| contents(&version[property.name]);
                let (was, own, other, now) = (of(&base), of(&mine), of(&stored), of(&found));
                if collisions.contains(&property.name) {
                    prop_assert!(!is_same(property, &base[property.name], &mine[property.name]));
                    prop_assert!(!is_same(property, &base[property.name], &stored[property.name]));
                    prop_assert!(!is_same(property, &mine[property.name], &stored[property.name]));
                    continue;
                }
                prop_assert_eq!(&now, &of(&mirrored));
                if base[property.name].is_array() {
                    for item in was.union(&own).chain(&other) {
                        // All have it, or one side alone added it or took it away.
                        let wanted = if own.contains(item) == was.contains(item) { other.contains(item) } else { own.contains(item) };
                        prop_assert_eq!(now.contains(item), wanted, "{}", item);
                    }
                }
                prop_assert!(now.iter().all(|item| own.contains(item) || other.contains(item)));
                if own == was {
                    prop_assert_eq!(&now, &other);
                }
                if other == was {
                    prop_assert_eq!(&now, &own);
                }
            }
        }

        #[test]
        fn bits_are_merged_one_by_one(base in 0_i64..16_384, mine in 0_i64..16_384, stored in 0_i64..16_384) {
            let [base_bits, own, other] = [base, mine, stored].map(|bits| json!(bits));
            let merged = bits([&base_bits, &own, &other]).as_i64().unwrap();
            prop_assert_eq!(merged, bits([&base_bits, &other, &own]).as_i64().unwrap());
            prop_assert_eq!(merged, (mine & stored) | (mine & !base) | (stored & !base));
        }
    }
}
