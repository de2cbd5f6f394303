//! Failed attempts to sign in: how many there were, and how long the next attempt must wait.

use super::audit_texts::digest;
use super::error::Error;
use super::snapshot::Snapshot;
use super::sqlite::statement::Row;
use super::users::UserName;
use super::write::Write;
use crate::model::{Timestamp, Value, fold};
use crate::query::Sql;
use uuid::Uuid;

/// A counter of failed attempts, and how long its failures can delay the next attempt.
#[derive(Clone, Debug)]
pub struct SignInKey {
    /// The name of the counter.
    pub key: String,
    /// The number of failures without a delay, for people who mistype; from then on each failure
    /// doubles the delay.
    pub free: u32,
    /// The longest delay, in milliseconds.
    pub longest: i64,
    /// How a success affects the counter.
    pub of: Counted,
}

impl SignInKey {
    /// The name of the counter of a user, `DIRECTORY\userid` in any case, from any address. The
    /// quotes end the name, whatever it contains; a long name is replaced by its SHA-256.
    #[must_use]
    pub fn of_user(user: &str) -> String {
        let key = format!("user {:?}", fold(user));
        // Anyone can send long names, and 100,000 counters are stored.
        if key.len() <= LONGEST { key } else { format!("user #{}", digest(&key)) }
    }

    /// The name of the counter of a user from one address.
    #[must_use]
    pub fn of_user_from(user: &str, place: &str) -> String {
        format!("{}{FROM}{place}", Self::of_user(user))
    }
}

/// Bytes of the name of a user's counter; with the address it takes some 30 more.
const LONGEST: usize = 80;

/// The separator between the user and the address in the name of a counter, and the first text
/// after all that begin with it.
const FROM: &str = " from ";
const AFTER_FROM: &str = " from!";

/// What a counter counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Attempts in one known browser: a success clears its failures.
    Browser,
    /// Attempts that may come from several people: a success removes only itself.
    Shared,
}

/// An attempt that counts as failed until it succeeds.
#[derive(Clone, Debug)]
pub struct PendingSignIn(Vec<PendingCount>);

/// One counter of such an attempt.
#[derive(Clone, Debug)]
struct PendingCount {
    key: String,
    of: Counted,
    before: Failures,
    after: Failures,
}

impl PendingSignIn {
    /// The names of its counters.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|count| count.key.as_str())
    }
}

/// The value of a counter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Failures {
    number: u32,
    last: i64,
}

/// A counter without new failures halves after this time, in milliseconds.
const HALVED: i64 = 15 * 60 * 1_000;

/// The maximum number of counters; beyond it, the oldest are removed.
const MOST: i64 = 100_000;

/// Failures are removed after a day, in milliseconds.
const FORGOTTEN: i64 = 24 * 60 * 60 * 1_000;

impl Failures {
    /// The count at `now`: old failures count less, and failures dated in the future don't count.
    fn at(self, now: Timestamp) -> u32 {
        if self.last > now.latest_plausible().millis() {
            return 0;
        }
        let halvings =
            u32::try_from((now.millis() - self.last).max(0) / HALVED).unwrap_or(u32::MAX);
        self.number.checked_shr(halvings).unwrap_or(0)
    }

    /// How long the next attempt must wait, in milliseconds from `now`.
    fn wait(self, now: Timestamp, free: u32, longest: i64) -> i64 {
        let over = (self.at(now) + 1).saturating_sub(free);
        if over == 0 {
            return 0;
        }
        let wait = (1_000_i64 << over.min(20)).min(longest);
        // The clock may have been put back a little.
        (self.last + wait - now.millis()).min(longest)
    }

    /// Adds a failure at `now`.
    fn and_one(self, now: Timestamp) -> Self {
        Self { number: self.at(now) + 1, last: now.millis() }
    }
}

impl PendingCount {
    /// The value once this attempt has succeeded; `current` is the value by now.
    fn succeeded(&self, current: Failures) -> Failures {
        match self.of {
            Counted::Browser => Failures::default(),
            // The previous value, or each success would postpone the halving of others' failures.
            Counted::Shared if current == self.after => self.before,
            Counted::Shared => Failures { number: current.number.saturating_sub(1), ..current },
        }
    }
}

