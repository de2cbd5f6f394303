//! Passwords and sessions.

use super::error::Error;
use super::row_match::Page;
use super::snapshot::Snapshot;
use super::sqlite::statement::Row;
use super::users::UserName;
use super::write::Write;
use crate::model::{Timestamp, Value};
use crate::query::Sql;
use uuid::Uuid;

/// A session.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its id, by which it can be ended.
    pub id: Uuid,
    /// When it started.
    pub created_date: Timestamp,
    /// When it expires.
    pub expires_date: Timestamp,
    /// The address from which it started.
    pub address: String,
    /// How its user signed in.
    pub kind: SessionKind,
}

/// How the user of a session signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionKind {
    /// With a password.
    Password,
    /// By the header of a trusted proxy.
    Header,
    /// By a JSON Web Token.
    Jwt,
}

impl SessionKind {
    /// The names of all kinds.
    pub const NAMES: [&str; 3] = ["password", "header", "jwt"];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Password => Self::NAMES[0],
            Self::Header => Self::NAMES[1],
            Self::Jwt => Self::NAMES[2],
        }
    }

    /// The kind with this name. Damage must not give a session more rights, so an unknown name
    /// counts as the kind with the fewest rights.
    fn named(name: &str) -> Self {
        match name {
            "password" => Self::Password,
            "header" => Self::Header,
            _ => Self::Jwt,
        }
    }
}

/// A valid session, as it is found by its cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundSession {
    /// The user.
    pub user: UserName,
    /// How the user signed in.
    pub kind: SessionKind,
    /// The fingerprint of the settings that vouched for the user; empty for a password.
    pub source: String,
    /// The claims of the token about the user, as JSON; empty for a password.
    pub claims: String,
    /// When it expires.
    pub expires_date: Timestamp,
}

/// The maximum number of sessions of a user that a password started; a new one replaces the oldest.
const SESSIONS: i64 = 100;

impl Snapshot<'_> {
    /// The stored hash of a user's password, if the user has one.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn password_hash(&self, user: Uuid) -> Result<Option<String>, Error> {
        let mut sql = Sql::new("SELECT hash FROM passwords WHERE user_id = ");
        sql.bind(Value::Id(user));
        self.first(&sql, |row| row.get(0))
    }

    /// The id of the user with this name and the stored hash of the password, if the user has one.
    /// This takes about the same time if there is no such user.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn kept_password(&self, name: &UserName) -> Result<Option<(Uuid, String)>, Error> {
        let mut sql = Sql::new(
            "SELECT t0.id, p.hash FROM users AS t0 JOIN passwords AS p ON p.user_id = t0.id WHERE ",
        );
        sql.predicate("t0", &name.predicate());
        self.first(&sql, |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// Whether any user has a password.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn has_passwords(&self) -> Result<bool, Error> {
        Ok(self.first(&Sql::new("SELECT 1 FROM passwords"), |_| Ok(()))?.is_some())
    }

    /// The session with this token, if it is valid at `now`.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn session(&self, token_hash: &str, now: Timestamp) -> Result<Option<FoundSession>, Error> {
        let mut sql = Sql::new(
            "SELECT u.user_directory, u.user_id, s.kind, s.source, s.claims, s.expires_date FROM \
             sessions AS s JOIN users AS u ON u.id = s.user_id WHERE s.token_hash = ",
        );
        sql.bind(Value::Text(token_hash.to_owned()))
            .push(" AND s.expires_date > ")
            .bind(Value::Date(now));
        sql.push(" AND s.created_date <= ").bind(Value::Date(now.latest_plausible()));
        self.first(&sql, |row| {
            Ok(FoundSession {
                user: UserName { user_directory: row.get(0)?, user_id: row.get(1)? },
                kind: SessionKind::named(&row.get::<String>(2)?),
                source: row.get(3)?,
                claims: row.get(4)?,
                expires_date: row.get(5)?,
            })
        })
    }

    /// The sessions of a user that are valid at `now`, the newest first.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn sessions(&self, user: Uuid, now: Timestamp, page: Page) -> Result<Vec<Session>, Error> {
        let mut sql = Sql::new(
            "SELECT id, created_date, expires_date, address, kind FROM sessions WHERE user_id = ",
        );
        sql.bind(Value::Id(user))
            .push(" AND expires_date > ")
            .bind(Value::Date(now))
            .push(" AND created_date <= ")
            .bind(Value::Date(now.latest_plausible()))
            .push(" ORDER BY created_date DESC");
        page.push(&mut sql);
        self.all(&sql, read_session)
    }
}

