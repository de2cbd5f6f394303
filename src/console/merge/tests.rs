//! Merges of two changes of one entity.

use super::*;
use crate::console::differences::differences;
use crate::console::filled_in::overlaid;
use crate::console::lists::content;
use crate::model::{CUSTOM_PROPERTY_DEFINITION, DATA_CONNECTION, SYSTEM_RULE, USER};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// The properties of a version that differ from the base.
fn changes(entity: &'static Entity, base: &Json, version: &Json) -> Map<String, Json> {
    let differing = differences(entity, base, version).into_iter().map(|part| part.property.name);
    differing.map(|name| (name.to_owned(), version[name].clone())).collect()
}

/// The merged version with the visitor's values in the collisions, and the names of the collisions.
fn merged(entity: &'static Entity, base: &Json, mine: &Json, stored: &Json) -> (Json, Vec<String>) {
    let merge = merge(entity, Some(base), &changes(entity, base, mine), stored);
    let [written, own] = [merge.write, merge.own].map(Json::Object);
    (overlaid(&overlaid(stored, &written), &own), merge.collisions.iter().map(Part::name).collect())
}

fn tags(ids: &[&str]) -> Json {
    ids.iter().map(|id| json!({"id": id, "name": format!("tag {id}")})).collect()
}

fn values(values: &[(&str, &str)]) -> Json {
    values
        .iter()
        .map(|(definition, value)| {
            json!({
                "value": value, "definition": {"id": definition, "name": definition}
            })
        })
        .collect()
}

#[test]
#[expect(clippy::too_many_lines, reason = "it is a table of cases")]
fn each_kind_of_value_is_merged_by_its_rules() {
    let user = |name: &str| json!({"userDirectory": "LAB", "userId": name});
    let attribute = |kind: &str, external: &str| {
        json!({
            "attributeType": kind, "attributeValue": "v", "externalId": external
        })
    };
    let (connection, own) = (&DATA_CONNECTION, &USER);
    for (entity, name, base, mine, stored, expected) in [
        (connection, "name", json!("a"), json!("b"), json!("a"), Some(json!("b"))),
        (connection, "name", json!("a"), json!("b"), json!("b"), Some(json!("b"))),
        (connection, "name", json!("a"), json!("b"), json!("c"), None),
        (
            connection,
            "connectionstring",
            json!("a\r\nb"),
            json!("c"),
            json!("a\nb"),
            Some(json!("c")),
        ),
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
        (
            own,
            "roles",
            json!(["a", "b"]),
            json!(["a"]),
            json!(["a", "b", "c"]),
            Some(json!(["a", "c"])),
        ),
        (
            own,
            "roles",
            json!(["a"]),
            json!(["a", "b"]),
            json!(["a", "b", "c"]),
            Some(json!(["a", "b", "c"])),
        ),
        (own, "inactive", json!(false), json!(true), json!(false), Some(json!(true))),
        (
            own,
            "attributes",
            json!([attribute("a", "1"), attribute("b", "1")]),
            json!([attribute("a", "1"), {"attributeType": "c", "attributeValue": "v"}]),
            json!([attribute("a", "2"), attribute("b", "2")]),
            Some(json!([attribute("a", "2"), {"attributeType": "c", "attributeValue": "v"}])),
        ),
        (&SYSTEM_RULE, "actions", json!(0b0111), json!(0b1011), json!(0b0110), None),
    ] {
        let of = |value: Json| json!({ name: value });
        let (found, collisions) = merged(entity, &of(base), &of(mine.clone()), &of(stored));
        match expected {
            Some(expected) => {
                assert_eq!((found, collisions.len()), (of(expected), 0), "{name} {mine}");
            }
            None => assert_eq!(collisions, [name], "{mine}"),
        }
    }
}

#[test]
fn a_changed_order_is_kept_and_two_changed_orders_collide() {
    let list = |order: &str| {
        json!({
            "choiceValues": order.chars().map(String::from).collect::<Vec<_>>()
        })
    };
    for (base, mine, stored, expected) in [
        ("abc", "cba", "abcd", Some("cbad")),
        ("abc", "abcd", "cba", Some("cbad")),
        ("abc", "cba", "cbad", Some("cbad")),
        ("abc", "ca", "abd", Some("ad")),
        ("abc", "bac", "acb", None),
    ] {
        let (found, collisions) =
            merged(&CUSTOM_PROPERTY_DEFINITION, &list(base), &list(mine), &list(stored));
        assert_eq!(collisions.is_empty(), expected.is_some(), "{mine} {stored}");
        assert_eq!(found, list(expected.unwrap_or(mine)), "{mine} {stored}");
    }
}

