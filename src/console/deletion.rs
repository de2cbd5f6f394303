//! Deleting one entity: a page that asks for a confirmation and shows whose rights change, and the
//! deletion itself.

use super::bulk::{Rights, ShownRights, rights_after_deletion};
use super::choices::Pages;
use super::edit::{Stored, check_may, stored};
use super::notice::to_with;
use super::page;
use super::page_error::{PageError, telling};
use super::submitted_form::Sent;
use super::value_text::LastChange;
use super::visit::{Frame, Visit};
use crate::error::RequestError;
use crate::model::{Entity, MODIFIED_DATE, Timestamp};
use crate::service::caller::Caller;
use crate::service::entities::delete_one;
use crate::store::{IfMatch, Write};
use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{HttpResponse, ResponseError};
use askama::Template;
use serde_json::Value as Json;

#[derive(Template)]
#[template(path = "delete.html")]
struct Delete {
    frame: Frame,
    entity: &'static Entity,
    id: String,
    name: String,
    version: String,
    is_deletion: bool,
    rights: Rights,
    fault: Option<String>,
}

/// The entity to delete, and whose rights its deletion changes.
struct DeletionPreview {
    entry: Json,
    rights: Rights,
    /// Why the visitor may not delete it, if so.
    refusal: Option<RequestError>,
}

impl DeletionPreview {
    /// Reads the entity, and tries its deletion in a transaction that is rolled back. A deletion
    /// that the visitor may not make is not tried, because other writers would have to wait for it.
    async fn read(visit: &Visit) -> Result<Self, PageError> {
        let Stored { entry, .. } = stored(visit, Pages::default()).await?;
        let refusal = check_may(visit, &entry, "delete").err();
        let rights = match &refusal {
            Some(failure) => Rights::Unknown(failure.to_string()),
            None => rights_after_deletion(visit, visit.call.id()?).await?,
        };
        Ok(Self { entry, rights, refusal })
    }
}

/// `GET /console/{type}/{id}/delete`: asks for a confirmation.
pub async fn ask(visit: Visit) -> Result<HttpResponse, PageError> {
    confirm(&visit, StatusCode::OK, DeletionPreview::read(&visit).await?, None)
}

/// `POST /console/{type}/{id}/delete`: deletes the entity, and redirects to the list. Asks again if
/// the stored version, or the rights that change, are not those that the page has shown.
pub async fn delete(visit: Visit, payload: Payload) -> Result<HttpResponse, PageError> {
    let form = match visit.sent(payload).await? {
        Sent::Current(form) => form,
        Sent::Again(_, again) => {
            let preview = DeletionPreview::read(&visit).await?;
            let page = confirm(&visit, again.status(), preview, again.message())?;
            return Ok(again.explained(page));
        }
    };
    let shown = ShownRights::read(&form);
    if let Some(page) = outdated_rights(&visit, &shown).await? {
        return Ok(page);
    }
    let seen =
        Timestamp::parse(form.text("version")).map(|version| IfMatch::Versions(vec![version]));
    match remove(&visit, seen, shown).await {
        Ok(()) => {
            let entity = visit.call.entity;
            let message = format!("Deleted: {}.", entity.counted(1));
            Ok(to_with(&visit, &format!("/console/{}", entity.path), "", &message))
        }
        Err(failure) => not_deleted(&visit, failure).await,
    }
}

/// The page that asks again, if other rights would change than those that were shown.
async fn outdated_rights(
    visit: &Visit,
    shown: &ShownRights,
) -> Result<Option<HttpResponse>, PageError> {
    if !shown.is_compared() {
        return Ok(None);
    }
    let preview = DeletionPreview::read(visit).await?;
    let outdated = preview.rights.outdate(shown).filter(|_| preview.refusal.is_none());
    let ask_again = |reason: &str| {
        let fault = Some(format!("Nothing was deleted. {reason}"));
        confirm(visit, StatusCode::CONFLICT, preview, fault)
    };
    outdated.map(ask_again).transpose()
}

/// The page that asks again and says why the entity could not be deleted.
async fn not_deleted(visit: &Visit, failure: RequestError) -> Result<HttpResponse, PageError> {
    let can_ask_again = matches!(
        failure,
        RequestError::Conflict(_)
            | RequestError::Forbidden(_)
            | RequestError::Outdated(_)
            | RequestError::PreconditionFailed(_)
    );
    if !can_ask_again {
        return Err(failure.into());
    }
    let preview = DeletionPreview::read(visit).await?;
    let fault = match &failure {
        RequestError::PreconditionFailed(_) => {
            let LastChange { user, date } = LastChange::of(&preview.entry);
            format!(
                "{user} changed it at {date}, after you opened this page. Check it again first."
            )
        }
        RequestError::Outdated(outdated) => format!("Nothing was deleted. {outdated}"),
        other => other.to_string(),
    };
    Ok(telling(&failure, confirm(visit, failure.status_code(), preview, Some(fault))?))
}

/// Deletes the entity, unless the rules have changed since the page showed whose rights change.
async fn remove(
    visit: &Visit,
    seen: Option<IfMatch>,
    shown: ShownRights,
) -> Result<(), RequestError> {
    let (id, entity) = (visit.call.id()?, visit.call.entity);
    let weight = visit.call.user.weigh_removal_of_one(id).await?;
    let work = move |write: &Write<'_>, caller: &Caller| {
        shown.check_rules(write.snapshot().versions()?.rules)?;
        delete_one(write, caller, entity, id, seen.as_ref())
    };
    visit.call.user.write(weight, work).await
}

fn confirm(
    visit: &Visit,
    status: StatusCode,
    preview: DeletionPreview,
    fault: Option<String>,
) -> Result<HttpResponse, PageError> {
    let DeletionPreview { entry, rights, .. } = preview;
    let entity = visit.call.entity;
    let own = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
    let delete = Delete {
        frame: visit.frame(),
        entity,
        id: own("id"),
        name: own("name"),
        version: own(MODIFIED_DATE.name),
        is_deletion: true,
        rights,
        fault,
    };
    Ok(page(status, &delete)?)
}
