//! All settings as arguments of the command line. Each is declared once, with its variable, its
//! bounds, its default and its help.

use super::backups::BackupOptions;
use super::caches::CacheOptions;
use super::front::FrontOptions;
use super::given_settings::{Given, WrongSetting};
use super::keys::KeyOptions;
use super::limits::{LimitOptions, TIME};
use super::logs::LogOptions;
use super::parse::{ADDRESSES, Unusable, address, within};
use super::settings::Settings;
use super::trusted_header::HEADER_SECRET;
use crate::keys::MasterKeySource;
use clap::Args;
use secrecy::SecretString;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

/// The data folder that is used if no other is named.
pub const DEFAULT_DATA: &str = "patchbay-data";

/// All settings. Keys of the settings file are spelled like the flags.
#[derive(Args)]
pub struct Options {
    /// Folder for the database, the master key and the certificates
    #[arg(
        long,
        env = "PATCHBAY_DATA",
        value_name = "DIR",
        default_value = DEFAULT_DATA,
        help_heading = "Data and keys"
    )]
    data: PathBuf,
    #[command(flatten)]
    keys: KeyOptions,
    /// Address and port for clients with a client certificate (the direct door)
    #[arg(
        long,
        env = "PATCHBAY_LISTEN",
        value_name = "ADDR:PORT",
        value_parser = address,
        default_value = "127.0.0.1:4242",
        help_heading = ADDRESSES
    )]
    listen: SocketAddr,
    #[command(flatten)]
    front: FrontOptions,
    /// Address and port for monitoring, in plain HTTP: /health, /ready and /metrics [default: none]
    #[arg(
        long,
        env = "PATCHBAY_OPERATIONS",
        value_name = "ADDR:PORT",
        value_parser = address,
        help_heading = ADDRESSES
    )]
    operations: Option<SocketAddr>,
    /// Another host name or IP address of the server; may be repeated [default: none].
    ///
    /// The server's certificate has these names. The front door and the monitoring address refuse
    /// requests whose Host header has another name.
    #[arg(
        long,
        env = "PATCHBAY_HOST",
        value_name = "NAME",
        value_delimiter = ',',
        value_parser = host,
        help_heading = ADDRESSES
    )]
    host: Vec<String>,
    #[command(flatten)]
    limits: LimitOptions,
    /// Size of the write-ahead log, in bytes, above which the server ends long reads and
    /// disconnects clients that read lists slowly
    #[arg(
        long,
        env = "PATCHBAY_MAX_WAL_BYTES",
        value_name = "N",
        value_parser = within::<u64>(16 << 20..=1 << 40),
        default_value_t = 256 << 20,
        help_heading = TIME
    )]
    max_wal_bytes: u64,
    #[command(flatten)]
    caches: CacheOptions,
    #[command(flatten)]
    backups: BackupOptions,
    /// Days for which audit entries are kept; 0 keeps them forever
    #[arg(
        long,
        env = "PATCHBAY_AUDIT_DAYS",
        value_name = "N",
        value_parser = within::<u32>(0..=u32::MAX),
        default_value_t = 365,
        help_heading = "Audit log"
    )]
    audit_days: u32,
    #[command(flatten)]
    log: LogOptions,
    /// Version of QRS that the server reports to clients; some clients refuse an old version
    #[arg(
        long,
        env = "PATCHBAY_BUILD_VERSION",
        value_name = "VERSION",
        value_parser = version,
        default_value = "34.16.0",
        help_heading = "Compatibility"
    )]
    build_version: String,
}

impl Options {
    /// Returns the settings; `secret` returns the value of an environment variable.
    ///
    /// # Errors
    /// A message of one line if a value can't be used. It names the setting and the place that
    /// gives it.
    pub fn settle(
        self,
        given: &Given,
        secret: impl Fn(&str) -> Result<Option<SecretString>, String>,
    ) -> Result<Settings, String> {
        self.try_settle(given, secret).map_err(|wrong| given.locate(wrong))
    }

    fn try_settle(
        self,
        given: &Given,
        secret: impl Fn(&str) -> Result<Option<SecretString>, String>,
    ) -> Result<Settings, WrongSetting> {
        let front = self.front.settle(given, secret(HEADER_SECRET)?)?;
        let front_address = front.as_ref().map(|front| front.address);
        check_distinct("front", front_address, &[("listen", Some(self.listen))])?;
        let others = [("listen", Some(self.listen)), ("front", front_address)];
        check_distinct("operations", self.operations, &others)?;
        Ok(Settings {
            listen: self.listen,
            front,
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

/// Parses a version of up to four numbers, which is what clients expect.
fn version(text: &str) -> Result<String, Unusable> {
    let parts = text.split('.').map(str::parse::<u32>);
    if parts.clone().count() <= 4 && parts.clone().all(|part| part.is_ok()) {
        Ok(text.to_owned())
    } else {
        Err(Unusable::expected("up to four numbers, such as 34.16.0", text))
    }
}

/// Parses a host name, of which `*` may stand for the first part, or an address, which is returned
/// as certificates have it.
fn host(text: &str) -> Result<String, Unusable> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Ok(address.to_string());
    }
    let name = text.strip_prefix("*.").unwrap_or(text);
    if name.len() <= 253 && name.split('.').all(is_label) {
        Ok(text.to_owned())
    } else {
        Err(Unusable::expected("a host name or an IP address, such as qlik.example.com", text))
    }
}

/// Whether a text can be a part of a host name (RFC 1123, section 2.1).
fn is_label(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// Refuses an address that another setting has as well. Port 0 stands for any free port.
fn check_distinct(
    name: &str,
    address: Option<SocketAddr>,
    others: &[(&str, Option<SocketAddr>)],
) -> Result<(), WrongSetting> {
    let is_same = |other: &&(&str, Option<SocketAddr>)| {
        other.1 == address && address.is_some_and(|address| address.port() != 0)
    };
    match others.iter().find(is_same) {
        Some((other, _)) => {
            Err(WrongSetting::new(name, format_args!("must have another address than {other}")))
        }
        None => Ok(()),
    }
}
