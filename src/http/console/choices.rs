//! The choices of custom properties in a form, page by page: a definition can have thousands of them.

use super::custom_property::field_of;
use crate::http::body::Form;
use serde_json::Value as Json;
use std::collections::HashMap;

/// Choices of a page.
const PAGE: usize = 100;

/// The field that says which page a form shows: this and the name of the custom property's field, with the place of the page's first choice.
const FROM: &str = "from ";

/// The action that shows another page: this, the name of the field and the place of the page's first choice.
const SHOW: &str = "choices ";

/// Where a cut definition says how many choices there are, and which of them is its first.
const COUNT: &str = "choiceCount";
const FIRST: &str = "choiceFrom";

/// Which page a form shows of each custom property: the place of its first choice, by the name of the field.
#[derive(Default)]
pub struct Pages(HashMap<String, usize>);

/// The page that a field shows.
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
        let shown = form.starting_with(FROM).filter_map(|(field, from)| Some((field.to_owned(), place(from)?)));
        let mut pages: HashMap<String, usize> = shown.collect();
        let wanted = form.text("action").strip_prefix(SHOW).and_then(|rest| rest.split_once(' '));
        pages.extend(wanted.and_then(|(field, from)| Some((field.to_owned(), place(from)?))));
        Self(pages)
    }

    /// Keeps only the choices of its page in a definition.
    pub fn cut(&self, definition: &mut Json) {
        let from = self.0.get(&field_of(definition)).copied().unwrap_or_default();
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
    let to = count.min(from + PAGE);
    (count > PAGE).then(|| Shown {
        from,
        to,
        count,
        previous: from.checked_sub(PAGE),
        next: (to < count).then_some(to),
    })
}
