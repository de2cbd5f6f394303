//! What a write can do: everything that a snapshot shows, and changes.

use super::allowance::Added;
use super::audit_sealer::Sealer;
use super::error::Error;
use super::snapshot::Snapshot;
use super::sqlite::statement_cache::CachedConnection;
use super::write_meter::Meter;
use super::write_origin::Origin;

/// What a write can use: everything of a [`Snapshot`], and changes.
pub struct Write<'c> {
    pub(super) connection: &'c CachedConnection,
    /// On whose behalf it is, for the audit log.
    pub(super) origin: &'c Origin,
    /// Seals the secrets that the audit log masks, if there is a key.
    pub(super) sealer: Option<&'c dyn Sealer>,
    /// Counts what it costs.
    pub(super) meter: &'c Meter<'c>,
}

impl<'c> Write<'c> {
    /// Reads what is there, with the changes made so far.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot<'c> {
        Snapshot::metered(self.connection, self.meter)
    }
}

impl Write<'_> {
    /// Does `work`, and undoes what it wrote.
    ///
    /// # Errors
    /// Whatever `work` fails with, or the database.
    pub fn undone<T, E: From<Error>>(&self, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let before = self.begin_part()?;
        let result = work();
        self.undo_part(before)?;
        self.end_part()?;
        result
    }

    /// Does `work`, and undoes what it wrote if it fails, so that the write can go on without it.
    ///
    /// # Errors
    /// Whatever `work` fails with, or the database.
    pub fn attempt<T, E: From<Error>>(&self, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let before = self.begin_part()?;
        let result = work();
        if result.is_err() {
            self.undo_part(before)?;
        }
        self.end_part()?;
        result
    }

    /// A savepoint outside of a transaction would begin one. Tells what was added before.
    fn begin_part(&self) -> Result<Added, Error> {
        self.snapshot().check_transaction()?;
        self.control("SAVEPOINT part")?;
        Ok(self.meter.added())
    }

    /// With the transaction, the savepoint is gone.
    fn undo_part(&self, before: Added) -> Result<(), Error> {
        self.snapshot().check_transaction()?;
        self.control("ROLLBACK TO part")?;
        self.meter.undo_to(before);
        Ok(())
    }

    fn end_part(&self) -> Result<(), Error> {
        self.control("RELEASE part")
    }

    /// Runs a statement about the transaction, which the end of the write's time does not
    /// interrupt.
    fn control(&self, sql: &str) -> Result<(), Error> {
        if let Some(time) = self.meter.time() {
            time.protect();
        }
        self.connection.control(sql)
    }
}
