//! The header that tells administrators why they see less at the front door than in the management console, an addition to QRS.

use crate::model::{Actor, Context};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpMessage, HttpRequest};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The header.
pub const CONTEXT: HeaderName = HeaderName::from_static("x-patchbay-context");

/// Whether a request comes from the hub, of a user with roles. Rules for administrators ask for roles, and hold in the management context.
#[derive(Clone, Debug, Default)]
pub struct FromHub(Arc<AtomicBool>);

impl FromHub {
    /// One that is told in the reply to this request.
    pub fn of(request: &HttpRequest) -> Self {
        let note = Self::default();
        request.extensions_mut().insert(note.clone());
        note
    }

    /// Notes who asks, once that is known.
    pub fn note(&self, actor: &Actor) {
        if actor.context == Context::App && !actor.roles.is_empty() {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}

/// The value of the header in the reply to a request, if it is to have one.
pub fn context(request: &HttpRequest) -> Option<HeaderValue> {
    let extensions = request.extensions();
    let is_from_hub = extensions.get::<FromHub>().is_some_and(|note| note.0.load(Ordering::Relaxed));
    is_from_hub.then(|| HeaderValue::from_static(Context::App.name()))
}
