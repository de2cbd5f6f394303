//! Long replies: made on a thread of their own, piece by piece, no faster than the client reads them.

use super::failure::Failure;
use super::threads;
use crate::store::{self, Hurry};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, HttpResponseBuilder};
use futures_util::{Stream, StreamExt, stream as streams};
use std::cell::Cell;
use std::future::{pending, ready};
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{sleep_until, timeout};

/// Memory for parts of lists is given out in units of this many bytes.
const UNIT: usize = 64 * 1024;

/// Units of one list that may wait for its client: 4 MiB. A shorter list frees its connection to the database however slowly it is read.
const WAITING: u32 = 64;

/// Units of all lists together: 8 MiB. Where these are used up, a list goes on only as fast as it is read, so that slow readers fill no memory,
/// however many they are and however long the rows.
const WAITING_IN_ALL: u32 = 128;

/// A list waits so long for its turn.
const TURN: Duration = Duration::from_millis(1_500);

/// A client that takes nothing for so long is given up, because it holds a connection to the database, and the write-ahead log grows meanwhile.
const PATIENCE: Duration = Duration::from_mins(2);

/// One for which a list has waited so long altogether is slow: once the log is too long, it is given up as well.
const SLOW: Duration = Duration::from_millis(500);

/// What goes from the thread that makes the list to the one that sends it.
enum Piece {
    /// How many there are in all, before the first part.
    Total(i64),
    /// The next part, and its share of the backlog if it has one.
    Part(Bytes, Option<Room>),
    /// There is nothing more. A list that ends without it was cut off.
    End,
    /// It can't be gone on with.
    Failed(Failure),
}

/// The share of a part in what one list, and all lists together, may keep waiting. Dropping it gives the share back.
struct Room {
    _own: OwnedSemaphorePermit,
    _shared: OwnedSemaphorePermit,
}

/// The header that tells how many there are in all, where only some were asked for.
pub const TOTAL: &str = "X-Total-Count";

/// What all lists share.
#[derive(Clone, Debug)]
pub struct Backlog {
    /// Turns to be made. Who waits for one holds no thread, which others need.
    turns: Arc<Semaphore>,
    /// Units for parts that wait for slow clients.
    room: Arc<Semaphore>,
    /// How long a list waits for its client altogether: he could take a little now and then, and hold it up for ever.
    patience: Duration,
    /// Whether slow clients have to be given up at this moment.
    hurry: watch::Receiver<Hurry>,
}

impl Backlog {
    /// Lets so many lists be made at a time, each of which waits so long for its client, unless it has to hurry.
    #[must_use]
    pub fn new(lists: u32, patience: Duration, hurry: watch::Receiver<Hurry>) -> Self {
        let [turns, room] = [lists, WAITING_IN_ALL].map(|permits| Arc::new(Semaphore::new(permits as usize)));
        Self { turns, room, patience, hurry }
    }

    /// Comes once there is a hurry at some moment after that.
    async fn hurried_after(&self, moment: Instant) {
        sleep_until(moment.into()).await;
        if self.hurry.clone().wait_for(|hurry| *hurry != Hurry::None).await.is_err() {
            pending::<()>().await;
        }
    }

    async fn turn(&self) -> Result<OwnedSemaphorePermit, Failure> {
        let turn = timeout(TURN, Arc::clone(&self.turns).acquire_owned()).await;
        let turn = turn.map_err(|_| Failure::Unavailable("too many lists are being read; try again".to_owned()))?;
        // It is for a moment, and would be for nothing if others began to read.
        let _ = self.hurry.clone().wait_for(|hurry| *hurry != Hurry::Now).await;
        turn.map_err(|error| Failure::internal(&error))
    }
}

/// What a producer hands its pieces to.
pub struct Sink {
    sender: Sender<Piece>,
    /// Units of this list that are left.
    own: Arc<Semaphore>,
    backlog: Backlog,
    runtime: Handle,
    /// How long it may yet wait for the client; nothing once he was given up.
    patience: Cell<Duration>,
}

