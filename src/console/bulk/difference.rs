//! The differences of an entity after a change, as a preview shows them.

use crate::console::value_text::{item, label, text};
use crate::model::{Default, Entity, Kind, Presence, Property, excerpt};
use serde_json::Value as Json;
use std::collections::HashSet;

/// Most items of a list that a preview shows: of those that are unchanged, and of those that are
/// added or removed.
const MOST_ITEMS: usize = 10;

/// Most characters of a text that a preview shows.
const LONGEST: usize = 200;

/// Most bytes of all texts of a preview, so that browsers can show a page with a thousand entities.
const ROOM: usize = 512 * 1024;

/// Replaces texts for which there is no room.
const TOO_LONG: &str = "(omitted, because this page would be too long)";

/// A property that changes.
#[derive(Debug)]
pub struct Difference {
    pub label: String,
    pub before: String,
    pub after: String,
}

/// The differences of an entity, without properties that every write sets.
pub fn differences(entity: &'static Entity, before: &Json, after: &Json) -> Vec<Difference> {
    let is_different = |property: &&Property| {
        let is_set_anyway =
            matches!(property.presence, Presence::ServerSet(Default::Now | Default::CallerName));
        !is_set_anyway && before[property.name] != after[property.name]
    };
    entity.full().filter(is_different).map(|property| difference(property, before, after)).collect()
}

fn difference(property: &'static Property, before: &Json, after: &Json) -> Difference {
    let [old, new] = [before, after].map(|entry| &entry[property.name]);
    let (before, after) = match property.kind {
        Kind::Links(_) | Kind::Elements(_) | Kind::Strings { .. } => {
            (items(old, new), items(new, old))
        }
        _ => (excerpt(&text(property, old), LONGEST), excerpt(&text(property, new), LONGEST)),
    };
    Difference { label: label(property), before, after }
}

/// The items of a list, compared with `other`, the list before or after: the first few of those in
/// both lists, and of those in this one only.
fn items(list: &Json, other: &Json) -> String {
    let all =
        |list: &Json| -> Vec<String> { list.as_array().into_iter().flatten().map(item).collect() };
    let others: HashSet<String> = all(other).into_iter().collect();
    let (staying, own): (Vec<String>, Vec<String>) =
        all(list).into_iter().partition(|item| others.contains(item));
    let mut shown = first_few(staying, "more unchanged");
    shown.extend(first_few(own, "more"));
    shown.join(", ")
}

/// The first items, and how many more there are.
fn first_few(mut items: Vec<String>, more: &str) -> Vec<String> {
    let left_out = items.len().saturating_sub(MOST_ITEMS);
    items.truncate(MOST_ITEMS);
    let mut shown: Vec<String> = items.iter().map(|item| excerpt(item, LONGEST)).collect();
    shown.extend((left_out > 0).then(|| format!("{left_out} {more}")));
    shown
}

/// Replaces the texts of differences for which the page has no room.
pub fn keep_short<'d>(differences: impl Iterator<Item = &'d mut Difference>) {
    let mut room = ROOM;
    for difference in differences {
        let length = difference.before.len() + difference.after.len();
        if length <= room {
            room -= length;
        } else {
            TOO_LONG.clone_into(&mut difference.before);
            TOO_LONG.clone_into(&mut difference.after);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn long_lists_show_their_first_items_and_the_number_of_the_others() {
        let list = |name: &str| {
            (0..15)
                .map(|number| json!({ "name": format!("{name}{number:02}") }))
                .collect::<Vec<_>>()
        };
        let with = |name: &str| Json::Array([list("tag"), list(name)].concat());
        let text = items(&with("old"), &with("new"));
        assert!(
            text.starts_with("tag00, ") && text.contains("tag09, 5 more unchanged, old00, "),
            "{text}"
        );
        assert!(text.ends_with("old09, 5 more"), "{text}");
        let long = |characters: usize| json!([{ "name": "ä".repeat(characters) }]);
        assert_eq!(items(&long(201), &json!([])), format!("{}…", "ä".repeat(200)));
        assert_eq!(items(&long(200), &json!([])), "ä".repeat(200));
    }

    #[test]
    fn texts_beyond_the_room_of_a_page_are_omitted() {
        let text = "x".repeat(ROOM / 4);
        let make =
            || Difference { label: "Tags".to_owned(), before: text.clone(), after: text.clone() };
        let mut all = [make(), make(), make()];
        keep_short(all.iter_mut());
        assert_eq!(all.map(|difference| difference.after == TOO_LONG), [false, false, true]);
    }
}
