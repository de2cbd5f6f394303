//! The server: prepares the data folder, opens everything in it, and serves until a signal stops
//! it.

mod assembly;
mod capacity;
mod certificate_entry;
mod doors;
mod folding_report;
mod listeners;
mod lock;
mod log_queue;
mod logging;
mod process_limits;
mod reload;
mod signals;
mod startup_message;
mod stderr;
mod tasks;

pub use certificate_entry::{certificate_detail, certificate_entry};
pub use lock::{LOCK, lock};
pub use process_limits::{check_free_files, keep_memory_private};
pub use reload::ReadSettings;
pub use signals::on_stop_signal;
pub use stderr::write_within;
#[cfg(unix)]
pub use tasks::unseal_socket::{SOCKET, UNSEALED};

use crate::access_report::has_no_administrator;
use crate::auth::invitation::Invitation;
use crate::backup::Schedule;
use crate::command_error::CommandError;
use crate::config::{CERTIFICATES, DATABASE, Settings};
use crate::console::FIRST_ADMINISTRATOR;
use crate::http::State;
use crate::http::operations::metrics::Metrics;
use crate::keys::{self, KeyRing};
use crate::private_files::{check_folder, create_folder};
use crate::service::backend::Backend;
use crate::store::{Snapshot, Store};
use crate::terminal::print;
use actix_web::dev::Server;
use actix_web::rt::{System, spawn};
use actix_web::web::Data;
use assembly::{open_backend, open_certificates, state};
use capacity::{make_room_for_files, number_of_workers};
use doors::{Doors, OpenDoor, open_doors, reachable};
use reload::Reload;
use secrecy::{ExposeSecret, SecretString};
use signals::{Hangups, Signals, end_in_time, stop_on_signal};
use startup_message::Urls;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::thread::Builder;
use std::time::Duration;
use tasks::certificate_renewal::Upkeep;
use tokio::task::{JoinHandle, yield_now};

/// Serves the data folder. On SIGHUP, `again` reads the settings again.
///
/// # Errors
/// As [`serve_prepared`].
pub fn serve(settings: &Settings, again: ReadSettings) -> Result<(), CommandError> {
    serve_prepared(settings, again, |_, _| Ok(()))
}

/// Serves the data folder, after `prepare` has prepared its database.
///
/// # Errors
/// [`CommandError::Usage`] if too few files can be opened or the passphrase of a new database is
/// too short, [`CommandError::Failure`] if a file in the data folder can't be read, written or
/// locked, or an address is in use.
pub fn serve_prepared(
    settings: &Settings,
    again: ReadSettings,
    prepare: impl FnOnce(&Store, Option<&KeyRing>) -> Result<(), CommandError>,
) -> Result<(), CommandError> {
    let missing = make_room_for_files(settings)?;
    let system = System::new();
    let hangups = system
        .block_on(async { Hangups::listen() })
        .map_err(|error| format!("can't listen for signals: {error}"))?;
    let metrics = Metrics::default();
    // The log ends last, so that everything else can still log its end.
    let (_log, threshold) = logging::start(settings, metrics.dropped_log_lines())?;
    if let Some(missing) = missing {
        missing.warn();
    }
    let workers = number_of_workers();
    let data = make_private_folder(&settings.data)?;
    let _lock = lock(&data)?;
    let backend = open_backend(settings, &data, workers, &metrics)?;
    prepare_data(settings, &backend, prepare)?;
    let folder = make_private_folder(&data.join(CERTIFICATES))?;
    let tls = open_certificates(settings, &folder, &backend.store)?;
    let doors = open_doors(settings, &tls.shown, &tls.clients)?;
    let (invitation, link) = invite(&backend.store, doors.front.as_ref())?;
    let welcome = startup_message::text(&urls(&doors), link.as_ref(), &tls.certificates, &folder);
    let state = Data::new(state(settings, backend, tls, invitation, metrics, workers)?);
    let schedule = schedule(settings, &data)?;
    let result = system.block_on(async {
        let upkeep = start_tasks(settings, &state, &data);
        let reload = Reload { settings: again, upkeep, threshold };
        hangups.each(move || reload.run());
        answer(state.clone(), doors, workers, welcome).await
    });
    // The workers may take a moment to release the state, and the process does not wait for them.
    state.backend.store.finish();
    // A backup may still be checked. It comes last, because all writes are in the database by now.
    drop(schedule);
    result.map_err(|error| format!("the server failed: {error}"))?;
    tracing::info!("stopped");
    Ok(())
}

/// Prepares the data before the first request: reports data of an earlier version, ends sessions of
/// sources that are no longer trusted, opens the data keys, and runs `prepare`.
fn prepare_data(
    settings: &Settings,
    backend: &Backend,
    prepare: impl FnOnce(&Store, Option<&KeyRing>) -> Result<(), CommandError>,
) -> Result<(), CommandError> {
    let store = &backend.store;
    warn_of_earlier_data(store)?;
    tasks::untrusted_sessions::end_without_source(store, settings);
    let key_ring = keys::open_key_ring(&settings.master_key, store)?.map(Arc::new);
    if let Some(ring) = &key_ring {
        backend.keys.unseal(Arc::clone(ring));
    }
    prepare(store, key_ring.as_deref())
}

