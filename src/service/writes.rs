//! Writes on behalf of a user.

use super::attempts::{NotDone, Pending};
use super::caller::Caller;
use super::outcome::explained;
use super::prepared::Prepared;
use super::rule_cache::{KeptRules, ReadFrom};
use super::user_request::UserRequest;
use crate::auth::credential::Scope;
use crate::error::RequestError;
use crate::store::{Added, Purpose, Weight, Write};
use std::sync::Arc;

/// The purpose of a write, and the time for which it is expected to keep the writer busy. It waits
/// for its turn as long as its weight requires.
#[derive(Clone, Copy, Debug)]
pub enum WriteTask {
    /// It changes entities.
    Change(Weight),
    /// It writes little, for a purpose other than changing entities.
    For(Purpose),
    /// It is rolled back, and only its result is used.
    Preview(Weight),
}

impl WriteTask {
    /// Its purpose, and its weight.
    pub fn charged(self) -> (Purpose, Weight) {
        match self {
            Self::Change(weight) | Self::Preview(weight) => (Purpose::Change, weight),
            Self::For(purpose) => (purpose, Weight::default()),
        }
    }
}

impl From<Weight> for WriteTask {
    fn from(expected: Weight) -> Self {
        Self::Change(expected)
    }
}

impl From<Purpose> for WriteTask {
    fn from(purpose: Purpose) -> Self {
        Self::For(purpose)
    }
}

impl UserRequest {
    /// Rejects a token that is for reading only.
    ///
    /// # Errors
    /// [`RequestError::Forbidden`] if the token is for reading only.
    pub fn check_scope(&self) -> Result<(), RequestError> {
        match self.claim.scope {
            Scope::Read => Err(RequestError::Forbidden(
                "this token is for reading only; use one with the scope all".to_owned(),
            )),
            Scope::All => Ok(()),
        }
    }

    /// Writes on behalf of the user, in one transaction.
    ///
    /// # Errors
    /// The error of `work`; [`RequestError::Forbidden`] if the user is barred, or if the token is
    /// for reading only and the task changes something.
    pub async fn write<T: Send + 'static>(
        &self,
        task: impl Into<WriteTask>,
        work: impl FnOnce(&Write<'_>, &Caller) -> Result<T, RequestError> + Send + 'static,
    ) -> Result<T, RequestError> {
        let task = task.into();
        if !matches!(task, WriteTask::Preview(_)) {
            self.check_scope()?;
        }
        // A request with the turn to change system rules need not keep others from changing them.
        let turn = match task {
            WriteTask::Change(_) => self.turn_to_write_rules().await?,
            WriteTask::For(_) | WriteTask::Preview(_) => None,
        };
        let (purpose, expected) = task.charged();
        // The writer, for which others wait, need not compute the user's privileges.
        let ready = match &turn {
            None => self.prepare().await,
            Some(_) => self.prepare_while_rules_stay().await,
        };
        let ready = ready.map_err(|failure| explained(self, self.ended_or(failure)))?;
        let bounds = self.bounds(purpose, expected, &ready);
        if let Some(bounds) = &bounds {
            // A request of a user whose allowance is used up does not occupy the writer.
            bounds.allowance.check(Added::default())?;
        }
        let pending = Pending::new(work);
        let attempt = async |round, mut prepared| {
            let kept = match &turn {
                None => self.keep_rules_after(round, &mut prepared).await?,
                Some(_) => None,
            };
            let write = self.begin_write(task, pending.clone(), prepared, kept);
            self.backend.store.write_within(self.origin(), bounds.clone(), write).await
        };
        self.until_ready(Some(ready), attempt).await.map_err(|failure| explained(self, failure))
    }

    /// Does the work in a write, if the caller is ready in it.
    fn begin_write<T, W>(
        &self,
        task: WriteTask,
        pending: Pending<W>,
        prepared: Option<Prepared>,
        kept: Option<KeptRules>,
    ) -> impl FnOnce(&Write<'_>) -> Result<T, NotDone> + Send + use<T, W>
    where
        W: FnOnce(&Write<'_>, &Caller) -> Result<T, RequestError> + Send,
    {
        let (backend, claim) = (Arc::clone(&self.backend), self.claim.clone());
        let held = self.body_values.get().cloned();
        move |write| {
            // The memory of the body is held while the request waits here for its turn, even if the
            // client is gone.
            let _held = (held, kept);
            let snapshot = write.snapshot();
            // Receiving the body may have taken long.
            claim.check_credential(&snapshot)?;
            let caller = Caller::find(
                &backend,
                &snapshot,
                &claim,
                prepared.as_ref(),
                ReadFrom::Uncommitted,
            )??;
            let work = pending.take()?;
            Ok(match task {
                WriteTask::Preview(_) => write.undone(|| work(write, &caller))?,
                WriteTask::Change(_) | WriteTask::For(_) => work(write, &caller)?,
            })
        }
    }

    /// The reason a request can't be prepared: an invalidated credential, as when its user is
    /// barred, comes first.
    fn ended_or(&self, failure: RequestError) -> RequestError {
        let checked = self.backend.store.read(|snapshot| self.claim.check_credential(snapshot));
        checked.err().unwrap_or(failure)
    }
}
