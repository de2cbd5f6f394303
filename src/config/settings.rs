//! The settings in force.

use super::front::FrontDoor;
use super::logs::LogFormat;
use crate::backup::Plan;
use crate::keys::MasterKeySource;
use crate::memory::CacheMemory;
use crate::service::limits::Limits;
use std::net::SocketAddr;
use std::path::PathBuf;
use tracing::Level;

/// The settings in force.
#[derive(Debug)]
pub struct Settings {
    /// The data folder.
    pub data: PathBuf,
    /// The address to listen on.
    pub listen: SocketAddr,
    /// The front door, if there is one.
    pub front: Option<FrontDoor>,
    /// The address for whoever runs the server, if there is one.
    pub operations: Option<SocketAddr>,
    /// Further names of the server.
    pub hosts: Vec<String>,
    /// What is logged.
    pub log_level: Level,
    /// In which form.
    pub log_format: LogFormat,
    /// Where the master key comes from.
    pub master_key: MasterKeySource,
    /// How often a data key may seal before another one takes its place.
    pub rotate_key_after: u32,
    /// The backups that the server makes by itself, if there are to be any.
    pub backups: Option<Plan>,
    /// The version that clients are told.
    pub build_version: String,
    /// How much a request may ask for.
    pub limits: Limits,
    /// Bytes of the write-ahead log from which on slow readers are cut off.
    pub max_wal_bytes: u64,
    /// The memory for caches.
    pub cache_memory: CacheMemory,
    /// Days that entries of the audit log are kept; without a number, for ever.
    pub audit_days: Option<u32>,
}

impl Settings {
    /// The attributes that the settings say sessions bring.
    #[must_use]
    pub fn session_attributes(&self) -> Vec<String> {
        let jwt = self.front.as_ref().and_then(|front| front.takes.jwt.as_ref());
        jwt.map(|jwt| jwt.attributes.names()).unwrap_or_default()
    }
}
