//! Storage of the sealed data keys. Only the room `keys` knows their meaning.

use super::audit::Act;
use super::error::Error;
use super::property_value::shown;
use super::snapshot::Snapshot;
use super::sqlite::statement::Row;
use super::write::Write;
use crate::model::{Entity, Property, Timestamp, Value};
use crate::query::Sql;
use uuid::Uuid;

/// A data key as it is stored: sealed by the master key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredKey {
    /// The number by which sealed values name it.
    pub term: u32,
    /// The key, sealed.
    pub sealed_key: String,
}

impl StoredKey {
    /// Its term and its sealed form.
    #[must_use]
    pub fn sealed(&self) -> (u32, &str) {
        (self.term, &self.sealed_key)
    }
}

/// How the master key is derived from a passphrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyDerivation {
    /// Base64 of the salt.
    pub salt: String,
    /// Argon2id's memory in KiB.
    pub memory_kib: u32,
    /// Argon2id's passes.
    pub iterations: u32,
    /// Argon2id's lanes.
    pub lanes: u32,
}

/// A sealed value and its position.
#[derive(Debug)]
pub struct SealedValue {
    /// The position after which to continue.
    pub position: Position,
    /// The id of its row, in a form that can be shown.
    pub id: String,
    /// The sealed value; empty if it is not text.
    pub sealed: String,
}

/// A position among the rows of a table: the id in hexadecimal. The default is before all rows.
#[derive(Clone, Debug, Default)]
pub struct Position(String);

/// The number of sealed values that are read at once, and about how many bytes of them: those of
/// the audit log can be a megabyte each.
const BATCH_ROWS: i64 = 200;
const BATCH_BYTES: usize = 1024 * 1024;

impl Snapshot<'_> {
    /// The stored data keys, oldest first.
    ///
    /// # Errors
    /// [`Error::Unusable`] if the row of a key is damaged; [`Error::Database`] or
    /// [`Error::Unreachable`] if the database fails.
    pub fn data_keys(&self) -> Result<Vec<StoredKey>, Error> {
        let sql = Sql::new("SELECT term, sealed_key FROM data_keys ORDER BY term");
        let rows = self.all(&sql, |row| Ok((shown(row.cell(0)), read_key(row))))?;
        rows.into_iter()
            .map(|(term, key)| {
                key.map_err(|error| {
                    Error::Unusable(format!(
                        "the data key of term {term} can't be read: {}",
                        error.reason()
                    ))
                })
            })
            .collect()
    }

    /// The stored data keys, oldest first, and how the master key is derived, if it comes from a
    /// passphrase.
    ///
    /// # Errors
    /// As [`Snapshot::data_keys`].
    pub fn sealed_keys(&self) -> Result<(Vec<StoredKey>, Option<KeyDerivation>), Error> {
        Ok((self.data_keys()?, self.key_derivation()?))
    }

    /// How many values each data key has sealed, by its term, the oldest first.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn data_key_uses(&self) -> Result<Vec<(u32, i64)>, Error> {
        let sql = Sql::new("SELECT term, uses FROM data_keys ORDER BY term");
        self.all(&sql, |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// The term of the newest data key; 0 if there is none.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn newest_term(&self) -> Result<u32, Error> {
        let sql = Sql::new("SELECT coalesce(max(term), 0) FROM data_keys");
        Ok(self.first(&sql, |row| row.get(0))?.unwrap_or(0))
    }

    /// The sealed values of a property in the order of the ids of their rows, after `position`;
    /// limited in number and bytes. Rows with a damaged id or sealed text are included.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn sealed_values_after(
        &self,
        entity: &'static Entity,
        property: &'static Property,
        position: &Position,
    ) -> Result<Vec<SealedValue>, Error> {
        // An id that is not UTF-8 has a position in the order too, but no text for messages can
        // name it.
        let mut sql = Sql::new("SELECT hex(id), id, ");
        sql.push(property.column).push(" FROM ").push(entity.table).push(" WHERE id > CAST(unhex(");
        sql.bind(Value::Text(position.0.clone())).push(") AS TEXT) AND ").push(property.column);
        sql.push(" <> '' ORDER BY id LIMIT ").bind(Value::Integer(BATCH_ROWS));
        let mut statement = self.prepare(&sql)?;
        let mut rows = statement.query(&sql.parameters)?;
        let (mut values, mut bytes) = (Vec::new(), 0);
        while bytes < BATCH_BYTES
            && let Some(row) = rows.next_row()?
        {
            let sealed = row.cell(2).text_or_empty().to_owned();
            bytes += sealed.len();
            values.push(SealedValue {
                position: Position(row.get(0)?),
                id: shown(row.cell(1)),
                sealed,
            });
        }
        Ok(values)
    }

    /// The sealed secrets of one entity, by property; none if the entity does not exist. Damaged
    /// sealed texts are included.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn sealed_values_of(
        &self,
        entity: &'static Entity,
        id: Uuid,
    ) -> Result<Vec<(&'static Property, String)>, Error> {
        let secrets: Vec<&'static Property> = entity.secrets().collect();
        if secrets.is_empty() {
            return Ok(Vec::new());
        }
        let columns: Vec<&str> = secrets.iter().map(|property| property.column).collect();
        let mut sql = Sql::new("SELECT ");
        sql.push(&columns.join(", ")).push(" FROM ").push(entity.table);
        sql.push(" WHERE id = ").bind(Value::Id(id));
        let read = |row: &Row<'_>| -> Result<Vec<String>, Error> {
            let text = |column| Ok(row.cell(column).lossy_text());
            (0..secrets.len()).map(text).collect()
        };
        let sealed = self.first(&sql, read)?.unwrap_or_default();
        Ok(secrets.iter().copied().zip(sealed).collect())
    }

    /// The ids of up to `most` audit entries that refer to the sealed secret with this id.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn entries_with_secret(&self, id: &str, most: i64) -> Result<Vec<String>, Error> {
        self.all(&entries_naming(id, most), |row| Ok(shown(row.cell(0))))
    }

    /// How the master key is derived, if it comes from a passphrase.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn key_derivation(&self) -> Result<Option<KeyDerivation>, Error> {
        let sql = Sql::new("SELECT salt, memory_kib, iterations, lanes FROM key_derivation");
        self.first(&sql, |row| {
            Ok(KeyDerivation {
                salt: row.get(0)?,
                memory_kib: row.get(1)?,
                iterations: row.get(2)?,
                lanes: row.get(3)?,
            })
        })
    }
}

