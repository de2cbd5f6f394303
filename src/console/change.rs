//! Saves the form of an entity. Changes that others made since the form was opened are merged
//! property by property.

use super::choices::{Pages, asks_for_page};
use super::conflict::{Conflict, Question, apply_answers};
use super::differences::differences;
use super::edit::{Notes, Stored, check_may, preview, read, refused, show, show_again, stored};
use super::entity_part::Part;
use super::filled_in::{body, overlaid};
use super::form::Mode;
use super::form_origin::Origin;
use super::merge::{Merge, merge};
use super::notice::{SAVED, UNCHANGED, to_with};
use super::page_error::PageError;
use super::submitted_form::Again;
use super::value_text::LastChange;
use super::visit::Visit;
use super::warnings::looked_up;
use super::{Message, page};
use crate::error::RequestError;
use crate::http::extract::body::Form;
use crate::model::{Document, Entity, FieldError, MODIFIED_DATE, is_same_folded};
use crate::query::Predicate;
use crate::service::caller::Caller;
use crate::service::entities::{Change, change_checked};
use crate::service::write_preparation;
use crate::store::{Weight, Write};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Payload;
use serde_json::{Map, Value as Json};

/// How often a save is tried again if others keep storing new versions between the merge and the
/// write.
const ROUNDS: usize = 5;

/// `POST /console/{type}/{id}`: saves the visitor's changes merged with those of others, or asks
/// which to keep.
pub async fn change(visit: Visit, payload: Payload) -> Result<HttpResponse, PageError> {
    let (form, again) = visit.sent(payload).await?.parts();
    change_from(&visit, &form, again).await.map_err(|error| visit.keeping(&form, error))
}

async fn change_from(
    visit: &Visit,
    form: &Form,
    again: Option<Again>,
) -> Result<HttpResponse, PageError> {
    if let Some(again) = again {
        return Save::read(visit, form).await?.show_again(form, again);
    }
    for _ in 0..ROUNDS {
        if let Some(reply) = Save::read(visit, form).await?.reply(form).await? {
            return Ok(reply);
        }
    }
    let message = format!(
        "Nothing was saved, because others kept changing this {}. Try again.",
        visit.call.entity.noun
    );
    let Save { stored, origin, mine, .. } = Save::read(visit, form).await?;
    let shown = overlaid(&origin.shown(visit.call.entity, &stored.entry), &Json::Object(mine));
    refused(visit, &RequestError::Unavailable(message), &shown, &stored.known, Some(origin))
}

/// A save in progress.
struct Save<'v> {
    visit: &'v Visit,
    stored: Stored,
    /// The version from which the form was made.
    origin: Origin,
    /// The visitor's changes to that version, and what is wrong with them.
    mine: Map<String, Json>,
    faults: Vec<FieldError>,
}

impl<'v> Save<'v> {
    async fn read(visit: &'v Visit, form: &Form) -> Result<Self, PageError> {
        let entity = visit.call.entity;
        let stored = stored(visit, Pages::of(form)).await.map_err(|error| gone(entity, error))?;
        let mut origin = Origin::read(form);
        if origin.version == stored.origin.version {
            origin.clone_from(&stored.origin);
        }
        let (mine, faults) =
            body(entity, form, origin.values_or(&stored.entry), &stored.known, Mode::Open);
        Ok(Self { visit, stored, origin, mine, faults })
    }

    /// Saves, or shows the next page. Returns `None` if another version was stored in the meantime.
    async fn reply(mut self, form: &Form) -> Result<Option<HttpResponse>, PageError> {
        let entity = self.visit.call.entity;
        let version = self.origin.values_or(&self.stored.entry);
        let questions = Question::answered(entity, form, &self.mine, version);
        if let Err(questions) = apply_answers(questions, &mut self.mine, version) {
            return self.ask(self.mine.clone(), &self.origin, questions, Vec::new()).map(Some);
        }
        self.faults.retain(|fault| {
            fault.field.property().is_some_and(|name| self.mine.contains_key(name))
        });
        let (shown, known) = (self.shown(), &self.stored.known);
        if form.text("action") == "preview" {
            return preview(self.visit, &self.draft(), &shown, known, Some(self.origin))
                .await
                .map(Some);
        }
        if asks_for_page(form) {
            return self.show_again(form, Again::Asked).map(Some);
        }
        if self.mine.is_empty() {
            return Ok(Some(self.to_entity(UNCHANGED)));
        }
        let faults = std::mem::take(&mut self.faults);
        if let Err(invalid) = read(entity, &Json::Object(self.mine.clone()), faults) {
            return refused(
                self.visit,
                &invalid.into(),
                &shown,
                &self.stored.known,
                Some(self.origin),
            )
            .map(Some);
        }
        let merge = self.merge();
        if merge.collisions.is_empty() {
            self.write(merge.write).await
        } else {
            self.ask_about(merge).map(Some)
        }
    }

