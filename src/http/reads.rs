//! How a call reads on behalf of its user: on the thread that answers, on one that may block, or piece by piece. Where the user, the rules or the user's
//! privileges are yet to be worked out, that is done first, while no snapshot is open.

use super::allowance::is_bounded;
use super::call::EntityCall;
use super::caller::{Caller, Prepared, Unready};
use super::failure::Failure;
use super::known::{KeptRules, Reading};
use super::list_sink::Sink;
use super::list_turns::Share;
use super::ready::{ROUNDS, unsteady};
use super::stream::stream;
use super::threads::block;
use crate::store::Snapshot;
use actix_web::HttpResponse;
use tokio::sync::oneshot;

/// The connections that are read with.
#[derive(Clone, Copy)]
enum Readers {
    Scans,
    Questions,
}

impl EntityCall {
    /// Reads a few rows on behalf of the user, on this thread.
    ///
    /// # Errors
    /// Whatever `read` fails with; the user is barred.
    pub async fn read<T>(&self, read: impl FnOnce(&Snapshot<'_>, &Caller) -> Result<T, Failure>) -> Result<T, Failure> {
        let (store, mut read, mut prepared) = (&self.call.state.store, Some(read), None);
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
    /// As [`EntityCall::read`].
    pub async fn read_briefly<T>(
        &self,
        read: &impl Fn(&Snapshot<'_>, &Caller) -> Result<T, Failure>,
    ) -> Result<Option<T>, Failure> {
        let (store, mut prepared) = (&self.call.state.store, None);
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
    /// Whatever `read` fails with; the user is barred.
    pub async fn scan<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Snapshot<'_>, &Caller) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        self.read_on_thread(Readers::Scans, read).await
    }

    /// Answers a question that may take long, on a thread that may block, with the few connections that are for such questions.
    ///
    /// # Errors
    /// As [`EntityCall::scan`].
    pub async fn question<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Snapshot<'_>, &Caller) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        self.read_on_thread(Readers::Questions, read).await
    }

    async fn read_on_thread<T, R>(&self, readers: Readers, mut read: R) -> Result<T, Failure>
    where
        T: Send + 'static,
        R: FnOnce(&Snapshot<'_>, &Caller) -> Result<T, Failure> + Send + 'static,
    {
        let mut prepared = Some(self.prepare().await?);
        for round in 0..ROUNDS {
            let kept = self.keep_rules_after(round, &mut prepared).await?;
            let state = self.call.state.clone();
            let once = self.once(read, prepared.take(), kept);
            let read_once = move || match readers {
                Readers::Scans => state.store.scan(once),
                Readers::Questions => state.store.question(once),
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
        let (state, claim) = (self.call.state.clone(), self.claim.clone());
        move |snapshot| {
            let _kept = kept;
            Caller::find(&state, snapshot, &claim, prepared.as_ref(), Reading::Committed)
        }
    }

    /// Answers with what `read` hands on, on behalf of the user.
    ///
    /// # Errors
    /// Whatever `read` fails with before it hands anything on; the user is barred.
    pub async fn stream<R>(&self, mut read: R) -> Result<HttpResponse, Failure>
    where
        R: FnOnce(&Snapshot<'_>, &Caller, &Sink) -> Result<(), Failure> + Send + 'static,
    {
        let ready = self.prepare().await?;
        let backlog = self.call.state.backlog.clone();
        let share = if is_bounded(&ready.actor) { Share::Half(ready.actor.id) } else { Share::All };
        let mut prepared = Some(ready);
        for round in 0..ROUNDS {
            let kept = self.keep_rules_after(round, &mut prepared).await?;
            let (state, find) = (self.call.state.clone(), self.finder(prepared.take(), kept));
            let (sender, mut returned) = oneshot::channel();
            let once = move |sink: &Sink| {
                state.store.stream(|snapshot| match find(snapshot)? {
                    Ok(caller) => read(snapshot, &caller, sink),
                    Err(unready) => {
                        let _ = sender.send((read, unready));
                        Err(unsteady())
                    }
                })
            };
            match (stream(backlog.clone(), share, once).await, returned.try_recv()) {
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
