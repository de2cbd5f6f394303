//! How long a write of an ordinary user may keep the one writer, by the clock. The weight of a
//! request is an estimate; this limit ends what the estimate has missed.
//!
//! SQLite rolls the whole transaction back, with the writes of others in it, when a statement that
//! changes rows is interrupted. So only statements that read are interrupted. One that changes rows
//! is not begun once the time is over.

use super::error::Error;
use super::weight::Weight;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Every write may take this long, so that a slow machine refuses nothing that is light. What takes
/// half a second in a release build can take several in a debug build.
const LEAST: Duration =
    if cfg!(debug_assertions) { Duration::from_mins(1) } else { Duration::from_secs(5) };

/// So many times as long as its estimate may a write take.
const FACTOR: u32 = 10;

impl Weight {
    /// How long a write may take whose weight is this at most.
    #[must_use]
    pub fn longest(self) -> Duration {
        LEAST.max(Duration::from_millis(self.millis()).saturating_mul(FACTOR))
    }
}

/// The time of one write.
#[derive(Clone, Debug)]
pub(super) struct TimeLimit(Arc<Clock>);

#[derive(Debug)]
struct Clock {
    most: Duration,
    start: Instant,
    /// Whether the statement that runs only reads.
    is_reading: AtomicBool,
    /// Whether something was refused or interrupted.
    is_exceeded: AtomicBool,
}

impl TimeLimit {
    /// Begins now.
    pub(super) fn begin(most: Duration) -> Self {
        let (is_reading, is_exceeded) = (AtomicBool::new(false), AtomicBool::new(false));
        Self(Arc::new(Clock { most, start: Instant::now(), is_reading, is_exceeded }))
    }

    /// Notes that a statement begins.
    ///
    /// # Errors
    /// [`Error::TooLong`] if the time is over.
    pub(super) fn begin_statement(&self, is_read: bool) -> Result<(), Error> {
        self.0.is_reading.store(is_read, Ordering::Relaxed);
        if self.is_over() { Err(Error::TooLong) } else { Ok(()) }
    }

    /// Notes that what runs next must not be interrupted.
    pub(super) fn protect(&self) {
        self.0.is_reading.store(false, Ordering::Relaxed);
    }

    /// Whether the statement that runs is to be interrupted.
    pub(super) fn interrupts(&self) -> bool {
        self.0.is_reading.load(Ordering::Relaxed) && self.is_over()
    }

    /// What became of the write if something of it was refused or interrupted.
    pub(super) fn refusal(&self) -> Option<Error> {
        self.0.is_exceeded.load(Ordering::Relaxed).then(|| {
            Error::TooHeavy(format!(
                "this request kept the database busy for more than {} ms (max-write-milliseconds), \
                 so it was cancelled and changed nothing; send less in one request",
                self.0.most.as_millis()
            ))
        })
    }

    fn is_over(&self) -> bool {
        let is_over = self.0.start.elapsed() > self.0.most;
        if is_over {
            self.0.is_exceeded.store(true, Ordering::Relaxed);
        }
        is_over
    }
}
