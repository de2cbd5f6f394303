//! Cookies: no script sees them, no other site sends them, and they go over TLS only where the browser speaks it, with the door itself or with a
//! proxy before it.

use crate::http::failure::Failure;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use secrecy::SecretString;

/// What the cookie of that name holds; nothing if there is none.
///
/// # Errors
/// There are several, of which a page elsewhere may have set one.
pub fn value(request: &HttpRequest, name: &str) -> Result<Option<SecretString>, Failure> {
    // Cookies of other programs may hold anything.
    let headers = request.headers().get_all(header::COOKIE).map(|value| String::from_utf8_lossy(value.as_bytes()));
    let headers: Vec<_> = headers.collect();
    let pairs =
        headers.iter().flat_map(|cookies| cookies.split(';')).filter_map(|cookie| cookie.trim().split_once('='));
    let mut values = pairs.filter(|(own, value)| *own == name && !value.is_empty()).map(|(_, value)| value);
    let value = values.next();
    if values.any(|other| Some(other) != value) {
        return Err(Failure::Unauthorized(format!("the cookie {name} is there twice; remove both and sign in again")));
    }
    Ok(value.map(SecretString::from))
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
pub fn set(reply: &mut HttpResponse, cookie: &str) -> Result<(), Failure> {
    let value = HeaderValue::from_str(cookie).map_err(|error| Failure::internal(&error))?;
    reply.headers_mut().append(header::SET_COOKIE, value);
    Ok(())
}
