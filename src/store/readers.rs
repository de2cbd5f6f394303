//! The connections that read: each kind of read has some of its own, so that none waits for those
//! of another kind.

use super::budget::{Limit, Stop};
use super::error::Error;
use super::snapshot::Snapshot;
use super::sqlite::connection::{Pool, PooledConnection, Shared, pool};
use super::sqlite::progress::{lift_limits, set_handler};
use super::sqlite::transaction::ReadTransaction;
use std::path::Path;

/// KiB of pages that connections keep: those that read a few rows come back to the same ones, those
/// that go through many don't, and lists last as long as slow clients take.
const LARGE_CACHE: i64 = 65_536;
const SMALL_CACHE: i64 = 8_192;
const LIST_CACHE: i64 = 2_048;

/// How many connections read at once.
#[derive(Clone, Copy, Debug)]
pub struct Readers {
    /// For reads of a few rows, which run on the threads that answer requests: one for each of
    /// these threads.
    pub points: u32,
    /// For reads of many rows with a short result, such as counts, which run on threads of their
    /// own.
    pub scans: u32,
    /// For results of any length, each as long as its client reads it.
    pub streams: u32,
    /// For questions that look at many rows many times.
    pub questions: u32,
}

impl Readers {
    /// All of them together.
    pub(super) const fn sum(self) -> u32 {
        self.points + self.scans + self.streams + self.questions
    }
}

/// A kind of read, each of which has connections of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadKind {
    /// A few rows.
    Point,
    /// Many rows with a short result, such as a count.
    Scan,
    /// A result of any length, as fast as its client takes it.
    Stream,
    /// A question that looks at many rows many times.
    Question,
}

/// The connections of each kind.
pub(super) struct Pools {
    pub points: Pool,
    pub scans: Pool,
    pub streams: Pool,
    pub questions: Pool,
}

impl Pools {
    pub(super) fn open(path: &Path, readers: Readers, shared: &Shared) -> Result<Self, Error> {
        Ok(Self {
            points: pool(path, readers.points, LARGE_CACHE, shared)?,
            scans: pool(path, readers.scans, SMALL_CACHE, shared)?,
            streams: pool(path, readers.streams, LIST_CACHE, shared)?,
            questions: pool(path, readers.questions, SMALL_CACHE, shared)?,
        })
    }

    /// Each by its name: how many connections there are, and how many of them nobody uses.
    pub(super) fn figures(&self) -> [(&'static str, u32, u32); 4] {
        let pools = [
            ("points", &self.points),
            ("scans", &self.scans),
            ("streams", &self.streams),
            ("questions", &self.questions),
        ];
        pools.map(|(name, pool)| (name, pool.state().connections, pool.state().idle_connections))
    }

    const fn of(&self, kind: ReadKind) -> &Pool {
        match kind {
            ReadKind::Point => &self.points,
            ReadKind::Scan => &self.scans,
            ReadKind::Stream => &self.streams,
            ReadKind::Question => &self.questions,
        }
    }

    /// Begins a read with a connection of that kind.
    ///
    /// # Errors
    /// [`Error::Busy`] if no connection comes free.
    pub(super) fn begin(&self, kind: ReadKind, stop: Option<Stop>) -> Result<Reading, Error> {
        let connection = self.of(kind).get().map_err(|_| Error::Busy)?;
        let transaction = ReadTransaction::begin(connection)?;
        if stop.is_some() {
            set_handler(transaction.connection(), None, None, stop.as_ref())?;
        }
        Ok(Reading { transaction, stop, short: None })
    }
}

/// A read that is under way, with a connection of its own. All that it shows is of one moment.
pub struct Reading {
    transaction: ReadTransaction<PooledConnection>,
    /// Says whether it has to end.
    stop: Option<Stop>,
    /// What it may cost, if only what is short is wanted.
    short: Option<Limit>,
}

impl Reading {
    /// What it reads from. Once it has to end, statements fail with [`Error::TooLong`].
    #[must_use]
    pub fn snapshot(&self) -> Snapshot<'_> {
        Snapshot::of_reading(self.transaction.connection(), self.stop.as_ref(), self.short.as_ref())
    }

    /// The read for what is usually short: what turns out to take long fails, and
    /// [`Reading::unless_long`] tells it from other failures.
    ///
    /// # Errors
    /// The database failed.
    pub fn short(mut self) -> Result<Self, Error> {
        let limit = Limit::short();
        set_handler(self.transaction.connection(), Some(&limit), None, self.stop.as_ref())?;
        self.short = Some(limit);
        Ok(self)
    }

    /// The result of a short read; nothing if it failed because it turned out to take long.
    ///
    /// # Errors
    /// That of `result`, if it failed for another reason.
    pub fn unless_long<T, E>(&self, result: Result<T, E>) -> Result<Option<T>, E> {
        match (result, &self.short) {
            (result, Some(limit)) => limit.outcome(result),
            (result, None) => result.map(Some),
        }
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        if self.stop.is_some() || self.short.is_some() {
            // Before the transaction ends, also after a panic: the connection is used again.
            lift_limits(self.transaction.connection());
        }
    }
}