/// Selects the ids of the audit entries that refer to the sealed secret with this id.
pub(super) fn entries_naming(id: &str, most: i64) -> Sql {
    let mut sql = Sql::new(
        "SELECT entry.id FROM audit_texts AS text JOIN audit_entry_texts AS named ON named.text_id \
         = text.id JOIN audit_entries AS entry ON entry.number = named.number WHERE text.secret_id \
         <> '' AND text.secret_id = ",
    );
    sql.bind(Value::Text(id.to_owned())).push(" LIMIT ").bind(Value::Integer(most));
    sql
}

fn read_key(row: &Row<'_>) -> Result<StoredKey, Error> {
    Ok(StoredKey { term: row.get(0)?, sealed_key: row.get(1)? })
}

impl Write<'_> {
    /// Stores a data key.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn add_data_key(&self, key: &StoredKey) -> Result<(), Error> {
        let mut sql = Sql::new("INSERT INTO data_keys (term, created_date, sealed_key) VALUES (");
        sql.bind(Value::Integer(key.term.into()))
            .push(", ")
            .bind(Value::Date(Timestamp::now()))
            .push(", ");
        sql.bind(Value::Text(key.sealed_key.clone())).push(")");
        self.snapshot().execute(&sql)?;
        self.record(Act {
            detail: format!("data key of term {}", key.term),
            ..Act::done("add key")
        })
    }

    /// Counts `more` values that the data key of this term has sealed. Changes that are undone are
    /// not counted.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn count_uses(&self, term: u32, more: u64) -> Result<(), Error> {
        let more = i64::try_from(more).unwrap_or(i64::MAX);
        let mut sql = Sql::new("UPDATE data_keys SET uses = uses + ");
        sql.bind(Value::Integer(more)).push(" WHERE term = ").bind(Value::Integer(term.into()));
        self.snapshot().execute(&sql).map(drop)
    }

    /// Stores another sealed form of a value. The entity keeps its version, because it is the same.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn replace_sealed_value(
        &self,
        entity: &'static Entity,
        property: &'static Property,
        id: &str,
        sealed: &str,
    ) -> Result<(), Error> {
        let mut sql = Sql::new("UPDATE ");
        sql.push(entity.table)
            .push(" SET ")
            .push(property.column)
            .push(" = ")
            .bind(Value::Text(sealed.to_owned()));
        sql.push(" WHERE id = ").bind(Value::Text(id.to_owned()));
        self.snapshot().execute(&sql).map(drop)
    }

    /// Removes the data keys before a term, and returns how many there were.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn remove_data_keys_before(&self, term: u32) -> Result<usize, Error> {
        let mut sql = Sql::new("DELETE FROM data_keys WHERE term < ");
        sql.bind(Value::Integer(term.into()));
        self.snapshot().execute(&sql)
    }

    /// Stores the data keys as another master key has sealed them, and how that key is derived, if
    /// it comes from a passphrase.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn replace_master_key(
        &self,
        keys: &[StoredKey],
        derivation: Option<&KeyDerivation>,
    ) -> Result<(), Error> {
        for key in keys {
            let mut sql = Sql::new("UPDATE data_keys SET sealed_key = ");
            sql.bind(Value::Text(key.sealed_key.clone()))
                .push(" WHERE term = ")
                .bind(Value::Integer(key.term.into()));
            self.snapshot().execute(&sql)?;
        }
        self.snapshot().execute(&Sql::new("DELETE FROM key_derivation"))?;
        derivation.map_or(Ok(()), |derivation| self.set_key_derivation(derivation))?;
        self.record(Act {
            detail: format!("{} data keys", keys.len()),
            ..Act::done("change master key")
        })
    }

    /// Stores how the master key is derived.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn set_key_derivation(&self, derivation: &KeyDerivation) -> Result<(), Error> {
        let mut sql = Sql::new(
            "INSERT INTO key_derivation (singleton, salt, memory_kib, iterations, lanes) VALUES \
             (1, ",
        );
        sql.bind(Value::Text(derivation.salt.clone()));
        for number in [derivation.memory_kib, derivation.iterations, derivation.lanes] {
            sql.push(", ").bind(Value::Integer(number.into()));
        }
        sql.push(")");
        self.snapshot().execute(&sql).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::AUDIT_SECRET;
    use crate::store::tests::open;
    use crate::store::{Origin, Store};

    const SECRETS: i64 = 1_000;

    fn all(store: &Store) -> Vec<Vec<SealedValue>> {
        let property = AUDIT_SECRET.secrets().next().unwrap();
        let (mut batches, mut position) = (Vec::new(), Position::default());
        loop {
            let read = |snapshot: &Snapshot<'_>| {
                snapshot.sealed_values_after(&AUDIT_SECRET, property, &position)
            };
            let batch = store.read(read).unwrap();
            let Some(last) = batch.last() else { return batches };
            position = last.position.clone();
            batches.push(batch);
        }
    }

    fn fill(bytes: i64) -> (tempfile::TempDir, Store) {
        let (folder, store) = open();
        let insert = move |write: &Write<'_>| {
            let mut sql = Sql::new(
                "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ",
            );
            sql.bind(Value::Integer(SECRETS))
                .push(") INSERT INTO audit_secrets (id, sealed) SELECT printf('%08d', n), ");
            sql.push("substr(hex(zeroblob(")
                .bind(Value::Integer(bytes))
                .push(")), 1, ")
                .bind(Value::Integer(bytes));
            sql.push(") FROM n");
            write.snapshot().execute(&sql).map(drop)
        };
        store.write_blocking(Origin::command("test"), insert).unwrap();
        (folder, store)
    }

    #[test]
    fn a_batch_of_sealed_values_is_bounded_in_number_and_in_bytes() {
        for (bytes, most) in [(100, 200), (100_000, 11)] {
            let (_folder, store) = fill(bytes);
            let batches = all(&store);
            assert!(batches.iter().all(|batch| batch.len() <= most), "{bytes}");
            assert_eq!(batches.iter().map(Vec::len).sum::<usize>(), 1_000, "{bytes}");
        }
    }

    #[test]
    fn rows_with_a_damaged_id_or_text_are_among_the_sealed_values() {
        let (_folder, store) = fill(100);
        let damage = |write: &Write<'_>| {
            for change in [
                "UPDATE audit_secrets SET id = CAST(x'FF30' AS TEXT) WHERE id = '00000005'",
                "UPDATE audit_secrets SET id = CAST(x'FF31' AS TEXT) WHERE id = '00000006'",
                "UPDATE audit_secrets SET sealed = CAST(x'FF' AS TEXT) WHERE id = '00000007'",
            ] {
                write.snapshot().execute(&Sql::new(change))?;
            }
            Ok::<_, Error>(())
        };
        store.write_blocking(Origin::command("test"), damage).unwrap();
        let values: Vec<SealedValue> = all(&store).into_iter().flatten().collect();
        assert_eq!(
            (values.len(), values.iter().filter(|value| value.sealed.is_empty()).count()),
            (1_000, 1)
        );
    }
}
