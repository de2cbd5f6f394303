//! Measures how much is stored of some entities, without reading their texts.

use super::error::Error;
use super::snapshot::Snapshot;
use super::sqlite::statement::Row;
use super::weight::Stored;
use crate::model::{Entity, Kind};
use crate::query::{Predicate, Sql};

impl Snapshot<'_> {
    /// The extent of the rows of `entity` that fulfil `condition`.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn stored_of(
        &self,
        entity: &'static Entity,
        condition: &Predicate,
    ) -> Result<Stored, Error> {
        if *condition == Predicate::False {
            return Ok(Stored::default());
        }
        let mut sql = Sql::new("SELECT count(*), sum(0");
        for property in entity.properties {
            if matches!(property.kind, Kind::Strings { .. } | Kind::Links(_) | Kind::Elements(_)) {
                sql.push(" + (SELECT count(*) FROM ")
                    .push(property.column)
                    .push(" WHERE entity_id = t0.id)");
            }
        }
        sql.push("), sum(0");
        for property in entity.properties {
            if matches!(property.kind, Kind::Text { .. } | Kind::Secret { .. }) {
                // The length of a text is at the start of its row, so the text itself is not read.
                sql.push(" + octet_length(t0.").push(property.column).push(")");
            }
        }
        sql.push(") FROM ").push(entity.table).push(" AS t0 WHERE ").predicate("t0", condition);
        let number = |row: &Row<'_>, column: usize| -> Result<u64, Error> {
            let number: Option<i64> = row.get(column)?;
            Ok(number.and_then(|number| u64::try_from(number).ok()).unwrap_or_default())
        };
        let read = |row: &Row<'_>| {
            Ok(Stored { entities: number(row, 0)?, items: number(row, 1)?, bytes: number(row, 2)? })
        };
        Ok(self.first(&sql, read)?.unwrap_or_default())
    }
}