    /// Shows the form with the input again.
    fn show_again(self, form: &Form, again: Again) -> Result<HttpResponse, PageError> {
        let version = self.origin.values_or(&self.stored.entry);
        let questions = Question::answered(self.visit.call.entity, form, &self.mine, version);
        if !questions.is_empty() {
            // The form of an entity has no choices, so the changes of others would be overwritten
            // without a question.
            return self.ask(self.mine.clone(), &self.origin, questions, Vec::new());
        }
        show_again(self.visit, form, again, &self.shown(), &self.stored.known, Some(self.origin))
    }

    /// The entity with the visitor's input.
    fn shown(&self) -> Json {
        let entry = self.origin.shown(self.visit.call.entity, &self.stored.entry);
        overlaid(&entry, &Json::Object(self.mine.clone()))
    }

    fn merge(&self) -> Merge {
        let stored = self.stored.origin.values_or(&self.stored.entry);
        merge(self.visit.call.entity, self.origin.values.as_ref(), &self.mine, stored)
    }

    /// The stored version with the visitor's changes, as a draft of a rule.
    fn draft(&self) -> Json {
        let Merge { mut write, own, .. } = self.merge();
        write.extend(own);
        write.insert("id".to_owned(), self.stored.entry["id"].clone());
        write.insert(MODIFIED_DATE.name.to_owned(), self.stored.origin.version.clone().into());
        Json::Object(write)
    }

    /// Asks which values to keep where both changed something. Also asks for typed secrets again,
    /// because the page can't carry them.
    fn ask_about(&self, merge: Merge) -> Result<HttpResponse, PageError> {
        if let Err(failure) = check_may(self.visit, &self.stored.entry, "update") {
            return refused(
                self.visit,
                &failure,
                &self.shown(),
                &self.stored.known,
                Some(self.origin.clone()),
            );
        }
        let Merge { mut write, collisions, own } = merge;
        let is_asked = |part: &Part| collisions.iter().any(|asked| asked.covers(part));
        let is_typed = |secret: &Part| {
            !is_asked(secret)
                && write
                    .get(secret.property.name)
                    .and_then(Json::as_str)
                    .is_some_and(|text| !text.is_empty())
        };
        let typed = self
            .visit
            .call
            .entity
            .secrets()
            .map(Part::whole)
            .filter(is_typed)
            .map(Question::typed_again);
        let before = self.origin.values.as_ref();
        let questions = collisions
            .iter()
            .map(|part| Question::new(part.clone(), before))
            .chain(typed)
            .collect();
        let kept =
            self.kept().into_iter().filter(|part| !is_asked(part)).map(|part| part.label).collect();
        write.extend(own);
        self.ask(write, &self.stored.origin, questions, kept)
    }

    fn ask(
        &self,
        mine: Map<String, Json>,
        origin: &Origin,
        questions: Vec<Question>,
        kept: Vec<String>,
    ) -> Result<HttpResponse, PageError> {
        Conflict { stored: &self.stored, origin, mine, questions, kept }.ask(self.visit)
    }

    /// The parts that others changed since the visitor's version, if that is known.
    fn kept(&self) -> Vec<Part> {
        let stored = self.stored.origin.values_or(&self.stored.entry);
        let before = self.origin.values.as_ref();
        before.map(|before| differences(self.visit.call.entity, before, stored)).unwrap_or_default()
    }

