//! Pages of choices in a form: a custom property definition can have thousands of them.

use super::custom_property::field_of;
use super::submitted_form::ACTIONS;
use crate::http::extract::body::Form;
use serde_json::Value as Json;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Choices on a page.
const PAGE: usize = 100;

/// The field with the names of fields for which a browser may send nothing: an unchecked box looks
/// like one that was not offered.
pub const OFFERED: &str = "offered";

/// The prefix of the field that says which page a form shows: after it comes the name of the custom
/// property's field. Its value is the index of the first choice.
const FROM: &str = "from ";

/// The prefix of the action that shows another page. After it come the name of the field and the
/// index of the first choice.
const SHOW: &str = "choices ";

/// The fields of a shortened definition with the number of choices and the index of its first one.
const COUNT: &str = "choiceCount";
const FIRST: &str = "choiceFrom";

/// The pages that a form shows: the index of the first choice, by the name of the field.
#[derive(Clone, Default)]
pub struct Pages {
    places: HashMap<String, usize>,
    /// The ids of the tags and custom properties that are chosen in the form, and of the custom
    /// properties that have a field in it.
    chosen: HashSet<Uuid>,
}

/// The fields with ids of tags and custom properties.
const CHOSEN: [&str; 5] = ["tags", "add", "remove", "definition", "cleared"];

/// The names with which forms request other pages of tags and of custom properties.
pub const TAGS: &str = "tags";
pub const DEFINITIONS: &str = "definitions";

/// The page that a field shows.
#[derive(Clone)]
pub struct Shown {
    /// The index of its first choice.
    pub from: usize,
    /// The index after its last choice.
    pub to: usize,
    /// The total number of choices.
    pub count: usize,
    /// The start of the previous page, if there is one.
    pub previous: Option<usize>,
    /// The start of the next page, if there is one.
    pub next: Option<usize>,
}

impl Pages {
    /// Reads the pages that a form shows or requests.
    pub fn of(form: &Form) -> Self {
        let place = |text: &str| text.parse().ok();
        let shown = form
            .starting_with(FROM)
            .filter_map(|(field, from)| Some((field.to_owned(), place(from)?)));
        let mut places: HashMap<String, usize> = shown.collect();
        let requested =
            ACTIONS.iter().filter_map(|name| form.text(name).strip_prefix(SHOW)?.split_once(' '));
        places.extend(requested.filter_map(|(field, from)| Some((field.to_owned(), place(from)?))));
        let chosen = CHOSEN.iter().flat_map(|name| form.all(name));
        // They stay available even if others are inserted before them while the form is open.
        let fields = form.all(OFFERED).into_iter().filter_map(|field| field.strip_prefix('@'));
        let chosen = chosen.chain(fields).filter_map(|id| Uuid::parse_str(id).ok()).collect();
        Self { places, chosen }
    }

    /// The index of the first choice that a field shows.
    pub fn from(&self, field: &str) -> usize {
        self.places.get(field).copied().unwrap_or_default()
    }

    /// The ids of the tags and custom properties that are chosen in the form, and of the custom
    /// properties that have a field in it.
    pub fn chosen(&self) -> &HashSet<Uuid> {
        &self.chosen
    }

    /// Reduces the choices of a definition to those of its page.
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

/// Whether a form requests another page of choices instead of being saved.
pub fn asks_for_page(form: &Form) -> bool {
    form.text("action").starts_with(SHOW)
}

/// The page of a shortened definition; `None` if it has all choices.
pub fn shown(definition: &Json) -> Option<Shown> {
    let number = |name: &str| usize::try_from(definition[name].as_u64()?).ok();
    let (count, from) = (number(COUNT)?, number(FIRST)?);
    page_of(from, count, PAGE)
}

/// The page that begins at `from`; `None` if one page has all choices.
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
