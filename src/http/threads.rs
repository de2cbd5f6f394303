//! Work that may take long, on a thread that may block. What is logged there has the id of the request, as all else that is logged for it.

use super::failure::Failure;
use actix_web::rt::task::spawn_blocking;
use actix_web::web;
use tracing::Span;

/// Does the work, and waits for what comes of it.
///
/// # Errors
/// It panics.
pub async fn block<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    let span = Span::current();
    web::block(move || span.in_scope(work)).await.map_err(|error| Failure::internal(&error))
}

/// Begins the work.
pub fn begin(work: impl FnOnce() + Send + 'static) {
    let span = Span::current();
    drop(spawn_blocking(move || span.in_scope(work)));
}
