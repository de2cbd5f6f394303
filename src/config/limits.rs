//! How much a request may ask for.

use super::{Options, bounded};
use crate::memory::{Cache, CacheMemory};
use crate::model::MOST_CHOICES;
use crate::query;
use crate::service::limits::Limits;

/// Bounds: SQLite takes patterns of up to 50,000 bytes and conditions of up to 1,000 levels, and parsers need a stack. What a head may be at most,
/// actix-web says.
const DEEPEST: usize = 200;

/// The limits that these options amount to.
///
/// # Errors
/// One is out of its bounds. The message is one line and names the setting.
pub fn settle(options: &Options) -> Result<Limits, String> {
    let filter = query::Limits::default();
    Ok(Limits {
        body_bytes: bounded("max-body-bytes", options.max_body_bytes, 8 * 1024 * 1024, 1024, 1 << 30)?,
        body_depth: bounded("max-body-depth", options.max_body_depth, 128, 4, 128)?,
        body_items: bounded("max-body-items", options.max_body_items, 10_000, 1, 10_000)?,
        choice_values: bounded("max-choice-values", options.max_choice_values, 5_000, 1, MOST_CHOICES)?,
        body_memory_bytes: bounded(
            "body-memory-bytes",
            options.body_memory_bytes,
            160 * 1024 * 1024,
            16 * 1024 * 1024,
            1 << 36,
        )?,
        head_bytes: bounded("max-head-bytes", options.max_head_bytes, 64 * 1024, 4 * 1024, 128 * 1024)?,
        headers: bounded("max-headers", options.max_headers, 96, 16, 96)?,
        filter: query::Limits {
            bytes: bounded("max-filter-bytes", options.max_filter_bytes, filter.bytes, 1, 48 * 1024)?,
            terms: bounded("max-filter-terms", options.max_filter_terms, filter.terms, 1, 800)?,
            depth: bounded("max-filter-depth", options.max_filter_depth, filter.depth, 1, DEEPEST)?,
        },
        connections: bounded("max-connections", options.max_connections, 1024, 1, 1_000_000)?,
        request_seconds: bounded("max-request-seconds", options.max_request_seconds, 20, 1, 3_600)?,
        list_seconds: bounded("max-list-seconds", options.max_list_seconds, 600, 1, 86_400)?,
        read_seconds: bounded("max-read-seconds", options.max_read_seconds, 30, 0, 86_400)?,
        write_milliseconds: bounded("max-write-milliseconds", options.max_write_milliseconds, 500, 0, 3_600_000)?,
        daily_entities: bounded("max-daily-entities", options.max_daily_entities, 100_000, 0, 1 << 50)?,
        daily_bytes: bounded("max-daily-bytes", options.max_daily_bytes, 256 << 20, 0, 1 << 50)?,
        shutdown_seconds: options.shutdown_seconds.unwrap_or(30),
    })
}

/// The least memory for caches other than that of responses.
const LEAST_CACHES: u64 = 16 << 20;

/// The memory for all caches, and the part of it that is for responses. Where only the latter is given, as was possible before there was the former, the
/// other caches have what they have by default.
///
/// # Errors
/// One is out of its bounds, or the part leaves too little. The message is one line and names the setting.
pub fn cache_memory(all: Option<u64>, responses: Option<u64>) -> Result<CacheMemory, String> {
    let usual = CacheMemory::default();
    let responses = responses.map(|bytes| bounded("answer-cache-bytes", Some(bytes), 0, 0, 1 << 31)).transpose()?;
    let others = usual.bytes() - usual.share(Cache::Responses);
    let default = others + responses.unwrap_or(usual.share(Cache::Responses));
    let all = bounded("cache-bytes", all, default, LEAST_CACHES, 1 << 40)?;
    match responses {
        Some(bytes) if bytes > all - LEAST_CACHES => Err(format!(
            "answer-cache-bytes must be {} at most, to leave {LEAST_CACHES} of cache-bytes for other caches, not {bytes}",
            all - LEAST_CACHES
        )),
        _ => Ok(CacheMemory::new(all, responses)),
    }
}
