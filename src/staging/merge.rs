//! Three ways: what a source and a target have changed since they were last the same.

use super::content::Content;
use super::facet::{Facet, keys};
use crate::model::{Entity, Property, is_same_folded};

/// The fate of a property in which source and target differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    /// Only the source has changed it, so the target takes it over.
    Incoming,
    /// Only the target has changed it, so it stays.
    Kept,
    /// Both have changed it.
    Conflict,
}

/// Which side a user prefers where both have changed something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preference {
    /// Neither: the user decides.
    Neither,
    /// The source.
    Source,
    /// The target.
    Target,
}

/// How a target becomes what both sides want.
#[derive(Debug, Default)]
pub struct Merge {
    /// The new values of the target.
    pub set: Vec<(&'static Property, Facet)>,
    /// The properties that the target alone has changed, and keeps.
    pub kept: Vec<&'static Property>,
    /// The properties that both have changed differently. Then nothing else is to be done.
    pub conflicts: Vec<&'static Property>,
}

/// Merges the changes of a source into a target. `base` is what both were when they were last the
/// same; without it, each difference is a conflict.
pub fn merge(
    base: Option<&Content>,
    source: &Content,
    target: &Content,
    preference: Preference,
) -> Merge {
    let mut changes = Vec::new();
    for (property, wanted) in source.facets() {
        let Some(present) = target.get(property).filter(|_| property.is_changeable()) else {
            continue;
        };
        let before = base.and_then(|base| base.get(property));
        changes.extend(compare(target.entity, property, before, wanted, present));
    }
    mark_mixtures(target.entity, &mut changes);
    let mut merge = Merge::default();
    for (property, change, facet) in changes {
        match (change, preference) {
            (Change::Incoming, _) => merge.set.push((property, facet)),
            (Change::Kept, _) | (Change::Conflict, Preference::Target) => merge.kept.push(property),
            (Change::Conflict, Preference::Neither) => merge.conflicts.push(property),
            (Change::Conflict, Preference::Source) => {
                let wanted = source.get(property).cloned();
                merge.set.extend(wanted.map(|wanted| (property, wanted)));
            }
        }
    }
    merge
}

type Changed = (&'static Property, Change, Facet);

/// Compares a property; nothing if both sides are the same. A set that both have changed can be
/// incoming and kept at the same time.
fn compare(
    entity: &'static Entity,
    property: &'static Property,
    base: Option<&Facet>,
    source: &Facet,
    target: &Facet,
) -> Vec<Changed> {
    if source.is_same(target) {
        return Vec::new();
    }
    let change = |change| vec![(property, change, source.clone())];
    match base {
        None if is_other_spelling(entity, property, source, target) => change(Change::Kept),
        None => change(Change::Conflict),
        Some(base) if base.is_same(target) => change(Change::Incoming),
        Some(base) if base.is_same(source) => change(Change::Kept),
        Some(base) => match merged_set(base, source, target) {
            Some(merged) if merged.is_same(target) => change(Change::Kept),
            Some(merged) => {
                vec![(property, Change::Incoming, merged), (property, Change::Kept, source.clone())]
            }
            None => change(Change::Conflict),
        },
    }
}

/// Whether both are the same name in other case, by which the two entities were recognized.
fn is_other_spelling(
    entity: &'static Entity,
    property: &Property,
    source: &Facet,
    target: &Facet,
) -> bool {
    let (Facet::One(source), Facet::One(target)) = (source, target) else { return false };
    entity.identifying().flatten().any(|identifying| identifying == property)
        && is_same_folded(&source.key, &target.key)
}

/// The target's set, with what the source has added, and without what it has removed.
fn merged_set(base: &Facet, source: &Facet, target: &Facet) -> Option<Facet> {
    let (Facet::Set(base), Facet::Set(source), Facet::Set(target)) = (base, source, target) else {
        return None;
    };
    let (before, wanted, present) = (keys(base), keys(source), keys(target));
    let is_removed = |key: &str| before.contains(key) && !wanted.contains(key);
    let is_added = |key: &str| !before.contains(key) && !present.contains(key);
    let kept = target.iter().filter(|item| !is_removed(&item.key));
    let added = source.iter().filter(|item| is_added(&item.key));
    Some(Facet::Set(kept.chain(added).cloned().collect()))
}

/// Properties that belong together, such as a connection string and its user name, are never mixed
/// from both sides: if each side has changed some of them, all of these are conflicts.
fn mark_mixtures(entity: &'static Entity, changes: &mut [Changed]) {
    for group in entity.together {
        let is_in_group = |property: &Property| group.contains(&property.name);
        let has = |wanted: Change| {
            changes.iter().any(|(property, change, _)| is_in_group(property) && *change == wanted)
        };
        if has(Change::Conflict) || (has(Change::Incoming) && has(Change::Kept)) {
            let mixed = changes.iter_mut().filter(|(property, ..)| is_in_group(property));
            mixed.for_each(|(_, change, _)| *change = Change::Conflict);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::DATA_CONNECTION;
    use proptest::prelude::*;
    use serde_json::{Value as Json, json};
    use std::collections::BTreeSet;

    /// A connection with few different values, so that both sides often agree.
    #[derive(Clone, Debug)]
    struct Small {
        kind: u8,
        string: u8,
        username: u8,
        tags: BTreeSet<u8>,
    }

    fn small() -> impl Strategy<Value = Small> {
        (0..3u8, 0..3u8, 0..3u8, prop::collection::btree_set(0..4u8, 0..4))
            .prop_map(|(kind, string, username, tags)| Small { kind, string, username, tags })
    }

    fn content(small: &Small) -> Content {
        let Small { kind, string, username, tags } = small;
        let tags: Vec<Json> = tags
            .iter()
            .map(|tag| json!({"id": uuid::Uuid::from_u128(7), "name": format!("tag {tag}")}))
            .collect();
        let owner = json!({
            "id": uuid::Uuid::from_u128(1), "userDirectory": "LAB", "userId": "anna"
        });
        let json = json!({
            "name": "Sales", "type": format!("type{kind}"), "username": format!("user {username}"),
            "connectionstring": format!("host={string}"), "tags": tags, "owner": owner
        });
        Content::read(&DATA_CONNECTION, &json).unwrap()
    }

    /// The value of both sides if only one has changed it; an error if both have.
    fn expected<T: Clone + PartialEq>(base: &T, source: &T, target: &T) -> Result<T, ()> {
        match (source == base, target == base) {
            _ if source == target => Ok(target.clone()),
            (true, _) => Ok(target.clone()),
            (_, true) => Ok(source.clone()),
            _ => Err(()),
        }
    }

    /// The merge in other words; an error if the user has to decide.
    fn oracle(base: &Small, source: &Small, target: &Small) -> Result<Small, ()> {
        let kind = expected(&base.kind, &source.kind, &target.kind);
        let pair = |small: &Small| (small.string, small.username);
        // A value that both have changed to the same is no change of the pair.
        let differs = |one: &Small, other: &Small| {
            (one.string != other.string && source.string != target.string)
                || (one.username != other.username && source.username != target.username)
        };
        let together = match (differs(source, base), differs(target, base)) {
            (true, true) => Err(()),
            (true, false) => Ok(pair(source)),
            (false, _) => Ok(pair(target)),
        };
        let mut tags = target.tags.clone();
        tags.extend(source.tags.difference(&base.tags));
        tags.retain(|tag| source.tags.contains(tag) || !base.tags.contains(tag));
        let (string, username) = together?;
        Ok(Small { kind: kind?, string, username, tags })
    }

    fn applied(mut target: Content, merge: Merge) -> Content {
        merge.set.into_iter().for_each(|(property, facet)| target.set(property, facet));
        target
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn the_merge_is_what_each_side_has_changed(
            (base, source, target) in (small(), small(), small())
        ) {
            let [b, s, t] = [&base, &source, &target].map(content);
            let merged = merge(Some(&b), &s, &t, Preference::Neither);
            match oracle(&base, &source, &target) {
                Ok(expected) => {
                    prop_assert!(merged.conflicts.is_empty());
                    let result = applied(t, merged);
                    prop_assert!(result.is_same(&content(&expected)));
                    // Afterwards, the source is the base, and nothing is left to do.
                    let again = merge(Some(&s), &s, &result, Preference::Neither);
                    prop_assert!(again.set.is_empty() && again.conflicts.is_empty());
                }
                Err(()) => prop_assert!(!merged.conflicts.is_empty()),
            }
        }

        #[test]
        fn a_preference_leaves_nothing_to_decide(
            (base, source, target) in (small(), small(), small())
        ) {
            let [b, s, t] = [&base, &source, &target].map(content);
            for base in [Some(&b), None] {
                let by_source = merge(base, &s, &t, Preference::Source);
                prop_assert!(by_source.conflicts.is_empty());
                let by_target = merge(base, &s, &t, Preference::Target);
                prop_assert!(by_target.conflicts.is_empty());
                if base.is_none() {
                    prop_assert!(applied(t.clone(), by_source).is_same(&s));
                    prop_assert!(applied(t.clone(), by_target).is_same(&t));
                }
            }
        }
    }

    #[test]
    fn without_a_base_each_difference_is_a_conflict_except_the_case_of_the_name() {
        let small = |kind| Small { kind, string: 0, username: 0, tags: BTreeSet::from([kind]) };
        let (source, mut target) = (content(&small(1)), content(&small(2)));
        let name = DATA_CONNECTION.property("name").unwrap();
        target.set(name, Facet::of_json(name, &json!("SALES")));
        let merged = merge(None, &source, &target, Preference::Neither);
        let names: Vec<&str> = merged.conflicts.iter().map(|property| property.name).collect();
        assert_eq!(names, ["type", "tags"]);
        assert_eq!(merged.kept, [name]);
    }
}
