//! Checks and hashes passwords on worker threads.

use super::{PasswordCheck, hash_password};
use crate::auth::throttle::UnderWay;
use crate::error::RequestError;
use crate::threads::block;
use secrecy::SecretString;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Checks and hashes passwords, only a few at a time, because each takes 19 MiB.
pub struct Passwords {
    permits: Arc<Semaphore>,
    check: Arc<PasswordCheck>,
    /// Pending attempts to sign in.
    pub under_way: UnderWay,
}

impl Passwords {
    /// Works on at most `at_a_time` passwords at the same time.
    #[must_use]
    pub fn new(at_a_time: usize) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(at_a_time)),
            check: Arc::default(),
            under_way: UnderWay::default(),
        }
    }

    /// Hashes a password for storage.
    ///
    /// # Errors
    /// `Internal` if the random number generator fails, or there is not enough memory.
    pub async fn hash(&self, password: SecretString) -> Result<String, RequestError> {
        self.in_turn(move || hash_password(&password))
            .await?
            .map_err(|error| RequestError::internal(&error))
    }

    /// Whether a password matches the hash `kept`. Without a hash, the check takes equally long and
    /// fails.
    ///
    /// # Errors
    /// `Internal` if the check panics.
    pub async fn verify(
        &self,
        password: SecretString,
        kept: Option<String>,
    ) -> Result<bool, RequestError> {
        let check = Arc::clone(&self.check);
        self.in_turn(move || check.verify(&password, kept.as_deref())).await
    }

    /// Runs `work` on a worker thread, once it has a permit.
    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, RequestError> {
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|error| RequestError::internal(&error))?;
        block(move || {
            // The permit is held until the work ends, even if the client has disconnected.
            let _permit = permit;
            work()
        })
        .await
    }
}
