//! Why a question has no answer.

use crate::model::FieldErrors;
use crate::query::Unparsable;
use crate::store;

/// A question that can't be answered.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is about something that is not there for who asks.
    #[error("{0}")]
    NotThere(String),
    /// Who asks may not ask that.
    #[error("{0}")]
    Forbidden(String),
    /// It is about too much at once.
    #[error("{0}")]
    TooMuch(String),
    /// Its words make no sense.
    #[error("{0}")]
    Nonsense(String),
    /// The filter in the field of that name can't be understood.
    #[error("{0}: {1}")]
    Unparsable(&'static str, Unparsable),
    /// A rule in it means nothing.
    #[error("{0}")]
    Invalid(FieldErrors),
    /// The database failed.
    #[error("{0}")]
    Store(#[from] store::Error),
}

impl From<FieldErrors> for Error {
    fn from(invalid: FieldErrors) -> Self {
        Self::Invalid(invalid)
    }
}
