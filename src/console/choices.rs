//! The choices of custom properties in a form, page by page: a definition can have thousands of
//! them.

use super::custom_property::field_of;
use super::submitted_form::ACTIONS;
use crate::http::extract::body::Form;
use serde_json::Value as Json;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Choices of a page.
const PAGE: usize = 100;

/// The field that names each field of which a browser may send nothing though it was there: a box
/// that is not checked looks like one that was not offered.
pub const OFFERED: &str = "offered";

/// The field that says which page a form shows: this and the name of the custom property's field,
/// with the place of the page's first choice.
const FROM: &str = "from ";

/// The action that shows another page: this, the name of the field and the place of the page's
/// first choice.
const SHOW: &str = "choices ";

/// Where a cut definition says how many choices there are, and which of them is its first.
const COUNT: &str = "choiceCount";
const FIRST: &str = "choiceFrom";

/// Which page a form shows of each custom property: the place of its first choice, by the name of
/// the field.
#[derive(Clone, Default)]
pub struct Pages {
    places: HashMap<String, usize>,
    /// The ids of tags that are chosen in the form, and of custom properties that are chosen in it
    /// or have a field of it.
    chosen: HashSet<Uuid>,
}

/// The fields that hold ids of tags and custom properties.
const CHOSEN: [&str; 5] = ["tags", "add", "remove", "definition", "cleared"];

/// The names by which forms ask for other pages of tags and of custom properties.
pub const TAGS: &str = "tags";
pub const DEFINITIONS: &str = "definitions";

/// The page that a field shows.
#[derive(Clone)]
pub struct Shown {
    /// The place of its first choice, from 0.
    pub from: usize,
    /// The place behind its last one.
    pub to: usize,
    /// Choices in all.
    pub count: usize,
    /// Where the page before begins, if there is one.
    pub previous: Option<usize>,
    /// Where the next page begins, if there is one.
    pub next: Option<usize>,
}

impl Pages {
    /// The pages that a form has, or asks for.
    pub fn of(form: &Form) -> Self {
        let place = |text: &str| text.parse().ok();
        let shown = form
            .starting_with(FROM)
            .filter_map(|(field, from)| Some((field.to_owned(), place(from)?)));
        let mut places: HashMap<String, usize> = shown.collect();
        let wanted =
            ACTIONS.iter().filter_map(|name| form.text(name).strip_prefix(SHOW)?.split_once(' '));
        places.extend(wanted.filter_map(|(field, from)| Some((field.to_owned(), place(from)?))));
        let chosen = CHOSEN.iter().flat_map(|name| form.all(name));
        // They stay known though others come before them while the form is open.
        let fields = form.all(OFFERED).into_iter().filter_map(|field| field.strip_prefix('@'));
        let chosen = chosen.chain(fields).filter_map(|id| Uuid::parse_str(id).ok()).collect();
        Self { places, chosen }
    }

    /// The place of the first choice that a field shows.
    pub fn from(&self, field: &str) -> usize {
        self.places.get(field).copied().unwrap_or_default()
    }

    /// The ids of tags that are chosen in the form, and of custom properties that are chosen in it
    /// or have a field of it.
    pub fn chosen(&self) -> &HashSet<Uuid> {
        &self.chosen
    }

    /// Keeps only the choices of its page in a definition.
    pub fn cut(&self, definition: &mut Json) {
        let from = self.from(&field_of(definition));
        let Some(choices) = definition["choiceValues"].as_array_mut() else { return };
        let count = choices.len();
        let from = from.min(count.saturating_sub(1)) / PAGE * PAGE;
        choices.truncate(from + PAGE);
        choices.drain(..from);
        definition[COUNT] = count.into();
        definition[FIRST] = from.into();
    }
}

/// Whether a form asks for another page of choices, rather than to be saved.
pub fn asks_for_page(form: &Form) -> bool {
    form.text("action").starts_with(SHOW)
}

/// The page of a definition that was cut; nothing if all choices are on it.
pub fn shown(definition: &Json) -> Option<Shown> {
    let number = |name: &str| usize::try_from(definition[name].as_u64()?).ok();
    let (count, from) = (number(COUNT)?, number(FIRST)?);
    page_of(from, count, PAGE)
}

/// The page of so many choices that begins at a place; nothing if all are on it.
pub fn page_of(from: usize, count: usize, size: usize) -> Option<Shown> {
    let to = count.min(from.saturating_add(size));
    (count > size).then(|| Shown {
        from,
        to,
        count,
        previous: from.checked_sub(size),
        next: (to < count).then_some(to),
    })
}
