//! Imports the rules of another site.

use super::access_questions;
use super::backend::Backend;
use super::caller::Caller;
use super::entities::{Change, Written, change_one, create_one, one};
use super::rule_checks::{self, Examined};
use super::shown_privileges::Privileges;
use super::user_request::UserRequest;
use super::writes::WriteTask;
use crate::access_report::{Changes, Site};
use crate::error::RequestError;
use crate::model::{
    Action, Document, FieldErrors, Input, Property, Role, SYSTEM_RULE, Value, text_of,
};
use crate::policy::Warning;
use crate::query::Predicate;
use crate::service::write_preparation;
use crate::store::{IfMatch, Weight, Write};
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::HashMap;
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

/// The result of one rule.
#[derive(Debug, Serialize, ToSchema)]
pub struct Imported {
    /// The id of the rule on this server; null if the rule is not stored here.
    pub id: Option<Uuid>,
    /// The name of the rule in the list.
    pub name: String,
    /// The result.
    #[schema(inline)]
    pub outcome: Outcome,
    /// The reason, if the rule was not simply imported.
    pub message: String,
    /// Warnings about the rule, if it is stored as the list has it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(inline)]
    pub warnings: Vec<Warning>,
    /// The outcome once the rule can be evaluated.
    #[serde(skip)]
    if_sound: Outcome,
}

/// The result of importing one rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It was created, and is in force as on the other site.
    Imported,
    /// It existed, and is now as in the list.
    Updated,
    /// It already existed as in the list.
    Unchanged,
    /// It can't be evaluated: it is stored, disabled, with its error.
    Disabled,
    /// It is a rule that every site has.
    Skipped,
    /// It can't be stored.
    Refused,
}

/// A rule of the list.
pub struct Candidate {
    name: String,
    /// Whether its type is Default or `ReadOnly`. Such a rule is never created here, because
    /// Patchbay has its own.
    is_of_every_site: bool,
    reading: Result<Box<Document>, FieldErrors>,
    /// The warnings about it, once they are computed.
    warnings: Vec<Warning>,
}

impl Candidate {
    /// The rule, if it could be parsed and may be written.
    fn rule(&self) -> Option<&Document> {
        self.reading.as_deref().ok()
    }
}

/// The most rules of one import.
pub const MOST: usize = 1_000;

/// The result that an import would have.
#[derive(Serialize, ToSchema)]
pub struct Proposal {
    /// The result of each rule.
    #[schema(inline)]
    pub rules: Vec<Imported>,
    /// The rights that users would gain and lose.
    #[serde(flatten)]
    #[schema(inline)]
    pub changes: Changes,
}

/// Imports rules and rolls back. `reserve` waits for memory for a long response, before the rights
/// are compared.
///
/// # Errors
/// [`RequestError::Forbidden`] if the caller may not create any rule; as [`take`].
pub async fn propose(
    request: &UserRequest,
    mut candidates: Vec<Candidate>,
    reserve: impl Future<Output = Result<(), RequestError>>,
) -> Result<Proposal, RequestError> {
    let weight = prepare(request, &mut candidates).await?;
    let backend = Arc::clone(&request.backend);
    let tried = request.write(WriteTask::Preview(weight), move |write, caller| {
        let outcomes = Import::new(&backend, write, caller).take_all(candidates)?;
        Ok((outcomes, write.snapshot().rules(&Predicate::True)?))
    });
    let (rules, after) = tried.await?;
    let compare = move |site: &Site<'_>, caller: &Caller| {
        site.changes_to(after, &caller.guard(&SYSTEM_RULE, Action::Create))
    };
    reserve.await?;
    let changes = access_questions::ask(request, None, compare).await?;
    Ok(Proposal { rules, changes })
}

/// Imports rules. `reserve` waits for memory for a response about this many rules, before the
/// write.
///
/// # Errors
/// [`RequestError::Forbidden`] if the caller may neither create nor update any rule;
/// [`RequestError::TooHeavy`] if the import is too large.
pub async fn take(
    request: &UserRequest,
    mut candidates: Vec<Candidate>,
    reserve: impl AsyncFnOnce(usize) -> Result<(), RequestError>,
) -> Result<Vec<Imported>, RequestError> {
    let weight = prepare(request, &mut candidates).await?;
    reserve(candidates.len()).await?;
    let backend = Arc::clone(&request.backend);
    request
        .write(weight, move |write, caller| {
            Import::new(&backend, write, caller).take_all(candidates)
        })
        .await
}

