//! The door for operations: liveness, readiness, and metrics for Prometheus. It has its own
//! address, and shows nothing of what is stored.

pub(crate) mod event_loops;
pub(crate) mod metrics;

use super::State;
use crate::error::RequestError;
use crate::memory::Cache;
use crate::tls::FEW_DAYS;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpResponse, rt};
use metrics::Observed;
use serde_json::json;
use std::time::Duration;

/// How long a check of the database may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Adds the paths of this door.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(resource!("/health", "GET", get => health))
        .service(resource!("/ready", "GET", get => ready))
        .service(resource!("/metrics", "GET", get => metrics))
        .default_service(web::to(nothing));
}

/// `GET /health`: 200 as long as the program answers at all.
async fn health() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "up" }))
}

/// `GET /ready`: 200 if the server can do all its work; otherwise, 503 with what is missing. The
/// database is checked with a write.
async fn ready(state: Data<State>) -> HttpResponse {
    let written = rt::time::timeout(PATIENCE, state.backend.store.touch()).await;
    let database = match written {
        Ok(Ok(())) => "writable",
        Ok(Err(_)) => "can't be written to",
        Err(_) => "does not answer",
    };
    let days = state.shown.days_left();
    let certificate = match days {
        Some(days) if days < 0 => "expired",
        Some(days) if days < FEW_DAYS => "expires soon",
        Some(_) => "valid",
        None => "can't be read",
    };
    let master_key = if state.backend.keys.is_sealed() { "missing" } else { "present" };
    let event_loops = if state.event_loops.stalled() == 0 { "running" } else { "stalled" };
    let is_ready = database == "writable"
        && master_key == "present"
        && !["expired", "can't be read"].contains(&certificate)
        && event_loops == "running";
    let mut reply = if is_ready { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    reply.json(json!({
        "ready": is_ready,
        "database": database,
        "masterKey": master_key,
        "certificate": certificate,
        "certificateDaysLeft": days,
        "eventLoops": event_loops,
    }))
}

/// `GET /metrics`: the metrics in the text format of `OpenMetrics`, which Prometheus reads.
async fn metrics(state: Data<State>) -> Result<HttpResponse, RequestError> {
    let text = off_the_worker(state, |state| state.metrics.text(observe(state))).await;
    let text = text.ok_or_else(|| {
        RequestError::Unavailable("collecting the metrics takes too long; try again".to_owned())
    })?;
    let text = text.map_err(|error| RequestError::internal(&error))?;
    Ok(HttpResponse::Ok()
        .content_type("application/openmetrics-text; version=1.0.0; charset=utf-8")
        .body(text))
}

/// Collects the values of this moment.
fn observe(state: &State) -> Observed {
    Observed {
        database: state.backend.store.figures(),
        caches: Cache::ALL
            .map(|cache| (cache, state.cache_bytes(cache), state.memory.share(cache)))
            .to_vec(),
        is_sealed: state.backend.keys.is_sealed(),
        stalled_event_loops: state.event_loops.stalled(),
        certificate_days: state.shown.days_left(),
    }
}

/// Runs `look` on a worker thread, so that a slow disk does not delay `/health`; `None` if it takes
/// too long.
async fn off_the_worker<T: Send + 'static>(
    state: Data<State>,
    look: impl FnOnce(&State) -> T + Send + 'static,
) -> Option<T> {
    rt::time::timeout(PATIENCE, web::block(move || look(&state))).await.ok()?.ok()
}

async fn nothing() -> Result<HttpResponse, RequestError> {
    Err(RequestError::NotFound(
        "there is nothing at this path; use /health, /ready or /metrics".to_owned(),
    ))
}
