//! Changing several entities: a form with a box to tick for each change, a preview of the
//! differences, and the change itself, of all entities or of none.

mod change;
mod difference;
mod done;
mod filled;
mod pages;
mod rights;
mod shown_rights;

pub use rights::Rights;
pub use shown_rights::ShownRights;

use super::choices::Pages;
use super::list::show as show_list;
use super::list_query::ListQuery;
use super::notice::to_with;
use super::page_error::{PageError, beside_form, telling, to};
use super::submitted_form::Again;
use super::visit::Visit;
use crate::error::RequestError;
use crate::http::extract::body::Form;
use crate::model::Timestamp;
use crate::service::caller::Caller;
use crate::service::writes::WriteTask;
use crate::store::Write;
use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{HttpResponse, ResponseError};
use change::{BulkAction, Row, Seen};
use difference::keep_short;
use filled::{Filled, PartFault};
use rights::Question;
use std::collections::HashSet;
use std::sync::Arc;
use uuid::Uuid;

/// Most entities of one action; a page of the list has fewer.
const MOST: usize = 1_000;

/// The input of the visitor.
struct Input {
    /// The entities, in the order of the list.
    ids: Vec<Uuid>,
    /// The list in which they were selected.
    list: ListQuery,
    /// The input of the form.
    filled: Filled,
    /// The pages of tags and custom properties that the form shows.
    pages: Pages,
}

/// The faults that a page shows.
#[derive(Default)]
struct Faults {
    /// What is wrong with parts of the form.
    parts: Vec<PartFault>,
    /// What is wrong with the form as a whole.
    whole: Option<String>,
}

/// The effects of a bulk action.
struct Proposal {
    rows: Vec<Row>,
    rights: Rights,
}

/// `POST /console/{type}/selected`: shows the form, shows a preview, or makes the change.
pub async fn selected(visit: Visit, payload: Payload) -> Result<HttpResponse, PageError> {
    let (form, again) = visit.sent(payload).await?.parts();
    selected_from(&visit, &form, again).await.map_err(|error| visit.keeping(&form, error))
}

async fn selected_from(
    visit: &Visit,
    form: &Form,
    again: Option<Again>,
) -> Result<HttpResponse, PageError> {
    let input = match Input::read(visit, form) {
        Ok(input) => input,
        Err(list) => {
            let message =
                format!("Select 1 to {MOST} rows first: tick the boxes at their beginning.");
            return show_list(visit, list, Some(message)).await;
        }
    };
    if let Some(again) = again {
        let faults = Faults { parts: Vec::new(), whole: again.message() };
        return pages::form(visit, again.status(), &input, faults)
            .await
            .map(|page| again.explained(page));
    }
    let bulk_action = match form.text("do") {
        "preview" | "apply" => input.changes(),
        "ask to delete" | "delete" => input.deletion(),
        _ => return pages::form(visit, StatusCode::OK, &input, Faults::default()).await,
    };
    let seen = seen(form);
    // Entities that were not in the preview are not changed.
    let is_shown = input.ids.iter().all(|id| seen.entities.contains_key(id));
    match bulk_action {
        Ok(bulk_action) if is_shown && ["apply", "delete"].contains(&form.text("do")) => {
            apply(visit, &input, bulk_action, seen).await
        }
        Ok(bulk_action) => preview(visit, &input, bulk_action, None).await,
        Err(faults) => pages::form(visit, StatusCode::BAD_REQUEST, &input, faults).await,
    }
}

/// `GET /console/{type}/selected`: redirects to the list, since a selection needs a form.
pub async fn unselected(visit: Visit) -> HttpResponse {
    to(&format!("/console/{}", visit.call.entity.path))
}

