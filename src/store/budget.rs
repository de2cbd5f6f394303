//! Limits the work of statements: SQLite counts the steps of its virtual machine, and is stopped
//! when there are too many.

use std::cell::RefCell;
use std::ffi::c_int;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::{Duration, Instant};

/// Steps of SQLite's virtual machine, which does some ten million of them a second.
pub(super) type Steps = c_int;

/// Called while statements run; returns whether they must stop.
pub type Stop = Arc<dyn Fn() -> bool + Send + Sync>;

/// The limits of the statements of a snapshot.
#[derive(Default)]
pub(super) struct Budget {
    /// The limit of all statements together; `None` means no limit.
    pub(super) limit: RefCell<Option<Limit>>,
    /// Whether this is a short read.
    pub(super) is_short: bool,
}

/// The steps of a short read, all statements together: about a millisecond.
const SHORT: Steps = 10_000;

/// The maximum duration of a short read, however long its steps are: searching a text is one step.
const SHORT_TIME: Duration = Duration::from_millis(20);

/// A limit of statements.
#[derive(Clone)]
pub(super) struct Limit {
    pub(super) steps: Steps,
    until: Option<Instant>,
    /// The steps that are left. The limit is exceeded once none are left.
    left: Arc<AtomicI32>,
}

impl Limit {
    pub(super) fn new(steps: Steps, until: Option<Instant>) -> Self {
        Self { steps, until, left: Arc::new(AtomicI32::new(steps)) }
    }

    /// The limit of a short read.
    pub(super) fn short() -> Self {
        Self::within_short(SHORT)
    }

    /// A limit of this many steps, with the maximum duration of a short read.
    pub(super) fn within_short(steps: Steps) -> Self {
        Self::new(steps, Some(Instant::now() + SHORT_TIME))
    }

    /// The result of work within the limit; `None` if the work failed because it exceeded the
    /// limit.
    ///
    /// # Errors
    /// The error of `result`, if it failed for another reason.
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

    /// Takes some steps. Returns whether they were the last.
    pub(super) fn spend(&self, steps: Steps) -> bool {
        if self.until.is_some_and(|until| Instant::now() > until) {
            self.exceed();
        }
        self.left.fetch_sub(steps, Ordering::Relaxed) <= steps
    }
}
