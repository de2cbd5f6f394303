//! Sessions at the front door: what ends them, and the user's own.

use super::session_cookie::{check_xrfkey, end_shown};
use crate::error::Failure;
use crate::http::State;
use crate::http::extract::own_call::OwnCall;
use crate::model::Timestamp;
use crate::store::Page;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value as Json, json};

/// `POST /logout`: ends the sessions that the request shows.
pub async fn logout(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Failure> {
    check_xrfkey(&request)?;
    let mut reply = HttpResponse::NoContent().finish();
    end_shown(&request, &state, &mut reply).await?;
    Ok(reply)
}

/// `GET /sessions`: the caller's own sessions.
pub async fn list(call: OwnCall) -> Result<HttpResponse, Failure> {
    let page = Page { skip: 0, take: 1_000 };
    let sessions = call.read(|snapshot, user| Ok(snapshot.sessions(user, Timestamp::now(), page)?)).await?;
    let told = sessions.iter().map(|session| {
        json!({
            "id": session.id, "createdDate": session.created_date.to_string(),
            "expiresDate": session.expires_date.to_string(), "address": session.address, "kind": session.kind.name(),
        })
    });
    Ok(HttpResponse::Ok().json(told.collect::<Vec<Json>>()))
}

/// `DELETE /sessions/{id}`: ends one of the caller's sessions.
pub async fn end(call: OwnCall) -> Result<HttpResponse, Failure> {
    call.remove("session", |write, user, id| Ok(write.end_session_of(user, id)?)).await
}