impl Input {
    /// Reads the form.
    ///
    /// # Errors
    /// The list from which it was sent, if it selects nothing or too much.
    fn read(visit: &Visit, form: &Form) -> Result<Self, ListQuery> {
        let mut known = HashSet::new();
        let sent = form.all("id").into_iter().filter_map(|id| Uuid::parse_str(id).ok());
        let ids: Vec<Uuid> = sent.filter(|id| known.insert(*id)).collect();
        let list = ListQuery::of_form(visit.call.entity, form.text("list"));
        if ids.is_empty() || ids.len() > MOST {
            Err(list)
        } else {
            Ok(Self { ids, list, filled: Filled::read(form), pages: Pages::of(form) })
        }
    }

    /// The changes that are ticked.
    fn changes(&self) -> Result<BulkAction, Faults> {
        match self.filled.changes() {
            Ok(changes) if changes.is_empty() => {
                Err(Faults::of("Nothing was changed. Tick at least one change."))
            }
            Ok(changes) => Ok(BulkAction::Change(changes)),
            Err(parts) => Err(Faults {
                parts,
                ..Faults::of("Nothing was changed. Correct the parts that are marked.")
            }),
        }
    }

    /// The deletion, if the form has no changes.
    fn deletion(&self) -> Result<BulkAction, Faults> {
        if self.filled.is_blank() {
            return Ok(BulkAction::Delete);
        }
        Err(Faults::of(
            "Nothing was deleted. A deletion can't be combined with changes: untick and clear \
             them, or make them without deleting.",
        ))
    }
}

impl Faults {
    fn of(whole: impl Into<String>) -> Self {
        Self { parts: Vec::new(), whole: Some(whole.into()) }
    }
}

/// What a preview has shown: an id and a date for each entity, the version of the rules, and the
/// digest of the rights.
fn seen(form: &Form) -> Seen {
    let version = |text: &&str| {
        let (id, date) = text.split_once(' ')?;
        Some((Uuid::parse_str(id).ok()?, Timestamp::parse(date)?))
    };
    let entities = form.all("seen").iter().filter_map(version).collect();
    Seen { entities, rights: ShownRights::read(form) }
}

/// The rights that change if one entity is deleted.
///
/// # Errors
/// `NotFound` if the visitor can see no such entity; `Internal` if the database fails.
pub async fn rights_after_deletion(visit: &Visit, id: Uuid) -> Result<Rights, RequestError> {
    let question = Question::of(visit, &BulkAction::Delete, &[id]).await?;
    if matches!(question, Question::Nothing) {
        return Ok(Rights::Untouched);
    }
    match answer(visit, &[id], BulkAction::Delete, None, question).await {
        Ok(proposal) => Ok(proposal.rights),
        Err(failure @ (RequestError::NotFound(_) | RequestError::Internal(_))) => Err(failure),
        // The deletion itself fails in the same way.
        Err(failure) => Ok(Rights::Unknown(failure.to_string())),
    }
}

/// Shows the preview of a bulk action, or why it is impossible.
async fn preview(
    visit: &Visit,
    input: &Input,
    bulk_action: BulkAction,
    conflict: Option<String>,
) -> Result<HttpResponse, PageError> {
    match propose(visit, &input.ids, bulk_action.clone(), None).await {
        Ok(proposal) => pages::preview(visit, input, &bulk_action, proposal, conflict),
        Err(failure) => refused(visit, input, &bulk_action, failure).await,
    }
}

