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
                "{message} (in the hub context; other rules apply in the management console, with \
                 the header X-Qlik-Security: Context=ManagementAccess)"
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
        id => format!(", or in the audit log with GET /qrs/auditentry?filter=requestID eq '{id}'"),
    };
    match &request.changes {
        Some(path) => format!("once the disk responds, check with GET {path}{by_request}"),
        None => format!(
            "once the disk responds, check with GET /qrs/{}/full{by_request}",
            request.entity.path
        ),
    }
}
