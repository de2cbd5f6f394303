//! Sessions at the front door: signing in with a password, the cookie that stands for it, and its end.

use super::own_call::OwnCall;
use super::{Credential, Visitor};
use crate::http::failure::Failure;
use crate::http::query_string::QueryString;
use crate::http::{State, body, request_log, xrfkey};
use crate::model::{Actor, Timestamp, fold};
use crate::secrets::{new_token, token_hash, verify_password};
use crate::store::{Counted, Error, Page, Session, SignInKey, UserName};
use actix_web::http::header;
use actix_web::web::{Data, Payload, block};
use actix_web::{HttpRequest, HttpResponse};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use uuid::Uuid;

/// The cookie, named as Qlik's proxy names it.
const COOKIE: &str = "X-Qlik-Session";

/// Longest body, in bytes: a name and a password.
const LONGEST_BODY: usize = 16 * 1024;

/// How long a body of a sign-in may take in all.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a session lasts, in milliseconds.
const LASTS: i64 = 12 * 60 * 60 * 1_000;

/// Who signs in.
struct Credentials {
    /// `DIRECTORY\userid`.
    user: String,
    password: SecretString,
}

/// The same, as it comes.
#[derive(Deserialize)]
struct Body {
    user: String,
    password: String,
}

/// Who comes with a session.
///
/// # Errors
/// The request has none, or one that has ended.
pub fn visitor(request: &HttpRequest, state: &State) -> Result<Visitor, Failure> {
    let token = token(request).ok_or_else(|| Failure::Unauthorized("sign in first: POST /login".to_owned()))?;
    let hash = token_hash(&token);
    let found = state.store.read(|snapshot| snapshot.session_user(&hash, Timestamp::now()))?;
    let user =
        found.ok_or_else(|| Failure::Unauthorized("the session has ended; sign in again: POST /login".to_owned()))?;
    Ok(Visitor::of_everything(user, Credential::Session(hash)))
}

/// `POST /login`: begins a session for who knows the password.
pub async fn login(request: HttpRequest, payload: Payload, state: Data<State>) -> Result<HttpResponse, Failure> {
    check_xrfkey(&request)?;
    let reading = timeout(PATIENCE, body::read(&request, payload, LONGEST_BODY, read));
    let credentials = reading.await.map_err(|_| Failure::TooSlow(PATIENCE.as_secs()))??;
    let address = request.peer_addr().map(|address| address.ip().to_canonical());
    let name: Option<UserName> = credentials.user.parse().ok();
    let keys = keys(name.as_ref(), address);
    let now = Timestamp::now();
    // Who must wait takes none of the writer's time.
    if let Some(seconds) = state.store.read(|snapshot| snapshot.sign_in_wait(&keys, now))? {
        return Err(Failure::TooMany(seconds));
    }
    let counted = keys.clone();
    let before =
        state.store.write(move |write| write.attempt_sign_in(&counted, now)).await?.map_err(Failure::TooMany)?;
    let permit = Arc::clone(&state.checking).acquire_owned().await.map_err(|error| Failure::internal(&error))?;
    let known = state.clone();
    let found = block(move || {
        // It is kept as long as the work takes, also for a client that has gone.
        let _permit = permit;
        who(&known, name.as_ref(), &credentials.password)
    });
    // The same words for a wrong password, an unknown user and one without a password or who is barred.
    let wrong = || {
        tracing::warn!(address = address.map(|address| address.to_string()), "signing in was refused");
        Failure::Unauthorized("the user or the password is wrong".to_owned())
    };
    let (user, password_hash) = found.await.map_err(|error| Failure::internal(&error))??.ok_or_else(wrong)?;
    let token = new_token().map_err(|error| Failure::internal(&error))?;
    let (hash, now) = (token_hash(&token), Timestamp::now());
    let expires_date = Timestamp::from_millis(now.millis() + LASTS);
    let address = address.map(|address| address.to_string()).unwrap_or_default();
    let session = Session { id: Uuid::now_v7(), created_date: now, expires_date, address };
    request_log::note_user(
        &request,
        &UserName { user_directory: user.user_directory.clone(), user_id: user.user_id.clone() },
    );
    let told = json!({ "user": user.name(), "expiresDate": expires_date.to_string() });
    let has_begun = state
        .store
        .write(move |write| {
            let has_begun = write.begin_session(&hash, user.id, &password_hash, &session)?;
            if has_begun {
                write.succeed_sign_in(&keys, &before)?;
            }
            Ok::<_, Error>(has_begun)
        })
        .await?;
    if !has_begun {
        return Err(wrong());
    }
    let cookie = format!("{}; Max-Age={}", cookie(&request, token.expose_secret()), LASTS / 1_000);
    Ok(HttpResponse::Ok().insert_header((header::SET_COOKIE, cookie)).json(told))
}

