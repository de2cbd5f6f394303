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

/// One count of failed attempts, and how long its failures can make the next attempt wait.
#[derive(Clone, Debug)]
pub struct SignInKey {
    /// Of whom or of where.
    pub key: String,
    /// Failures that cost nothing, for people who mistype; from then on each doubles the wait.
    pub free: u32,
    /// The longest wait, in milliseconds.
    pub longest: i64,
    /// What a success means for it.
    pub of: Counted,
}

/// What a count is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// A user, whose failures a success of his makes good.
    User,
    /// A place, from where others may go on guessing.
    Place,
}

/// A count.
#[derive(Clone, Copy, Debug, Default)]
struct Failures {
    number: u32,
    last: i64,
}

/// A count that is left alone halves in so long, in milliseconds.
const HALVED: i64 = 15 * 60 * 1_000;

/// Counts that are kept at most; then the oldest is forgotten for each new one.
const MOST: i64 = 100_000;

/// Sessions of one user at most; a new one takes the place of the oldest.
const SESSIONS: i64 = 100;

impl Failures {
    /// The count at `now`: what was long ago counts less.
    fn at(self, now: i64) -> u32 {
        let halvings = u32::try_from((now - self.last).max(0) / HALVED).unwrap_or(u32::MAX);
        self.number.checked_shr(halvings).unwrap_or(0)
    }

