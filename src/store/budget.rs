//! How much work statements may be: SQLite counts the steps of its virtual machine, and is stopped when they are too many.

use super::error::Error;
use super::meter::Meter;
use super::time_limit::TimeLimit;
use rusqlite::Connection;
use std::cell::{Cell, RefCell};
use std::ffi::c_int;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Instant;

/// Steps of SQLite's virtual machine, of which it does some ten millions a second.
pub(super) type Steps = c_int;

/// SQLite asks so often whether to stop.
const GRAIN: Steps = 500;

/// Tells, while statements run, whether they have to end.
pub type Stop = Arc<dyn Fn() -> bool + Send + Sync>;

/// What the statements of a snapshot may cost.
#[derive(Default)]
pub(super) struct Budget {
    /// What they may cost together; anything if there is none.
    pub(super) limit: RefCell<Option<Limit>>,
    /// Whether only what is short is asked for.
    pub(super) is_brief: Cell<bool>,
}

#[derive(Clone)]
pub(super) struct Limit {
    pub(super) steps: Steps,
    until: Option<Instant>,
    /// What is left of the steps; once it is none, the limit is exceeded.
    left: Arc<AtomicI32>,
}

impl Limit {
    pub(super) fn new(steps: Steps, until: Option<Instant>) -> Self {
        Self { steps, until, left: Arc::new(AtomicI32::new(steps)) }
    }

    pub(super) fn is_exceeded(&self) -> bool {
        self.left.load(Ordering::Relaxed) <= 0
    }

    pub(super) fn exceed(&self) {
        self.left.store(0, Ordering::Relaxed);
    }

    /// Takes some steps, and tells whether they were the last.
    pub(super) fn spend(&self, steps: Steps) -> bool {
        if self.until.is_some_and(|until| Instant::now() > until) {
            self.exceed();
        }
        self.left.fetch_sub(steps, Ordering::Relaxed) <= steps
    }
}

/// Does the work of a write, whose statements are interrupted once its time is over.
///
/// # Errors
/// Whatever `work` fails with.
pub(super) fn watch_time<T, E: From<Error>>(
    connection: &Connection,
    meter: &Meter<'_>,
    work: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    let Some(time) = meter.time() else { return work() };
    set_handler(connection, None, Some(time), None)?;
    let _watched = Watched { connection, time: Some(time) };
    work()
}

/// Does the work of a read, whose statements are interrupted once `stop` says so.
///
/// # Errors
/// Whatever `work` fails with.
pub(super) fn watch_read<T, E: From<Error>>(
    connection: &Connection,
    stop: &Stop,
    work: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    set_handler(connection, None, None, Some(stop))?;
    let _watched = Watched { connection, time: None };
    work()
}

/// A connection that is watched until this is dropped, also by a panic.
struct Watched<'c> {
    connection: &'c Connection,
    time: Option<&'c TimeLimit>,
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        if let Some(time) = self.time {
            time.protect();
        }
        if let Err(error) = set_handler(self.connection, None, None, None) {
            tracing::error!(%error, "the time limit of a connection could not be lifted");
        }
    }
}

/// SQLite counts the steps of each statement from its start, and asks whenever they are so many more.
pub(super) fn set_handler(
    connection: &Connection,
    limit: Option<&Limit>,
    time: Option<&TimeLimit>,
    stop: Option<&Stop>,
) -> Result<(), Error> {
    let is_watched = limit.is_some() || time.is_some() || stop.is_some();
    let (limit, time, stop) = (limit.cloned(), time.cloned(), stop.cloned());
    let interrupts = is_watched.then_some(move || {
        limit.as_ref().is_some_and(|limit| limit.spend(GRAIN))
            || time.as_ref().is_some_and(TimeLimit::interrupts)
            || stop.as_ref().is_some_and(|stop| stop())
    });
    Ok(connection.progress_handler(GRAIN, interrupts)?)
}
