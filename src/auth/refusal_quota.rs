//! How many refused requests have an entry in the audit log.

use super::rate_limit::RateLimit;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How many refusals have an entry at once, and how long it takes until another may: any client can
/// cause them, each is a write, and all are kept. There is a quota of its own for requests of known
/// users, for wrong passwords, and for requests without a credential, so that none of them hides
/// the others.
const OF_KNOWN: (f64, Duration) = (300.0, Duration::from_secs(6));
const OF_SIGN_INS: (f64, Duration) = (300.0, Duration::from_secs(6));
const OF_UNKNOWN: (f64, Duration) = (60.0, Duration::from_mins(1));

/// How many refusals may have an entry.
pub struct Refusals {
    known: Mutex<RateLimit>,
    sign_ins: Mutex<RateLimit>,
    unknown: Mutex<RateLimit>,
}

/// The kinds of refusals, each of which has a quota of its own.
#[derive(Clone, Copy)]
pub enum Refused {
    /// A request of a user who is known.
    Known,
    /// A sign-in with a wrong password.
    SignIn,
    /// A request that did not show whose it is.
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
    /// Whether a refusal may have an entry: if so, how many before it had none.
    pub fn admit(&self, refused: Refused) -> Option<u64> {
        self.of(refused).admit(Instant::now())
    }

    /// Counts an entry that could not be made, with those that it would have reported, as left out.
    /// The next entry reports them.
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
