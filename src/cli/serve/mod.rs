//! `patchbay serve`: prepares the data folder, opens everything in it, and serves until told to stop.

mod folding;
#[cfg(unix)]
mod gate;
mod key_watch;
mod lock;
mod reload;
mod retention;
mod sessions;
mod signals;
mod upkeep;
mod welcome;

use super::output::print;
use super::process::allow_open_files;
use super::{CERTIFICATES, DATABASE, logs};
use crate::access::has_no_administrator;
use crate::auth::token::new_token;
use crate::backup::Schedule;
use crate::cli::exit::Exit;
use crate::config::{Settings, Tls};
use crate::http::{
    self, Answers, Backlog, BodyMemory, Bound, DerivedSessions, Door, EventLoops, FIRST_ADMINISTRATOR, Invitation,
    Keys, Known, Metrics, Passwords, ReadQueue, ReadQueues, Refusals, ReplyMemory, State,
};
use crate::keys::{self, KeyRing};
use crate::memory::Cache;
use crate::private::{check_folder, create_folder};
use crate::store::{Added, Allowances, Readers, Sealer, Snapshot, Store};
use crate::tls::{
    Certificates, ClientCertificates, ClientCheck, ServerCertificate, client_check, host_names, server_config,
};
use actix_web::dev::Server;
use actix_web::rt::{System, spawn};
use actix_web::web::Data;
use chrono::{DateTime, Utc};
#[cfg(unix)]
pub use gate::{SOCKET, UNSEALED};
pub use lock::{LOCK, lock};
pub use reload::ReadSettings;
use reload::Reload;
use rustls::ServerConfig;
use secrecy::{ExposeSecret, SecretString};
pub use signals::when_told_to_stop;
use signals::{Hangups, Signals, end_in_time, stop_when_told};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::thread::Builder;
use std::time::Duration;
use tokio::task::{JoinHandle, yield_now};
use upkeep::Upkeep;

/// Lists at a time, counts, and questions about access; more wait for their turn. Lists have connections of their own, because a client that reads
/// slowly keeps one. What the server itself has to scan, such as rules that have changed, waits for no turn.
const STREAMS: u32 = 8;
const SCANS: u32 = 4;
const QUESTIONS: u32 = 2;
const OWN_SCANS: u32 = 1;

/// Passwords that are checked at a time.
const CHECKS: usize = 4;

/// Files beside connections that may be open: the database's, once for each of its connections, those of backups and temporary ones.
const OTHER_FILES: usize = 256;

/// Files that a server has open at least: its own and those of its listeners; for a connection to the database, for an event loop with what listens for
/// it, and for some clients at each door.
const FILES_OF_PROCESS: usize = 24;
const FILES_OF_DATABASE: usize = 3;
const FILES_OF_EVENT_LOOP: usize = 8;
const FEW_CONNECTIONS: usize = 8;

/// Connections to the database beside those that read: of the writer, of a backup, and of what looks after the log.
const DATABASES_BESIDE: usize = 3;

/// A door that holds its address, and is about to answer.
struct OpenDoor {
    door: Door,
    bound: Bound,
    tls: Option<ServerConfig>,
}

/// Serves what is in the data folder. On SIGHUP, `again` gives the settings as they are then.
pub fn serve(settings: &Settings, again: ReadSettings) -> Result<(), Exit> {
    serve_prepared(settings, again, |_, _| Ok(()))
}

