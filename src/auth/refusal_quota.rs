//! Limits how many refused requests get an entry in the audit log.

use super::rate_limit::RateLimit;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The rate limits for entries about refusals, as a burst and an interval: any client can cause
/// refusals, each entry is a write, and entries are kept. Requests of known users, wrong passwords,
/// and requests without a valid credential have separate quotas, so that none of them hides the
/// others.
const OF_KNOWN: (f64, Duration) = (300.0, Duration::from_secs(6));
const OF_SIGN_INS: (f64, Duration) = (300.0, Duration::from_secs(6));
const OF_UNKNOWN: (f64, Duration) = (60.0, Duration::from_mins(1));

/// The quotas for entries about refusals.
pub struct Refusals {
    known: Mutex<RateLimit>,
    sign_ins: Mutex<RateLimit>,
    unknown: Mutex<RateLimit>,
}

/// The kinds of refusals, each with its own quota.
#[derive(Clone, Copy)]
pub enum Refused {
    /// A request of a known user.
    Known,
    /// A sign-in with a wrong password.
    SignIn,
    /// A request without a valid credential.
    Unknown,
}

impl Default for Refusals {
    fn default() -> Self {
        let [known, sign_ins, unknown] =
            [OF_KNOWN, OF_SIGN_INS, OF_UNKNOWN].map(|bounds| Mutex::new(RateLimit::new(bounds)));
        Self { known, sign_ins, unknown }
    }
}

impl Refusals {
    /// Admits an entry about a refusal, if the quota allows it. Returns how many refusals before it
    /// have no entry.
    pub fn admit(&self, refused: Refused) -> Option<u64> {
        self.of(refused).admit(Instant::now())
    }

    /// Counts an entry that could not be written, and the refusals that it would have reported, as
    /// left out. The next entry reports them.
    pub fn take_back(&self, refused: Refused, left_out: u64) {
        self.of(refused).leave_out(left_out + 1);
    }

    fn of(&self, refused: Refused) -> MutexGuard<'_, RateLimit> {
        let allowance = match refused {
            Refused::Known => &self.known,
            Refused::SignIn => &self.sign_ins,
            Refused::Unknown => &self.unknown,
        };
        allowance.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
