//! Converts errors of SQLite to errors of the store.

use crate::store::database_error::DatabaseError;
use crate::store::error::Error;
use rusqlite::ErrorCode;

/// A statement that was interrupted has taken too long: there is no other reason to interrupt one.
impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::OperationInterrupted) => Self::TooLong,
            _ if is_too_complex(&error) => Self::TooComplex,
            Some(
                ErrorCode::SystemIoFailure
                | ErrorCode::DiskFull
                | ErrorCode::CannotOpen
                | ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::FileLockingProtocolFailed
                | ErrorCode::ReadOnly
                | ErrorCode::OutOfMemory
                // SQLite also reports a disk that can't be read (EIO) like this.
                | ErrorCode::DatabaseCorrupt,
            ) => Self::Unreachable(failure(error)),
            _ => Self::Database(failure(error)),
        }
    }
}

/// The error code of SQL functions that receive a text that is not UTF-8.
pub const NOT_TEXT: ErrorCode = ErrorCode::TypeMismatch;

fn failure(error: rusqlite::Error) -> DatabaseError {
    DatabaseError::new(reason(&error), error)
}

/// The error of SQLite itself, unless it is one that may pass.
pub fn cause(error: &Error) -> Option<&rusqlite::Error> {
    match error {
        Error::Database(failure) => failure.cause(),
        _ => None,
    }
}

/// The message of SQLite, without the statement, which may have any length.
fn reason(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqlInputError { error, msg, .. } => format!("{msg} ({error})"),
        other if other.sqlite_error_code() == Some(ErrorCode::CannotOpen) => {
            format!("{other}; SQLite needs permission to write to it and to its folder")
        }
        other if other.sqlite_error_code() == Some(NOT_TEXT) => {
            "a stored text is not valid UTF-8".to_owned()
        }
        other => other.to_string(),
    }
}

/// Whether a statement has too many parameters or too many levels. SQLite has no error code for it.
fn is_too_complex(error: &rusqlite::Error) -> bool {
    use rusqlite::Error::{SqlInputError, SqliteFailure};
    let (SqlInputError { msg, .. } | SqliteFailure(_, Some(msg))) = error else {
        return false;
    };
    ["too many SQL variables", "Expression tree is too large", "Recursion limit"]
        .iter()
        .any(|start| msg.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::Connection;

    #[test]
    fn statements_beyond_the_limits_of_sqlite_are_distinguished_from_wrong_ones() {
        let connection = Connection::open_in_memory().unwrap();
        let failure = |sql: &str| Error::from(connection.prepare(sql).unwrap_err());
        for (inner, outer) in [("NOT (", ")"), ("(SELECT ", ")"), ("1 + (", ")")] {
            let deep = format!("SELECT {}1{}", inner.repeat(3_000), outer.repeat(3_000));
            let failure = failure(&deep);
            assert!(matches!(failure, Error::TooComplex), "{inner}: {failure}");
        }
        let many = format!("SELECT 1 IN ({}?)", "?, ".repeat(40_000));
        assert!(matches!(failure(&many), Error::TooComplex));
        assert!(matches!(failure("SELEKT 1"), Error::Database(_)));
    }
}
