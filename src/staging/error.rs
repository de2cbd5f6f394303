//! Why an entity, or a whole pull, fails.

use crate::model::FieldErrors;
use crate::site::SiteError;
use crate::store;

/// Why an entity of a site can't be stored here.
#[derive(Debug, thiserror::Error)]
pub enum TakeError {
    /// It can't be stored as it is; others can.
    #[error("{0}")]
    Refused(String),
    /// The database fails.
    #[error("{0}")]
    Store(store::Error),
}

impl From<store::Error> for TakeError {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Invalid(_)
            | store::Error::Conflict(_)
            | store::Error::Forbidden(_)
            | store::Error::OtherSpelling
            | store::Error::Unreadable(_) => Self::Refused(error.to_string()),
            other => Self::Store(other),
        }
    }
}

impl From<FieldErrors> for TakeError {
    fn from(errors: FieldErrors) -> Self {
        Self::Refused(errors.to_string())
    }
}

/// Why a pull ends early.
#[derive(Debug, thiserror::Error)]
pub enum PullError {
    /// The site can't be read.
    #[error("{0}")]
    Site(#[from] SiteError),
    /// The database fails.
    #[error("{0}")]
    Store(#[from] store::Error),
}
