//! The settings of caches.

use super::parse::within;
use crate::memory::{Cache, CacheMemory};
use clap::Args;

/// The least memory for caches other than that of responses.
const LEAST_OTHERS: u64 = 16 << 20;

/// The memory of all caches, and the part of it that is for responses.
#[derive(Args)]
#[command(next_help_heading = "Caches")]
pub struct CacheOptions {
    /// Bytes of memory for all caches together [default: 268435456, or 234881024 beside
    /// answer-cache-bytes]
    #[arg(
        long,
        env = "PATCHBAY_CACHE_BYTES",
        value_name = "N",
        value_parser = within::<u64>(LEAST_OTHERS..=1 << 40)
    )]
    cache_bytes: Option<u64>,
    /// Bytes of it for responses that are sent again as long as nothing has changed; 0 for none
    /// [default: an eighth of cache-bytes]
    #[
        arg(
            long,
            env = "PATCHBAY_ANSWER_CACHE_BYTES",
            value_name = "N",
            value_parser = within::<u64>(0..=1 << 31)
        )
    ]
    answer_cache_bytes: Option<u64>,
}

impl CacheOptions {
    /// The memory and its parts. Where only the part for responses is given, as was possible before
    /// there was the whole, the other caches have what they have by default.
    ///
    /// # Errors
    /// The part leaves too little. The message is one line and names the setting.
    pub fn settle(self) -> Result<CacheMemory, String> {
        let (usual, responses) = (CacheMemory::default(), self.answer_cache_bytes);
        let others = usual.bytes() - usual.share(Cache::Responses);
        let default = others + responses.unwrap_or(usual.share(Cache::Responses));
        let all = self.cache_bytes.unwrap_or(default);
        let most = all - LEAST_OTHERS;
        match responses {
            Some(bytes) if bytes > most => Err(format!(
                "answer-cache-bytes must be {most} at most, to leave {LEAST_OTHERS} of cache-bytes \
                 for other caches, not {bytes}"
            )),
            _ => Ok(CacheMemory::new(all, responses)),
        }
    }
}
