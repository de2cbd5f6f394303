//! Reading entities: one statement for the rows, one for each of their collections a batch, and JSON on the way out.

use super::access_path::Approach;
use super::budget::Steps;
use super::cell::{Cell, OwnedCell};
use super::collection_read::collection_statement;
use super::columns::Columns;
use super::error::Error;
use super::json::{Object, write_text};
use super::row_match::{Page, answers};
use super::snapshot::Snapshot;
use super::sqlite::statement::Rows;
use super::unreadable::{Unreadable, WrongCell};
use crate::model::{Entity, Kind, MODIFIED_DATE, MOST_ITEMS, Property, Timestamp};
use crate::query::{Order, Predicate, Questions, Sql};
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// How much of an entity is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// The properties that lists show.
    Condensed,
    /// All but secrets.
    Full,
}

/// What to read.
#[derive(Debug)]
pub struct Selection {
    /// The entity type.
    pub entity: &'static Entity,
    /// How much of each.
    pub form: Form,
    /// Which rows.
    pub condition: Predicate,
    /// Sorted by what; rows that are equal in it come by creation.
    pub orders: Vec<Order>,
    /// Which part of them; all unless given.
    pub page: Option<Page>,
    /// What to tell of each row; none leaves `privileges` out.
    pub privileges: Option<Told>,
}

/// The actions that are told of a row, as its `privileges`.
#[derive(Clone, Debug)]
pub struct Told {
    /// Their names.
    pub names: Vec<&'static str>,
    /// For each whether it is allowed on the row.
    pub questions: Arc<Questions>,
}

/// One entity.
#[derive(Debug)]
pub struct Entry {
    /// Its JSON.
    pub json: Vec<u8>,
    /// Its version.
    pub modified_date: Timestamp,
}

/// A batch ends at so many rows, or once they hold so many bytes: collections are read by batch.
const BATCH_ROWS: usize = 256;
const BATCH_BYTES: usize = 256 * 1024;

/// Rows that a short list has at most.
const BRIEF_ROWS: usize = 100;

/// Items that the collections of a short list have at most.
const BRIEF_ITEMS: usize = MOST_ITEMS;

/// A batch has so few rows where each of them can have a very long list, which is in memory with it.
const LONG_ROWS: usize = 8;

/// Steps within which going through rows in order must have found the first batch, or the end; else it is worth its cost to find out first which rows
/// there are. A scan costs less than the sets of what rules allow.
const BEFORE_SCAN: Steps = 40_000;
pub(super) const BEFORE_SETS: Steps = 400_000;

/// More steps for each row that is left out.
const SKIPPED: Steps = 20;

/// Output is handed on in pieces of about this size.
const CHUNK: usize = 64 * 1024;

