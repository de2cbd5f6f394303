//! One-time tokens for the credentials of data connections.

use super::audit::Act;
use super::error::Error;
use super::snapshot::Snapshot;
use super::sqlite::statement::Row;
use super::write::Write;
use crate::model::{DATA_CONNECTION, Timestamp, USER, Value};
use crate::query::Sql;
use uuid::Uuid;

/// How long a token is good for, in milliseconds.
pub const CREDENTIAL_TOKEN_LIFE: i64 = 60_000;

/// Tokens that a user gets within as long at most.
const MOST: i64 = 600;

/// What a token leads to.
#[derive(Debug)]
pub struct StoredCredential {
    /// The connection.
    pub connection: Uuid,
    /// Its name.
    pub name: String,
    /// The user name to open it with.
    pub username: String,
    /// The password, sealed; empty if there is none.
    pub sealed_password: String,
    /// Who asked for it, as `DIRECTORY\userid`.
    pub asked_by: String,
}

/// What a token hangs on: if any of it changes, it is good for nothing.
#[derive(Debug, PartialEq, Eq)]
struct Basis {
    rules_version: i64,
    connection_date: Timestamp,
    user_date: Timestamp,
}

impl Basis {
    fn read(row: &Row<'_>, first: usize) -> Result<Self, Error> {
        Ok(Self {
            rules_version: row.get(first)?,
            connection_date: row.get(first + 1)?,
            user_date: row.get(first + 2)?,
        })
    }
}

/// The columns of what a token hangs on, as they are now, of the connection `c` and the user `u`.
const BASIS: &str = "(SELECT rules FROM versions), c.modified_date, u.modified_date";

impl Write<'_> {
    /// Keeps a new token of a user's for the credentials of a connection, by its hash. If he got
    /// too many of late, it tells in how many seconds he may have another.
    ///
    /// # Errors
    /// The database failed.
    pub fn add_credential_token(
        &self,
        token_hash: &str,
        connection: Uuid,
        user: Uuid,
        now: Timestamp,
    ) -> Result<Result<(), i64>, Error> {
        let ended = Timestamp::from_millis(now.millis() - CREDENTIAL_TOKEN_LIFE);
        let mut sql = Sql::new("DELETE FROM credential_tokens WHERE created_date <= ");
        sql.bind(Value::Date(ended)).push(" OR created_date > ").bind(Value::Date(now));
        self.snapshot().execute(&sql)?;
        let mut sql =
            Sql::new("SELECT count(*), min(created_date) FROM credential_tokens WHERE user_id = ");
        sql.bind(Value::Id(user));
        let recent = self
            .snapshot()
            .first(&sql, |row| Ok((row.get::<i64>(0)?, row.get::<Option<i64>>(1)?)))?;
        if let Some((count, Some(oldest))) = recent
            && count >= MOST
        {
            return Ok(Err(
                ((oldest - ended.millis()) / 1_000 + 1).clamp(1, CREDENTIAL_TOKEN_LIFE / 1_000)
            ));
        }
        let mut sql = Sql::new(
            "INSERT INTO credential_tokens (token_hash, connection_id, user_id, created_date, \
             is_used, rules_version, connection_date, user_date) SELECT ",
        );
        sql.bind(Value::Text(token_hash.to_owned()))
            .push(", c.id, u.id, ")
            .bind(Value::Date(now))
            .push(", 0, ");
        sql.push(BASIS)
            .push(" FROM data_connections AS c, users AS u WHERE c.id = ")
            .bind(Value::Id(connection));
        sql.push(" AND u.id = ").bind(Value::Id(user));
        self.meter.count_entity()?;
        match self.snapshot().execute(&sql)? {
            1 => self
                .record_about(Act::done("ask for credentials"), &DATA_CONNECTION, connection)
                .map(Ok),
            _ => Err(Error::NotFound),
        }
    }

    /// Uses a token up, and gives what it leads to; nothing if there is no such token, it was used
    /// or is too old, or anything that it hangs on has changed since it was made.
    ///
    /// # Errors
    /// The database failed.
    pub fn use_credential_token(
        &self,
        token_hash: &str,
        now: Timestamp,
    ) -> Result<Option<StoredCredential>, Error> {
        let mut sql = Sql::new(
            "UPDATE credential_tokens SET is_used = 1 WHERE is_used = 0 AND token_hash = ",
        );
        sql.bind(Value::Text(token_hash.to_owned())).push(" AND created_date > ");
        sql.bind(Value::Date(Timestamp::from_millis(now.millis() - CREDENTIAL_TOKEN_LIFE)));
        // Nor from a time to come, where the clock was put back.
        sql.push(" AND created_date <= ").bind(Value::Date(now));
        sql.push(" RETURNING rules_version, connection_date, user_date, connection_id, user_id");
        let read = |row: &Row<'_>| Ok((Basis::read(row, 0)?, row.get(3)?, row.get(4)?));
        let found = self.snapshot().execute_returning(&sql, read)?;
        let Some((basis, connection, user)) = found else { return Ok(None) };
        let current = self.snapshot().stored_credential(connection, user)?;
        Ok(current.filter(|(current, _)| *current == basis).map(|(_, credential)| credential))
    }
}

impl Snapshot<'_> {
    fn stored_credential(
        &self,
        connection: Uuid,
        user: Uuid,
    ) -> Result<Option<(Basis, StoredCredential)>, Error> {
        let mut sql = Sql::new("SELECT ");
        sql.push(BASIS)
            .push(", c.name, c.username, c.password, u.user_directory || '\\' || u.user_id FROM ")
            .push(DATA_CONNECTION.table)
            .push(" AS c, ");
        sql.push(USER.table)
            .push(" AS u WHERE c.id = ")
            .bind(Value::Id(connection))
            .push(" AND u.id = ");
        sql.bind(Value::Id(user));
        self.first(&sql, |row| {
            let credential = StoredCredential {
                connection,
                name: row.get(3)?,
                username: row.get(4)?,
                sealed_password: row.get(5)?,
                asked_by: row.get(6)?,
            };
            Ok((Basis::read(row, 0)?, credential))
        })
    }
}
