//! What can be set, and where it is read.

use crate::private::read_trusted;
use clap::Args;
use serde::Deserialize;
use std::path::{Path, PathBuf};

const DEFAULT_DATA: &str = "patchbay-data";

/// What can be set, wherever it is set. The file's keys are spelt like the flags.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {
    /// Folder for the database, the master key and the certificates [default: patchbay-data]
    #[arg(long, env = "PATCHBAY_DATA", value_name = "DIR")]
    pub(super) data: Option<PathBuf>,
    /// Address to listen on [default: 127.0.0.1:4242]
    #[arg(long, env = "PATCHBAY_LISTEN", value_name = "ADDR:PORT")]
    pub(super) listen: Option<String>,
    /// Address of the front door, where people and machines sign in without the certificate [default: none]
    #[arg(long, env = "PATCHBAY_FRONT", value_name = "ADDR:PORT")]
    pub(super) front: Option<String>,
    /// Address for whoever runs the server: /health, /ready and /metrics, in plain HTTP [default: none]
    #[arg(long, env = "PATCHBAY_OPERATIONS", value_name = "ADDR:PORT")]
    pub(super) operations: Option<String>,
    /// From where users at the front door come unless they say it: hub or management [default: hub]
    #[arg(long, env = "PATCHBAY_FRONT_CONTEXT", value_name = "CONTEXT")]
    pub(super) front_context: Option<String>,
    /// Whether the front door speaks TLS: on, or off on a loopback address [default: on]
    #[arg(long, env = "PATCHBAY_FRONT_TLS", value_name = "ON|OFF")]
    pub(super) front_tls: Option<String>,
    /// Directory of all users whom a header or a JWT names [default: what these say]
    #[arg(long, env = "PATCHBAY_FRONT_DIRECTORY", value_name = "DIRECTORY")]
    pub(super) front_directory: Option<String>,
    /// Header in which a proxy names the user that it has signed in, at the front door [default: none]
    #[arg(long, env = "PATCHBAY_FRONT_HEADER", value_name = "NAME")]
    pub(super) front_header: Option<String>,
    /// Address or network of a proxy that may send that header; may be given several times
    #[arg(long, env = "PATCHBAY_FRONT_HEADER_FROM", value_name = "NETWORK", value_delimiter = ',')]
    pub(super) front_header_from: Vec<String>,
    /// File with the public key or the certificate, in PEM, of who signs JSON Web Tokens; may be given several times
    #[arg(long, env = "PATCHBAY_FRONT_JWT_KEY", value_name = "FILE", value_delimiter = ',')]
    pub(super) front_jwt_key: Vec<PathBuf>,
    /// Issuer that tokens must name in iss [default: any]
    #[arg(long, env = "PATCHBAY_FRONT_JWT_ISSUER", value_name = "ISSUER")]
    pub(super) front_jwt_issuer: Option<String>,
    /// Audience that tokens must name in aud [default: tokens without one]
    #[arg(long, env = "PATCHBAY_FRONT_JWT_AUDIENCE", value_name = "AUDIENCE")]
    pub(super) front_jwt_audience: Option<String>,
    /// Claim with the user id [default: userId]
    #[arg(long, env = "PATCHBAY_FRONT_JWT_USER_ID", value_name = "CLAIM")]
    pub(super) front_jwt_user_id: Option<String>,
    /// Claim with the user directory [default: userDirectory]
    #[arg(long, env = "PATCHBAY_FRONT_JWT_USER_DIRECTORY", value_name = "CLAIM")]
    pub(super) front_jwt_user_directory: Option<String>,
    /// Claim that becomes an attribute of the user, by another name as in group=roles; may be given several times [default: all]
    #[arg(long, env = "PATCHBAY_FRONT_JWT_ATTRIBUTE", value_name = "NAME[=CLAIM]", value_delimiter = ',')]
    pub(super) front_jwt_attribute: Vec<String>,
    /// Whether a sign-in by that header or by a JWT begins a session, and its reply sets the cookie: on or off [default: on]
    #[arg(long, env = "PATCHBAY_FRONT_SESSIONS", value_name = "ON|OFF")]
    pub(super) front_sessions: Option<String>,
    /// Failures to sign in of a user that cost no wait [default: 5]
    #[arg(long, env = "PATCHBAY_SIGN_IN_USER_FAILURES", value_name = "N")]
    pub(super) sign_in_user_failures: Option<u32>,
    /// The same from an address, for all users together [default: 20]
    #[arg(long, env = "PATCHBAY_SIGN_IN_ADDRESS_FAILURES", value_name = "N")]
    pub(super) sign_in_address_failures: Option<u32>,
    /// Longest wait after failures to sign in, in seconds [default: 900]
    #[arg(long, env = "PATCHBAY_SIGN_IN_WAIT_SECONDS", value_name = "N")]
    pub(super) sign_in_wait_seconds: Option<u32>,
    /// Further host name or address of the server, for its certificate and for Host at the front door and the operations address; may be given several times
    #[arg(long, env = "PATCHBAY_HOST", value_name = "NAME", value_delimiter = ',')]
    pub(super) host: Vec<String>,
    /// Least severe messages to log: error, warn, info, debug or trace [default: info]
    #[arg(long, env = "PATCHBAY_LOG_LEVEL", value_name = "LEVEL")]
    pub(super) log_level: Option<String>,
    /// Form of the log: text, json, or auto for text on a terminal and json elsewhere [default: auto]
    #[arg(long, env = "PATCHBAY_LOG_FORMAT", value_name = "FORMAT")]
    pub(super) log_format: Option<String>,
    /// File that holds the master key [default: master.key in the data folder]
    #[arg(long, env = "PATCHBAY_MASTER_KEY_FILE", value_name = "FILE")]
    pub(super) master_key_file: Option<PathBuf>,
    /// Uses of a data key after which another one takes its place [default: 1000000000]
    #[arg(long, env = "PATCHBAY_ROTATE_KEY_AFTER", value_name = "N")]
    pub(super) rotate_key_after: Option<u32>,
    /// Folder for backups that the server makes by itself [default: none]
    #[arg(long, env = "PATCHBAY_BACKUP_FOLDER", value_name = "DIR")]
    pub(super) backup_folder: Option<PathBuf>,
    /// Time from one of these backups to the next, as 24h or 30min [default: 24h]
    #[arg(long, env = "PATCHBAY_BACKUP_EVERY", value_name = "TIME")]
    pub(super) backup_every: Option<String>,
    /// How many of these backups are kept [default: 7]
    #[arg(long, env = "PATCHBAY_BACKUP_KEEP", value_name = "N")]
    pub(super) backup_keep: Option<usize>,
    /// Public key of age to seal these backups to; may be given several times
    #[arg(long, env = "PATCHBAY_BACKUP_RECIPIENT", value_name = "KEY", value_delimiter = ',')]
    pub(super) backup_recipient: Vec<String>,
    /// Longest body of a request, in bytes [default: 8388608]
    #[arg(long, env = "PATCHBAY_MAX_BODY_BYTES", value_name = "N")]
    pub(super) max_body_bytes: Option<usize>,
    /// Longest filter, in bytes [default: 8192]
    #[arg(long, env = "PATCHBAY_MAX_FILTER_BYTES", value_name = "N")]
    pub(super) max_filter_bytes: Option<usize>,
    /// Most comparisons in a filter [default: 200]
    #[arg(long, env = "PATCHBAY_MAX_FILTER_TERMS", value_name = "N")]
    pub(super) max_filter_terms: Option<usize>,
    /// Deepest nesting of a filter [default: 64]
    #[arg(long, env = "PATCHBAY_MAX_FILTER_DEPTH", value_name = "N")]
    pub(super) max_filter_depth: Option<usize>,
    /// Bytes of memory for all caches together [default: 268435456, or 234881024 beside answer-cache-bytes]
    #[arg(long, env = "PATCHBAY_CACHE_BYTES", value_name = "N")]
    pub(super) cache_bytes: Option<u64>,
    /// Bytes of it for responses that are sent again as long as nothing has changed; 0 for none [default: an eighth of cache-bytes]
    #[arg(long, env = "PATCHBAY_ANSWER_CACHE_BYTES", value_name = "N")]
    pub(super) answer_cache_bytes: Option<u64>,
    /// Version to tell clients that ask for one of Qlik's [default: 34.16.0]
    #[arg(long, env = "PATCHBAY_BUILD_VERSION", value_name = "VERSION")]
    pub(super) build_version: Option<String>,
    /// Deepest nesting of a body [default: 128]
    #[arg(long, env = "PATCHBAY_MAX_BODY_DEPTH", value_name = "N")]
    pub(super) max_body_depth: Option<usize>,
    /// Most items of a list in a body [default: 10000]
    #[arg(long, env = "PATCHBAY_MAX_BODY_ITEMS", value_name = "N")]
    pub(super) max_body_items: Option<usize>,
    /// Most choiceValues of a custom property definition [default: 5000]
    #[arg(long, env = "PATCHBAY_MAX_CHOICE_VALUES", value_name = "N")]
    pub(super) max_choice_values: Option<usize>,
    /// Memory of all bodies above 64 KiB together, received and parsed, in bytes; more wait [default: 167772160]
    #[arg(long, env = "PATCHBAY_BODY_MEMORY_BYTES", value_name = "N")]
    pub(super) body_memory_bytes: Option<usize>,
    /// Longest URL and headers of a request together, in bytes [default: 65536]
    #[arg(long, env = "PATCHBAY_MAX_HEAD_BYTES", value_name = "N")]
    pub(super) max_head_bytes: Option<usize>,
    /// Most headers of a request [default: 96]
    #[arg(long, env = "PATCHBAY_MAX_HEADERS", value_name = "N")]
    pub(super) max_headers: Option<usize>,
    /// Seconds that a client may keep the server waiting altogether while it reads a list [default: 600]
    #[arg(long, env = "PATCHBAY_MAX_LIST_SECONDS", value_name = "N")]
    pub(super) max_list_seconds: Option<u64>,
    /// Seconds that one read of an ordinary user may compute, without the time in which it waits for its client; 0 for any time [default: 30]
    #[arg(long, env = "PATCHBAY_MAX_READ_SECONDS", value_name = "N")]
    pub(super) max_read_seconds: Option<u64>,
    /// Length of the write-ahead log from which on long reads are ended and clients that read lists slowly are cut off, in bytes [default: 268435456]
    #[arg(long, env = "PATCHBAY_MAX_WAL_BYTES", value_name = "N")]
    pub(super) max_wal_bytes: Option<u64>,
    /// Bytes that an ordinary user may add to the database within a day; 0 for any number [default: 268435456]
    #[arg(long, env = "PATCHBAY_MAX_DAILY_BYTES", value_name = "N")]
    pub(super) max_daily_bytes: Option<u64>,
    /// Entities, sessions and tokens that an ordinary user may create within a day; 0 for any number [default: 100000]
    #[arg(long, env = "PATCHBAY_MAX_DAILY_ENTITIES", value_name = "N")]
    pub(super) max_daily_entities: Option<u64>,
    /// How long one request of an ordinary user may keep the database's writer busy, as an estimate; 0 for any time [default: 500]
    #[arg(long, env = "PATCHBAY_MAX_WRITE_MILLISECONDS", value_name = "N")]
    pub(super) max_write_milliseconds: Option<u64>,
    /// Most connections at a time [default: 1024]
    #[arg(long, env = "PATCHBAY_MAX_CONNECTIONS", value_name = "N")]
    pub(super) max_connections: Option<usize>,
    /// Seconds that the head and the body of a request may each take to come [default: 20]
    #[arg(long, env = "PATCHBAY_MAX_REQUEST_SECONDS", value_name = "N")]
    pub(super) max_request_seconds: Option<u64>,
    /// Days that entries of the audit trail are kept; 0 for ever [default: 365]
    #[arg(long, env = "PATCHBAY_AUDIT_DAYS", value_name = "N")]
    pub(super) audit_days: Option<u32>,
    /// Seconds that requests under way may take once the server is told to stop [default: 30]
    #[arg(long, env = "PATCHBAY_SHUTDOWN_SECONDS", value_name = "N")]
    pub(super) shutdown_seconds: Option<u64>,
}

