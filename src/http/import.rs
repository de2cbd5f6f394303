//! `POST /systemrule/import`: takes the rules of a QRS site, as its `GET /systemrule/full` gives them. An addition to QRS.

use super::State;
use super::body::field_of;
use super::call::EntityCall;
use super::caller::Caller;
use super::entities::create_one;
use super::failure::Failure;
use super::rules::{self, Examined};
use crate::model::{Document, Invalid, SYSTEM_RULE};
use crate::policy::Action;
use crate::query::Predicate;
use crate::store::Write;
use actix_web::HttpResponse;
use actix_web::web::Payload;
use serde::Serialize;
use serde_json::Value as Json;
use uuid::Uuid;

/// What became of one rule.
#[derive(Debug, Serialize)]
struct Imported {
    /// Its id here; none if it is not here.
    id: Option<Uuid>,
    name: String,
    outcome: Outcome,
    /// Why, where it was not simply imported.
    message: String,
}

#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    /// It is in force as it was.
    Imported,
    /// It can't be evaluated: it is kept, disabled, and shows its error.
    Disabled,
    /// It is a rule that every site has.
    Skipped,
    /// It can't be stored.
    Refused,
}

/// A rule of the list.
struct Candidate {
    name: String,
    reading: Reading,
}

impl Candidate {
    /// The rule that is to be created, if there is one.
    fn rule(&self) -> Option<&Document> {
        match &self.reading {
            Reading::Rule(document) => Some(document),
            Reading::OfEverySite | Reading::Unreadable(_) => None,
        }
    }
}

enum Reading {
    Rule(Box<Document>),
    OfEverySite,
    Unreadable(Invalid),
}

/// Rules at a time at most.
pub const MOST: usize = 1_000;

/// Each rule is taken by itself: what can't be stored is refused, and the others are still there. A list with something else
/// than objects is no list of rules, and nothing of it is taken.
pub async fn import(call: EntityCall, payload: Payload) -> Result<HttpResponse, Failure> {
    let candidates = call.body_to_write(payload, |json| Ok(read(json)?)).await?;
    call.weigh_new(candidates.iter().filter_map(Candidate::rule)).await?;
    rules::compile(&call, candidates.iter().filter_map(Candidate::rule)).await?;
    call.reserve_reply(candidates.len()).await?;
    let state = call.call.state.clone();
    let outcomes = call
        .write(move |write, caller| {
            if caller.guard(&SYSTEM_RULE, Action::Create) == Predicate::False {
                return Err(Failure::Forbidden(format!("{} may not create system rules", caller.actor.name())));
            }
            let mut outcomes = Vec::with_capacity(candidates.len());
            for candidate in candidates {
                outcomes.push(take(&state, write, caller, candidate)?);
            }
            disable_faulty(write, caller, &mut outcomes)?;
            Ok(outcomes)
        })
        .await?;
    Ok(HttpResponse::Created().json(outcomes))
}

fn read(json: Json) -> Result<Vec<Candidate>, Invalid> {
    match json {
        Json::Array(rules) if rules.len() > MOST => Err(Invalid::one("", format!("has more than {MOST} rules"))),
        Json::Array(rules) => match rules.iter().position(|rule| !rule.is_object()) {
            Some(index) => Err(Invalid::one(format!("[{index}]"), "must be an object with the properties of a rule")),
            None => Ok(rules.into_iter().map(candidate).collect()),
        },
        _ => Err(Invalid::one("", "must be a list of rules, as GET /systemrule/full gives it")),
    }
}

fn candidate(mut json: Json) -> Candidate {
    let text = |json: &Json, field: &str| field_of(json, field).and_then(Json::as_str).unwrap_or_default().to_owned();
    let name = text(&json, "name");
    if ["Default", "ReadOnly"].iter().any(|kind| text(&json, "type").eq_ignore_ascii_case(kind)) {
        return Candidate { name, reading: Reading::OfEverySite };
    }
    if let Some(fields) = json.as_object_mut() {
        // They name entities of the other site.
        fields.retain(|field, _| !["tags", "customProperties"].iter().any(|other| field.eq_ignore_ascii_case(other)));
    }
    let reading = match Document::read(&SYSTEM_RULE, json) {
        Ok(document) => Reading::Rule(Box::new(document)),
        Err(invalid) => Reading::Unreadable(invalid),
    };
    Candidate { name, reading }
}

fn take(state: &State, write: &Write<'_>, caller: &Caller, candidate: Candidate) -> Result<Imported, Failure> {
    let Candidate { name, reading } = candidate;
    let not = |name: String, outcome: Outcome, message: String| Ok(Imported { id: None, name, outcome, message });
    match reading {
        Reading::OfEverySite => not(name, Outcome::Skipped, "Patchbay has its own rules of every site".to_owned()),
        Reading::Unreadable(invalid) => not(name, Outcome::Refused, invalid.to_string()),
        Reading::Rule(document) => match write.attempt(|| create_one(state, write, caller, *document)) {
            Ok(written) => {
                Ok(Imported { id: Some(written.id), name, outcome: Outcome::Imported, message: String::new() })
            }
            Err(failure @ (Failure::Invalid(_) | Failure::Conflict(_) | Failure::Forbidden(_))) => {
                not(name, Outcome::Refused, failure.to_string())
            }
            Err(failure) => Err(failure),
        },
    }
}

/// Once all are there, because one may ask for what another grants. A fault of one must not disable those that ask for what it
/// grants, so they are looked at again once it is out of force.
fn disable_faulty(write: &Write<'_>, caller: &Caller, outcomes: &mut [Imported]) -> Result<(), Failure> {
    let ids: Vec<Uuid> = outcomes.iter().filter_map(|outcome| outcome.id).collect();
    let faulty: Vec<Examined> =
        rules::examine(write, caller, &ids)?.into_iter().filter(|examined| examined.fault.is_some()).collect();
    for Examined { id, fault, .. } in &faulty {
        let error = fault.as_ref().map(ToString::to_string).unwrap_or_default();
        write.note_rule_error(*id, &error)?;
        for imported in outcomes.iter_mut().filter(|imported| imported.id == Some(*id)) {
            imported.outcome = Outcome::Disabled;
            imported.message.clone_from(&error);
        }
    }
    let enabled: Vec<Uuid> =
        faulty.iter().filter(|examined| !examined.is_disabled).map(|examined| examined.id).collect();
    for id in rules::find_sound(write, caller, &enabled)? {
        write.enable_rule(id)?;
        for imported in outcomes.iter_mut().filter(|imported| imported.id == Some(id)) {
            imported.outcome = Outcome::Imported;
            imported.message.clear();
        }
    }
    Ok(())
}
