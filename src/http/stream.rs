//! Long replies: made on a thread of their own, piece by piece, no faster than the client reads them.

use super::failure::Failure;
use crate::store;
use actix_web::HttpResponse;
use actix_web::rt::task::spawn_blocking;
use actix_web::web::Bytes;
use futures_util::{StreamExt, stream as streams};
use std::future::ready;
use std::io;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::timeout;

/// Pieces that wait for the client at most.
const WAITING: usize = 4;

/// A client that reads nothing for so long is given up, because it holds a connection to the database.
const PATIENCE: Duration = Duration::from_secs(30);

type Piece = Result<Bytes, Failure>;

/// What a producer hands its pieces to.
pub type Emit<'a> = &'a mut dyn FnMut(Vec<u8>) -> Result<(), store::Error>;

/// Answers with the JSON that `produce` makes. A failure before the first piece is answered as such; one after it can
/// only break the connection off.
///
/// # Errors
/// Whatever `produce` fails with before its first piece.
pub async fn stream(
    produce: impl FnOnce(Emit<'_>) -> Result<(), Failure> + Send + 'static,
) -> Result<HttpResponse, Failure> {
    let (sender, mut pieces) = channel(WAITING);
    let runtime = Handle::current();
    spawn_blocking(move || run(produce, &sender, &runtime));
    let first = pieces.recv().await.unwrap_or_else(|| Err(Failure::internal(&"a list ended before it began")))?;
    let mut response = HttpResponse::Ok();
    response.content_type("application/json");
    Ok(match pieces.recv().await {
        None => response.body(first),
        Some(second) => response.streaming(body(first, second, pieces)),
    })
}

fn run(produce: impl FnOnce(Emit<'_>) -> Result<(), Failure>, sender: &Sender<Piece>, runtime: &Handle) {
    let wait = |piece: Piece| match runtime.block_on(timeout(PATIENCE, sender.send(piece))) {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(store::Error::ReaderGone),
    };
    let mut emit = |piece: Vec<u8>| match sender.try_send(Ok(piece.into())) {
        Ok(()) => Ok(()),
        Err(TrySendError::Full(piece)) => wait(piece),
        Err(TrySendError::Closed(_)) => Err(store::Error::ReaderGone),
    };
    if let Err(failure) = produce(&mut emit) {
        // If nobody listens any more, nobody needs to know.
        let _ = wait(Err(failure));
    }
}

fn body(first: Bytes, second: Piece, rest: Receiver<Piece>) -> impl streams::Stream<Item = io::Result<Bytes>> {
    let rest = streams::unfold(rest, |mut rest| async { rest.recv().await.map(|piece| (piece, rest)) });
    let pieces = streams::once(ready(Ok(first))).chain(streams::once(ready(second))).chain(rest);
    pieces.map(|piece| piece.map_err(io::Error::other))
}
