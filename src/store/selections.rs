//! What is special about selections: which ids they hold, and that they are not kept for long.

use super::error::Error;
use super::snapshot::Snapshot;
use super::write::Write;
use crate::model::{Entity, Timestamp, Value, fold};
use crate::query::Sql;
use uuid::Uuid;

/// Old selections that are removed with each new one; each may have thousands of items.
const FORGOTTEN: i64 = 3;

impl Snapshot<'_> {
    /// The ids of the entities of type `entity` that a selection holds.
    ///
    /// # Errors
    /// The database failed.
    pub fn selected(&self, selection: Uuid, entity: &'static Entity) -> Result<Vec<Uuid>, Error> {
        let mut sql = Sql::new("SELECT DISTINCT object_id FROM selection_items WHERE entity_id = ");
        sql.bind(Value::Id(selection))
            .push(" AND type_folded = ")
            .bind(Value::Text(fold(entity.resource_type)));
        self.all(&sql, |row| row.get(0))
    }
}

impl Write<'_> {
    /// Removes a few selections that were made before `oldest` or are dated ahead of `now`, and the
    /// user's own oldest ones, so that there is room for one more of `each`.
    ///
    /// # Errors
    /// The database failed.
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
