//! Interrupts statements while they run: SQLite asks after a number of steps whether to continue.

use super::statement_cache::CachedConnection;
use crate::store::budget::{Limit, Steps, Stop};
use crate::store::error::Error;
use crate::store::time_limit::TimeLimit;

/// The number of steps between two questions.
const GRAIN: Steps = 500;

/// Runs the work of a write, whose statements are interrupted once its time is over.
///
/// # Errors
/// The error of `work`; [`Error::Database`] or [`Error::Unreachable`] if the database fails.
pub fn watch_time<T, E: From<Error>>(
    connection: &CachedConnection,
    time: Option<&TimeLimit>,
    work: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    let Some(time) = time else { return work() };
    set_handler(connection, None, Some(time), None)?;
    let _watched = Watched { connection, time };
    work()
}

/// Watches a connection until this is dropped, even by a panic.
struct Watched<'c> {
    connection: &'c CachedConnection,
    time: &'c TimeLimit,
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        self.time.protect();
        lift_limits(self.connection);
    }
}

/// Removes all limits of a connection.
pub fn lift_limits(connection: &CachedConnection) {
    if let Err(error) = set_handler(connection, None, None, None) {
        tracing::error!(%error, "the limits of a connection could not be lifted");
    }
}

/// Interrupts statements once one of these limits requires it. SQLite counts the steps of each
/// statement from its start.
pub fn set_handler(
    connection: &CachedConnection,
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
    Ok(connection.raw().progress_handler(GRAIN, interrupts)?)
}
