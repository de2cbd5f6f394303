//! The pieces of a long response: a thread hands them over, and waits for the client if there is no
//! memory for pieces that the client has not read.

use super::list_memory::{Allotment, ListMemory, MOST, Room};
use super::prepared::Unready;
use super::turns::{ReadQueue, ReadTime, Share};
use crate::error::RequestError;
use crate::store;
use bytes::Bytes;
use std::cell::Cell;
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;
use tokio::time::{sleep_until, timeout};

/// A client that reads nothing for this long is disconnected, because its list occupies a database
/// connection and keeps the write-ahead log growing.
const PATIENCE: Duration = Duration::from_mins(2);

/// After a list has waited this long in total for its client, it is cut off if the write-ahead log
/// is too long.
const SLOW: Duration = Duration::from_millis(500);

/// After a list has waited this long in total, it is cut off if another request waits for its turn.
const SLOW_FOR_A_TURN: Duration = Duration::from_secs(5);

/// A message from the thread that produces the list to the one that sends it.
pub enum Piece {
    /// The total number of entities, before the first part.
    Total(i64),
    /// The next part, and its share of the backlog, if any.
    Part(Bytes, Option<Room>),
    /// The end of the list. A list without it was cut off.
    End,
    /// The list failed.
    Failed(RequestError),
    /// The list could not start, because its caller must be prepared first.
    Unready(Unready),
}

/// The limits that all lists share.
#[derive(Clone, Debug)]
pub struct Backlog {
    queue: ReadQueue,
    memory: ListMemory,
    /// How long a list waits for its client in total: otherwise a client that reads a little now
    /// and then could block the list for ever.
    patience: Duration,
}

impl Backlog {
    /// The backlog of lists that wait for their turns in `queue`; each waits this long for its
    /// client, or less if the write-ahead log is too long.
    #[must_use]
    pub fn new(queue: ReadQueue, patience: Duration) -> Self {
        Self { queue, memory: ListMemory::default(), patience }
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// [`RequestError::Unavailable`] if no turn becomes free in time.
    pub async fn turn(&self, user: Share) -> Result<ReadTime, RequestError> {
        self.queue.soon(user).await
    }
}

/// The receiver of a producer's pieces.
pub struct Sink {
    sender: Sender<Piece>,
    time: ReadTime,
    memory: Allotment,
    backlog: Backlog,
    runtime: Handle,
    /// How much longer it may wait for the client; zero after the client was disconnected.
    patience: Cell<Duration>,
}

impl Sink {
    /// The sink of a list whose pieces go to `sender`.
    pub fn new(sender: Sender<Piece>, time: ReadTime, backlog: Backlog, runtime: Handle) -> Self {
        let (memory, patience) = (backlog.memory.allotment(), Cell::new(backlog.patience));
        Self { sender, time, memory, backlog, runtime, patience }
    }

    /// The clock of the list's computing time.
    pub const fn time(&self) -> &ReadTime {
        &self.time
    }

    /// Sends the total number of entities, before the first part.
    ///
    /// # Errors
    /// [`store::Error::ReaderGone`] if the client is gone.
    pub fn total(&self, number: i64) -> Result<(), store::Error> {
        self.hand_over(Piece::Total(number))
    }

    /// Sends the next part.
    ///
    /// # Errors
    /// [`store::Error::ReaderGone`] if the client is gone or too slow.
    pub fn part(&self, mut part: Vec<u8>) -> Result<(), store::Error> {
        // It may wait for long, and has grown by doubling.
        part.shrink_to_fit();
        match self.memory.try_room(part.len()) {
            Some(room) => self.hand_over(Piece::Part(part.into(), Some(room))),
            None => self.wait(self.without_room(part.into())),
        }
    }

