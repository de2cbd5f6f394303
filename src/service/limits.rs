//! The limits of requests, as the settings say them.

use crate::query;

/// How much a request may ask for.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Longest body, in bytes.
    pub body_bytes: usize,
    /// Deepest nesting of a body.
    pub body_depth: usize,
    /// Most items of a list in a body.
    pub body_items: usize,
    /// Most choices of a custom property definition.
    pub choice_values: usize,
    /// Memory of all large bodies together, in bytes.
    pub body_memory_bytes: usize,
    /// Longest URL and headers together, in bytes.
    pub head_bytes: usize,
    /// Most headers.
    pub headers: usize,
    /// Largest filter.
    pub filter: query::Limits,
    /// Most connections at a time.
    pub connections: usize,
    /// How long the head and the body of a request may each take to come, in seconds.
    pub request_seconds: u64,
    /// How long a client may keep the server waiting altogether while it reads a list, in seconds.
    pub list_seconds: u64,
    /// How long a read of an ordinary user may compute, in seconds; 0 for any time.
    pub read_seconds: u64,
    /// How long a request of an ordinary user may keep the writer busy, in milliseconds; 0 for any
    /// time.
    pub write_milliseconds: u64,
    /// Entities, sessions and tokens that an ordinary user may create within a day; 0 for any
    /// number.
    pub daily_entities: u64,
    /// Bytes that an ordinary user may add to the database within a day; 0 for any number.
    pub daily_bytes: u64,
    /// How long requests that are under way may take once the server is to stop, in seconds.
    pub shutdown_seconds: u64,
}
