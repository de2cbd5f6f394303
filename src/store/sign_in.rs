//! Passwords, sessions and failed attempts to sign in.

use super::error::Error;
use super::holds::Page;
use super::snapshot::{Snapshot, read_date, read_id};
use super::users::UserName;
use super::writer::Write;
use crate::model::{Timestamp, Value};
use crate::query::Sql;
use uuid::Uuid;

/// A session.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its id, by which it can be ended.
    pub id: Uuid,
    /// When it began.
    pub created_date: Timestamp,
    /// When it ends.
    pub expires_date: Timestamp,
    /// The address from which it began.
    pub address: String,
}

/// By what attempts to sign in are counted.
#[derive(Clone, Debug)]
pub struct SignInKeys {
    /// The user who is meant, whether there is one or not.
    pub user: String,
    /// From where the attempt comes.
    pub address: String,
}

/// Failures that cost nothing, for people who mistype; from then on each doubles the wait.
const FREE: u32 = 5;

/// The longest wait, in milliseconds.
const LONGEST: i64 = 15 * 60 * 1_000;

/// Failures are forgotten after a day, in milliseconds.
const FORGOTTEN: i64 = 24 * 60 * 60 * 1_000;

impl Snapshot<'_> {
    /// The hash that is kept of a user's password, if he has one.
    ///
    /// # Errors
    /// The database failed.
    pub fn password_hash(&self, user: Uuid) -> Result<Option<String>, Error> {
        let mut sql = Sql::new("SELECT hash FROM passwords WHERE user_id = ");
        sql.bind(Value::Id(user));
        self.first(&sql, |row| row.get(0))
    }

    /// Whose the session with that token is, if it has not ended by `now`.
    ///
    /// # Errors
    /// The database failed.
    pub fn session_user(&self, token_hash: &str, now: Timestamp) -> Result<Option<UserName>, Error> {
        let mut sql = Sql::new(
            "SELECT u.user_directory, u.user_id FROM sessions AS s JOIN users AS u ON u.id = s.user_id WHERE s.token_hash = ",
        );
        sql.bind(Value::Text(token_hash.to_owned())).push(" AND s.expires_date > ").bind(Value::Date(now));
        self.first(&sql, |row| Ok(UserName { user_directory: row.get(0)?, user_id: row.get(1)? }))
    }

    /// The sessions of a user that have not ended by `now`, the oldest first.
    ///
    /// # Errors
    /// The database failed.
    pub fn sessions(&self, user: Uuid, now: Timestamp, page: Page) -> Result<Vec<Session>, Error> {
        let mut sql = Sql::new("SELECT id, created_date, expires_date, address FROM sessions WHERE user_id = ");
        sql.bind(Value::Id(user)).push(" AND expires_date > ").bind(Value::Date(now)).push(" ORDER BY created_date");
        page.push(&mut sql);
        self.all(&sql, |row| {
            Ok(Session {
                id: read_id(row, 0)?,
                created_date: read_date(row, 1)?,
                expires_date: read_date(row, 2)?,
                address: row.get(3)?,
            })
        })
    }
}

