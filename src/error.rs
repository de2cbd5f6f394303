//! The errors of requests. Each variant corresponds to a status of the contract, or to one of the
//! few statuses that the contract leaves to the server.

use crate::keys::KeyRingError;
use crate::model::{FieldErrors, Step, counted};
use crate::query::Unparsable;
use crate::store::{self, Unreadable};
use uuid::Uuid;

/// The error of a request.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// 400: the query string or the form of the body is wrong.
    #[error("{0}")]
    BadRequest(String),
    /// 400: a filter or an order can't be parsed.
    #[error("{0}")]
    Unparsable(Box<Unparsable>),
    /// 400: a field of the body is wrong.
    #[error("{0}")]
    Invalid(FieldErrors),
    /// 401: the user is not authenticated, or the Xrfkey is missing or wrong; for the latter the
    /// contract says 401 where the real server says 403.
    #[error("{0}")]
    Unauthorized(String),
    /// 403: the caller may see the entity but not perform this action. An addition to the contract.
    #[error("{0}")]
    Forbidden(String),
    /// 404: the entity does not exist, or the caller may not see it.
    #[error("{0}")]
    NotFound(String),
    /// 405: the path does not have this method; `Allow` lists those that it has.
    #[error("this path allows only {0}")]
    MethodNotAllowed(&'static str),
    /// 408: the body did not arrive in time.
    #[error("the request body arrived too slowly or not at all; send it again")]
    TooSlow,
    /// 409: a unique value is already in use, or other entities prevent the change.
    #[error("{0}")]
    Conflict(String),
    /// 409: the entity has changed in the meantime, or the client does not say which version it
    /// saw.
    #[error("{0}")]
    Outdated(String),
    /// 412: the stored version does not match `If-Match`.
    #[error("{0}")]
    PreconditionFailed(String),
    /// 413: the body is longer than the limit, in bytes.
    #[error("the body is longer than the limit of {0} bytes")]
    TooLarge(usize),
    /// 413: the values of the body would take more memory than one body may, in bytes.
    #[error(
        "the values of the body need more than {0} bytes of memory, the limit of one body \
         (body-memory-bytes); send it in parts"
    )]
    TooMuchMemory(usize),
    /// 413: the request would keep the database busy for too long.
    #[error("{0}")]
    TooHeavy(String),
    /// 431: the URL and the headers are too long, or there are too many headers. An addition to the
    /// contract, from RFC 6585.
    #[error("{0}")]
    HeadTooLarge(String),
    /// 429: too many sign-in attempts failed, or too many credentials were requested; the value is
    /// the number of seconds until the next attempt.
    #[error("too many attempts; try again in {}", counted(*.0, "second"))]
    TooMany(i64),
    /// 429: the user's daily allowance for adding to the database is used up.
    #[error("{message}")]
    AllowanceUsedUp {
        /// The exhausted quantity, and the setting that limits it.
        message: String,
        /// The number of seconds until the allowance is renewed.
        seconds: i64,
    },
    /// 503: it is unknown whether the change was made.
    #[error("{0}")]
    OutcomeUnknown(String),
    /// 503: the server can't process the request at the moment.
    #[error("{0}")]
    Unavailable(String),
    /// 500: a stored row can't be read. The caller may read the row, so the message names it.
    #[error("{0}; `patchbay verify` lists everything that can't be read")]
    Unreadable(Box<Unreadable>),
    /// 500: an error of the server, with the id under which the log has the details.
    #[error("internal error {0}; the server's log has the details under this id")]
    Internal(Uuid),
}

impl RequestError {
    /// Logs an error of the server under a new id; the client gets only the id.
    pub fn internal(cause: &dyn std::fmt::Display) -> Self {
        let id = Uuid::now_v7();
        tracing::error!(error_id = %id, %cause, "internal error");
        Self::Internal(id)
    }

