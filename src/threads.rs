//! Runs long work on threads that may block. Its log lines have the id of the request, like all
//! others of the request.

use crate::error::RequestError;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Sender, channel};
use std::thread::Builder;
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;
use tracing::Span;

/// Runs the work, and waits for its result.
///
/// # Errors
/// [`RequestError::Internal`] if the work panics.
pub async fn block<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, RequestError> {
    let span = Span::current();
    spawn_blocking(move || span.in_scope(work))
        .await
        .map_err(|error| RequestError::internal(&error))
}

/// Starts the work without waiting for it.
pub fn begin(work: impl FnOnce() + Send + 'static) {
    let span = Span::current();
    drop(spawn_blocking(move || span.in_scope(work)));
}

/// One thread for all work of a kind that takes much memory. The allocator keeps some of the memory
/// that a thread frees for that thread, so many threads would keep many times as much.
#[derive(Debug)]
pub struct OneThread(Sender<Box<dyn FnOnce() + Send>>);

impl OneThread {
    /// Starts the thread.
    ///
    /// # Errors
    /// The error of the operating system if it can't start a thread.
    pub fn start(name: &str) -> io::Result<Self> {
        let (queue, works) = channel::<Box<dyn FnOnce() + Send>>();
        Builder::new().name(name.to_owned()).spawn(move || works.iter().for_each(|work| work()))?;
        Ok(Self(queue))
    }

    /// Runs the work when it is its turn, and waits for the result.
    ///
    /// # Errors
    /// [`RequestError::Internal`] if the work panics.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, RequestError> {
        let (sender, result) = oneshot::channel();
        let span = Span::current();
        let work = Box::new(move || {
            if let Ok(result) = catch_unwind(AssertUnwindSafe(|| span.in_scope(work))) {
                // A client that has disconnected does not wait for the result.
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
