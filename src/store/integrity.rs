//! Checks whether a database is sound, and counts its contents. Unlike the rest of the store, this
//! also reads earlier schemas.

use super::audit_chain;
use super::error::Error;
use super::findings::Findings;
use super::property_value::shown;
use super::snapshot::Snapshot;
use super::sqlite;
use super::sqlite::integrity::Damage;
use super::sqlite::migrations::{NEWEST, schema_of};
use crate::model::{Entity, Property, REGISTRY, with_secrets};
use crate::query::Sql;

/// The number of entities of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The type.
    pub entity: &'static Entity,
    /// The number.
    pub rows: i64,
}

impl Snapshot<'_> {
    /// The version of the schema: the number of steps in `migrations/` that were applied.
    ///
    /// # Errors
    /// [`Error::Unusable`] if the database has a newer version; [`Error::Database`] or
    /// [`Error::Unreachable`] if the database fails.
    pub fn schema(&self) -> Result<usize, Error> {
        schema_of(self.connection)
    }

    /// What SQLite finds damaged; nothing in a sound database.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails. It may be too damaged
    /// to be checked.
    pub fn damage(&self) -> Result<Damage, Error> {
        sqlite::integrity::damage(self.connection)
    }

    /// The tables that differ from those that this program creates. A version is only a number;
    /// this compares with the result of the steps up to that version.
    #[must_use]
    pub fn schema_faults(&self) -> Findings {
        let mut findings = Findings::default();
        if let Err(error) = sqlite::integrity::compare_schema(self.connection, &mut findings) {
            findings.add(format!("schema: it can't be read: {error}"));
        }
        findings
    }

    /// The rows that every database starts with and that are missing or different here.
    #[must_use]
    pub fn seed_faults(&self) -> Findings {
        let mut findings = Findings::default();
        if let Err(error) = sqlite::seeds::compare(self.connection, &mut findings) {
            findings.add(format!(
                "row: the rows that every database starts with can't be read: {error}"
            ));
        }
        findings
    }

    /// The faults of the audit log.
    #[must_use]
    pub fn audit_faults(&self) -> Findings {
        let mut findings = Findings::default();
        match self
            .has_table(audit_chain::TABLE)
            .and_then(|is_there| is_there.then(|| self.check_audit()).transpose())
        {
            Ok(None) => {}
            Ok(Some(check)) => {
                check.faults.lines().for_each(|fault| findings.add(format!("audit log: {fault}")));
            }
            Err(error) => findings.add(format!("audit log: it can't be read: {error}")),
        }
        findings
    }

    /// The number of entities of each type.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn counts(&self) -> Result<Vec<Count>, Error> {
        let mut counts = Vec::new();
        for entity in REGISTRY.iter().copied() {
            if self.has_table(entity.table)? {
                let sql = Sql::new(&format!("SELECT count(*) FROM {}", entity.table));
                counts
                    .push(Count { entity, rows: self.first(&sql, |row| row.get(0))?.unwrap_or(0) });
            }
        }
        Ok(counts)
    }

    /// Calls `show` for each sealed value, with the property and the id of its row, even if these
    /// are damaged.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn each_sealed_value(
        &self,
        mut show: impl FnMut(&'static Entity, &'static Property, &str, &str),
    ) -> Result<(), Error> {
        for entity in with_secrets() {
            for property in entity.secrets() {
                let (column, table) = (property.column, entity.table);
                self.each_pair([table, "id", column], "<> ''", |id, sealed| {
                    show(entity, property, id, sealed);
                })?;
            }
        }
        Ok(())
    }

    /// Calls `show` for each stored password hash, with the id of the user.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn each_password_hash(&self, show: impl FnMut(&str, &str)) -> Result<(), Error> {
        self.each_pair(["passwords", "user_id", "hash"], "IS NOT NULL", show)
    }

    /// Calls `show` for the id and a text of each row of a table, if the table exists and the text
    /// fulfils the condition. A text that can't be read is passed as empty.
    fn each_pair(
        &self,
        [table, id, column]: [&str; 3],
        condition: &str,
        mut show: impl FnMut(&str, &str),
    ) -> Result<(), Error> {
        if !self.has_table(table)? {
            return Ok(());
        }
        let sql = format!("SELECT {id}, {column} FROM {table} WHERE {column} {condition}");
        let mut statement = self.prepare(&Sql::new(&sql))?;
        let mut rows = statement.query(&[])?;
        while let Some(row) = rows.next_row()? {
            show(&shown(row.cell(0)), row.cell(1).text_or_empty());
        }
        Ok(())
    }

    pub(super) fn has_table(&self, name: &str) -> Result<bool, Error> {
        sqlite::schema::has_table(self.connection, name)
    }
}

/// The version of the schema that this program creates.
#[must_use]
pub fn newest_schema() -> usize {
    NEWEST
}
