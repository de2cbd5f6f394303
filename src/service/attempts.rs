//! Work on behalf of a user that is tried until its caller is ready. Rules or the user may change
//! between the preparation and the transaction.

use super::caller_preparation::{ROUNDS, unsteady};
use super::prepared::{Prepared, Unready};
use super::user_request::UserRequest;
use crate::error::RequestError;
use crate::store::Error;
use std::sync::{Arc, Mutex, PoisonError};

/// Work that is done once, in the first transaction that finds its caller ready.
pub struct Pending<W>(Arc<Mutex<Option<W>>>);

impl<W> Pending<W> {
    /// Work that is not begun.
    pub fn new(work: W) -> Self {
        Self(Arc::new(Mutex::new(Some(work))))
    }

    /// The work, to do it.
    ///
    /// # Errors
    /// `Internal` if it was taken before.
    pub fn take(&self) -> Result<W, RequestError> {
        let work = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        work.ok_or_else(|| RequestError::internal(&"a request was processed twice"))
    }
}

impl<W> Clone for Pending<W> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// Why an attempt did not do its work.
pub enum NotDone {
    /// The caller is yet to be prepared, and the work was not begun.
    Unready(Unready),
    /// The work failed.
    Failed(RequestError),
}

impl From<RequestError> for NotDone {
    fn from(failure: RequestError) -> Self {
        Self::Failed(failure)
    }
}

impl From<Error> for NotDone {
    fn from(error: Error) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Unready> for NotDone {
    fn from(unready: Unready) -> Self {
        Self::Unready(unready)
    }
}

impl UserRequest {
    /// Repeats `attempt` until its caller is ready. It gets the number of the round, and what was
    /// prepared for it.
    ///
    /// # Errors
    /// Whatever `attempt` fails with; `Unavailable` if the rules change again and again.
    pub async fn until_ready<T>(
        &self,
        mut prepared: Option<Prepared>,
        attempt: impl AsyncFn(usize, Option<Prepared>) -> Result<T, NotDone>,
    ) -> Result<T, RequestError> {
        for round in 0..ROUNDS {
            match attempt(round, prepared.take()).await {
                Ok(result) => return Ok(result),
                Err(NotDone::Failed(failure)) => return Err(failure),
                Err(NotDone::Unready(unready)) => prepared = self.make_ready(unready).await?,
            }
        }
        Err(unsteady())
    }
}
