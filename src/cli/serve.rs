//! `patchbay serve`: prepares the data folder, opens everything in it, and serves until told to stop.

use super::{Exit, logs, master_key};
use crate::config::{Settings, Tls};
use crate::http::certificates::{Certificates, host_names};
use crate::http::{self, Bound, ClientCertificates, Door, Known, State};
use crate::private::{create_folder, options};
use crate::store::{Readers, Store};
use actix_web::dev::ServerHandle;
use actix_web::rt::{System, signal, spawn};
use actix_web::web::Data;
use chrono::{DateTime, Utc};
use std::fs::{File, TryLockError};
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::yield_now;

/// Lists at a time, counts, and questions about access; more wait for their turn. Lists have connections of their own, because a client that reads
/// slowly keeps one.
const STREAMS: u32 = 8;
const SCANS: u32 = 4;
const QUESTIONS: u32 = 2;

/// Passwords that are checked at a time.
const CHECKS: usize = 4;

pub fn serve(settings: &Settings) -> Result<(), Exit> {
    logs::start(settings);
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let data = make_private_folder(&settings.data)?;
    let _lock = lock(&data)?;
    // Each door has as many threads that answer requests.
    let doors = if settings.front.is_some() { 2 } else { 1 };
    let points = u32::try_from(workers * doors).unwrap_or(1);
    let readers = Readers { points, scans: SCANS, streams: STREAMS, questions: QUESTIONS };
    let store = Store::open(&data.join("patchbay.db"), readers).map_err(|error| error.to_string())?;
    let key_ring = master_key::open_key_ring(&settings.master_key, &store)?;
    let folder = make_private_folder(&data.join("certs"))?;
    let hosts = host_names(settings.listen.ip(), &settings.hosts);
    let certificates = Certificates::prepare(&folder, &hosts).map_err(|error| error.to_string())?;
    let tls = |clients| http::server_config(&certificates, clients).map_err(|error| error.to_string());
    let direct_tls = tls(ClientCertificates::Checked)?;
    let bound = bind(settings.listen)?;
    let front = match &settings.front {
        Some(front) => {
            let tls = (front.tls == Tls::On).then(|| tls(ClientCertificates::Ignored)).transpose()?;
            Some((Door::Front(Arc::clone(&front.takes)), bind(front.address)?, tls))
        }
        None => None,
    };
    let openapi = http::openapi().to_json().map_err(|error| error.to_string())?;
    let sign_in = front.as_ref().map(|(_, bound, tls)| {
        let scheme = if tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", reachable(bound.address))
    });
    let welcome = welcome(bound.address, sign_in.as_deref(), &certificates, &folder);
    let state = Data::new(State {
        store,
        key_ring,
        known: Known::default(),
        checking: Arc::new(Semaphore::new(CHECKS)),
        limits: settings.limits,
        openapi: openapi.into(),
        build_version: settings.build_version.clone(),
        build_date: build_date().unwrap_or_default(),
    });
    let serving = state.clone();
    let result = System::new()
        .block_on(async move {
            let server = bound.serve(serving.clone(), Door::Direct, Some(direct_tls), workers)?;
            let mut handles = vec![server.handle()];
            let mut serving_front = None;
            if let Some((door, bound, tls)) = front {
                let front = bound.serve(serving, door, tls, workers)?;
                handles.push(front.handle());
                serving_front = Some(spawn(front));
            }
            spawn(stop_when_told(handles, Signals::listen()?));
            let serving = spawn(server);
            yield_now().await;
            // Nobody may be reading standard output, which is no reason not to serve.
            let _ = std::io::stdout().write_all(welcome.as_bytes());
            let result = serving.await?;
            // Either door may still have requests under way.
            if let Some(front) = serving_front {
                front.await??;
            }
            result
        })
        .map_err(|error| format!("the server failed: {error}"));
    // The workers may take a moment to let go of the state, and the process does not wait for them.
    state.store.finish();
    result?;
    tracing::info!("stopped");
    Ok(())
}

/// The folder by its full path, made so that only the user can look into it.
fn make_private_folder(path: &Path) -> Result<PathBuf, Exit> {
    let failed = |error: std::io::Error| Exit::Failure(format!("can't make the folder {}: {error}", path.display()));
    create_folder(path).map_err(failed)?;
    path.canonicalize().map_err(failed)
}

/// Keeps a second server out of the folder for as long as the file is open.
fn lock(data: &Path) -> Result<File, Exit> {
    let path = data.join("patchbay.lock");
    let failed = |error: std::io::Error| Exit::Failure(format!("can't lock {}: {error}", path.display()));
    let file = options().create(true).append(true).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            Err(Exit::Failure(format!("another Patchbay is serving from {}", data.display())))
        }
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

fn bind(address: SocketAddr) -> Result<Bound, Exit> {
    http::bind(address).map_err(|error| Exit::Failure(format!("can't listen on {address}: {error}")))
}

/// When the file of this program was written, in the form in which QRS tells when it was built.
fn build_date() -> Option<String> {
    let written = std::env::current_exe().and_then(|path| path.metadata()).and_then(|file| file.modified()).ok()?;
    Some(DateTime::<Utc>::from(written).format("%-m/%-d/%Y %-I:%M:%S %p").to_string())
}

/// What a newcomer needs to know, with a line to paste.
fn welcome(address: SocketAddr, front: Option<&str>, certificates: &Certificates, folder: &Path) -> String {
    let sign_in = front.map(|front| format!("Front door: {front}\n")).unwrap_or_default();
    let base = format!("https://{}", reachable(address));
    let [root, client, key] =
        [certificates.root(), certificates.client(), certificates.client_key()].map(|path| quote(&path));
    format!(
        "Patchbay {version} is listening on {base}\n\
         Certificates: {folder} (client.pem, client_key.pem, root.pem)\n\
         API documentation: {base}/docs/\n\
         {sign_in}\
         Try:\n  \
         curl --cacert {root} --cert {client} --key {key} -H 'X-Qlik-Xrfkey: 0123456789abcdef' '{base}/qrs/dataconnection/full?Xrfkey=0123456789abcdef'\n",
        version = env!("CARGO_PKG_VERSION"),
        folder = folder.display(),
    )
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

/// The path as one word of a shell.
fn quote(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = text.chars().all(|character| character.is_ascii_alphanumeric() || "/._-".contains(character));
    if is_plain { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// What tells the program to stop.
struct Signals {
    #[cfg(unix)]
    terminate: signal::unix::Signal,
}

impl Signals {
    /// Listens from now on.
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            terminate: signal::unix::signal(signal::unix::SignalKind::terminate())?,
        })
    }

    /// Waits for the next one: Ctrl-C, or a service manager's request.
    async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = signal::ctrl_c() => {}
            _ = self.terminate.recv() => {}
        }
        #[cfg(not(unix))]
        let _ = signal::ctrl_c().await;
    }
}

/// The first signal lets requests that are under way finish; a second one does not.
async fn stop_when_told(servers: Vec<ServerHandle>, mut signals: Signals) {
    signals.next().await;
    tracing::info!("stopping once the requests that are under way are answered");
    for server in &servers {
        spawn(server.stop(true));
    }
    signals.next().await;
    for server in &servers {
        server.stop(false).await;
    }
}
