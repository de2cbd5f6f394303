//! Streams long replies with actix.

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

/// The header with the total number of entities, for requests of a page.
pub const TOTAL: &str = "X-Total-Count";

impl EntityCall {
    /// Replies with the pieces that `read` produces for the user.
    ///
    /// # Errors
    /// Those of [`crate::service::user_request::UserRequest::stream`].
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

/// The head of the reply of a list, with the total number, if it is known.
pub fn headed(total: Option<i64>) -> HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response.content_type("application/json");
    if let Some(total) = total {
        response.insert_header((TOTAL, total.to_string()));
    }
    response
}

/// The pieces as a stream. If the end is missing, the stream fails and actix closes the connection,
/// so that no client mistakes a part for the whole. A piece keeps its share of the backlog until
/// actix polls for the next one, because it is in memory until then.
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