    /// How long the next attempt must wait, in milliseconds from `now`.
    fn wait(self, now: i64, free: u32, longest: i64) -> i64 {
        let over = (self.at(now) + 1).saturating_sub(free);
        if over == 0 {
            return 0;
        }
        let wait = (1_000_i64 << over.min(20)).min(longest);
        // The clock may have been put back.
        (self.last + wait - now).min(longest)
    }
}

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

    /// The id of the user of that name and the hash that is kept of his password, if he has one. It takes about as long for who is not there.
    ///
    /// # Errors
    /// The database failed.
    pub fn kept_password(&self, name: &UserName) -> Result<Option<(Uuid, String)>, Error> {
        let mut sql = Sql::new("SELECT t0.id, p.hash FROM users AS t0 JOIN passwords AS p ON p.user_id = t0.id WHERE ");
        sql.predicate("t0", &name.predicate());
        self.first(&sql, |row| Ok((read_id(row, 0)?, row.get(1)?)))
    }

    /// Whether any user has a password.
    ///
    /// # Errors
    /// The database failed.
    pub fn has_passwords(&self) -> Result<bool, Error> {
        Ok(self.first(&Sql::new("SELECT 1 FROM passwords"), |_| Ok(()))?.is_some())
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

    /// The sessions of a user that have not ended by `now`, the newest first.
    ///
    /// # Errors
    /// The database failed.
    pub fn sessions(&self, user: Uuid, now: Timestamp, page: Page) -> Result<Vec<Session>, Error> {
        let mut sql = Sql::new("SELECT id, created_date, expires_date, address FROM sessions WHERE user_id = ");
        sql.bind(Value::Id(user))
            .push(" AND expires_date > ")
            .bind(Value::Date(now))
            .push(" ORDER BY created_date DESC");
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

    /// In how many seconds another attempt may be made, if not at once.
    ///
    /// # Errors
    /// The database failed.
    pub fn sign_in_wait(&self, keys: &[SignInKey], now: Timestamp) -> Result<Option<i64>, Error> {
        let mut longest = 0;
        for SignInKey { key, free, longest: most, .. } in keys {
            longest = longest.max(self.failures(key)?.wait(now.millis(), *free, *most));
        }
        Ok((longest > 0).then(|| (longest + 999) / 1_000))
    }

    fn failures(&self, key: &str) -> Result<Failures, Error> {
        let mut sql = Sql::new("SELECT failures, last_date FROM sign_in_failures WHERE key = ");
        sql.bind(Value::Text(key.to_owned()));
        Ok(self.first(&sql, |row| Ok(Failures { number: row.get(0)?, last: row.get(1)? }))?.unwrap_or_default())
    }
}

impl Write<'_> {
    /// Gives a user a password, by its hash, and ends his sessions and tokens: who knew the old one is out.
    ///
    /// # Errors
    /// The database failed.
    pub fn set_password(&self, user: Uuid, hash: &str, now: Timestamp) -> Result<(), Error> {
        let mut sql = Sql::new("INSERT INTO passwords (user_id, hash, changed_date) VALUES (");
        sql.bind(Value::Id(user)).push(", ").bind(Value::Text(hash.to_owned())).push(", ").bind(Value::Date(now));
        sql.push(") ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, changed_date = excluded.changed_date");
        self.snapshot().execute(&sql)?;
        self.end_sign_ins(user)?;
        self.record_sign_in("set password", user, "all sessions and tokens ended")
    }

    /// Ends all sessions and tokens of a user.
    ///
    /// # Errors
    /// The database failed.
    pub(super) fn end_sign_ins(&self, user: Uuid) -> Result<(), Error> {
        for table in ["sessions", "api_tokens"] {
            let mut sql = Sql::new("DELETE FROM ");
            sql.push(table).push(" WHERE user_id = ").bind(Value::Id(user));
            self.snapshot().execute(&sql)?;
        }
        Ok(())
    }

    /// Begins a session of a user whose password has this hash still, and tells whether it has. Those that have ended are removed, and
    /// where there are very many, his oldest.
    ///
    /// # Errors
    /// The database failed.
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
        let mut sql = Sql::new("DELETE FROM sessions WHERE expires_date <= ");
        sql.bind(Value::Date(session.created_date));
        self.snapshot().execute(&sql)?;
        let mut sql = Sql::new("DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE user_id = ");
        sql.bind(Value::Id(user)).push(" ORDER BY created_date DESC LIMIT -1 OFFSET ");
        sql.bind(Value::Integer(SESSIONS - 1)).push(")");
        self.snapshot().execute(&sql)?;
        let mut sql =
            Sql::new("INSERT INTO sessions (token_hash, id, user_id, created_date, expires_date, address) VALUES (");
        sql.bind(Value::Text(token_hash.to_owned())).push(", ").bind(Value::Id(session.id)).push(", ");
        sql.bind(Value::Id(user)).push(", ").bind(Value::Date(session.created_date)).push(", ");
        sql.bind(Value::Date(session.expires_date)).push(", ").bind(Value::Text(session.address.clone())).push(")");
        self.snapshot().execute(&sql)?;
        self.record_sign_in("sign in", user, &format!("session {}", session.id))?;
        Ok(true)
    }

    /// Ends the session with that token.
    ///
    /// # Errors
    /// The database failed.
    pub fn end_session(&self, token_hash: &str) -> Result<(), Error> {
        let mut sql = Sql::new("DELETE FROM sessions WHERE token_hash = ");
        sql.bind(Value::Text(token_hash.to_owned())).push(" RETURNING user_id, id");
        match self.snapshot().execute_returning(&sql, |row| Ok((read_id(row, 0)?, read_id(row, 1)?)))? {
            Some((user, session)) => self.record_sign_in("sign out", user, &format!("session {session}")),
            None => Ok(()),
        }
    }

    /// Ends a session of a user by its id, and tells whether there was one.
    ///
    /// # Errors
    /// The database failed.
    pub fn end_session_of(&self, user: Uuid, id: Uuid) -> Result<bool, Error> {
        let mut sql = Sql::new("DELETE FROM sessions WHERE user_id = ");
        sql.bind(Value::Id(user)).push(" AND id = ").bind(Value::Id(id));
        let has_ended = self.snapshot().execute(&sql)? > 0;
        if has_ended {
            self.record_sign_in("end session", user, &format!("session {id}"))?;
        }
        Ok(has_ended)
    }

    /// Counts an attempt to sign in as failed until it succeeds, so that many at once are many, too. If there were too many failures, it tells in
    /// how many seconds the next attempt may be made, and counts nothing.
    ///
    /// # Errors
    /// The database failed.
    pub fn attempt_sign_in(&self, keys: &[SignInKey], now: Timestamp) -> Result<Result<(), i64>, Error> {
        self.forget_old_failures(now)?;
        if let Some(seconds) = self.snapshot().sign_in_wait(keys, now)? {
            return Ok(Err(seconds));
        }
        for SignInKey { key, .. } in keys {
            let failures = self.snapshot().failures(key)?;
            self.keep_failures(key, Failures { number: failures.at(now.millis()) + 1, last: now.millis() })?;
        }
        Ok(Ok(()))
    }

    /// Takes an attempt that succeeded off the counts; those of the user are forgotten. Others may have failed there meanwhile.
    ///
    /// # Errors
    /// The database failed.
    pub fn succeed_sign_in(&self, keys: &[SignInKey]) -> Result<(), Error> {
        for SignInKey { key, of, .. } in keys {
            let kept = match of {
                Counted::User => Failures::default(),
                Counted::Place => {
                    let failures = self.snapshot().failures(key)?;
                    Failures { number: failures.number.saturating_sub(1), ..failures }
                }
            };
            self.keep_failures(key, kept)?;
        }
        Ok(())
    }

    fn keep_failures(&self, key: &str, failures: Failures) -> Result<(), Error> {
        if failures.number == 0 {
            let mut sql = Sql::new("DELETE FROM sign_in_failures WHERE key = ");
            sql.bind(Value::Text(key.to_owned()));
            return self.snapshot().execute(&sql).map(drop);
        }
        let mut sql = Sql::new("INSERT INTO sign_in_failures (key, failures, last_date) VALUES (");
        sql.bind(Value::Text(key.to_owned())).push(", ").bind(Value::Integer(failures.number.into())).push(", ");
        sql.bind(Value::Integer(failures.last));
        sql.push(") ON CONFLICT (key) DO UPDATE SET failures = excluded.failures, last_date = excluded.last_date");
        self.snapshot().execute(&sql).map(drop)
    }

    fn forget_old_failures(&self, now: Timestamp) -> Result<(), Error> {
        let mut sql = Sql::new("DELETE FROM sign_in_failures WHERE last_date < ");
        sql.bind(Value::Date(Timestamp::from_millis(now.millis() - FORGOTTEN)));
        self.snapshot().execute(&sql)?;
        let mut sql = Sql::new(
            "DELETE FROM sign_in_failures WHERE key IN (SELECT key FROM sign_in_failures ORDER BY last_date LIMIT 3) \
             AND EXISTS (SELECT 1 FROM sign_in_failures LIMIT 1 OFFSET ",
        );
        sql.bind(Value::Integer(MOST)).push(")");
        self.snapshot().execute(&sql).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Origin, new_file, write_at};

    #[test]
    fn a_success_takes_only_itself_off_the_count_of_its_place() {
        let (_folder, file) = new_file();
        let key = |of: Counted, key: &str| SignInKey { key: key.to_owned(), free: 5, longest: 60_000, of };
        let from = |user: &str| [key(Counted::User, user), key(Counted::Place, "place")];
        let now = Timestamp::now();
        let waits = write_at(&file, &Origin::command("test"), |write| {
            assert_eq!(write.attempt_sign_in(&from("anna"), now)?, Ok(()));
            // While hers is looked at, others fail there.
            for user in ["a", "b", "c", "d"] {
                assert_eq!(write.attempt_sign_in(&from(user), now)?, Ok(()));
            }
            assert!(write.attempt_sign_in(&from("e"), now)?.is_err());
            write.succeed_sign_in(&from("anna"))?;
            assert_eq!(write.attempt_sign_in(&from("e"), now)?, Ok(()));
            Ok::<_, Error>(write.attempt_sign_in(&from("f"), now)?.is_err())
        });
        assert!(waits.unwrap());
    }

    #[test]
    fn each_failure_beyond_a_few_doubles_the_wait_up_to_the_longest() {
        let wait = |number: u32| Failures { number, last: 0 }.wait(0, 5, 900_000);
        assert_eq!((0..8).map(wait).collect::<Vec<_>>(), [0, 0, 0, 0, 0, 2_000, 4_000, 8_000]);
        assert!((14..10_000).all(|number| wait(number) == 900_000));
        let put_back = |number: u32| Failures { number, last: 3_600_000 }.wait(0, 5, 30_000);
        assert_eq!((put_back(4), put_back(5), put_back(50)), (0, 30_000, 30_000));
        let later = |number: u32, quarters: i64| Failures { number, last: 0 }.at(quarters * HALVED);
        assert_eq!((later(20, 0), later(20, 1), later(20, 2), later(20, 100)), (20, 10, 5, 0));
    }
}
