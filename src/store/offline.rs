//! Working on a database aside from the server, which may be running on it.

use super::error::Error;
use super::meter::Meter;
use super::origin::Origin;
use super::sealing::Sealer;
use super::snapshot::{ReadTransaction, Snapshot};
use super::sqlite::connection::{Role, open, open_file};
use super::sqlite::file_identity::OpenFiles;
use super::sqlite::migrations::{check_newest, schema_of};
use super::sqlite::statement_cache::CachedConnection;
use super::write::Write;
use rusqlite::{Transaction, TransactionBehavior};
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

/// How long to wait for the server, which may have much to write.
const PATIENCE: Duration = Duration::from_secs(10);

/// Reads from the database at `path`. All that `read` sees is of one moment.
///
/// # Errors
/// There is no database, it is not of this version, or whatever `read` fails with.
pub fn read_at<T, E: From<Error>>(path: &Path, read: impl FnOnce(&Snapshot<'_>) -> Result<T, E>) -> Result<T, E> {
    let connection = open_existing(path, Role::Reader)?;
    let transaction = ReadTransaction::begin(&connection)?;
    read(&transaction.snapshot())
}

/// Writes to the database at `path`, in one transaction that is on disk once this returns.
///
/// # Errors
/// There is no database, it is not of this version, or whatever `work` fails with; then nothing is written. [`Error::Moved`] if its files are
/// moved, deleted or replaced meanwhile; then what was written may be lost.
pub fn write_at<T, E: From<Error>>(
    path: &Path,
    origin: &Origin,
    work: impl FnOnce(&Write<'_>) -> Result<T, E>,
) -> Result<T, E> {
    write_by(&open_existing(path, Role::Writer)?, path, origin, None, work)
}

/// The same, with the keys at hand to seal secrets. What is overwritten is gone from the file, rather than left in pages that nothing uses.
///
/// # Errors
/// As [`write_at`].
pub fn overwrite_at<T, E: From<Error>>(
    path: &Path,
    origin: &Origin,
    sealer: &dyn Sealer,
    work: impl FnOnce(&Write<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let connection = open_existing(path, Role::Writer)?;
    connection.pragma_update(None, "secure_delete", true).map_err(Error::from)?;
    write_by(&connection, path, origin, Some(sealer), work)
}

fn write_by<T, E: From<Error>>(
    connection: &CachedConnection,
    path: &Path,
    origin: &Origin,
    sealer: Option<&dyn Sealer>,
    work: impl FnOnce(&Write<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let mut files = OpenFiles::of(path)?;
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate).map_err(Error::from)?;
    let result = work(&Write { connection, origin, sealer, meter: &Meter::default() })?;
    files.check()?;
    transaction.commit().map_err(Error::from)?;
    // They may have gone meanwhile, and then a server on the same database does not see what was written.
    files.check()?;
    Ok(result)
}

/// Reads from the database at `path`, which may be of an earlier version. All that `read` sees is of one moment.
///
/// # Errors
/// There is no database, it is of a newer version, or whatever `read` fails with.
pub fn inspect_at<T, E: From<Error>>(path: &Path, read: impl FnOnce(&Snapshot<'_>) -> Result<T, E>) -> Result<T, E> {
    inspect(&open_readable(path)?, read)
}

/// The same of a single file that nobody else uses, such as a backup: nothing is written beside it.
///
/// # Errors
/// As [`inspect_at`].
pub fn inspect_file<T, E: From<Error>>(path: &Path, read: impl FnOnce(&Snapshot<'_>) -> Result<T, E>) -> Result<T, E> {
    check_there(path)?;
    inspect(&open_file(path)?, read)
}

fn inspect<T, E: From<Error>>(
    connection: &CachedConnection,
    read: impl FnOnce(&Snapshot<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let transaction = ReadTransaction::begin(connection)?;
    let snapshot = transaction.snapshot();
    snapshot.schema()?;
    read(&snapshot)
}

fn open_existing(path: &Path, role: Role) -> Result<CachedConnection, Error> {
    check_there(path)?;
    let connection = open(path, role)?;
    connection.busy_timeout(PATIENCE)?;
    check_newest(&connection)?;
    Ok(connection)
}

/// Opens a database of this or an earlier version to read from it.
pub(super) fn open_readable(path: &Path) -> Result<CachedConnection, Error> {
    check_there(path)?;
    let connection = open(path, Role::Reader)?;
    schema_of(&connection)?;
    Ok(connection)
}

/// A file without content is no database yet, and opening it to write would make one of it.
fn check_there(path: &Path) -> Result<(), Error> {
    match path.metadata() {
        Ok(file) if file.len() > 0 => return Ok(()),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            let message = format!("{}: {error}; run it as the user to whom it belongs", path.display());
            return Err(Error::Unusable(message));
        }
        _ => {}
    }
    Err(Error::Unusable(format!("there is no database at {}; patchbay serve makes one", path.display())))
}
