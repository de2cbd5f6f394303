//! Errors of the database library.

use std::error::Error;
use std::fmt;

/// A failure of the database, with a message for people. Only the module of the database engine
/// knows the underlying error.
#[derive(Debug)]
pub struct DatabaseError {
    message: String,
    cause: Box<dyn Error + Send + Sync>,
}

impl DatabaseError {
    pub(super) fn new(
        message: impl Into<String>,
        cause: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self { message: message.into(), cause: cause.into() }
    }

    /// The cause, if it is an error of this type.
    pub(super) fn cause<E: Error + 'static>(&self) -> Option<&E> {
        self.cause.downcast_ref()
    }
}

impl fmt::Display for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
