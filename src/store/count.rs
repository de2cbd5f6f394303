//! Counting entities.

use super::approach::Approach;
use super::budget::Steps;
use super::error::Error;
use super::select::BEFORE_SETS;
use super::snapshot::Snapshot;
use crate::model::Entity;
use crate::query::{Predicate, Sql};

/// Steps in which a number must have been counted to be told by the way.
const TOTAL: Steps = 200_000;

impl Snapshot<'_> {
    /// How many rows of `entity` fulfil `condition`.
    ///
    /// # Errors
    /// The database failed.
    pub fn count(&self, entity: &'static Entity, condition: &Predicate) -> Result<i64, Error> {
        self.count_rows(entity, condition).map_err(|error| self.name_unreadable(entity, error))
    }

    fn count_rows(&self, entity: &'static Entity, condition: &Predicate) -> Result<i64, Error> {
        match *condition {
            Predicate::False => return Ok(0),
            Predicate::True => return self.count_by(entity, condition, Approach::BySets),
            _ => {}
        }
        if let Some(few) = self.few(entity, condition)? {
            return self.count_by(entity, condition, Approach::ByFew(few));
        }
        let thorough = Approach::thorough(condition);
        if thorough == Approach::ByScan {
            return self.count_by(entity, condition, thorough);
        }
        match self.within(BEFORE_SETS, || self.count_by(entity, condition, Approach::ByFilter))? {
            Some(count) => Ok(count),
            None => self.count_by(entity, condition, thorough),
        }
    }

    /// The same, if it is soon told.
    ///
    /// # Errors
    /// The database failed.
    pub fn count_soon(&self, entity: &'static Entity, condition: &Predicate) -> Result<Option<i64>, Error> {
        self.within(TOTAL, || self.count(entity, condition))
    }

    fn count_by(&self, entity: &'static Entity, condition: &Predicate, approach: Approach<'_>) -> Result<i64, Error> {
        let mut sql = Sql::new("SELECT count(*) FROM ");
        sql.push(entity.table).push(" AS t0");
        // Without a condition SQLite counts in one step, however many there are: good, unless steps are limited.
        if *condition != Predicate::True || self.is_limited() {
            sql.push(" WHERE ").predicate_by(entity.table, "t0", condition, |part| approach.way(part));
        }
        Ok(self.first(&sql, |row| row.get(0))?.unwrap_or(0))
    }
}
