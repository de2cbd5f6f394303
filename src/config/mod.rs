//! Settings: flags win over environment variables, these over the file, and the file over the defaults. They are read
//! once, at the start, into one value that never changes.

mod backups;
mod data_folder;
mod front;
mod limits;
mod logs;
mod options;

pub use data_folder::{CERTIFICATES, DATABASE};
pub use front::{FrontDoor, Tls};
pub use logs::LogFormat;
pub use options::Options;

use crate::backup::Plan;
use crate::keys::{MASTER_KEY, MasterKeySource, PASSPHRASE};
use crate::memory::CacheMemory;
use crate::service::limits::Limits;
use secrecy::SecretString;
use std::fmt::Display;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};
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
    /// Bytes of the write-ahead log from which on who reads slowly is cut off.
    pub max_wal_bytes: u64,
    /// The memory for caches.
    pub cache_memory: CacheMemory,
    /// How long audit entries are kept; for ever if it is none.
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

/// Environment variables that hold a secret. They are no flags, because everybody on a machine can read those.
const HEADER_SECRET: &str = "PATCHBAY_FRONT_HEADER_SECRET";

/// The variables that are no flags, for the help and for the check of names.
pub const SECRET_VARIABLES: [&str; 5] = [MASTER_KEY, PASSPHRASE, HEADER_SECRET, NEW_MASTER_KEY, NEW_PASSPHRASE];

/// Where a new master key comes from, for who changes it.
pub const NEW_MASTER_KEY: &str = "PATCHBAY_NEW_MASTER_KEY";
/// The same, to derive it from.
pub const NEW_PASSPHRASE: &str = "PATCHBAY_NEW_PASSPHRASE";

/// The settings file that is used if it lies in the current folder and no other is named.
pub const DEFAULT_FILE: &str = "patchbay.toml";

/// A version of Qlik's repository whose API this is. Clients refuse to speak with one that they take for too old.
const QRS_VERSION: &str = "34.16.0";

/// Uses of a data key at most: below 2^30, far below the 2^32 that are the limit for random nonces under one key.
const MOST_USES: u32 = 1_000_000_000;

impl Options {
    /// Where the master key of what is in `data` comes from: `given`, or what these options say.
    ///
    /// # Errors
    /// As [`Options::settle`].
    pub fn master_key_source(
        self,
        given: Option<PathBuf>,
        data: &Path,
        secret: impl Fn(&str) -> Result<Option<SecretString>, String>,
    ) -> Result<MasterKeySource, String> {
        MasterKeySource::settle(given.or(self.master_key_file), data, secret)
    }

    /// The settings that these options amount to; `secret` gives the value of an environment variable.
    ///
    /// # Errors
    /// A value that can't be used. The message is one line and names the setting.
    pub fn settle(self, secret: impl Fn(&str) -> Result<Option<SecretString>, String>) -> Result<Settings, String> {
        let front = front::settle(&self, secret(HEADER_SECRET)?)?;
        let backups = backups::settle(&self)?;
        let data = self.data_folder(None);
        let limits = limits::settle(&self)?;
        Ok(Settings {
            listen: parse_address("listen", self.listen.as_deref().unwrap_or("127.0.0.1:4242"))?,
            front,
            operations: self.operations.map(|address| parse_address("operations", &address)).transpose()?,
            hosts: self.host.into_iter().map(check_host).collect::<Result<_, _>>()?,
            log_level: logs::parse_level(self.log_level.as_deref().unwrap_or("info"))?,
            log_format: logs::parse_format(self.log_format.as_deref().unwrap_or("auto"))?,
            master_key: MasterKeySource::settle(self.master_key_file, &data, secret)?,
            rotate_key_after: bounded("rotate-key-after", self.rotate_key_after, MOST_USES, 1, MOST_USES)?,
            backups,
            build_version: check_version(self.build_version)?,
            limits,
            max_wal_bytes: bounded("max-wal-bytes", self.max_wal_bytes, 256 << 20, 16 << 20, 1 << 40)?,
            cache_memory: limits::cache_memory(self.cache_bytes, self.answer_cache_bytes)?,
            audit_days: Some(self.audit_days.unwrap_or(365)).filter(|days| *days > 0),
            data,
        })
    }
}

fn bounded<T: PartialOrd + Display + Copy>(
    name: &str,
    value: Option<T>,
    default: T,
    least: T,
    most: T,
) -> Result<T, String> {
    let value = value.unwrap_or(default);
    if (least..=most).contains(&value) {
        Ok(value)
    } else {
        Err(format!("{name} must be {least} to {most}, not {value}"))
    }
}

fn parse_address(name: &str, text: &str) -> Result<SocketAddr, String> {
    let wrong =
        || format!("{name} must be an address and a port of this machine, such as 127.0.0.1:4242, not '{text}'");
    text.to_socket_addrs().map_err(|_| wrong())?.next().ok_or_else(wrong)
}

/// Clients read numbers with dots between them.
fn check_version(version: Option<String>) -> Result<String, String> {
    let version = version.unwrap_or_else(|| QRS_VERSION.to_owned());
    let parts = version.split('.').map(str::parse::<u32>);
    if parts.clone().count() <= 4 && parts.clone().all(|part| part.is_ok()) {
        Ok(version)
    } else {
        Err(format!("build-version must be up to four numbers, such as 34.16.0, not '{version}'"))
    }
}

/// A name, or an address as it is written in certificates.
fn check_host(name: String) -> Result<String, String> {
    if let Ok(address) = name.parse::<IpAddr>() {
        return Ok(address.to_string());
    }
    let is_name = !name.is_empty()
        && name.chars().all(|character| character.is_ascii_alphanumeric() || "-.*:".contains(character));
    if is_name { Ok(name) } else { Err(format!("host must be a host name or an address, not '{name}'")) }
}

#[cfg(test)]
mod tests;
