//! How much work a statement may be: SQLite counts the steps of its virtual machine, and is stopped when they are too many.

use super::error::Error;
use super::snapshot::Snapshot;
use rusqlite::{Connection, ErrorCode};
use std::cell::{Cell, RefCell};
use std::ffi::c_int;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Steps that a statement may take, of which SQLite does some twenty millions a second.
pub(super) type Steps = c_int;

/// What the statements of a snapshot may cost.
#[derive(Default)]
pub(super) struct Budget {
    /// What each may cost; anything if there is none.
    limit: RefCell<Option<Limit>>,
    /// Whether only what is short is asked for.
    is_brief: Cell<bool>,
}

#[derive(Clone)]
struct Limit {
    steps: Steps,
    /// Whether it was not enough.
    is_exceeded: Arc<AtomicBool>,
}

impl Limit {
    fn new(steps: Steps) -> Self {
        Self { steps, is_exceeded: Arc::default() }
    }

    fn is_exceeded(&self) -> bool {
        self.is_exceeded.load(Ordering::Relaxed)
    }
}

impl Snapshot<'_> {
    /// Does `work`, none of whose statements may take more than `steps`; nothing if one would have.
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
        let limit = Limit::new(steps);
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
            limit.is_exceeded.store(true, Ordering::Relaxed);
        }
        Error::TooLong
    }

    fn set_limit(&self, limit: Option<Limit>) -> Result<(), Error> {
        set_handler(self.connection, limit.as_ref())?;
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

/// SQLite asks after so many steps whether to stop.
fn set_handler(connection: &Connection, limit: Option<&Limit>) -> Result<(), Error> {
    let steps = limit.map_or(0, |limit| limit.steps);
    let stop = limit.map(|limit| Arc::clone(&limit.is_exceeded)).map(|is_exceeded| {
        move || {
            is_exceeded.store(true, Ordering::Relaxed);
            true
        }
    });
    Ok(connection.progress_handler(steps, stop)?)
}

/// A statement that was stopped has taken too long: for no other reason is any stopped.
impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::OperationInterrupted) => Self::TooLong,
            _ => Self::Database(error),
        }
    }
}