impl Sink {
    fn new(sender: Sender<Piece>, backlog: Backlog, runtime: Handle) -> Self {
        let patience = Cell::new(backlog.patience);
        Self { sender, own: Arc::new(Semaphore::new(WAITING as usize)), backlog, runtime, patience }
    }

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
    pub fn part(&self, mut part: Vec<u8>) -> Result<(), store::Error> {
        // It may wait for long, and has grown by doubling.
        part.shrink_to_fit();
        let units = u32::try_from(part.len().div_ceil(UNIT)).unwrap_or(u32::MAX).clamp(1, WAITING);
        let part = part.into();
        match self.try_room(units) {
            Some(room) => self.hand_over(Piece::Part(part, Some(room))),
            None => self.wait(self.without_room(part, units)),
        }
    }

    fn try_room(&self, units: u32) -> Option<Room> {
        let own = Arc::clone(&self.own).try_acquire_many_owned(units).ok()?;
        let shared = Arc::clone(&self.backlog.room).try_acquire_many_owned(units).ok()?;
        Some(Room { _own: own, _shared: shared })
    }

    async fn room(&self, units: u32) -> Option<Room> {
        let own = Arc::clone(&self.own).acquire_many_owned(units).await.ok()?;
        let shared = Arc::clone(&self.backlog.room).acquire_many_owned(units).await.ok()?;
        Some(Room { _own: own, _shared: shared })
    }

    fn hand_over(&self, piece: Piece) -> Result<(), store::Error> {
        match self.sender.try_send(piece) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(piece)) => self.wait(async { self.sender.send(piece).await.map_err(|_| Closed) }),
            Err(TrySendError::Closed(_)) => Err(store::Error::ReaderGone),
        }
    }

    /// Hands on a part once there is room for it, or the client has taken all before it.
    async fn without_room(&self, part: Bytes, units: u32) -> Result<(), Closed> {
        tokio::select! {
            room = self.room(units) => self.sender.send(Piece::Part(part, room)).await.map_err(|_| Closed),
            all = self.sender.reserve_many(WAITING as usize) => {
                let next = all.map_err(|_| Closed)?.next();
                next.map(|place| place.send(Piece::Part(part, None))).ok_or(Closed)
            }
        }
    }

    fn wait(&self, sending: impl Future<Output = Result<(), Closed>>) -> Result<(), store::Error> {
        let (start, patience) = (Instant::now(), self.patience.get());
        if patience.is_zero() {
            return Err(store::Error::ReaderGone);
        }
        let waited = self.backlog.patience.saturating_sub(patience);
        let slow = start + SLOW.saturating_sub(waited);
        let sent = self.runtime.block_on(async {
            tokio::select! {
                sent = timeout(patience.min(PATIENCE), sending) => sent.unwrap_or(Err(Closed)),
                () = self.backlog.hurried_after(slow) => {
                    tracing::warn!("a list is cut off: its client reads slowly, and the write-ahead log grows as long as it does");
                    Err(Closed)
                }
            }
        });
        self.patience.set(if sent.is_ok() { patience.saturating_sub(start.elapsed()) } else { Duration::ZERO });
        sent.map_err(|Closed| store::Error::ReaderGone)
    }
}

/// The client is gone.
struct Closed;

