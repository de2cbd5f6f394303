//! Deleting one entity: a page that asks and says whose rights change, and the deletion.

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

/// The entity that the page is about, and whose rights its deletion changes.
struct Asked {
    entry: Json,
    rights: Rights,
    /// Why the visitor may not delete it, if so.
    refusal: Option<RequestError>,
}

impl Asked {
    /// Reads the entity, and tries its deletion out. Nothing is tried that the visitor may not do:
    /// others who write would have to wait for it.
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

/// `GET /console/{type}/{id}/delete`: asks.
pub async fn ask(visit: Visit) -> Result<HttpResponse, PageError> {
    confirm(&visit, StatusCode::OK, Asked::read(&visit).await?, None)
}

/// `POST /console/{type}/{id}/delete`: removes it, and goes to the list. If it is another version
/// than the page has shown, or other rights change, it asks again.
pub async fn delete(visit: Visit, payload: Payload) -> Result<HttpResponse, PageError> {
    let form = match visit.sent(payload).await? {
        Sent::Current(form) => form,
        Sent::Again(_, again) => {
            let page =
                confirm(&visit, again.status(), Asked::read(&visit).await?, again.message())?;
            return Ok(again.explained(page));
        }
    };
    let shown = ShownRights::read(&form);
    if shown.is_compared() {
        let asked = Asked::read(&visit).await?;
        let outdated = asked.rights.outdate(&shown).filter(|_| asked.refusal.is_none());
        if let Some(outdated) = outdated {
            return confirm(
                &visit,
                StatusCode::CONFLICT,
                asked,
                Some(format!("Nothing was deleted. {outdated}")),
            );
        }
    }
    let seen =
        Timestamp::parse(form.text("version")).map(|version| IfMatch::Versions(vec![version]));
    match remove(&visit, seen, shown).await {
        Ok(()) => {
            let entity = visit.call.entity;
            Ok(to_with(
                &visit,
                &format!("/console/{}", entity.path),
                "",
                &format!("Deleted: {}.", entity.counted(1)),
            ))
        }
        Err(
            failure @ (RequestError::Conflict(_)
            | RequestError::Forbidden(_)
            | RequestError::Outdated(_)
            | RequestError::PreconditionFailed(_)),
        ) => {
            let asked = Asked::read(&visit).await?;
            let fault = match &failure {
                RequestError::PreconditionFailed(_) => {
                    let LastChange { user, date } = LastChange::of(&asked.entry);
                    format!(
                        "{user} changed it at {date}, after you opened this page. Look at it again \
                         first."
                    )
                }
                RequestError::Outdated(outdated) => format!("Nothing was deleted. {outdated}"),
                other => other.to_string(),
            };
            Ok(telling(&failure, confirm(&visit, failure.status_code(), asked, Some(fault))?))
        }
        Err(failure) => Err(failure.into()),
    }
}

/// Removes it, if the rules are still those by which the page has shown whose rights change.
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
    asked: Asked,
    fault: Option<String>,
) -> Result<HttpResponse, PageError> {
    let Asked { entry, rights, .. } = asked;
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
