//! Replies that are built completely before they are sent. A long one holds memory from the pool of
//! such replies until its client has read it, and is cut off if the client is slow while others
//! wait for memory.

use super::reply_memory::{Room, SHORT};
use super::reply_pieces::{LONGEST, Pieces};
use crate::error::RequestError;
use crate::http::State;
use crate::http::extract::body;
use crate::http::extract::call::EntityCall;
use crate::http::extract::named_user::folded_user;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::rt;
use actix_web::web::Bytes;
use actix_web::{Error, HttpMessage, HttpResponse, ResponseError};
use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

/// A client is slow if it reads fewer than `BYTES` within `TIME`. Bytes in network buffers count as
/// read.
const TIME: Duration = Duration::from_secs(3);
const BYTES: usize = 768 * 1024;

/// How often a slow client is checked.
const LOOK: Duration = Duration::from_millis(500);

/// Typical bytes of an entity or an item in a reply, without long texts.
const ITEM: usize = 1_024;

/// Bytes of ten thousand items with long names, the most that a complete reply has.
const LONG: usize = 12 * 1024 * 1024;

/// Marks a reply whose body the server keeps in memory anyway.
struct Kept;

/// Marks a reply whose body the server keeps in memory anyway.
pub fn kept(mut reply: HttpResponse) -> HttpResponse {
    reply.extensions_mut().insert(Kept);
    reply
}

impl EntityCall {
    /// Waits for memory for a reply with `items` entities or items, before it is built. A request
    /// that changes something waits before the change.
    ///
    /// # Errors
    /// `Unavailable` if other replies hold the memory for too long.
    pub async fn reserve_reply(&self, items: usize) -> Result<(), RequestError> {
        // The reply repeats the contents of the body.
        let given = body::held_values(&self.http).map_or(0, |values| values.bytes());
        self.reserve(items.saturating_mul(ITEM).saturating_add(given)).await
    }

    /// Waits for memory for a reply of any length. A second call for the same request changes
    /// nothing.
    ///
    /// # Errors
    /// Those of [`EntityCall::reserve_reply`].
    pub async fn reserve_long_reply(&self) -> Result<(), RequestError> {
        self.reserve(LONG).await
    }

    async fn reserve(&self, bytes: usize) -> Result<(), RequestError> {
        // Waiting for more while it holds some could block others.
        if bytes > SHORT && !self.http.extensions().contains::<Room>() {
            let (state, request) = (&self.state, &self.http);
            let room = state.reply_memory.reserve(&folded_user(request), bytes).await?;
            request.extensions_mut().insert(room);
        }
        Ok(())
    }
}

/// Sends replies in pieces, and complete ones within their memory.
///
/// # Errors
/// Those of `next`.
pub async fn send(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<Pieces>, Error> {
    let reply = next.call(request).await?.map_into_boxed_body();
    let reserved = reply.request().extensions_mut().remove::<Room>();
    let reply = match reply.response().body().size() {
        BodySize::Sized(length)
            if length > SHORT as u64 && !reply.response().extensions().contains::<Kept>() =>
        {
            within_memory(reply, reserved).await
        }
        _ => reply,
    };
    Ok(reply.map_body(|_, body| Pieces::of(body)))
}

async fn within_memory(reply: ServiceResponse, reserved: Option<Room>) -> ServiceResponse {
    let (request, reply) = reply.into_parts();
    let (reply, body) = reply.into_parts();
    let body = match body.try_into_bytes() {
        Ok(body) => body,
        // The body is a stream.
        Err(body) => return ServiceResponse::new(request, reply.set_body(body)),
    };
    let (state, user, length) = match State::of(&request) {
        Ok(state) => (state, folded_user(&request), body.len()),
        Err(failure) => return ServiceResponse::new(request, failure.error_response()),
    };
    let room = match reserved {
        Some(mut room) => {
            room.fit(length);
            Some(room)
        }
        None => state.reply_memory.try_room(&user, length),
    };
    let reply = match room {
        Some(room) => reply.set_body(BoxBody::new(Whole::new(body, room))),
        None if request.method().is_safe() => {
            drop((body, reply));
            state.reply_memory.make_room(&user, length).await.error_response()
        }
        // The change is done, and the client must get the reply. Replies to changes that may be
        // very long have reserved their memory.
        None => reply.set_body(BoxBody::new(body)),
    };
    ServiceResponse::new(request, reply)
}

/// A body that holds memory.
struct Whole {
    length: u64,
    rest: Rc<RefCell<Rest>>,
    /// The task that cuts the body off if its client is slow.
    limit: JoinHandle<()>,
}

struct Rest {
    /// What the client has not read yet; `None` once it was cut off.
    bytes: Option<Bytes>,
    taken: usize,
}

impl Whole {
    /// Must be called on an event loop.
    fn new(bytes: Bytes, room: Room) -> Self {
        let length = bytes.len() as u64;
        let rest = Rc::new(RefCell::new(Rest { bytes: Some(bytes), taken: 0 }));
        let limit = rt::spawn(cut_off_when_slow(Rc::clone(&rest), room));
        Self { length, rest, limit }
    }
}

/// Drops the rest of a body if its client is slow and others wait for memory. The memory is
/// released when this ends or the body is dropped. A connection whose client reads nothing does not
/// poll the body, so this task has to free it.
async fn cut_off_when_slow(rest: Rc<RefCell<Rest>>, room: Room) {
    loop {
        let enough = rest.borrow().taken.saturating_add(BYTES);
        sleep(TIME).await;
        while rest.borrow().taken < enough {
            if timeout(LOOK, room.wanted()).await.is_ok() {
                tracing::warn!(
                    "a reply was cut off: its client reads too slowly, and another reply waits for \
                     its memory"
                );
                rest.borrow_mut().bytes = None;
                return;
            }
        }
    }
}

impl MessageBody for Whole {
    type Error = io::Error;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.length)
    }

    fn poll_next(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let mut rest = self.rest.borrow_mut();
        let Some(bytes) = &mut rest.bytes else {
            let message = "the client read too slowly while others waited";
            return Poll::Ready(Some(Err(io::Error::new(io::ErrorKind::TimedOut, message))));
        };
        let length = bytes.len().min(LONGEST);
        let piece = bytes.split_to(length);
        rest.taken += length;
        Poll::Ready((length > 0).then_some(Ok(piece)))
    }
}

impl Drop for Whole {
    fn drop(&mut self) {
        self.limit.abort();
    }
}
