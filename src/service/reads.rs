//! Reads on behalf of a user: on the event loop, on a thread that may block, or piece by piece. If
//! the user, the rules or the user's privileges must be prepared, that is done first, while no
//! transaction is open.

use super::attempts::{NotDone, Pending};
use super::caller::Caller;
use super::list_sink::Sink;
use super::list_stream::{PieceStream, begin_list};
use super::prepared::{Prepared, Unready};
use super::rule_cache::{KeptRules, ReadFrom};
use super::turns::{ReadTime, Share};
use super::user_request::UserRequest;
use crate::access_report::is_ordinary;
use crate::error::RequestError;
use crate::model::Actor;
use crate::store::{ReadKind, Reading, Snapshot};
use crate::threads::block;
use std::sync::Arc;

/// A read in progress on behalf of a user. It occupies a connection, so no other work may be
/// awaited during its lifetime.
pub struct UserRead {
    reading: Reading,
    /// The user at the moment of the read.
    pub caller: Caller,
}

impl UserRead {
    /// The snapshot that it reads.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot<'_> {
        self.reading.snapshot()
    }

    /// The result of a short read; `None` if the read was stopped because it was not short.
    ///
    /// # Errors
    /// The error of `result`, if it has another reason.
    pub fn unless_long<T>(
        &self,
        result: Result<T, RequestError>,
    ) -> Result<Option<T>, RequestError> {
        self.reading.unless_long(result)
    }
}

/// A read on a thread that may block, and how it waits for its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LongRead {
    /// Any number of rows. It is refused if no turn becomes free soon.
    Many,
    /// One entity. It waits for its turn however long that takes, so that it is not refused because
    /// of other reads.
    One,
    /// A report that may take long. It uses one of the few connections for reports.
    Question,
}

impl UserRequest {
    /// Starts a read of a few rows on behalf of the user, on this thread.
    ///
    /// # Errors
    /// [`RequestError::Forbidden`] if the user is barred, [`RequestError::Unauthorized`] if the
    /// user no longer exists, [`RequestError::Unavailable`] if no connection becomes free or the
    /// rules keep changing.
    pub async fn read(&self) -> Result<UserRead, RequestError> {
        let attempt = async |round, mut prepared| {
            let _kept = self.keep_rules_after(round, &mut prepared).await?;
            Ok(self.try_read(prepared.as_ref())??)
        };
        self.until_ready(None, attempt).await
    }

    /// As [`UserRequest::read`], for reads that are usually short: a read that takes long fails,
    /// and [`UserRead::unless_long`] distinguishes that from other errors.
    ///
    /// # Errors
    /// As [`UserRequest::read`].
    pub async fn read_short(&self) -> Result<UserRead, RequestError> {
        let UserRead { reading, caller } = self.read().await?;
        Ok(UserRead { reading: reading.short()?, caller })
    }

    /// Reads on this thread if that is short, and otherwise again on another thread.
    ///
    /// # Errors
    /// As [`UserRequest::read_long`].
    pub async fn read_short_or_long<T: Send + 'static>(
        &self,
        kind: LongRead,
        work: impl Fn(&Snapshot<'_>, &Caller) -> Result<T, RequestError> + Send + 'static,
    ) -> Result<T, RequestError> {
        let short = {
            let read = self.read_short().await?;
            read.unless_long(work(&read.snapshot(), &read.caller))?
        };
        match short {
            Some(result) => Ok(result),
            None => self.read_long(kind, work).await,
        }
    }

    /// Starts a read on this thread, if all slow preparations are done.
    ///
    /// # Errors
    /// [`RequestError::Forbidden`] if the user is barred, [`RequestError::Unavailable`] if no
    /// connection becomes free.
    pub fn try_read(
        &self,
        prepared: Option<&Prepared>,
    ) -> Result<Result<UserRead, Unready>, RequestError> {
        let reading = self.backend.store.begin_read(ReadKind::Point, None)?;
        let found = self.find_caller(&reading.snapshot(), prepared)?;
        Ok(found.map(|caller| UserRead { reading, caller }))
    }

