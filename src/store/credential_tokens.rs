//! One-time tokens for the credentials of data connections.

use super::audit::Act;
use super::error::Error;
use super::snapshot::Snapshot;
use super::sqlite::statement::Row;
use super::write::Write;
use crate::model::{DATA_CONNECTION, Timestamp, USER, Value};
use crate::query::Sql;
use uuid::Uuid;

/// How long a token is valid, in milliseconds.
pub const CREDENTIAL_TOKEN_LIFE: i64 = 60_000;

/// The number of tokens that a user may get within that time.
const MOST: i64 = 600;

/// The credentials that a token gives access to.
#[derive(Debug)]
pub struct StoredCredential {
    /// The connection.
    pub connection: Uuid,
    /// Its name.
    pub name: String,
    /// The user name of the connection.
    pub username: String,
    /// The password, sealed; empty if there is none.
    pub sealed_password: String,
    /// The user who requested it, as `DIRECTORY\userid`.
    pub asked_by: String,
}

/// The state that a token depends on: if any of it changes, the token is no longer valid.
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

/// The columns with the current state that a token depends on, for the connection `c` and the user
/// `u`.
const BASIS: &str = "(SELECT rules FROM versions), c.modified_date, u.modified_date";

impl Write<'_> {
    /// Stores a new token of a user for the credentials of a connection, by its hash. If the user
    /// got too many tokens recently, returns the seconds until the next one is allowed.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such connection or user; [`Error::Database`] or
    /// [`Error::Unreachable`] if the database fails.
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

    /// Uses a token, and returns the credentials. `None` if there is no such token, if it was used
    /// or is too old, or if the state that it depends on has changed.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
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
        // A token dated in the future is not valid either: the clock was put back.
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
