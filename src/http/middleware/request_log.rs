//! Writes one log line per request: the user, the route, the status, and the time until the reply
//! begins. Query strings and bodies are never logged.

use super::{hub_header, refusal_audit};
use crate::http::State;
use crate::http::extract::named_user::named_user;
use crate::http::extract::qlik_user;
use crate::http::extract::source::RequestId;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage};
use std::time::Instant;
use tracing::{Instrument, Span};
use uuid::Uuid;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Logs the request once its reply is known, and adds the id of the log line to the reply.
pub async fn log_request(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let start = Instant::now();
    let id = Uuid::now_v7();
    let method = request.method().clone();
    let path = request.path().to_owned();
    request.extensions_mut().insert(RequestId(id));
    let span = span(id);
    let mut response = next.call(request).instrument(span.clone()).await?;
    let pattern = response.request().match_pattern();
    if let Some(state) = response.request().app_data::<Data<State>>() {
        state.metrics.note_request(&method, pattern.clone(), response.status(), start.elapsed());
    }
    let route = pattern.unwrap_or(path);
    let status = response.status().as_u16();
    let caller = named_user(response.request());
    let user = caller.as_deref().unwrap_or("-");
    // Rounded to the microsecond, which is more than enough.
    let duration_ms = (start.elapsed().as_secs_f64() * 1_000_000.0).round() / 1000.0;
    let certificate =
        qlik_user::certificate(response.request()).map(|certificate| certificate.name.as_str());
    tracing::info!(%id, user, certificate, %method, route, status, duration_ms, "request");
    span.in_scope(|| {
        refusal_audit::record_refusal(&response, caller.as_deref(), method.as_str(), &route);
    });
    note_id(&mut response, id);
    if let Some(context) = hub_header::context(response.request()) {
        response.headers_mut().insert(hub_header::CONTEXT, context);
    }
    Ok(response)
}

/// The same at the door for operations, but at the level debug, since it is polled again and again.
pub async fn log_operation(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let id = Uuid::now_v7();
    let path = request.path().to_owned();
    let mut response = next.call(request).instrument(span(id)).await?;
    tracing::debug!(%id, path, status = response.status().as_u16(), "operations request");
    note_id(&mut response, id);
    Ok(response)
}

/// The span of a request, so that all its log lines have the id.
fn span(id: Uuid) -> Span {
    tracing::error_span!("request", %id)
}

fn note_id<B>(response: &mut ServiceResponse<B>, id: Uuid) {
    if let Ok(id) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
}
