//! The last request of a connection: one that asks to close it, or whose reply closes it. The
//! server must not process later requests on that connection (RFC 9112, 9.6), but actix-web goes on
//! with those that have arrived already.

use crate::error::RequestError;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Extensions, RequestHead, ServiceRequest, ServiceResponse};
use actix_web::http::ConnectionType;
use actix_web::http::header::CONNECTION;
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest};
use std::cell::Cell;

/// Whether a connection has had its last request.
#[derive(Default)]
struct IsOver(Cell<bool>);

/// Initialises a new connection.
pub fn note_connection(notes: &mut Extensions) {
    notes.insert(IsOver::default());
}

/// Whether the connection of a request has had its last request, which may be this one.
pub fn is_over(request: &HttpRequest) -> bool {
    request.conn_data::<IsOver>().is_some_and(|is_over| is_over.0.get())
}

/// Makes a request the last one of its connection.
pub fn end_with(request: &HttpRequest) {
    if let Some(is_over) = request.conn_data::<IsOver>() {
        is_over.0.set(true);
    }
}

/// Refuses requests that come after the last one of their connection.
///
/// # Errors
/// Those of `next`.
pub async fn refuse_later<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    if is_over(request.request()) {
        let failure = RequestError::BadRequest(
            "an earlier request closes this connection, so this one was not processed; send it on \
             a new connection"
                .to_owned(),
        );
        return Ok(request.error_response(failure).map_into_right_body());
    }
    if asks_to_close(request.head()) {
        end_with(request.request());
    }
    Ok(next.call(request).await?.map_into_left_body())
}

/// Whether the client asks to close the connection, also among several options.
fn asks_to_close(head: &RequestHead) -> bool {
    let values = head.headers().get_all(CONNECTION).filter_map(|value| value.to_str().ok());
    let mut options = values.flat_map(|value| value.split(','));
    head.connection_type() == ConnectionType::Close
        || options.any(|option| option.trim().eq_ignore_ascii_case("close"))
}
