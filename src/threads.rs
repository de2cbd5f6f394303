//! Work that may take long, on a thread that may block. What is logged there has the id of the
//! request, as all else that is logged for it.

use crate::error::RequestError;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Sender, channel};
use std::thread::Builder;
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;
use tracing::Span;

/// Does the work, and waits for what comes of it.
///
/// # Errors
/// It panics.
pub async fn block<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, RequestError> {
    let span = Span::current();
    spawn_blocking(move || span.in_scope(work))
        .await
        .map_err(|error| RequestError::internal(&error))
}

/// Begins the work.
pub fn begin(work: impl FnOnce() + Send + 'static) {
    let span = Span::current();
    drop(spawn_blocking(move || span.in_scope(work)));
}

/// One thread for all work of a kind that takes much memory. The allocator keeps some of what a
/// thread frees for that thread, so that many threads would keep many times as much.
#[derive(Debug)]
pub struct OneThread(Sender<Box<dyn FnOnce() + Send>>);

impl OneThread {
    /// Starts the thread.
    ///
    /// # Errors
    /// The system allows no more threads.
    pub fn start(name: &str) -> io::Result<Self> {
        let (queue, works) = channel::<Box<dyn FnOnce() + Send>>();
        Builder::new().name(name.to_owned()).spawn(move || works.iter().for_each(|work| work()))?;
        Ok(Self(queue))
    }

    /// Does the work in its turn, and waits for its result.
    ///
    /// # Errors
    /// `Internal` if the work panics.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, RequestError> {
        let (sender, result) = oneshot::channel();
        let span = Span::current();
        let work = Box::new(move || {
            if let Ok(result) = catch_unwind(AssertUnwindSafe(|| span.in_scope(work))) {
                // A client that has gone does not wait for it.
                drop(sender.send(result));
            }
        });
        self.0.send(work).map_err(|error| RequestError::internal(&error))?;
        result.await.map_err(|error| RequestError::internal(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_fails_its_own_work_and_no_other() {
        let thread = OneThread::start("test").unwrap();
        let failed = thread.run(|| panic!("on purpose")).await;
        assert!(matches!(failed, Err::<(), _>(RequestError::Internal(_))));
        assert_eq!(thread.run(|| 1).await.unwrap(), 1);
    }
}
