//! Checks that come before all others: the size of the head and, at the front door and the door for
//! operations, the name under which the server is called. Above its own limit of the head,
//! actix-web replies with a status only and closes the connection; below it, the limits of the
//! settings apply, and the reply states them. An `Accept-Encoding` that can't be satisfied is
//! ignored.

use super::host_check;
use crate::auth::door::Door;
use crate::error::RequestError;
use crate::http::State;
use crate::http::sign_in::authenticate;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{ACCEPT_ENCODING, AcceptEncoding, Encoding};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest};

/// Bytes of a header in addition to its name and its value: a colon, a space and the end of the
/// line.
const HEADER_OVERHEAD: usize = 4;

/// Refuses requests that fail these checks.
///
/// # Errors
/// Those of `next`.
pub async fn screen<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    drop_unsupported_encodings(&mut request);
    match check_head(request.request()).and_then(|()| check_host(request.request())) {
        Ok(()) => Ok(next.call(request).await?.map_into_left_body()),
        Err(failure) => Ok(request.error_response(failure).map_into_right_body()),
    }
}

/// Refuses requests at the door for operations that call it by another name: pages of other sites
/// could read the replies otherwise.
///
/// # Errors
/// Those of `next`.
pub async fn screen_operation<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    match host_check::check_host(request.request()) {
        Ok(()) => Ok(next.call(request).await?.map_into_left_body()),
        Err(failure) => Ok(request.error_response(failure).map_into_right_body()),
    }
}

/// Checks the host at the front door. At the direct door, the client certificate keeps pages of
/// other sites out.
fn check_host(request: &HttpRequest) -> Result<(), RequestError> {
    match authenticate::of(request)? {
        Door::Front(_) => host_check::check_host(request),
        Door::Direct => Ok(()),
    }
}

/// Removes an `Accept-Encoding` without a supported encoding, so that the reply is sent
/// uncompressed instead of 406, as RFC 9110 (12.5.3) allows.
fn drop_unsupported_encodings(request: &mut ServiceRequest) {
    let codings = [Encoding::identity(), Encoding::gzip()];
    let accepted = request.get_header::<AcceptEncoding>();
    if accepted.is_some_and(|accepted| accepted.negotiate(codings.iter()).is_none()) {
        request.headers_mut().remove(ACCEPT_ENCODING);
    }
}

/// Checks the number of headers, and the length of the URL and the headers.
fn check_head(request: &HttpRequest) -> Result<(), RequestError> {
    let limits = &State::of(request)?.backend.limits;
    let headers = request.headers();
    let (count, most) = (headers.len(), limits.headers);
    if count > most {
        return Err(RequestError::HeadTooLarge(format!(
            "the request has {count} headers; at most {most} are allowed"
        )));
    }
    let url = request.uri().path_and_query().map_or(0, |url| url.as_str().len());
    let of_headers =
        headers.iter().map(|(name, value)| name.as_str().len() + value.len() + HEADER_OVERHEAD);
    let (bytes, most) = (url + of_headers.sum::<usize>(), limits.head_bytes);
    if bytes > most {
        return Err(RequestError::HeadTooLarge(format!(
            "the URL and the headers are {bytes} bytes long; at most {most} are allowed"
        )));
    }
    Ok(())
}
