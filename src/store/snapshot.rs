//! Reads from one snapshot of the database: all statements see the same state.

use super::budget::{Budget, Limit, Steps, Stop};
use super::error::Error;
use super::sqlite::progress::set_handler;
use super::sqlite::statement::{Row, Statement};
use super::sqlite::statement_cache::CachedConnection;
use super::time_limit::TimeLimit;
use super::write_meter::Meter;
use crate::query::Sql;
use std::cell::RefCell;
use std::time::{Duration, Instant};

/// A statement with this many bytes is not part of a short read, because preparing it takes a
/// millisecond or more.
const LONG: usize = 32 * 1024;

/// The cost of each statement in addition to its steps.
const STATEMENT: Steps = 50;

/// A connection inside a transaction.
pub struct Snapshot<'c> {
    pub(super) connection: &'c CachedConnection,
    pub(super) budget: Budget,
    /// Counts writes; `None` if this only reads.
    meter: Option<&'c Meter<'c>>,
    /// Returns whether the read must end; `None` if it is short or part of a write.
    pub(super) stop: Option<&'c Stop>,
}

impl<'c> Snapshot<'c> {
    pub(super) fn new(connection: &'c CachedConnection) -> Self {
        Self { connection, budget: Budget::default(), meter: None, stop: None }
    }

    /// A snapshot of a read that may have to end, or may cost no more than `short`.
    pub(super) fn of_reading(
        connection: &'c CachedConnection,
        stop: Option<&'c Stop>,
        short: Option<&Limit>,
    ) -> Self {
        let budget = Budget { limit: RefCell::new(short.cloned()), is_short: short.is_some() };
        Self { budget, stop, ..Self::new(connection) }
    }

    /// A snapshot in which `meter` counts writes.
    pub(super) fn metered(connection: &'c CachedConnection, meter: &'c Meter<'c>) -> Self {
        Self { meter: Some(meter), ..Self::new(connection) }
    }

    /// The time limit of the write that this belongs to.
    pub(super) fn time(&self) -> Option<&'c TimeLimit> {
        self.meter.and_then(Meter::time)
    }

    /// The first row that `sql` returns, if any.
    pub(super) fn first<T>(
        &self,
        sql: &Sql,
        read: impl FnOnce(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        let mut statement = self.prepare(sql)?;
        let mut rows = statement.query(&sql.parameters)?;
        rows.next_row()?.map(|row| read(&row)).transpose()
    }

    /// All the rows that `sql` returns.
    pub(super) fn all<T>(
        &self,
        sql: &Sql,
        mut read: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let mut statement = self.prepare(sql)?;
        let mut rows = statement.query(&sql.parameters)?;
        let mut all = Vec::new();
        while let Some(row) = rows.next_row()? {
            all.push(read(&row)?);
        }
        Ok(all)
    }

    /// Runs a statement that changes rows, and returns their number.
    pub(super) fn execute(&self, sql: &Sql) -> Result<usize, Error> {
        self.check_transaction()?;
        let rows = self.prepare(sql)?.execute(&sql.parameters)?;
        self.meter.map_or(Ok(()), |meter| meter.count(sql, rows))?;
        Ok(rows)
    }

    /// Runs a statement that changes rows, and reads the first row that it returns.
    pub(super) fn execute_returning<T>(
        &self,
        sql: &Sql,
        read: impl FnOnce(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        self.check_transaction()?;
        let row = self.first(sql, read)?;
        self.meter.map_or(Ok(()), |meter| meter.count(sql, row.iter().len()))?;
        Ok(row)
    }

    /// Checks that the transaction still exists. SQLite rolls it back when the disk fails, and
    /// later statements would be committed on their own.
    ///
    /// # Errors
    /// [`Error::Commit`] if SQLite has rolled it back.
    pub(super) fn check_transaction(&self) -> Result<(), Error> {
        if !self.connection.is_in_transaction() {
            return Err(Error::Commit("SQLite has rolled it back".to_owned()));
        }
        Ok(())
    }

    pub(super) fn prepare(&self, sql: &Sql) -> Result<Statement<'c>, Error> {
        self.spend_statement()?;
        if self.stop.is_some_and(|stop| stop()) {
            return Err(Error::TooLong);
        }
        if self.is_short() && sql.text.len() > LONG && !self.connection.is_kept(&sql.text) {
            return Err(self.exceed());
        }
        let statement = self.connection.prepare_kept(&sql.text)?;
        self.time().map_or(Ok(()), |time| time.begin_statement(statement.is_readonly()))?;
        Ok(statement)
    }
}