impl Snapshot<'_> {
    /// Writes the selected entities as a JSON array, piece by piece.
    ///
    /// # Errors
    /// The database failed, or `emit` did.
    pub fn list(&self, selection: &Selection, emit: &mut dyn FnMut(Vec<u8>) -> Result<(), Error>) -> Result<(), Error> {
        let mut out = vec![b'['];
        let mut is_first = true;
        self.each_batch(selection, |reader, batch| {
            for row in batch {
                if !std::mem::take(&mut is_first) {
                    out.push(b',');
                }
                reader.write(&mut out, row)?;
                if out.len() >= CHUNK {
                    if self.is_brief() {
                        return Err(self.exceed());
                    }
                    emit(std::mem::take(&mut out))?;
                }
            }
            Ok(())
        })?;
        out.push(b']');
        emit(out)
    }

    /// Calls `each` with the JSON of each of the selected entities.
    ///
    /// # Errors
    /// The database failed, or `each` did.
    pub fn each(&self, selection: &Selection, each: &mut dyn FnMut(&[u8]) -> Result<(), Error>) -> Result<(), Error> {
        let mut json = Vec::new();
        self.each_batch(selection, |reader, batch| {
            batch.iter().try_for_each(|row| {
                json.clear();
                reader.write(&mut json, row)?;
                each(&json)
            })
        })
    }

    /// Calls `each` for each of the selected entities that can't be shown.
    ///
    /// # Errors
    /// The database failed, or `each` did.
    pub(super) fn each_unreadable(
        &self,
        selection: &Selection,
        each: &mut dyn FnMut(Unreadable) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut json = Vec::new();
        self.each_batch(selection, |reader, batch| {
            batch.iter().try_for_each(|row| {
                json.clear();
                reader.write(&mut json, row).or_else(&mut *each)
            })
        })
    }

    /// The first of the selected entities.
    ///
    /// # Errors
    /// The database failed.
    pub fn one(&self, selection: &Selection) -> Result<Option<Entry>, Error> {
        let mut entry = None;
        self.each_batch(selection, |reader, batch| {
            if let Some(row) = batch.first() {
                let mut json = Vec::with_capacity(1024);
                reader.write(&mut json, row)?;
                entry = Some(Entry { json, modified_date: reader.modified_date(row) });
            }
            Ok(())
        })?;
        Ok(entry)
    }

    fn each_batch(
        &self,
        selection: &Selection,
        use_batch: impl FnMut(&Reader<'_>, &[BatchRow]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let read = self.each_batch_soonest(selection, use_batch);
        read.map_err(|error| self.name_unreadable(selection.entity, error))
    }

    fn each_batch_soonest(
        &self,
        selection: &Selection,
        mut use_batch: impl FnMut(&Reader<'_>, &[BatchRow]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        if selection.condition == Predicate::False {
            return Ok(());
        }
        if let Some(few) = self.few(selection.entity, &selection.condition)? {
            return self.each_batch_by(selection, Approach::ByFew(few), None, &mut use_batch).map(drop);
        }
        if selection.condition == Predicate::True {
            return self.each_batch_by(selection, Approach::InOrder, None, &mut use_batch).map(drop);
        }
        let thorough = Approach::thorough(&selection.condition);
        let patience = if thorough == Approach::ByScan { BEFORE_SCAN } else { BEFORE_SETS };
        // What is left out at the start must be gone through as well.
        let skipped = selection.page.map_or(0, |page| Steps::try_from(page.skip).unwrap_or(Steps::MAX));
        let patience = patience.saturating_add(skipped.saturating_mul(SKIPPED));
        match self.each_batch_by(selection, Approach::InOrder, Some(patience), &mut use_batch)? {
            Some(()) => Ok(()),
            None => self.each_batch_by(selection, thorough, None, &mut use_batch).map(drop),
        }
    }

    /// Nothing is done if the first batch takes more than `patience`.
    fn each_batch_by(
        &self,
        selection: &Selection,
        approach: Approach<'_>,
        patience: Option<Steps>,
        use_batch: &mut impl FnMut(&Reader<'_>, &[BatchRow]) -> Result<(), Error>,
    ) -> Result<Option<()>, Error> {
        let (sql, mut reader) = Reader::new(selection, approach);
        let mut statement = self.prepare(&sql)?;
        let mut rows = statement.query(&sql.parameters)?;
        let most = match self.is_brief() {
            true => BRIEF_ROWS,
            false if reader.columns.collections().any(is_long) => LONG_ROWS,
            false => BATCH_ROWS,
        };
        let mut first = || self.next_batch(&mut rows, &reader, most);
        let first = match patience {
            Some(patience) => self.within(patience, first)?,
            None => Some(first()?),
        };
        let Some(mut batch) = first else { return Ok(None) };
        while !batch.is_empty() {
            if self.is_brief() && batch.len() == most {
                return Err(self.exceed());
            }
            reader.items = self.read_collections(&reader, &batch)?;
            use_batch(&reader, &batch)?;
            batch = self.next_batch(&mut rows, &reader, most)?;
        }
        Ok(Some(()))
    }

    /// The next rows, as they are shown: a batch is bounded in bytes however long the texts of single rows are.
    fn next_batch(&self, rows: &mut Rows<'_>, reader: &Reader<'_>, most: usize) -> Result<Vec<BatchRow>, Error> {
        let mut batch = Vec::new();
        let mut bytes = 0;
        while batch.len() < most && bytes < BATCH_BYTES {
            let Some(row) = rows.next_row()? else { break };
            let mut cells: Vec<OwnedCell> = (0..reader.width).map(|column| row.cell(column).copied()).collect();
            let wrong = if reader.selection.entity.log_table.is_some() {
                self.show_cells(|name| reader.columns.position(name), &mut cells)?
            } else {
                None
            };
            bytes += cells.iter().map(|cell| text(Some(cell)).map_or(8, str::len)).sum::<usize>();
            batch.push(BatchRow { cells, wrong });
        }
        Ok(batch)
    }

    /// The items of all collections of the rows in `batch`, as JSON by property and row.
    fn read_collections(&self, reader: &Reader<'_>, batch: &[BatchRow]) -> Result<Items, Error> {
        let ids: Vec<Uuid> =
            batch.iter().filter_map(|row| text(row.cells.first())).filter_map(|id| Uuid::parse_str(id).ok()).collect();
        let mut items = Items::default();
        let mut number = 0;
        for collection in reader.columns.collections() {
            let by_row = items.entry(collection.name).or_default();
            let (sql, write) = collection_statement(collection, &ids);
            let mut statement = self.prepare(&sql)?;
            let mut rows = statement.query(&sql.parameters)?;
            while let Some(row) = rows.next_row()? {
                number += 1;
                if number > BRIEF_ITEMS && self.is_brief() {
                    return Err(self.exceed());
                }
                let items = by_row.entry(row.get(0)?).or_insert_with(|| Ok(Vec::new()));
                if let Ok(out) = items {
                    if !out.is_empty() {
                        out.push(b',');
                    }
                    if let Err(wrong) = write(out, &row) {
                        *items = Err(wrong.within(collection.name));
                    }
                }
            }
        }
        Ok(items)
    }
}

/// Whether the list can have more items than others.
fn is_long(collection: &Property) -> bool {
    matches!(collection.kind, Kind::Strings { most, .. } if most > MOST_ITEMS)
}

/// The statement that reads a selection in that way.
#[cfg(test)]
pub(super) fn statement(selection: &Selection, approach: Approach<'_>) -> Sql {
    Reader::new(selection, approach).0
}

/// The items of collections, as JSON without the brackets, by the name of the property and the id of the row; or why one of them can't be shown.
type Items = HashMap<&'static str, HashMap<String, Result<Vec<u8>, WrongCell>>>;

/// A row that was read, and why it can't be shown where that is known already.
struct BatchRow {
    cells: Vec<OwnedCell>,
    wrong: Option<WrongCell>,
}

/// Makes JSON of the rows of one statement.
struct Reader<'s> {
    selection: &'s Selection,
    columns: Columns,
    width: usize,
    items: Items,
}