/// Weighs the rules, rejects an import that is too large, compiles the rules before the writer gets
/// them, and computes the warnings about them.
async fn prepare(
    request: &UserRequest,
    candidates: &mut [Candidate],
) -> Result<Weight, RequestError> {
    let weight =
        request.weigh_new_or_changed(candidates.iter().filter_map(Candidate::rule)).await?;
    let warnings =
        write_preparation::prepare_list(request, candidates.iter().filter_map(Candidate::rule))
            .await?;
    let read = candidates.iter_mut().filter(|candidate| candidate.reading.is_ok());
    read.zip(warnings.into_each()).for_each(|(candidate, warnings)| candidate.warnings = warnings);
    Ok(weight)
}

/// Reads a list of rules.
///
/// # Errors
/// [`FieldErrors`] if it is not a list of objects, or is too long.
pub fn read(json: Json) -> Result<Vec<Candidate>, FieldErrors> {
    match json {
        Json::Array(rules) if rules.len() > MOST => {
            Err(FieldErrors::one("", format!("has more than {MOST} rules")))
        }
        Json::Array(rules) => match rules.iter().position(|rule| !rule.is_object()) {
            Some(index) => {
                Err(FieldErrors::one("", "must be an object with the properties of a rule")
                    .within(index))
            }
            None => Ok(rules.into_iter().map(candidate).collect()),
        },
        _ => {
            Err(FieldErrors::one("", "must be a list of rules, as GET /systemrule/full returns it"))
        }
    }
}

fn candidate(mut json: Json) -> Candidate {
    let name = text_of(&json, "name").to_owned();
    let is_of_every_site = SYSTEM_RULE.is_own(&json);
    if let Some(fields) = json.as_object_mut() {
        // They refer to entities of the other site.
        fields.retain(|field, _| {
            !["tags", "customProperties"].iter().any(|other| field.eq_ignore_ascii_case(other))
        });
    }
    let reading = Document::read(&SYSTEM_RULE, json).map(Box::new);
    Candidate { name, is_of_every_site, reading, warnings: Vec::new() }
}

/// A rule of the list that already exists.
struct Stored {
    id: Uuid,
    /// Its properties that clients can set.
    document: Document,
    /// The reason it can't be evaluated; empty if it can.
    error: String,
}

/// An import in progress.
struct Import<'a> {
    backend: &'a Backend,
    write: &'a Write<'a>,
    caller: &'a Caller,
    outcomes: Vec<Imported>,
    /// The position in the list of each id so far.
    places: HashMap<Uuid, usize>,
    /// Rules that were disabled because of an error, and that the list enables.
    to_enable: Vec<Uuid>,
}

impl<'a> Import<'a> {
    fn new(backend: &'a Backend, write: &'a Write<'a>, caller: &'a Caller) -> Self {
        Self {
            backend,
            write,
            caller,
            outcomes: Vec::new(),
            places: HashMap::new(),
            to_enable: Vec::new(),
        }
    }

    fn take_all(mut self, candidates: Vec<Candidate>) -> Result<Vec<Imported>, RequestError> {
        let may = |action| self.caller.guard(&SYSTEM_RULE, action) != Predicate::False;
        if !may(Action::Create) && !may(Action::Update) {
            let name = self.caller.actor.name();
            return Err(RequestError::Forbidden(format!(
                "{name} may neither create nor update system rules"
            )));
        }
        for (index, mut candidate) in candidates.into_iter().enumerate() {
            let (name, warnings) =
                (candidate.name.clone(), std::mem::take(&mut candidate.warnings));
            let (id, outcome, message) = self.take(index, candidate)?;
            let if_sound = if outcome == Outcome::Disabled { Outcome::Updated } else { outcome };
            self.outcomes.push(Imported { id, name, outcome, message, warnings, if_sound });
        }
        self.check_written()?;
        // The message says what is wrong with the others.
        let taken = [Outcome::Imported, Outcome::Updated, Outcome::Unchanged];
        let others = self.outcomes.iter_mut().filter(|imported| !taken.contains(&imported.outcome));
        others.for_each(|imported| imported.warnings.clear());
        Ok(self.outcomes)
    }

    fn take(
        &mut self,
        index: usize,
        candidate: Candidate,
    ) -> Result<(Option<Uuid>, Outcome, String), RequestError> {
        let skipped = (
            None,
            Outcome::Skipped,
            "Patchbay has its own version of this rule, which every site has".to_owned(),
        );
        let document = match candidate.reading {
            Ok(document) => *document,
            Err(_) if candidate.is_of_every_site => return Ok(skipped),
            Err(invalid) => return Ok((None, Outcome::Refused, invalid.to_string())),
        };
        if let Some(id) = document.id
            && let Some(earlier) = self.places.insert(id, index)
        {
            return Ok((
                None,
                Outcome::Refused,
                format!("the list already has a rule with this id, at [{earlier}]"),
            ));
        }
        match self.find(&document)? {
            Some(stored) => self.change(stored, document),
            None if candidate.is_of_every_site => Ok(skipped),
            None => self.attempt(Outcome::Imported, || {
                create_one(self.backend, self.write, self.caller, document)
            }),
        }
    }

