//! Importing the rules of another site: a preview, and the import.

use super::edit::check_may_create;
use super::page;
use super::page_error::{PageError, beside_form, telling};
use super::preview::{RightsChange, rights_change};
use super::visit::{Frame, Visit};
use super::warnings::words;
use crate::crypto::digest;
use crate::error::RequestError;
use crate::service::rule_import::{Imported, Outcome, Proposal, propose, read, take};
use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{HttpResponse, ResponseError};
use askama::Template;
use serde_json::Value as Json;

#[derive(Template)]
#[template(path = "import.html")]
struct Page {
    frame: Frame,
    /// The pasted list.
    list: String,
    outcomes: Vec<Row>,
    /// What users would gain and lose, before the import.
    changes: Option<RightsChange>,
    is_done: bool,
    seen: String,
    fault: Option<String>,
}

/// The outcome for a rule of the list.
struct Row {
    name: String,
    outcome: &'static str,
    message: String,
    warnings: Vec<String>,
}

impl From<Imported> for Row {
    fn from(Imported { name, outcome, message, warnings, .. }: Imported) -> Self {
        let outcome = match outcome {
            Outcome::Imported => "new",
            Outcome::Updated => "updated",
            Outcome::Unchanged => "unchanged",
            Outcome::Disabled => "disabled, because it can't be evaluated",
            Outcome::Skipped => "skipped",
            Outcome::Refused => "refused",
        };
        Self { name, outcome, message, warnings: warnings.iter().map(words).collect() }
    }
}

/// The contents of the page, apart from the list.
#[derive(Default)]
struct Notes {
    outcomes: Vec<Imported>,
    changes: Option<RightsChange>,
    is_done: bool,
    /// Whether the preview has changed since the visitor saw it.
    is_outdated: bool,
    /// The digest of the preview, with which the import checks that it is unchanged.
    seen: String,
    fault: Option<String>,
}

/// `GET /console/systemrule/import`: the form for the list.
pub async fn ask(visit: Visit) -> Result<HttpResponse, PageError> {
    check_may_create(&visit).await?;
    show(&visit, StatusCode::OK, String::new(), Notes::default())
}

/// `POST /console/systemrule/import`: shows a preview of the import, or imports the list.
pub async fn import(visit: Visit, payload: Payload) -> Result<HttpResponse, PageError> {
    let (form, again) = visit.sent(payload).await?.parts();
    let list = form.text("list").to_owned();
    if let Some(again) = again {
        let page = show(
            &visit,
            again.status(),
            list,
            Notes { fault: again.message(), ..Notes::default() },
        )?;
        return Ok(again.explained(page));
    }
    let done = match (parse(&list), form.text("action")) {
        (Ok(json), "import") => imported(&visit, json, form.text("seen")).await,
        (Ok(json), _) => proposed(&visit, json).await,
        (Err(failure), _) => Err(failure),
    };
    match done {
        Ok(notes) if notes.is_outdated => show(&visit, StatusCode::CONFLICT, list, notes),
        Ok(notes) => show(&visit, StatusCode::OK, list, notes),
        Err(failure) => {
            let fault = Some(beside_form(&failure, "Nothing was imported."));
            let reply =
                show(&visit, failure.status_code(), list, Notes { fault, ..Notes::default() })?;
            Ok(telling(&failure, reply))
        }
    }
}

fn parse(list: &str) -> Result<Json, RequestError> {
    let wrong = |error| RequestError::BadRequest(format!("The list is not valid JSON: {error}"));
    let json: Json = serde_json::from_str(list).map_err(wrong)?;
    if json.as_array().is_some_and(Vec::is_empty) {
        return Err(RequestError::BadRequest("The list contains no rules.".to_owned()));
    }
    Ok(json)
}

async fn proposed(visit: &Visit, json: Json) -> Result<Notes, RequestError> {
    let proposal = propose(&visit.call.user, read(json)?, visit.call.reserve_long_reply()).await?;
    let seen = seen(&proposal)?;
    let changes = Some(rights_change(proposal.changes));
    Ok(Notes { outcomes: proposal.rules, changes, seen, ..Notes::default() })
}

/// Imports the rules, unless the preview has changed since the visitor saw it.
async fn imported(visit: &Visit, json: Json, seen: &str) -> Result<Notes, RequestError> {
    let now = proposed(visit, json.clone()).await?;
    if now.seen != seen {
        let fault = Some(OUTDATED.to_owned());
        return Ok(Notes { is_outdated: true, fault, ..now });
    }
    let reserve = async |number| visit.call.reserve_reply(number).await;
    let outcomes = take(&visit.call.user, read(json)?, reserve).await?;
    Ok(Notes { outcomes, is_done: true, ..Notes::default() })
}

/// Why the preview is shown again.
const OUTDATED: &str = "Nothing was imported. Rules, users or resources were changed after the \
                        preview, so the import would have other effects than you have seen.";

/// The digest of a preview. It does not cover the ids of new rules, which differ each time, nor
/// incomplete comparisons of rights, which depend on the time that they took.
fn seen(proposal: &Proposal) -> Result<String, RequestError> {
    let outcome = |rule: &Imported| (rule.name.clone(), rule.outcome, rule.message.clone());
    let rules: Vec<_> = proposal.rules.iter().map(outcome).collect();
    let changes = proposal.changes.complete.then_some(&proposal.changes);
    let json =
        serde_json::to_vec(&(rules, changes)).map_err(|error| RequestError::internal(&error))?;
    Ok(digest(&json))
}

fn show(
    visit: &Visit,
    status: StatusCode,
    list: String,
    notes: Notes,
) -> Result<HttpResponse, PageError> {
    let Notes { outcomes, changes, is_done, seen, fault, .. } = notes;
    let outcomes = outcomes.into_iter().map(Row::from).collect();
    Ok(page(status, &Page { frame: visit.frame(), list, outcomes, changes, is_done, seen, fault })?)
}
