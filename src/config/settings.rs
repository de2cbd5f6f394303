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
    /// The address of the door for operations, if there is one.
    pub operations: Option<SocketAddr>,
    /// Further names of the server.
    pub hosts: Vec<String>,
    /// The log level.
    pub log_level: Level,
    /// The format of the log.
    pub log_format: LogFormat,
    /// Where the master key comes from.
    pub master_key: MasterKeySource,
    /// Number of uses after which a data key is replaced.
    pub rotate_key_after: u32,
    /// The schedule of backups, if there is one.
    pub backups: Option<Plan>,
    /// The version that the server reports to clients.
    pub build_version: String,
    /// The limits of requests.
    pub limits: Limits,
    /// Size of the write-ahead log above which slow readers are disconnected.
    pub max_wal_bytes: u64,
    /// The memory for caches.
    pub cache_memory: CacheMemory,
    /// Days that entries of the audit log are kept; `None` for forever.
    pub audit_days: Option<u32>,
}

impl Settings {
    /// The attributes of sessions that the settings name.
    #[must_use]
    pub fn session_attributes(&self) -> Vec<String> {
        let jwt = self.front.as_ref().and_then(|front| front.takes.jwt.as_ref());
        jwt.map(|jwt| jwt.attributes.names()).unwrap_or_default()
    }
}
