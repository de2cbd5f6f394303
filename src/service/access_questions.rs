//! Reports about access, on behalf of a caller.

use super::caller::Caller;
use super::reads::LongRead;
use super::user_request::UserRequest;
use crate::access_report;
use crate::access_report::Site;
use crate::auth::security_header::SecurityHeader;
use crate::error::RequestError;
use crate::model::{Action, Actor, SYSTEM_RULE, USER};
use crate::query::{Limits, Predicate};
use crate::store::Snapshot;

/// Runs a report on the site as one snapshot shows it to the caller. The context of its users is
/// `situation`, by default the caller's own.
pub async fn ask<T: Send + 'static>(
    request: &UserRequest,
    situation: Option<SecurityHeader>,
    question: impl FnOnce(&Site<'_>, &Caller) -> Result<T, access_report::Error> + Send + 'static,
) -> Result<T, RequestError> {
    let limits = request.backend.limits.filter;
    request
        .read_long(LongRead::Question, move |snapshot, caller| {
            answer(snapshot, caller, situation.as_ref(), limits, question)
        })
        .await
}

/// Runs a report in this snapshot, as [`ask`] does.
///
/// # Errors
/// The error of `question`.
pub fn answer<T>(
    snapshot: &Snapshot<'_>,
    caller: &Caller,
    situation: Option<&SecurityHeader>,
    limits: Limits,
    question: impl FnOnce(&Site<'_>, &Caller) -> Result<T, access_report::Error>,
) -> Result<T, RequestError> {
    if situation.is_some_and(SecurityHeader::has_attributes) && !may_invent(caller) {
        let message = "only a caller who may read all system rules and users may supply \
                       environment attributes that differ from the user's own";
        return Err(RequestError::Forbidden(message.to_owned()));
    }
    let situation = |actor: &mut Actor| match situation {
        Some(header) => header.apply(actor),
        None => actor.context = caller.actor.context,
    };
    let readable = caller.readable();
    let site = Site {
        snapshot,
        rules: caller.rules(),
        readable: &readable,
        situation: &situation,
        limits,
        session_attributes: caller.session_attributes(),
    };
    Ok(question(&site, caller)?)
}

/// Whether the caller may supply attributes that no user has: the report reveals what rules say,
/// including rules and users that the caller may not read.
pub fn may_invent(caller: &Caller) -> bool {
    let may_read_all = |entity| caller.guard(entity, Action::Read) == Predicate::True;
    may_read_all(&SYSTEM_RULE) && may_read_all(&USER)
}

impl From<access_report::Error> for RequestError {
    fn from(error: access_report::Error) -> Self {
        use access_report::Error;
        match error {
            Error::NotThere(message) => Self::NotFound(message),
            Error::Forbidden(message) => Self::Forbidden(message),
            Error::TooMuch(message) | Error::Nonsense(message) => Self::BadRequest(message),
            // A request without named fields has only one filter.
            Error::Unparsable("filter", unparsable) => unparsable.into(),
            Error::Unparsable(field, unparsable) => unparsable.in_field(field).into(),
            Error::Invalid(invalid) => Self::Invalid(invalid),
            Error::Store(error) => error.into(),
        }
    }
}
