//! Limits the length of the write-ahead log (WAL). SQLite checkpoints the log as it grows, but
//! restarts it only at a moment without readers; a busy repository may have no such moment, and the
//! log would grow without end. So the writer waits for one now and then. Once the log reaches its
//! limit, the writer asks readers that wait for slow clients to end.

use super::connection::BUSY;
use super::disk_watchdog::{Disk, time_to_write};
use super::statement_cache::CachedConnection;
use crate::store::error::Error;
use rusqlite::Connection;
use std::time::Duration;
use tokio::sync::watch;

/// The size of a page: SQLite's default.
const PAGE: u64 = 4_096;

/// Pages of a long log: 16 MiB.
const LONG: i64 = 4_096;

/// How long the writer waits for the readers of a long log. Writes wait as well, so this is short:
/// the log may still grow.
const TIMEOUT: Duration = Duration::from_millis(250);

/// How long the writer waits at most once the log has reached its limit and its readers were asked
/// to end.
const MAX_TIMEOUT: Duration = Duration::from_secs(2);

/// Decides when the log must be restarted.
pub struct Log {
    /// The number of pages at which the next attempt is due.
    due: i64,
    /// The number of checkpointed pages at the last attempt, and whether the log was too long then.
    last_try: Option<(i64, bool)>,
    /// The number of pages at which slow readers must end.
    most: i64,
    pressure: watch::Sender<WalPressure>,
    /// Pages that are not in the database yet.
    backlog: i64,
}

/// Whether readers must end because they keep the log longer than allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WalPressure {
    /// No reader must end.
    None,
    /// Slow readers must end.
    High,
    /// Slow readers must end, and no read should start: the writer waits for a moment without
    /// readers.
    Critical,
}

impl Log {
    /// A log with a limit of `most` bytes.
    pub fn new(most: u64) -> Self {
        let most = i64::try_from(most / PAGE).unwrap_or(i64::MAX);
        Self {
            due: LONG.min(most),
            last_try: None,
            most,
            pressure: watch::Sender::new(WalPressure::None),
            backlog: 0,
        }
    }

    /// Signals whether readers must end.
    pub fn pressure(&self) -> watch::Receiver<WalPressure> {
        self.pressure.subscribe()
    }

    /// Bytes that are not in the database yet, as of the last check of the log.
    pub fn backlog(&self) -> u64 {
        u64::try_from(self.backlog).unwrap_or_default().saturating_mul(PAGE)
    }

    /// If the log is long, waits for a moment in which the next write can restart it. If there are
    /// always readers, the log may grow by the same size again before the next attempt.
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
            self.note_restart();
        }
        if pages < self.due {
            return Ok(());
        }
        self.due = pages + step;
        let is_too_long = pages >= self.most;
        let pressure = if is_too_long { WalPressure::High } else { WalPressure::None };
        self.pressure.send_replace(pressure);
        // A reader still holds the snapshot of the last attempt. It is a long read, and writes need
        // not wait for it.
        if self.last_try.replace((folded, is_too_long)) == Some((folded, is_too_long)) {
            return Ok(());
        }
        let timeout = if is_too_long { MAX_TIMEOUT } else { TIMEOUT };
        if is_too_long {
            self.pressure.send_replace(WalPressure::Critical);
        }
        let time = timeout + time_to_write(self.backlog());
        let is_busy = disk.watch_after(time, || restart(connection, timeout));
        self.pressure.send_replace(pressure);
        if !is_busy? {
            self.note_restart();
        } else if is_too_long {
            tracing::warn!(pages, "a long read keeps the write-ahead log longer than it should be");
        }
        Ok(())
    }

    fn note_restart(&mut self) {
        (self.due, self.last_try) = (LONG.min(self.most), None);
        self.pressure.send_if_modified(|pressure| {
            std::mem::replace(pressure, WalPressure::None) != WalPressure::None
        });
    }
}

/// Checkpoints the whole log at the end.
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

/// Waits up to `timeout` for readers, and returns whether some are left.
fn restart(connection: &Connection, timeout: Duration) -> Result<bool, Error> {
    connection.busy_timeout(timeout)?;
    let is_busy =
        checkpoint(connection, "PRAGMA wal_checkpoint(RESTART)").map(|(is_busy, _)| is_busy);
    connection.busy_timeout(BUSY)?;
    is_busy
}

