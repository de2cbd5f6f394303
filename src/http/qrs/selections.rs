//! `/selection…`: entities that the caller has selected, and operations on all of them (QRS
//! reference, 2.4). Below a selection, lists, counts and tables are those of the entity type,
//! restricted to the selection.

use super::entities::JSON;
use crate::error::RequestError;
use crate::http::extract::call::EntityCall;
use crate::model::SELECTION;
use crate::query::Predicate;
use crate::service::caller::Caller;
use crate::service::reads::LongRead;
use crate::service::selections::{
    MOST, OwnSelections, chosen, delete_found, find, holding, is_among, item, items, make, named,
    own, owned_by, read,
};
use crate::store::{Deletion, Entry, IfMatch, Page, Snapshot, Update, Weight};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Payload;
use uuid::Uuid;

/// `POST /selection`: selects the entities in the body.
pub async fn create(call: EntityCall, payload: Payload) -> Result<HttpResponse, RequestError> {
    let document = call.body_to_write(payload, |json| Ok(read(json)?)).await?;
    let weight = call.user.weigh_new([&document].into_iter()).await?;
    call.reserve_reply(items(&document).len()).await?;
    let items = call
        .user
        .read_long(LongRead::Many, move |snapshot, caller| named(snapshot, caller, &document))
        .await?;
    let entry =
        call.user.write(weight, move |write, caller| make(write, caller, holding(items))).await?;
    Ok(reply(StatusCode::CREATED, entry))
}

/// `POST /selection/{type}`: selects the entities that match a filter.
pub async fn create_of(call: EntityCall) -> Result<HttpResponse, RequestError> {
    let entity = call.entity;
    let filter = call.filter()?;
    call.reserve_long_reply().await?;
    // A reader finds them, since rights are checked again when the selection is used.
    let found = call
        .user
        .read_long(LongRead::Many, move |snapshot, caller| {
            let condition = caller.visible(entity, filter.bind(snapshot, entity, caller)?);
            Ok(snapshot.test_each(entity, &condition, &[], Page { skip: 0, take: MOST + 1 })?)
        })
        .await?;
    if found.len() > MOST as usize {
        return Err(RequestError::BadRequest(format!(
            "the filter matches more than {MOST} entities, the most that a selection can hold"
        )));
    }
    let document = holding(found.into_iter().map(|row| item(entity, row.id, row.name)).collect());
    let weight = call.user.weigh_new([&document].into_iter()).await?;
    let entry = call.user.write(weight, move |write, caller| make(write, caller, document)).await?;
    Ok(reply(StatusCode::CREATED, entry))
}

/// `GET /selection/{id}`.
pub async fn get(call: EntityCall) -> Result<HttpResponse, RequestError> {
    let id = call.id()?;
    call.reserve_long_reply().await?;
    match call
        .user
        .read_long(LongRead::One, move |snapshot, caller| find(snapshot, caller, id))
        .await?
    {
        Some(entry) => Ok(reply(StatusCode::OK, entry)),
        None => Err(call.no_such(&id.to_string())),
    }
}

/// `PUT /selection/{id}`: replaces the selected entities by those in the body.
pub async fn update(call: EntityCall, payload: Payload) -> Result<HttpResponse, RequestError> {
    let id = call.id()?;
    let document = call.body_to_write(payload, |json| Ok(read(json)?)).await?;
    let weight = call.user.weigh_new([&document].into_iter()).await?;
    call.reserve_reply(items(&document).len()).await?;
    let items = call
        .user
        .read_long(LongRead::Many, move |snapshot, caller| named(snapshot, caller, &document))
        .await?;
    let entry = call
        .user
        .write(weight, move |write, caller| {
            let document = holding(items);
            let update =
                Update { id, document: &document, seen: None, if_match: Some(&IfMatch::Any) };
            Ok(write.update(&OwnSelections(caller), &update)?)
        })
        .await?;
    Ok(reply(StatusCode::OK, entry))
}

/// `DELETE /selection/{id}`: deletes the selection, but not the selected entities.
pub async fn delete(call: EntityCall) -> Result<HttpResponse, RequestError> {
    let id = call.id()?;
    let weigh = move |snapshot: &Snapshot<'_>, caller: &Caller| {
        let condition =
            Predicate::and([own(caller)(&SELECTION), Predicate::has_id(&SELECTION, id)]);
        Ok(Weight::of_removal(&SELECTION, snapshot.stored_of(&SELECTION, &condition)?))
    };
    let weight = call.user.read_short_or_long(LongRead::Many, weigh).await?;
    call.user
        .write(weight, move |write, caller| {
            write.delete(
                &OwnSelections(caller),
                &Deletion { entity: &SELECTION, id, if_match: None },
            )?;
            Ok(())
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `DELETE /selection/{id}/{type}`: deletes all selected entities of a type, or none if one can't
/// be deleted.
///
/// A reader finds the entities, because a filter can take long. The writer checks again for each
/// entity whether the caller may delete it. Entities that were deleted or became invisible in the
/// meantime are skipped. If one that a filter found has changed since, nothing is deleted.
pub async fn delete_selected(call: EntityCall) -> Result<HttpResponse, RequestError> {
    let entity = call.entity;
    let filter = call.filter()?;
    let is_filtered = filter.filter.is_some();
    let (rows, versions) = call
        .user
        .read_long(LongRead::Many, move |snapshot, caller| {
            let rows = chosen(snapshot, caller, entity, filter.bind(snapshot, entity, caller)?)?;
            let ids = is_filtered.then(|| rows.iter().map(|row| row.id)).into_iter().flatten();
            let versions = snapshot.modified_dates(entity, ids)?;
            Ok((rows, versions))
        })
        .await?;
    let found = is_among(entity, &rows);
    let weight = call.user.weigh_removal(entity, move |_, _| Ok(found)).await?;
    call.user
        .write(weight, move |write, caller| {
            rows.iter().try_for_each(|row| {
                let found = versions.get(&row.id).map(|version| IfMatch::Versions(vec![*version]));
                delete_found(write, caller, entity, row, found.as_ref())
            })
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `GET /user/ownedresources`: the resources that the users of a selection own, which clients
/// request before they delete the users.
pub async fn owned_resources(call: EntityCall) -> Result<HttpResponse, RequestError> {
    let text = call.query.get("userselection")?.unwrap_or_default().to_owned();
    let wrong = || {
        RequestError::BadRequest(format!(
            "userselection must be the id of a selection, not '{text}'"
        ))
    };
    let selection = Uuid::parse_str(&text).map_err(|_| wrong())?;
    for unknown in ["filter", "privileges"] {
        let given = call.query.get(unknown)?.unwrap_or_default();
        if !given.is_empty() && !given.eq_ignore_ascii_case("false") {
            return Err(RequestError::BadRequest(format!(
                "{unknown} is not supported here; use it to list the resources instead"
            )));
        }
    }
    let wrong = |limit: &str| {
        RequestError::BadRequest(format!(
            "limit must be a whole number, or -1 for all, not '{limit}'"
        ))
    };
    let limit = match call.query.get("limit")?.unwrap_or_default() {
        "" | "-1" => None,
        limit => Some(limit.parse().map_err(|_| wrong(limit))?),
    };
    call.reserve_long_reply().await?;
    let owned = call
        .user
        .read_long(LongRead::Many, move |snapshot, caller| {
            owned_by(snapshot, caller, selection, limit)
        })
        .await?;
    Ok(HttpResponse::Ok().json(owned))
}

fn reply(status: StatusCode, entry: Entry) -> HttpResponse {
    HttpResponse::build(status).content_type(JSON).body(entry.json)
}
