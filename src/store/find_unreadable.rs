//! Finds the row that made a statement fail.

use super::budget::Steps;
use super::error::Error;
use super::select_query::SelectQuery;
use super::snapshot::Snapshot;
use super::sqlite::sql_functions::is_about_text;
use crate::model::Entity;
use crate::query::Predicate;

/// The steps within which the row must be found.
const SEARCH: Steps = 20_000_000;

impl Snapshot<'_> {
    /// Names the row of `entity` that made a statement fail, if the statement failed on a text and
    /// the row is found within a limited number of steps.
    pub(super) fn name_unreadable(&self, entity: &'static Entity, error: Error) -> Error {
        if !is_about_text(&error) {
            return error;
        }
        let all = SelectQuery::full(entity, Predicate::True);
        let Ok(_limit) = self.limit_steps(SEARCH) else { return error };
        match self.each_unreadable(&all, &mut |found| Err(found.into())) {
            Err(found @ Error::Unreadable(_)) => found,
            _ => error,
        }
    }
}
