//! The state of the server.

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
use std::sync::{Arc, LazyLock};

/// The state of the server, which all requests share.
pub struct State {
    /// The services that work without HTTP.
    pub backend: Arc<Backend>,
    /// The memory limits of the caches.
    pub memory: CacheMemory,
    /// The certificates that the console offers for download.
    pub certificates: Certificates,
    /// The certificate that the doors present.
    pub shown: Arc<ServerCertificate>,
    /// Checks the certificates of clients.
    pub clients: Arc<ClientCheck>,
    /// Checks and hashes passwords.
    pub passwords: Passwords,
    /// The cache of sessions that began with a header or a JSON Web Token.
    pub derived_sessions: DerivedSessions,
    /// A random key of this run of the server, for forms of visitors without a session.
    pub form_key: SecretString,
    /// The invitation of the first administrator, if there is one.
    pub invitation: Option<Invitation>,
    /// The metrics.
    pub metrics: Metrics,
    /// Detects stalled event loops.
    pub event_loops: EventLoops,
    /// The memory of large bodies.
    pub body_memory: BodyMemory,
    /// The memory of long replies that are built completely before they are sent.
    pub reply_memory: ReplyMemory,
    /// The quotas for audit entries about refusals.
    pub refusals: Refusals,
    /// The names of the server, including those in its certificate.
    pub hosts: Vec<String>,
    /// The OpenAPI document, as JSON. It is made when a client first requests it, since it takes a
    /// quarter of the time in which a server starts.
    pub openapi: LazyLock<Result<Bytes, serde_json::Error>>,
    /// Each operation of the API: its method and its path. They are collected at the first request.
    pub operations: LazyLock<Vec<(&'static str, String)>>,
    /// The version of QRS that clients see.
    pub build_version: String,
    /// The build date of this program in the format of QRS; empty if the system does not provide
    /// it.
    pub build_date: String,
}

impl State {
    /// The state of the server of a request.
    ///
    /// # Errors
    /// Never fails in practice: `Internal` if the server was built without a state.
    pub fn of(request: &HttpRequest) -> Result<Data<Self>, RequestError> {
        request
            .app_data::<Data<Self>>()
            .cloned()
            .ok_or_else(|| RequestError::internal(&"the routes have no state"))
    }

    /// Bytes that a cache holds.
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
