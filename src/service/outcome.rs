//! What a client can do about a write that failed.

use crate::error::Failure;
use crate::http::call::EntityCall;
use crate::model::Context;
use actix_web::http::Method;

/// The failure with what the client can do about it: where else rules may grant what is forbidden in the hub, and where to look for a change that may
/// be made.
pub fn explained(call: &EntityCall, failure: Failure) -> Failure {
    match failure {
        Failure::Forbidden(message) if call.claim.security.context() == Context::App => Failure::Forbidden(format!(
            "{message} (from the hub; as from the management console, with the header X-Qlik-Security: Context=ManagementAccess, other rules hold)"
        )),
        Failure::OutcomeUnknown(message) => Failure::OutcomeUnknown(format!("{message}; {}", where_to_look(call))),
        other => other,
    }
}

/// Which requests show whether a change was made, though the disk has kept the answer back.
fn where_to_look(call: &EntityCall) -> String {
    let request = &call.call.request;
    let by_request = match call.origin().request {
        id if id.is_nil() => String::new(),
        id => format!(", or the audit log by GET /qrs/auditentry?filter=requestID eq '{id}'"),
    };
    match (request.method(), request.match_info().get("id")) {
        (&Method::PUT | &Method::DELETE, Some(_)) => {
            format!("once the disk answers, GET {} shows it{by_request}", request.path())
        }
        _ => format!("once the disk answers, GET /qrs/{}/full shows it{by_request}", call.entity.path),
    }
}
