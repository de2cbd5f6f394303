//! Where the sealed data keys are kept. What they mean is the affair of the secrets.

use super::audit::Act;
use super::error::Error;
use super::snapshot::Snapshot;
use super::writer::Write;
use crate::model::{Timestamp, Value};
use crate::query::Sql;

/// A data key as it is stored: sealed by the master key.
#[derive(Clone, Debug)]
pub struct StoredKey {
    /// The number that sealed values name it by.
    pub term: u32,
    /// The key, sealed.
    pub sealed_key: String,
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
    /// The database failed.
    pub fn data_keys(&self) -> Result<Vec<StoredKey>, Error> {
        let sql = Sql::new("SELECT term, sealed_key FROM data_keys ORDER BY term");
        self.all(&sql, |row| Ok(StoredKey { term: row.get(0)?, sealed_key: row.get(1)? }))
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
