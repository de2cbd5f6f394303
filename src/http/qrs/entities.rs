//! The operations of all entity types: one handler each, driven by the declaration of the type.

use crate::error::RequestError;
use crate::http::extract::call::EntityCall;
use crate::http::extract::etag;
use crate::http::ignored_fields::Ignored;
use crate::http::streaming;
use crate::model::Document;
use crate::query::Predicate;
use crate::service::caller::Caller;
use crate::service::entities::{
    Change, change_checked, create_checked, delete_one, no_such, one, read_back,
};
use crate::service::listing::Listing;
use crate::service::reads::LongRead;
use crate::service::response_cache::{CacheKey, Operation, Response};
use crate::service::write_preparation::{prepare_change, prepare_new};
use crate::store::{Form, Snapshot, Weight, Write};
use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use actix_web::web::Payload;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// The content type of replies.
pub const JSON: &str = "application/json";

/// `GET /{type}`: the entities that the caller may read, in the condensed form.
pub async fn list(call: EntityCall) -> Result<HttpResponse, RequestError> {
    list_in(call, Form::Condensed).await
}

/// `GET /{type}/full`: the entities that the caller may read, in the full form.
pub async fn list_full(call: EntityCall) -> Result<HttpResponse, RequestError> {
    list_in(call, Form::Full).await
}

async fn list_in(call: EntityCall, form: Form) -> Result<HttpResponse, RequestError> {
    let filter = call.filter()?;
    let order = call.query.get("orderby")?.unwrap_or_default().to_owned();
    let privileges = call.query.privileges()?;
    let listing =
        Listing { entity: call.entity, form, filter, order, page: call.query.page()?, privileges };
    let short = {
        let read = call.user.read_short().await?;
        read.unless_long(listing.respond(
            &read.snapshot(),
            &read.caller,
            &call.state.backend.responses,
        ))?
    };
    if let Some(Response { json, total, .. }) = short {
        return Ok(streaming::headed(total).body(json));
    }
    call.stream(move |snapshot, caller, sink| {
        let (selection, total) = listing.begin(snapshot, caller)?;
        total.map_or(Ok(()), |total| sink.total(total))?;
        Ok(snapshot.list(&selection, &mut |part| sink.part(part))?)
    })
    .await
}

/// The number of entities.
#[derive(Serialize, ToSchema)]
pub struct EntityCount {
    /// The number.
    value: i64,
}

/// `GET /{type}/count`: how many entities the caller may read.
pub async fn count(call: EntityCall) -> Result<HttpResponse, RequestError> {
    let entity = call.entity;
    let filter = call.filter()?;
    let key = filter
        .text()
        .map(|text| CacheKey::new(entity, Operation::Count { filter: text.to_owned() }));
    let state = call.state.clone();
    let count = move |snapshot: &Snapshot<'_>, caller: &Caller| {
        let responses = &state.backend.responses;
        if let Some(kept) = responses.get(&caller.actor, caller.moment, key.as_ref()) {
            return Ok(kept);
        }
        let count = snapshot
            .count(entity, &caller.visible(entity, filter.bind(snapshot, entity, caller)?))?;
        let response = Response::of(json!(EntityCount { value: count }).to_string());
        responses.put(&caller.actor, caller.moment, key.as_ref(), &response);
        Ok(response)
    };
    let response = call.user.read_short_or_long(LongRead::Many, count).await?;
    Ok(HttpResponse::Ok().content_type(JSON).body(response.json))
}

/// `GET /{type}/{id}`: one entity in the full form.
pub async fn get(call: EntityCall) -> Result<HttpResponse, RequestError> {
    let id = call.id()?;
    let privileges = call.query.privileges()?;
    let entity = call.entity;
    let key = CacheKey::new(entity, Operation::Get { id, privileges });
    let state = call.state.clone();
    let read = move |snapshot: &Snapshot<'_>, caller: &Caller| {
        let responses = &state.backend.responses;
        if let Some(kept) = responses.get(&caller.actor, caller.moment, Some(&key)) {
            return Ok(kept);
        }
        let entry =
            snapshot.one(&one(caller, entity, Predicate::has_id(entity, id), privileges))?;
        let response = Response::from(entry.ok_or_else(|| no_such(entity, &id.to_string()))?);
        responses.put(&caller.actor, caller.moment, Some(&key), &response);
        Ok(response)
    };
    let response = call.user.read_short_or_long(LongRead::One, read).await?;
    Ok(reply(StatusCode::OK, response))
}

