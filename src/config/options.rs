//! All settings as arguments of the command line. Each stands once, with its variable, its bounds,
//! its default and its help.

use super::backups::BackupOptions;
use super::caches::CacheOptions;
use super::front::FrontOptions;
use super::given_settings::Given;
use super::keys::KeyOptions;
use super::limits::LimitOptions;
use super::logs::LogOptions;
use super::parse::{Unusable, address, within};
use super::settings::Settings;
use super::trusted_header::HEADER_SECRET;
use crate::keys::MasterKeySource;
use clap::Args;
use secrecy::SecretString;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

/// The data folder that is used if no other is named.
pub const DEFAULT_DATA: &str = "patchbay-data";

/// All settings, wherever they are set. Keys of the settings file are spelt like the flags.
#[derive(Args)]
pub struct Options {
    /// Folder for the database, the master key and the certificates
    #[arg(long, env = "PATCHBAY_DATA", value_name = "DIR", default_value = DEFAULT_DATA)]
    data: PathBuf,
    /// Address to listen on
    #[arg(
        long,
        env = "PATCHBAY_LISTEN",
        value_name = "ADDR:PORT",
        value_parser = address,
        default_value = "127.0.0.1:4242"
    )]
    listen: SocketAddr,
    /// Address for whoever runs the server: /health, /ready and /metrics, in plain HTTP [default:
    /// none]
    #[arg(long, env = "PATCHBAY_OPERATIONS", value_name = "ADDR:PORT", value_parser = address)]
    operations: Option<SocketAddr>,
    /// Further host name or address of the server, for its certificate and for Host at the front
    /// door and the operations address; may be given several times
    #[
        arg(
            long,
            env = "PATCHBAY_HOST",
            value_name = "NAME",
            value_delimiter = ',',
            value_parser = host
        )
    ]
    host: Vec<String>,
    /// Version to tell clients that ask for one of Qlik's. They refuse one that they take for too
    /// old
    #[arg(
        long,
        env = "PATCHBAY_BUILD_VERSION",
        value_name = "VERSION",
        value_parser = version,
        default_value = "34.16.0"
    )]
    build_version: String,
    /// Days that entries of the audit log are kept; 0 for ever
    #[arg(
        long,
        env = "PATCHBAY_AUDIT_DAYS",
        value_name = "N",
        value_parser = within::<u32>(0..=u32::MAX),
        default_value_t = 365
    )]
    audit_days: u32,
    /// Length of the write-ahead log from which on long reads are ended and clients that read lists
    /// slowly are cut off, in bytes
    #[arg(
        long,
        env = "PATCHBAY_MAX_WAL_BYTES",
        value_name = "N",
        value_parser = within::<u64>(16 << 20..=1 << 40),
        default_value_t = 256 << 20
    )]
    max_wal_bytes: u64,
    #[command(flatten)]
    log: LogOptions,
    #[command(flatten)]
    keys: KeyOptions,
    #[command(flatten)]
    front: FrontOptions,
    #[command(flatten)]
    backups: BackupOptions,
    #[command(flatten)]
    caches: CacheOptions,
    #[command(flatten)]
    limits: LimitOptions,
}

impl Options {
    /// The settings that these options amount to; `secret` gives the value of an environment
    /// variable.
    ///
    /// # Errors
    /// A value that can't be used. The message is one line and names the setting.
    pub fn settle(
        self,
        given: &Given,
        secret: impl Fn(&str) -> Result<Option<SecretString>, String>,
    ) -> Result<Settings, String> {
        Ok(Settings {
            listen: self.listen,
            front: self.front.settle(given, secret(HEADER_SECRET)?)?,
            operations: self.operations,
            hosts: self.host,
            log_level: self.log.log_level,
            log_format: self.log.log_format,
            master_key: MasterKeySource::settle(self.keys.master_key_file, &self.data, secret)?,
            rotate_key_after: self.keys.rotate_key_after,
            backups: self.backups.settle(given)?,
            build_version: self.build_version,
            limits: self.limits.into(),
            max_wal_bytes: self.max_wal_bytes,
            cache_memory: self.caches.settle()?,
            audit_days: Some(self.audit_days).filter(|days| *days > 0),
            data: self.data,
        })
    }
}

/// Clients read numbers with dots between them.
fn version(text: &str) -> Result<String, Unusable> {
    let parts = text.split('.').map(str::parse::<u32>);
    if parts.clone().count() <= 4 && parts.clone().all(|part| part.is_ok()) {
        Ok(text.to_owned())
    } else {
        Err(Unusable::expected("up to four numbers, such as 34.16.0", text))
    }
}

/// A name, or an address as it is written in certificates.
fn host(text: &str) -> Result<String, Unusable> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Ok(address.to_string());
    }
    let is_name = !text.is_empty()
        && text
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || "-.*:".contains(character));
    if is_name {
        Ok(text.to_owned())
    } else {
        Err(Unusable::expected("a host name or an address", text))
    }
}
