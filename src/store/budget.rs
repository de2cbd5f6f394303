//! How much work statements may do: SQLite counts the steps of its virtual machine, and is stopped
//! when they are too many.

use std::cell::RefCell;
use std::ffi::c_int;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::{Duration, Instant};

/// Steps of SQLite's virtual machine, of which it does some ten millions a second.
pub(super) type Steps = c_int;

/// Says, while statements run, whether they have to end.
pub type Stop = Arc<dyn Fn() -> bool + Send + Sync>;

/// What the statements of a snapshot may cost.
#[derive(Default)]
pub(super) struct Budget {
    /// What they may cost together; without a limit, anything.
    pub(super) limit: RefCell<Option<Limit>>,
    /// Whether only what is short is asked for.
    pub(super) is_short: bool,
}

/// Steps of what is short, all statements together: about a millisecond.
const SHORT: Steps = 10_000;

/// What is short takes no longer than this, however long the steps are: a text that is looked
/// through is one step.
const SHORT_TIME: Duration = Duration::from_millis(20);

/// A limit to what statements may cost.
#[derive(Clone)]
pub(super) struct Limit {
    pub(super) steps: Steps,
    until: Option<Instant>,
    /// What is left of the steps. The limit is exceeded once nothing is left.
    left: Arc<AtomicI32>,
}

impl Limit {
    pub(super) fn new(steps: Steps, until: Option<Instant>) -> Self {
        Self { steps, until, left: Arc::new(AtomicI32::new(steps)) }
    }

    /// The limit of what is short.
    pub(super) fn short() -> Self {
        Self::within_short(SHORT)
    }

    /// A limit of that many steps, which take no longer than what is short may.
    pub(super) fn within_short(steps: Steps) -> Self {
        Self::new(steps, Some(Instant::now() + SHORT_TIME))
    }

    /// The result of what was done within the limit; nothing if it failed because that cost too
    /// much.
    ///
    /// # Errors
    /// That of `result`, if it failed for another reason.
    pub(super) fn outcome<T, E>(&self, result: Result<T, E>) -> Result<Option<T>, E> {
        match result {
            Err(_) if self.is_exceeded() => Ok(None),
            result => result.map(Some),
        }
    }

    fn is_exceeded(&self) -> bool {
        self.left.load(Ordering::Relaxed) <= 0
    }

    pub(super) fn exceed(&self) {
        self.left.store(0, Ordering::Relaxed);
    }

    /// Takes some steps, and tells whether they were the last.
    pub(super) fn spend(&self, steps: Steps) -> bool {
        if self.until.is_some_and(|until| Instant::now() > until) {
            self.exceed();
        }
        self.left.fetch_sub(steps, Ordering::Relaxed) <= steps
    }
}