impl Snapshot<'_> {
    /// The seconds until another attempt is allowed; `None` if it is allowed now.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn sign_in_wait(&self, keys: &[SignInKey], now: Timestamp) -> Result<Option<i64>, Error> {
        let mut longest = 0;
        for SignInKey { key, free, longest: most, .. } in keys {
            longest = longest.max(self.failures(key)?.wait(now, *free, *most));
        }
        Ok((longest > 0).then(|| (longest + 999) / 1_000))
    }

    fn failures(&self, key: &str) -> Result<Failures, Error> {
        let mut sql = Sql::new("SELECT failures, last_date FROM sign_in_failures WHERE key = ");
        sql.bind(Value::Text(key.to_owned()));
        Ok(self
            .first(&sql, |row| Ok(Failures { number: row.get(0)?, last: row.get(1)? }))?
            .unwrap_or_default())
    }
}

impl Write<'_> {
    /// Counts an attempt to sign in as failed until it succeeds, so that parallel attempts count as
    /// well. If there were too many failures, counts nothing and returns the seconds until the next
    /// attempt is allowed.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn attempt_sign_in(
        &self,
        keys: &[SignInKey],
        now: Timestamp,
    ) -> Result<Result<PendingSignIn, i64>, Error> {
        self.forget_old_failures(now)?;
        if let Some(seconds) = self.snapshot().sign_in_wait(keys, now)? {
            return Ok(Err(seconds));
        }
        let mut counts = Vec::with_capacity(keys.len());
        for SignInKey { key, of, .. } in keys {
            let before = self.snapshot().failures(key)?;
            let after = before.and_one(now);
            self.keep_failures(key, after)?;
            counts.push(PendingCount { key: key.clone(), of: *of, before, after });
        }
        Ok(Ok(PendingSignIn(counts)))
    }

    /// Removes an attempt that succeeded from the counters, which others may have increased in the
    /// meantime.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn succeed_sign_in(&self, attempt: &PendingSignIn) -> Result<(), Error> {
        for count in &attempt.0 {
            let current = self.snapshot().failures(&count.key)?;
            self.keep_failures(&count.key, count.succeeded(current))?;
        }
        Ok(())
    }

    /// Removes the failures of a user, from all addresses.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub(super) fn forget_failures_of(&self, user: Uuid) -> Result<(), Error> {
        let mut sql = Sql::new("SELECT user_directory, user_id FROM users WHERE id = ");
        sql.bind(Value::Id(user));
        let read =
            |row: &Row<'_>| Ok(UserName { user_directory: row.get(0)?, user_id: row.get(1)? });
        let Some(name) = self.snapshot().first(&sql, read)? else { return Ok(()) };
        let key = SignInKey::of_user(&name.to_string());
        let mut sql = Sql::new("DELETE FROM sign_in_failures WHERE key = ");
        sql.bind(Value::Text(key.clone()))
            .push(" OR key >= ")
            .bind(Value::Text(format!("{key}{FROM}")));
        sql.push(" AND key < ").bind(Value::Text(format!("{key}{AFTER_FROM}")));
        self.snapshot().execute(&sql).map(drop)
    }

    fn keep_failures(&self, key: &str, failures: Failures) -> Result<(), Error> {
        if failures.number == 0 {
            let mut sql = Sql::new("DELETE FROM sign_in_failures WHERE key = ");
            sql.bind(Value::Text(key.to_owned()));
            return self.snapshot().execute(&sql).map(drop);
        }
        let mut sql = Sql::new("INSERT INTO sign_in_failures (key, failures, last_date) VALUES (");
        sql.bind(Value::Text(key.to_owned()))
            .push(", ")
            .bind(Value::Integer(failures.number.into()))
            .push(", ");
        sql.bind(Value::Integer(failures.last));
        sql.push(
            ") ON CONFLICT (key) DO UPDATE SET failures = excluded.failures, last_date = \
             excluded.last_date",
        );
        self.snapshot().execute(&sql).map(drop)
    }

    fn forget_old_failures(&self, now: Timestamp) -> Result<(), Error> {
        let mut sql = Sql::new("DELETE FROM sign_in_failures WHERE last_date < ");
        sql.bind(Value::Date(Timestamp::from_millis(now.millis() - FORGOTTEN)));
        sql.push(" OR last_date > ").bind(Value::Date(now.latest_plausible()));
        self.snapshot().execute(&sql)?;
        let mut sql = Sql::new(
            "DELETE FROM sign_in_failures WHERE key IN (SELECT key FROM sign_in_failures ORDER BY \
             last_date LIMIT 3) AND EXISTS (SELECT 1 FROM sign_in_failures LIMIT 1 OFFSET ",
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
    fn a_success_removes_only_itself_from_shared_counters() {
        let (_folder, file) = new_file();
        let key = |of: Counted, key: &str| SignInKey {
            key: key.to_owned(),
            free: 5,
            longest: 60_000,
            of,
        };
        let from = |user: &str| [key(Counted::Browser, user), key(Counted::Shared, "place")];
        let now = Timestamp::now();
        let waits = write_at(&file, &Origin::command("test"), |write| {
            let of_anna = write.attempt_sign_in(&from("anna"), now)?.unwrap();
            // While this attempt is being verified, other attempts fail.
            for user in ["a", "b", "c", "d"] {
                assert!(write.attempt_sign_in(&from(user), now)?.is_ok());
            }
            assert!(write.attempt_sign_in(&from("e"), now)?.is_err());
            write.succeed_sign_in(&of_anna)?;
            assert!(write.attempt_sign_in(&from("e"), now)?.is_ok());
            Ok::<_, Error>(write.attempt_sign_in(&from("f"), now)?.is_err())
        });
        assert!(waits.unwrap());
    }

    #[test]
    fn each_failure_beyond_the_free_ones_doubles_the_delay_up_to_the_longest() {
        let start = Timestamp::from_millis(0);
        let wait = |number: u32| Failures { number, last: 0 }.wait(start, 5, 900_000);
        assert_eq!((0..8).map(wait).collect::<Vec<_>>(), [0, 0, 0, 0, 0, 2_000, 4_000, 8_000]);
        assert!((14..10_000).all(|number| wait(number) == 900_000));
        let put_back = |number: u32, last: i64| Failures { number, last }.wait(start, 5, 30_000);
        assert_eq!(
            (put_back(4, 60_000), put_back(5, 60_000), put_back(50, 60_000)),
            (0, 30_000, 30_000)
        );
        // A date further in the future comes from a wrong clock.
        assert_eq!((put_back(5, 60_001), put_back(50, i64::MAX)), (0, 0));
        let later = |number: u32, quarters: i64| {
            Failures { number, last: 0 }.at(Timestamp::from_millis(quarters * HALVED))
        };
        assert_eq!((later(20, 0), later(20, 1), later(20, 2), later(20, 100)), (20, 10, 5, 0));
    }

    #[test]
    fn counter_names_of_users_and_of_addresses_never_collide() {
        let long = "x".repeat(LONGEST);
        let names = [
            "lab\\anna",
            &long,
            &long[1..],
            "lab\\anna from 10.0.0.5",
            "lab\\anna\" from 10.0.0.5",
            "lab\\anna\"",
        ];
        let places = ["10.0.0.5", "2001:db8:1:2"];
        let all = names.iter().flat_map(|name| {
            let from = places.map(|place| SignInKey::of_user_from(name, place));
            from.into_iter().chain([SignInKey::of_user(name)])
        });
        let all: Vec<_> = all.collect();
        let distinct: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
        for (one, key) in names.iter().map(|name| SignInKey::of_user(name)).enumerate() {
            let (first, last) = (format!("{key}{FROM}"), format!("{key}{AFTER_FROM}"));
            let within = all.iter().filter(|other| **other >= first && **other < last).count();
            assert_eq!(within, places.len(), "{}", names[one]);
        }
    }
}
