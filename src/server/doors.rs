//! The doors. Each listens on its address before the server starts to answer.

use super::listeners::{self, Bound};
use crate::auth::door::Door;
use crate::command_error::CommandError;
use crate::config::{Settings, Tls};
use crate::tls::{ClientCertificates, ClientCheck, ServerCertificate, server_config};
use rustls::ServerConfig;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

/// A door that listens on its address and does not answer yet.
pub struct OpenDoor {
    /// Which door it is.
    pub door: Door,
    /// Its address.
    pub bound: Bound,
    /// The configuration of TLS; `None` for plain HTTP.
    pub tls: Option<ServerConfig>,
}

/// The doors that the settings ask for.
pub struct Doors {
    /// The direct door.
    pub direct: OpenDoor,
    /// The front door, if there is one.
    pub front: Option<OpenDoor>,
    /// The address for operations, if there is one.
    pub operations: Option<Bound>,
}

/// Listens on the addresses of all doors.
///
/// # Errors
/// [`CommandError::Failure`] if an address is in use, or TLS can't be set up.
pub fn open_doors(
    settings: &Settings,
    shown: &Arc<ServerCertificate>,
    clients: &Arc<ClientCheck>,
) -> Result<Doors, CommandError> {
    let tls =
        |clients| server_config(Arc::clone(shown), clients).map_err(|error| error.to_string());
    let direct_tls = tls(ClientCertificates::Checked(Arc::clone(clients)))?;
    let direct = OpenDoor {
        door: Door::Direct,
        bound: bind("listen", settings.listen)?,
        tls: Some(direct_tls),
    };
    let operations = settings.operations.map(|address| bind("operations", address)).transpose()?;
    let Some(front) = &settings.front else { return Ok(Doors { direct, front: None, operations }) };
    if front.takes.jwt.as_ref().is_some_and(|jwt| jwt.keys.take_any()) {
        tracing::warn!(
            "every token that front-jwt-key signed is accepted; set front-jwt-audience if the key \
             signs tokens for other services, too"
        );
    }
    let tls = (front.tls == Tls::On).then(|| tls(ClientCertificates::Ignored)).transpose()?;
    let front = OpenDoor {
        door: Door::Front(Arc::clone(&front.takes)),
        bound: bind("front", front.address)?,
        tls,
    };
    Ok(Doors { direct, front: Some(front), operations })
}

impl OpenDoor {
    /// The URL for a client on this machine.
    pub fn url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", reachable(self.bound.address))
    }
}

fn bind(setting: &str, address: SocketAddr) -> Result<Bound, CommandError> {
    listeners::bind(address).map_err(|error| {
        CommandError::Failure(format!("{setting}: can't listen on {address}: {error}"))
    })
}

/// Returns an address that a client on this machine can connect to, also if the server listens on
/// all addresses.
pub fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}
