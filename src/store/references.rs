//! Finding the entities that a body names.

use super::error::Error;
use super::snapshot::{Snapshot, read_id};
use crate::model::{Entity, Invalid, Key, Value};
use crate::query::{Operator, Predicate, Readable, Sql};
use uuid::Uuid;

impl Snapshot<'_> {
    /// The id of the entity that `key` names, which must be one that the caller may read: what he can't see does not
    /// exist for him.
    ///
    /// # Errors
    /// There is none, which is the fault of the body.
    pub(super) fn resolve(&self, target: &'static Entity, key: &Key, readable: Readable<'_>) -> Result<Uuid, Error> {
        let mut conditions = vec![readable(target)];
        match key {
            Key::Id(id) => {
                conditions.push(Predicate::has_id(target, *id));
            }
            Key::Natural(parts) => conditions.extend(parts.iter().map(|(property, text)| Predicate::Compare {
                property,
                operator: Operator::Eq,
                value: Value::Text(text.clone()),
            })),
        }
        let mut sql = Sql::new("SELECT t0.id FROM ");
        sql.push(target.table).push(" AS t0 WHERE ").predicate("t0", &Predicate::and(conditions));
        match self.first(&sql, |row| read_id(row, 0))? {
            Some(id) => Ok(id),
            None => Err(Error::Invalid(Invalid::one("", format!("there is no {} with {key}", target.noun)))),
        }
    }
}