    /// The same error for a POST: a name in use is a 400 there, because the contract has 409 for
    /// PUT only.
    #[must_use]
    pub fn of_creation(self) -> Self {
        match self {
            Self::Conflict(message) => Self::BadRequest(message),
            other => other,
        }
    }

    /// The same error for one of several entities of a request.
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
        log(&error);
        match error {
            Error::NotFound => Self::NotFound(NOT_FOUND.to_owned()),
            Error::Forbidden(message) => Self::Forbidden(message),
            Error::Invalid(invalid) => Self::Invalid(invalid),
            Error::Conflict(message) => Self::Conflict(message),
            Error::Outdated(message) => Self::Outdated(message),
            Error::PreconditionFailed(message) => Self::PreconditionFailed(message),
            Error::Busy => Self::Unavailable(BUSY.to_owned()),
            Error::Commit(_) => Self::Unavailable(NOT_WRITTEN.to_owned()),
            Error::Unreachable(_) => Self::Unavailable(UNREACHABLE.to_owned()),
            Error::Moved => Self::Unavailable(MOVED.to_owned()),
            Error::Hangs => Self::Unavailable(HANGS.to_owned()),
            Error::OutcomeUnknown => Self::OutcomeUnknown(OUTCOME_UNKNOWN.to_owned()),
            Error::OtherSpelling => Self::Unauthorized(error.to_string()),
            Error::Unreadable(row) => Self::Unreadable(row),
            Error::AllowanceUsedUp { noun, setting, most, seconds } => Self::AllowanceUsedUp {
                message: format!(
                    "you may add at most {most} {noun} to the database within a day ({setting}), \
                     and this request would exceed that; try again in {}",
                    counted(seconds, "second")
                ),
                seconds,
            },
            Error::TooHeavy(message) => Self::TooHeavy(message),
            Error::TooComplex => Self::BadRequest(TOO_COMPLEX.to_owned()),
            Error::TooLong => Self::Unavailable(TOO_LONG.to_owned()),
            Error::ReaderGone => Self::Unavailable(CLIENT_GONE.to_owned()),
            Error::Stopped | Error::Unusable(_) | Error::Database(_) => Self::internal(&error),
        }
    }
}

const NOT_FOUND: &str = "nothing has this id, or you may not see it";
const BUSY: &str = "the server is busy; try again";
const NOT_WRITTEN: &str = "the change could not be written to disk; nothing was changed";
const UNREACHABLE: &str = "the database can't be reached at the moment; try again";
const MOVED: &str = "the database file, or its -wal or -shm file, was moved, deleted or replaced \
                     under the running server, so the change may be lost; put the file back, or \
                     restart the server";
const HANGS: &str = "the disk does not respond; nothing was changed; try again later";
const OUTCOME_UNKNOWN: &str =
    "the disk does not respond, and it is unknown whether the change was made";
const TOO_COMPLEX: &str = "the request is too complex together with the security rules; use fewer \
                           conditions, sort properties or privileges";
const TOO_LONG: &str = "the response takes too long to compute; use a narrower filter, or request \
                        less at a time";
const CLIENT_GONE: &str = "the client closed the connection";

/// Logs the errors that an administrator has to look into.
fn log(error: &store::Error) {
    use store::Error;
    match error {
        Error::Commit(cause) => tracing::error!(%cause, "a write could not be made durable"),
        Error::Unreachable(_) => {
            tracing::error!(cause = %error, "the database can't be reached");
        }
        Error::Moved => tracing::error!(
            cause = %error,
            "nothing can be written safely; put the file back where it was, or restart the server"
        ),
        Error::Hangs => {
            tracing::error!("the disk does not respond; a write that waited for it was cancelled");
        }
        Error::OutcomeUnknown => {
            tracing::error!("the disk does not respond; it is unknown whether a write was made");
        }
        Error::Unreadable(row) => tracing::error!(cause = %row, "a stored row can't be read"),
        _ => {}
    }
}

impl From<KeyRingError> for RequestError {
    fn from(error: KeyRingError) -> Self {
        Self::internal(&error)
    }
}