/// Makes the changes that a preview has shown.
async fn apply(
    visit: &Visit,
    input: &Input,
    bulk_action: BulkAction,
    seen: Seen,
) -> Result<HttpResponse, PageError> {
    let seen = Arc::new(seen);
    if seen.rights.is_compared() {
        match propose(visit, &input.ids, bulk_action.clone(), Some(Arc::clone(&seen))).await {
            Ok(proposal) => {
                if let Some(outdated) = proposal.rights.outdate(&seen.rights) {
                    return pages::preview(
                        visit,
                        input,
                        &bulk_action,
                        proposal,
                        Some(outdated.to_owned()),
                    );
                }
            }
            Err(failure) => return not_done(visit, input, bulk_action, failure).await,
        }
    }
    let rows = match work(visit, &input.ids, bulk_action.clone(), seen).await {
        Ok(rows) => rows,
        Err(failure) => return not_done(visit, input, bulk_action, failure).await,
    };
    let entity = visit.call.entity;
    let message = match bulk_action {
        BulkAction::Delete => done::deleted(entity, rows.len()),
        BulkAction::Change(_) => {
            let changed = rows.iter().filter(|row| row.is_changed()).count();
            done::changed(entity, changed, input.filled.ticked())
        }
    };
    Ok(to_with(visit, &format!("/console/{}", entity.path), &input.list.own_text(entity), &message))
}

/// Shows the preview again if it is outdated, and the form otherwise.
async fn not_done(
    visit: &Visit,
    input: &Input,
    bulk_action: BulkAction,
    failure: RequestError,
) -> Result<HttpResponse, PageError> {
    match failure {
        RequestError::Outdated(message) => preview(visit, input, bulk_action, Some(message)).await,
        failure => refused(visit, input, &bulk_action, failure).await,
    }
}

/// Tries the action in a transaction that is rolled back.
async fn propose(
    visit: &Visit,
    ids: &[Uuid],
    bulk_action: BulkAction,
    seen: Option<Arc<Seen>>,
) -> Result<Proposal, RequestError> {
    visit.call.reserve_long_reply().await?;
    let question = Question::of(visit, &bulk_action, ids).await?;
    answer(visit, ids, bulk_action, seen, question).await
}

async fn answer(
    visit: &Visit,
    ids: &[Uuid],
    bulk_action: BulkAction,
    seen: Option<Arc<Seen>>,
    question: Question,
) -> Result<Proposal, RequestError> {
    let weight = bulk_action.weigh(visit, ids).await?;
    let (entity, ids) = (visit.call.entity, ids.to_vec());
    let state = visit.call.state.clone();
    let weight = weight.plus(question.weight());
    let tried = visit.call.user.write(WriteTask::Preview(weight), move |write, caller| {
        let work =
            || bulk_action.apply(&state.backend, write, caller, entity, &ids, seen.as_deref());
        question.around(write, caller, state.backend.limits.filter, work)
    });
    let (mut rows, answer) = tried.await?;
    keep_short(rows.iter_mut().flat_map(|row| &mut row.differences));
    Ok(Proposal { rows, rights: answer.complete(visit).await? })
}

async fn work(
    visit: &Visit,
    ids: &[Uuid],
    bulk_action: BulkAction,
    seen: Arc<Seen>,
) -> Result<Vec<Row>, RequestError> {
    let weight = bulk_action.weigh(visit, ids).await?;
    let (entity, ids) = (visit.call.entity, ids.to_vec());
    let state = visit.call.state.clone();
    let work = move |write: &Write<'_>, caller: &Caller| {
        bulk_action.apply(&state.backend, write, caller, entity, &ids, Some(&seen))
    };
    visit.call.user.write(weight, work).await
}

/// Shows the form again with the faults.
async fn refused(
    visit: &Visit,
    input: &Input,
    bulk_action: &BulkAction,
    failure: RequestError,
) -> Result<HttpResponse, PageError> {
    let parts = match &failure {
        RequestError::Invalid(invalid) => {
            input.filled.parts_with(visit.call.entity, invalid.clone().into_faults())
        }
        _ => Vec::new(),
    };
    let is_deletion = matches!(bulk_action, BulkAction::Delete);
    let fault = beside_form(
        &failure,
        if is_deletion { "Nothing was deleted." } else { "Nothing was changed." },
    );
    let reply =
        pages::form(visit, failure.status_code(), input, Faults { parts, ..Faults::of(fault) })
            .await?;
    Ok(telling(&failure, reply))
}