/// Serves what is in the data folder, after `prepare` has seen to it.
pub fn serve_prepared(
    settings: &Settings,
    again: ReadSettings,
    prepare: impl FnOnce(&Store, Option<&KeyRing>) -> Result<(), Exit>,
) -> Result<(), Exit> {
    let missing = make_room_for_files(settings)?;
    let system = System::new();
    let hangups = system.block_on(async { Hangups::listen() }).map_err(|error| format!("no signals come: {error}"))?;
    let metrics = Metrics::default();
    // Its end is the last, so that all else that ends can still say so.
    let (_log, threshold) = logs::start(settings, metrics.dropped_log_lines())?;
    if let Some(TooFewFiles { allowed, needed }) = missing {
        tracing::warn!(
            allowed,
            needed,
            "this process may have fewer files open than max-connections needs: once they are used up, connections wait and backups fail; raise the limit (ulimit -n, LimitNOFILE=) or lower max-connections"
        );
    }
    let workers = number_of_workers();
    let data = make_private_folder(&settings.data)?;
    let _lock = lock(&data)?;
    // Each door has as many threads that answer requests.
    let points = u32::try_from(workers * number_of_doors(settings)).unwrap_or(1);
    let readers = Readers { points, scans: SCANS + OWN_SCANS, streams: STREAMS, questions: QUESTIONS };
    let memory = settings.cache_memory;
    let keys = Arc::new(Keys::new(None));
    let sealer: Arc<dyn Sealer> = keys.clone();
    let store = Store::open_within(&data.join(DATABASE), readers, settings.max_wal_bytes, memory, Some(sealer))
        .map_err(|error| error.to_string())?;
    let known = Known::new(memory, store.expressions());
    warn_of_earlier_data(&store)?;
    sessions::end_without_source(&store, settings);
    let key_ring = keys::open_key_ring(&settings.master_key, &store)?.map(Arc::new);
    if let Some(ring) = &key_ring {
        keys.unseal(Arc::clone(ring));
    }
    prepare(&store, key_ring.as_deref())?;
    let folder = make_private_folder(&data.join(CERTIFICATES))?;
    let addresses = settings.front.iter().map(|front| front.address.ip()).chain([settings.listen.ip()]);
    let hosts = host_names(addresses, &settings.hosts);
    let (certificates, renewed) = Certificates::prepare(&folder, &hosts).map_err(|error| error.to_string())?;
    upkeep::record(&store, renewed.as_ref())?;
    let shown = Arc::new(ServerCertificate::read(&certificates).map_err(|error| error.to_string())?);
    let clients = Arc::new(client_check(&certificates).map_err(|error| error.to_string())?);
    let doors = open_doors(settings, &shown, &clients)?;
    let front_url = doors.front.as_ref().map(OpenDoor::url);
    let (invitation, link) = invite(&store, front_url.as_deref())?;
    let operations = doors.operations.as_ref().map(|bound| format!("http://{}", reachable(bound.address)));
    let urls =
        welcome::Urls { direct: &doors.direct.url(), front: front_url.as_deref(), operations: operations.as_deref() };
    let welcome = welcome::text(&urls, link.as_ref(), &certificates, &folder);
    let openapi = http::openapi().to_json().map_err(|error| error.to_string())?;
    let body_memory = BodyMemory::new(settings.limits.body_memory_bytes).map_err(|error| error.to_string())?;
    let state = Data::new(State {
        backlog: backlog(settings, &store),
        queues: queues(settings, &store),
        store,
        keys,
        known,
        answers: Answers::new(memory.share(Cache::Responses), metrics.given_again()),
        memory,
        certificates,
        shown,
        clients,
        passwords: Passwords::new(CHECKS),
        limits: settings.limits,
        derived_sessions: DerivedSessions::new(memory.share(Cache::Sessions)),
        form_key: new_token()?,
        metrics,
        event_loops: EventLoops::new(number_of_event_loops(settings, workers)),
        body_memory,
        reply_memory: ReplyMemory::default(),
        allowances: Allowances::new(Added {
            entities: settings.limits.daily_entities,
            bytes: settings.limits.daily_bytes,
        }),
        refusals: Refusals::default(),
        invitation,
        hosts,
        openapi: openapi.into(),
        build_version: settings.build_version.clone(),
        build_date: build_date().unwrap_or_default(),
    });
    let schedule = schedule(settings, &data)?;
    let result = system.block_on(async {
        if let Some(days) = settings.audit_days {
            spawn(retention::forget_audit(state.clone(), days));
        }
        spawn(key_watch::rotate_when_due(state.clone(), settings.rotate_key_after.into()));
        if settings.operations.is_some() {
            spawn(key_watch::count_sealed_values(state.clone()));
        }
        if state.keys.is_sealed() {
            wait_for_key(&state, &data);
        }
        let upkeep = Rc::new(Upkeep::new(state.clone()));
        spawn(upkeep::each_day(Rc::clone(&upkeep)));
        spawn(upkeep::watch_revocations(Rc::clone(&upkeep)));
        let reload = Reload { settings: again, upkeep, threshold };
        hangups.each(move || reload.run());
        answer(state.clone(), doors, workers, welcome).await
    });
    // The workers may take a moment to let go of the state, and the process does not wait for them.
    state.store.finish();
    // A backup that is being checked is waited for last: all that was written is in the database by now.
    drop(schedule);
    result.map_err(|error| format!("the server failed: {error}"))?;
    tracing::info!("stopped");
    Ok(())
}

