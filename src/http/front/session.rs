//! Sessions at the front door: the cookie that stands for one, and its end.

use super::own_call::OwnCall;
use super::{Credential, Visitor, cookie};
use crate::http::failure::Failure;
use crate::http::query_string::QueryString;
use crate::http::{State, trail, xrfkey};
use crate::model::Timestamp;
use crate::secrets::{new_token, token_hash};
use crate::store::{Error, Page, Session, Write};
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value as Json, json};
use std::net::IpAddr;
use uuid::Uuid;

/// The cookie, named as Qlik's proxy names it.
const COOKIE: &str = "X-Qlik-Session";

/// How long a session lasts, in milliseconds.
const LASTS: i64 = 12 * 60 * 60 * 1_000;

/// Who comes with a session.
///
/// # Errors
/// The request has none, or one that has ended.
pub fn visitor(request: &HttpRequest, state: &State) -> Result<Visitor, Failure> {
    find(request, state)?
        .ok_or_else(|| Failure::Unauthorized("there is no session, or it has ended; sign in: POST /login".to_owned()))
}

/// Who comes with a session, if the request has one that has not ended.
///
/// # Errors
/// It shows several.
pub fn find(request: &HttpRequest, state: &State) -> Result<Option<Visitor>, Failure> {
    let Some(token) = cookie::value(request, COOKIE)? else { return Ok(None) };
    let hash = token_hash(&token);
    let user = state.store.read(|snapshot| snapshot.session_user(&hash, Timestamp::now()))?;
    Ok(user.map(|user| Visitor::of_everything(user, Credential::Session(hash))))
}

/// A session that begins.
#[derive(Clone)]
pub struct Begun {
    token: SecretString,
    session: Session,
}

impl Begun {
    /// One that begins now, for who asks.
    ///
    /// # Errors
    /// There is no randomness.
    pub fn new(request: &HttpRequest) -> Result<Self, Failure> {
        let token = new_token().map_err(|error| Failure::internal(&error))?;
        let created_date = Timestamp::now();
        let expires_date = Timestamp::from_millis(created_date.millis() + LASTS);
        let address = address(request).map(|address| address.to_string()).unwrap_or_default();
        Ok(Self { token, session: Session { id: Uuid::now_v7(), created_date, expires_date, address } })
    }

    /// When it ends.
    pub const fn expires_date(&self) -> Timestamp {
        self.session.expires_date
    }

    /// The cookie that stands for it.
    pub fn cookie(&self, request: &HttpRequest) -> String {
        set_cookie(request, self.token.expose_secret(), LASTS / 1_000)
    }

    /// Keeps it for a user whose password has this hash still, and tells whether it has.
    ///
    /// # Errors
    /// The database failed.
    pub fn keep(&self, write: &Write<'_>, user: Uuid, password_hash: &str) -> Result<bool, Error> {
        write.begin_session(&token_hash(&self.token), user, password_hash, &self.session)
    }
}

/// From where a request comes, in the one form that an address has.
pub fn address(request: &HttpRequest) -> Option<IpAddr> {
    request.peer_addr().map(|address| address.ip().to_canonical())
}

/// `POST /logout`: ends the session.
pub async fn logout(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Failure> {
    check_xrfkey(&request)?;
    let gone = end_this(&request, &state).await?;
    Ok(HttpResponse::NoContent().insert_header((header::SET_COOKIE, gone)).finish())
}

/// Ends the session of a request, if it has one, and gives the header that takes its cookie away.
///
/// # Errors
/// It shows several; the database failed.
pub async fn end_this(request: &HttpRequest, state: &State) -> Result<String, Failure> {
    if let Some(Visitor { user, credential: Credential::Session(hash), .. }) = find(request, state)? {
        state.store.write(trail::origin(request, &user), move |write| write.end_session(&hash)).await?;
    }
    Ok(set_cookie(request, "", 0))
}

/// `GET /sessions`: the caller's own sessions.
pub async fn list(call: OwnCall) -> Result<HttpResponse, Failure> {
    let page = Page { skip: 0, take: 1_000 };
    let sessions = call.read(|snapshot, user| Ok(snapshot.sessions(user, Timestamp::now(), page)?)).await?;
    let told = sessions.iter().map(|session| {
        json!({
            "id": session.id, "createdDate": session.created_date.to_string(),
            "expiresDate": session.expires_date.to_string(), "address": session.address,
        })
    });
    Ok(HttpResponse::Ok().json(told.collect::<Vec<Json>>()))
}

/// `DELETE /sessions/{id}`: ends one of the caller's sessions.
pub async fn end(call: OwnCall) -> Result<HttpResponse, Failure> {
    call.remove("session", |write, user, id| Ok(write.end_session_of(user, id)?)).await
}

/// No other site can make a browser send the header, so nobody is signed in, or out, by a page of another.
///
/// # Errors
/// It is missing or wrong.
pub fn check_xrfkey(request: &HttpRequest) -> Result<(), Failure> {
    xrfkey::check(request, &QueryString::parse(request.query_string())?)
}

/// The header that sets the cookie of a token, for so many seconds.
fn set_cookie(request: &HttpRequest, token: &str, seconds: i64) -> String {
    cookie::header(request, COOKIE, token, &format!("Path=/; Max-Age={seconds}"))
}
