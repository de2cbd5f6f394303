//! How a request reads on behalf of its user: on the thread that answers, on one that may block, or piece by piece. Where the user, the rules or the user's
//! privileges are yet to be worked out, that is done first, while no transaction is open.

use super::caller::{Caller, Prepared, Unready};
use super::list_sink::Sink;
use super::list_stream::{PieceStream, begin_list};
use super::ready::{ROUNDS, unsteady};
use super::rule_cache;
use super::turns::{ReadTime, Share};
use super::user_request::UserRequest;
use crate::access_report::is_ordinary;
use crate::error::Failure;
use crate::model::Actor;
use crate::store::{ReadKind, Reading, Snapshot};
use crate::threads::block;
use std::sync::Arc;

/// A read that is under way on behalf of a user. It has a connection, so no other work may be awaited as long as it lives.
pub struct UserRead {
    reading: Reading,
    /// The user at the moment of the read.
    pub caller: Caller,
}

impl UserRead {
    /// What it reads from.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot<'_> {
        self.reading.snapshot()
    }

    /// The same for what is usually short, as [`Reading::short_snapshot`].
    ///
    /// # Errors
    /// The database failed.
    pub fn short_snapshot(&self) -> Result<Snapshot<'_>, Failure> {
        Ok(self.reading.short_snapshot()?)
    }

    /// Does work that is usually short; nothing if it turned out to take long.
    ///
    /// # Errors
    /// Whatever `work` fails with.
    pub fn short<T>(
        &self,
        work: impl FnOnce(&Snapshot<'_>, &Caller) -> Result<T, Failure>,
    ) -> Result<Option<T>, Failure> {
        let snapshot = self.short_snapshot()?;
        snapshot.unless_long(work(&snapshot, &self.caller))
    }
}

/// A read on a thread that may block, and how it waits for its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scan {
    /// Any number of rows. It is refused if no turn comes soon.
    Many,
    /// One entity. It waits for its turn as long as it takes, so that it is not refused because others read.
    One,
    /// A question that may take long. It has one of the few connections that are for such questions.
    Question,
}

impl UserRequest {
    /// Begins a read of a few rows on behalf of the user, on this thread.
    ///
    /// # Errors
    /// `Forbidden` if the user is barred, `Unauthorized` if the user no longer exists.
    pub async fn read(&self) -> Result<UserRead, Failure> {
        let mut prepared = None;
        for round in 0..ROUNDS {
            let _kept = self.keep_rules_after(round, &mut prepared).await?;
            match self.try_read(prepared.as_ref())? {
                Ok(read) => return Ok(read),
                Err(unready) => prepared = self.make_ready(unready).await?,
            }
        }
        Err(unsteady())
    }

    /// Begins a read on this thread, if all that takes long was done before.
    pub fn try_read(&self, prepared: Option<&Prepared>) -> Result<Result<UserRead, Unready>, Failure> {
        let reading = self.backend.store.begin_read(ReadKind::Point, None)?;
        let found = self.find_caller(&reading.snapshot(), prepared)?;
        Ok(found.map(|caller| UserRead { reading, caller }))
    }

    /// Reads on behalf of the user, on a thread that may block.
    ///
    /// # Errors
    /// As [`UserRequest::read`]; whatever `work` fails with; `Unavailable` if no turn comes for long, or the read has to end because it takes long.
    pub async fn scan<T: Send + 'static>(
        &self,
        scan: Scan,
        work: impl FnOnce(&Snapshot<'_>, &Caller) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let prepared = self.prepare().await?;
        let (user, queues) = (share(&prepared.actor), &self.backend.queues);
        let (kind, time) = match scan {
            Scan::Many => (ReadKind::Scan, queues.scans.soon(user).await?),
            Scan::One => (ReadKind::Scan, queues.scans.patiently(user).await?),
            Scan::Question => (ReadKind::Question, queues.questions.soon(user).await?),
        };
        let read = self.begin(kind, &time, prepared).await?;
        let work = move || {
            let result = work(&read.snapshot(), &read.caller);
            // The connection is free before the next read has its turn.
            drop(read);
            result.map_err(|failure| time.explain(failure))
        };
        block(work).await?
    }

    /// Reads a list on behalf of the user and hands it on, no faster than the client takes it.
    ///
    /// # Errors
    /// As [`UserRequest::scan`], before anything is handed on.
    pub async fn stream(
        &self,
        produce: impl FnOnce(&Snapshot<'_>, &Caller, &Sink) -> Result<(), Failure> + Send + 'static,
    ) -> Result<PieceStream, Failure> {
        let prepared = self.prepare().await?;
        let backlog = self.backend.backlog.clone();
        let time = backlog.turn(share(&prepared.actor)).await?;
        let read = self.begin(ReadKind::Stream, &time, prepared).await?;
        let produce = move |sink: &Sink| {
            let result = produce(&read.snapshot(), &read.caller, sink);
            drop(read);
            result.map_err(|failure| sink.time().explain(failure))
        };
        begin_list(backlog, time, produce).await
    }

    /// Begins a read on a thread that may block: it may wait for a connection. The rules may have changed while it waited for its turn.
    async fn begin(&self, kind: ReadKind, time: &ReadTime, prepared: Prepared) -> Result<UserRead, Failure> {
        let mut prepared = Some(prepared);
        for round in 0..ROUNDS {
            let kept = self.keep_rules_after(round, &mut prepared).await?;
            let (backend, claim, prepared_before) = (Arc::clone(&self.backend), self.claim.clone(), prepared.take());
            let stop = time.stop();
            let begin = move || {
                let _kept = kept;
                let reading = backend.store.begin_read(kind, Some(stop))?;
                let (snapshot, prepared) = (reading.snapshot(), prepared_before.as_ref());
                let found = Caller::find(&backend, &snapshot, &claim, prepared, rule_cache::Reading::Committed)?;
                drop(snapshot);
                Ok(found.map(|caller| UserRead { reading, caller }))
            };
            match block(begin).await?.map_err(|failure| time.explain(failure))? {
                Ok(read) => return Ok(read),
                Err(unready) => prepared = self.make_ready(unready).await?,
            }
        }
        Err(unsteady())
    }
}

/// What a user may have of the turns.
fn share(actor: &Actor) -> Share {
    if is_ordinary(actor) { Share::Half(actor.id) } else { Share::All }
}
