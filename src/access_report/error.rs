//! The errors of access reports.

use crate::model::FieldErrors;
use crate::query::Unparsable;
use crate::store;

/// The reason a report can't be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An entity does not exist, or the caller may not see it.
    #[error("{0}")]
    NotThere(String),
    /// The caller may not request this report.
    #[error("{0}")]
    Forbidden(String),
    /// The report would be too large.
    #[error("{0}")]
    TooMuch(String),
    /// The request is invalid.
    #[error("{0}")]
    Nonsense(String),
    /// The filter in the field with this name can't be parsed.
    #[error("{0}: {1}")]
    Unparsable(&'static str, Unparsable),
    /// A rule in the request is invalid.
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
