//! Cookies: no script sees them, no other site sends them, and they go over TLS only where the browser speaks it, with the door itself or with a
//! proxy before it.

use crate::error::Failure;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use secrecy::SecretString;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// What the cookie of that name holds; nothing if there is none.
///
/// # Errors
/// There are several, of which a page elsewhere may have set one.
pub fn value(request: &HttpRequest, name: &str) -> Result<Option<SecretString>, Failure> {
    let headers = headers(request);
    let mut values = pairs(&headers).filter(|(own, value)| *own == name && !value.is_empty()).map(|(_, value)| value);
    let value = values.next();
    if values.any(|other| Some(other) != value) {
        return Err(Failure::Unauthorized(format!("the cookie {name} is there twice; remove both and sign in again")));
    }
    Ok(value.map(SecretString::from))
}

/// The names of all cookies that a request shows.
pub fn names(request: &HttpRequest) -> BTreeSet<String> {
    pairs(&headers(request)).map(|(name, _)| name.to_owned()).collect()
}

/// The headers with cookies. Cookies of other programs may hold anything.
fn headers(request: &HttpRequest) -> Vec<Cow<'_, str>> {
    let headers = request.headers().get_all(header::COOKIE);
    headers.map(|value| String::from_utf8_lossy(value.as_bytes())).collect()
}

fn pairs<'h>(headers: &'h [Cow<'_, str>]) -> impl Iterator<Item = (&'h str, &'h str)> {
    headers.iter().flat_map(|cookies| cookies.split(';')).filter_map(|cookie| cookie.trim().split_once('='))
}

/// The header that sets a cookie.
pub fn header(request: &HttpRequest, name: &str, value: &str, rest: &str) -> String {
    let is_secure = request.app_config().secure() || request.connection_info().scheme().eq_ignore_ascii_case("https");
    let secure = if is_secure { "; Secure" } else { "" };
    format!("{name}={value}; HttpOnly; SameSite=Strict{secure}; {rest}")
}

/// Adds the header that sets a cookie to a reply.
///
/// # Errors
/// It can't stand in a header.
pub fn set<B>(reply: &mut HttpResponse<B>, cookie: &str) -> Result<(), Failure> {
    let value = HeaderValue::from_str(cookie).map_err(|error| Failure::internal(&error))?;
    reply.headers_mut().append(header::SET_COOKIE, value);
    Ok(())
}
