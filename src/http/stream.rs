//! Long replies: made on a thread of their own, piece by piece, no faster than the client reads them.

use super::failure::Failure;
use crate::service::list_memory::{MOST, Room};
use crate::service::list_sink::{Backlog, Piece, Sink};
use crate::service::turns::Share;
use crate::threads;
use actix_web::web::Bytes;
use actix_web::{HttpResponse, HttpResponseBuilder};
use futures_util::{Stream, StreamExt, stream as streams};
use std::future::ready;
use std::io;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{Receiver, channel};

/// The header that tells how many there are in all, where only some were asked for.
pub const TOTAL: &str = "X-Total-Count";

/// Answers a user with the JSON that `produce` makes. A failure before the first piece is answered as such; one after it can
/// only break the connection off.
///
/// # Errors
/// Whatever `produce` fails with before its first piece.
pub async fn stream(
    backlog: Backlog,
    user: Share,
    produce: impl FnOnce(&Sink) -> Result<(), Failure> + Send + 'static,
) -> Result<HttpResponse, Failure> {
    let time = backlog.turn(user).await?;
    let (sender, mut pieces) = channel(MOST as usize);
    let sink = Sink::new(sender, time, backlog, Handle::current());
    threads::begin(move || run(produce, &sink));
    let mut total = None;
    let mut first = pieces.recv().await;
    if let Some(Piece::Total(number)) = first {
        total = Some(number);
        first = pieces.recv().await;
    }
    let mut response = headed(total);
    let (first, room) = match first {
        Some(Piece::Part(first, room)) => (first, room),
        Some(Piece::End) => (Bytes::new(), None),
        Some(Piece::Failed(failure)) => return Err(failure),
        Some(Piece::Total(_)) | None => return Err(Failure::internal(&"a list ended before it began")),
    };
    Ok(match pieces.recv().await {
        Some(Piece::End) => response.body(first),
        second => response.streaming(body((first, room), second, pieces)),
    })
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

fn run(produce: impl FnOnce(&Sink) -> Result<(), Failure>, sink: &Sink) {
    let last = match produce(sink) {
        Ok(()) => Piece::End,
        Err(failure) => Piece::Failed(failure),
    };
    // If nobody listens any more, nobody needs to know; who does listen notices that there is no end.
    let _ = sink.hand_over(last);
}

/// The pieces as actix sends them; without an end it breaks the connection off, so that no client takes a part for the whole. A part keeps its
/// share of the backlog until actix asks for the next: until then it is in memory.
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
            Some(Piece::Total(_)) | None => Some((Err(io::Error::other("the list was cut off")), None)),
        }
    });
    streams::once(ready(Ok(first))).chain(rest)
}
