//! Long replies, as actix sends them.

use super::extract::call::EntityCall;
use crate::error::RequestError;
use crate::service::caller::Caller;
use crate::service::list_memory::Room;
use crate::service::list_sink::{Piece, Sink};
use crate::service::list_stream::PieceStream;
use crate::store::Snapshot;
use actix_web::web::Bytes;
use actix_web::{HttpResponse, HttpResponseBuilder};
use futures_util::{Stream, StreamExt, stream as streams};
use std::future::ready;
use std::io;
use tokio::sync::mpsc::Receiver;

/// The header that tells how many there are in all, where only some were asked for.
pub const TOTAL: &str = "X-Total-Count";

impl EntityCall {
    /// Answers with what `read` hands on, on behalf of the user.
    ///
    /// # Errors
    /// As [`crate::service::user_request::UserRequest::stream`].
    pub async fn stream<R>(&self, read: R) -> Result<HttpResponse, RequestError>
    where
        R: FnOnce(&Snapshot<'_>, &Caller, &Sink) -> Result<(), RequestError> + Send + 'static,
    {
        Ok(reply(self.user.stream(read).await?))
    }
}

fn reply(list: PieceStream) -> HttpResponse {
    let PieceStream { total, first, second, rest } = list;
    let mut response = headed(total);
    match second {
        Some(Piece::End) => response.body(first.0),
        second => response.streaming(body(first, second, rest)),
    }
}

/// The beginning of a list's reply, with how many there are in all where that is to be told.
pub fn headed(total: Option<i64>) -> HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response.content_type("application/json");
    if let Some(total) = total {
        response.insert_header((TOTAL, total.to_string()));
    }
    response
}

/// The pieces as actix sends them; without an end it breaks the connection off, so that no client
/// takes a part for the whole. A part keeps its share of the backlog until actix asks for the next:
/// until then it is in memory.
fn body(
    first: (Bytes, Option<Room>),
    second: Option<Piece>,
    rest: Receiver<Piece>,
) -> impl Stream<Item = io::Result<Bytes>> {
    let (first, room) = first;
    let rest = streams::unfold(Some((room, second, rest)), |state| async {
        let (room, second, mut rest) = state?;
        drop(room);
        let piece = match second {
            Some(second) => Some(second),
            None => rest.recv().await,
        };
        match piece {
            Some(Piece::Part(part, room)) => Some((Ok(part), Some((room, None, rest)))),
            Some(Piece::End) => None,
            Some(Piece::Failed(failure)) => Some((Err(io::Error::other(failure)), None)),
            Some(Piece::Total(_) | Piece::Unready(_)) | None => {
                Some((Err(io::Error::other("the list was cut off")), None))
            }
        }
    });
    streams::once(ready(Ok(first))).chain(rest)
}