#[test]
fn a_secret_collides_if_its_digest_has_changed() {
    let mine = Map::from_iter([("password".to_owned(), json!("mark"))]);
    let with = |mark: &str| json!({"password": mark});
    let same = merge(&DATA_CONNECTION, Some(&with("mark")), &mine, &with("mark"));
    assert_eq!(same.write, mine);
    for base in [Some(&with("other")), None] {
        let merge = merge(&DATA_CONNECTION, base, &mine, &with("mark"));
        assert_eq!((merge.write.len(), merge.collisions[0].name().as_str()), (0, "password"));
    }
}

#[test]
fn without_a_base_each_difference_is_a_collision() {
    let mine = json!({"name": "a", "username": "same", "tags": tags(&["1"])});
    let stored = json!({"name": "b", "username": "same", "tags": tags(&["2"])});
    let merge = merge(&DATA_CONNECTION, None, mine.as_object().unwrap(), &stored);
    let names: Vec<String> = merge.collisions.iter().map(Part::name).collect();
    assert_eq!((names, merge.write.len()), (vec!["name".to_owned(), "tags".to_owned()], 0));
}

#[test]
fn replacements_by_both_collide_and_additions_or_removals_by_one_do_not() {
    let stage =
        |values: &str| values.chars().map(|value| ("stage", value.to_string())).collect::<Vec<_>>();
    let held = |all: &str| {
        let all: Json = stage(all)
            .iter()
            .map(|(name, value)| json!({"value": value, "definition": {"id": name}}))
            .collect();
        json!({ "customProperties": all })
    };
    let owned = |all: &str| {
        let all: Json = all
            .chars()
            .map(|value| json!({"attributeType": "group", "attributeValue": value.to_string()}))
            .collect();
        json!({ "attributes": all })
    };
    let roles = |all: &str| json!({"roles": all.chars().map(String::from).collect::<Vec<_>>()});
    let tagged = |all: &str| {
        json!({
            "tags": all.chars().map(|id| json!({"id": id.to_string()})).collect::<Vec<_>>()
        })
    };
    for (base, mine, stored, of_keys, of_lists) in [
        ("d", "t", "p", true, true),
        ("d", "t", "t", false, false),
        ("d", "t", "tp", true, true),
        ("de", "dt", "pe", true, false),
        ("d", "t", "dp", false, false),
        ("d", "dt", "dp", false, false),
        ("d", "", "p", false, false),
        ("de", "e", "d", false, false),
        ("", "t", "p", false, false),
    ] {
        for (of, name, expected) in [
            (&held as &dyn Fn(&str) -> Json, "customProperties stage", of_keys),
            (&owned, "attributes group", of_keys),
            (&roles, "roles", of_lists),
            (&tagged, "tags", of_lists),
        ] {
            let (_, collisions) = merged(&USER, &of(base), &of(mine), &of(stored));
            let expected: Vec<&str> = expected.then_some(name).into_iter().collect();
            assert_eq!(collisions, expected, "{base} {mine} {stored}");
        }
    }
}

#[test]
fn properties_that_belong_together_are_not_mixed() {
    let base = json!({
        "connectionstring": "a", "username": "a", "password": "mark", "logOn": 0, "type": "a"
    });
    let with = |changes: Json| overlaid(&base, &changes);
    for (mine, stored, expected) in [
        (
            json!({"password": "new"}),
            json!({"connectionstring": "b"}),
            vec!["connectionstring", "password"],
        ),
        (
            json!({"connectionstring": "b"}),
            json!({"password": "other"}),
            vec!["connectionstring", "password"],
        ),
        (json!({"username": "b"}), json!({"logOn": 1, "type": "b"}), vec!["username", "logOn"]),
        (json!({"username": "b", "logOn": 1}), json!({"username": "b"}), vec![]),
        (json!({"username": "b"}), json!({"username": "b", "logOn": 1}), vec![]),
        (
            json!({"username": "b", "type": "b"}),
            json!({"username": "c", "logOn": 1}),
            vec!["username", "logOn"],
        ),
        (json!({"type": "b"}), json!({"username": "c", "logOn": 1}), vec![]),
    ] {
        let merge =
            merge(&DATA_CONNECTION, Some(&base), mine.as_object().unwrap(), &with(stored.clone()));
        let names: Vec<String> = merge.collisions.iter().map(Part::name).collect();
        assert_eq!(names, expected, "{mine} {stored}");
        // The visitor's side has the values that the visitor saw, except a secret, which is never
        // shown.
        for name in
            expected.into_iter().filter(|name| *name != "password" || mine.get(*name).is_some())
        {
            assert_eq!(merge.own[name], with(mine.clone())[name], "{mine} {stored}");
        }
        assert!(merge.own.get("password").is_none_or(|password| password != "mark"));
    }
    for entity in crate::model::REGISTRY.iter().copied() {
        for name in entity.together.iter().copied().flatten() {
            let property =
                entity.properties.iter().find(|property| property.name == *name).unwrap();
            assert!(property.is_changeable() && !property.is_collection(), "{name}");
        }
    }
}

