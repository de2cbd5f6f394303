//! Looking whether a database is sound, and what is in it. Unlike the rest of the store this also reads earlier schemas.

use super::error::Error;
use super::migrations::{NEWEST, schema_of};
use super::snapshot::{Snapshot, read_id};
use crate::model::{AUDIT_ENTRY, Entity, Property, REGISTRY, Value};
use crate::query::Sql;
use rusqlite::Connection;
use std::collections::BTreeSet;
use uuid::Uuid;

/// One table, index, trigger or view: its kind, its name, and how it was made.
type Part = (String, String, Option<String>);

/// How many of an entity type there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The type.
    pub entity: &'static Entity,
    /// How many.
    pub rows: i64,
}

impl Snapshot<'_> {
    /// The version of the schema: how many of the steps in `migrations/` have been made.
    ///
    /// # Errors
    /// The database failed, or is of a newer version.
    pub fn schema(&self) -> Result<usize, Error> {
        schema_of(self.connection)
    }

    /// Pages and indexes that are damaged, one line each; there are none in a sound database.
    ///
    /// # Errors
    /// The database is so damaged that it can't be checked.
    pub fn damage(&self) -> Result<Vec<String>, Error> {
        let mut statement = self.prepare(&Sql::new("SELECT integrity_check FROM pragma_integrity_check"))?;
        let mut rows = statement.query([])?;
        let mut lines = Vec::new();
        loop {
            match rows.next() {
                Ok(Some(row)) => lines.extend(row.get::<_, String>(0)?.lines().map(str::to_owned)),
                Ok(None) => break,
                // The check can fail over what it has just told.
                Err(_) if lines.iter().any(|line| is_damage(line)) => break,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(lines.into_iter().filter(|line| is_damage(line)).map(|line| format!("damaged: {line}")).collect())
    }

    /// What is wrong in a database that is not damaged, one line each: references to what is not there, and tables that are other than this
    /// program makes them.
    ///
    /// # Errors
    /// The database failed.
    pub fn faults(&self) -> Result<Vec<String>, Error> {
        let mut faults = self.lost_references()?;
        faults.extend(self.other_tables()?);
        Ok(faults)
    }

    /// What is wrong with the audit trail, in a line, if anything is.
    ///
    /// # Errors
    /// The database failed.
    pub fn audit_fault(&self) -> Result<Option<String>, Error> {
        if !self.has_table(AUDIT_ENTRY.table)? {
            return Ok(None);
        }
        Ok(self.check_audit()?.fault.map(|fault| format!("audit trail: {fault}")))
    }

    fn lost_references(&self) -> Result<Vec<String>, Error> {
        let sql = "SELECT \"table\", parent, count(*) FROM pragma_foreign_key_check GROUP BY 1, 2";
        self.all(&Sql::new(sql), |row| {
            let (table, parent, rows): (String, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(format!("references: {rows} of {table} refer to {parent} that are not there"))
        })
    }

    /// A version is only a number; this compares with what the steps up to that version make.
    fn other_tables(&self) -> Result<Vec<String>, Error> {
        let (here, right) = (parts(self.connection)?, parts(&super::migrations::empty(self.schema()?)?)?);
        let missing =
            right.difference(&here).map(|(kind, name, _)| format!("schema: {kind} {name} is missing or other"));
        let names: BTreeSet<&String> = right.iter().map(|(_, name, _)| name).collect();
        let foreign = here.iter().filter(|(_, name, _)| !names.contains(name));
        let foreign = foreign.map(|(kind, name, _)| format!("schema: {kind} {name} is none of Patchbay's"));
        Ok(missing.chain(foreign).collect())
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

    /// Shows each sealed value that is stored, with the property and the id of the row that it belongs to.
    ///
    /// # Errors
    /// The database failed.
    pub fn each_sealed_value(
        &self,
        mut show: impl FnMut(&'static Entity, &'static Property, Uuid, &str),
    ) -> Result<(), Error> {
        for entity in REGISTRY {
            for property in entity.secrets() {
                if !self.has_table(entity.table)? {
                    continue;
                }
                let (column, table) = (property.column, entity.table);
                let mut statement =
                    self.prepare(&Sql::new(&format!("SELECT id, {column} FROM {table} WHERE {column} <> ''")))?;
                let mut rows = statement.query([])?;
                while let Some(row) = rows.next()? {
                    show(entity, property, read_id(row, 0)?, row.get_ref(1)?.as_str().unwrap_or_default());
                }
            }
        }
        Ok(())
    }

    fn has_table(&self, name: &str) -> Result<bool, Error> {
        let mut sql = Sql::new("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ");
        sql.bind(Value::Text(name.to_owned()));
        Ok(self.first(&sql, |_| Ok(()))?.is_some())
    }
}

/// Whether a line of the check is no heading, and not its praise.
fn is_damage(line: &str) -> bool {
    line != "ok" && !line.starts_with("***")
}

/// All that a schema consists of, but for what SQLite makes for itself.
fn parts(connection: &Connection) -> Result<BTreeSet<Part>, Error> {
    let mut statement =
        connection.prepare("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The version of the schema that this program makes.
#[must_use]
pub fn newest_schema() -> usize {
    NEWEST
}
