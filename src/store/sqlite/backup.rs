//! Copying the database while others write to it.
//!
//! All pages are copied within one read transaction. A backup that reads each batch of pages in a
//! transaction of its own starts over whenever another connection has written in between (SQLite's
//! documentation of `sqlite3_backup_step`), so beside a busy server it would never end. With one
//! transaction nobody waits: with a write-ahead log, readers do not stop the writer. The log can't
//! be folded into the database past what the copy reads, so it grows for as long as the copy takes,
//! and no longer. That is why it is pages and not `VACUUM INTO`, which builds every table and index
//! anew and takes twice as long; it also would mend damage on the way that better is found.
//! docs/backup.md has what was measured.

use super::existing::open_readable;
use super::migrations::schema_of;
use super::transaction::ReadTransaction;
use crate::store::error::Error;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, ErrorCode};
use std::path::Path;

/// Pages between two reports: some milliseconds of work.
const PAGES: i32 = 1_024;

/// What is private to us needs neither a journal nor syncs of its own: it is thrown away if the
/// copy fails, and synced at its end.
const UNFINISHED: &str = "
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
";

/// How far a copy is, in pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Pages that are copied.
    pub done: u64,
    /// All of them.
    pub total: u64,
}

/// Copies the database at `path`, as it is at this moment, into the empty file `target`, which is
/// one file and no write-ahead log once this returns. `report` hears how far it is, and ends the
/// copy by failing.
///
/// # Errors
/// There is no database, it is of a newer version, it can't be read, the copy can't be written, or
/// whatever `report` fails with.
pub fn copy_at<E: From<Error>>(
    path: &Path,
    target: &Path,
    report: impl FnMut(Copied) -> Result<(), E>,
) -> Result<(), E> {
    let source = open_readable(path)?;
    let transaction = ReadTransaction::begin(&source)?;
    // A transaction sees the moment of its first read.
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
            // Nobody else knows the copy, and the source is being read already.
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

/// Makes of a copy, which says that it has a write-ahead log as the source does, one file that is
/// whole by itself.
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

    /// A copy in several parts is of the moment when it began, comes to its end whoever writes
    /// between the parts, and stops nobody.
    #[test]
    fn whoever_writes_between_its_parts_changes_nothing_about_a_copy() {
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
    fn a_copy_ends_when_its_listener_fails() {
        let folder = tempfile::tempdir().unwrap();
        let [path, target] = ["source.db", "copy.db"].map(|name| folder.path().join(name));
        migrate(&mut Connection::open(&path).unwrap()).unwrap();
        std::fs::File::create(&target).unwrap();
        let stopped = copy_at(&path, &target, |_| Err(Error::Stopped));
        assert!(matches!(stopped, Err(Error::Stopped)));
    }
}
