//! The operations of a write: all reads of a snapshot, and changes.

use super::allowance::Added;
use super::audit_sealer::Sealer;
use super::error::Error;
use super::snapshot::Snapshot;
use super::sqlite::statement_cache::CachedConnection;
use super::write_meter::Meter;
use super::write_origin::Origin;

/// The operations of a write: all reads of a [`Snapshot`], and changes.
pub struct Write<'c> {
    pub(super) connection: &'c CachedConnection,
    /// The user and the request, for the audit log.
    pub(super) origin: &'c Origin,
    /// Seals the secrets that the audit log masks, if there is a key.
    pub(super) sealer: Option<&'c dyn Sealer>,
    /// Counts the cost of the write.
    pub(super) meter: &'c Meter<'c>,
}

impl<'c> Write<'c> {
    /// A snapshot that includes the changes made so far.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot<'c> {
        Snapshot::metered(self.connection, self.meter)
    }
}

impl Write<'_> {
    /// Runs `work`, and undoes its changes.
    ///
    /// # Errors
    /// The error of `work`; [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn undone<T, E: From<Error>>(&self, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let before = self.begin_part()?;
        let result = work();
        self.undo_part(before)?;
        self.end_part()?;
        result
    }

    /// Runs `work`, and undoes its changes if it fails, so that the write can continue.
    ///
    /// # Errors
    /// The error of `work`; [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn attempt<T, E: From<Error>>(&self, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let before = self.begin_part()?;
        let result = work();
        if result.is_err() {
            self.undo_part(before)?;
        }
        self.end_part()?;
        result
    }

    /// Creates a savepoint, and returns what was added before. Without a transaction, the savepoint
    /// would start one.
    fn begin_part(&self) -> Result<Added, Error> {
        self.snapshot().check_transaction()?;
        self.control("SAVEPOINT part")?;
        Ok(self.meter.added())
    }

    /// Undoes the changes since the savepoint, which exists only as long as the transaction.
    fn undo_part(&self, before: Added) -> Result<(), Error> {
        self.snapshot().check_transaction()?;
        self.control("ROLLBACK TO part")?;
        self.meter.undo_to(before);
        Ok(())
    }

    fn end_part(&self) -> Result<(), Error> {
        self.control("RELEASE part")
    }

    /// Runs a statement that controls the transaction. The end of the write's time does not
    /// interrupt it.
    fn control(&self, sql: &str) -> Result<(), Error> {
        if let Some(time) = self.meter.time() {
            time.protect();
        }
        self.connection.control(sql)
    }
}
