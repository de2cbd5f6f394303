//! The length of the write-ahead log. SQLite folds the log into the database as it grows, but begins it anew only when nobody reads from it; a busy
//! repository may have no such moment, and the log would grow for ever. So the writer waits for one now and then.

use super::connection::BUSY;
use super::error::Error;
use rusqlite::Connection;
use std::time::Duration;

/// Pages of a long log: 16 MiB.
const LONG: i64 = 4_096;

/// So long the writer waits for those who read from a long log, and the longer it is the longer; but never longer than the most, however slow they
/// are.
const PATIENCE: Duration = Duration::from_millis(250);
const MOST_PATIENCE: Duration = Duration::from_secs(2);

/// When the log is to be begun anew.
pub struct Log {
    /// With so many pages.
    due: i64,
}

impl Log {
    /// A log that is due once it is long.
    pub const fn new() -> Self {
        Self { due: LONG }
    }

    /// Sees to it, if the log is long, that the next write begins it anew. If somebody reads from it all the time, it may grow by as much again
    /// before the next try.
    pub fn shorten(&mut self, connection: &Connection) {
        let shortened = pages(connection).and_then(|pages| self.shorten_from(pages, connection));
        if let Err(error) = shortened {
            tracing::warn!(%error, "the write-ahead log could not be folded into the database");
        }
    }

    fn shorten_from(&mut self, pages: i64, connection: &Connection) -> Result<(), Error> {
        if pages < LONG {
            self.due = LONG;
        }
        if pages < self.due {
            return Ok(());
        }
        self.due = pages + LONG;
        let times = u32::try_from(pages / LONG).unwrap_or(u32::MAX);
        connection.busy_timeout(PATIENCE.saturating_mul(times).min(MOST_PATIENCE))?;
        let is_busy = checkpoint(connection, "PRAGMA wal_checkpoint(RESTART)").map(|(is_busy, _)| is_busy);
        connection.busy_timeout(BUSY)?;
        if !is_busy? {
            self.due = LONG;
        }
        Ok(())
    }
}

/// The pages that the log holds.
fn pages(connection: &Connection) -> Result<i64, Error> {
    checkpoint(connection, "PRAGMA wal_checkpoint(NOOP)").map(|(_, pages)| pages)
}

/// Whether someone stood in the way, and how many pages the log holds.
fn checkpoint(connection: &Connection, sql: &str) -> Result<(bool, i64), Error> {
    Ok(connection.prepare_cached(sql)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;
    use std::time::Instant;

    const WRITE: &str = "UPDATE things SET text = randomblob(100000)";

    /// A database with a long log, and one who has read from it in between.
    fn long_log(folder: &tempfile::TempDir) -> [Connection; 2] {
        let [writer, reader] = [(); 2].map(|()| Connection::open(folder.path().join("a.db")).unwrap());
        writer
            .execute_batch("PRAGMA journal_mode = wal; CREATE TABLE things (text); INSERT INTO things VALUES (1)")
            .unwrap();
        reader.execute_batch("BEGIN; SELECT * FROM things").unwrap();
        while pages(&writer).unwrap() < LONG {
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
        let mut log = Log::new();
        log.shorten(&writer);
        ending.join().unwrap();
        writer.execute_batch(WRITE).unwrap();
        assert!(pages(&writer).unwrap() < LONG / 2);
        assert_eq!(log.due, LONG);
    }

    #[test]
    fn who_reads_on_and_on_is_waited_for_now_and_then_only() {
        let folder = tempfile::tempdir().unwrap();
        let [writer, _reader] = long_log(&folder);
        let (mut log, start) = (Log::new(), Instant::now());
        for _ in 0..20 {
            log.shorten(&writer);
        }
        assert!((PATIENCE..4 * PATIENCE).contains(&start.elapsed()), "{:?}", start.elapsed());
        assert!(pages(&writer).unwrap() >= LONG && log.due >= 2 * LONG);
    }
}
