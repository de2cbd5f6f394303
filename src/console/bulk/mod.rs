//! What is done to several entities at once: a form in which each change has a box to tick, a
//! preview of what it changes about each, and the change itself: all of it, or nothing.

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

/// Entities that are worked on at once at most; a page of the list has fewer.
const MOST: usize = 1_000;

/// What the visitor has sent.
struct Asked {
    /// The entities, in the order of the list.
    ids: Vec<Uuid>,
    /// The list from which they come.
    list: ListQuery,
    /// What is filled in.
    filled: Filled,
    /// Which tags and custom properties the form shows.
    pages: Pages,
}

/// What a page says beside the form.
#[derive(Default)]
struct Faults {
    /// What is wrong with parts of the form.
    parts: Vec<PartFault>,
    /// What is wrong with all of it.
    whole: Option<String>,
}

/// What a bulk action would do.
struct Proposal {
    rows: Vec<Row>,
    rights: Rights,
}

/// `POST /console/{type}/selected`: asks what is to be done, shows what that would change, or does
/// it.
pub async fn selected(visit: Visit, payload: Payload) -> Result<HttpResponse, PageError> {
    let (form, again) = visit.sent(payload).await?.parts();
    selected_from(&visit, &form, again).await.map_err(|error| visit.keeping(&form, error))
}

async fn selected_from(
    visit: &Visit,
    form: &Form,
    again: Option<Again>,
) -> Result<HttpResponse, PageError> {
    let asked = match Asked::read(visit, form) {
        Ok(asked) => asked,
        Err(list) => {
            let message =
                format!("Select 1 to {MOST} rows first: tick the boxes at their beginning.");
            return show_list(visit, list, Some(message)).await;
        }
    };
    if let Some(again) = again {
        let faults = Faults { parts: Vec::new(), whole: again.message() };
        return pages::form(visit, again.status(), &asked, faults)
            .await
            .map(|page| again.explained(page));
    }
    let bulk_action = match form.text("do") {
        "preview" | "apply" => asked.changes(),
        "ask to delete" | "delete" => asked.deletion(),
        _ => return pages::form(visit, StatusCode::OK, &asked, Faults::default()).await,
    };
    let seen = seen(form);
    // What was not shown is not done.
    let is_shown = asked.ids.iter().all(|id| seen.entities.contains_key(id));
    match bulk_action {
        Ok(bulk_action) if is_shown && ["apply", "delete"].contains(&form.text("do")) => {
            apply(visit, &asked, bulk_action, seen).await
        }
        Ok(bulk_action) => preview(visit, &asked, bulk_action, None).await,
        Err(faults) => pages::form(visit, StatusCode::BAD_REQUEST, &asked, faults).await,
    }
}

/// `GET /console/{type}/selected`: nothing is selected without a form, so the list is where to go.
pub async fn unselected(visit: Visit) -> HttpResponse {
    to(&format!("/console/{}", visit.call.entity.path))
}

impl Asked {
    /// What a form asks for.
    ///
    /// # Errors
    /// The list that it comes from, if it selects nothing, or too much.
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

    /// To delete all of them, if nothing else is wanted.
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

/// The versions that a preview has shown: an id and a date in each field, the number of the rules,
/// and the digest of the rights.
fn seen(form: &Form) -> Seen {
    let version = |text: &&str| {
        let (id, date) = text.split_once(' ')?;
        Some((Uuid::parse_str(id).ok()?, Timestamp::parse(date)?))
    };
    let entities = form.all("seen").iter().filter_map(version).collect();
    Seen { entities, rights: ShownRights::read(form) }
}

/// Whose rights change once one entity is deleted.
///
/// # Errors
/// `NotFound` if the visitor can see no such entity; 500.
pub async fn rights_after_deletion(visit: &Visit, id: Uuid) -> Result<Rights, RequestError> {
    let question = Question::of(visit, &BulkAction::Delete, &[id]).await?;
    if matches!(question, Question::Nothing) {
        return Ok(Rights::Untouched);
    }
    match answer(visit, &[id], BulkAction::Delete, None, question).await {
        Ok(proposal) => Ok(proposal.rights),
        Err(failure @ (RequestError::NotFound(_) | RequestError::Internal(_))) => Err(failure),
        // The deletion itself says so as well.
        Err(failure) => Ok(Rights::Unknown(failure.to_string())),
    }
}

/// Shows what a bulk action would change, or why it can't be done.
async fn preview(
    visit: &Visit,
    asked: &Asked,
    bulk_action: BulkAction,
    conflict: Option<String>,
) -> Result<HttpResponse, PageError> {
    match propose(visit, &asked.ids, bulk_action.clone(), None).await {
        Ok(proposal) => pages::preview(visit, asked, &bulk_action, proposal, conflict),
        Err(failure) => refused(visit, asked, &bulk_action, failure).await,
    }
}

/// Does what a preview has shown.
async fn apply(
    visit: &Visit,
    asked: &Asked,
    bulk_action: BulkAction,
    seen: Seen,
) -> Result<HttpResponse, PageError> {
    let seen = Arc::new(seen);
    if seen.rights.is_compared() {
        match propose(visit, &asked.ids, bulk_action.clone(), Some(Arc::clone(&seen))).await {
            Ok(proposal) => {
                if let Some(outdated) = proposal.rights.outdate(&seen.rights) {
                    return pages::preview(
                        visit,
                        asked,
                        &bulk_action,
                        proposal,
                        Some(outdated.to_owned()),
                    );
                }
            }
            Err(failure) => return not_done(visit, asked, bulk_action, failure).await,
        }
    }
    let rows = match work(visit, &asked.ids, bulk_action.clone(), seen).await {
        Ok(rows) => rows,
        Err(failure) => return not_done(visit, asked, bulk_action, failure).await,
    };
    let entity = visit.call.entity;
    let message = match bulk_action {
        BulkAction::Delete => done::deleted(entity, rows.len()),
        BulkAction::Change(_) => {
            let changed = rows.iter().filter(|row| row.is_changed()).count();
            done::changed(entity, changed, asked.filled.ticked())
        }
    };
    Ok(to_with(visit, &format!("/console/{}", entity.path), &asked.list.own_text(entity), &message))
}

/// Shows the preview again if what it has shown is outdated, and the form otherwise.
async fn not_done(
    visit: &Visit,
    asked: &Asked,
    bulk_action: BulkAction,
    failure: RequestError,
) -> Result<HttpResponse, PageError> {
    match failure {
        RequestError::Outdated(message) => preview(visit, asked, bulk_action, Some(message)).await,
        failure => refused(visit, asked, &bulk_action, failure).await,
    }
}

/// Does it, and undoes it.
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

/// Shows the form again, with what is wrong.
async fn refused(
    visit: &Visit,
    asked: &Asked,
    bulk_action: &BulkAction,
    failure: RequestError,
) -> Result<HttpResponse, PageError> {
    let parts = match &failure {
        RequestError::Invalid(invalid) => {
            asked.filled.parts_with(visit.call.entity, invalid.clone().into_faults())
        }
        _ => Vec::new(),
    };
    let is_deletion = matches!(bulk_action, BulkAction::Delete);
    let fault = beside_form(
        &failure,
        if is_deletion { "Nothing was deleted." } else { "Nothing was changed." },
    );
    let reply =
        pages::form(visit, failure.status_code(), asked, Faults { parts, ..Faults::of(fault) })
            .await?;
    Ok(telling(&failure, reply))
}
