//! The special rules of selections: which ids they contain, and that they are removed after some
//! time.

use super::error::Error;
use super::snapshot::Snapshot;
use super::write::Write;
use crate::model::{Entity, Timestamp, Value, fold};
use crate::query::Sql;
use uuid::Uuid;

/// The number of old selections that each new one removes; each may have thousands of items.
const FORGOTTEN: i64 = 3;

impl Snapshot<'_> {
    /// The ids of the entities of type `entity` in a selection.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn selected(&self, selection: Uuid, entity: &'static Entity) -> Result<Vec<Uuid>, Error> {
        let mut sql = Sql::new("SELECT DISTINCT object_id FROM selection_items WHERE entity_id = ");
        sql.bind(Value::Id(selection))
            .push(" AND type_folded = ")
            .bind(Value::Text(fold(entity.resource_type)));
        self.all(&sql, |row| row.get(0))
    }
}

impl Write<'_> {
    /// Removes a few selections that were created before `oldest` or are dated after `now`, and the
    /// oldest ones of the user, so that the user has at most `each` with a new one.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn forget_selections(
        &self,
        user: Uuid,
        oldest: Timestamp,
        now: Timestamp,
        each: u32,
    ) -> Result<(), Error> {
        let mut sql = Sql::new(
            "DELETE FROM selections WHERE id IN (SELECT id FROM selections WHERE created_date < ",
        );
        sql.bind(Value::Date(oldest))
            .push(" OR created_date > ")
            .bind(Value::Date(now.latest_plausible()));
        sql.push(" ORDER BY created_date LIMIT ").bind(Value::Integer(FORGOTTEN)).push(")");
        self.snapshot().execute(&sql)?;
        let mut sql = Sql::new(
            "DELETE FROM selections WHERE id IN (SELECT id FROM selections WHERE owner_id = ",
        );
        sql.bind(Value::Id(user))
            .push(" ORDER BY created_date DESC LIMIT 9223372036854775807 OFFSET ");
        sql.bind(Value::Integer(i64::from(each) - 1)).push(")");
        self.snapshot().execute(&sql).map(drop)
    }
}
