//! Access to a database without the server, which may be running on it.

use super::audit_sealer::Sealer;
use super::error::Error;
use super::snapshot::Snapshot;
use super::sqlite::connection::Role;
use super::sqlite::existing::{open_existing, open_readable, open_single_file, open_to_overwrite};
use super::sqlite::file_identity::OpenFiles;
use super::sqlite::statement_cache::CachedConnection;
use super::sqlite::transaction::{ReadTransaction, WriteTransaction};
use super::write::Write;
use super::write_meter::Meter;
use super::write_origin::Origin;
use std::path::Path;

/// Reads from the database at `path`. `read` sees a single snapshot.
///
/// # Errors
/// [`Error::Unusable`] if there is no database or it has another version, or the error of `read`.
pub fn read_at<T, E: From<Error>>(
    path: &Path,
    read: impl FnOnce(&Snapshot<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let connection = open_existing(path, Role::Reader)?;
    let transaction = ReadTransaction::begin(&connection)?;
    read(&Snapshot::new(transaction.connection()))
}

/// Writes to the database at `path`, in one transaction that is on disk once this returns.
///
/// # Errors
/// [`Error::Unusable`] if there is no database or it has another version, or the error of `work`;
/// then nothing is written. [`Error::Moved`] if its files are moved, deleted or replaced during the
/// write; then the changes may be lost.
pub fn write_at<T, E: From<Error>>(
    path: &Path,
    origin: &Origin,
    work: impl FnOnce(&Write<'_>) -> Result<T, E>,
) -> Result<T, E> {
    write_by(&open_existing(path, Role::Writer)?, path, origin, None, work)
}

/// An open database, for several writes in a row.
pub struct OfflineDatabase<'p> {
    connection: CachedConnection,
    path: &'p Path,
}

impl<'p> OfflineDatabase<'p> {
    /// Opens the database at `path`.
    ///
    /// # Errors
    /// [`Error::Unusable`] if there is no database or it has another version.
    pub fn open(path: &'p Path) -> Result<Self, Error> {
        Ok(Self { connection: open_existing(path, Role::Writer)?, path })
    }

    /// As [`read_at`].
    ///
    /// # Errors
    /// The error of `read`.
    pub fn read<T, E: From<Error>>(
        &self,
        read: impl FnOnce(&Snapshot<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let transaction = ReadTransaction::begin(&self.connection)?;
        read(&Snapshot::new(transaction.connection()))
    }

    /// As [`write_at`].
    ///
    /// # Errors
    /// As [`write_at`].
    pub fn write<T, E: From<Error>>(
        &self,
        origin: &Origin,
        work: impl FnOnce(&Write<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let result = write_by(&self.connection, self.path, origin, None, work);
        self.connection.trim();
        result
    }
}

/// As [`write_at`], with a sealer for secrets. Overwritten content is erased from the file instead
/// of staying in unused pages.
///
/// # Errors
/// As [`write_at`].
pub fn overwrite_at<T, E: From<Error>>(
    path: &Path,
    origin: &Origin,
    sealer: &dyn Sealer,
    work: impl FnOnce(&Write<'_>) -> Result<T, E>,
) -> Result<T, E> {
    write_by(&open_to_overwrite(path)?, path, origin, Some(sealer), work)
}

fn write_by<T, E: From<Error>>(
    connection: &CachedConnection,
    path: &Path,
    origin: &Origin,
    sealer: Option<&dyn Sealer>,
    work: impl FnOnce(&Write<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let mut files = OpenFiles::of(path)?;
    let transaction = WriteTransaction::begin(connection)?;
    let result = work(&Write { connection, origin, sealer, meter: &Meter::default() })?;
    files.check()?;
    transaction.commit()?;
    // The files may have been moved during the commit. Then a server on the same database does not
    // see the changes.
    files.check()?;
    Ok(result)
}

/// Reads from the database at `path`, which may have an earlier version. `read` sees a single
/// snapshot.
///
/// # Errors
/// [`Error::Unusable`] if there is no database or it has a newer version, or the error of `read`.
pub fn inspect_at<T, E: From<Error>>(
    path: &Path,
    read: impl FnOnce(&Snapshot<'_>) -> Result<T, E>,
) -> Result<T, E> {
    inspect(&open_readable(path)?, read)
}

/// As [`inspect_at`], for a single file that no other program uses, such as a backup: nothing is
/// written beside it.
///
/// # Errors
/// As [`inspect_at`].
pub fn inspect_file<T, E: From<Error>>(
    path: &Path,
    read: impl FnOnce(&Snapshot<'_>) -> Result<T, E>,
) -> Result<T, E> {
    inspect(&open_single_file(path)?, read)
}

fn inspect<T, E: From<Error>>(
    connection: &CachedConnection,
    read: impl FnOnce(&Snapshot<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let transaction = ReadTransaction::begin(connection)?;
    let snapshot = Snapshot::new(transaction.connection());
    snapshot.schema()?;
    read(&snapshot)
}
