//! Looking whether a database is sound, and what is in it. Unlike the rest of the store this also reads earlier schemas.

use super::audit_chain;
use super::error::Error;
use super::findings::Findings;
use super::property_value::shown;
use super::snapshot::Snapshot;
use super::sqlite::migrations::{NEWEST, schema_of};
use crate::model::{Entity, Property, REGISTRY, Value, with_secrets};
use crate::query::Sql;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};
use std::collections::BTreeSet;

/// One table, index, trigger or view: its kind, its name, and how it was made.
type Part = (String, String, String);

/// How many of an entity type there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The type.
    pub entity: &'static Entity,
    /// How many.
    pub rows: i64,
}

/// What SQLite's own check has found.
#[derive(Clone, Debug, Default)]
pub struct Damage {
    /// What is damaged.
    pub findings: Findings,
    /// Whether whole pages are, rather than values and entries of indexes: then what is read there may be anything.
    pub is_of_pages: bool,
}

impl Damage {
    fn add(&mut self, line: &str) {
        self.is_of_pages |= !is_of_rows(line);
        self.findings.add(format!("damaged: {line}"));
    }
}

impl Snapshot<'_> {
    /// The version of the schema: how many of the steps in `migrations/` have been made.
    ///
    /// # Errors
    /// The database failed, or is of a newer version.
    pub fn schema(&self) -> Result<usize, Error> {
        schema_of(self.connection)
    }

    /// What SQLite finds damaged; nothing in a sound database.
    ///
    /// # Errors
    /// The database is so damaged that it can't be checked.
    pub fn damage(&self) -> Result<Damage, Error> {
        let mut statement = self.prepare(&Sql::new("SELECT integrity_check FROM pragma_integrity_check"))?;
        let mut rows = statement.query([])?;
        let mut damage = Damage::default();
        loop {
            match rows.next() {
                Ok(Some(row)) => {
                    let text = lossy(row, 0)?;
                    text.lines().filter(|line| is_damage(line)).for_each(|line| damage.add(line));
                }
                Ok(None) => return Ok(damage),
                // The check can fail over what it has just found.
                Err(_) if !damage.findings.is_empty() => return Ok(Damage { is_of_pages: true, ..damage }),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Tables that are other than this program makes them. A version is only a number; this compares with what the steps up to that version make.
    #[must_use]
    pub fn schema_faults(&self) -> Findings {
        let mut findings = Findings::default();
        if let Err(error) = self.compare_schema(&mut findings) {
            findings.add(format!("schema: it can't be read: {error}"));
        }
        findings
    }

    /// What is wrong with the audit trail.
    #[must_use]
    pub fn audit_faults(&self) -> Findings {
        let mut findings = Findings::default();
        match self.has_table(audit_chain::TABLE).and_then(|is_there| is_there.then(|| self.check_audit()).transpose()) {
            Ok(None) => {}
            Ok(Some(check)) => check.faults.lines().for_each(|fault| findings.add(format!("audit trail: {fault}"))),
            Err(error) => findings.add(format!("audit trail: it can't be read: {error}")),
        }
        findings
    }

    fn compare_schema(&self, findings: &mut Findings) -> Result<(), Error> {
        let (here, right) = (parts(self.connection)?, parts(&super::sqlite::migrations::empty(self.schema()?)?)?);
        for (kind, name, _) in right.difference(&here) {
            findings.add(format!("schema: {kind} {name} is missing or other"));
        }
        let names: BTreeSet<&String> = right.iter().map(|(_, name, _)| name).collect();
        for (kind, name, _) in here.iter().filter(|(_, name, _)| !names.contains(name)) {
            findings.add(format!("schema: {kind} {name} is none of Patchbay's"));
        }
        Ok(())
    }

    /// How many there are of each entity type.
    ///
    /// # Errors
    /// The database failed.
    pub fn counts(&self) -> Result<Vec<Count>, Error> {
        let mut counts = Vec::new();
        for entity in REGISTRY {
            if self.has_table(entity.table)? {
                let sql = Sql::new(&format!("SELECT count(*) FROM {}", entity.table));
                counts.push(Count { entity, rows: self.first(&sql, |row| row.get(0))?.unwrap_or(0) });
            }
        }
        Ok(counts)
    }

    /// Shows each sealed value that is stored, with the property and the id of the row that it belongs to, whatever has become of them.
    ///
    /// # Errors
    /// The database failed.
    pub fn each_sealed_value(
        &self,
        mut show: impl FnMut(&'static Entity, &'static Property, &str, &str),
    ) -> Result<(), Error> {
        for entity in with_secrets() {
            for property in entity.secrets() {
                let (column, table) = (property.column, entity.table);
                self.each_pair([table, "id", column], "<> ''", |id, sealed| show(entity, property, id, sealed))?;
            }
        }
        Ok(())
    }

    /// Shows the hash of each password that is stored, with the id of the user.
    ///
    /// # Errors
    /// The database failed.
    pub fn each_password_hash(&self, show: impl FnMut(&str, &str)) -> Result<(), Error> {
        self.each_pair(["passwords", "user_id", "hash"], "IS NOT NULL", show)
    }

    /// Shows an id and a text of each row of a table, if there is such a table and the text is so. A text that can't be read is shown as empty.
    fn each_pair(
        &self,
        [table, id, column]: [&str; 3],
        is_so: &str,
        mut show: impl FnMut(&str, &str),
    ) -> Result<(), Error> {
        if !self.has_table(table)? {
            return Ok(());
        }
        let sql = format!("SELECT {id}, {column} FROM {table} WHERE {column} {is_so}");
        let mut statement = self.prepare(&Sql::new(&sql))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            show(&shown(row.get_ref(0)?), row.get_ref(1)?.as_str().unwrap_or_default());
        }
        Ok(())
    }

    pub(super) fn has_table(&self, name: &str) -> Result<bool, Error> {
        let mut sql = Sql::new("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ");
        sql.bind(Value::Text(name.to_owned()));
        Ok(self.first(&sql, |_| Ok(()))?.is_some())
    }
}

/// Whether a line of the check is no heading, and not its praise.
fn is_damage(line: &str) -> bool {
    line != "ok" && !line.starts_with("***")
}

/// How SQLite begins what it says of a value or an entry of an index. Everything else is about pages.
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

/// A text, whatever has become of it.
fn lossy(row: &Row<'_>, column: usize) -> rusqlite::Result<String> {
    Ok(match row.get_ref(column)? {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        _ => String::new(),
    })
}

/// The parts of a schema that SQLite makes for itself. Only what it can have made: whatever else has such a name was written behind its back.
const OF_SQLITE: &str = "type = 'table' AND name IN ('sqlite_sequence', 'sqlite_stat1', 'sqlite_stat4') \
                         OR type = 'index' AND name LIKE 'sqlite\\_autoindex\\_%' ESCAPE '\\' AND sql IS NULL";

/// All that a schema consists of, but for what SQLite makes for itself.
fn parts(connection: &Connection) -> Result<BTreeSet<Part>, Error> {
    let mut statement =
        connection.prepare(&format!("SELECT type, name, sql FROM sqlite_schema WHERE NOT ({OF_SQLITE})"))?;
    let rows = statement.query_map([], |row| Ok((lossy(row, 0)?, lossy(row, 1)?, lossy(row, 2)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The version of the schema that this program makes.
#[must_use]
pub fn newest_schema() -> usize {
    NEWEST
}
