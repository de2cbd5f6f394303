//! Opens an existing database without the server, which may be running on it.

use super::connection::{Role, open, open_file};
use super::migrations::{check_newest, schema_of};
use super::statement_cache::CachedConnection;
use crate::store::error::Error;
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

/// How long to wait for the server, which may have much to write.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Opens a database of this version.
pub fn open_existing(path: &Path, role: Role) -> Result<CachedConnection, Error> {
    check_there(path)?;
    let connection = open(path, role)?;
    connection.raw().busy_timeout(TIMEOUT)?;
    check_newest(&connection)?;
    Ok(connection)
}

/// Opens a database of this version to write to it. Overwritten content is erased from the file
/// instead of staying in unused pages.
pub fn open_to_overwrite(path: &Path) -> Result<CachedConnection, Error> {
    let connection = open_existing(path, Role::Writer)?;
    connection.raw().pragma_update(None, "secure_delete", true)?;
    Ok(connection)
}

/// Opens a database of this or an earlier version to read from it.
pub fn open_readable(path: &Path) -> Result<CachedConnection, Error> {
    check_there(path)?;
    let connection = open(path, Role::Reader)?;
    schema_of(&connection)?;
    Ok(connection)
}

/// Opens a single file that no other program uses, such as a backup: nothing is written beside it.
pub fn open_single_file(path: &Path) -> Result<CachedConnection, Error> {
    check_there(path)?;
    open_file(path)
}

/// Checks that the database exists. An empty file is not a database yet, and opening it to write
/// would make it one.
fn check_there(path: &Path) -> Result<(), Error> {
    match path.metadata() {
        Ok(file) if file.len() > 0 => return Ok(()),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            let message = format!(
                "{}: {error}; run the command as the user who owns the file",
                path.display()
            );
            return Err(Error::Unusable(message));
        }
        _ => {}
    }
    Err(Error::Unusable(format!(
        "there is no database at {}; patchbay serve creates one",
        path.display()
    )))
}
