//! The settings that limit requests, connections and users.

use super::parse::within;
use crate::model::MOST_CHOICES;
use crate::query;
use crate::service::limits::Limits;
use clap::Args;

/// `SQLite` accepts conditions of up to 1,000 levels, and parsers need a stack.
const DEEPEST: usize = 200;

/// Headings of the help.
pub const TIME: &str = "Limits on connections and time";
const USERS: &str = "Limits on users";

/// The limits. `SQLite` accepts patterns of up to 50,000 bytes, and actix-web has an upper bound
/// for the length of a head.
#[derive(Args)]
#[command(next_help_heading = "Limits on requests")]
pub struct LimitOptions {
    /// Maximum size of a request body, in bytes
    #[arg(
        long,
        env = "PATCHBAY_MAX_BODY_BYTES",
        value_name = "N",
        value_parser = within::<usize>(1024..=1 << 30),
        default_value_t = 8 * 1024 * 1024
    )]
    max_body_bytes: usize,
    /// Maximum nesting depth of the JSON in a request body
    #[arg(
        long,
        env = "PATCHBAY_MAX_BODY_DEPTH",
        value_name = "N",
        value_parser = within::<usize>(4..=128),
        default_value_t = 128
    )]
    max_body_depth: usize,
    /// Maximum number of items in a list in a request body.
    ///
    /// A list inside an entity has at most 1,000 items in any case, except choiceValues.
    #[arg(
        long,
        env = "PATCHBAY_MAX_BODY_ITEMS",
        value_name = "N",
        value_parser = within::<usize>(1..=10_000),
        default_value_t = 10_000
    )]
    max_body_items: usize,
    /// Maximum number of choiceValues of a custom property definition
    #[arg(
        long,
        env = "PATCHBAY_MAX_CHOICE_VALUES",
        value_name = "N",
        value_parser = within::<usize>(1..=MOST_CHOICES),
        default_value_t = 5_000
    )]
    max_choice_values: usize,
    /// Total memory for request bodies larger than 64 KiB, both as received and as parsed, in
    /// bytes.
    ///
    /// Further requests wait for up to 10 seconds. The parsed values of one body may use three
    /// fifths of this memory.
    #[arg(
        long,
        env = "PATCHBAY_BODY_MEMORY_BYTES",
        value_name = "N",
        value_parser = within::<usize>(16 * 1024 * 1024..=1 << 36),
        default_value_t = 160 * 1024 * 1024
    )]
    body_memory_bytes: usize,
    /// Maximum size of the URL and headers of a request together, in bytes
    #[arg(
        long,
        env = "PATCHBAY_MAX_HEAD_BYTES",
        value_name = "N",
        value_parser = within::<usize>(4 * 1024..=128 * 1024),
        default_value_t = 64 * 1024
    )]
    max_head_bytes: usize,
    /// Maximum number of headers of a request
    #[arg(
        long,
        env = "PATCHBAY_MAX_HEADERS",
        value_name = "N",
        value_parser = within::<usize>(16..=96),
        default_value_t = 96
    )]
    max_headers: usize,
    /// Maximum length of a filter, in bytes
    #[arg(
        long,
        env = "PATCHBAY_MAX_FILTER_BYTES",
        value_name = "N",
        value_parser = within::<usize>(1..=48 * 1024),
        default_value_t = query::Limits::default().bytes
    )]
    max_filter_bytes: usize,
    /// Maximum number of comparisons in a filter
    #[arg(
        long,
        env = "PATCHBAY_MAX_FILTER_TERMS",
        value_name = "N",
        value_parser = within::<usize>(1..=800),
        default_value_t = query::Limits::default().terms
    )]
    max_filter_terms: usize,
    /// Maximum nesting depth of a filter
    #[arg(
        long,
        env = "PATCHBAY_MAX_FILTER_DEPTH",
        value_name = "N",
        value_parser = within::<usize>(1..=DEEPEST),
        default_value_t = query::Limits::default().depth
    )]
    max_filter_depth: usize,
    /// Maximum number of open connections at each of the two doors.
    ///
    /// Further connections wait. The server raises its limit of open files for them, or warns that
    /// it can't.
    #[arg(
        long,
        help_heading = TIME,
        env = "PATCHBAY_MAX_CONNECTIONS",
        value_name = "N",
        value_parser = within::<usize>(1..=1_000_000),
        default_value_t = 1024
    )]
    max_connections: usize,
    /// Seconds in which the URL and headers of a request must arrive, and then its body.
    ///
    /// A body gets one more second for each 8 KiB.
    #[arg(
        long,
        help_heading = TIME,
        env = "PATCHBAY_MAX_REQUEST_SECONDS",
        value_name = "N",
        value_parser = within::<u64>(1..=3_600),
        default_value_t = 20
    )]
    max_request_seconds: u64,
    /// Total number of seconds that the server waits for a client that reads a list
    #[arg(
        long,
        help_heading = TIME,
        env = "PATCHBAY_MAX_LIST_SECONDS",
        value_name = "N",
        value_parser = within::<u64>(1..=86_400),
        default_value_t = 600
    )]
    max_list_seconds: u64,
    /// Seconds of computing time that one read of an ordinary user may use, without waiting for the
    /// client; 0 for no limit
    #[arg(
        long,
        help_heading = TIME,
        env = "PATCHBAY_MAX_READ_SECONDS",
        value_name = "N",
        value_parser = within::<u64>(0..=86_400),
        default_value_t = 30
    )]
    max_read_seconds: u64,
    /// Maximum time, in milliseconds and by estimate, that one request of an ordinary user may keep
    /// other writes waiting; 0 for no limit
    #[arg(
        long,
        help_heading = TIME,
        env = "PATCHBAY_MAX_WRITE_MILLISECONDS",
        value_name = "N",
        value_parser = within::<u64>(0..=3_600_000),
        default_value_t = 500
    )]
    max_write_milliseconds: u64,
    /// Bytes that an ordinary user may add to the database in a day; 0 for no limit.
    ///
    /// Accounts of INTERNAL and root administrators have no limit.
    #[arg(
        long,
        help_heading = USERS,
        env = "PATCHBAY_MAX_DAILY_BYTES",
        value_name = "N",
        value_parser = within::<u64>(0..=1 << 50),
        default_value_t = 256 << 20
    )]
    max_daily_bytes: u64,
    /// Entities, sessions and tokens that an ordinary user may create in a day; 0 for no limit.
    ///
    /// Accounts of INTERNAL and root administrators have no limit.
    #[arg(
        long,
        help_heading = USERS,
        env = "PATCHBAY_MAX_DAILY_ENTITIES",
        value_name = "N",
        value_parser = within::<u64>(0..=1 << 50),
        default_value_t = 100_000
    )]
    max_daily_entities: u64,
    /// Seconds that running requests may take to finish when the server stops.
    ///
    /// Ten seconds later the server ends in any case, with exit code 1.
    #[arg(
        long,
        help_heading = TIME,
        env = "PATCHBAY_SHUTDOWN_SECONDS",
        value_name = "N",
        value_parser = within::<u64>(0..=u64::MAX),
        default_value_t = 30
    )]
    shutdown_seconds: u64,
}

impl From<LimitOptions> for Limits {
    fn from(options: LimitOptions) -> Self {
        Self {
            body_bytes: options.max_body_bytes,
            body_depth: options.max_body_depth,
            body_items: options.max_body_items,
            choice_values: options.max_choice_values,
            body_memory_bytes: options.body_memory_bytes,
            head_bytes: options.max_head_bytes,
            headers: options.max_headers,
            filter: query::Limits {
                bytes: options.max_filter_bytes,
                terms: options.max_filter_terms,
                depth: options.max_filter_depth,
            },
            connections: options.max_connections,
            request_seconds: options.max_request_seconds,
            list_seconds: options.max_list_seconds,
            read_seconds: options.max_read_seconds,
            write_milliseconds: options.max_write_milliseconds,
            daily_entities: options.max_daily_entities,
            daily_bytes: options.max_daily_bytes,
            shutdown_seconds: options.shutdown_seconds,
        }
    }
}
