//! Long replies: made on a thread of their own, piece by piece, no faster than the client reads them.

use super::failure::Failure;
use crate::store;
use actix_web::rt::task::spawn_blocking;
use actix_web::web::Bytes;
use actix_web::{HttpResponse, HttpResponseBuilder};
use futures_util::{Stream, StreamExt, stream as streams};
use std::cell::Cell;
use std::future::ready;
use std::io;
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::timeout;

/// Pieces that wait for the client at most: a list of up to some megabytes frees its connection to the database however slowly
/// it is read.
const WAITING: usize = 64;

/// A client that takes nothing for so long is given up, because it holds a connection to the database, and the write-ahead log grows meanwhile.
const PATIENCE: Duration = Duration::from_mins(2);

/// So is one for which a list has waited so long altogether: it could take a little now and then, and hold both for ever.
const PATIENCE_IN_ALL: Duration = Duration::from_mins(10);

/// What goes from the thread that makes the list to the one that sends it.
enum Piece {
    /// How many there are in all, before the first part.
    Total(i64),
    /// The next part.
    Part(Bytes),
    /// There is nothing more. A list that ends without it was cut off.
    End,
    /// It can't be gone on with.
    Failed(Failure),
}

/// The header that tells how many there are in all, where only some were asked for.
pub const TOTAL: &str = "X-Total-Count";

/// What a producer hands its pieces to.
pub struct Sink {
    sender: Sender<Piece>,
    runtime: Handle,
    /// How long it may yet wait for the client.
    patience: Cell<Duration>,
}

impl Sink {
    /// Tells how many there are in all. It comes before the first part.
    ///
    /// # Errors
    /// The client is gone.
    pub fn total(&self, number: i64) -> Result<(), store::Error> {
        self.hand_over(Piece::Total(number))
    }

    /// Hands on the next part.
    ///
    /// # Errors
    /// The client is gone, or too slow.
    pub fn part(&self, part: Vec<u8>) -> Result<(), store::Error> {
        self.hand_over(Piece::Part(part.into()))
    }

    fn hand_over(&self, piece: Piece) -> Result<(), store::Error> {
        match self.sender.try_send(piece) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(piece)) => self.wait_to_send(piece),
            Err(TrySendError::Closed(_)) => Err(store::Error::ReaderGone),
        }
    }

    fn wait_to_send(&self, piece: Piece) -> Result<(), store::Error> {
        let (start, patience) = (Instant::now(), self.patience.get());
        let sending = async { timeout(patience.min(PATIENCE), self.sender.send(piece)).await };
        let sent = self.runtime.block_on(sending);
        self.patience.set(patience.saturating_sub(start.elapsed()));
        match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(store::Error::ReaderGone),
        }
    }
}

/// Answers with the JSON that `produce` makes. A failure before the first piece is answered as such; one after it can
/// only break the connection off.
///
/// # Errors
/// Whatever `produce` fails with before its first piece.
pub async fn stream(
    produce: impl FnOnce(&Sink) -> Result<(), Failure> + Send + 'static,
) -> Result<HttpResponse, Failure> {
    let (sender, mut pieces) = channel(WAITING);
    let sink = Sink { sender, runtime: Handle::current(), patience: Cell::new(PATIENCE_IN_ALL) };
    spawn_blocking(move || run(produce, &sink));
    let mut total = None;
    let mut first = pieces.recv().await;
    if let Some(Piece::Total(number)) = first {
        total = Some(number);
        first = pieces.recv().await;
    }
    let mut response = headed(total);
    let first = match first {
        Some(Piece::Part(first)) => first,
        Some(Piece::End) => Bytes::new(),
        Some(Piece::Failed(failure)) => return Err(failure),
        Some(Piece::Total(_)) | None => return Err(Failure::internal(&"a list ended before it began")),
    };
    Ok(match pieces.recv().await {
        Some(Piece::End) => response.body(first),
        second => response.streaming(body(first, second, pieces)),
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

/// The pieces as actix sends them; without an end it breaks the connection off, so that no client takes a part for the whole.
fn body(first: Bytes, second: Option<Piece>, rest: Receiver<Piece>) -> impl Stream<Item = io::Result<Bytes>> {
    let rest = streams::unfold(Some((second, rest)), |state| async {
        let (piece, mut rest) = state?;
        match piece {
            Some(Piece::Part(part)) => {
                let next = rest.recv().await;
                Some((Ok(part), Some((next, rest))))
            }
            Some(Piece::End) => None,
            Some(Piece::Failed(failure)) => Some((Err(io::Error::other(failure)), None)),
            Some(Piece::Total(_)) | None => Some((Err(io::Error::other("the list was cut off")), None)),
        }
    });
    streams::once(ready(Ok(first))).chain(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::runtime::Builder;
    use tokio::time::sleep;

    /// It takes a piece now and then, so that no wait is long, and is given up once all of them together are.
    #[test]
    fn a_client_that_takes_little_now_and_then_is_given_up_in_the_end() {
        const IN_ALL: Duration = Duration::from_millis(200);
        let runtime = Builder::new_current_thread().enable_time().build().unwrap();
        let (sender, mut pieces) = channel(1);
        let sink = Sink { sender, runtime: runtime.handle().clone(), patience: Cell::new(IN_ALL) };
        let (taken, took) = runtime.block_on(async {
            tokio::spawn(async move {
                while pieces.recv().await.is_some() {
                    sleep(IN_ALL / 7).await;
                }
            });
            let produce = move || {
                let start = Instant::now();
                let taken = (0..100).take_while(|_| sink.part(vec![0]).is_ok()).count();
                assert!(matches!(sink.part(vec![0]), Err(store::Error::ReaderGone)));
                (taken, start.elapsed())
            };
            spawn_blocking(produce).await.unwrap()
        });
        assert!((1..20).contains(&taken) && took >= IN_ALL, "{taken} pieces in {took:?}");
    }
}
