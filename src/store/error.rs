//! Why the store did not do what it was asked.

use super::database_error::DatabaseError;
use super::unreadable::Unreadable;
use crate::model::{FieldErrors, Step};

/// A request that the store turned down, or a database that failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such row, or the caller may not know of it.
    #[error("not found")]
    NotFound,
    /// The caller may see the row but not do this to it.
    #[error("{0}")]
    Forbidden(String),
    /// The content can't be taken.
    #[error("{0}")]
    Invalid(FieldErrors),
    /// The content contradicts what is stored.
    #[error("{0}")]
    Conflict(String),
    /// The entity was changed in between, or the request does not say which version it is based on;
    /// the message says which.
    #[error("{0}")]
    Outdated(String),
    /// The stored version is not one that `If-Match` names.
    #[error("{0}")]
    PreconditionFailed(String),
    /// Too much is under way.
    #[error("the database is busy; try again")]
    Busy,
    /// The store is shutting down, or its writer died.
    #[error("the database is closed")]
    Stopped,
    /// A user of another name has the same folded name, so that a user of this name can't be
    /// created.
    #[error("there is already a user whose name differs only in the spelling of a letter")]
    OtherSpelling,
    /// The file can't be used.
    #[error("{0}")]
    Unusable(String),
    /// The reader of a stream went away or is too slow.
    #[error("the client stopped reading")]
    ReaderGone,
    /// A group of writes could not be made durable.
    #[error("the commit failed: {0}")]
    Commit(String),
    /// The disk does not do what it should, which may pass: it is full, fails, or someone keeps the
    /// files locked.
    #[error("database: {0}")]
    Unreachable(DatabaseError),
    /// The disk does not answer, and the write had not begun.
    #[error("the disk does not respond")]
    Hangs,
    /// A row holds a value that can't be shown.
    #[error("{0}")]
    Unreadable(Box<Unreadable>),
    /// The file of the database, its write-ahead log or the index of that is no longer where it
    /// was, or is another one.
    #[error(
        "the database file, or its -wal or -shm file, was moved, deleted or replaced while it was \
         open"
    )]
    Moved,
    /// The disk does not answer, and the write may be done yet.
    #[error("the disk does not respond, so it is unknown whether the write was done")]
    OutcomeUnknown,
    /// The user has added to the database what one may within a day.
    #[error("this would exceed the {most} {noun} that a user may add within a day ({setting})")]
    AllowanceUsedUp {
        /// Of what there would be too many.
        noun: &'static str,
        /// The setting that bounds it.
        setting: &'static str,
        /// How many it allows.
        most: u64,
        /// In how many seconds the allowance begins anew.
        seconds: i64,
    },
    /// The write would keep the writer busy for too long.
    #[error("{0}")]
    TooHeavy(String),
    /// The database failed.
    #[error("database: {0}")]
    Database(DatabaseError),
    /// The conditions, with what the rules say of each entity type, are more than the database
    /// takes.
    #[error("the filter and the rules are too complex together")]
    TooComplex,
    /// It would take longer than it may.
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
    /// The same error, with the fields of an invalid content one level further down.
    #[must_use]
    pub fn within(self, step: impl Into<Step>) -> Self {
        match self {
            Self::Invalid(invalid) => Self::Invalid(invalid.within(step)),
            other => other,
        }
    }

    /// A row that is always there is missing.
    pub(super) fn no_row() -> Self {
        let message = "Query returned no rows";
        Self::Database(DatabaseError::new(message, message))
    }

    /// The message for those who know already that it is about the database.
    pub(super) fn reason(&self) -> String {
        match self {
            Self::Database(failure) => failure.to_string(),
            other => other.to_string(),
        }
    }
}