    /// The rule with the document's id, if the caller may read it.
    fn find(&self, document: &Document) -> Result<Option<Stored>, RequestError> {
        let Some(id) = document.id else { return Ok(None) };
        let rule =
            one(self.caller, &SYSTEM_RULE, Predicate::has_id(&SYSTEM_RULE, id), Privileges::Hidden);
        let Some(json) = self.write.snapshot().one_value(&rule)? else { return Ok(None) };
        let error = SYSTEM_RULE.fault_in(&json).unwrap_or_default().to_owned();
        // A rule of an earlier version that can't be read back differs from any rule of the list.
        let document =
            Document::read(&SYSTEM_RULE, json).unwrap_or_else(|_| Document::new(&SYSTEM_RULE));
        Ok(Some(Stored { id, document, error }))
    }

    /// Changes an existing rule where the list differs from it.
    fn change(
        &mut self,
        stored: Stored,
        mut document: Document,
    ) -> Result<(Option<Uuid>, Outcome, String), RequestError> {
        let Stored { id, document: present, error } = stored;
        let is_disabled = document.inputs().any(disables);
        document.retain(|property, input| !is_same(present.get(property), input));
        if !error.is_empty()
            && !is_disabled
            && document.inputs().all(|(property, _)| property.has_role(Role::Disabled))
        {
            if self.write.snapshot().holds(
                &SYSTEM_RULE,
                id,
                &self.caller.guard(&SYSTEM_RULE, Action::Update),
            )? {
                self.to_enable.push(id);
            }
            return Ok((Some(id), Outcome::Disabled, error));
        }
        if document.inputs().next().is_none() {
            return Ok((Some(id), Outcome::Unchanged, String::new()));
        }
        let change = Change { document, seen: None, if_match: Some(&IfMatch::Any) };
        self.attempt(Outcome::Updated, || {
            change_one(self.backend, self.write, self.caller, id, change)
        })
    }

    fn attempt(
        &self,
        done: Outcome,
        work: impl FnOnce() -> Result<Written, RequestError>,
    ) -> Result<(Option<Uuid>, Outcome, String), RequestError> {
        match self.write.attempt(work) {
            Ok(written) => Ok((Some(written.id), done, String::new())),
            Err(
                failure @ (RequestError::Invalid(_)
                | RequestError::Conflict(_)
                | RequestError::Forbidden(_)),
            ) => Ok((None, Outcome::Refused, failure.to_string())),
            Err(failure) => Err(failure),
        }
    }

    /// Checks all rules after they are written, because one may depend on what another grants. The
    /// error of one must not disable those that depend on it, so they are checked again without it.
    fn check_written(&mut self) -> Result<(), RequestError> {
        let (write, caller) = (self.write, self.caller);
        let is_written =
            |imported: &&Imported| matches!(imported.outcome, Outcome::Imported | Outcome::Updated);
        let ids: Vec<Uuid> =
            self.outcomes.iter().filter(is_written).filter_map(|imported| imported.id).collect();
        let mut again = std::mem::take(&mut self.to_enable);
        for Examined { id, is_disabled, fault } in
            rule_checks::examine(write, caller.rules(), &ids)?
        {
            let Some(fault) = fault else {
                write.clear_rule_error(id)?;
                continue;
            };
            let error = fault.to_string();
            write.note_rule_error(id, &error)?;
            self.note(id, |imported| {
                imported.outcome = Outcome::Disabled;
                imported.message = error;
            });
            if !is_disabled {
                again.push(id);
            }
        }
        for id in rule_checks::find_sound(write, caller, &again)? {
            write.enable_rule(id)?;
            self.note(id, |imported| {
                imported.outcome = imported.if_sound;
                imported.message.clear();
            });
        }
        Ok(())
    }

    fn note(&mut self, id: Uuid, change: impl FnOnce(&mut Imported)) {
        if let Some(imported) = self.outcomes.iter_mut().find(|imported| imported.id == Some(id)) {
            change(imported);
        }
    }
}

fn is_same(stored: Option<&Input>, given: &Input) -> bool {
    matches!((stored, given), (Some(Input::Value(stored)), Input::Value(given)) if stored == given)
}

fn disables((property, input): (&'static Property, &Input)) -> bool {
    property.has_role(Role::Disabled) && matches!(input, Input::Value(Value::Boolean(true)))
}