    /// Sends a piece.
    ///
    /// # Errors
    /// [`store::Error::ReaderGone`] if the client is gone or too slow.
    pub fn hand_over(&self, piece: Piece) -> Result<(), store::Error> {
        match self.sender.try_send(piece) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(piece)) => {
                self.wait(async { self.sender.send(piece).await.map_err(|_| Closed) })
            }
            Err(TrySendError::Closed(_)) => Err(store::Error::ReaderGone),
        }
    }

    /// Sends a part when memory is available, or when the client has read everything before it.
    async fn without_room(&self, part: Bytes) -> Result<(), Closed> {
        tokio::select! {
            room = self.memory.room(part.len()) => self.sender.send(Piece::Part(part,
                room)).await.map_err(|_| Closed),
            all = self.sender.reserve_many(MOST as usize) => {
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
        let sent = self.runtime.block_on(async {
            tokio::select! {
                biased;
                sent = timeout(patience.min(PATIENCE), sending) => sent.unwrap_or(Err(Closed)),
                reason = self.is_in_the_way(start) => {
                    tracing::warn!("a list is cut off: its client reads slowly, and {reason}");
                    Err(Closed)
                }
            }
        });
        self.time.leave_out(start.elapsed());
        self.patience.set(if sent.is_ok() {
            patience.saturating_sub(start.elapsed())
        } else {
            Duration::ZERO
        });
        sent.map_err(|Closed| store::Error::ReaderGone)
    }

    /// Returns when this list has waited for its client for too long, counting from `start` and
    /// including earlier waits, while it occupies what others need. Returns the reason.
    async fn is_in_the_way(&self, start: Instant) -> &'static str {
        let waited = self.backlog.patience.saturating_sub(self.patience.get());
        let after = |slow: Duration| sleep_until((start + slow.saturating_sub(waited)).into());
        let log_is_long = async {
            after(SLOW).await;
            self.backlog.queue.log_is_long().await;
        };
        let turn_is_wanted = async {
            after(SLOW_FOR_A_TURN).await;
            self.time.turn().wanted().await;
        };
        tokio::select! {
            () = log_is_long => "it keeps the write-ahead log growing",
            () = turn_is_wanted => "another list waits for its turn",
        }
    }
}

/// The client is gone.
struct Closed;

#[cfg(test)]
mod tests {
    use super::super::list_memory::UNIT;
    use super::*;
    use crate::store::WalPressure;
    use tokio::runtime::{Builder, Runtime};
    use tokio::sync::mpsc::channel;
    use tokio::sync::watch;
    use tokio::task::spawn_blocking;
    use tokio::time::sleep;
    use uuid::Uuid;

    fn sink(sender: Sender<Piece>, runtime: &Runtime, backlog: Backlog) -> Sink {
        let time = runtime.block_on(backlog.turn(Share::Half(Uuid::nil()))).unwrap();
        Sink::new(sender, time, backlog, runtime.handle().clone())
    }

    fn runtime() -> Runtime {
        Builder::new_current_thread().enable_time().build().unwrap()
    }

    fn patient(patience: Duration) -> Backlog {
        under_pressure(patience, watch::Sender::new(WalPressure::None).subscribe())
    }

    fn under_pressure(patience: Duration, pressure: watch::Receiver<WalPressure>) -> Backlog {
        Backlog::new(ReadQueue::new(1, "lists", None, pressure), patience)
    }

    fn no_room(patience: Duration) -> Backlog {
        Backlog { memory: ListMemory::of_units(0), ..patient(patience) }
    }

    /// The number of parts of this size that are accepted from each of several lists whose clients
    /// read nothing.
    fn taken(lists: usize, bytes: usize) -> Vec<usize> {
        let runtime = runtime();
        let backlog = patient(Duration::from_millis(50));
        let lists: Vec<_> = (0..lists).map(|_| channel(MOST as usize)).collect();
        let taken = lists.iter().map(|(sender, _)| {
            let sink = sink(sender.clone(), &runtime, backlog.clone());
            let produce =
                move || (0..10_000).take_while(|_| sink.part(vec![0; bytes]).is_ok()).count();
            runtime.block_on(async { spawn_blocking(produce).await.unwrap() })
        });
        taken.collect()
    }

