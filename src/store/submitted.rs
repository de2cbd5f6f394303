//! Work that was handed to the writer, as its caller sees it.

use super::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use tokio::sync::oneshot;

/// Work that was handed over.
pub struct Submitted<T, E> {
    /// What becomes of it.
    pub answer: oneshot::Receiver<Result<T, E>>,
    progress: Arc<Progress>,
}

impl<T, E> Submitted<T, E> {
    pub(super) const fn new(
        answer: oneshot::Receiver<Result<T, E>>,
        progress: Arc<Progress>,
    ) -> Self {
        Self { answer, progress }
    }

    /// Calls the work off because the disk does not answer, and says what becomes of it: nothing,
    /// or nobody knows because it has begun.
    pub fn give_up(&self) -> Error {
        if self.progress.leave(Progress::GIVEN_UP) { Error::Hangs } else { Error::OutcomeUnknown }
    }
}

/// Whether work has begun, or was called off before: only one of both can be.
#[derive(Default)]
pub(super) struct Progress(AtomicU8);

impl Progress {
    const WAITING: u8 = 0;
    const BEGUN: u8 = 1;
    const GIVEN_UP: u8 = 2;

    /// Begins the work, unless it was called off.
    pub(super) fn begin(&self) -> bool {
        self.leave(Self::BEGUN)
    }

    /// Goes on from waiting, and tells whether the work was still waiting.
    fn leave(&self, next: u8) -> bool {
        self.0.compare_exchange(Self::WAITING, next, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}