/// Logs what is left to do about data that an earlier version wrote.
fn warn_of_earlier_data(store: &Store) -> Result<(), Exit> {
    if store.has_refolded() {
        folding::warn_of_unmatched(store)?;
    }
    if store.read(|snapshot: &Snapshot<'_>| snapshot.may_have_unmasked_secrets())? {
        tracing::warn!(
            "audit entries of an earlier version may have secrets in clear text: they show masked, but filters over before and after find them letter by letter; run patchbay audit mask-secrets once"
        );
    }
    Ok(())
}

/// Takes the master key from `patchbay unseal`, so that the server need not start anew.
#[cfg(unix)]
fn wait_for_key(state: &Data<State>, data: &Path) {
    match gate::Gate::open(data) {
        Ok(gate) => {
            tracing::warn!("patchbay unseal hands the master key to this server while it runs");
            spawn(gate.admit(state.clone()));
        }
        Err(error) => tracing::warn!(%error, "patchbay unseal can't reach this server; start it with its master key"),
    }
}

/// Elsewhere nobody can hand it in.
#[cfg(not(unix))]
fn wait_for_key(_: &Data<State>, _: &Path) {
    tracing::warn!("start the server with its master key");
}

/// What waits for slow clients, with the turns of lists.
fn backlog(settings: &Settings, store: &Store) -> Backlog {
    Backlog::new(queue(settings, store, STREAMS, "lists"), Duration::from_secs(settings.limits.list_seconds))
}

/// The turns of other reads that are not short.
fn queues(settings: &Settings, store: &Store) -> ReadQueues {
    ReadQueues {
        scans: queue(settings, store, SCANS, "counts and selections"),
        questions: queue(settings, store, QUESTIONS, "questions about access"),
    }
}

/// The turns of so many reads at a time.
fn queue(settings: &Settings, store: &Store, reads: u32, what: &'static str) -> ReadQueue {
    let seconds = settings.limits.read_seconds;
    ReadQueue::new(reads, what, (seconds > 0).then(|| Duration::from_secs(seconds)), store.hurry())
}

/// The direct door, and the front door if there is one.
fn number_of_doors(settings: &Settings) -> usize {
    1 + usize::from(settings.front.is_some())
}

/// Those of the workers of each door, of which the one for operations has one, and that of the main thread, which hears the signals.
fn number_of_event_loops(settings: &Settings, workers: usize) -> usize {
    workers * number_of_doors(settings) + usize::from(settings.operations.is_some()) + 1
}

/// Threads that answer requests, at each door.
fn number_of_workers() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Fewer files may be open than all connections need.
struct TooFewFiles {
    allowed: usize,
    needed: usize,
}

/// Sees to it that enough files may be open: each connection is one, and each door takes as many connections.
///
/// # Errors
/// [`Exit::Usage`] if they are too few even to start, and to answer some.
fn make_room_for_files(settings: &Settings) -> Result<Option<TooFewFiles>, Exit> {
    let (doors, workers) = (number_of_doors(settings), number_of_workers());
    let needed = settings.limits.connections * doors + OTHER_FILES;
    let Some(allowed) = allow_open_files(needed) else { return Ok(None) };
    let databases = to_number(SCANS + OWN_SCANS + STREAMS + QUESTIONS) + workers * doors + DATABASES_BESIDE;
    let loops = number_of_event_loops(settings, workers);
    let least =
        FILES_OF_PROCESS + databases * FILES_OF_DATABASE + loops * FILES_OF_EVENT_LOOP + doors * FEW_CONNECTIONS;
    if allowed < least {
        return Err(Exit::Usage(format!(
            "this process may have {allowed} files open, and needs {least} at least; raise the limit (ulimit -n, LimitNOFILE=)"
        )));
    }
    Ok(Some(TooFewFiles { allowed, needed }))
}

