//! How a request writes on behalf of its user.

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

/// What a write is for, and how long it is expected to keep the writer busy. It waits for its turn
/// as long as its weight asks for.
#[derive(Clone, Copy, Debug)]
pub enum WriteTask {
    /// It changes entities.
    Change(Weight),
    /// It writes little, for a purpose other than to change entities.
    For(Purpose),
    /// It is undone, and only its result is left.
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
    /// Refuses a token that is for reading only.
    ///
    /// # Errors
    /// `Forbidden` if it is one.
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
    /// Whatever `work` fails with; `Forbidden` if the user is barred, or the token is for reading
    /// only and the task changes something.
    pub async fn write<T: Send + 'static>(
        &self,
        task: impl Into<WriteTask>,
        work: impl FnOnce(&Write<'_>, &Caller) -> Result<T, RequestError> + Send + 'static,
    ) -> Result<T, RequestError> {
        let task = task.into();
        if !matches!(task, WriteTask::Preview(_)) {
            self.check_scope()?;
        }
        // A request that has the turn to change system rules need not keep others from changing
        // them.
        let turn = match task {
            WriteTask::Change(_) => self.turn_to_write_rules().await?,
            WriteTask::For(_) | WriteTask::Preview(_) => None,
        };
        let (purpose, expected) = task.charged();
        // The writer, for which others wait, need not work out what the user may do.
        let ready = match &turn {
            None => self.prepare().await,
            Some(_) => self.prepare_while_rules_stay().await,
        };
        let ready = ready.map_err(|failure| explained(self, self.ended_or(failure)))?;
        let bounds = self.bounds(purpose, expected, &ready);
        if let Some(bounds) = &bounds {
            // A request of a user who has used the allowance up takes none of the writer's time.
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

    /// Does the work in a write, if the caller is ready there.
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
            // The memory of the body is held while it waits here for its turn, also for a client
            // that has gone.
            let _held = (held, kept);
            let snapshot = write.snapshot();
            // The body may have taken its time.
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

    /// Why a request can't be prepared: a credential that has ended, as it does when its user is
    /// barred, is the first reason.
    fn ended_or(&self, failure: RequestError) -> RequestError {
        let checked = self.backend.store.read(|snapshot| self.claim.check_credential(snapshot));
        checked.err().unwrap_or(failure)
    }
}