impl Snapshot<'_> {
    /// Limits the cost of statements until the value is dropped. A smaller limit around it stays in
    /// force.
    pub(super) fn limit_steps(&self, steps: Steps) -> Result<StepLimit<'_>, Error> {
        let outer = self.budget.limit.borrow().clone();
        if outer.as_ref().is_some_and(|outer| outer.steps <= steps) {
            return Ok(StepLimit { snapshot: self, own: None, outer });
        }
        let limit =
            if self.is_short() { Limit::within_short(steps) } else { Limit::new(steps, None) };
        self.begin_limit(limit, outer)
    }

    /// Limits the cost of statements, and about how long they may take together, until the value is
    /// dropped.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn limit(&self, steps: Steps, time: Duration) -> Result<StepLimit<'_>, Error> {
        let outer = self.budget.limit.borrow().clone();
        self.begin_limit(Limit::new(steps, Some(Instant::now() + time)), outer)
    }

    fn begin_limit(&self, own: Limit, outer: Option<Limit>) -> Result<StepLimit<'_>, Error> {
        let limit = StepLimit { snapshot: self, own: Some(own.clone()), outer };
        self.set_limit(Some(own))?;
        Ok(limit)
    }

    /// Whether this is a short read.
    pub(super) fn is_short(&self) -> bool {
        self.budget.is_short
    }

    /// Marks the limit as exceeded, and returns the error for that.
    pub fn exceed(&self) -> Error {
        if let Some(limit) = &*self.budget.limit.borrow() {
            limit.exceed();
        }
        Error::TooLong
    }

    /// Whether the cost of statements is limited.
    pub(super) fn is_limited(&self) -> bool {
        self.budget.limit.borrow().is_some()
    }

    /// Counts a statement.
    ///
    /// # Errors
    /// [`Error::TooLong`] if the budget is used up.
    pub(super) fn spend_statement(&self) -> Result<(), Error> {
        let is_spent =
            self.budget.limit.borrow().as_ref().is_some_and(|limit| limit.spend(STATEMENT));
        if is_spent { Err(self.exceed()) } else { Ok(()) }
    }

    fn set_limit(&self, limit: Option<Limit>) -> Result<(), Error> {
        set_handler(self.connection, limit.as_ref(), self.time(), self.stop)?;
        *self.budget.limit.borrow_mut() = limit;
        Ok(())
    }
}

/// A limit of the statements of a snapshot. When it is dropped, even by a panic, the limit around
/// it is in force again, because connections are used again. So limits must be dropped in reverse
/// order.
#[must_use = "the limit ends when the value is dropped"]
pub struct StepLimit<'s> {
    snapshot: &'s Snapshot<'s>,
    /// `None` if a smaller limit around it is in force.
    own: Option<Limit>,
    outer: Option<Limit>,
}

impl StepLimit<'_> {
    /// The result of work within the limit; `None` if it exceeded the limit.
    ///
    /// # Errors
    /// The error of `result`, if it failed for another reason.
    pub fn outcome<T, E>(self, result: Result<T, E>) -> Result<Option<T>, E> {
        match &self.own {
            Some(own) => own.outcome(result),
            None => result.map(Some),
        }
    }
}

impl Drop for StepLimit<'_> {
    fn drop(&mut self) {
        if self.own.is_none() {
            return;
        }
        if let Err(error) = self.snapshot.set_limit(self.outer.take()) {
            tracing::error!(%error, "the limit of a connection could not be lifted");
        }
    }
}
