//! The page of a conflict: two users changed the same part of the same version to different values,
//! or parts that belong together. The second one chooses.

use super::choices::OFFERED;
use super::differences::differences;
use super::edit::Stored;
use super::entity_part::{Part, with_parts};
use super::filled_in::overlaid;
use super::form::{CLEAR, Mode, fields};
use super::form_origin::Origin;
use super::page;
use super::page_error::PageError;
use super::value_text::{LastChange, text};
use super::visit::{Frame, Visit};
use crate::http::extract::body::Form;
use crate::model::{Entity, Kind, excerpt};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use serde_json::{Map, Value as Json};
use std::collections::HashSet;

/// The prefixes of the fields with the earlier value of a property and with the choice.
const BEFORE: &str = "before ";
const CHOICE: &str = "choose ";

/// Most characters of an earlier value, which the form sends back.
const MOST_BEFORE: usize = 1_000;

#[derive(Template)]
#[template(path = "conflict.html")]
struct Page {
    frame: Frame,
    path: &'static str,
    id: String,
    name: String,
    fault: String,
    /// The parts that only others changed.
    kept: Vec<String>,
    /// The parts that only the visitor changed.
    own: Vec<String>,
    questions: Vec<Shown>,
    version: String,
    base: String,
    /// The other values of the form.
    hidden: Vec<(String, String)>,
}

/// A question as the page shows it.
struct Shown {
    name: String,
    label: String,
    before: String,
    mine: Mine,
    theirs: String,
    chosen: String,
    fault: Option<&'static str>,
}

/// The visitor's value.
enum Mine {
    Value(String),
    /// A new secret. The page does not have it, so it must be typed again.
    NewSecret,
    /// The stored secret will be removed.
    NoSecret,
}

/// A part of an entity for which the visitor has to choose a value.
pub struct Question {
    part: Part,
    before: String,
    chosen: String,
    fault: Option<&'static str>,
}

impl Question {
    /// A new question. `before` is the version that both changed, if it is known.
    pub fn new(part: Part, before: Option<&Json>) -> Self {
        let property = part.property;
        let before = match (before, property.kind) {
            (_, Kind::Secret { .. }) => "not shown".to_owned(),
            (None, _) => "not known".to_owned(),
            (Some(values), _) => {
                excerpt(&text(property, &part.within(&values[property.name])), MOST_BEFORE)
            }
        };
        Self { part, before, chosen: String::new(), fault: None }
    }

    /// A question about a secret that only the visitor changed. It must be typed again, because the
    /// page can't carry it.
    pub fn typed_again(secret: Part) -> Self {
        let before =
            "not shown. Only you changed it, but this page can't keep what you typed".to_owned();
        Self { part: secret, before, chosen: String::new(), fault: None }
    }

    /// Reads the questions of a form with their answers. `mine` has the visitor's changes to the
    /// version of the form.
    pub fn answered(
        entity: &'static Entity,
        form: &Form,
        mine: &Map<String, Json>,
        version: &Json,
    ) -> Vec<Self> {
        let parts = Part::all(entity, [&Json::Object(mine.clone()), version]);
        let mut names = HashSet::new();
        let asked = form.starting_with(BEFORE).filter(|(name, _)| names.insert(*name)).filter_map(
            |(name, before)| {
                let part = parts.get(name)?.clone();
                let chosen = form.text(&format!("{CHOICE}{name}")).to_owned();
                Some(Self { part, before: before.to_owned(), chosen, fault: None })
            },
        );
        asked.collect()
    }

    /// What is wrong with the answer.
    fn fault(&self, mine: &Map<String, Json>) -> Option<&'static str> {
        let is_secret = matches!(self.part.property.kind, Kind::Secret { .. });
        match self.chosen.as_str() {
            "mine" if is_secret && !mine.contains_key(self.part.property.name) => {
                Some("type it below, or keep the stored one")
            }
            "mine" | "theirs" => None,
            _ => Some("choose one of the two"),
        }
    }

    fn shown(self, mine: &Map<String, Json>, stored: &Json) -> Shown {
        let Self { part, before, chosen, fault } = self;
        let property = part.property;
        let value = mine.get(property.name);
        let own = match (property.kind, value.and_then(Json::as_str)) {
            (Kind::Secret { .. }, Some("")) => Mine::NoSecret,
            (Kind::Secret { .. }, _) => Mine::NewSecret,
            _ => Mine::Value(text(property, &part.within(value.unwrap_or(&stored[property.name])))),
        };
        let theirs = match property.kind {
            Kind::Secret { .. } => "kept unchanged, and not shown".to_owned(),
            _ => text(property, &part.within(&stored[property.name])),
        };
        Shown { name: part.name(), label: part.label, before, mine: own, theirs, chosen, fault }
    }
}

