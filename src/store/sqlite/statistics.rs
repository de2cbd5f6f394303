//! Statistics, by which SQLite decides whether an index or the table itself is faster. The writer
//! updates them when there are none and when many rows have changed. That counts the entries of
//! every index, so it must be rare in a large database.

use super::disk_watchdog::Disk;
use super::statement_cache::CachedConnection;
use crate::store::error::Error;
use rusqlite::{Connection, Transaction, TransactionBehavior};

/// The number of changed rows after which new statistics are worth their milliseconds.
const FIRST: u64 = 1_000;

/// They are updated once one in this many rows has changed.
const SHARE: u64 = 4;

/// The number of rows that are sampled in each index.
const SAMPLE: u32 = 1_000;

/// When statistics are due.
pub struct Statistics {
    changes: u64,
    interval: u64,
}

impl Statistics {
    /// Creates the first statistics, or updates those of tables whose size has changed much.
    pub fn start(connection: &CachedConnection) -> Self {
        let connection = connection.raw();
        let is_first = counted_rows(connection) == 0;
        log_failure(if is_first {
            analyze(connection, &Disk::default())
        } else {
            optimize(connection)
        });
        Self { changes: connection.total_changes(), interval: interval(connection) }
    }

    /// Updates them if enough rows have changed.
    pub fn renew(&mut self, connection: &CachedConnection, disk: &Disk) {
        let connection = connection.raw();
        let changes = connection.total_changes();
        if changes < self.changes.saturating_add(self.interval) {
            return;
        }
        log_failure(analyze(connection, disk));
        self.changes = connection.total_changes();
        self.interval = interval(connection);
    }
}

fn interval(connection: &Connection) -> u64 {
    (counted_rows(connection) / SHARE).max(FIRST)
}

/// The number of rows of all tables according to the statistics, without the audit log, which grows
/// without end and is always queried by the same indexes; 0 without statistics.
fn counted_rows(connection: &Connection) -> u64 {
    // The statistics of an index begin with the number of its entries.
    let sql = "SELECT total(rows) FROM (SELECT max(CAST(stat AS INTEGER)) AS rows FROM \
               sqlite_stat1 WHERE tbl <> 'audit_entries' GROUP BY tbl)";
    let counted = connection.query_row(sql, [], |row| row.get::<_, f64>(0)).unwrap_or(0.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of rows")]
    (counted as u64)
}

/// Logs a failure. Statistics only make queries faster, so it has no other effect.
fn log_failure(result: Result<(), Error>) {
    if let Err(error) = result {
        tracing::warn!(%error, "the statistics of the database could not be updated");
    }
}

/// Lets SQLite update the tables whose size has changed much, which it detects without counting
/// (its documentation of `PRAGMA optimize`).
fn optimize(connection: &Connection) -> Result<(), Error> {
    connection.pragma_update(None, "analysis_limit", SAMPLE)?;
    Ok(connection.execute_batch("PRAGMA optimize = 0x10002")?)
}

/// Updates all statistics. Connections read them together with the schema, so creating and dropping
/// a view makes all connections read them again.
fn analyze(connection: &Connection, disk: &Disk) -> Result<(), Error> {
    connection.pragma_update(None, "analysis_limit", SAMPLE)?;
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    transaction.execute_batch(
        "ANALYZE; CREATE VIEW statistics_renewed AS SELECT 1; DROP VIEW statistics_renewed;",
    )?;
    Ok(disk.watch(|| transaction.commit())?)
}

#[cfg(test)]
mod tests {
    use super::super::statement_cache::StatementMemory;
    use super::*;

    /// The query plan for the rows of a kind, in order.
    fn plan(connection: &Connection) -> String {
        // Only a statement that runs detects a changed schema.
        connection.query_row("SELECT count(*) FROM things", [], |_| Ok(())).unwrap();
        let sql = "EXPLAIN QUERY PLAN SELECT * FROM things WHERE kind = 'a' ORDER BY number";
        connection.query_row(sql, [], |row| row.get(3)).unwrap()
    }

    #[test]
    fn statistics_are_renewed_once_much_has_changed_and_other_connections_see_it() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let [writer, reader] = [(); 2].map(|()| Connection::open(file.path()).unwrap());
        let writer = CachedConnection::new(writer, &StatementMemory::new(0, 1));
        writer
            .raw()
            .execute_batch(
                "CREATE TABLE things (number INTEGER, kind TEXT);
                CREATE INDEX things_kind ON things (kind);
                CREATE INDEX things_number ON things (number);",
            )
            .unwrap();
        let mut statistics = Statistics::start(&writer);
        let before = plan(&reader);
        assert_eq!(before, "SEARCH things USING INDEX things_kind (kind=?)");
        let mut insert = writer.raw().prepare("INSERT INTO things VALUES (?1, 'a')").unwrap();
        for number in 0..FIRST {
            statistics.renew(&writer, &Disk::default());
            assert_eq!(plan(&reader), before);
            insert.execute([i64::try_from(number).unwrap()]).unwrap();
        }
        statistics.renew(&writer, &Disk::default());
        assert_eq!(plan(&reader), "SCAN things USING INDEX things_number");
    }
}