impl Options {
    /// Reads a settings file.
    ///
    /// # Errors
    /// It can't be read, or holds what is no setting. The message is one line.
    pub fn from_file(path: &Path) -> Result<Self, String> {
        let text = read_trusted(path).map_err(|why| format!("config: {why}"))?;
        let text = String::from_utf8(text).map_err(|_| format!("config: {} is no UTF-8 text", path.display()))?;
        toml::from_str(&text).map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
            let setting =
                text.lines().nth(line - 1).and_then(|line| line.split_once('=')).map_or("", |(name, _)| name.trim());
            let message =
                error.message().replace('\n', "; ").replace("expected a sequence", "expected a list, as in [\"…\"]");
            format!("{}, line {line}: {setting}: {message}", path.display())
        })
    }

    /// These options, and for what they leave open, those of `other`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            data: self.data.or(other.data),
            listen: self.listen.or(other.listen),
            front: self.front.or(other.front),
            operations: self.operations.or(other.operations),
            front_context: self.front_context.or(other.front_context),
            front_tls: self.front_tls.or(other.front_tls),
            front_directory: self.front_directory.or(other.front_directory),
            front_header: self.front_header.or(other.front_header),
            front_header_from: or_list(self.front_header_from, other.front_header_from),
            front_jwt_key: or_list(self.front_jwt_key, other.front_jwt_key),
            front_jwt_issuer: self.front_jwt_issuer.or(other.front_jwt_issuer),
            front_jwt_audience: self.front_jwt_audience.or(other.front_jwt_audience),
            front_jwt_user_id: self.front_jwt_user_id.or(other.front_jwt_user_id),
            front_jwt_user_directory: self.front_jwt_user_directory.or(other.front_jwt_user_directory),
            front_jwt_attribute: or_list(self.front_jwt_attribute, other.front_jwt_attribute),
            front_sessions: self.front_sessions.or(other.front_sessions),
            sign_in_user_failures: self.sign_in_user_failures.or(other.sign_in_user_failures),
            sign_in_address_failures: self.sign_in_address_failures.or(other.sign_in_address_failures),
            sign_in_wait_seconds: self.sign_in_wait_seconds.or(other.sign_in_wait_seconds),
            host: or_list(self.host, other.host),
            log_level: self.log_level.or(other.log_level),
            log_format: self.log_format.or(other.log_format),
            master_key_file: self.master_key_file.or(other.master_key_file),
            rotate_key_after: self.rotate_key_after.or(other.rotate_key_after),
            backup_folder: self.backup_folder.or(other.backup_folder),
            backup_every: self.backup_every.or(other.backup_every),
            backup_keep: self.backup_keep.or(other.backup_keep),
            backup_recipient: or_list(self.backup_recipient, other.backup_recipient),
            max_body_bytes: self.max_body_bytes.or(other.max_body_bytes),
            max_filter_bytes: self.max_filter_bytes.or(other.max_filter_bytes),
            max_filter_terms: self.max_filter_terms.or(other.max_filter_terms),
            max_filter_depth: self.max_filter_depth.or(other.max_filter_depth),
            cache_bytes: self.cache_bytes.or(other.cache_bytes),
            answer_cache_bytes: self.answer_cache_bytes.or(other.answer_cache_bytes),
            build_version: self.build_version.or(other.build_version),
            max_body_depth: self.max_body_depth.or(other.max_body_depth),
            max_body_items: self.max_body_items.or(other.max_body_items),
            max_choice_values: self.max_choice_values.or(other.max_choice_values),
            body_memory_bytes: self.body_memory_bytes.or(other.body_memory_bytes),
            max_head_bytes: self.max_head_bytes.or(other.max_head_bytes),
            max_headers: self.max_headers.or(other.max_headers),
            max_list_seconds: self.max_list_seconds.or(other.max_list_seconds),
            max_read_seconds: self.max_read_seconds.or(other.max_read_seconds),
            max_wal_bytes: self.max_wal_bytes.or(other.max_wal_bytes),
            max_daily_bytes: self.max_daily_bytes.or(other.max_daily_bytes),
            max_daily_entities: self.max_daily_entities.or(other.max_daily_entities),
            max_write_milliseconds: self.max_write_milliseconds.or(other.max_write_milliseconds),
            max_connections: self.max_connections.or(other.max_connections),
            max_request_seconds: self.max_request_seconds.or(other.max_request_seconds),
            audit_days: self.audit_days.or(other.audit_days),
            shutdown_seconds: self.shutdown_seconds.or(other.shutdown_seconds),
        }
    }

    /// What the demo has where nothing else is said: a folder of its own, and a console on this machine alone.
    #[must_use]
    pub fn demo() -> Self {
        Self {
            data: Some(PathBuf::from("patchbay-demo")),
            front: Some("127.0.0.1:4243".to_owned()),
            front_tls: Some("off".to_owned()),
            log_level: Some("warn".to_owned()),
            ..Self::default()
        }
    }

    /// The data folder: `given`, or what these options say.
    #[must_use]
    pub fn data_folder(&self, given: Option<PathBuf>) -> PathBuf {
        given.or_else(|| self.data.clone()).unwrap_or_else(|| PathBuf::from(DEFAULT_DATA))
    }
}

fn or_list<T>(own: Vec<T>, other: Vec<T>) -> Vec<T> {
    if own.is_empty() { other } else { own }
}
