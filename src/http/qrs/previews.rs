//! `POST /{type}/previewcreateprivilege` and `/previewprivileges`: what the caller may do with an
//! entity that does not exist yet (QRS reference, 2.1 and 6.1). It is created in a transaction that
//! is rolled back, so that previews use the same code as writes.

use crate::error::RequestError;
use crate::http::extract::call::EntityCall;
use crate::model::{Action, Actor, Document, Entity, Timestamp};
use crate::query::Predicate;
use crate::service::caller::Caller;
use crate::service::writes::WriteTask;
use crate::store::{Error, Rights, Write};
use actix_web::HttpResponse;
use actix_web::web::Payload;
use uuid::Uuid;

/// Whether the caller may create the entity in the body.
pub async fn create_privilege(
    call: EntityCall,
    payload: Payload,
) -> Result<HttpResponse, RequestError> {
    let actions = preview(&call, payload, Making::AsCaller).await?;
    Ok(HttpResponse::Created().json(actions.contains(&Action::Create)))
}

/// The actions that the caller could take on the entity in the body; `privilegesfilter` restricts
/// them, as a sum of their bits.
pub async fn privileges(call: EntityCall, payload: Payload) -> Result<HttpResponse, RequestError> {
    let mask = match call.query.get("privilegesfilter")?.unwrap_or_default() {
        "" => i64::MAX,
        text => text.parse().map(u32::into).map_err(|_| {
            RequestError::BadRequest(format!(
                "privilegesfilter must be a sum of the actions' bits, not '{text}'"
            ))
        })?,
    };
    let actions = preview(&call, payload, Making::Freely).await?;
    let names: Vec<&str> =
        actions.into_iter().filter(|action| action.is_in(mask)).map(Action::name).collect();
    Ok(HttpResponse::Created().json(names))
}

/// The actions that the caller may take on the entity in the body: the stored one with its id, or a
/// new one.
async fn preview(
    call: &EntityCall,
    payload: Payload,
    making: Making,
) -> Result<Vec<Action>, RequestError> {
    let entity = call.entity;
    let document = call.body(payload, move |json| Ok(Document::read(entity, json)?)).await?;
    let weight = call.user.weigh_new([&document].into_iter()).await?;
    call.user
        .write(WriteTask::Preview(weight), move |write, caller| {
            let grants = caller.grants(entity);
            let visible = caller.guard(entity, Action::Read);
            let stored = match document.id {
                Some(id) if write.snapshot().holds(entity, id, &visible)? => Some(id),
                _ => None,
            };
            if stored.is_none() && grants.guards[Action::Create as usize] == Predicate::False {
                // A conflict would reveal existing names.
                return Ok(Vec::new());
            }
            let id = match stored.map_or_else(|| make(write, caller, document, making), Ok) {
                Err(Error::Forbidden(_)) => return Ok(Vec::new()),
                id => id?,
            };
            let held = write.snapshot().test(entity, id, &grants.guards.to_guards())?;
            Ok(Action::held(&held.unwrap_or_default()).collect())
        })
        .await
        .map_err(RequestError::of_creation)
}

/// With which rights the entity is created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Making {
    /// With those of the caller, to find out whether the caller may create it.
    AsCaller,
    /// With all rights, to find out what the caller may do with it afterwards.
    Freely,
}

/// The rights during the creation. Whether the caller may create the entity is tested after it.
struct PreviewRights<'a> {
    caller: &'a Caller,
    making: Making,
}

impl Rights for PreviewRights<'_> {
    fn actor(&self) -> &Actor {
        &self.caller.actor
    }

    fn guard(&self, entity: &'static Entity, action: Action) -> Predicate {
        match (action, self.making) {
            (Action::Create, _) => Predicate::True,
            (Action::Read, _) | (_, Making::AsCaller) => self.caller.guard(entity, action),
            (_, Making::Freely) => Predicate::True,
        }
    }
}

/// Creates the entity; missing required properties are empty.
fn make(
    write: &Write<'_>,
    caller: &Caller,
    mut document: Document,
    making: Making,
) -> Result<Uuid, Error> {
    let id = Uuid::now_v7();
    document.fill_missing();
    document.complete(id, &caller.actor, Timestamp::now())?;
    // The transaction is rolled back, so secrets need not be sealed.
    document.seal_secrets(|_, _| Ok::<_, Error>(String::new()))?;
    write.create(&PreviewRights { caller, making }, &document)?;
    Ok(id)
}
