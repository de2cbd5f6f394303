//! How a request writes on behalf of its user.

use super::caller::{Caller, Prepared, Unready};
use super::outcome::explained;
use super::ready::{ROUNDS, unsteady};
use super::rule_cache::{KeptRules, Reading};
use super::user_request::UserRequest;
use crate::auth::credential::Scope;
use crate::error::Failure;
use crate::store::{Added, Error, Purpose, Weight, Write};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::RwLockWriteGuard;

impl UserRequest {
    /// Refuses a token that is for reading only.
    ///
    /// # Errors
    /// `Forbidden` if it is one.
    pub fn check_scope(&self) -> Result<(), Failure> {
        match self.claim.scope {
            Scope::Read => Err(Failure::Forbidden("this token is for reading only".to_owned())),
            Scope::All => Ok(()),
        }
    }

    /// Writes on behalf of the user, in one transaction that is expected to weigh so much. It waits for its turn as long as its weight asks for.
    ///
    /// # Errors
    /// Whatever `work` fails with; `Forbidden` if the user is barred or the token is for reading only.
    pub async fn write<T: Send + 'static>(
        &self,
        expected: Weight,
        work: impl FnOnce(&Write<'_>, &Caller) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        self.check_scope()?;
        let turn = self.turn_to_write_rules().await?;
        self.transact(turn.as_ref(), Purpose::Change, expected, work).await
    }

    /// Writes little on behalf of the user, for a purpose other than to change entities.
    ///
    /// # Errors
    /// As [`UserRequest::write`].
    pub async fn write_for<T: Send + 'static>(
        &self,
        purpose: Purpose,
        work: impl FnOnce(&Write<'_>, &Caller) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        self.check_scope()?;
        self.transact(None, purpose, Weight::default(), work).await
    }

    /// Writes on behalf of the user, and undoes it: only the result is left.
    ///
    /// # Errors
    /// Whatever `work` fails with; `Forbidden` if the user is barred.
    pub async fn try_out<T: Send + 'static>(
        &self,
        expected: Weight,
        work: impl FnOnce(&Write<'_>, &Caller) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        self.transact(None, Purpose::Change, expected, |write, caller| write.undone(|| work(write, caller))).await
    }

    /// A request that has the turn to change system rules need not keep others from changing them.
    async fn transact<T: Send + 'static>(
        &self,
        turn: Option<&RwLockWriteGuard<'_, ()>>,
        purpose: Purpose,
        expected: Weight,
        work: impl FnOnce(&Write<'_>, &Caller) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        // The writer, for which others wait, need not work out what the user may do.
        let ready = match turn {
            None => self.prepare().await?,
            Some(_) => self.prepare_while_rules_stay().await?,
        };
        let bounds = self.bounds(purpose, expected, &ready);
        if let Some(bounds) = &bounds {
            // A request of a user who has used the allowance up takes none of the writer's time.
            bounds.allowance.check(Added::default())?;
        }
        let (pending, mut prepared) = (Pending::new(work), Some(ready));
        for round in 0..ROUNDS {
            let kept = match turn {
                None => self.keep_rules_after(round, &mut prepared).await?,
                Some(_) => None,
            };
            let attempt = self.attempt(pending.clone(), prepared.take(), kept);
            match self.backend.store.write_within(self.origin(), bounds.clone(), attempt).await {
                Ok(result) => return Ok(result),
                Err(Undone::Failed(failure)) => return Err(explained(self, failure)),
                Err(Undone::Unready(unready)) => prepared = self.make_ready(unready).await?,
            }
        }
        Err(unsteady())
    }

    /// Does the work in a write, if the caller is ready there. Rules or the user may have changed since they were prepared.
    fn attempt<T, W>(
        &self,
        pending: Pending<W>,
        prepared: Option<Prepared>,
        kept: Option<KeptRules>,
    ) -> impl FnOnce(&Write<'_>) -> Result<T, Undone> + Send + use<T, W>
    where
        W: FnOnce(&Write<'_>, &Caller) -> Result<T, Failure> + Send,
    {
        let (backend, claim) = (Arc::clone(&self.backend), self.claim.clone());
        let held = self.body_values.get().cloned();
        move |write| {
            // The memory of the body is held while it waits here for its turn, also for a client that has gone.
            let _held = (held, kept);
            let snapshot = write.snapshot();
            // The body may have taken its time.
            claim.check_credential(&snapshot)?;
            let caller = Caller::find(&backend, &snapshot, &claim, prepared.as_ref(), Reading::Uncommitted)?;
            let caller = caller?;
            Ok(pending.take()?(write, &caller)?)
        }
    }
}

/// Work that is done once, in the first write that finds its caller ready.
struct Pending<W>(Arc<Mutex<Option<W>>>);

impl<W> Pending<W> {
    fn new(work: W) -> Self {
        Self(Arc::new(Mutex::new(Some(work))))
    }

    /// The work, to do it.
    ///
    /// # Errors
    /// `Internal` if it was done before.
    fn take(&self) -> Result<W, Failure> {
        let work = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        work.ok_or_else(|| Failure::internal(&"a write was begun twice"))
    }
}

impl<W> Clone for Pending<W> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// Why a write changed nothing.
enum Undone {
    /// The caller is yet to be prepared, and the work was not begun.
    Unready(Unready),
    /// The work failed.
    Failed(Failure),
}

impl From<Failure> for Undone {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Error> for Undone {
    fn from(error: Error) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Unready> for Undone {
    fn from(unready: Unready) -> Self {
        Self::Unready(unready)
    }
}