/// Starts the tasks in the background.
fn start_tasks(settings: &Settings, state: &Data<State>, data: &Path) -> Rc<Upkeep> {
    if let Some(days) = settings.audit_days {
        spawn(tasks::audit_retention::remove_old_audit_entries(state.clone(), days));
    }
    spawn(tasks::key_rotation::rotate_when_due(state.clone(), settings.rotate_key_after.into()));
    if settings.operations.is_some() {
        spawn(tasks::key_rotation::count_sealed_values(state.clone()));
    }
    if state.backend.keys.is_sealed() {
        wait_for_key(state, data);
    }
    let upkeep = Rc::new(Upkeep::new(state.clone()));
    spawn(tasks::certificate_renewal::each_day(Rc::clone(&upkeep)));
    spawn(tasks::certificate_renewal::watch_revocations(Rc::clone(&upkeep)));
    upkeep
}

/// Logs what the operator should do about data of an earlier version.
fn warn_of_earlier_data(store: &Store) -> Result<(), CommandError> {
    if store.has_refolded() {
        folding_report::warn_of_unmatched(store)?;
    }
    if store.read(|snapshot: &Snapshot<'_>| snapshot.may_have_unmasked_secrets())? {
        tracing::warn!(
            "audit entries of an earlier version may have secrets in clear text: they are shown \
             masked, but filters on before and after can reveal them; run patchbay audit \
             mask-secrets once"
        );
    }
    Ok(())
}

/// Waits for the master key from `patchbay unseal`, so that the server does not need a restart.
#[cfg(unix)]
fn wait_for_key(state: &Data<State>, data: &Path) {
    match tasks::unseal_socket::Gate::open(data) {
        Ok(gate) => {
            tracing::warn!("the server runs sealed; patchbay unseal gives it the master key");
            spawn(gate.admit(state.clone()));
        }
        Err(error) => {
            tracing::warn!(
                %error,
                "patchbay unseal can't reach this server; restart it with its master key"
            );
        }
    }
}

/// On this system there is no socket for the master key.
#[cfg(not(unix))]
fn wait_for_key(_: &Data<State>, _: &Path) {
    tracing::warn!("the server runs sealed; restart it with its master key");
}

/// The addresses of the doors.
fn urls(doors: &Doors) -> Urls {
    Urls {
        direct: doors.direct.url(),
        front: doors.front.as_ref().map(OpenDoor::url),
        operations: doors
            .operations
            .as_ref()
            .map(|bound| format!("http://{}", reachable(bound.address))),
    }
}

/// Starts the schedule of backups, if there is one.
fn schedule(settings: &Settings, data: &Path) -> Result<Option<Schedule>, CommandError> {
    let start = settings.backups.clone().map(|plan| Schedule::start(plan, data.join(DATABASE)));
    start.transpose().map_err(|error| {
        CommandError::Failure(format!("can't start the thread that makes backups: {error}"))
    })
}

/// Makes the invitation for the first administrator, if the site has no administrator and there is
/// a front door.
fn invite(
    store: &Store,
    front: Option<&OpenDoor>,
) -> Result<(Option<Invitation>, Option<SecretString>), CommandError> {
    let is_needed = store.read(has_no_administrator).map_err(|error| error.to_string())?;
    let Some(front) = front.filter(|_| is_needed) else { return Ok((None, None)) };
    let (invitation, secret) = Invitation::new()?;
    let link = format!("{}{FIRST_ADMINISTRATOR}?link={}", front.url(), secret.expose_secret());
    Ok((Some(invitation), Some(SecretString::from(link))))
}

/// Answers at every door until a signal stops the server. The welcome is printed once the doors
/// answer.
async fn answer(
    state: Data<State>,
    doors: Doors,
    workers: usize,
    welcome: SecretString,
) -> std::io::Result<()> {
    let servers = [doors.direct]
        .into_iter()
        .chain(doors.front)
        .map(|door| door.bound.serve(state.clone(), door.door, door.tls, workers));
    let mut servers = servers.collect::<std::io::Result<Vec<_>>>()?;
    servers
        .extend(doors.operations.map(|bound| bound.serve_operations(state.clone())).transpose()?);
    let handles = servers.iter().map(Server::handle).collect();
    end_in_time(Duration::from_secs(state.backend.limits.shutdown_seconds));
    spawn(stop_on_signal(handles, Signals::listen()?));
    let mut serving: Vec<_> = servers.into_iter().map(spawn).collect();
    yield_now().await;
    // A server that could not start has ended by now; then there is no welcome.
    if let Some(ended) = serving.iter().position(JoinHandle::is_finished) {
        return serving.swap_remove(ended).await?;
    }
    state.event_loops.watch_this();
    // Standard output may block if it is not read, which must delay neither requests nor signals.
    let show = move || print(welcome.expose_secret().lines());
    drop(Builder::new().name("welcome".to_owned()).spawn(show));
    for server in serving {
        server.await??;
    }
    Ok(())
}

/// Creates a folder that only its owner can read, and returns its full path. If it exists, other
/// users must not be able to write to it.
fn make_private_folder(path: &Path) -> Result<PathBuf, CommandError> {
    let failed = |error: std::io::Error| {
        CommandError::Failure(format!("can't make the folder {}: {error}", path.display()))
    };
    create_folder(path).map_err(failed)?;
    check_folder(path)?;
    path.canonicalize().map_err(failed)
}
