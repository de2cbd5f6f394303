//! Passwords are checked and hashed on threads of their own.

use super::{PasswordCheck, hash_password};
use crate::auth::throttle::UnderWay;
use crate::error::RequestError;
use crate::threads::block;
use secrecy::SecretString;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// What checks and hashes passwords: only a few at a time, because each takes 19 MiB.
pub struct Passwords {
    permits: Arc<Semaphore>,
    check: Arc<PasswordCheck>,
    /// Attempts to sign in that are under way.
    pub under_way: UnderWay,
}

impl Passwords {
    /// So many at a time.
    #[must_use]
    pub fn new(at_a_time: usize) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(at_a_time)),
            check: Arc::default(),
            under_way: UnderWay::default(),
        }
    }

    /// The hash to keep of a password.
    ///
    /// # Errors
    /// There is no randomness or not enough memory.
    pub async fn hash(&self, password: SecretString) -> Result<String, RequestError> {
        self.in_turn(move || hash_password(&password))
            .await?
            .map_err(|error| RequestError::internal(&error))
    }

    /// Whether a password is the one that `kept` was made of. Without one it takes as long, and is
    /// wrong.
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

    /// Works on a thread of its own.
    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, RequestError> {
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|error| RequestError::internal(&error))?;
        block(move || {
            // It is kept as long as the work takes, also for a client that has gone.
            let _permit = permit;
            work()
        })
        .await
    }
}