/// By what an attempt is counted: the user from there; the user from anywhere, which may not keep him out for long; and the address,
/// unless it is this machine's, where a proxy may stand for everybody.
fn keys(name: Option<&UserName>, address: Option<IpAddr>) -> Vec<SignInKey> {
    // What can be no user's name is counted as one, or anybody could have any number of them kept.
    let user = name.map(|name| fold(&format!("{}\\{}", name.user_directory, name.user_id))).unwrap_or_default();
    let place = address.map(network).unwrap_or_default();
    let key = |of: Counted, key: String, seconds: i64| SignInKey { key, longest: seconds * 1_000, of };
    let mut keys = vec![
        key(Counted::User, format!("user {user} from {place}"), 15 * 60),
        key(Counted::User, format!("user {user}"), 30),
    ];
    if address.is_some_and(|address| !address.is_loopback()) {
        keys.push(key(Counted::Place, format!("address {place}"), 15 * 60));
    }
    keys
}

/// The part of an address that one customer has: all of an IPv4 one, and of an IPv6 one the first half.
fn network(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}")
        }
    }
}

/// `POST /logout`: ends the session.
pub async fn logout(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Failure> {
    check_xrfkey(&request)?;
    if let Some(token) = token(&request) {
        let hash = token_hash(&token);
        if state.store.read(|snapshot| snapshot.session_user(&hash, Timestamp::now()))?.is_some() {
            state.store.write(move |write| write.end_session(&hash)).await?;
        }
    }
    let gone = format!("{}; Max-Age=0", cookie(&request, ""));
    Ok(HttpResponse::NoContent().insert_header((header::SET_COOKIE, gone)).finish())
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
fn check_xrfkey(request: &HttpRequest) -> Result<(), Failure> {
    xrfkey::check(request, &QueryString::parse(request.query_string())?)
}

fn read(json: Json) -> Result<Credentials, Failure> {
    // The message of any other fault could repeat the password.
    let wrong = |_| Failure::BadRequest("the body must have the texts user and password".to_owned());
    let Body { user, password } = serde_json::from_value(json).map_err(wrong)?;
    Ok(Credentials { user, password: SecretString::from(password) })
}

/// The user and the hash of his password, if that is it and he is not barred. Whoever is meant, it takes as long.
fn who(state: &State, name: Option<&UserName>, password: &SecretString) -> Result<Option<(Actor, String)>, Failure> {
    let found = state.store.scan(|snapshot| {
        let Some(actor) = name.map(|name| snapshot.find_actor(name)).transpose()?.flatten() else { return Ok(None) };
        Ok::<_, Failure>(snapshot.password_hash(actor.id)?.map(|hash| (actor, hash)))
    })?;
    let is_right = verify_password(password, found.as_ref().map(|(_, hash)| hash.as_str()));
    Ok(found.filter(|(actor, _)| is_right && !actor.is_barred()))
}

/// The token in the cookie.
fn token(request: &HttpRequest) -> Option<SecretString> {
    let headers = request.headers().get_all(header::COOKIE).filter_map(|value| value.to_str().ok());
    let mut pairs = headers.flat_map(|cookies| cookies.split(';')).filter_map(|cookie| cookie.trim().split_once('='));
    let token = pairs.find(|(name, _)| *name == COOKIE).map(|(_, token)| token)?;
    (!token.is_empty()).then(|| SecretString::from(token))
}

/// The cookie for a token: no script sees it, no other site sends it, and it goes over TLS only where the door speaks it.
fn cookie(request: &HttpRequest, token: &str) -> String {
    let secure = if request.app_config().secure() { "; Secure" } else { "" };
    format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict{secure}")
}
