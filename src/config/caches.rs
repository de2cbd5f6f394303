//! The settings of caches.

use super::given_settings::WrongSetting;
use super::parse::within;
use crate::memory::{Cache, CacheMemory};
use clap::Args;

/// The least memory for the caches other than the one of responses.
const LEAST_OTHERS: u64 = 16 << 20;

/// The memory of all caches, and the part of it that is for responses.
#[derive(Args)]
#[command(next_help_heading = "Caches")]
pub struct CacheOptions {
    /// Memory for all caches together, in bytes [default: 268435456; if only answer-cache-bytes is
    /// set, 234881024 plus that]
    #[arg(
        long,
        env = "PATCHBAY_CACHE_BYTES",
        value_name = "N",
        value_parser = within::<u64>(LEAST_OTHERS..=1 << 40)
    )]
    cache_bytes: Option<u64>,
    /// Part of cache-bytes for responses, which are reused while nothing has changed; 0 for none
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
    /// Returns the memory and its parts. If only the part for responses is given, the other caches
    /// have their default size: `answer-cache-bytes` is older than `cache-bytes`.
    ///
    /// # Errors
    /// [`WrongSetting`] if the part for responses leaves too little for the other caches.
    pub fn settle(self) -> Result<CacheMemory, WrongSetting> {
        let (usual, responses) = (CacheMemory::default(), self.answer_cache_bytes);
        let others = usual.bytes() - usual.share(Cache::Responses);
        let default = others + responses.unwrap_or(usual.share(Cache::Responses));
        let all = self.cache_bytes.unwrap_or(default);
        let most = all - LEAST_OTHERS;
        match responses {
            Some(bytes) if bytes > most => Err(WrongSetting::new(
                "answer-cache-bytes",
                format_args!(
                    "must be at most {most}, not {bytes}: {LEAST_OTHERS} of cache-bytes must be \
                     left for the other caches"
                ),
            )),
            _ => Ok(CacheMemory::new(all, responses)),
        }
    }
}
