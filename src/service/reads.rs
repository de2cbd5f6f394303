//! How a call reads on behalf of its user: on the thread that answers, on one that may block, or piece by piece. Where the user, the rules or the user's
//! privileges are yet to be worked out, that is done first, while no snapshot is open.

use super::caller::{Caller, Prepared, Unready};
use super::list_sink::Sink;
use super::list_stream::{PieceStream, begin};
use super::ready::{ROUNDS, unsteady};
use super::rule_cache::{KeptRules, Reading};
use super::turns::Share;
use super::user_request::UserRequest;
use crate::access_report::is_ordinary;
use crate::error::Failure;
use crate::model::Actor;
use crate::store::{ReadKind, Snapshot};
use crate::threads::block;
use std::sync::Arc;
use tokio::sync::oneshot;

/// A read on a thread that may block.
#[derive(Clone, Copy)]
enum Long {
    Many,
    One,
    Question,
}

impl Long {
    const fn kind(self) -> ReadKind {
        match self {
            Self::Many | Self::One => ReadKind::Scan,
            Self::Question => ReadKind::Question,
        }
    }
}

/// What a user may have of the turns.
fn share(actor: &Actor) -> Share {
    if is_ordinary(actor) { Share::Half(actor.id) } else { Share::All }
}

impl UserRequest {
    /// Reads a few rows on behalf of the user, on this thread.
    ///
    /// # Errors
    /// Whatever `read` fails with; the user is barred.
    pub async fn read<T>(&self, read: impl FnOnce(&Snapshot<'_>, &Caller) -> Result<T, Failure>) -> Result<T, Failure> {
        let (store, mut read, mut prepared) = (&self.backend.store, Some(read), None);
        for round in 0..ROUNDS {
            let _kept = self.keep_rules_after(round, &mut prepared).await?;
            let once = |snapshot: &Snapshot<'_>| match (self.find_caller(snapshot, prepared.as_ref())?, read.take()) {
                (Ok(caller), Some(read)) => read(snapshot, &caller).map(Ok),
                (Ok(_), None) => Err(Failure::internal(&"a request was read twice")),
                (Err(unready), unread) => {
                    read = unread;
                    Ok(Err(unready))
                }
            };
            match store.read(once)? {
                Ok(result) => return Ok(result),
                Err(unready) => prepared = self.make_ready(unready).await?,
            }
        }
        Err(unsteady())
    }

    /// Reads what is usually short on behalf of the user, on this thread; nothing if it turns out not to be short.
    ///
    /// # Errors
    /// As [`UserRequest::read`].
    pub async fn read_briefly<T>(
        &self,
        read: &impl Fn(&Snapshot<'_>, &Caller) -> Result<T, Failure>,
    ) -> Result<Option<T>, Failure> {
        let (store, mut prepared) = (&self.backend.store, None);
        for round in 0..ROUNDS {
            let _kept = self.keep_rules_after(round, &mut prepared).await?;
            let brief = |snapshot: &Snapshot<'_>| match self.find_caller(snapshot, prepared.as_ref())? {
                Ok(caller) => read(snapshot, &caller).map(Ok),
                Err(unready) => Ok(Err(unready)),
            };
            match store.read_briefly(brief)? {
                None => return Ok(None),
                Some(Ok(result)) => return Ok(Some(result)),
                Some(Err(unready)) => prepared = self.make_ready(unready).await?,
            }
        }
        Err(unsteady())
    }