impl<'s> Reader<'s> {
    fn new(selection: &'s Selection, approach: Approach<'_>) -> (Sql, Self) {
        let entity = selection.entity;
        let mut sql = Sql::new("SELECT ");
        let properties: Vec<&'static Property> = match selection.form {
            Form::Condensed => entity.condensed().collect(),
            Form::Full => entity.full().collect(),
        };
        let columns = Columns::push(&mut sql, "t0", 0, properties.into_iter());
        let mut width = columns.end;
        if let Some(told) = &selection.privileges {
            told.questions.push(&mut sql);
            width += told.questions.count();
        }
        sql.push(" FROM ").push(entity.table).push(" AS t0");
        columns.push_joins(&mut sql, "t0");
        sql.push(" WHERE ").predicate_by(entity.table, "t0", &selection.condition, |part| approach.way(part));
        sql.push(" ORDER BY ");
        // The sign keeps SQLite from going by an index for its order.
        let sign = if approach.sorts() { "+" } else { "" };
        for order in &selection.orders {
            sql.push(sign).order("t0", order).push(", ");
        }
        sql.push(sign).push("t0.created_date, t0.id");
        if let Some(page) = selection.page {
            page.push(&mut sql);
        }
        (sql, Self { selection, columns, width, items: Items::new() })
    }

    fn write(&self, out: &mut Vec<u8>, row: &BatchRow) -> Result<(), Unreadable> {
        let BatchRow { cells: row, wrong } = row;
        let unreadable = |wrong: WrongCell| wrong.of(self.selection.entity, row.first().map_or(Cell::Null, Cell::from));
        if let Some(wrong) = wrong {
            return Err(unreadable(wrong.clone()));
        }
        let id = text(row.first()).unwrap_or_default();
        let mut object = Object::open(out);
        let written = self.columns.write(&mut object, row.as_slice(), |collection, out| {
            match self.items.get(collection.name).and_then(|by_row| by_row.get(id)) {
                Some(Ok(items)) => out.extend_from_slice(items),
                Some(Err(wrong)) => return Err(wrong.clone()),
                None => {}
            }
            Ok(())
        });
        written.map_err(unreadable)?;
        if let Some(told) = &self.selection.privileges {
            self.write_privileges(object.key("privileges"), told, row);
        }
        if self.selection.form == Form::Full {
            write_text(object.key("schemaPath"), self.selection.entity.resource_type);
        }
        object.close();
        Ok(())
    }

    fn write_privileges(&self, out: &mut Vec<u8>, told: &Told, row: &[OwnedCell]) {
        let held = told.names.iter().zip(answers(&told.questions, row, self.columns.end));
        let granted: Vec<&str> = held.filter(|(_, is_granted)| *is_granted).map(|(name, _)| *name).collect();
        // Writing to a Vec can't fail, and strings are valid JSON.
        let _ = serde_json::to_writer(out, &granted);
    }

    /// The date is a column of every full form; the condensed form has no use for it.
    fn modified_date(&self, row: &BatchRow) -> Timestamp {
        match self.columns.position(MODIFIED_DATE.name).and_then(|column| row.cells.get(column)) {
            Some(OwnedCell::Integer(millis)) => Timestamp::from_millis(*millis),
            _ => Timestamp::from_millis(0),
        }
    }
}

fn text(cell: Option<&OwnedCell>) -> Option<&str> {
    match cell {
        Some(OwnedCell::Text(text)) => Some(text),
        _ => None,
    }
}
