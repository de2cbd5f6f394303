//! The columns that a SELECT returns for the properties of an entity type, and the JSON property of
//! each.

use super::cell::{Cell, OwnedCell};
use super::json::JsonObject;
use super::property_value::read;
use super::sqlite::statement::Row;
use super::unreadable::WrongCell;
use crate::model::{Entity, Kind, Property};
use crate::query::Sql;

/// The columns of one SELECT.
pub struct Columns {
    fields: Vec<Field>,
    joins: Vec<Join>,
    /// The number of the column after the last one.
    pub end: usize,
}

struct Field {
    property: &'static Property,
    source: Source,
}

enum Source {
    /// One column.
    Column(usize),
    /// The columns of the referenced entity's condensed form.
    Reference(Vec<(&'static Property, usize)>),
    /// Other statements read it.
    Collection,
}

struct Join {
    alias: String,
    target: &'static Entity,
    column: &'static str,
}

/// The cells of a row, borrowed from the database or copied.
pub trait Cells {
    /// The value in a column.
    fn cell(&self, column: usize) -> Cell<'_>;
}

impl Cells for Row<'_> {
    fn cell(&self, column: usize) -> Cell<'_> {
        Row::cell(self, column)
    }
}

impl Cells for [OwnedCell] {
    fn cell(&self, column: usize) -> Cell<'_> {
        self.get(column).map_or(Cell::Null, Cell::from)
    }
}

impl Columns {
    /// Adds the columns for `properties` of the row named `alias` to `sql`. The first of them is
    /// column `start`.
    pub fn push(
        sql: &mut Sql,
        alias: &str,
        start: usize,
        properties: impl Iterator<Item = &'static Property>,
    ) -> Self {
        let mut columns = Self { fields: Vec::new(), joins: Vec::new(), end: start };
        for property in properties {
            let source = match property.kind {
                Kind::Reference(target) => columns.push_reference(sql, property, target),
                _ if property.is_collection() => Source::Collection,
                _ => Source::Column(columns.push_column(sql, alias, property)),
            };
            columns.fields.push(Field { property, source });
        }
        columns
    }

    /// Adds the joins that the columns need; they follow the table in the FROM clause.
    pub fn push_joins(&self, sql: &mut Sql, alias: &str) {
        // Properties that are only shown must not decide which rows are read: a plain JOIN let
        // SQLite start from all owners and read every row, where a range of the name would have
        // been a few. Nor may a lost reference omit a row: such a row can't be shown, and the list
        // reports it.
        for join in &self.joins {
            sql.push(" LEFT JOIN ").push(join.target.table).push(" AS ").push(&join.alias);
            sql.push(" ON ")
                .push(&join.alias)
                .push(".id = ")
                .push(alias)
                .push(".")
                .push(join.column);
        }
    }

    /// The collections among the properties.
    pub fn collections(&self) -> impl Iterator<Item = &'static Property> {
        let fields = self.fields.iter().filter(|field| matches!(field.source, Source::Collection));
        fields.map(|field| field.property)
    }

    /// The column of the property with this name.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.fields.iter().find(|field| field.property.name == name).and_then(|field| {
            match field.source {
                Source::Column(column) => Some(column),
                Source::Reference(_) | Source::Collection => None,
            }
        })
    }

    /// Adds the properties of a row to `object`; `collection` returns the items of a collection.
    ///
    /// # Errors
    /// A [`WrongCell`] for the first property whose value is not of its kind, or the error of
    /// `collection`.
    pub fn write<O: JsonObject>(
        &self,
        object: &mut O,
        cells: &(impl Cells + ?Sized),
        mut collection: impl FnMut(&'static Property) -> Result<O::List, WrongCell>,
    ) -> Result<(), WrongCell> {
        let add = |object: &mut O, property: &Property, column: usize| -> Result<(), WrongCell> {
            let value = read(property.kind, cells.cell(column))
                .map_err(|why| WrongCell::new(property.name, why))?;
            object.add(property.name, value);
            Ok(())
        };
        for Field { property, source } in &self.fields {
            match source {
                Source::Column(column) => add(object, property, *column)?,
                Source::Reference(columns) => object
                    .add_object(property.name, |reference| {
                        columns
                            .iter()
                            .try_for_each(|(shown, column)| add(reference, shown, *column))
                    })
                    .map_err(|wrong| wrong.within(property.name))?,
                Source::Collection => object.add_list(property.name, collection(property)?),
            }
        }
        Ok(())
    }

    fn push_column(&mut self, sql: &mut Sql, alias: &str, property: &Property) -> usize {
        sql.push(if self.end == 0 { "" } else { ", " }).push(alias).push(".").push(property.column);
        self.end += 1;
        self.end - 1
    }

    fn push_reference(
        &mut self,
        sql: &mut Sql,
        property: &'static Property,
        target: &'static Entity,
    ) -> Source {
        let alias = format!("j{}", self.joins.len() + 1);
        let shown = target.condensed().filter(|property| !property.is_collection());
        let columns = shown.map(|shown| (shown, self.push_column(sql, &alias, shown))).collect();
        self.joins.push(Join { alias, target, column: property.column });
        Source::Reference(columns)
    }
}
