//! Builds the state that requests use.

use super::capacity::{backlog, number_of_event_loops, queues, readers};
use super::tasks;
use crate::auth::invitation::Invitation;
use crate::auth::password::Passwords;
use crate::auth::refusal_quota::Refusals;
use crate::auth::session::DerivedSessions;
use crate::auth::token::new_token;
use crate::command_error::CommandError;
use crate::config::{DATABASE, Settings};
use crate::http::State;
use crate::http::middleware::reply_memory::ReplyMemory;
use crate::http::operations::event_loops::EventLoops;
use crate::http::operations::metrics::Metrics;
use crate::memory::Cache;
use crate::openapi;
use crate::service::backend::Backend;
use crate::service::body_memory::BodyMemory;
use crate::service::open_keys::OpenKeys;
use crate::service::response_cache::ResponseCache;
use crate::service::rule_cache::RuleCache;
use crate::store::{Added, Allowances, Sealer, Store};
use crate::tls::{Certificates, ClientCheck, ServerCertificate, client_check, host_names};
use chrono::{DateTime, Utc};
use std::path::Path;
use std::sync::{Arc, LazyLock};

/// Number of passwords that are checked at a time.
const CHECKS: usize = 4;

/// Opens the database, with as many connections as the doors need, and makes the caches.
///
/// # Errors
/// [`CommandError::Failure`] if the database can't be opened.
pub fn open_backend(
    settings: &Settings,
    data: &Path,
    workers: usize,
    metrics: &Metrics,
) -> Result<Backend, CommandError> {
    let (memory, limits) = (settings.cache_memory, settings.limits);
    let keys = Arc::new(OpenKeys::new(None));
    let sealer: Arc<dyn Sealer> = Arc::clone(&keys) as _;
    let (path, readers) = (data.join(DATABASE), readers(settings, workers));
    let opened = Store::open_within(&path, readers, settings.max_wal_bytes, memory, Some(sealer));
    let store = opened.map_err(|error| error.to_string())?;
    Ok(Backend {
        rules: RuleCache::new(memory, store.expressions()),
        backlog: backlog(settings, &store),
        queues: queues(settings, &store),
        store,
        keys,
        responses: ResponseCache::new(memory.share(Cache::Responses), metrics.given_again()),
        limits,
        session_attributes: settings.session_attributes().into(),
        allowances: Allowances::new(Added {
            entities: limits.daily_entities,
            bytes: limits.daily_bytes,
        }),
    })
}

/// The certificates of the server and its clients.
pub struct OpenCertificates {
    /// The certificates in the folder.
    pub certificates: Certificates,
    /// The certificate that the server presents.
    pub shown: Arc<ServerCertificate>,
    /// The check of the certificates that clients present.
    pub clients: Arc<ClientCheck>,
    /// The names under which the server is reached.
    pub hosts: Vec<String>,
}

/// Opens the certificates in `folder`. Creates the missing ones and renews the server's certificate
/// if it expires soon.
///
/// # Errors
/// [`CommandError::Failure`] if one can't be read or written.
pub fn open_certificates(
    settings: &Settings,
    folder: &Path,
    store: &Store,
) -> Result<OpenCertificates, CommandError> {
    let addresses =
        settings.front.iter().map(|front| front.address.ip()).chain([settings.listen.ip()]);
    let hosts = host_names(addresses, &settings.hosts);
    let (certificates, renewed) =
        Certificates::prepare(folder, &hosts).map_err(|error| error.to_string())?;
    tasks::certificate_renewal::record(store, renewed.as_ref())?;
    let shown =
        Arc::new(ServerCertificate::read(&certificates).map_err(|error| error.to_string())?);
    let clients = Arc::new(client_check(&certificates).map_err(|error| error.to_string())?);
    Ok(OpenCertificates { certificates, shown, clients, hosts })
}

/// The state that all requests share.
///
/// # Errors
/// [`CommandError::Failure`] if the system provides no random bytes or no thread.
pub fn state(
    settings: &Settings,
    backend: Backend,
    tls: OpenCertificates,
    invitation: Option<Invitation>,
    metrics: Metrics,
    workers: usize,
) -> Result<State, CommandError> {
    let memory = settings.cache_memory;
    let body_memory =
        BodyMemory::new(settings.limits.body_memory_bytes).map_err(|error| error.to_string())?;
    Ok(State {
        backend: Arc::new(backend),
        memory,
        certificates: tls.certificates,
        shown: tls.shown,
        clients: tls.clients,
        passwords: Passwords::new(CHECKS),
        derived_sessions: DerivedSessions::new(memory.share(Cache::Sessions)),
        form_key: new_token()?,
        metrics,
        event_loops: EventLoops::new(number_of_event_loops(settings, workers)),
        body_memory,
        reply_memory: ReplyMemory::default(),
        refusals: Refusals::default(),
        invitation,
        hosts: tls.hosts,
        openapi: LazyLock::new(|| openapi::document().to_json().map(Into::into)),
        operations: LazyLock::new(openapi::operations),
        build_version: settings.build_version.clone(),
        build_date: build_date().unwrap_or_default(),
    })
}

/// The modification date of the program file, in the format in which QRS reports its build date.
fn build_date() -> Option<String> {
    let written = std::env::current_exe()
        .and_then(|path| path.metadata())
        .and_then(|file| file.modified())
        .ok()?;
    Some(DateTime::<Utc>::from(written).format("%-m/%-d/%Y %-I:%M:%S %p").to_string())
}
