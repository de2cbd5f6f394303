//! Advice for clients about failed writes.

use super::user_request::UserRequest;
use crate::error::RequestError;
use crate::model::Context;

/// The error with advice for the client: in which context other rules apply, and where to check
/// whether a change was made.
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

/// The requests that show whether a change was made, although the disk did not confirm it in time.
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
