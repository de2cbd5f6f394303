//! Why a request can't be answered. Each kind stands for a status of the contract, or for one of
//! the few that the contract leaves to the server.

use crate::keys::KeyRingError;
use crate::model::{FieldErrors, Step};
use crate::query::Unparsable;
use crate::store::{self, Unreadable};
use uuid::Uuid;

/// A request that failed, by whose fault, and what would be right.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// 400: the query string or the form of the body is wrong.
    #[error("{0}")]
    BadRequest(String),
    /// 400: a filter or an order can't be understood.
    #[error("{0}")]
    Unparsable(Box<Unparsable>),
    /// 400: a field of the body is wrong.
    #[error("{0}")]
    Invalid(FieldErrors),
    /// 401: it is not known who asks, or the Xrfkey is missing or wrong, for which the contract
    /// says 401 where the real server says 403.
    #[error("{0}")]
    Unauthorized(String),
    /// 403: the caller may see it but not do this. An addition to the contract.
    #[error("{0}")]
    Forbidden(String),
    /// 404: there is nothing, or nothing that the caller may see.
    #[error("{0}")]
    NotFound(String),
    /// 405: the path does not have this method; `Allow` says which it has.
    #[error("this path allows only {0}")]
    MethodNotAllowed(&'static str),
    /// 408: the body did not come.
    #[error("the request body arrived too slowly or not at all; send it again")]
    TooSlow,
    /// 409: what must be unique is taken, or something stands in the way.
    #[error("{0}")]
    Conflict(String),
    /// 409: someone else was faster, or the client does not say which version it saw.
    #[error("{0}")]
    Outdated(String),
    /// 412: the stored version is not the one in `If-Match`.
    #[error("{0}")]
    PreconditionFailed(String),
    /// 413: the body is longer than the limit, in bytes.
    #[error("the body is longer than the limit of {0} bytes")]
    TooLarge(usize),
    /// 413: the values of the body would take more memory than one body may have, in bytes.
    #[error(
        "the values of the body need more than {0} bytes of memory, the limit of one body \
         (body-memory-bytes); send it in parts"
    )]
    TooMuchMemory(usize),
    /// 413: the request would keep the database busy for too long.
    #[error("{0}")]
    TooHeavy(String),
    /// 431: the URL and the headers are too long, or the headers too many. An addition to the
    /// contract, by RFC 6585.
    #[error("{0}")]
    HeadTooLarge(String),
    /// 429: too many attempts to sign in failed, or too many credentials were asked for; it says in
    /// how many seconds another may be made.
    #[error("too many attempts; try again in {0} seconds")]
    TooMany(i64),
    /// 429: the user has added to the database what one may within a day.
    #[error("{message}")]
    AllowanceUsedUp {
        /// What is used up, and which setting bounds it.
        message: String,
        /// In how many seconds the allowance begins anew.
        seconds: i64,
    },
    /// 503: whether the change is made is not known.
    #[error("{0}")]
    OutcomeUnknown(String),
    /// 503: it can't be done just now.
    #[error("{0}")]
    Unavailable(String),
    /// 500: a stored row can't be shown. The caller may read it, so it is named.
    #[error("{0}; `patchbay verify` lists everything that can't be read")]
    Unreadable(Box<Unreadable>),
    /// 500: a fault of the server's, which the log explains under this id.
    #[error("internal error {0}; the server's log has the details under this id")]
    Internal(Uuid),
}

impl RequestError {
    /// Logs a fault of the server's under a new id, and tells the client only that.
    pub fn internal(cause: &dyn std::fmt::Display) -> Self {
        let id = Uuid::now_v7();
        tracing::error!(error_id = %id, %cause, "internal error");
        Self::Internal(id)
    }

    /// The same failure, as POST answers it: a name that is taken is a wrong body there, because
    /// the contract has 409 for PUT alone.
    #[must_use]
    pub fn of_creation(self) -> Self {
        match self {
            Self::Conflict(message) => Self::BadRequest(message),
            other => other,
        }
    }

