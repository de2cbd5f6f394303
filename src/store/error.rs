//! Errors of the store.

use super::database_error::DatabaseError;
use super::unreadable::Unreadable;
use crate::model::{FieldErrors, Step};

/// A request that the store refused, or a failure of the database.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The row does not exist, or the caller may not know of it.
    #[error("not found")]
    NotFound,
    /// The caller may read the row but may not do this to it.
    #[error("{0}")]
    Forbidden(String),
    /// The content is not valid.
    #[error("{0}")]
    Invalid(FieldErrors),
    /// The content conflicts with stored data.
    #[error("{0}")]
    Conflict(String),
    /// The entity was changed since the client read it, or the request does not say which version
    /// it is based on; the message says which.
    #[error("{0}")]
    Outdated(String),
    /// `If-Match` does not name the stored version.
    #[error("{0}")]
    PreconditionFailed(String),
    /// Too many requests are in progress.
    #[error("the database is busy; try again")]
    Busy,
    /// The store is shutting down, or its writer thread has ended.
    #[error("the database is closed")]
    Stopped,
    /// A user of another name has the same folded name, so a user of this name can't be created.
    #[error("there is already a user whose name differs only in the spelling of a letter")]
    OtherSpelling,
    /// The database file can't be used.
    #[error("{0}")]
    Unusable(String),
    /// The client of a stream has disconnected or reads too slowly.
    #[error("the client stopped reading")]
    ReaderGone,
    /// A group of writes could not be written to disk.
    #[error("the commit failed: {0}")]
    Commit(String),
    /// The disk does not work, perhaps for a short time: it is full, fails, or another program has
    /// locked the files.
    #[error("database: {0}")]
    Unreachable(DatabaseError),
    /// The disk does not respond, and the write had not started.
    #[error("the disk does not respond")]
    Hangs,
    /// A row has a value that can't be shown.
    #[error("{0}")]
    Unreadable(Box<Unreadable>),
    /// The database file, its write-ahead log or the index of the log was moved, deleted or
    /// replaced.
    #[error(
        "the database file, or its -wal or -shm file, was moved, deleted or replaced while it was \
         open"
    )]
    Moved,
    /// The disk does not respond, and the write may still be done.
    #[error("the disk does not respond, so it is unknown whether the write was done")]
    OutcomeUnknown,
    /// The user has reached a daily limit of additions to the database.
    #[error("this would exceed the {most} {noun} that a user may add within a day ({setting})")]
    AllowanceUsedUp {
        /// What there would be too many of.
        noun: &'static str,
        /// The setting with the limit.
        setting: &'static str,
        /// The limit.
        most: u64,
        /// The seconds until the allowance starts again.
        seconds: i64,
    },
    /// The write would keep the writer busy for too long.
    #[error("{0}")]
    TooHeavy(String),
    /// The database failed.
    #[error("database: {0}")]
    Database(DatabaseError),
    /// The conditions of the request and of the rules are too complex for the database.
    #[error("the filter and the rules are too complex together")]
    TooComplex,
    /// The work would take longer than allowed.
    #[error("it takes too long")]
    TooLong,
}

impl From<Unreadable> for Error {
    fn from(unreadable: Unreadable) -> Self {
        Self::Unreadable(Box::new(unreadable))
    }
}

impl From<FieldErrors> for Error {
    fn from(invalid: FieldErrors) -> Self {
        Self::Invalid(invalid)
    }
}

impl Error {
    /// The same error, with the fields of invalid content nested one level deeper.
    #[must_use]
    pub fn within(self, step: impl Into<Step>) -> Self {
        match self {
            Self::Invalid(invalid) => Self::Invalid(invalid.within(step)),
            other => other,
        }
    }

    /// The error if a row that always exists is missing.
    pub(super) fn no_row() -> Self {
        let message = "Query returned no rows";
        Self::Database(DatabaseError::new(message, message))
    }

    /// The message without the words that say that it is about the database.
    pub(super) fn reason(&self) -> String {
        match self {
            Self::Database(failure) => failure.to_string(),
            other => other.to_string(),
        }
    }
}
