//! What a client can do about a write that failed.

use super::user_request::UserRequest;
use crate::error::RequestError;
use crate::model::Context;

/// The failure with what the client can do about it: where else rules may grant what is forbidden
/// in the hub, and where to look for a change that may be made.
pub fn explained(request: &UserRequest, failure: RequestError) -> RequestError {
    match failure {
        RequestError::Forbidden(message) if request.claim.security.context() == Context::App => {
            RequestError::Forbidden(format!(
                "{message} (from the hub; as from the management console, with the header \
                 X-Qlik-Security: Context=ManagementAccess, other rules hold)"
            ))
        }
        RequestError::OutcomeUnknown(message) => {
            RequestError::OutcomeUnknown(format!("{message}; {}", where_to_look(request)))
        }
        other => other,
    }
}

/// Which requests show whether a change was made, though the disk has kept the answer back.
fn where_to_look(request: &UserRequest) -> String {
    let by_request = match request.source.request {
        id if id.is_nil() => String::new(),
        id => format!(", or the audit log by GET /qrs/auditentry?filter=requestID eq '{id}'"),
    };
    match &request.changes {
        Some(path) => format!("once the disk answers, GET {path} shows it{by_request}"),
        None => format!(
            "once the disk answers, GET /qrs/{}/full shows it{by_request}",
            request.entity.path
        ),
    }
}
