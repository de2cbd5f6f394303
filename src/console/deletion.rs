//! Deleting one entity: a page that asks and says whose rights change, and the deletion.

use super::bulk::{Rights, ShownRights, rights_after_deletion};
use super::choices::Pages;
use super::edit::{Stored, stored};
use super::notice::to_with;
use super::page;
use super::sent::Sent;
use super::shown::LastChange;
use super::trouble::{Trouble, telling};
use super::visit::{Frame, Visit};
use crate::error::Failure;
use crate::model::Timestamp;
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
    noun: &'static str,
    path: &'static str,
    id: String,
    name: String,
    version: String,
    is_deletion: bool,
    rights: Rights,
    fault: Option<String>,
}

/// `GET /console/{type}/{id}/delete`: asks.
pub async fn ask(visit: Visit) -> Result<HttpResponse, Trouble> {
    let Stored { entry, .. } = stored(&visit, Pages::default()).await?;
    let rights = rights_after_deletion(&visit, visit.call.id()?).await?;
    confirm(&visit, StatusCode::OK, &entry, rights, None)
}

/// `POST /console/{type}/{id}/delete`: removes it, and goes to the list. If it is another version than the page has shown, or other rights change, it asks
/// again.
pub async fn delete(visit: Visit, payload: Payload) -> Result<HttpResponse, Trouble> {
    let form = match visit.sent(payload).await? {
        Sent::Current(form) => form,
        Sent::Again(_, again) => {
            let Stored { entry, .. } = stored(&visit, Pages::default()).await?;
            let rights = rights_after_deletion(&visit, visit.call.id()?).await?;
            return confirm(&visit, again.status(), &entry, rights, again.message());
        }
    };
    let shown = ShownRights::read(&form);
    if shown.is_compared() {
        let Stored { entry, .. } = stored(&visit, Pages::default()).await?;
        let rights = rights_after_deletion(&visit, visit.call.id()?).await?;
        if let Some(outdated) = shown.outdated_by(rights.rules(), rights.digest()) {
            let fault = format!("Nothing was deleted. {outdated}");
            return confirm(&visit, StatusCode::CONFLICT, &entry, rights, Some(fault));
        }
    }
    let seen = Timestamp::parse(form.text("version")).map(|version| IfMatch::Versions(vec![version]));
    match remove(&visit, seen).await {
        Ok(()) => {
            let entity = visit.call.entity;
            Ok(to_with(&visit, &format!("/console/{}", entity.path), "", &format!("Deleted: {}.", entity.counted(1))))
        }
        Err(failure @ (Failure::Conflict(_) | Failure::Forbidden(_) | Failure::PreconditionFailed(_))) => {
            let Stored { entry, .. } = stored(&visit, Pages::default()).await?;
            let rights = rights_after_deletion(&visit, visit.call.id()?).await?;
            let fault = match &failure {
                Failure::PreconditionFailed(_) => {
                    let LastChange { user, date } = LastChange::of(&entry);
                    format!("{user} changed it at {date}, after you opened this page. Look at it again first.")
                }
                other => other.to_string(),
            };
            Ok(telling(&failure, confirm(&visit, failure.status_code(), &entry, rights, Some(fault))?))
        }
        Err(failure) => Err(failure.into()),
    }
}

async fn remove(visit: &Visit, seen: Option<IfMatch>) -> Result<(), Failure> {
    let (id, entity) = (visit.call.id()?, visit.call.entity);
    let weight = visit.call.user.weigh_removal_of_one(id).await?;
    let work = move |write: &Write<'_>, caller: &Caller| delete_one(write, caller, entity, id, seen.as_ref());
    visit.call.user.write_weighing(weight, work).await
}

fn confirm(
    visit: &Visit,
    status: StatusCode,
    entry: &Json,
    rights: Rights,
    fault: Option<String>,
) -> Result<HttpResponse, Trouble> {
    let entity = visit.call.entity;
    let own = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
    let delete = Delete {
        frame: visit.frame(),
        noun: entity.noun,
        path: entity.path,
        id: own("id"),
        name: own("name"),
        version: own("modifiedDate"),
        is_deletion: true,
        rights,
        fault,
    };
    Ok(page(status, &delete)?)
}
