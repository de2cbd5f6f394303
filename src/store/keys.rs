//! Where the sealed data keys are kept. What they mean is the affair of the secrets.

use super::audit::Act;
use super::cell::shown;
use super::error::Error;
use super::snapshot::{Snapshot, read_id};
use super::writer::Write;
use crate::model::{Entity, Property, Timestamp, Value};
use crate::query::Sql;
use rusqlite::Row;
use uuid::Uuid;

/// A data key as it is stored: sealed by the master key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredKey {
    /// The number that sealed values name it by.
    pub term: u32,
    /// The key, sealed.
    pub sealed_key: String,
}

impl StoredKey {
    /// Its term and its sealed form, as whoever opens it takes them.
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

impl Snapshot<'_> {
    /// The stored data keys, oldest first.
    ///
    /// # Errors
    /// The database failed; [`Error::Unusable`] if the row of one is damaged.
    pub fn data_keys(&self) -> Result<Vec<StoredKey>, Error> {
        let sql = Sql::new("SELECT term, sealed_key FROM data_keys ORDER BY term");
        let rows = self.all(&sql, |row| Ok((shown(row.get_ref(0)?), read_key(row))))?;
        rows.into_iter()
            .map(|(term, key)| {
                key.map_err(|error| Error::Unusable(format!("the data key of term {term} can't be read: {error}")))
            })
            .collect()
    }

    /// The stored data keys, oldest first, and how the master key that seals them is derived, if it is.
    ///
    /// # Errors
    /// The database failed.
    pub fn sealed_keys(&self) -> Result<(Vec<StoredKey>, Option<KeyDerivation>), Error> {
        Ok((self.data_keys()?, self.key_derivation()?))
    }

    /// How often each data key has sealed a value, by its term, the oldest first.
    ///
    /// # Errors
    /// The database failed.
    pub fn data_key_uses(&self) -> Result<Vec<(u32, i64)>, Error> {
        let sql = Sql::new("SELECT term, uses FROM data_keys ORDER BY term");
        self.all(&sql, |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// The term of the newest data key; 0 if there is none.
    ///
    /// # Errors
    /// The database failed.
    pub fn newest_term(&self) -> Result<u32, Error> {
        let sql = Sql::new("SELECT coalesce(max(term), 0) FROM data_keys");
        Ok(self.first(&sql, |row| row.get(0))?.unwrap_or(0))
    }

    /// Sealed values of a property by the id of their row, in the order of ids, those after `id`, so many at most.
    ///
    /// # Errors
    /// The database failed.
    pub fn sealed_values_after(
        &self,
        entity: &'static Entity,
        property: &'static Property,
        id: Uuid,
        most: i64,
    ) -> Result<Vec<(Uuid, String)>, Error> {
        let mut sql = Sql::new("SELECT id, ");
        sql.push(property.column).push(" FROM ").push(entity.table).push(" WHERE id > ").bind(Value::Id(id));
        sql.push(" AND ").push(property.column).push(" <> '' ORDER BY id LIMIT ").bind(Value::Integer(most));
        self.all(&sql, |row| Ok((read_id(row, 0)?, row.get(1)?)))
    }

    /// How the master key is derived, if it comes from a passphrase.
    ///
    /// # Errors
    /// The database failed.
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

fn read_key(row: &Row<'_>) -> rusqlite::Result<StoredKey> {
    Ok(StoredKey { term: row.get(0)?, sealed_key: row.get(1)? })
}

impl Write<'_> {
    /// Stores a data key.
    ///
    /// # Errors
    /// The database failed.
    pub fn add_data_key(&self, key: &StoredKey) -> Result<(), Error> {
        let mut sql = Sql::new("INSERT INTO data_keys (term, created_date, sealed_key) VALUES (");
        sql.bind(Value::Integer(key.term.into())).push(", ").bind(Value::Date(Timestamp::now())).push(", ");
        sql.bind(Value::Text(key.sealed_key.clone())).push(")");
        self.snapshot().execute(&sql)?;
        self.record(Act { detail: format!("data key of term {}", key.term), ..Act::done("add key") })
    }

    /// Counts that the data key of that term has sealed so many values more. What is undone after all is not counted.
    ///
    /// # Errors
    /// The database failed.
    pub fn count_uses(&self, term: u32, more: u64) -> Result<(), Error> {
        let more = i64::try_from(more).unwrap_or(i64::MAX);
        let mut sql = Sql::new("UPDATE data_keys SET uses = uses + ");
        sql.bind(Value::Integer(more)).push(" WHERE term = ").bind(Value::Integer(term.into()));
        self.snapshot().execute(&sql).map(drop)
    }

    /// Keeps another sealed form of a value: the entity is the same, so it stays the same version.
    ///
    /// # Errors
    /// The database failed.
    pub fn replace_sealed_value(
        &self,
        entity: &'static Entity,
        property: &'static Property,
        id: Uuid,
        sealed: &str,
    ) -> Result<(), Error> {
        let mut sql = Sql::new("UPDATE ");
        sql.push(entity.table).push(" SET ").push(property.column).push(" = ").bind(Value::Text(sealed.to_owned()));
        sql.push(" WHERE id = ").bind(Value::Id(id));
        self.snapshot().execute(&sql).map(drop)
    }

    /// Removes the data keys from before a term, and tells how many there were.
    ///
    /// # Errors
    /// The database failed.
    pub fn remove_data_keys_before(&self, term: u32) -> Result<usize, Error> {
        let mut sql = Sql::new("DELETE FROM data_keys WHERE term < ");
        sql.bind(Value::Integer(term.into()));
        self.snapshot().execute(&sql)
    }

    /// Keeps the data keys as another master key has sealed them, and how that is derived, if it is.
    ///
    /// # Errors
    /// The database failed.
    pub fn replace_master_key(&self, keys: &[StoredKey], derivation: Option<&KeyDerivation>) -> Result<(), Error> {
        for key in keys {
            let mut sql = Sql::new("UPDATE data_keys SET sealed_key = ");
            sql.bind(Value::Text(key.sealed_key.clone())).push(" WHERE term = ").bind(Value::Integer(key.term.into()));
            self.snapshot().execute(&sql)?;
        }
        self.snapshot().execute(&Sql::new("DELETE FROM key_derivation"))?;
        derivation.map_or(Ok(()), |derivation| self.set_key_derivation(derivation))?;
        self.record(Act { detail: format!("{} data keys", keys.len()), ..Act::done("change master key") })
    }

    /// Stores how the master key is derived.
    ///
    /// # Errors
    /// The database failed.
    pub fn set_key_derivation(&self, derivation: &KeyDerivation) -> Result<(), Error> {
        let mut sql =
            Sql::new("INSERT INTO key_derivation (singleton, salt, memory_kib, iterations, lanes) VALUES (1, ");
        sql.bind(Value::Text(derivation.salt.clone()));
        for number in [derivation.memory_kib, derivation.iterations, derivation.lanes] {
            sql.push(", ").bind(Value::Integer(number.into()));
        }
        sql.push(")");
        self.snapshot().execute(&sql).map(drop)
    }
}