fn to_number(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// Begins to make backups, if there are to be any.
fn schedule(settings: &Settings, data: &Path) -> Result<Option<Schedule>, Exit> {
    let start = settings.backups.clone().map(|plan| Schedule::start(plan, data.join(DATABASE)));
    start.transpose().map_err(|error| Exit::Failure(format!("can't start the thread that makes backups: {error}")))
}

/// The direct door, and the front door if there is one.
struct Doors {
    direct: OpenDoor,
    front: Option<OpenDoor>,
    operations: Option<Bound>,
}

fn open_doors(settings: &Settings, shown: &Arc<ServerCertificate>, clients: &Arc<ClientCheck>) -> Result<Doors, Exit> {
    let tls = |clients| server_config(Arc::clone(shown), clients).map_err(|error| error.to_string());
    let direct_tls = tls(ClientCertificates::Checked(Arc::clone(clients)))?;
    let direct = OpenDoor { door: Door::Direct, bound: bind("listen", settings.listen)?, tls: Some(direct_tls) };
    let operations = settings.operations.map(|address| bind("operations", address)).transpose()?;
    let Some(front) = &settings.front else { return Ok(Doors { direct, front: None, operations }) };
    if front.takes.jwt.as_ref().is_some_and(|jwt| jwt.keys.take_any()) {
        tracing::warn!(
            "every token is taken that front-jwt-key signed; set front-jwt-audience if it signs tokens for others, too"
        );
    }
    let tls = (front.tls == Tls::On).then(|| tls(ClientCertificates::Ignored)).transpose()?;
    let front = OpenDoor { door: Door::Front(Arc::clone(&front.takes)), bound: bind("front", front.address)?, tls };
    Ok(Doors { direct, front: Some(front), operations })
}

impl OpenDoor {
    /// Where a client on this machine finds it.
    fn url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", reachable(self.bound.address))
    }
}

/// Invites the first administrator of a site that has none, if there is a door by which he can come.
fn invite(store: &Store, front: Option<&str>) -> Result<(Option<Invitation>, Option<SecretString>), Exit> {
    let is_needed = store.read(has_no_administrator).map_err(|error| error.to_string())?;
    let Some(front) = front.filter(|_| is_needed) else { return Ok((None, None)) };
    let (invitation, secret) = Invitation::new()?;
    let link = format!("{front}{FIRST_ADMINISTRATOR}?link={}", secret.expose_secret());
    Ok((Some(invitation), Some(SecretString::from(link))))
}

/// Answers at every door until told to stop. What a newcomer needs to know is shown once they answer.
async fn answer(state: Data<State>, doors: Doors, workers: usize, welcome: SecretString) -> std::io::Result<()> {
    let servers = [doors.direct]
        .into_iter()
        .chain(doors.front)
        .map(|door| door.bound.serve(state.clone(), door.door, door.tls, workers));
    let mut servers = servers.collect::<std::io::Result<Vec<_>>>()?;
    servers.extend(doors.operations.map(|bound| bound.serve_operations(state.clone())).transpose()?);
    let handles = servers.iter().map(Server::handle).collect();
    end_in_time(Duration::from_secs(state.limits.shutdown_seconds));
    spawn(stop_when_told(handles, Signals::listen()?));
    let mut serving: Vec<_> = servers.into_iter().map(spawn).collect();
    yield_now().await;
    // One that could not begin has ended by now: then there is nothing to welcome anybody to.
    if let Some(ended) = serving.iter().position(JoinHandle::is_finished) {
        return serving.swap_remove(ended).await?;
    }
    state.event_loops.watch_this();
    // Nobody may be reading standard output, which is no reason not to serve, nor one to hear no signals.
    let show = move || print(welcome.expose_secret().lines());
    drop(Builder::new().name("welcome".to_owned()).spawn(show));
    for server in serving {
        server.await??;
    }
    Ok(())
}

/// The folder by its full path, made so that only the user can look into it. If it was there, others may not write to it.
fn make_private_folder(path: &Path) -> Result<PathBuf, Exit> {
    let failed = |error: std::io::Error| Exit::Failure(format!("can't make the folder {}: {error}", path.display()));
    create_folder(path).map_err(failed)?;
    check_folder(path)?;
    path.canonicalize().map_err(failed)
}

fn bind(setting: &str, address: SocketAddr) -> Result<Bound, Exit> {
    http::bind(address).map_err(|error| Exit::Failure(format!("{setting}: can't listen on {address}: {error}")))
}

/// An address that a client on this machine can call, where the server listens on all of them.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// When the file of this program was written, in the form in which QRS tells when it was built.
fn build_date() -> Option<String> {
    let written = std::env::current_exe().and_then(|path| path.metadata()).and_then(|file| file.modified()).ok()?;
    Some(DateTime::<Utc>::from(written).format("%-m/%-d/%Y %-I:%M:%S %p").to_string())
}