/// Answers with the JSON that `produce` makes. A failure before the first piece is answered as such; one after it can
/// only break the connection off.
///
/// # Errors
/// Whatever `produce` fails with before its first piece.
pub async fn stream(
    backlog: Backlog,
    produce: impl FnOnce(&Sink) -> Result<(), Failure> + Send + 'static,
) -> Result<HttpResponse, Failure> {
    let turn = backlog.turn().await?;
    let (sender, mut pieces) = channel(WAITING as usize);
    let sink = Sink::new(sender, backlog, Handle::current());
    threads::begin(move || {
        run(produce, &sink);
        drop(turn);
    });
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

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::rt::task::spawn_blocking;
    use tokio::runtime::{Builder, Runtime};
    use tokio::time::sleep;

    fn sink(sender: Sender<Piece>, runtime: &Runtime, backlog: Backlog) -> Sink {
        Sink::new(sender, backlog, runtime.handle().clone())
    }

    fn runtime() -> Runtime {
        Builder::new_current_thread().enable_time().build().unwrap()
    }

    fn patient(patience: Duration) -> Backlog {
        Backlog::new(1, patience, watch::Sender::new(Hurry::None).subscribe())
    }

    fn no_room(patience: Duration) -> Backlog {
        Backlog { room: Arc::new(Semaphore::new(0)), ..patient(patience) }
    }

    /// How many parts of that many bytes are taken from each of so many lists whose clients take nothing.
    fn taken(lists: usize, bytes: usize) -> Vec<usize> {
        let runtime = runtime();
        let backlog = patient(Duration::from_millis(50));
        let lists: Vec<_> = (0..lists).map(|_| channel(WAITING as usize)).collect();
        let taken = lists.iter().map(|(sender, _)| {
            let sink = sink(sender.clone(), &runtime, backlog.clone());
            let produce = move || (0..10_000).take_while(|_| sink.part(vec![0; bytes]).is_ok()).count();
            runtime.block_on(async { spawn_blocking(produce).await.unwrap() })
        });
        taken.collect()
    }

    #[test]
    fn what_waits_for_clients_is_bounded_in_bytes_however_long_the_rows() {
        assert_eq!(taken(3, 100), [64, 64, 1]);
        assert_eq!(taken(3, UNIT), [64, 64, 1]);
        // A part beyond the bound of a list waits by itself.
        for (bytes, expected) in [(UNIT + 1, [32, 32, 1]), (16 * UNIT, [4, 4, 1]), (100 * UNIT, [1, 1, 1])] {
            assert_eq!(taken(3, bytes), expected, "{bytes} bytes");
        }
    }

    /// Others fill the backlog.
    #[test]
    fn without_room_a_list_goes_on_as_fast_as_it_is_read() {
        let runtime = runtime();
        let (sender, mut pieces) = channel(WAITING as usize);
        let sink = sink(sender, &runtime, no_room(Duration::from_secs(20)));
        let most = runtime.block_on(async {
            let produce = spawn_blocking(move || (0..20).all(|_| sink.part(vec![0]).is_ok()));
            let mut most = 0;
            while let Some(Piece::Part(..)) = pieces.recv().await {
                sleep(Duration::from_millis(1)).await;
                most = most.max(pieces.len());
            }
            assert!(produce.await.unwrap());
            most
        });
        assert_eq!(most, 1);
    }

    #[test]
    fn without_room_a_client_that_takes_nothing_is_given_up() {
        let runtime = runtime();
        let (sender, pieces) = channel(WAITING as usize);
        let sink = sink(sender, &runtime, no_room(Duration::from_millis(50)));
        let produce = move || (sink.part(vec![0]).is_ok(), sink.part(vec![0]).is_ok());
        assert_eq!(runtime.block_on(async { spawn_blocking(produce).await.unwrap() }), (true, false));
        assert_eq!(pieces.len(), 1);
    }

    /// It takes a piece now and then, so that no wait is long, and is given up once all of them together are.
    #[test]
    fn a_client_that_takes_little_now_and_then_is_given_up_in_the_end() {
        const IN_ALL: Duration = Duration::from_millis(200);
        let runtime = runtime();
        let (sender, mut pieces) = channel(1);
        let sink = sink(sender, &runtime, patient(IN_ALL));
        let (taken, took) = runtime.block_on(async {
            tokio::spawn(async move {
                while pieces.recv().await.is_some() {
                    sleep(IN_ALL / 7).await;
                }
            });
            let produce = move || {
                let start = Instant::now();
                let parts = (0..100).map(|_| sink.part(vec![0]));
                let taken = parts.take_while(|part| !matches!(part, Err(store::Error::ReaderGone))).count();
                (taken, start.elapsed())
            };
            spawn_blocking(produce).await.unwrap()
        });
        assert!((1..20).contains(&taken) && took >= IN_ALL, "{taken} pieces in {took:?}");
    }

    #[test]
    fn who_has_kept_a_list_waiting_is_given_up_in_a_hurry() {
        let runtime = runtime();
        let (sender, _pieces) = channel(1);
        let hurry = watch::Sender::new(Hurry::None);
        let sink = sink(sender, &runtime, Backlog::new(1, Duration::from_mins(1), hurry.subscribe()));
        let ended = runtime.block_on(async {
            let produce = spawn_blocking(move || {
                assert!(sink.part(vec![0]).is_ok());
                let start = Instant::now();
                (sink.part(vec![0]).is_ok(), start.elapsed())
            });
            // A hurry that ends before he is slow does nothing to him.
            for hurries in [Hurry::Now, Hurry::None] {
                sleep(SLOW / 4).await;
                hurry.send_replace(hurries);
            }
            sleep(SLOW).await;
            hurry.send_replace(Hurry::Slow);
            produce.await.unwrap()
        });
        assert!(!ended.0 && (SLOW..4 * SLOW).contains(&ended.1), "{ended:?}");
    }
}