/// The length of the log.
#[derive(Clone, Copy)]
struct Length {
    /// The pages that it contains.
    pages: i64,
    /// The pages that are in the database already.
    folded: i64,
}

fn length(connection: &Connection) -> Result<Length, Error> {
    checkpoint(connection, "PRAGMA wal_checkpoint(NOOP)").map(|(_, length)| length)
}

/// Returns whether a reader prevented the checkpoint, and the length of the log.
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

    /// A database with a long log, and a connection that started to read before it grew.
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
    fn a_long_log_restarts_once_its_readers_have_finished() {
        let folder = tempfile::tempdir().unwrap();
        let [writer, reader] = long_log(&folder);
        let ending = thread::spawn(move || {
            thread::sleep(TIMEOUT / 5);
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
    fn the_writer_waits_only_now_and_then_for_a_long_read() {
        let folder = tempfile::tempdir().unwrap();
        let [writer, _reader] = long_log(&folder);
        let (mut log, start) = (Log::new(u64::MAX), Instant::now());
        for _ in 0..20 {
            log.shorten_by(&writer, &Disk::default());
        }
        assert!((TIMEOUT..4 * TIMEOUT).contains(&start.elapsed()), "{:?}", start.elapsed());
        assert!(pages(&writer) >= LONG && log.due >= 2 * LONG);
        // The writer does not wait again while the reader holds the same snapshot.
        while pages(&writer) < log.due {
            writer.execute_batch(WRITE).unwrap();
        }
        let start = Instant::now();
        log.shorten_by(&writer, &Disk::default());
        assert!(start.elapsed() < TIMEOUT && log.due >= 3 * LONG, "{:?}", start.elapsed());
    }

    #[test]
    fn slow_readers_are_asked_to_end_only_once_the_log_is_too_long() {
        let folder = tempfile::tempdir().unwrap();
        let [writer, reader] = long_log(&folder);
        let mut log = Log::new(2 * 16 * 1024 * 1024);
        let mut pressure = log.pressure();
        let waiting = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            runtime.block_on(pressure.wait_for(|pressure| *pressure != WalPressure::None)).unwrap();
            reader.execute_batch("COMMIT").unwrap();
        });
        while pages(&writer) < 2 * LONG {
            assert!(!waiting.is_finished());
            log.shorten_by(&writer, &Disk::default());
            writer.execute_batch(WRITE).unwrap();
        }
        log.shorten_by(&writer, &Disk::default());
        waiting.join().unwrap();
        assert_eq!(*log.pressure().borrow(), WalPressure::None);
        writer.execute_batch(WRITE).unwrap();
        assert!(pages(&writer) < LONG / 2);
    }

    #[test]
    fn writes_wait_briefly_for_readers_until_the_log_has_reached_its_limit() {
        let folder = tempfile::tempdir().unwrap();
        let [writer, mut reader] = long_log(&folder);
        let mut log = Log::new(u64::MAX);
        for part in 1..=4 {
            // Each time there is another reader, as with consecutive lists.
            let next = Connection::open(folder.path().join("a.db")).unwrap();
            next.execute_batch("BEGIN; SELECT * FROM things").unwrap();
            drop(std::mem::replace(&mut reader, next));
            let start = Instant::now();
            log.shorten_by(&writer, &Disk::default());
            assert!(
                (TIMEOUT..4 * TIMEOUT).contains(&start.elapsed()),
                "{part}: {:?}",
                start.elapsed()
            );
            while pages(&writer) < log.due {
                writer.execute_batch(WRITE).unwrap();
            }
        }
    }

    /// For example another program, which can't be asked to end.
    #[test]
    fn the_writer_waits_once_for_a_reader_that_does_not_end() {
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
        assert!(waits[0] >= MAX_TIMEOUT && waits[1].max(waits[2]) < TIMEOUT, "{waits:?}");
        // If it is a reader of this server that has become slow since, it must end nevertheless.
        assert_eq!(*log.pressure().borrow(), WalPressure::High);
    }
}
