//! Sessions at the front door: signing out, and the caller's sessions.

use super::session_cookie::{check_xrfkey, end_shown};
use crate::error::RequestError;
use crate::http::State;
use crate::http::extract::own_call::OwnCall;
use crate::model::Timestamp;
use crate::store::{Page, Session};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// `POST /logout`: ends the sessions whose cookies the request has.
pub async fn logout(
    request: HttpRequest,
    state: Data<State>,
) -> Result<HttpResponse, RequestError> {
    check_xrfkey(&request)?;
    let mut reply = HttpResponse::NoContent().finish();
    end_shown(&request, &state, &mut reply).await?;
    Ok(reply)
}

/// `GET /sessions`: the caller's sessions.
pub async fn list(call: OwnCall) -> Result<HttpResponse, RequestError> {
    let page = Page { skip: 0, take: 1_000 };
    let sessions =
        call.read(|snapshot, user| Ok(snapshot.sessions(user, Timestamp::now(), page)?)).await?;
    Ok(HttpResponse::Ok().json(sessions.into_iter().map(OwnSession::from).collect::<Vec<_>>()))
}

/// A session of the caller.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OwnSession {
    id: Uuid,
    created_date: String,
    /// The end of the session.
    expires_date: String,
    /// The address from which the session began.
    address: String,
    /// The way in which the user signed in.
    kind: &'static str,
}

impl From<Session> for OwnSession {
    fn from(session: Session) -> Self {
        let Session { id, created_date, expires_date, address, kind } = session;
        let [created_date, expires_date] =
            [created_date, expires_date].map(|date| date.to_string());
        Self { id, created_date, expires_date, address, kind: kind.name() }
    }
}

/// `DELETE /sessions/{id}`: ends one of the caller's sessions.
pub async fn end(call: OwnCall) -> Result<HttpResponse, RequestError> {
    call.remove("session", |write, user, id| Ok(write.end_session_of(user, id)?)).await
}
