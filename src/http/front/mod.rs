//! The front door, which is to Patchbay what Qlik's proxy is to QRS: people and machines sign in here, and nobody says himself who he is.

pub mod cookie;
mod derived_session;
mod host;
mod own_call;
mod password;
mod session;
mod throttle;
mod tokens;

pub use derived_session::give_session;
pub use host::check_host;
pub use password::{Credentials, LONGEST_CREDENTIALS, confirm, sign_in};
pub use session::{address, begun_cookie, end_shown as end_session, is_shown as shows_session};
pub use tokens::{DAYS as LONGEST_DAYS, Wanted as WantedToken, keep as keep_token, new as new_api_token};

use super::State;
use super::failure::Failure;
use super::own_parameters::OwnParameters;
use crate::auth::credential::Visitor;
use crate::auth::front::Front;
use crate::auth::trusted_header::{SECRET_HEADER, TrustedHeader};
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::web::ServiceConfig;
use actix_web::{HttpMessage, HttpRequest};

/// The user who visits in a browser, if the user has signed in.
///
/// # Errors
/// `Unauthorized` if the request shows contradictory things, or a header that is not trusted.
pub fn signed_in(front: &Front, request: &HttpRequest, state: &State) -> Result<Option<Visitor>, Failure> {
    match by_header(front, request)? {
        Some(visitor) => Ok(Some(visitor)),
        None => session::find(request, front, state),
    }
}

fn by_header(front: &Front, request: &HttpRequest) -> Result<Option<Visitor>, Failure> {
    let Some(header) = &front.header else { return Ok(None) };
    let Some(value) = single(request.headers(), header.name())? else { return Ok(None) };
    check_proxy(header, request)?;
    Ok(Some(front.with_sign_in(header.visitor(value)?)))
}

/// Checks that a request comes from a trusted proxy.
///
/// # Errors
/// `Unauthorized` if it comes from another address, or without the right secret.
fn check_proxy(header: &TrustedHeader, request: &HttpRequest) -> Result<(), Failure> {
    let secret = || Ok(single(request.headers(), SECRET_HEADER)?.unwrap_or_default());
    header.check_proxy(address(request), secret)
}

/// The visitor of a request. What a proxy says counts before what the user's program says, and that before a cookie, which comes along by habit.
///
/// # Errors
/// `Unauthorized` if the request shows no credential that is valid.
pub fn visitor(front: &Front, request: &HttpRequest, state: &State) -> Result<Visitor, Failure> {
    if let Some(visitor) = by_header(front, request)? {
        return Ok(visitor);
    }
    match (bearer(request)?, &front.jwt) {
        (Some(token), Some(jwt)) if !tokens::is_ours(token) => Ok(front.with_sign_in(jwt.visitor(token)?)),
        (Some(token), _) => tokens::visitor(token, state),
        (None, _) => session::visitor(request, front, state),
    }
}

/// Notes on a request that its reply is to give the client a session.
pub fn note_sign_in(request: &HttpRequest, visitor: &mut Visitor) {
    if let Some(sign_in) = visitor.sign_in.take() {
        request.extensions_mut().insert(*sign_in);
    }
}

/// The token that a request shows, if it shows one.
fn bearer(request: &HttpRequest) -> Result<Option<&str>, Failure> {
    let Some(value) = single(request.headers(), header::AUTHORIZATION.as_str())? else { return Ok(None) };
    let parts = std::str::from_utf8(value).ok().and_then(|value| value.split_once(' '));
    match parts {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("Bearer") => Ok(Some(token.trim())),
        _ => Err(Failure::Unauthorized("Authorization must be 'Bearer' and a token".to_owned())),
    }
}

/// The value of a header that may be there once.
fn single<'h>(headers: &'h HeaderMap, name: &str) -> Result<Option<&'h [u8]>, Failure> {
    let mut values = headers.get_all(name);
    match (values.next(), values.next()) {
        (value, None) => Ok(value.map(HeaderValue::as_bytes)),
        (_, Some(_)) => Err(Failure::Unauthorized(format!("the header {name} is there twice"))),
    }
}

/// Adds what is beside `/qrs` at the front door.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(resource!("/login", "POST", post => password::login).app_data(OwnParameters(&[])))
        .service(resource!("/logout", "POST", post => session::logout).app_data(OwnParameters(&[])))
        .service(resource!("/sessions", "GET", get => session::list).app_data(OwnParameters(&[])))
        .service(resource!("/sessions/{id}", "DELETE", delete => session::end).app_data(OwnParameters(&[])))
        .service(
            resource!("/tokens", "GET, POST", get => tokens::list, post => tokens::create).app_data(OwnParameters(&[])),
        )
        .service(resource!("/tokens/{id}", "DELETE", delete => tokens::revoke).app_data(OwnParameters(&[])));
}
