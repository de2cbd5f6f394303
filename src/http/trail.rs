//! What requests leave in the audit trail: from where each write came, and which requests were refused.

use super::call::EntityType;
use super::failure::Failure;
use super::front::address;
use super::request_log::RequestId;
use super::{State, identity};
use crate::auth::rate_limit::RateLimit;
use crate::service::user_request::Source;
use crate::store::{Act, Origin, Outcome};
use actix_web::body::MessageBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::rt::spawn;
use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest};
use std::fmt::Display;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tracing::Instrument;
use uuid::Uuid;

/// How many refusals have an entry at once, and how long it takes until another may: anybody can cause them, each is a write, and all of them are
/// kept. Who is known is told apart from who is not, who could fill the disk without ever signing in, and wrong passwords from both, so that
/// requests without any don't hide them.
const OF_KNOWN: (f64, Duration) = (300.0, Duration::from_secs(6));
const OF_SIGN_INS: (f64, Duration) = (300.0, Duration::from_secs(6));
const OF_UNKNOWN: (f64, Duration) = (60.0, Duration::from_mins(1));

/// From where a request comes.
pub fn source(request: &HttpRequest) -> Source {
    Source {
        address: address(request),
        request: request.extensions().get::<RequestId>().map_or(Uuid::nil(), |id| id.0),
        certificate: identity::certificate(request).map(Arc::clone),
    }
}

/// On whose behalf a request writes, and from where.
pub fn origin(request: &HttpRequest, user: &impl Display) -> Origin {
    source(request).origin(user)
}

/// How many refusals may have an entry.
pub struct Refusals {
    known: Mutex<RateLimit>,
    sign_ins: Mutex<RateLimit>,
    unknown: Mutex<RateLimit>,
}

/// What was refused.
#[derive(Clone, Copy)]
enum Refused {
    Known,
    SignIn,
    Unknown,
}

/// Marks the request of somebody whose password was wrong.
struct WrongPassword;

/// Why a request was refused, where its answer is no error but a page that tells it.
pub struct Reason(pub String);

/// Notes that a password was wrong.
pub fn note_wrong_password(request: &HttpRequest) {
    request.extensions_mut().insert(WrongPassword);
}

impl Default for Refusals {
    fn default() -> Self {
        let [known, sign_ins, unknown] =
            [OF_KNOWN, OF_SIGN_INS, OF_UNKNOWN].map(|bounds| Mutex::new(RateLimit::new(bounds)));
        Self { known, sign_ins, unknown }
    }
}

impl Refusals {
    fn admit(&self, refused: Refused) -> Option<u64> {
        self.of(refused).admit(Instant::now())
    }

    /// The next entry has to tell of one that could not be made, and of those of which that would have told.
    fn take_back(&self, refused: Refused, left_out: u64) {
        self.of(refused).leave_out(left_out + 1);
    }

    fn of(&self, refused: Refused) -> MutexGuard<'_, RateLimit> {
        let allowance = match refused {
            Refused::Known => &self.known,
            Refused::SignIn => &self.sign_ins,
            Refused::Unknown => &self.unknown,
        };
        allowance.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Records a request that was refused: who asked could not show who he is, may not do it, or must wait.
pub fn record_refusal(response: &ServiceResponse<impl MessageBody>, user: Option<&str>, method: &str, route: &str) {
    let is_refusal = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::TOO_MANY_REQUESTS];
    let Some(state) = response.request().app_data::<Data<State>>() else { return };
    if !is_refusal.contains(&response.status()) {
        return;
    }
    let refused = match response.status() {
        StatusCode::UNAUTHORIZED if response.request().extensions().contains::<WrongPassword>() => Refused::SignIn,
        // Who could not show who he is may have named anybody.
        StatusCode::UNAUTHORIZED => Refused::Unknown,
        _ if user.is_some() => Refused::Known,
        _ => Refused::Unknown,
    };
    let Some(left_out) = state.refusals.admit(refused) else { return state.metrics.note_unrecorded_refusal() };
    let told = response.response().extensions().get::<Reason>().map(|Reason(reason)| reason.clone());
    let failed = || response.response().error()?.as_error::<Failure>().map(ToString::to_string);
    let reason = told.or_else(failed);
    let more = if left_out == 0 { String::new() } else { format!(" ({left_out} more before it were not recorded)") };
    let request = response.request();
    let act = Act {
        outcome: Outcome::Refused,
        resource_type: request.app_data::<EntityType>().map_or("", |entity| entity.0.resource_type),
        object: request.match_info().get("id").and_then(|id| Uuid::parse_str(id).ok()),
        detail: format!("{}: {}{more}", response.status().as_u16(), reason.unwrap_or_default()),
        ..Act::done(&format!("{method} {route}"))
    };
    let state = state.clone();
    let recorded = state.backend.store.record_soon(origin(response.request(), &user.unwrap_or("-")), act);
    let check = async move {
        let recorded = async { recorded?.await };
        if let Err(error) = recorded.await {
            state.refusals.take_back(refused, left_out);
            state.metrics.note_unrecorded_refusal();
            tracing::warn!(%error, "a refused request is not in the audit trail");
        }
    };
    spawn(check.in_current_span());
}
