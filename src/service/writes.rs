//! How a request writes on behalf of its user.

use super::caller::Caller;
use super::outcome::explained;
use super::ready::{ROUNDS, unsteady};
use super::rule_cache::Reading;
use super::user_request::UserRequest;
use crate::auth::credential::Scope;
use crate::error::Failure;
use crate::store::{Added, Purpose, Weight, Write};
use std::sync::Arc;
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

    /// Writes on behalf of the user, in one transaction.
    ///
    /// # Errors
    /// Whatever `work` fails with; the user is barred.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Write<'_>, &Caller) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        self.write_for(Purpose::Change, work).await
    }

    /// The same for work that is expected to weigh so much. It waits for its turn as long as its weight asks for.
    ///
    /// # Errors
    /// As [`UserRequest::write`].
    pub async fn write_weighing<T: Send + 'static>(
        &self,
        expected: Weight,
        work: impl FnOnce(&Write<'_>, &Caller) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        self.write_with(Purpose::Change, expected, work).await
    }

    /// The same, for that purpose.
    ///
    /// # Errors
    /// As [`UserRequest::write`].
    pub async fn write_for<T: Send + 'static>(
        &self,
        purpose: Purpose,
        work: impl FnOnce(&Write<'_>, &Caller) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        self.write_with(purpose, Weight::default(), work).await
    }

    async fn write_with<T: Send + 'static>(
        &self,
        purpose: Purpose,
        expected: Weight,
        work: impl FnOnce(&Write<'_>, &Caller) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        self.check_scope()?;
        let turn = self.turn_to_write_rules().await?;
        self.transact(turn.as_ref(), purpose, expected, work).await
    }

    /// Writes on behalf of the user, and undoes it: the answer is all that is left.
    ///
    /// # Errors
    /// Whatever `work` fails with; the user is barred.
    pub async fn try_out<T: Send + 'static>(
        &self,
        expected: Weight,
        work: impl FnOnce(&Write<'_>, &Caller) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        self.transact(None, Purpose::Change, expected, |write, caller| write.undone(|| work(write, caller))).await
    }

    /// Who has the turn to change system rules need not keep others from changing them.
    async fn transact<T: Send + 'static>(
        &self,
        turn: Option<&RwLockWriteGuard<'_, ()>>,
        purpose: Purpose,
        expected: Weight,
        mut work: impl FnOnce(&Write<'_>, &Caller) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        // The writer, for which others wait, need not work out what the user may do. What is wrong, it finds again.
        let ready = match turn {
            None => self.prepare().await,
            Some(_) => self.prepare_while_rules_stay().await,
        };
        let mut prepared = ready.ok();
        let bounds = self.bounds(purpose, expected, prepared.as_ref());
        if let Some(bounds) = &bounds {
            // A request of a user who has used the allowance up takes none of the writer's time.
            bounds.allowance.check(Added::default())?;
        }
        for round in 0..ROUNDS {
            let kept = match turn {
                None => self.keep_rules_after(round, &mut prepared).await?,
                Some(_) => None,
            };
            let (backend, claim, prepared_before) = (Arc::clone(&self.backend), self.claim.clone(), prepared.take());
            let held = self.body_values.get().cloned();
            let write = move |write: &Write<'_>| {
                // What came of the body waits here for its turn, also for a client that has gone.
                let _held = (held, kept);
                let snapshot = write.snapshot();
                // The body may have taken its time.
                claim.check_credential(&snapshot)?;
                let (prepared, reading) = (prepared_before.as_ref(), Reading::Uncommitted);
                match Caller::find(&backend, &snapshot, &claim, prepared, reading)? {
                    Ok(caller) => work(write, &caller).map(Ok),
                    Err(unready) => Ok(Err((work, unready))),
                }
            };
            let written = self.backend.store.write_within(self.origin(), bounds.clone(), write).await;
            match written.map_err(|failure| explained(self, failure))? {
                Ok(result) => return Ok(result),
                Err((undone, unready)) => {
                    work = undone;
                    prepared = self.make_ready(unready).await?;
                }
            }
        }
        Err(unsteady())
    }
}
