//! What the server works with.

use super::middleware::reply_memory::ReplyMemory;
use super::operations::event_loops::EventLoops;
use super::operations::metrics::Metrics;
use crate::auth::invitation::Invitation;
use crate::auth::password::Passwords;
use crate::auth::refusal_quota::Refusals;
use crate::auth::session::DerivedSessions;
use crate::error::RequestError;
use crate::memory::{Cache, CacheMemory};
use crate::service::backend::Backend;
use crate::service::body_memory::BodyMemory;
use crate::tls::{Certificates, ClientCheck, ServerCertificate};
use actix_web::HttpRequest;
use actix_web::web::{Bytes, Data};
use secrecy::SecretString;
use std::sync::Arc;

/// What the server works with.
pub struct State {
    /// What requests work with.
    pub backend: Arc<Backend>,
    /// How much memory caches may take.
    pub memory: CacheMemory,
    /// The certificates, for who may have them.
    pub certificates: Certificates,
    /// The server's certificate, as the doors show it.
    pub shown: Arc<ServerCertificate>,
    /// What checks the certificates of clients.
    pub clients: Arc<ClientCheck>,
    /// What checks and hashes passwords.
    pub passwords: Passwords,
    /// Sessions that headers and JSON Web Tokens began.
    pub derived_sessions: DerivedSessions,
    /// What only this run of the server knows, for forms of visitors without a session.
    pub form_key: SecretString,
    /// The invitation to the first administrator, if there is one.
    pub invitation: Option<Invitation>,
    /// What is counted for whoever runs the server.
    pub metrics: Metrics,
    /// Whether each event loop still turns.
    pub event_loops: EventLoops,
    /// The memory of large bodies.
    pub body_memory: BodyMemory,
    /// The memory of long replies that are made whole.
    pub reply_memory: ReplyMemory,
    /// How many refusals were recorded lately.
    pub refusals: Refusals,
    /// The names that the server has, with those of its certificate.
    pub hosts: Vec<String>,
    /// The OpenAPI document, as JSON.
    pub openapi: Bytes,
    /// Each operation of the API: its method and its path.
    pub operations: Vec<(&'static str, String)>,
    /// The version that clients are told.
    pub build_version: String,
    /// When this program was made, as QRS writes it; empty where the system does not tell.
    pub build_date: String,
}

impl State {
    /// The state of the server that a request came to.
    ///
    /// # Errors
    /// `Internal` if the server was put together without one.
    pub fn of(request: &HttpRequest) -> Result<Data<Self>, RequestError> {
        request
            .app_data::<Data<Self>>()
            .cloned()
            .ok_or_else(|| RequestError::internal(&"the routes have no state"))
    }

    /// Bytes that a cache keeps.
    #[must_use]
    pub fn cache_bytes(&self, cache: Cache) -> u64 {
        match cache {
            Cache::Responses => self.backend.responses.bytes(),
            Cache::Statements => self.backend.store.statement_bytes(),
            Cache::Guards => self.backend.rules.guard_bytes(),
            Cache::Users => self.backend.rules.user_bytes(),
            Cache::Expressions => self.backend.store.expressions().bytes(),
            Cache::Sessions => self.derived_sessions.bytes(),
        }
    }
}
