//! Measures how long a read computes, and decides when it must stop: an ordinary user's read has a
//! time limit; any read keeps the write-ahead log from being reset; and others wait for its turn.
//! The time in which it waits for its client does not count.

use super::pool::{Share, Turn};
use crate::error::RequestError;
use crate::store::{Stop, WalPressure};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// A read that has computed for this long is stopped when the write-ahead log is too long: the
/// first limit is for ordinary users, the second for all others. The writer waits for longer.
const LONG_FOR_THE_LOG: Duration = Duration::from_millis(500);
const LONGEST_FOR_THE_LOG: Duration = Duration::from_secs(1);

/// A read of an ordinary user that has computed for this long is stopped when another request waits
/// for its turn: the first limit is for users with another turn, the second for all others. A
/// request waits for longer than the first.
const LONG_FOR_A_TURN: Duration = Duration::from_secs(1);
const LONGEST_FOR_A_TURN: Duration = Duration::from_secs(5);

/// A read that has its turn, and its computing time.
#[derive(Clone, Debug)]
pub struct ReadTime(Arc<Clock>);

#[derive(Debug)]
struct Clock {
    turn: Turn,
    user: Share,
    most: Option<Duration>,
    pressure: watch::Receiver<WalPressure>,
    start: Instant,
    /// The microseconds for which it has waited for its client.
    waited: AtomicU64,
    /// The reason it must stop, once it must.
    end: OnceLock<End>,
}

/// The reason a read must stop.
#[derive(Clone, Copy, Debug)]
enum End {
    /// It has reached its time limit.
    TooLong(Duration),
    /// The write-ahead log has reached its limit.
    Log,
    /// Another request waits for its turn.
    Turn,
}

impl ReadTime {
    /// Starts the clock for this user, whose read may compute for at most `most` if the user is an
    /// ordinary one.
    pub fn begin(
        turn: Turn,
        user: Share,
        most: Option<Duration>,
        pressure: watch::Receiver<WalPressure>,
    ) -> Self {
        let (start, waited, end) = (Instant::now(), AtomicU64::new(0), OnceLock::new());
        Self(Arc::new(Clock { turn, user, most, pressure, start, waited, end }))
    }

    /// Its turn.
    pub fn turn(&self) -> &Turn {
        &self.0.turn
    }

    /// Subtracts a time in which it waited for its client.
    pub fn leave_out(&self, waited: Duration) {
        let micros = u64::try_from(waited.as_micros()).unwrap_or(u64::MAX);
        self.0.waited.fetch_add(micros, Ordering::Relaxed);
    }

    /// Waits for something that does not count as computing.
    pub async fn pause<T>(&self, other: impl Future<Output = T>) -> T {
        let start = Instant::now();
        let result = other.await;
        self.leave_out(start.elapsed());
        result
    }

    /// A function that returns whether the read must stop.
    pub fn stop(&self) -> Stop {
        let clock = Arc::clone(&self.0);
        Arc::new(move || clock.is_over())
    }

    /// The error for the client: if the read was stopped, the reason for that.
    pub fn explain(&self, failure: RequestError) -> RequestError {
        let Some(end) = self.0.end.get() else { return failure };
        let message = end.message();
        tracing::warn!("a read was cancelled: {message}");
        RequestError::Unavailable(message)
    }
}

impl Clock {
    fn is_over(&self) -> bool {
        if self.end.get().is_some() {
            return true;
        }
        let waited = Duration::from_micros(self.waited.load(Ordering::Relaxed));
        let end = self.end_after(self.start.elapsed().saturating_sub(waited));
        end.is_some_and(|end| self.end.set(end).is_ok())
    }

    fn end_after(&self, computed: Duration) -> Option<End> {
        let is_ordinary = matches!(self.user, Share::Half(_));
        let most = self.most.filter(|most| is_ordinary && computed > *most);
        let for_the_log = if is_ordinary { LONG_FOR_THE_LOG } else { LONGEST_FOR_THE_LOG };
        if let Some(most) = most {
            Some(End::TooLong(most))
        } else if computed > for_the_log && *self.pressure.borrow() != WalPressure::None {
            Some(End::Log)
        } else if is_ordinary && computed > LONG_FOR_A_TURN && self.is_wanted(computed) {
            Some(End::Turn)
        } else {
            None
        }
    }

    fn is_wanted(&self, computed: Duration) -> bool {
        (computed > LONGEST_FOR_A_TURN || self.turn.is_first_to_go()) && self.turn.gives_way()
    }
}

impl End {
    fn message(self) -> String {
        match self {
            Self::TooLong(most) => {
                let seconds = most.as_secs();
                let unit = if seconds == 1 { "second" } else { "seconds" };
                format!(
                    "the response takes longer to compute than the limit of {seconds} {unit} \
                     (max-read-seconds); use a narrower filter, or request less at a time"
                )
            }
            Self::Log => {
                "this long read was cancelled because the write-ahead log has reached its limit \
                 (max-wal-bytes); try again, with a narrower filter if possible"
                    .to_owned()
            }
            Self::Turn => {
                "this long read was cancelled because other requests are waiting; try again, with \
                 a narrower filter if possible"
                    .to_owned()
            }
        }
    }
}
