//! Counts entities.

use super::access_path::AccessPath;
use super::budget::Steps;
use super::error::Error;
use super::select::BEFORE_SETS;
use super::snapshot::Snapshot;
use crate::model::Entity;
use crate::query::{Predicate, Sql};

/// The steps within which a count must finish to be returned beside a page.
const TOTAL: Steps = 200_000;

impl Snapshot<'_> {
    /// How many rows of `entity` fulfil `condition`.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn count(&self, entity: &'static Entity, condition: &Predicate) -> Result<i64, Error> {
        self.count_rows(entity, condition).map_err(|error| self.name_unreadable(entity, error))
    }

    fn count_rows(&self, entity: &'static Entity, condition: &Predicate) -> Result<i64, Error> {
        match *condition {
            Predicate::False => return Ok(0),
            Predicate::True => return self.count_by(entity, condition, AccessPath::BySets),
            _ => {}
        }
        if let Some(few) = self.few(entity, condition)? {
            return self.count_by(entity, condition, AccessPath::ByFew(few));
        }
        let thorough = AccessPath::thorough(condition);
        if thorough == AccessPath::ByScan {
            return self.count_by(entity, condition, thorough);
        }
        let limit = self.limit_steps(BEFORE_SETS)?;
        let count = self.count_by(entity, condition, AccessPath::ByFilter);
        match limit.outcome(count)? {
            Some(count) => Ok(count),
            None => self.count_by(entity, condition, thorough),
        }
    }

    /// How many of the rows of `guard`, which are all that may be read, fulfil `filter`, if
    /// counting takes few steps. Whether it does must reveal nothing about the other rows, so the
    /// filter is evaluated on none of them, even if that would be faster.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn count_soon(
        &self,
        entity: &'static Entity,
        guard: &Predicate,
        filter: &Predicate,
    ) -> Result<Option<i64>, Error> {
        let limit = self.limit_steps(TOTAL)?;
        if *guard == Predicate::True || *filter == Predicate::True {
            let count = self.count(entity, &Predicate::and([guard.clone(), filter.clone()]));
            return limit.outcome(count);
        }
        let mut sql = Sql::new("SELECT count(*) FROM ");
        sql.push(entity.table).push(" AS t0 WHERE ").predicate("t0", guard);
        // SQLite evaluates the parts of a condition in any order, except those of CASE.
        sql.push(" AND CASE WHEN ")
            .predicate("t0", guard)
            .push(" THEN ")
            .predicate("t0", filter)
            .push(" END");
        let count = limit.outcome(self.first(&sql, |row| row.get(0)));
        let count = count.map_err(|error| self.name_unreadable(entity, error))?;
        Ok(count.map(Option::unwrap_or_default))
    }

    fn count_by(
        &self,
        entity: &'static Entity,
        condition: &Predicate,
        access_path: AccessPath<'_>,
    ) -> Result<i64, Error> {
        let mut sql = Sql::new("SELECT count(*) FROM ");
        sql.push(entity.table).push(" AS t0");
        // Without a condition SQLite counts in one step, however many rows there are. That is good
        // unless steps are limited.
        if *condition != Predicate::True || self.is_limited() {
            sql.push(" WHERE ")
                .predicate_by(entity.table, "t0", condition, |part| access_path.way(part));
        }
        Ok(self.first(&sql, |row| row.get(0))?.unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DATA_CONNECTION, USER};
    use crate::query::Pattern;
    use crate::store::tests::{create, open};
    use crate::store::{Origin, UserName, Write};
    use serde_json::json;

    /// The name of the hidden row is not text, so the statement would fail if the filter were
    /// evaluated on it.
    #[test]
    fn a_filter_is_evaluated_on_readable_rows_only() {
        let (_folder, store) = open();
        let made = store.write_blocking(Origin::command("test"), |write: &Write<'_>| {
            let actor = write.actor(&UserName::repository())?;
            let other =
                create(write, &actor, &USER, json!({"userDirectory": "LAB", "userId": "bert"}))?;
            let connection = |name: &str, owner| {
                json!({
                    "name": name, "type": "x", "connectionstring": "x", "owner": {"id": owner}
                })
            };
            for name in ["own", "other"] {
                create(write, &actor, &DATA_CONNECTION, connection(name, actor.id))?;
            }
            let hidden = create(write, &actor, &DATA_CONNECTION, connection("hidden", other))?;
            let mut sql = Sql::new(
                "UPDATE data_connections SET name_folded = CAST(x'ff' AS TEXT) WHERE id = ",
            );
            sql.bind(crate::model::Value::Id(hidden));
            write.snapshot().execute(&sql)?;
            Ok::<_, Error>(actor.id)
        });
        let owner = DATA_CONNECTION.property("owner").unwrap();
        let guard = Predicate::equals(owner, crate::model::Value::Id(made.unwrap()));
        let name = DATA_CONNECTION.property("name").unwrap();
        let pattern = |text: &str| Predicate::Match {
            property: name,
            pattern: Pattern::Wildcard(text.to_owned()),
        };
        for (filter, expected) in [
            (pattern("o*"), 2),
            (pattern("own"), 1),
            (Predicate::or([pattern("own"), pattern("x")]), 1),
            (Predicate::negate(pattern("own")), 1),
        ] {
            let count = store
                .scan(|snapshot| snapshot.count_soon(&DATA_CONNECTION, &guard, &filter))
                .unwrap();
            assert_eq!(count, Some(expected), "{filter:?}");
            let all = store
                .scan(|snapshot| snapshot.count_soon(&DATA_CONNECTION, &Predicate::True, &filter));
            assert!(all.is_err(), "{filter:?}");
        }
    }
}