    /// The same failure, about one of several entities of a request.
    #[must_use]
    pub fn within(self, item: impl Into<Step>) -> Self {
        let item = item.into();
        match self {
            Self::Invalid(invalid) => Self::Invalid(invalid.within(item)),
            Self::Conflict(message) => Self::Conflict(format!("{item}: {message}")),
            Self::Outdated(message) => Self::Outdated(format!("{item}: {message}")),
            Self::Forbidden(message) => Self::Forbidden(format!("{item}: {message}")),
            other => other,
        }
    }
}

impl From<Unparsable> for RequestError {
    fn from(unparsable: Unparsable) -> Self {
        Self::Unparsable(Box::new(unparsable))
    }
}

impl From<FieldErrors> for RequestError {
    fn from(invalid: FieldErrors) -> Self {
        Self::Invalid(invalid)
    }
}

impl From<store::Error> for RequestError {
    fn from(error: store::Error) -> Self {
        use store::Error;
        match error {
            Error::NotFound => {
                Self::NotFound("nothing has this id, or you may not see it".to_owned())
            }
            Error::Forbidden(message) => Self::Forbidden(message),
            Error::Invalid(invalid) => Self::Invalid(invalid),
            Error::Conflict(message) => Self::Conflict(message),
            Error::Outdated(message) => Self::Outdated(message),
            Error::PreconditionFailed(message) => Self::PreconditionFailed(message),
            Error::Busy => Self::Unavailable("the server is busy; try again".to_owned()),
            Error::Commit(cause) => {
                tracing::error!(%cause, "a write could not be made durable");
                Self::Unavailable(
                    "the change could not be written to disk; nothing was changed".to_owned(),
                )
            }
            Error::Unreachable(_) => {
                tracing::error!(cause = %error, "the database can't be reached");
                Self::Unavailable(
                    "the database can't be reached at the moment; try again".to_owned(),
                )
            }
            Error::Moved => {
                tracing::error!(cause = %error, "nothing can be written safely; put the file back \
                                                 where it was, or restart the server");
                Self::Unavailable(
                    "the database file, or its -wal or -shm file, was moved, deleted or replaced \
                     under the running server, so the change may be lost; put the file back, or \
                     restart the server"
                        .to_owned(),
                )
            }
            Error::Hangs => {
                tracing::error!(
                    "the disk does not respond; a write that waited for it was cancelled"
                );
                Self::Unavailable(
                    "the disk does not respond; nothing was changed; try again later".to_owned(),
                )
            }
            Error::OutcomeUnknown => {
                tracing::error!(
                    "the disk does not respond; it is unknown whether a write was made"
                );
                Self::OutcomeUnknown(
                    "the disk does not respond, and it is unknown whether the change was made"
                        .to_owned(),
                )
            }
            Error::OtherSpelling => Self::Unauthorized(error.to_string()),
            Error::Unreadable(row) => {
                tracing::error!(cause = %row, "a stored row can't be read");
                Self::Unreadable(row)
            }
            Error::AllowanceUsedUp { noun, setting, most, seconds } => Self::AllowanceUsedUp {
                message: format!(
                    "you may add at most {most} {noun} to the database within a day ({setting}), \
                     and this request would exceed that; try again in {seconds} seconds"
                ),
                seconds,
            },
            Error::TooHeavy(message) => Self::TooHeavy(message),
            Error::TooComplex => Self::BadRequest(
                "the request is too complex together with the security rules; use fewer \
                 conditions, sort properties or privileges"
                    .to_owned(),
            ),
            Error::TooLong => Self::Unavailable(
                "the response takes too long to compute; use a narrower filter, or request less at \
                 a time"
                    .to_owned(),
            ),
            Error::ReaderGone => Self::Unavailable("the client closed the connection".to_owned()),
            Error::Stopped | Error::Unusable(_) | Error::Database(_) => Self::internal(&error),
        }
    }
}

impl From<KeyRingError> for RequestError {
    fn from(error: KeyRingError) -> Self {
        Self::internal(&error)
    }
}
