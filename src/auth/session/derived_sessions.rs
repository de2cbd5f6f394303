//! The sessions that headers and JSON Web Tokens began, as this server remembers them.

use crate::auth::rate_limit::RateLimit;
use crate::memory::text;
use crate::model::Timestamp;
use crate::store::UserName;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use secrecy::SecretString;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many sessions a user can begin at once, and how long it takes until another can begin. Some
/// clients make a token for each request, and each session is a write with an audit entry.
const BEGINNINGS: (f64, Duration) = (60.0, Duration::from_mins(1));

/// The sessions that are remembered, and how many users began lately. It is only ever a copy:
/// whether a session is still valid, the database says.
pub struct DerivedSessions {
    /// By the digests of their credentials.
    pub kept: Cache<String, Kept, Bytes>,
    limits: Cache<UserName, Arc<Mutex<RateLimit>>, Bytes>,
}

/// A session of a credential.
#[derive(Clone)]
pub struct Kept {
    /// The token in the cookie.
    pub token: SecretString,
    /// Its hash, by which the session is stored.
    pub hash: String,
    /// When the session ends.
    pub expires_date: Timestamp,
}

/// Weighs by the bytes that are held.
#[derive(Clone)]
pub struct Bytes;

/// Bytes of an entry beside its texts, with the texts that are always as long: three of 43 letters.
const ENTRY: usize = size_of::<Kept>() + 3 * (size_of::<String>() + 43 + 32) + 128;

/// Bytes of the limit of a user, beside the name.
const LIMIT: usize = size_of::<UserName>() + size_of::<Mutex<RateLimit>>() + 128;

impl Weighter<String, Kept> for Bytes {
    fn weight(&self, _: &String, _: &Kept) -> u64 {
        ENTRY as u64
    }
}

impl Weighter<UserName, Arc<Mutex<RateLimit>>> for Bytes {
    fn weight(&self, user: &UserName, _: &Arc<Mutex<RateLimit>>) -> u64 {
        (LIMIT + text(&user.user_directory) + text(&user.user_id)) as u64
    }
}

impl DerivedSessions {
    /// Nothing is remembered yet. It takes so many bytes at most.
    #[must_use]
    pub fn new(bytes: u64) -> Self {
        let entries = |bytes: u64, each: usize| usize::try_from(bytes).unwrap_or(usize::MAX) / each;
        let half = bytes / 2;
        Self {
            kept: Cache::with_weighter(entries(half, ENTRY), half, Bytes),
            limits: Cache::with_weighter(entries(half, LIMIT), half, Bytes),
        }
    }

    /// Bytes that are held.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.kept.weight() + self.limits.weight()
    }

    /// Whether a user can begin another session.
    pub fn admits(&self, user: &UserName) -> bool {
        let limit = self.limits.get(user).unwrap_or_else(|| {
            let limit = Arc::new(Mutex::new(RateLimit::new(BEGINNINGS)));
            self.limits.insert(user.clone(), Arc::clone(&limit));
            limit
        });
        let mut limit = limit.lock().unwrap_or_else(PoisonError::into_inner);
        limit.admit(Instant::now()).is_some()
    }
}
