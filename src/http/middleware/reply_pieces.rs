//! Sends replies in small pieces: actix copies each chunk of a body as a whole into the buffer of
//! its connection, where it stays until the client reads it. A thousand slow readers of one file of
//! the documentation would hold a thousand copies.

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::web::Bytes;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// Maximum length of a piece, in bytes.
pub const LONGEST: usize = 16 * 1024;

/// A body in pieces.
pub struct Pieces {
    body: BoxBody,
    /// The rest of the last chunk that the body yielded.
    rest: Bytes,
}

impl Pieces {
    /// Splits a body into pieces.
    pub const fn of(body: BoxBody) -> Self {
        Self { body, rest: Bytes::new() }
    }
}

impl MessageBody for Pieces {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        while self.rest.is_empty() {
            match ready!(Pin::new(&mut self.body).poll_next(context)) {
                Some(Ok(more)) => self.rest = more,
                end => return Poll::Ready(end),
            }
        }
        let length = self.rest.len().min(LONGEST);
        Poll::Ready(Some(Ok(self.rest.split_to(length))))
    }
}