impl Write<'_> {
    /// Gives a user a password, by its hash, and ends his sessions.
    ///
    /// # Errors
    /// The database failed.
    pub fn set_password(&self, user: Uuid, hash: &str, now: Timestamp) -> Result<(), Error> {
        let mut sql = Sql::new("INSERT INTO passwords (user_id, hash, changed_date) VALUES (");
        sql.bind(Value::Id(user)).push(", ").bind(Value::Text(hash.to_owned())).push(", ").bind(Value::Date(now));
        sql.push(") ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, changed_date = excluded.changed_date");
        self.snapshot().execute(&sql)?;
        let mut sql = Sql::new("DELETE FROM sessions WHERE user_id = ");
        sql.bind(Value::Id(user));
        self.snapshot().execute(&sql).map(drop)
    }

    /// Begins a session, and removes those that have ended.
    ///
    /// # Errors
    /// The database failed.
    pub fn begin_session(&self, token_hash: &str, user: Uuid, session: &Session) -> Result<(), Error> {
        let mut sql = Sql::new("DELETE FROM sessions WHERE expires_date <= ");
        sql.bind(Value::Date(session.created_date));
        self.snapshot().execute(&sql)?;
        let mut sql =
            Sql::new("INSERT INTO sessions (token_hash, id, user_id, created_date, expires_date, address) VALUES (");
        sql.bind(Value::Text(token_hash.to_owned())).push(", ").bind(Value::Id(session.id)).push(", ");
        sql.bind(Value::Id(user)).push(", ").bind(Value::Date(session.created_date)).push(", ");
        sql.bind(Value::Date(session.expires_date)).push(", ").bind(Value::Text(session.address.clone())).push(")");
        self.snapshot().execute(&sql).map(drop)
    }

    /// Ends the session with that token.
    ///
    /// # Errors
    /// The database failed.
    pub fn end_session(&self, token_hash: &str) -> Result<(), Error> {
        let mut sql = Sql::new("DELETE FROM sessions WHERE token_hash = ");
        sql.bind(Value::Text(token_hash.to_owned()));
        self.snapshot().execute(&sql).map(drop)
    }

    /// Ends a session of a user by its id, and tells whether there was one.
    ///
    /// # Errors
    /// The database failed.
    pub fn end_session_of(&self, user: Uuid, id: Uuid) -> Result<bool, Error> {
        let mut sql = Sql::new("DELETE FROM sessions WHERE user_id = ");
        sql.bind(Value::Id(user)).push(" AND id = ").bind(Value::Id(id));
        Ok(self.snapshot().execute(&sql)? > 0)
    }

    /// Counts an attempt to sign in as failed until it succeeds, so that many at once are many, too. If there were too many
    /// failures, it tells in how many seconds the next attempt may be made, and counts nothing.
    ///
    /// # Errors
    /// The database failed.
    pub fn attempt_sign_in(&self, keys: &SignInKeys, now: Timestamp) -> Result<Option<i64>, Error> {
        let mut sql = Sql::new("DELETE FROM sign_in_failures WHERE last_date < ");
        sql.bind(Value::Date(Timestamp::from_millis(now.millis() - FORGOTTEN)));
        self.snapshot().execute(&sql)?;
        for key in [&keys.user, &keys.address] {
            let left = self.wait(key)? - now.millis();
            if left > 0 {
                return Ok(Some((left + 999) / 1_000));
            }
        }
        for key in [&keys.user, &keys.address] {
            let mut sql = Sql::new("INSERT INTO sign_in_failures (key, failures, last_date) VALUES (");
            sql.bind(Value::Text(key.clone())).push(", 1, ").bind(Value::Date(now));
            sql.push(") ON CONFLICT (key) DO UPDATE SET failures = failures + 1, last_date = excluded.last_date");
            self.snapshot().execute(&sql)?;
        }
        Ok(None)
    }

    /// Forgets the failures of the user, and this one attempt of the address: others from there may go on guessing.
    ///
    /// # Errors
    /// The database failed.
    pub fn succeed_sign_in(&self, keys: &SignInKeys) -> Result<(), Error> {
        let mut sql = Sql::new("DELETE FROM sign_in_failures WHERE key = ");
        sql.bind(Value::Text(keys.user.clone()));
        self.snapshot().execute(&sql)?;
        let mut sql = Sql::new("UPDATE sign_in_failures SET failures = failures - 1 WHERE key = ");
        sql.bind(Value::Text(keys.address.clone()));
        self.snapshot().execute(&sql).map(drop)
    }

    /// Until when attempts for `key` must wait, in milliseconds since 1970.
    fn wait(&self, key: &str) -> Result<i64, Error> {
        let mut sql = Sql::new("SELECT failures, last_date FROM sign_in_failures WHERE key = ");
        sql.bind(Value::Text(key.to_owned()));
        let found = self.snapshot().first(&sql, |row| Ok((row.get::<_, u32>(0)?, row.get::<_, i64>(1)?)))?;
        let (failures, last) = found.unwrap_or_default();
        let over = failures.saturating_sub(FREE - 1);
        let wait =
            if over == 0 { 0 } else { 1_000_i64.checked_shl(over).map_or(LONGEST, |wait| wait.clamp(0, LONGEST)) };
        Ok(last + wait)
    }
}
