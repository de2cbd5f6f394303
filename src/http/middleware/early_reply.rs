//! Replies to requests whose body was not read to its end. Such a connection can't be used again
//! and is closed. Before that, what still arrives is discarded for a moment, so that the client
//! sees the reply. The same applies to a request to switch protocols, which is ignored (RFC 9110,
//! 7.8).

use super::last_request;
use actix_web::Error;
use actix_web::HttpMessage;
use actix_web::body::{BodySize, BoxBody, EitherBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use actix_web::http::{ConnectionType, header};
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use futures_util::Stream;
use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

/// How long the rest of a body is discarded.
pub const LINGER: Duration = Duration::from_secs(3);

/// The body of a request, kept until the reply is complete. If the payload were dropped earlier,
/// actix would wait for its end, possibly for ever.
#[derive(Clone)]
struct Incoming(Rc<RefCell<Rest>>);

/// The unread part of a body.
struct Rest {
    payload: Payload,
    /// How many bytes may come, if actix does not know.
    length: Option<usize>,
    is_at_end: bool,
}

/// A reply that keeps the body of its request.
pub struct Keeping {
    reply: BoxBody,
    _request: Incoming,
}

/// Answers a request, whether its body is read or not.
///
/// # Errors
/// Those of `next`.
pub async fn answer<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, Keeping>>, Error> {
    let is_to_switch = request.head().upgrade();
    let incoming = Incoming::of(&mut request);
    let mut response = next.call(request).await?;
    let unread = incoming.filter(|incoming| !incoming.0.borrow().is_at_end);
    if is_to_switch || unread.is_some() {
        last_request::end_with(response.request());
    }
    if is_to_switch || unread.is_some() || last_request::is_over(response.request()) {
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    Ok(match unread {
        None => response.map_into_left_body(),
        Some(request) => response.map_body(|_, reply| {
            EitherBody::right(Keeping { reply: reply.boxed(), _request: request })
        }),
    })
}

impl Incoming {
    /// The body of a request, if it has one.
    fn of(request: &mut ServiceRequest) -> Option<Self> {
        let payload = request.take_payload();
        if matches!(payload, Payload::None) {
            return None;
        }
        let incoming = Self(Rc::new(RefCell::new(Rest {
            payload,
            length: length_to_enforce(request),
            is_at_end: false,
        })));
        request.set_payload(Payload::Stream { payload: Box::pin(incoming.clone()) });
        Some(incoming)
    }
}

/// The length to enforce: after `Upgrade: websocket`, actix takes everything that arrives for the
/// body and ignores the length in the head.
fn length_to_enforce(request: &ServiceRequest) -> Option<usize> {
    let headers = request.headers();
    if !headers.contains_key(header::UPGRADE) || headers.contains_key(TRANSFER_ENCODING) {
        return None;
    }
    let length =
        headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.trim().parse().ok());
    Some(length.unwrap_or(0))
}

impl Stream for Incoming {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut rest = self.0.borrow_mut();
        if rest.length == Some(0) {
            return Poll::Ready(None);
        }
        let next = ready!(Pin::new(&mut rest.payload).poll_next(context));
        rest.is_at_end = next.is_none();
        Poll::Ready(next.map(|chunk| chunk.map(|chunk| rest.cut(chunk))))
    }
}

impl Rest {
    fn cut(&mut self, mut chunk: Bytes) -> Bytes {
        if let Some(length) = &mut self.length {
            chunk.truncate(*length);
            *length -= chunk.len();
        }
        chunk
    }
}

impl MessageBody for Keeping {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.reply.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.reply).poll_next(context)
    }
}
