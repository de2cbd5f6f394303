//! The length of the write-ahead log. SQLite folds the log into the database as it grows, but
//! begins it anew only when nobody reads from it; a busy repository may have no such moment, and
//! the log would grow for ever. So the writer waits for one now and then, and once the log is as
//! long as it may be, it asks those who read as slowly as their clients to end.

use super::connection::BUSY;
use super::disk_watchdog::{Disk, time_to_write};
use super::statement_cache::CachedConnection;
use crate::store::error::Error;
use rusqlite::Connection;
use std::time::Duration;
use tokio::sync::watch;

/// Bytes of a page, as SQLite makes them unless told otherwise.
const PAGE: u64 = 4_096;

/// Pages of a long log: 16 MiB.
const LONG: i64 = 4_096;

/// The writer waits this long for the readers of a long log. Writes wait with it, so it is short:
/// the log may still grow.
const PATIENCE: Duration = Duration::from_millis(250);

/// The writer waits this long at most once the log has reached its limit and its readers have been
/// asked to end.
const MOST_PATIENCE: Duration = Duration::from_secs(2);

/// When the log is to be begun anew.
pub struct Log {
    /// With so many pages.
    due: i64,
    /// How many were folded into the database when somebody was last waited for, and whether it was
    /// too long then.
    last_try: Option<(i64, bool)>,
    /// With so many, slow readers have to end.
    most: i64,
    hurry: watch::Sender<Hurry>,
    /// Pages that are not in the database yet.
    backlog: i64,
}

/// Whether those who read have to end, because they keep the log longer than it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hurry {
    /// They have not.
    None,
    /// Those who read slowly have.
    Slow,
    /// So they have, and nobody should begin: the writer waits, for a moment.
    Now,
}

impl Log {
    /// A log that is due once it is long, and may be of so many bytes.
    pub fn new(most: u64) -> Self {
        let most = i64::try_from(most / PAGE).unwrap_or(i64::MAX);
        Self {
            due: LONG.min(most),
            last_try: None,
            most,
            hurry: watch::Sender::new(Hurry::None),
            backlog: 0,
        }
    }

    /// Tells whether those who read have to end.
    pub fn hurry(&self) -> watch::Receiver<Hurry> {
        self.hurry.subscribe()
    }

    /// Bytes that are not in the database yet, as they were when the log was last looked at.
    pub fn backlog(&self) -> u64 {
        u64::try_from(self.backlog).unwrap_or_default().saturating_mul(PAGE)
    }

    /// Sees to it, if the log is long, that the next write begins it anew. If somebody reads from
    /// it all the time, it may grow by as much again before the next try.
    pub fn shorten(&mut self, connection: &CachedConnection, disk: &Disk) {
        self.shorten_by(connection.raw(), disk);
    }

    fn shorten_by(&mut self, connection: &Connection, disk: &Disk) {
        let shortened =
            length(connection).and_then(|length| self.shorten_from(length, connection, disk));
        if let Err(error) = shortened {
            tracing::warn!(%error, "the checkpoint of the write-ahead log failed");
        }
    }

    fn shorten_from(
        &mut self,
        Length { pages, folded }: Length,
        connection: &Connection,
        disk: &Disk,
    ) -> Result<(), Error> {
        self.backlog = pages - folded;
        let step = LONG.min(self.most);
        if pages < step {
            self.begin_anew();
        }
        if pages < self.due {
            return Ok(());
        }
        self.due = pages + step;
        let is_too_long = pages >= self.most;
        let hurry = if is_too_long { Hurry::Slow } else { Hurry::None };
        self.hurry.send_replace(hurry);
        // Somebody reads what was there at the last try: he goes on for long, and those who write
        // need not wait for him.
        if self.last_try.replace((folded, is_too_long)) == Some((folded, is_too_long)) {
            return Ok(());
        }
        let patience = if is_too_long { MOST_PATIENCE } else { PATIENCE };
        if is_too_long {
            self.hurry.send_replace(Hurry::Now);
        }
        let time = patience + time_to_write(self.backlog());
        let is_busy = disk.watch_after(time, || restart(connection, patience));
        self.hurry.send_replace(hurry);
        if !is_busy? {
            self.begin_anew();
        } else if is_too_long {
            tracing::warn!(pages, "a long read keeps the write-ahead log longer than it should be");
        }
        Ok(())
    }

    fn begin_anew(&mut self) {
        (self.due, self.last_try) = (LONG.min(self.most), None);
        self.hurry.send_if_modified(|hurry| std::mem::replace(hurry, Hurry::None) != Hurry::None);
    }
}

/// Folds the whole log into the database at the end.
pub fn fold(connection: &CachedConnection) {
    match connection
        .raw()
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0))
    {
        Ok(false) => {}
        Ok(true) => tracing::warn!(
            "another program is reading the database; the next start checkpoints the write-ahead \
             log"
        ),
        Err(error) => {
            tracing::warn!(%error, "the checkpoint of the write-ahead log failed");
        }
    }
}

/// Waits so long for those who read, and tells whether somebody still does.
fn restart(connection: &Connection, patience: Duration) -> Result<bool, Error> {
    connection.busy_timeout(patience)?;
    let is_busy =
        checkpoint(connection, "PRAGMA wal_checkpoint(RESTART)").map(|(is_busy, _)| is_busy);
    connection.busy_timeout(BUSY)?;
    is_busy
}

/// How long the log is.
#[derive(Clone, Copy)]
struct Length {
    /// The pages that it holds.
    pages: i64,
    /// Those that are in the database already.
    folded: i64,
}

