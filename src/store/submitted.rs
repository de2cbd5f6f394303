//! Work that was submitted to the writer, as the caller sees it.

use super::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use tokio::sync::oneshot;

/// Submitted work.
pub struct Submitted<T, E> {
    /// The result of the work.
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

    /// Cancels the work because the disk does not respond. Returns the error: nothing was written,
    /// or that is unknown because the work had started.
    pub fn give_up(&self) -> Error {
        if self.progress.leave(Progress::GIVEN_UP) { Error::Hangs } else { Error::OutcomeUnknown }
    }
}

/// Whether work has started or was cancelled before: only one of both is possible.
#[derive(Default)]
pub(super) struct Progress(AtomicU8);

impl Progress {
    const WAITING: u8 = 0;
    const BEGUN: u8 = 1;
    const GIVEN_UP: u8 = 2;

    /// Starts the work, unless it was cancelled.
    pub(super) fn begin(&self) -> bool {
        self.leave(Self::BEGUN)
    }

    /// Leaves the waiting state. Returns whether the work was still waiting.
    fn leave(&self, next: u8) -> bool {
        self.0.compare_exchange(Self::WAITING, next, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}
