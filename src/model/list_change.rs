//! The items added to and removed from a list, with their positions, so that each of the two lists
//! can be computed from the other.

use serde_json::{Value as Json, json};
use std::collections::HashMap;

/// The difference of two lists.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListChange {
    /// The items that only the old list has, with their positions in it.
    pub removed: Vec<(usize, Json)>,
    /// The items that only the new list has, with their positions in it.
    pub added: Vec<(usize, Json)>,
}

impl ListChange {
    /// The difference between a list before and after a change, found in time linear in both. If
    /// items change places, all items from the first to the last of them count as removed and
    /// added.
    #[must_use]
    pub fn between(before: &[Json], after: &[Json]) -> Self {
        let texts = |list: &[Json]| list.iter().map(Json::to_string).collect::<Vec<_>>();
        let (old, new) = (texts(before), texts(after));
        let (mut kept, mut also_kept) = (common(&old, &new), common(&new, &old));
        let moved = |(old_position, new_position): (&usize, &usize)| {
            old[*old_position] != new[*new_position]
        };
        if let Some(first) = kept.iter().zip(&also_kept).position(moved) {
            let last = kept.iter().zip(&also_kept).rposition(moved).unwrap_or(first);
            kept.drain(first..=last);
            also_kept.drain(first..=last);
        }
        Self { removed: others(before, &kept), added: others(after, &also_kept) }
    }

    /// The list after the change.
    ///
    /// # Errors
    /// A message if `before` is not the list that was changed.
    pub fn apply(&self, before: &[Json]) -> Result<Vec<Json>, String> {
        exchange(before, &self.removed, &self.added)
    }

    /// The list before the change.
    ///
    /// # Errors
    /// A message if `after` is not the result of the change.
    pub fn revert(&self, after: &[Json]) -> Result<Vec<Json>, String> {
        exchange(after, &self.added, &self.removed)
    }

    /// The form in audit entries: the values of `before` and `after`.
    #[must_use]
    pub fn shown(&self) -> (Json, Json) {
        let items = |items: &[(usize, Json)]| -> Json {
            items
                .iter()
                .map(|(position, item)| json!({ "position": position, "item": item }))
                .collect()
        };
        (json!({ "removed": items(&self.removed) }), json!({ "added": items(&self.added) }))
    }

    /// Reads the result of [`ListChange::shown`]; `None` if it is something else.
    #[must_use]
    pub fn read(before: &Json, after: &Json) -> Option<Self> {
        let items = |items: &Json| -> Option<Vec<(usize, Json)>> {
            let read = |item: &Json| {
                Some((usize::try_from(item["position"].as_u64()?).ok()?, item.get("item")?.clone()))
            };
            items.as_array()?.iter().map(read).collect()
        };
        Some(Self { removed: items(before.get("removed")?)?, added: items(after.get("added")?)? })
    }
}

/// The positions in `list` of the items that `other` has as well, each as often as both have it.
fn common(list: &[String], other: &[String]) -> Vec<usize> {
    let mut left: HashMap<&str, usize> = HashMap::new();
    for text in other {
        *left.entry(text).or_default() += 1;
    }
    let is_common = |text: &String| match left.get_mut(text.as_str()) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        _ => false,
    };
    let flags: Vec<bool> = list.iter().map(is_common).collect();
    (0..list.len()).filter(|position| flags[*position]).collect()
}

/// The items at all positions except `kept`, which is sorted.
fn others(list: &[Json], kept: &[usize]) -> Vec<(usize, Json)> {
    let mut kept = kept.iter().peekable();
    let all = list.iter().enumerate();
    all.filter(|(position, _)| kept.next_if_eq(&position).is_none())
        .map(|(position, item)| (position, item.clone()))
        .collect()
}

/// The list without the items of `removed`, and with those of `added`.
fn exchange(
    list: &[Json],
    removed: &[(usize, Json)],
    added: &[(usize, Json)],
) -> Result<Vec<Json>, String> {
    for (position, item) in removed {
        if list.get(*position) != Some(item) {
            return Err(format!("the item at position {position} is another one"));
        }
    }
    let mut removed = removed.iter().map(|(position, _)| *position).peekable();
    let mut kept =
        list.iter().enumerate().filter(|(position, _)| removed.next_if_eq(position).is_none());
    let mut result = Vec::new();
    for (position, item) in added {
        while result.len() < *position {
            let (_, kept) =
                kept.next().ok_or_else(|| format!("the list has no position {position}"))?;
            result.push(kept.clone());
        }
        result.push(item.clone());
    }
    result.extend(kept.map(|(_, item)| item.clone()));
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn list() -> impl Strategy<Value = Vec<Json>> {
        proptest::collection::vec((0..6).prop_map(|number| json!({ "id": number })), 0..10)
    }

    proptest! {
        #[test]
        fn a_change_can_be_applied_and_reverted(before in list(),
            after in list()) {
            let change = ListChange::between(&before, &after);
            prop_assert_eq!(change.apply(&before).unwrap(), after.clone());
            prop_assert_eq!(change.revert(&after).unwrap(), before.clone());
            let (old, new) = change.shown();
            prop_assert_eq!(ListChange::read(&old, &new), Some(change));
        }

        #[test]
        fn unchanged_items_are_not_listed(list in list(), more in 0..5, at in 0_usize..10) {
            let at = at.min(list.len());
            let more: Vec<Json> = (0..more).map(|number| json!({ "another": number })).collect();
            let longer = [&list[..at], &more, &list[at..]].concat();
            let change = ListChange::between(&list, &longer);
            prop_assert_eq!((change.removed.len(), change.added.len()), (0, more.len()));
            prop_assert_eq!(ListChange::between(&list, &list), ListChange::default());
        }
    }

    #[test]
    fn a_change_can_not_be_applied_to_another_list() {
        let list = |items: &[i64]| items.iter().map(|item| json!(item)).collect::<Vec<_>>();
        let change = ListChange::between(&list(&[1, 2, 3]), &list(&[1, 3, 4]));
        assert_eq!(
            (change.removed.clone(), change.added.clone()),
            (vec![(1, json!(2))], vec![(2, json!(4))])
        );
        assert!(change.apply(&list(&[1, 3])).is_err());
        assert!(change.revert(&list(&[1])).is_err());
    }

    #[test]
    fn only_items_that_change_places_are_listed() {
        let list = |items: &[i64]| items.iter().map(|item| json!(item)).collect::<Vec<_>>();
        let change = ListChange::between(&list(&[1, 2, 3, 4]), &list(&[1, 3, 2, 4]));
        assert_eq!((change.removed.len(), change.added.len()), (2, 2));
    }
}
