//! Rows of entities, whose columns are read as properties.

use super::cell::Cell;
use super::error::Error;
use super::property_value::{BadCell, PropertyValue, read, read_id, read_text};
use super::snapshot::Snapshot;
use super::sqlite::statement::Row;
use super::unreadable::{Unreadable, WrongCell};
use crate::model::{Entity, Kind};
use crate::query::Sql;
use uuid::Uuid;

/// A row of an entity's table, with the id in its first column, whose columns are read as
/// properties of the entity.
pub struct EntityRow<'r> {
    entity: &'static Entity,
    row: Row<'r>,
}

impl EntityRow<'_> {
    /// The id.
    ///
    /// # Errors
    /// A [`WrongCell`] if the value is not an id.
    pub fn id(&self) -> Result<Uuid, WrongCell> {
        let id =
            read_id(self.value(0)).and_then(|id| Uuid::parse_str(id).map_err(|_| BadCell::Guid));
        id.map_err(|why| WrongCell::new("id", why))
    }

    /// The text in a column.
    ///
    /// # Errors
    /// A [`WrongCell`] if `property` can't have the value.
    pub fn text(&self, column: usize, property: &'static str) -> Result<String, WrongCell> {
        read_text(self.value(column))
            .map(str::to_owned)
            .map_err(|why| WrongCell::new(property, why))
    }

    /// The number in a column.
    ///
    /// # Errors
    /// A [`WrongCell`] if `property` can't have the value.
    pub fn number(&self, column: usize, property: &'static str) -> Result<i64, WrongCell> {
        match self.read(column, property)? {
            PropertyValue::Number(number) => Ok(number),
            _ => Err(WrongCell::new(property, BadCell::Number(i64::MIN, i64::MAX))),
        }
    }

    /// The boolean in a column.
    ///
    /// # Errors
    /// A [`WrongCell`] if the value is not a boolean.
    pub fn boolean(&self, column: usize, property: &'static str) -> Result<bool, WrongCell> {
        match self.read(column, property)? {
            PropertyValue::Boolean(value) => Ok(value),
            _ => Err(WrongCell::new(property, BadCell::Boolean)),
        }
    }

    /// The error for a row with a value that can't be read.
    pub fn unreadable(&self, wrong: WrongCell) -> Unreadable {
        wrong.of(self.entity, self.value(0))
    }

    /// The row itself, for columns that are not properties.
    pub const fn row(&self) -> &Row<'_> {
        &self.row
    }

    fn read(&self, column: usize, property: &'static str) -> Result<PropertyValue<'_>, WrongCell> {
        let kind = self
            .entity
            .property(property)
            .map_or(Kind::Strings { max: 0, most: 0 }, |property| property.kind);
        read(kind, self.value(column)).map_err(|why| WrongCell::new(property, why))
    }

    fn value(&self, column: usize) -> Cell<'_> {
        self.row.cell(column)
    }
}

impl Snapshot<'_> {
    /// Calls `each` for each row of `entity` that `sql` returns.
    ///
    /// # Errors
    /// The error of `each`; [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub(super) fn each_row(
        &self,
        entity: &'static Entity,
        sql: &Sql,
        mut each: impl FnMut(&EntityRow<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut statement = self.prepare(sql)?;
        let mut rows = statement.query(&sql.parameters)?;
        while let Some(row) = rows.next_row()? {
            each(&EntityRow { entity, row })?;
        }
        Ok(())
    }
}
