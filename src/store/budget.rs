//! How much work statements may be: SQLite counts the steps of its virtual machine, and is stopped when they are too many.

use super::error::Error;
use super::meter::Meter;
use super::snapshot::Snapshot;
use super::time_limit::TimeLimit;
use rusqlite::Connection;
use std::cell::{Cell, RefCell};
use std::ffi::c_int;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::{Duration, Instant};

/// Steps of SQLite's virtual machine, of which it does some ten millions a second.
pub(super) type Steps = c_int;

/// SQLite asks so often whether to stop.
const GRAIN: Steps = 500;

/// What each statement costs beside its steps.
const STATEMENT: Steps = 50;

/// What is short takes no longer than this, however long the steps are: a text that is looked through is one step.
const BRIEF_TIME: Duration = Duration::from_millis(20);

/// Tells, while statements run, whether they have to end.
pub type Stop = Arc<dyn Fn() -> bool + Send + Sync>;

/// What the statements of a snapshot may cost.
#[derive(Default)]
pub(super) struct Budget {
    /// What they may cost together; anything if there is none.
    limit: RefCell<Option<Limit>>,
    /// Whether only what is short is asked for.
    is_brief: Cell<bool>,
}

#[derive(Clone)]
struct Limit {
    steps: Steps,
    until: Option<Instant>,
    /// What is left of the steps; once it is none, the limit is exceeded.
    left: Arc<AtomicI32>,
}

impl Limit {
    fn new(steps: Steps, until: Option<Instant>) -> Self {
        Self { steps, until, left: Arc::new(AtomicI32::new(steps)) }
    }

    fn is_exceeded(&self) -> bool {
        self.left.load(Ordering::Relaxed) <= 0
    }

    fn exceed(&self) {
        self.left.store(0, Ordering::Relaxed);
    }

    /// Takes some steps, and tells whether they were the last.
    fn spend(&self, steps: Steps) -> bool {
        if self.until.is_some_and(|until| Instant::now() > until) {
            self.exceed();
        }
        self.left.fetch_sub(steps, Ordering::Relaxed) <= steps
    }
}

impl Snapshot<'_> {
    /// Does `work`, whose statements may not take more than `steps`; nothing if they would have.
    ///
    /// # Errors
    /// Whatever `work` fails with, and [`Error::TooLong`] where a smaller budget around this one is at its end.
    pub(super) fn within<T, E: From<Error>>(
        &self,
        steps: Steps,
        work: impl FnOnce() -> Result<T, E>,
    ) -> Result<Option<T>, E> {
        let outer = self.budget.limit.borrow().clone();
        if outer.as_ref().is_some_and(|outer| outer.steps <= steps) {
            return work().map(Some);
        }
        let until = self.is_brief().then(|| Instant::now() + BRIEF_TIME);
        let limit = Limit::new(steps, until);
        let restored = Restored { snapshot: self, outer };
        self.set_limit(Some(limit.clone()))?;
        let result = work();
        drop(restored);
        match result {
            Err(_) if limit.is_exceeded() => Ok(None),
            result => result.map(Some),
        }
    }

    /// The same for who asks for what is short only, and asks again elsewhere if it is not.
    pub(super) fn briefly<T, E: From<Error>>(
        &self,
        steps: Steps,
        work: impl FnOnce() -> Result<T, E>,
    ) -> Result<Option<T>, E> {
        self.budget.is_brief.set(true);
        self.within(steps, work)
    }

    /// Whether only what is short is asked for.
    pub(super) fn is_brief(&self) -> bool {
        self.budget.is_brief.get()
    }

    /// Says that what was asked for is not short.
    pub fn exceed(&self) -> Error {
        if let Some(limit) = &*self.budget.limit.borrow() {
            limit.exceed();
        }
        Error::TooLong
    }

    /// Whether there is a limit to what statements may cost.
    pub(super) fn is_limited(&self) -> bool {
        self.budget.limit.borrow().is_some()
    }

    /// Counts a statement.
    ///
    /// # Errors
    /// [`Error::TooLong`] if the budget is at its end.
    pub(super) fn spend_statement(&self) -> Result<(), Error> {
        let is_spent = self.budget.limit.borrow().as_ref().is_some_and(|limit| limit.spend(STATEMENT));
        if is_spent { Err(self.exceed()) } else { Ok(()) }
    }

    fn set_limit(&self, limit: Option<Limit>) -> Result<(), Error> {
        set_handler(self.connection, limit.as_ref(), self.time(), self.stop)?;
        *self.budget.limit.borrow_mut() = limit;
        Ok(())
    }
}

/// Puts the budget around another one in force again, also when what was done within that one panics: connections are used again.
struct Restored<'s, 'c> {
    snapshot: &'s Snapshot<'c>,
    outer: Option<Limit>,
}

impl Drop for Restored<'_, '_> {
    fn drop(&mut self) {
        if let Err(error) = self.snapshot.set_limit(self.outer.take()) {
            tracing::error!(%error, "the limit of a connection could not be lifted");
        }
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
fn set_handler(
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
