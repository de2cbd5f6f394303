//! Long lists: produced on a separate thread, piece by piece, no faster than the client reads them.

use super::attempts::NotDone;
use super::list_memory::{MOST, Room};
use super::list_sink::{Backlog, Piece, Sink};
use super::turns::ReadTime;
use crate::error::RequestError;
use crate::threads;
use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{Receiver, channel};

/// A list that has started.
pub struct PieceStream {
    /// The total number of entities, if it is to be shown.
    pub total: Option<i64>,
    /// The first part, with its share of the memory of all lists.
    pub first: (Bytes, Option<Room>),
    /// The next piece, if it is already available.
    pub second: Option<Piece>,
    /// All further pieces.
    pub rest: Receiver<Piece>,
}

/// Starts the JSON that `produce` writes in the turn of `time`. An error before the first piece
/// fails the request; a later one can only close the connection.
///
/// # Errors
/// The error of `produce` before its first piece.
pub async fn begin_list(
    backlog: Backlog,
    time: ReadTime,
    produce: impl FnOnce(&Sink) -> Result<(), NotDone> + Send + 'static,
) -> Result<PieceStream, NotDone> {
    let (sender, mut pieces) = channel(MOST as usize);
    let sink = Sink::new(sender, time, backlog, Handle::current());
    threads::begin(move || run(produce, &sink));
    let mut total = None;
    let mut first = pieces.recv().await;
    if let Some(Piece::Total(number)) = first {
        total = Some(number);
        first = pieces.recv().await;
    }
    let first = match first {
        Some(Piece::Part(first, room)) => (first, room),
        Some(Piece::End) => (Bytes::new(), None),
        Some(Piece::Failed(failure)) => return Err(failure.into()),
        Some(Piece::Unready(unready)) => return Err(unready.into()),
        Some(Piece::Total(_)) | None => {
            return Err(
                RequestError::internal(&"a list ended before its first row was sent").into()
            );
        }
    };
    let second = pieces.recv().await;
    Ok(PieceStream { total, first, second, rest: pieces })
}

fn run(produce: impl FnOnce(&Sink) -> Result<(), NotDone>, sink: &Sink) {
    let last = match produce(sink) {
        Ok(()) => Piece::End,
        Err(NotDone::Failed(failure)) => Piece::Failed(failure),
        Err(NotDone::Unready(unready)) => Piece::Unready(unready),
    };
    // If the client is gone, the message is not needed; a connected client notices that the end is
    // missing.
    let _ = sink.hand_over(last);
}
