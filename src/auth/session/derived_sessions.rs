//! A cache of the sessions that began with a header or a JSON Web Token.

use crate::auth::rate_limit::RateLimit;
use crate::memory::text;
use crate::model::Timestamp;
use crate::store::UserName;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use secrecy::SecretString;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The rate limit for new sessions of a user, as a burst and an interval. Some clients create a
/// token for each request, and each session is a write with an audit entry.
const BEGINNINGS: (f64, Duration) = (60.0, Duration::from_mins(1));

/// The cached sessions, and the rate limit of each user. Whether a session is still valid is always
/// read from the database.
pub struct DerivedSessions {
    /// Keyed by the digest of the credential.
    pub kept: Cache<String, Kept, Bytes>,
    limits: Cache<UserName, Arc<Mutex<RateLimit>>, Bytes>,
}

/// The session of a credential.
#[derive(Clone)]
pub struct Kept {
    /// The token in the cookie.
    pub token: SecretString,
    /// The hash of the token, under which the session is stored.
    pub hash: String,
    /// When the session ends.
    pub expires_date: Timestamp,
}

/// Weighs entries by their bytes.
#[derive(Clone)]
pub struct Bytes;

/// Bytes of an entry: three texts of 43 letters, and what comes with them.
const ENTRY: usize = size_of::<Kept>() + 3 * (size_of::<String>() + 43 + 32) + 128;

/// Bytes of the rate limit of a user, without the user's name.
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
    /// An empty cache of at most `bytes` bytes.
    #[must_use]
    pub fn new(bytes: u64) -> Self {
        let entries = |bytes: u64, each: usize| usize::try_from(bytes).unwrap_or(usize::MAX) / each;
        let half = bytes / 2;
        Self {
            kept: Cache::with_weighter(entries(half, ENTRY), half, Bytes),
            limits: Cache::with_weighter(entries(half, LIMIT), half, Bytes),
        }
    }

    /// Bytes that the cache holds.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.kept.weight() + self.limits.weight()
    }

    /// Counts another session of a user. Returns whether the rate limit admits it.
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
