//! Copies the database while other connections write to it.
//!
//! All pages are copied within one read transaction. A backup that reads each batch of pages in a
//! transaction of its own starts over whenever another connection has written in between (SQLite's
//! documentation of `sqlite3_backup_step`), so on a busy server it would never finish. One
//! transaction blocks no one: with a write-ahead log, readers do not block the writer. A checkpoint
//! can't pass the state that the copy reads, so the log grows until the copy is complete.
//! `VACUUM INTO` is no alternative: it rebuilds every table and index, takes twice as long, and
//! would repair damage silently that should be reported. docs/backup.md has the measurements.

use super::existing::open_readable;
use super::migrations::schema_of;
use super::transaction::ReadTransaction;
use crate::store::error::Error;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, ErrorCode};
use std::path::Path;

/// Pages between two reports: some milliseconds of work.
const PAGES: i32 = 1_024;

/// The unfinished copy is private, so it needs neither a journal nor syncs of its own: it is
/// deleted if the copy fails, and synced at the end.
const UNFINISHED: &str = "
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
";

/// The progress of a copy, in pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// The pages that are copied.
    pub done: u64,
    /// All pages.
    pub total: u64,
}

/// Copies the current state of the database at `path` into the empty file `target`, which needs no
/// write-ahead log once this returns. `report` receives the progress, and stops the copy by
/// returning an error.
///
/// # Errors
/// [`Error::Unusable`] if there is no database, it has a newer version or the target has no space;
/// the error of `report`; [`Error::Database`] or [`Error::Unreachable`] if the database fails.
pub fn copy_at<E: From<Error>>(
    path: &Path,
    target: &Path,
    report: impl FnMut(Copied) -> Result<(), E>,
) -> Result<(), E> {
    let source = open_readable(path)?;
    let transaction = ReadTransaction::begin(&source)?;
    // A transaction sees the state at its first read.
    schema_of(&source)?;
    copy_pages(source.raw(), target, report)?;
    drop(transaction);
    Ok(fold(target)?)
}

fn copy_pages<E: From<Error>>(
    source: &Connection,
    target: &Path,
    mut report: impl FnMut(Copied) -> Result<(), E>,
) -> Result<(), E> {
    let mut copy = Connection::open(target).map_err(Error::from)?;
    copy.execute_batch(UNFINISHED).map_err(Error::from)?;
    let backup = Backup::new(source, &mut copy).map_err(Error::from)?;
    loop {
        let step = backup.step(PAGES).map_err(|error| of_copy(error, target))?;
        let progress = backup.progress();
        let pages = |count: i32| u64::try_from(count).unwrap_or(0);
        report(Copied {
            done: pages(progress.pagecount - progress.remaining),
            total: pages(progress.pagecount),
        })?;
        match step {
            StepResult::Done => return Ok(()),
            StepResult::More => {}
            // No other program knows the copy, and the source is being read already.
            _ => return Err(Error::Busy.into()),
        }
    }
}

/// Names the folder that is full, which is not the one with the database.
fn of_copy(error: rusqlite::Error, target: &Path) -> Error {
    if error.sqlite_error_code() != Some(ErrorCode::DiskFull) {
        return error.into();
    }
    let folder = target.parent().unwrap_or(target);
    Error::Unusable(format!("there is not enough space for the copy in {}", folder.display()))
}

/// Converts a copy, which claims a write-ahead log as the source does, to a single complete file.
fn fold(target: &Path) -> Result<(), Error> {
    let copy = Connection::open(target)?;
    let mode: String =
        copy.pragma_update_and_check(None, "journal_mode", "delete", |row| row.get(0))?;
    if mode.eq_ignore_ascii_case("delete") { Ok(()) } else { Err(Error::Busy) }
}

#[cfg(test)]
mod tests {
    use super::super::migrations::{NEWEST, migrate};
    use super::*;
    use crate::store::inspect_file;

    const FILLED: &str = "
        PRAGMA journal_mode = WAL;
        WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 200)
        INSERT INTO tags SELECT 'id' || n, 0, 0, '', '', hex(zeroblob(30000)), '' FROM n;
    ";

    /// A copy in several parts has the state at its start, finishes whatever is written between the
    /// parts, and blocks no writer.
    #[test]
    fn writes_between_its_parts_do_not_change_a_copy() {
        let folder = tempfile::tempdir().unwrap();
        let [path, target] = ["source.db", "copy.db"].map(|name| folder.path().join(name));
        let mut writer = Connection::open(&path).unwrap();
        migrate(&mut writer).unwrap();
        writer.execute_batch(FILLED).unwrap();
        std::fs::File::create(&target).unwrap();
        let mut parts = Vec::new();
        copy_at(&path, &target, |copied| {
            parts.push(copied);
            assert!(parts.len() < 100, "it starts over and over");
            let added = format!(
                "INSERT INTO tags VALUES ('later {}', 0, 0, '', '', 'later', '')",
                parts.len()
            );
            Ok::<_, Error>(
                writer.execute_batch(&format!("{added}; UPDATE tags SET name_folded = 'later'"))?,
            )
        })
        .unwrap();
        let total = parts[0].total;
        assert!(parts.len() >= 3 && parts.iter().all(|part| part.total == total), "{parts:?}");
        assert!(
            parts.is_sorted_by_key(|part| part.done) && parts[parts.len() - 1].done == total,
            "{parts:?}"
        );
        let tags = |path: &Path| {
            let sql = "SELECT count(*), sum(name_folded = 'later') FROM tags";
            let connection = Connection::open(path).unwrap();
            connection
                .query_row(sql, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))
                .unwrap()
        };
        let all = 200 + i64::try_from(parts.len()).unwrap();
        assert_eq!(tags(&path), (all, all));
        let (schema, damage) = inspect_file(&target, |snapshot| {
            Ok::<_, Error>((snapshot.schema()?, snapshot.damage()?))
        })
        .unwrap();
        assert_eq!((tags(&target), schema, damage.findings.count()), ((200, 0), NEWEST, 0));
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            4,
            "the source with its two companions, and the copy"
        );
    }

    #[test]
    fn a_copy_stops_when_its_report_fails() {
        let folder = tempfile::tempdir().unwrap();
        let [path, target] = ["source.db", "copy.db"].map(|name| folder.path().join(name));
        migrate(&mut Connection::open(&path).unwrap()).unwrap();
        std::fs::File::create(&target).unwrap();
        let stopped = copy_at(&path, &target, |_| Err(Error::Stopped));
        assert!(matches!(stopped, Err(Error::Stopped)));
    }
}
