//! `POST /{type}/many`: creates all entities of a list, or none.

use super::entities::JSON;
use crate::error::RequestError;
use crate::http::extract::call::EntityCall;
use crate::http::extract::query_string::QueryString;
use crate::http::ignored_fields::Ignored;
use crate::model::Document;
use crate::service::many::{Existing, Many};
use crate::service::write_preparation::prepare_new;
use actix_web::HttpResponse;
use actix_web::web::Payload;
use std::sync::Arc;

/// Parses the parameter `existing`.
fn existing(query: &QueryString) -> Result<Existing, RequestError> {
    match query.get("existing")?.unwrap_or_default() {
        "" => Ok(Existing::Refused),
        value if value.eq_ignore_ascii_case("keep") => Ok(Existing::Kept),
        value => Err(RequestError::BadRequest(format!(
            "existing must be keep or omitted, not '{value}'"
        ))),
    }
}

/// Creates all entities of a list, or none. With `existing=keep`, an addition to QRS, entities that
/// exist already are kept unchanged.
pub async fn create_many(call: EntityCall, payload: Payload) -> Result<HttpResponse, RequestError> {
    let privileges = call.query.privileges()?;
    let existing = existing(&call.query)?;
    let entity = call.entity;
    let documents =
        call.body_to_write(payload, move |json| Ok(Document::read_many(entity, json)?)).await?;
    let ignored = Ignored::of(&documents);
    let weight = call.user.weigh_new(documents.iter()).await?;
    let warnings = prepare_new(&call.user, &documents).await?;
    match existing {
        Existing::Refused => call.reserve_reply(documents.len()).await?,
        Existing::Kept => call.reserve_long_reply().await?,
    }
    let backend = Arc::clone(&call.state.backend);
    let json = call
        .user
        .write(weight, move |write, caller| {
            Many {
                backend: &backend,
                write,
                caller,
                entity,
                existing,
                privileges,
                warnings: &warnings,
            }
            .make(documents)
        })
        .await
        .map_err(RequestError::of_creation)?;
    Ok(ignored.named_in(HttpResponse::Created().content_type(JSON).body(json)))
}