/// Applies all answers to `mine`. `version` is the version of the choices.
///
/// # Errors
/// All questions, if one of them has no valid answer.
pub fn apply_answers(
    mut questions: Vec<Question>,
    mine: &mut Map<String, Json>,
    version: &Json,
) -> Result<(), Vec<Question>> {
    for question in &mut questions {
        question.fault = question.fault(mine);
    }
    if questions.iter().any(|question| question.fault.is_some()) {
        return Err(questions);
    }
    let discarded: Vec<&Part> = questions
        .iter()
        .filter(|question| question.chosen == "theirs")
        .map(|question| &question.part)
        .collect();
    for part in discarded.iter().filter(|part| part.is_whole()) {
        mine.remove(part.property.name);
    }
    for (name, value) in mine {
        let parts: Vec<&Part> =
            discarded.iter().copied().filter(|part| part.property.name == name).collect();
        if !parts.is_empty() {
            *value = with_parts(value, &parts, &version[name]);
        }
    }
    Ok(())
}

/// The contents of the page.
pub struct Conflict<'c> {
    pub stored: &'c Stored,
    /// The version of the choices.
    pub origin: &'c Origin,
    /// The visitor's changes to it.
    pub mine: Map<String, Json>,
    pub questions: Vec<Question>,
    /// The parts that only others changed, if that is known.
    pub kept: Vec<String>,
}

impl Conflict<'_> {
    /// Shows the page.
    ///
    /// # Errors
    /// `Internal` if the template fails.
    pub fn ask(self, visit: &Visit) -> Result<HttpResponse, PageError> {
        let entity = visit.call.entity;
        let entry = &self.stored.entry;
        let own = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        let is_unanswered = self.questions.iter().any(|question| question.fault.is_some());
        let (status, fault) = if is_unanswered {
            (StatusCode::BAD_REQUEST, "Nothing is saved yet: a choice is missing.".to_owned())
        } else {
            let (LastChange { user, date }, noun) = (LastChange::of(entry), entity.noun);
            let fault = format!(
                "Nothing is saved yet. This {noun} was changed after you opened it, last by {user} \
                 at {date}. Others changed the values below as you did, or values on which these \
                 depend. Choose the values to keep, then save."
            );
            (StatusCode::CONFLICT, fault)
        };
        let page_of = Page {
            frame: visit.frame(),
            path: entity.path,
            id: own("id"),
            name: own("name"),
            fault,
            own: self.own(entity),
            hidden: self.hidden(entity),
            version: self.origin.version.clone(),
            base: self.origin.text(),
            kept: self.kept,
            questions: self
                .questions
                .into_iter()
                .map(|question| question.shown(&self.mine, self.origin.values_or(entry)))
                .collect(),
        };
        Ok(page(status, &page_of)?)
    }

    /// The visitor's changes that need no choice.
    fn own(&self, entity: &'static Entity) -> Vec<String> {
        let stored = self.origin.values_or(&self.stored.entry);
        let changed = overlaid(stored, &Json::Object(self.mine.clone()));
        let is_asked =
            |part: &Part| self.questions.iter().any(|question| question.part.covers(part));
        let differences = differences(entity, stored, &changed).into_iter();
        differences.filter(|part| !is_asked(part)).map(|part| part.label).collect()
    }

    /// The fields that a browser would send for the form of the entity with the visitor's changes.
    fn hidden(&self, entity: &'static Entity) -> Vec<(String, String)> {
        let entry = self.origin.shown(entity, &self.stored.entry);
        let entry = overlaid(&entry, &Json::Object(self.mine.clone()));
        let mut hidden = Vec::new();
        for field in fields(entity, &entry, &self.stored.known, Mode::Open) {
            if field.must_be_named() {
                hidden.push((OFFERED.to_owned(), field.name.clone()));
            }
            hidden.extend(
                field.sent().into_iter().map(|value| (field.name.clone(), value.to_owned())),
            );
        }
        let removed = entity
            .secrets()
            .filter(|secret| self.mine.get(secret.name).and_then(Json::as_str) == Some(""));
        hidden.extend(removed.map(|secret| (format!("{CLEAR}{}", secret.name), "yes".to_owned())));
        hidden
    }
}
