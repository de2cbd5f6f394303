//! The header in which a trusted proxy names its user.

use crate::auth::credential::Visitor;
use crate::auth::front::Front;
use crate::auth::trusted_header::{SECRET_HEADER, TrustedHeader};
use crate::error::RequestError;
use crate::http::extract::source::address;
use actix_web::HttpRequest;
use actix_web::http::header::{HeaderMap, HeaderValue};

/// The user that a trusted proxy names; `None` if the request has no such header.
///
/// # Errors
/// `Unauthorized` if the header does not come from a trusted proxy, or names no user.
pub fn by_header(front: &Front, request: &HttpRequest) -> Result<Option<Visitor>, RequestError> {
    let Some(header) = &front.header else { return Ok(None) };
    let Some(value) = single(request.headers(), header.name())? else { return Ok(None) };
    check_proxy(header, request)?;
    Ok(Some(front.with_sign_in(header.visitor(value)?)))
}

/// Checks that a request comes from a trusted proxy.
///
/// # Errors
/// `Unauthorized` if the request comes from another address, or without the right secret.
pub fn check_proxy(header: &TrustedHeader, request: &HttpRequest) -> Result<(), RequestError> {
    let secret = || Ok(single(request.headers(), SECRET_HEADER)?.unwrap_or_default());
    header.check_proxy(address(request), secret)
}

/// The value of a header that may occur only once.
///
/// # Errors
/// `Unauthorized` if the header occurs twice.
pub fn single<'h>(headers: &'h HeaderMap, name: &str) -> Result<Option<&'h [u8]>, RequestError> {
    let mut values = headers.get_all(name);
    match (values.next(), values.next()) {
        (value, None) => Ok(value.map(HeaderValue::as_bytes)),
        (_, Some(_)) => Err(RequestError::Unauthorized(format!("the header {name} occurs twice"))),
    }
}
