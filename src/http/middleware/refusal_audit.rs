//! Refused requests in the audit log.

use crate::auth::refusal_quota::Refused;
use crate::error::RequestError;
use crate::http::State;
use crate::http::extract::entity_type::EntityType;
use crate::http::extract::source::origin;
use crate::store::{Act, Outcome};
use actix_web::body::MessageBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::rt::spawn;
use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest};
use tracing::Instrument;
use uuid::Uuid;

/// Marks a request with a wrong password.
struct WrongPassword;

/// Why a request was refused, if the reply is a page instead of an error.
pub struct Reason(pub String);

/// Marks a request with a wrong password.
pub fn note_wrong_password(request: &HttpRequest) {
    request.extensions_mut().insert(WrongPassword);
}

/// Records a refused request: it was not authenticated, not allowed, or throttled.
pub fn record_refusal(
    response: &ServiceResponse<impl MessageBody>,
    user: Option<&str>,
    method: &str,
    route: &str,
) {
    let is_refusal =
        [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::TOO_MANY_REQUESTS];
    let Some(state) = response.request().app_data::<Data<State>>() else { return };
    if !is_refusal.contains(&response.status()) {
        return;
    }
    let refused = match response.status() {
        StatusCode::UNAUTHORIZED if response.request().extensions().contains::<WrongPassword>() => {
            Refused::SignIn
        }
        // Such a request may have claimed to be any user.
        StatusCode::UNAUTHORIZED => Refused::Unknown,
        _ if user.is_some() => Refused::Known,
        _ => Refused::Unknown,
    };
    let Some(left_out) = state.refusals.admit(refused) else {
        return state.metrics.note_unrecorded_refusal();
    };
    let page_reason =
        response.response().extensions().get::<Reason>().map(|Reason(reason)| reason.clone());
    let error_reason =
        || response.response().error()?.as_error::<RequestError>().map(ToString::to_string);
    let reason = page_reason.or_else(error_reason);
    let more = if left_out == 0 {
        String::new()
    } else {
        format!(" ({left_out} more before it were not recorded)")
    };
    let request = response.request();
    let act = Act {
        outcome: Outcome::Refused,
        resource_type: request.app_data::<EntityType>().map_or("", |entity| entity.0.resource_type),
        object: request.match_info().get("id").and_then(|id| Uuid::parse_str(id).ok()),
        detail: format!("{}: {}{more}", response.status().as_u16(), reason.unwrap_or_default()),
        ..Act::done(&format!("{method} {route}"))
    };
    let state = state.clone();
    let recorded =
        state.backend.store.record_soon(origin(response.request(), &user.unwrap_or("-")), act);
    let check = async move {
        let recorded = async { recorded?.await };
        if let Err(error) = recorded.await {
            state.refusals.take_back(refused, left_out);
            state.metrics.note_unrecorded_refusal();
            tracing::warn!(%error, "a refused request could not be recorded in the audit log");
        }
    };
    spawn(check.in_current_span());
}
