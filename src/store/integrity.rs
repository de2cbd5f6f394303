//! Looking whether a database is sound, and what is in it. Unlike the rest of the store this also
//! reads earlier schemas.

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

    /// What SQLite finds damaged; nothing in a sound database.
    ///
    /// # Errors
    /// The database is so damaged that it can't be checked.
    pub fn damage(&self) -> Result<Damage, Error> {
        sqlite::integrity::damage(self.connection)
    }

    /// Tables that are other than this program makes them. A version is only a number; this
    /// compares with what the steps up to that version make.
    #[must_use]
    pub fn schema_faults(&self) -> Findings {
        let mut findings = Findings::default();
        if let Err(error) = sqlite::integrity::compare_schema(self.connection, &mut findings) {
            findings.add(format!("schema: it can't be read: {error}"));
        }
        findings
    }

    /// What every database starts with and this one lacks, or has otherwise.
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

    /// What is wrong with the audit log.
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

    /// How many there are of each entity type.
    ///
    /// # Errors
    /// The database failed.
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

    /// Shows each sealed value that is stored, with the property and the id of the row that it
    /// belongs to, whatever has become of them.
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
                self.each_pair([table, "id", column], "<> ''", |id, sealed| {
                    show(entity, property, id, sealed);
                })?;
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

    /// Shows an id and a text of each row of a table, if there is such a table and the text is so.
    /// A text that can't be read is shown as empty.
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

/// The version of the schema that this program makes.
#[must_use]
pub fn newest_schema() -> usize {
    NEWEST
}
