//! What is special about selections: which ids they hold, and that they are not kept for long.

use super::error::Error;
use super::snapshot::{Snapshot, read_id};
use super::writer::Write;
use crate::model::{Entity, Timestamp, Value, fold};
use crate::query::Sql;
use uuid::Uuid;

impl Snapshot<'_> {
    /// The ids of the entities of type `entity` that a selection holds.
    ///
    /// # Errors
    /// The database failed.
    pub fn selected(&self, selection: Uuid, entity: &'static Entity) -> Result<Vec<Uuid>, Error> {
        let mut sql = Sql::new("SELECT DISTINCT object_id FROM selection_items WHERE entity_id = ");
        sql.bind(Value::Id(selection)).push(" AND type_folded = ").bind(Value::Text(fold(entity.resource_type)));
        self.all(&sql, |row| read_id(row, 0))
    }
}

impl Write<'_> {
    /// Removes selections that were made before `moment`.
    ///
    /// # Errors
    /// The database failed.
    pub fn forget_selections(&self, moment: Timestamp) -> Result<(), Error> {
        let mut sql = Sql::new("DELETE FROM selections WHERE created_date < ");
        sql.bind(Value::Date(moment));
        self.snapshot().execute(&sql).map(drop)
    }
}