    /// Reads on behalf of the user, on a thread that may block.
    ///
    /// # Errors
    /// As [`UserRequest::read`]; the error of `work`; [`RequestError::Unavailable`] if no turn
    /// becomes free in time, or if the read was stopped because it takes long.
    pub async fn read_long<T: Send + 'static>(
        &self,
        kind: LongRead,
        work: impl FnOnce(&Snapshot<'_>, &Caller) -> Result<T, RequestError> + Send + 'static,
    ) -> Result<T, RequestError> {
        let ready = self.prepare().await?;
        let (user, queues, pending) =
            (share(&ready.actor), &self.backend.queues, Pending::new(work));
        let attempt = async |round, mut prepared| {
            let (read_kind, time) = match kind {
                LongRead::Many => (ReadKind::Scan, queues.scans.soon(user).await?),
                LongRead::One => (ReadKind::Scan, queues.scans.patiently(user).await?),
                LongRead::Question => (ReadKind::Question, queues.questions.soon(user).await?),
            };
            // The rules may have changed while it waited for its turn.
            let kept = time.pause(self.keep_rules_after(round, &mut prepared)).await?;
            let begin = self.beginning(read_kind, prepared, kept);
            let pending = pending.clone();
            block(move || {
                let read = begin(&time)?;
                let result = pending.take()?(&read.snapshot(), &read.caller);
                // The connection is free before the next read gets its turn.
                drop(read);
                Ok(result.map_err(|failure| time.explain(failure))?)
            })
            .await?
        };
        self.until_ready(Some(ready), attempt).await
    }

    /// Reads a list on behalf of the user and sends it, no faster than the client reads.
    ///
    /// # Errors
    /// As [`UserRequest::read_long`], before anything is sent.
    pub async fn stream<P>(&self, produce: P) -> Result<PieceStream, RequestError>
    where
        P: FnOnce(&Snapshot<'_>, &Caller, &Sink) -> Result<(), RequestError> + Send + 'static,
    {
        let ready = self.prepare().await?;
        let (user, backlog, pending) =
            (share(&ready.actor), &self.backend.backlog, Pending::new(produce));
        let attempt = async |round, mut prepared| {
            let time = backlog.turn(user).await?;
            let kept = time.pause(self.keep_rules_after(round, &mut prepared)).await?;
            let begin = self.beginning(ReadKind::Stream, prepared, kept);
            let pending = pending.clone();
            let produce = move |sink: &Sink| {
                let read = begin(sink.time())?;
                let result = pending.take()?(&read.snapshot(), &read.caller, sink);
                drop(read);
                Ok(result.map_err(|failure| sink.time().explain(failure))?)
            };
            begin_list(backlog.clone(), time, produce).await
        };
        self.until_ready(Some(ready), attempt).await
    }

    /// Starts a read on a thread that may block, because it may wait for a connection. Rules that
    /// were kept until then may change again.
    fn beginning(
        &self,
        kind: ReadKind,
        prepared: Option<Prepared>,
        kept: Option<KeptRules>,
    ) -> impl FnOnce(&ReadTime) -> Result<UserRead, NotDone> + Send + use<> {
        let (backend, claim) = (Arc::clone(&self.backend), self.claim.clone());
        move |time| {
            let _kept = kept;
            let begun =
                backend.store.begin_read(kind, Some(time.stop())).map_err(RequestError::from);
            let reading = begun.map_err(|failure| time.explain(failure))?;
            let found = Caller::find(
                &backend,
                &reading.snapshot(),
                &claim,
                prepared.as_ref(),
                ReadFrom::Committed,
            );
            let caller = found.map_err(|failure| time.explain(failure))??;
            Ok(UserRead { reading, caller })
        }
    }
}

/// The user's share of the turns.
fn share(actor: &Actor) -> Share {
    if is_ordinary(actor) { Share::Half(actor.id) } else { Share::All }
}
