//! Requests that are refused before anything else: those with too long a head and, at the front
//! door and the operations address, those that call the server by a name that it does not have.
//! actix-web ends a connection that sends a longer head than it takes at all, and says no more than
//! the status; below that, the settings draw the line, and the answer says where it is. What can't
//! be done as it is asked for, and need not be, is overlooked.

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

/// Bytes of a header besides its name and its value: a colon, a space and the end of the line.
const AROUND: usize = 4;

/// Refuses such requests.
///
/// # Errors
/// Whatever `next` fails with.
pub async fn screen<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    take_as_it_is(&mut request);
    match check_head(request.request()).and_then(|()| check_host(request.request())) {
        Ok(()) => Ok(next.call(request).await?.map_into_left_body()),
        Err(failure) => Ok(request.error_response(failure).map_into_right_body()),
    }
}

/// Refuses requests at the operations address that call it by another name: a web page elsewhere
/// could read the answers otherwise.
///
/// # Errors
/// Whatever `next` fails with.
pub async fn screen_operation<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    match host_check::check_host(request.request()) {
        Ok(()) => Ok(next.call(request).await?.map_into_left_body()),
        Err(failure) => Ok(request.error_response(failure).map_into_right_body()),
    }
}

/// At the direct door, the client certificate keeps web pages out.
fn check_host(request: &HttpRequest) -> Result<(), RequestError> {
    match authenticate::of(request)? {
        Door::Front(_) => host_check::check_host(request),
        Door::Direct => Ok(()),
    }
}

/// Who takes no coding that there is gets what he asks for without any, as RFC 9110 (12.5.3)
/// allows, rather than 406.
fn take_as_it_is(request: &mut ServiceRequest) {
    let codings = [Encoding::identity(), Encoding::gzip()];
    let accepted = request.get_header::<AcceptEncoding>();
    if accepted.is_some_and(|accepted| accepted.negotiate(codings.iter()).is_none()) {
        request.headers_mut().remove(ACCEPT_ENCODING);
    }
}

/// Whether its URL and headers are no longer, and its headers no more, than the settings allow.
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
    let of_headers = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + AROUND);
    let (bytes, most) = (url + of_headers.sum::<usize>(), limits.head_bytes);
    if bytes > most {
        return Err(RequestError::HeadTooLarge(format!(
            "the URL and the headers are {bytes} bytes long; at most {most} are allowed"
        )));
    }
    Ok(())
}