fn users() -> impl Strategy<Value = Json> {
    let some = |all: &'static [&'static str]| subsequence(all, 0..=all.len()).prop_shuffle();
    let pairs = &[("d", "x"), ("d", "y"), ("d", "z"), ("e", "x"), ("e", "y"), ("e", "z")][..];
    let pairs = move || subsequence(pairs, 0..=pairs.len()).prop_shuffle();
    let attribute = |(kind, value): &(&str, &str)| {
        json!({
            "attributeType": kind, "attributeValue": value, "externalId": ""
        })
    };
    (
        select(&["a", "b", "c"][..]),
        any::<bool>(),
        some(&["r", "s", "t", "u"]),
        some(&["1", "2", "3", "4"]),
        pairs(),
        pairs(),
    )
        .prop_map(move |(name, inactive, roles, ids, owned, held)| {
            json!({
                "name": name, "inactive": inactive, "roles": roles, "tags": tags(&ids),
                "customProperties": values(&held),
                "attributes": owned.iter().map(attribute).collect::<Vec<_>>(),
            })
        })
}

/// The values of each part of a version, without their order.
fn by_name(version: &Json) -> BTreeMap<String, BTreeSet<String>> {
    let parts = Part::all(&USER, [version; 2]).into_values();
    let named = parts.map(|part| {
        let value = part.within(&version[part.property.name]);
        let values = value.as_array().map_or_else(
            || BTreeSet::from([value.to_string()]),
            |all| all.iter().map(content).collect(),
        );
        (part.name(), values)
    });
    named.collect()
}

proptest! {
    #[test]
    fn a_merge_is_symmetric_and_keeps_what_is_untouched_and_invents_nothing(base in users(),
        mine in users(), stored in users()) {
        let (found, collisions) = merged(&USER, &base, &mine, &stored);
        let (mirrored, mirrored_collisions) = merged(&USER, &base, &stored, &mine);
        prop_assert_eq!(&collisions, &mirrored_collisions);
        let versions = [&base, &mine, &stored, &found, &mirrored].map(by_name);
        let names: BTreeSet<&String> = versions.iter().flat_map(BTreeMap::keys).collect();
        for name in names {
            let [was, own, other, now, mirror] = [0, 1, 2, 3, 4].map(
                |version: usize| versions[version].get(name).cloned().unwrap_or_default()
            );
            let is_asked_in_part = collisions.iter().any(
                |asked| asked.starts_with(&format!("{name} "))
            );
            if collisions.contains(name) {
                // The visitor chooses between the results of both sides.
                prop_assert_eq!((&now, &mirror), (&own, &other));
                prop_assert!(name == "roles" || (own != was && other != was && own != other));
                continue;
            }
            if is_asked_in_part {
                continue;
            }
            prop_assert_eq!(&now, &mirror);
            if name.contains(' ') {
                let is_replaced = |side: &BTreeSet<String>| {
                    !was.is_subset(side) && !side.is_subset(&was)
                };
                prop_assert!(
                    !is_replaced(&own) || !is_replaced(&other) || (own == other && now == own),
                    "{}",
                    name
                );
            }
            if base[name].is_array() || name.contains(' ') {
                for item in was.union(&own).chain(&other) {
                    // Either all versions have the item, or only one side added or removed it.
                    let expected = if own.contains(item) == was.contains(item) {
                        other.contains(item)
                    } else { own.contains(item) };
                    prop_assert_eq!(now.contains(item), expected, "{}", item);
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
}
