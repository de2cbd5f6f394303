//! What the errors of SQLite mean to those who ask the store.

use crate::store::database_error::DatabaseError;
use crate::store::error::Error;
use rusqlite::ErrorCode;

/// A statement that was stopped has taken too long: for no other reason is any stopped.
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
                // So SQLite calls a disk that can't be read (EIO), too.
                | ErrorCode::DatabaseCorrupt,
            ) => Self::Unreachable(failure(error)),
            _ => Self::Database(failure(error)),
        }
    }
}

/// The code with which functions fail that get a text that is not UTF-8.
pub const NOT_TEXT: ErrorCode = ErrorCode::TypeMismatch;

fn failure(error: rusqlite::Error) -> DatabaseError {
    DatabaseError::new(reason(&error), error)
}

/// SQLite's own error, where it is none that may pass.
pub fn cause(error: &Error) -> Option<&rusqlite::Error> {
    match error {
        Error::Database(failure) => failure.cause(),
        _ => None,
    }
}

/// What SQLite says, without the statement, which may be of any length.
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

/// Whether a statement has too many parameters or too many levels. SQLite has no code for it.
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
    fn what_is_beyond_sqlite_is_told_from_what_is_wrong() {
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
