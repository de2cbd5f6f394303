//! The connections that read: each kind of read has some of its own, so that none waits for those of another kind.

use super::budget::Stop;
use super::error::Error;
use super::snapshot::Snapshot;
use super::sqlite::connection::{Pool, Shared, pool};
use super::sqlite::progress::watch_read;
use super::sqlite::transaction::ReadTransaction;
use std::path::Path;

/// KiB of pages that connections keep: those that read a few rows come back to the same ones, those that go through many don't, and lists last as long
/// as slow clients take.
const LARGE_CACHE: i64 = 65_536;
const SMALL_CACHE: i64 = 8_192;
const LIST_CACHE: i64 = 2_048;

/// How many connections read at once.
#[derive(Clone, Copy, Debug)]
pub struct Readers {
    /// For reads of a few rows, which run on the threads that answer requests: one for each of these threads.
    pub points: u32,
    /// For reads of many rows with a short result, such as counts, which run on threads of their own.
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

/// A kind of read that is not short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadKind {
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
            ReadKind::Scan => &self.scans,
            ReadKind::Stream => &self.streams,
            ReadKind::Question => &self.questions,
        }
    }

    /// Reads with a connection of that kind, and interrupts what runs once `stop` says so.
    ///
    /// # Errors
    /// Whatever `read` fails with, [`Error::TooLong`] once `stop` has said so, or [`Error::Busy`] when no connection comes free.
    pub(super) fn read_until<T, E: From<Error>>(
        &self,
        kind: ReadKind,
        stop: &Stop,
        read: impl FnOnce(&Snapshot<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let connection = self.of(kind).get().map_err(|_| Error::Busy)?;
        let transaction = ReadTransaction::begin(&connection)?;
        watch_read(&connection, stop, || read(&Snapshot::until(transaction.connection(), stop)))
    }
}

/// Reads with a connection of that pool.
///
/// # Errors
/// Whatever `read` fails with, or [`Error::Busy`] when no connection comes free.
pub(super) fn read_from<T, E: From<Error>>(
    pool: &Pool,
    read: impl FnOnce(&Snapshot<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let connection = pool.get().map_err(|_| Error::Busy)?;
    let transaction = ReadTransaction::begin(&connection)?;
    read(&Snapshot::new(transaction.connection()))
}
