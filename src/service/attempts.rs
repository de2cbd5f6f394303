//! Retries work on behalf of a user until its caller is ready. Rules or the user may change between
//! the preparation and the transaction.

use super::caller_preparation::{ROUNDS, unsteady};
use super::prepared::{Prepared, Unready};
use super::user_request::UserRequest;
use crate::error::RequestError;
use crate::store::Error;
use std::sync::{Arc, Mutex, PoisonError};

/// Work that is done once, in the first transaction in which its caller is ready.
pub struct Pending<W>(Arc<Mutex<Option<W>>>);

impl<W> Pending<W> {
    /// Work that has not started.
    pub fn new(work: W) -> Self {
        Self(Arc::new(Mutex::new(Some(work))))
    }

    /// Takes the work, to do it.
    ///
    /// # Errors
    /// [`RequestError::Internal`] if it was already taken.
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

/// The reason an attempt did not do its work.
pub enum NotDone {
    /// The caller must be prepared first; the work has not started.
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
    /// Repeats `attempt` until its caller is ready. `attempt` gets the number of the round, and the
    /// caller prepared for it.
    ///
    /// # Errors
    /// The error of `attempt`; [`RequestError::Unavailable`] if the rules keep changing.
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