    /// Reads any number of rows on behalf of the user, on a thread that may block.
    ///
    /// # Errors
    /// Whatever `read` fails with; the user is barred. `Unavailable` if no turn comes for long, or it has to end because it takes long.
    pub async fn scan<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Snapshot<'_>, &Caller) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        self.read_on_thread(Long::Many, read).await
    }

    /// Reads one entity on behalf of the user, on a thread that may block. It is not refused because others read: it waits for its turn as long as it takes.
    ///
    /// # Errors
    /// Whatever `read` fails with; the user is barred.
    pub async fn scan_one<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Snapshot<'_>, &Caller) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        self.read_on_thread(Long::One, read).await
    }

    /// Answers a question that may take long, on a thread that may block, with the few connections that are for such questions.
    ///
    /// # Errors
    /// As [`UserRequest::scan`].
    pub async fn question<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Snapshot<'_>, &Caller) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        self.read_on_thread(Long::Question, read).await
    }

    async fn read_on_thread<T, R>(&self, long: Long, mut read: R) -> Result<T, Failure>
    where
        T: Send + 'static,
        R: FnOnce(&Snapshot<'_>, &Caller) -> Result<T, Failure> + Send + 'static,
    {
        let ready = self.prepare().await?;
        let user = share(&ready.actor);
        let mut prepared = Some(ready);
        for round in 0..ROUNDS {
            let backend = Arc::clone(&self.backend);
            // It may take a while, in which rules may change.
            let time = match long {
                Long::Many => backend.queues.scans.soon(user).await?,
                Long::One => backend.queues.scans.patiently(user).await?,
                Long::Question => backend.queues.questions.soon(user).await?,
            };
            let kept = self.keep_rules_after(round, &mut prepared).await?;
            let once = self.once(read, prepared.take(), kept);
            let read_once = move || {
                let result = backend.store.read_until(long.kind(), &time.stop(), once);
                result.map_err(|failure| time.explain(failure))
            };
            match block(read_once).await?? {
                Ok(result) => return Ok(result),
                Err((unread, unready)) => {
                    read = unread;
                    prepared = self.make_ready(unready).await?;
                }
            }
        }
        Err(unsteady())
    }

    /// Reads by `read`, or gives it back with what the caller still needs. Nobody should work that out while a snapshot is open.
    fn once<T, R>(
        &self,
        read: R,
        prepared: Option<Prepared>,
        kept: Option<KeptRules>,
    ) -> impl FnOnce(&Snapshot<'_>) -> Result<Result<T, (R, Unready)>, Failure> + use<T, R>
    where
        R: FnOnce(&Snapshot<'_>, &Caller) -> Result<T, Failure>,
    {
        let find = self.finder(prepared, kept);
        move |snapshot| match find(snapshot)? {
            Ok(caller) => read(snapshot, &caller).map(Ok),
            Err(unready) => Ok(Err((read, unready))),
        }
    }

    /// Finds the caller in a snapshot of another thread. Rules that were kept until then may change again.
    fn finder(
        &self,
        prepared: Option<Prepared>,
        kept: Option<KeptRules>,
    ) -> impl FnOnce(&Snapshot<'_>) -> Result<Result<Caller, Unready>, Failure> + use<> {
        let (backend, claim) = (self.backend.clone(), self.claim.clone());
        move |snapshot| {
            let _kept = kept;
            Caller::find(&backend, snapshot, &claim, prepared.as_ref(), Reading::Committed)
        }
    }

    /// What `read` hands on, on behalf of the user, no faster than the client takes it.
    ///
    /// # Errors
    /// Whatever `read` fails with before it hands anything on; the user is barred.
    pub async fn stream<R>(&self, mut read: R) -> Result<PieceStream, Failure>
    where
        R: FnOnce(&Snapshot<'_>, &Caller, &Sink) -> Result<(), Failure> + Send + 'static,
    {
        let ready = self.prepare().await?;
        let backlog = self.backend.backlog.clone();
        let user = share(&ready.actor);
        let mut prepared = Some(ready);
        for round in 0..ROUNDS {
            let kept = self.keep_rules_after(round, &mut prepared).await?;
            let (backend, find) = (Arc::clone(&self.backend), self.finder(prepared.take(), kept));
            let (sender, mut returned) = oneshot::channel();
            let once = move |sink: &Sink| {
                let result =
                    backend.store.read_until(ReadKind::Stream, &sink.time().stop(), |snapshot| match find(snapshot)? {
                        Ok(caller) => read(snapshot, &caller, sink),
                        Err(unready) => {
                            let _ = sender.send((read, unready));
                            Err(unsteady())
                        }
                    });
                result.map_err(|failure| sink.time().explain(failure))
            };
            match (begin(backlog.clone(), user, once).await, returned.try_recv()) {
                (Err(_), Ok((unread, unready))) => {
                    read = unread;
                    prepared = self.make_ready(unready).await?;
                }
                (answer, _) => return answer,
            }
        }
        Err(unsteady())
    }
}