fn length(connection: &Connection) -> Result<Length, Error> {
    checkpoint(connection, "PRAGMA wal_checkpoint(NOOP)").map(|(_, length)| length)
}

/// Whether someone stood in the way, and how long the log is.
fn checkpoint(connection: &Connection, sql: &str) -> Result<(bool, Length), Error> {
    let read = |row: &rusqlite::Row<'_>| {
        Ok((row.get(0)?, Length { pages: row.get(1)?, folded: row.get(2)? }))
    };
    Ok(connection.prepare_cached(sql)?.query_row([], read)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;
    use std::time::Instant;

    const WRITE: &str = "UPDATE things SET text = randomblob(100000)";

    fn pages(connection: &Connection) -> i64 {
        length(connection).unwrap().pages
    }

    /// A database with a long log, and one who has read from it in between.
    fn long_log(folder: &tempfile::TempDir) -> [Connection; 2] {
        let [writer, reader] =
            [(); 2].map(|()| Connection::open(folder.path().join("a.db")).unwrap());
        writer
            .execute_batch(
                "PRAGMA journal_mode = wal; CREATE TABLE things (text); INSERT INTO things VALUES \
                 (1)",
            )
            .unwrap();
        reader.execute_batch("BEGIN; SELECT * FROM things").unwrap();
        while pages(&writer) < LONG {
            writer.execute_batch(WRITE).unwrap();
        }
        [writer, reader]
    }

    #[test]
    fn a_long_log_begins_anew_once_its_readers_have_read() {
        let folder = tempfile::tempdir().unwrap();
        let [writer, reader] = long_log(&folder);
        let ending = thread::spawn(move || {
            thread::sleep(PATIENCE / 5);
            reader.execute_batch("COMMIT").unwrap();
        });
        let mut log = Log::new(u64::MAX);
        log.shorten_by(&writer, &Disk::default());
        ending.join().unwrap();
        writer.execute_batch(WRITE).unwrap();
        assert!(pages(&writer) < LONG / 2);
        assert_eq!(log.due, LONG);
    }

    #[test]
    fn who_reads_on_and_on_is_waited_for_now_and_then_only() {
        let folder = tempfile::tempdir().unwrap();
        let [writer, _reader] = long_log(&folder);
        let (mut log, start) = (Log::new(u64::MAX), Instant::now());
        for _ in 0..20 {
            log.shorten_by(&writer, &Disk::default());
        }
        assert!((PATIENCE..4 * PATIENCE).contains(&start.elapsed()), "{:?}", start.elapsed());
        assert!(pages(&writer) >= LONG && log.due >= 2 * LONG);
        // He is not waited for again while he reads what he read then.
        while pages(&writer) < log.due {
            writer.execute_batch(WRITE).unwrap();
        }
        let start = Instant::now();
        log.shorten_by(&writer, &Disk::default());
        assert!(start.elapsed() < PATIENCE && log.due >= 3 * LONG, "{:?}", start.elapsed());
    }

    #[test]
    fn who_reads_slowly_is_asked_to_end_once_the_log_is_too_long_and_only_then() {
        let folder = tempfile::tempdir().unwrap();
        let [writer, reader] = long_log(&folder);
        let mut log = Log::new(2 * 16 * 1024 * 1024);
        let mut hurry = log.hurry();
        let asked = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            runtime.block_on(hurry.wait_for(|hurry| *hurry != Hurry::None)).unwrap();
            reader.execute_batch("COMMIT").unwrap();
        });
        while pages(&writer) < 2 * LONG {
            assert!(!asked.is_finished());
            log.shorten_by(&writer, &Disk::default());
            writer.execute_batch(WRITE).unwrap();
        }
        log.shorten_by(&writer, &Disk::default());
        asked.join().unwrap();
        assert_eq!(*log.hurry().borrow(), Hurry::None);
        writer.execute_batch(WRITE).unwrap();
        assert!(pages(&writer) < LONG / 2);
    }

    #[test]
    fn writes_wait_briefly_for_readers_until_the_log_has_reached_its_limit() {
        let folder = tempfile::tempdir().unwrap();
        let [writer, mut reader] = long_log(&folder);
        let mut log = Log::new(u64::MAX);
        for part in 1..=4 {
            // Each time another reader is there, as with lists that follow each other.
            let next = Connection::open(folder.path().join("a.db")).unwrap();
            next.execute_batch("BEGIN; SELECT * FROM things").unwrap();
            drop(std::mem::replace(&mut reader, next));
            let start = Instant::now();
            log.shorten_by(&writer, &Disk::default());
            assert!(
                (PATIENCE..4 * PATIENCE).contains(&start.elapsed()),
                "{part}: {:?}",
                start.elapsed()
            );
            while pages(&writer) < log.due {
                writer.execute_batch(WRITE).unwrap();
            }
        }
    }

    /// Another program, say, which nobody can ask.
    #[test]
    fn who_does_not_end_is_waited_for_once() {
        let folder = tempfile::tempdir().unwrap();
        let [writer, _reader] = long_log(&folder);
        let mut log = Log::new(16 * 1024 * 1024);
        let mut waits = Vec::new();
        for part in 1..4 {
            while pages(&writer) < part * LONG {
                writer.execute_batch(WRITE).unwrap();
            }
            let start = Instant::now();
            log.shorten_by(&writer, &Disk::default());
            waits.push(start.elapsed());
        }
        assert!(waits[0] >= MOST_PATIENCE && waits[1].max(waits[2]) < PATIENCE, "{waits:?}");
        // Should it be one of ours after all, who has become slow since, he has to end all the
        // same.
        assert_eq!(*log.hurry().borrow(), Hurry::Slow);
    }
}