/// `POST /{type}`: creates an entity.
pub async fn create(call: EntityCall, payload: Payload) -> Result<HttpResponse, RequestError> {
    let privileges = call.query.privileges()?;
    let entity = call.entity;
    let document =
        call.body_to_write(payload, move |json| Ok(Document::read(entity, json)?)).await?;
    let ignored = Ignored::of([&document]);
    let warnings = prepare_new(&call.user, std::slice::from_ref(&document)).await?;
    let state = call.state.clone();
    let (id, mut entry) = call
        .user
        .write(Weight::of_new(&document), move |write, caller| {
            let written = create_checked(&state.backend, write, caller, document)?;
            Ok((written.id, read_back(write, caller, entity, written, privileges)?))
        })
        .await
        .map_err(RequestError::of_creation)?;
    warnings.add_to(0, &mut entry.json);
    let mut response = reply(StatusCode::CREATED, entry);
    if let Ok(location) = format!("/qrs/{}/{id}", entity.path).parse() {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(ignored.named_in(response))
}

/// `PUT /{type}/{id}`: changes the properties that the body has.
pub async fn update(call: EntityCall, payload: Payload) -> Result<HttpResponse, RequestError> {
    let id = call.id()?;
    let privileges = call.query.privileges()?;
    let if_match = etag::if_match(&call.http)?;
    let entity = call.entity;
    let document =
        call.body_to_write(payload, move |json| Ok(Document::read(entity, json)?)).await?;
    if let Some(other) = document.id.filter(|other| *other != id) {
        return Err(RequestError::BadRequest(format!(
            "id: is {other} in the body and {id} in the path"
        )));
    }
    let (seen, ignored) = (document.seen_version()?, Ignored::of([&document]));
    let warnings = prepare_change(&call.user, id, &document).await?;
    let state = call.state.clone();
    let result = call
        .user
        .write(Weight::of_replacement(&document), move |write, caller| {
            let change = Change { document, seen, if_match: if_match.as_ref() };
            let written = change_checked(&state.backend, write, caller, id, change)?;
            read_back(write, caller, entity, written, privileges)
        })
        .await;
    let mut entry = result.map_err(|failure| named(&call, id, failure))?;
    warnings.add_to(0, &mut entry.json);
    Ok(ignored.named_in(reply(StatusCode::OK, entry)))
}

/// `DELETE /{type}/{id}`: deletes an entity.
pub async fn delete(call: EntityCall) -> Result<HttpResponse, RequestError> {
    let id = call.id()?;
    let if_match = etag::if_match(&call.http)?;
    let entity = call.entity;
    let weight = call.user.weigh_removal_of_one(id).await?;
    let work = move |write: &Write<'_>, caller: &Caller| {
        delete_one(write, caller, entity, id, if_match.as_ref())
    };
    let result = call.user.write(weight, work).await;
    result.map(|()| HttpResponse::NoContent().finish()).map_err(|failure| named(&call, id, failure))
}

/// Adds the id to the error about a missing entity.
fn named(call: &EntityCall, id: Uuid, failure: RequestError) -> RequestError {
    match failure {
        RequestError::NotFound(_) => call.no_such(&id.to_string()),
        other => other,
    }
}

fn reply(status: StatusCode, response: impl Into<Response>) -> HttpResponse {
    let Response { json, version, .. } = response.into();
    let mut response = HttpResponse::build(status);
    response.content_type(JSON);
    if let Some(version) = version {
        response.insert_header((header::ETAG, etag::etag(version)));
    }
    response.body(json)
}
