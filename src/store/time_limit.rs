//! Limits how long a write of an ordinary user may keep the single writer, by the clock. The weight
//! of a request is an estimate; this limit stops writes that take much longer.
//!
//! If SQLite interrupts a statement that changes rows, it rolls back the whole transaction,
//! including the writes of others in it. So only statements that read are interrupted. A statement
//! that changes rows is not started once the time is over.

use super::error::Error;
use super::weight::Weight;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The time that every write may take, so that a slow machine refuses no light write. Work that
/// takes half a second in a release build can take several in a debug build.
const LEAST: Duration =
    if cfg!(debug_assertions) { Duration::from_mins(1) } else { Duration::from_secs(5) };

/// A write may take this many times as long as its estimate.
const FACTOR: u32 = 10;

impl Weight {
    /// How long a write may take if this is its maximum weight.
    #[must_use]
    pub fn longest(self) -> Duration {
        LEAST.max(Duration::from_millis(self.millis()).saturating_mul(FACTOR))
    }
}

/// The time limit of one write.
#[derive(Clone, Debug)]
pub(super) struct TimeLimit(Arc<Clock>);

#[derive(Debug)]
struct Clock {
    most: Duration,
    start: Instant,
    /// Whether the current statement only reads.
    is_reading: AtomicBool,
    /// Whether a statement was refused or interrupted.
    is_exceeded: AtomicBool,
}

impl TimeLimit {
    /// Starts the time.
    pub(super) fn begin(most: Duration) -> Self {
        let (is_reading, is_exceeded) = (AtomicBool::new(false), AtomicBool::new(false));
        Self(Arc::new(Clock { most, start: Instant::now(), is_reading, is_exceeded }))
    }

    /// Notes that a statement starts.
    ///
    /// # Errors
    /// [`Error::TooLong`] if the time is over.
    pub(super) fn begin_statement(&self, is_read: bool) -> Result<(), Error> {
        self.0.is_reading.store(is_read, Ordering::Relaxed);
        if self.is_over() { Err(Error::TooLong) } else { Ok(()) }
    }

    /// Notes that the next statements must not be interrupted.
    pub(super) fn protect(&self) {
        self.0.is_reading.store(false, Ordering::Relaxed);
    }

    /// Whether the current statement must be interrupted.
    pub(super) fn interrupts(&self) -> bool {
        self.0.is_reading.load(Ordering::Relaxed) && self.is_over()
    }

    /// The error of the write if one of its statements was refused or interrupted.
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
