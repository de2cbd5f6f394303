//! Rows of entities, and what is said of one that can't be shown.

use super::budget::Steps;
use super::cell::{BadCell, Cell, read, read_id, read_text, shown};
use super::error::Error;
use super::functions::is_about_text;
use super::select::{Form, Selection};
use super::snapshot::Snapshot;
use crate::model::{Entity, Kind};
use crate::query::{Predicate, Sql};
use rusqlite::types::ValueRef;
use rusqlite::{Row, params_from_iter};
use std::fmt;
use uuid::Uuid;

/// A property whose value can't be shown, by its path in the JSON, such as `owner.name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongCell {
    path: String,
    why: BadCell,
}

/// A row that can't be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    entity: &'static Entity,
    /// As it can be shown.
    id: String,
    wrong: WrongCell,
}

impl WrongCell {
    /// The property of that name.
    pub fn new(name: &str, why: BadCell) -> Self {
        Self { path: name.to_owned(), why }
    }

    /// The same one level further down.
    #[must_use]
    pub fn within(self, name: &str) -> Self {
        Self { path: format!("{name}.{}", self.path), ..self }
    }

    /// The same of the row with that id.
    pub fn of(self, entity: &'static Entity, id: ValueRef<'_>) -> Unreadable {
        Unreadable { entity, id: shown(id), wrong: self }
    }
}

impl fmt::Display for WrongCell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.path, self.why)
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} {} can't be read: its {}", self.entity.resource_type, self.id, self.wrong)
    }
}

impl From<Unreadable> for Error {
    fn from(unreadable: Unreadable) -> Self {
        Self::Unreadable(Box::new(unreadable))
    }
}

/// A row of an entity's table, with the id in its first column, whose columns are read as properties of the entity.
pub struct EntityRow<'r> {
    entity: &'static Entity,
    row: &'r Row<'r>,
}

impl EntityRow<'_> {
    /// The id.
    ///
    /// # Errors
    /// It is not one.
    pub fn id(&self) -> Result<Uuid, WrongCell> {
        let id = read_id(self.value(0)).and_then(|id| Uuid::parse_str(id).map_err(|_| BadCell::Guid));
        id.map_err(|why| WrongCell::new("id", why))
    }

    /// The text in a column.
    ///
    /// # Errors
    /// It is not one that `property` can have.
    pub fn text(&self, column: usize, property: &'static str) -> Result<String, WrongCell> {
        read_text(self.value(column)).map(str::to_owned).map_err(|why| WrongCell::new(property, why))
    }

    /// The number in a column.
    ///
    /// # Errors
    /// It is not one that `property` can have.
    pub fn number(&self, column: usize, property: &'static str) -> Result<i64, WrongCell> {
        match self.read(column, property)? {
            Cell::Number(number) => Ok(number),
            _ => Err(WrongCell::new(property, BadCell::Number(i64::MIN, i64::MAX))),
        }
    }

    /// The truth value in a column.
    ///
    /// # Errors
    /// It is not one.
    pub fn boolean(&self, column: usize, property: &'static str) -> Result<bool, WrongCell> {
        match self.read(column, property)? {
            Cell::Boolean(value) => Ok(value),
            _ => Err(WrongCell::new(property, BadCell::Boolean)),
        }
    }

    /// Names the row as one that can't be read.
    pub fn unreadable(&self, wrong: WrongCell) -> Unreadable {
        wrong.of(self.entity, self.value(0))
    }

    /// The row itself, for columns that are not properties.
    pub const fn row(&self) -> &Row<'_> {
        self.row
    }

    fn read(&self, column: usize, property: &'static str) -> Result<Cell<'_>, WrongCell> {
        let kind = self.entity.property(property).map_or(Kind::Strings { max: 0, most: 0 }, |property| property.kind);
        read(kind, self.value(column)).map_err(|why| WrongCell::new(property, why))
    }

    fn value(&self, column: usize) -> ValueRef<'_> {
        self.row.get_ref(column).unwrap_or(ValueRef::Null)
    }
}

/// Steps within which the row must be found that a statement has failed on.
const SEARCH: Steps = 20_000_000;

impl Snapshot<'_> {
    /// Names the row of `entity` that a statement has failed on, if it failed on a text and such a row is soon found.
    pub(super) fn name_unreadable(&self, entity: &'static Entity, error: Error) -> Error {
        if !is_about_text(&error) {
            return error;
        }
        let all = Selection {
            entity,
            form: Form::Full,
            condition: Predicate::True,
            orders: Vec::new(),
            page: None,
            privileges: None,
        };
        match self.within(SEARCH, || self.each_unreadable(&all, &mut |found| Err(found.into()))) {
            Err(found @ Error::Unreadable(_)) => found,
            _ => error,
        }
    }

    /// Calls `each` with each of the rows of `entity` that `sql` yields.
    ///
    /// # Errors
    /// The database failed, or `each` did.
    pub(super) fn each_row(
        &self,
        entity: &'static Entity,
        sql: &Sql,
        mut each: impl FnMut(&EntityRow<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut statement = self.prepare(sql)?;
        let mut rows = statement.query(params_from_iter(&sql.parameters))?;
        while let Some(row) = rows.next()? {
            each(&EntityRow { entity, row })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::TAG;

    #[test]
    fn whatever_an_id_has_become_its_message_is_one_short_line() {
        for bytes in [&b"\xFF\n\x1B[31m"[..], &[b'a'; 5_000], "Ä".repeat(900).as_bytes()] {
            let message =
                WrongCell::new("name", BadCell::Text).within("owner").of(&TAG, ValueRef::Text(bytes)).to_string();
            assert!(message.len() < 300 && !message.contains(char::is_control), "{message}");
            assert!(message.starts_with("the Tag ") && message.ends_with("its owner.name is not valid UTF-8 text"));
        }
    }
}