    /// Writes the merged values, if the stored version is still the one with which they were
    /// merged.
    async fn write(self, write: Map<String, Json>) -> Result<Option<HttpResponse>, PageError> {
        let LastChange { user, date } = LastChange::of(&self.stored.entry);
        if write.is_empty() && self.origin.version == self.stored.origin.version {
            return Ok(Some(self.to_entity(UNCHANGED)));
        }
        if write.is_empty() {
            let done = format!(
                "There was nothing left to save: your changes are stored already. It was changed \
                 after you opened it, last by {user} at {date}."
            );
            return self.show_stored(done).await.map(Some);
        }
        // The change may remove the right to look this up.
        let warnings =
            if self.is_own() { looked_up(self.visit, &self.shown()).await } else { Vec::new() };
        match self.replace(write).await {
            Ok(()) if !warnings.is_empty() => self.show_saved(warnings).await.map(Some),
            Ok(()) => {
                let kept: Vec<String> = self.kept().into_iter().map(|part| part.label).collect();
                if kept.is_empty() {
                    return Ok(Some(self.to_entity(SAVED)));
                }
                let kept = kept.join(", ");
                let done = format!(
                    "Saved. It was changed after you opened it, last by {user} at {date}. Kept \
                     from others: {kept}."
                );
                self.show_stored(done).await.map(Some)
            }
            Err(RequestError::Outdated(_)) => Ok(None),
            Err(failure @ RequestError::NotFound(_)) => {
                Err(gone(self.visit.call.entity, failure.into()))
            }
            Err(failure) => {
                refused(self.visit, &failure, &self.shown(), &self.stored.known, Some(self.origin))
                    .map(Some)
            }
        }
    }

    async fn replace(&self, mut write: Map<String, Json>) -> Result<(), RequestError> {
        let call = &self.visit.call;
        let (id, entity) = (call.id()?, call.entity);
        write.insert(MODIFIED_DATE.name.to_owned(), self.stored.origin.version.clone().into());
        let document = Document::read(entity, Json::Object(write))?;
        let seen = document.seen_version()?;
        write_preparation::compile_changed(
            &call.user,
            move |_, _| Ok(Predicate::has_id(entity, id)),
            &document,
        )
        .await?;
        let state = call.state.clone();
        let weight = Weight::of_replacement(&document);
        let change = move |write: &Write<'_>, caller: &Caller| {
            change_checked(
                &state.backend,
                write,
                caller,
                id,
                Change { document, seen, if_match: None },
            )
        };
        call.user.write(weight, change).await.map(drop)
    }

    /// Whether the visitor is the user that is changed.
    fn is_own(&self) -> bool {
        let own = |name: &str| self.stored.entry[name].as_str().unwrap_or_default();
        let user = &self.visit.call.user.claim.user;
        self.visit.call.entity.is_of_users()
            && is_same_folded(own("userDirectory"), &user.user_directory)
            && is_same_folded(own("userId"), &user.user_id)
    }

    /// Shows the stored version with warnings from before the change.
    async fn show_saved(&self, warnings: Vec<String>) -> Result<HttpResponse, PageError> {
        let done = Some("Saved.".to_owned());
        match stored(self.visit, Pages::default()).await {
            Ok(Stored { entry, origin, known }) => {
                let notes = Notes { done, origin: Some(origin), warnings, ..Notes::default() };
                show(self.visit, StatusCode::OK, &entry, &known, notes)
            }
            // The change is saved, even if it can't be read now.
            Err(_) => {
                Ok(page(StatusCode::OK, &Message { title: "Saved", text: &warnings.join(" ") })?)
            }
        }
    }

    /// Shows the stored version.
    async fn show_stored(&self, done: String) -> Result<HttpResponse, PageError> {
        match stored(self.visit, Pages::default()).await {
            Ok(Stored { entry, origin, known }) => {
                let warnings = looked_up(self.visit, &entry).await;
                let notes =
                    Notes { done: Some(done), origin: Some(origin), warnings, ..Notes::default() };
                show(self.visit, StatusCode::OK, &entry, &known, notes)
            }
            // The change is saved, even if it can't be read now: it may have removed the right to
            // see it.
            Err(_) => Ok(self.to_entity(&done)),
        }
    }

    fn to_entity(&self, message: &str) -> HttpResponse {
        let id = self.stored.entry["id"].as_str().unwrap_or_default();
        to_with(self.visit, &format!("/console/{}/{id}", self.visit.call.entity.path), "", message)
    }
}

/// Makes the error about an entity that was deleted after its form was opened.
fn gone(entity: &Entity, error: PageError) -> PageError {
    match error {
        PageError::Failure(RequestError::NotFound(_)) => {
            let message = format!(
                "Nothing was saved: this {} was deleted after you opened it, or you may no longer \
                 see it.",
                entity.noun
            );
            RequestError::NotFound(message).into()
        }
        other => other,
    }
}