    #[test]
    fn the_backlog_is_limited_in_bytes_however_long_the_rows() {
        assert_eq!(taken(3, 100), [64, 64, 1]);
        assert_eq!(taken(3, UNIT), [64, 64, 1]);
        // A part beyond the limit of a list waits alone.
        for (bytes, expected) in
            [(UNIT + 1, [32, 32, 1]), (16 * UNIT, [4, 4, 1]), (100 * UNIT, [1, 1, 1])]
        {
            assert_eq!(taken(3, bytes), expected, "{bytes} bytes");
        }
    }

    /// Other lists fill the backlog.
    #[test]
    fn without_memory_a_list_continues_as_fast_as_its_client_reads() {
        let runtime = runtime();
        let (sender, mut pieces) = channel(MOST as usize);
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
    fn without_memory_a_client_that_reads_nothing_is_disconnected() {
        let runtime = runtime();
        let (sender, pieces) = channel(MOST as usize);
        let sink = sink(sender, &runtime, no_room(Duration::from_millis(50)));
        let produce = move || (sink.part(vec![0]).is_ok(), sink.part(vec![0]).is_ok());
        assert_eq!(
            runtime.block_on(async { spawn_blocking(produce).await.unwrap() }),
            (true, false)
        );
        assert_eq!(pieces.len(), 1);
    }

    /// The client reads a piece now and then, so that no single wait is long, and is disconnected
    /// when their sum is too long.
    #[test]
    fn a_client_that_reads_a_little_now_and_then_is_disconnected_in_the_end() {
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
                let taken =
                    parts.take_while(|part| !matches!(part, Err(store::Error::ReaderGone))).count();
                (taken, start.elapsed())
            };
            spawn_blocking(produce).await.unwrap()
        });
        assert!((1..20).contains(&taken) && took >= IN_ALL, "{taken} pieces in {took:?}");
    }

    #[test]
    fn a_slow_client_is_disconnected_if_the_log_is_too_long() {
        let runtime = runtime();
        let (sender, _pieces) = channel(1);
        let pressure = watch::Sender::new(WalPressure::None);
        let sink =
            sink(sender, &runtime, under_pressure(Duration::from_mins(1), pressure.subscribe()));
        let ended = runtime.block_on(async {
            let produce = spawn_blocking(move || {
                assert!(sink.part(vec![0]).is_ok());
                let start = Instant::now();
                (sink.part(vec![0]).is_ok(), start.elapsed())
            });
            // A pressure that ends before the client is slow has no effect.
            for pressures in [WalPressure::Critical, WalPressure::None] {
                sleep(SLOW / 4).await;
                pressure.send_replace(pressures);
            }
            sleep(SLOW).await;
            pressure.send_replace(WalPressure::High);
            produce.await.unwrap()
        });
        assert!(!ended.0 && (SLOW..4 * SLOW).contains(&ended.1), "{ended:?}");
    }

    /// How long a list continues if each wait for its client takes `each`, while another request
    /// waits for a turn.
    fn ends_for_another(each: Duration) -> (bool, Duration) {
        let runtime = runtime();
        let (sender, mut pieces) = channel(1);
        let backlog = patient(Duration::from_mins(1));
        let sink = sink(sender, &runtime, backlog.clone());
        runtime.block_on(async {
            let _waits =
                tokio::spawn(
                    async move { backlog.queue.patiently(Share::Half(Uuid::max())).await },
                );
            tokio::spawn(async move {
                while pieces.recv().await.is_some() {
                    sleep(each).await;
                }
            });
            let produce = move || {
                let start = Instant::now();
                let is_whole = (0..60).all(|_| sink.part(vec![0]).is_ok());
                (is_whole, start.elapsed())
            };
            spawn_blocking(produce).await.unwrap()
        })
    }

    #[test]
    fn a_list_is_stopped_for_another_only_if_its_client_is_slow() {
        assert!(ends_for_another(Duration::from_millis(1)).0);
        let (is_whole, took) = ends_for_another(Duration::from_secs(1));
        assert!(!is_whole && (SLOW_FOR_A_TURN..2 * SLOW_FOR_A_TURN).contains(&took), "{took:?}");
    }
}