impl Write<'_> {
    /// Sets the password of a user, by its hash. All sessions and tokens of the user end, so the
    /// old password gives no access; failed attempts of the user are removed, because they were
    /// guesses at the old password.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn set_password(&self, user: Uuid, hash: &str, now: Timestamp) -> Result<(), Error> {
        let mut sql = Sql::new("INSERT INTO passwords (user_id, hash, changed_date) VALUES (");
        sql.bind(Value::Id(user))
            .push(", ")
            .bind(Value::Text(hash.to_owned()))
            .push(", ")
            .bind(Value::Date(now));
        sql.push(
            ") ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, changed_date = \
             excluded.changed_date",
        );
        self.snapshot().execute(&sql)?;
        self.end_sign_ins(user)?;
        self.forget_failures_of(user)?;
        self.record_sign_in("set password", user, "all sessions and tokens ended")
    }

    /// Ends all sessions and tokens of a user.
    pub(super) fn end_sign_ins(&self, user: Uuid) -> Result<(), Error> {
        for table in ["sessions", "api_tokens"] {
            let mut sql = Sql::new("DELETE FROM ");
            sql.push(table).push(" WHERE user_id = ").bind(Value::Id(user));
            self.snapshot().execute(&sql)?;
        }
        Ok(())
    }

    /// Starts a session of a user whose password still has this hash, and returns whether it has.
    /// Sessions that have expired or are dated in the future are removed; if the user has too many,
    /// so are the oldest.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn begin_session(
        &self,
        token_hash: &str,
        user: Uuid,
        password_hash: &str,
        session: &Session,
    ) -> Result<bool, Error> {
        if self.snapshot().password_hash(user)?.as_deref() != Some(password_hash) {
            return Ok(false);
        }
        self.purge_sessions(session.created_date)?;
        self.make_room(user, "kind = 'password'", SESSIONS)?;
        let mut sql = Sql::new(
            "INSERT INTO sessions (token_hash, id, user_id, created_date, expires_date, address) \
             VALUES (",
        );
        sql.bind(Value::Text(token_hash.to_owned()))
            .push(", ")
            .bind(Value::Id(session.id))
            .push(", ");
        sql.bind(Value::Id(user)).push(", ").bind(Value::Date(session.created_date)).push(", ");
        sql.bind(Value::Date(session.expires_date))
            .push(", ")
            .bind(Value::Text(session.address.clone()))
            .push(")");
        self.meter.count_entity()?;
        self.snapshot().execute(&sql)?;
        self.record_sign_in("sign in", user, &format!("session {}", session.id))?;
        Ok(true)
    }

    /// Removes the sessions that are not valid at `now`.
    pub(super) fn purge_sessions(&self, now: Timestamp) -> Result<(), Error> {
        let mut sql = Sql::new("DELETE FROM sessions WHERE expires_date <= ");
        sql.bind(Value::Date(now))
            .push(" OR created_date > ")
            .bind(Value::Date(now.latest_plausible()));
        self.snapshot().execute(&sql).map(drop)
    }

    /// Removes the oldest sessions of a user that fulfil `condition`, so that there are `most` with
    /// a new one.
    pub(super) fn make_room(
        &self,
        user: Uuid,
        condition: &'static str,
        most: i64,
    ) -> Result<(), Error> {
        let mut sql =
            Sql::new("DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE user_id = ");
        sql.bind(Value::Id(user))
            .push(" AND ")
            .push(condition)
            .push(" ORDER BY created_date DESC, id DESC LIMIT 9223372036854775807 OFFSET ");
        sql.bind(Value::Integer(most - 1)).push(")");
        self.snapshot().execute(&sql).map(drop)
    }

    /// Ends the session with this token.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn end_session(&self, token_hash: &str) -> Result<(), Error> {
        let mut sql = Sql::new("DELETE FROM sessions WHERE token_hash = ");
        sql.bind(Value::Text(token_hash.to_owned())).push(" RETURNING user_id, id");
        match self
            .snapshot()
            .execute_returning(&sql, |row| Ok((row.get(0)?, row.get::<Uuid>(1)?)))?
        {
            Some((user, session)) => {
                self.record_sign_in("sign out", user, &format!("session {session}"))
            }
            None => Ok(()),
        }
    }

    /// Ends a session of a user by its id. Returns whether it existed.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn end_session_of(&self, user: Uuid, id: Uuid) -> Result<bool, Error> {
        let mut sql = Sql::new("DELETE FROM sessions WHERE user_id = ");
        sql.bind(Value::Id(user)).push(" AND id = ").bind(Value::Id(id));
        let has_ended = self.snapshot().execute(&sql)? > 0;
        if has_ended {
            self.record_sign_in("end session", user, &format!("session {id}"))?;
        }
        Ok(has_ended)
    }
}

/// Reads the id, the dates, the address and the kind.
pub(super) fn read_session(row: &Row<'_>) -> Result<Session, Error> {
    Ok(Session {
        id: row.get(0)?,
        created_date: row.get(1)?,
        expires_date: row.get(2)?,
        address: row.get(3)?,
        kind: SessionKind::named(&row.get::<String>(4)?),
    })
}
