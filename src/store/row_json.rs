//! The statement that reads entities, and the JSON of its rows.

use super::access_path::AccessPath;
use super::cell::{Cell, OwnedCell};
use super::columns::Columns;
use super::json::{JsonList, JsonObject};
use super::property_value::PropertyValue;
use super::row_match::read_flags;
use super::select_query::{Form, PrivilegeColumns, SelectQuery};
use super::unreadable::{Unreadable, WrongCell};
use crate::model::{MODIFIED_DATE, Property, Timestamp};
use crate::query::Sql;
use std::collections::HashMap;

/// The items of collections, by the name of the property and the id of the row; or the reason why
/// an item can't be shown.
pub type Items<L> = HashMap<&'static str, HashMap<String, Result<L, WrongCell>>>;

/// A row that was read, and the reason why it can't be shown, if that is known already.
pub struct BatchRow {
    pub cells: Vec<OwnedCell>,
    pub wrong: Option<WrongCell>,
}

/// Converts the rows of one statement to JSON: text or values, as `L` is.
pub struct RowJson<'s, L> {
    pub selection: &'s SelectQuery,
    pub columns: Columns,
    /// The number of columns.
    pub width: usize,
    /// The items of the rows in the current batch.
    pub items: Items<L>,
}

impl<'s, L: JsonList> RowJson<'s, L> {
    /// The statement that reads a selection by this access path, and the converter of its rows.
    pub fn new(selection: &'s SelectQuery, access_path: AccessPath<'_>) -> (Sql, Self) {
        let entity = selection.entity;
        let mut sql = Sql::new("SELECT ");
        let properties: Vec<&'static Property> = match selection.form {
            Form::Condensed => entity.condensed().collect(),
            Form::Full => entity.full().collect(),
        };
        let columns = Columns::push(&mut sql, "t0", 0, properties.into_iter());
        let mut width = columns.end;
        if let Some(privileges) = &selection.privileges {
            privileges.flags.push(&mut sql);
            width += privileges.flags.count();
        }
        sql.push(" FROM ").push(entity.table).push(" AS t0");
        columns.push_joins(&mut sql, "t0");
        sql.push(" WHERE ")
            .predicate_by(entity.table, "t0", &selection.condition, |part| access_path.way(part));
        sql.push(" ORDER BY ");
        // The sign keeps SQLite from using an index for the order.
        let sign = if access_path.sorts() { "+" } else { "" };
        for order in &selection.orders {
            sql.push(sign).order("t0", order).push(", ");
        }
        sql.push(sign).push("t0.created_date, t0.id");
        if let Some(page) = selection.page {
            page.push(&mut sql);
        }
        (sql, Self { selection, columns, width, items: Items::new() })
    }

    /// Adds the properties of a row of the current batch to `object`. It removes the items of the
    /// row, so it must be called once for each row.
    ///
    /// # Errors
    /// An [`Unreadable`] if the row has a value that can't be shown.
    pub fn write(&mut self, object: &mut L::Object, row: &BatchRow) -> Result<(), Unreadable> {
        let Self { selection, columns, items, .. } = self;
        let BatchRow { cells: row, wrong } = row;
        let unreadable = |wrong: WrongCell| {
            wrong.of(selection.entity, row.first().map_or(Cell::Null, Cell::from))
        };
        if let Some(wrong) = wrong {
            return Err(unreadable(wrong.clone()));
        }
        let id = text(row.first()).unwrap_or_default();
        let written = columns.write(object, row.as_slice(), |collection| {
            let own = items.get_mut(collection.name).and_then(|by_row| by_row.remove(id));
            own.unwrap_or_else(|| Ok(L::default()))
        });
        written.map_err(unreadable)?;
        if let Some(privileges) = &selection.privileges {
            object.add_texts("privileges", &granted(privileges, row, columns.end));
        }
        if selection.form == Form::Full {
            object.add("schemaPath", PropertyValue::Text(selection.entity.resource_type));
        }
        Ok(())
    }

    /// The date of the last change. Every full form has it as a column; the condensed form does not
    /// need it.
    pub fn modified_date(&self, row: &BatchRow) -> Timestamp {
        match self.columns.position(MODIFIED_DATE.name).and_then(|column| row.cells.get(column)) {
            Some(OwnedCell::Integer(millis)) => Timestamp::from_millis(*millis),
            _ => Timestamp::from_millis(0),
        }
    }
}

/// The text in a cell, if it contains one.
pub fn text(cell: Option<&OwnedCell>) -> Option<&str> {
    match cell {
        Some(OwnedCell::Text(text)) => Some(text),
        _ => None,
    }
}

/// The actions that are allowed on a row; `start` is the first of the columns with their flags.
fn granted(privileges: &PrivilegeColumns, row: &[OwnedCell], start: usize) -> Vec<&'static str> {
    let held = privileges.names.iter().zip(read_flags(&privileges.flags, row, start));
    held.filter(|(_, is_granted)| *is_granted).map(|(name, _)| *name).collect()
}
