//! SQLite's integrity check, and the comparison of the schema with the one that the migrations
//! create.

use super::migrations::{empty, schema_of};
use super::statement_cache::CachedConnection;
use crate::store::error::Error;
use crate::store::findings::Findings;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};
use std::collections::BTreeSet;

/// One table, index, trigger or view: its kind, its name, and the SQL that created it.
type Part = (String, String, String);

/// The result of SQLite's integrity check.
#[derive(Clone, Debug, Default)]
pub struct Damage {
    /// What is damaged.
    pub findings: Findings,
    /// Whether whole pages are damaged, rather than values and index entries. Then values read from
    /// them may be anything.
    pub is_of_pages: bool,
}

impl Damage {
    fn add(&mut self, line: &str) {
        self.is_of_pages |= !is_of_rows(line);
        self.findings.add(format!("damaged: {line}"));
    }
}

/// The damage that SQLite finds; nothing in a sound database.
///
/// # Errors
/// [`Error::Database`] or [`Error::Unreachable`] if the database fails. It may be too damaged to be
/// checked.
pub fn damage(connection: &CachedConnection) -> Result<Damage, Error> {
    let mut statement =
        connection.raw().prepare("SELECT integrity_check FROM pragma_integrity_check")?;
    let mut rows = statement.query([])?;
    let mut damage = Damage::default();
    loop {
        match rows.next() {
            Ok(Some(row)) => {
                let text = lossy(row, 0)?;
                text.lines().filter(|line| is_damage(line)).for_each(|line| damage.add(line));
            }
            Ok(None) => return Ok(damage),
            // The check itself can fail because of the damage that it has just found.
            Err(_) if !damage.findings.is_empty() => {
                return Ok(Damage { is_of_pages: true, ..damage });
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Reports tables that differ from those that this program creates. A version is only a number;
/// this compares with the result of the steps up to that version.
///
/// # Errors
/// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
pub fn compare_schema(connection: &CachedConnection, findings: &mut Findings) -> Result<(), Error> {
    let (here, right) = (parts(connection.raw())?, parts(&empty(schema_of(connection)?)?)?);
    for (kind, name, _) in right.difference(&here) {
        findings.add(format!("schema: {kind} {name} is missing or different"));
    }
    let names: BTreeSet<&String> = right.iter().map(|(_, name, _)| name).collect();
    for (kind, name, _) in here.iter().filter(|(_, name, _)| !names.contains(name)) {
        findings.add(format!("schema: {kind} {name} does not belong to Patchbay"));
    }
    Ok(())
}

/// Whether a line of the check reports damage: it is neither a heading nor "ok".
fn is_damage(line: &str) -> bool {
    line != "ok" && !line.starts_with("***")
}

/// How SQLite's messages about a value or an index entry begin. All others are about pages.
const OF_ROWS: [&str; 8] = [
    "NULL value in ",
    "TEXT value in ",
    "NUMERIC value in ",
    "non-",
    "CHECK constraint failed in ",
    "row ",
    "rowid ",
    "wrong # of entries in index ",
];

fn is_of_rows(line: &str) -> bool {
    OF_ROWS.iter().any(|start| line.starts_with(start))
}

/// A text, even if it is damaged.
fn lossy(row: &Row<'_>, column: usize) -> rusqlite::Result<String> {
    Ok(match row.get_ref(column)? {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            String::from_utf8_lossy(bytes).into_owned()
        }
        _ => String::new(),
    })
}

/// The parts of a schema that SQLite creates by itself. The condition is narrow, because anything
/// else with such a name was not created by SQLite.
const OF_SQLITE: &str = "type = 'table' AND name IN ('sqlite_sequence', 'sqlite_stat1', \
                         'sqlite_stat4') OR type = 'index' AND name LIKE 'sqlite\\_autoindex\\_%' \
                         ESCAPE '\\' AND sql IS NULL";

/// All parts of a schema except those that SQLite creates by itself.
fn parts(connection: &Connection) -> Result<BTreeSet<Part>, Error> {
    let mut statement = connection
        .prepare(&format!("SELECT type, name, sql FROM sqlite_schema WHERE NOT ({OF_SQLITE})"))?;
    let rows =
        statement.query_map([], |row| Ok((lossy(row, 0)?, lossy(row, 1)?, lossy(row, 2)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
