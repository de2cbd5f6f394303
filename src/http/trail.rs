//! What requests leave in the audit trail: from where each write came, and which requests were refused.

use super::State;
use super::failure::Failure;
use super::front::address;
use super::request_log::RequestId;
use crate::store::{Act, Origin, Outcome};
use actix_web::body::MessageBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest};
use std::fmt::Display;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Refusals that are recorded a minute; anybody can cause them, and each is a write.
const MOST: u32 = 300;
const MINUTE: Duration = Duration::from_mins(1);

/// On whose behalf a request writes, and from where.
pub fn origin(request: &HttpRequest, user: &impl Display) -> Origin {
    Origin {
        user: user.to_string(),
        address: address(request).map(|address| address.to_string()).unwrap_or_default(),
        request: request.extensions().get::<RequestId>().map_or(Uuid::nil(), |id| id.0),
    }
}

/// How many refusals were recorded lately.
pub struct Refusals(Mutex<Minute>);

struct Minute {
    start: Instant,
    recorded: u32,
    left_out: u64,
}

impl Default for Refusals {
    fn default() -> Self {
        Self(Mutex::new(Minute { start: Instant::now(), recorded: 0, left_out: 0 }))
    }
}

impl Refusals {
    /// Whether another may be recorded; if so, how many could not since the last one.
    fn admit(&self, now: Instant) -> Option<u64> {
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if now.duration_since(minute.start) >= MINUTE {
            *minute = Minute { start: now, recorded: 0, left_out: minute.left_out };
        }
        if minute.recorded >= MOST {
            minute.left_out += 1;
            return None;
        }
        minute.recorded += 1;
        Some(std::mem::take(&mut minute.left_out))
    }
}

/// Records a request that was refused: who asked could not show who he is, may not do it, or must wait.
pub fn record_refusal(response: &ServiceResponse<impl MessageBody>, user: &str, method: &str, route: &str) {
    let is_refusal = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::TOO_MANY_REQUESTS];
    let Some(state) = response.request().app_data::<Data<State>>() else { return };
    if !is_refusal.contains(&response.status()) {
        return;
    }
    let Some(left_out) = state.refusals.admit(Instant::now()) else { return };
    let reason = response.response().error().and_then(|error| error.as_error::<Failure>()).map(ToString::to_string);
    let more = if left_out == 0 { String::new() } else { format!(" ({left_out} more before it were not recorded)") };
    let act = Act {
        outcome: Outcome::Refused,
        detail: format!("{}: {}{more}", response.status().as_u16(), reason.unwrap_or_default()),
        ..Act::done(&format!("{method} {route}"))
    };
    if let Err(error) = state.store.record_soon(origin(response.request(), &user), act) {
        tracing::warn!(%error, "a refused request is not in the audit trail");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_refusals_are_recorded_a_minute_and_the_others_counted() {
        let refusals = Refusals::default();
        let now = Instant::now();
        assert!((0..MOST).all(|_| refusals.admit(now) == Some(0)));
        assert!((0..7).all(|_| refusals.admit(now).is_none()));
        assert_eq!(refusals.admit(now + MINUTE), Some(7));
        assert_eq!(refusals.admit(now + MINUTE), Some(0));
    }
}
