//! The connections that read. Each kind of read has its own connections, so that it never waits for
//! those of another kind.

use super::budget::{Limit, Stop};
use super::error::Error;
use super::snapshot::Snapshot;
use super::sqlite::connection::{Pool, PooledConnection, Shared, pool};
use super::sqlite::progress::{lift_limits, set_handler};
use super::sqlite::transaction::ReadTransaction;
use std::path::Path;

/// KiB of pages that connections cache. Reads of a few rows use the same pages again, scans of many
/// rows don't, and lists last as long as slow clients take.
const LARGE_CACHE: i64 = 65_536;
const SMALL_CACHE: i64 = 8_192;
const LIST_CACHE: i64 = 2_048;

/// The number of connections of each kind.
#[derive(Clone, Copy, Debug)]
pub struct Readers {
    /// For reads of a few rows, which run on the threads that answer requests: one for each of
    /// these threads.
    pub points: u32,
    /// For reads of many rows with a short result, such as counts, which run on their own threads.
    pub scans: u32,
    /// For results of any length, which take as long as the client reads.
    pub streams: u32,
    /// For queries that read many rows many times.
    pub questions: u32,
}

impl Readers {
    /// The number of all connections.
    pub(super) const fn sum(self) -> u32 {
        self.points + self.scans + self.streams + self.questions
    }
}

/// A kind of read, which has its own connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadKind {
    /// A few rows.
    Point,
    /// Many rows with a short result, such as a count.
    Scan,
    /// A result of any length, as fast as the client reads.
    Stream,
    /// A query that reads many rows many times.
    Question,
}

/// The connection pools.
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

    /// The name of each pool, the number of its connections and the number of idle ones.
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

    /// Starts a read with a connection of this kind.
    ///
    /// # Errors
    /// [`Error::Busy`] if no connection becomes free.
    pub(super) fn begin(&self, kind: ReadKind, stop: Option<Stop>) -> Result<Reading, Error> {
        let connection = self.of(kind).get().map_err(|_| Error::Busy)?;
        let transaction = ReadTransaction::begin(connection)?;
        if stop.is_some() {
            set_handler(transaction.connection(), None, None, stop.as_ref())?;
        }
        Ok(Reading { transaction, stop, short: None })
    }
}

/// A read in progress, with its own connection. All its statements see the same snapshot.
pub struct Reading {
    transaction: ReadTransaction<PooledConnection>,
    /// Returns whether it must end.
    stop: Option<Stop>,
    /// The limit of a short read.
    short: Option<Limit>,
}

impl Reading {
    /// The snapshot that it reads. Once the read must end, statements fail with [`Error::TooLong`].
    #[must_use]
    pub fn snapshot(&self) -> Snapshot<'_> {
        Snapshot::of_reading(self.transaction.connection(), self.stop.as_ref(), self.short.as_ref())
    }

    /// Makes this a short read: it fails if it turns out to take long, and [`Reading::unless_long`]
    /// distinguishes that from other failures.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn short(mut self) -> Result<Self, Error> {
        let limit = Limit::short();
        set_handler(self.transaction.connection(), Some(&limit), None, self.stop.as_ref())?;
        self.short = Some(limit);
        Ok(self)
    }

    /// The result of a short read; `None` if it failed because it took too long.
    ///
    /// # Errors
    /// The error of `result`, if it failed for another reason.
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
            // Before the transaction ends, and also after a panic, because the connection is used
            // again.
            lift_limits(self.transaction.connection());
        }
    }
}
