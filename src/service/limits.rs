//! The limits of requests, from the settings.

use crate::query;

/// The limits of a request.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The longest body, in bytes.
    pub body_bytes: usize,
    /// The deepest nesting of a body.
    pub body_depth: usize,
    /// The most items of a list in a body.
    pub body_items: usize,
    /// The most choices of a custom property definition.
    pub choice_values: usize,
    /// The memory for all large bodies together, in bytes.
    pub body_memory_bytes: usize,
    /// The longest URL and headers together, in bytes.
    pub head_bytes: usize,
    /// The most headers.
    pub headers: usize,
    /// The limits of a filter.
    pub filter: query::Limits,
    /// The most concurrent connections.
    pub connections: usize,
    /// The timeout for receiving the head of a request, and for its body, in seconds.
    pub request_seconds: u64,
    /// How long a client may keep the server waiting in total while it reads a list, in seconds.
    pub list_seconds: u64,
    /// How long a read of an ordinary user may compute, in seconds; 0 for no limit.
    pub read_seconds: u64,
    /// How long a request of an ordinary user may keep the writer busy, in milliseconds; 0 for no
    /// limit.
    pub write_milliseconds: u64,
    /// The entities, sessions and tokens that an ordinary user may create within a day; 0 for no
    /// limit.
    pub daily_entities: u64,
    /// The bytes that an ordinary user may add to the database within a day; 0 for no limit.
    pub daily_bytes: u64,
    /// How long running requests may take after the server is asked to stop, in seconds.
    pub shutdown_seconds: u64,
}
