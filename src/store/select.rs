//! Reads entities: one statement for the rows, one for each of their collections in each batch; and
//! converts them to JSON.

use super::access_path::AccessPath;
use super::budget::Steps;
use super::cell::OwnedCell;
use super::collection_read::collection_statement;
use super::error::Error;
use super::json::{JsonList, JsonText};
use super::row_json::{BatchRow, Items, RowJson, text};
use super::select_query::SelectQuery;
use super::snapshot::Snapshot;
use super::sqlite::statement::Rows;
use super::unreadable::Unreadable;
use crate::model::{Kind, MOST_ITEMS, Property, Timestamp};
use crate::query::Predicate;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

/// One entity.
#[derive(Debug)]
pub struct Entry {
    /// Its JSON.
    pub json: Vec<u8>,
    /// Its version.
    pub modified_date: Timestamp,
}

impl Entry {
    /// The JSON as a value. The write that returns the entry needs the text for the audit log, and
    /// parsing the text costs less than reading the rows again.
    #[must_use]
    pub fn value(&self) -> Json {
        // The store writes valid JSON.
        serde_json::from_slice(&self.json).unwrap_or_default()
    }
}

/// A batch ends at this many rows or bytes: collections are read once for each batch.
const BATCH_ROWS: usize = 256;
const BATCH_BYTES: usize = 256 * 1024;

/// The maximum number of rows of a short read.
const SHORT_ROWS: usize = 100;

/// The maximum number of items in the collections of a short read.
const SHORT_ITEMS: usize = MOST_ITEMS;

/// The number of rows in a batch if each can have a very long list, which is in memory with it.
const LONG_ROWS: usize = 8;

/// The steps within which reading rows in order must find the first batch, or the end. Otherwise it
/// is worth finding the matching rows first. A scan costs less than the sets of the rows that rules
/// allow.
const BEFORE_SCAN: Steps = 40_000;
pub(super) const BEFORE_SETS: Steps = 400_000;

/// Additional steps for each row that is skipped.
const SKIPPED: Steps = 20;

/// The size of a piece of output, approximately.
const CHUNK: usize = 64 * 1024;

impl Snapshot<'_> {
    /// Writes the selected entities as a JSON array, piece by piece.
    ///
    /// # Errors
    /// The error of `emit`, [`Error::Unreadable`] if a row can't be shown; [`Error::Database`] or
    /// [`Error::Unreachable`] if the database fails.
    pub fn list(
        &self,
        selection: &SelectQuery,
        emit: &mut dyn FnMut(Vec<u8>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut out = JsonText(vec![b'[']);
        let mut is_first = true;
        self.each_batch::<JsonText>(selection, |rows, batch| {
            for row in batch {
                if !std::mem::take(&mut is_first) {
                    out.0.push(b',');
                }
                out.object(|object| rows.write(object, row))?;
                if out.0.len() >= CHUNK {
                    if self.is_short() {
                        return Err(self.exceed());
                    }
                    emit(std::mem::take(&mut out.0))?;
                }
            }
            Ok(())
        })?;
        out.0.push(b']');
        emit(out.0)
    }

    /// Calls `each` with the JSON of each selected entity.
    ///
    /// # Errors
    /// The error of `each`, [`Error::Unreadable`] if a row can't be shown; [`Error::Database`] or
    /// [`Error::Unreachable`] if the database fails.
    pub fn each(
        &self,
        selection: &SelectQuery,
        each: &mut dyn FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut json = JsonText::default();
        self.each_batch::<JsonText>(selection, |rows, batch| {
            batch.iter().try_for_each(|row| {
                json.0.clear();
                json.object(|object| rows.write(object, row))?;
                each(&json.0)
            })
        })
    }

    /// Calls `each` with each selected entity as a JSON value, which is created without text in
    /// between.
    ///
    /// # Errors
    /// The error of `each`, [`Error::Unreadable`] if a row can't be shown; [`Error::Database`] or
    /// [`Error::Unreachable`] if the database fails.
    pub fn each_value(
        &self,
        selection: &SelectQuery,
        each: &mut dyn FnMut(Json) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.each_batch::<Vec<Json>>(selection, |rows, batch| {
            batch.iter().try_for_each(|row| {
                let mut object = Map::new();
                rows.write(&mut object, row)?;
                each(Json::Object(object))
            })
        })
    }

    /// Calls `each` for each selected entity that can't be shown.
    ///
    /// # Errors
    /// The error of `each`; [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub(super) fn each_unreadable(
        &self,
        selection: &SelectQuery,
        each: &mut dyn FnMut(Unreadable) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut json = JsonText::default();
        self.each_batch::<JsonText>(selection, |rows, batch| {
            batch.iter().try_for_each(|row| {
                json.0.clear();
                json.object(|object| rows.write(object, row)).or_else(&mut *each)
            })
        })
    }

    /// The first of the selected entities.
    ///
    /// # Errors
    /// [`Error::Unreadable`] if it can't be shown; [`Error::Database`] or [`Error::Unreachable`] if
    /// the database fails.
    pub fn one(&self, selection: &SelectQuery) -> Result<Option<Entry>, Error> {
        let mut entry = None;
        self.each_batch::<JsonText>(selection, |rows, batch| {
            if let Some(row) = batch.first() {
                let mut json = JsonText(Vec::with_capacity(1024));
                json.object(|object| rows.write(object, row))?;
                entry = Some(Entry { json: json.0, modified_date: rows.modified_date(row) });
            }
            Ok(())
        })?;
        Ok(entry)
    }

    /// The first of the selected entities as a JSON value, which is created without text in
    /// between.
    ///
    /// # Errors
    /// [`Error::Unreadable`] if it can't be shown; [`Error::Database`] or [`Error::Unreachable`] if
    /// the database fails.
    pub fn one_value(&self, selection: &SelectQuery) -> Result<Option<Json>, Error> {
        let mut first = None;
        self.each_value(selection, &mut |value| {
            first = first.take().or(Some(value));
            Ok(())
        })?;
        Ok(first)
    }

    /// Calls `use_batch` with the rows, batch by batch, by the first access path that finds the
    /// first batch within its steps.
    fn each_batch<L: JsonList>(
        &self,
        selection: &SelectQuery,
        mut use_batch: impl FnMut(&mut RowJson<'_, L>, &[BatchRow]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let name_row = |error| self.name_unreadable(selection.entity, error);
        for (access_path, steps) in self.access_paths(selection).map_err(name_row)? {
            if self
                .each_batch_by(selection, access_path, steps, &mut use_batch)
                .map_err(name_row)?
                .is_some()
            {
                break;
            }
        }
        Ok(())
    }

    /// The approaches to read a selection, with the steps of each. The next one is tried if the
    /// first batch does not come within the steps.
    fn access_paths<'s>(
        &self,
        selection: &'s SelectQuery,
    ) -> Result<Vec<(AccessPath<'s>, Option<Steps>)>, Error> {
        if selection.condition == Predicate::False {
            return Ok(Vec::new());
        }
        if let Some(few) = self.few(selection.entity, &selection.condition)? {
            return Ok(vec![(AccessPath::ByFew(few), None)]);
        }
        if selection.condition == Predicate::True {
            return Ok(vec![(AccessPath::InOrder, None)]);
        }
        let thorough = AccessPath::thorough(&selection.condition);
        let steps = if thorough == AccessPath::ByScan { BEFORE_SCAN } else { BEFORE_SETS };
        // Rows that are skipped at the start cost steps as well.
        let skipped =
            selection.page.map_or(0, |page| Steps::try_from(page.skip).unwrap_or(Steps::MAX));
        let steps = steps.saturating_add(skipped.saturating_mul(SKIPPED));
        Ok(vec![(AccessPath::InOrder, Some(steps)), (thorough, None)])
    }

    /// Reads by one access path. Returns `None`, without having called `use_batch`, if the first
    /// batch takes more than `steps`.
    fn each_batch_by<L: JsonList>(
        &self,
        selection: &SelectQuery,
        access_path: AccessPath<'_>,
        steps: Option<Steps>,
        use_batch: &mut impl FnMut(&mut RowJson<'_, L>, &[BatchRow]) -> Result<(), Error>,
    ) -> Result<Option<()>, Error> {
        let (sql, mut row_json) = RowJson::new(selection, access_path);
        let mut statement = self.prepare(&sql)?;
        let mut rows = statement.query(&sql.parameters)?;
        let most = match self.is_short() {
            true => SHORT_ROWS,
            false if row_json.columns.collections().any(is_long) => LONG_ROWS,
            false => BATCH_ROWS,
        };
        let limit = steps.map(|steps| self.limit_steps(steps)).transpose()?;
        let first = self.next_batch(&mut rows, &row_json, most);
        let first = match limit {
            Some(limit) => limit.outcome(first)?,
            None => Some(first?),
        };
        let Some(mut batch) = first else { return Ok(None) };
        while !batch.is_empty() {
            if self.is_short() && batch.len() == most {
                return Err(self.exceed());
            }
            row_json.items = self.read_collections(&row_json, &batch)?;
            use_batch(&mut row_json, &batch)?;
            batch = self.next_batch(&mut rows, &row_json, most)?;
        }
        Ok(Some(()))
    }

    /// The next rows, as they are shown. A batch is bounded in bytes however long the texts of
    /// single rows are.
    fn next_batch<L: JsonList>(
        &self,
        rows: &mut Rows<'_>,
        row_json: &RowJson<'_, L>,
        most: usize,
    ) -> Result<Vec<BatchRow>, Error> {
        let mut batch = Vec::new();
        let mut bytes = 0;
        while batch.len() < most && bytes < BATCH_BYTES {
            let Some(row) = rows.next_row()? else { break };
            let mut cells: Vec<OwnedCell> =
                (0..row_json.width).map(|column| row.cell(column).copied()).collect();
            let wrong = if row_json.selection.entity.log_table.is_some() {
                self.show_cells(|name| row_json.columns.position(name), &mut cells)?
            } else {
                None
            };
            bytes += cells.iter().map(|cell| text(Some(cell)).map_or(8, str::len)).sum::<usize>();
            batch.push(BatchRow { cells, wrong });
        }
        Ok(batch)
    }

    /// The items of all collections of the rows in `batch`, by property and row.
    fn read_collections<L: JsonList>(
        &self,
        row_json: &RowJson<'_, L>,
        batch: &[BatchRow],
    ) -> Result<Items<L>, Error> {
        let ids: Vec<Uuid> = batch
            .iter()
            .filter_map(|row| text(row.cells.first()))
            .filter_map(|id| Uuid::parse_str(id).ok())
            .collect();
        let mut items = Items::new();
        let mut number = 0;
        for collection in row_json.columns.collections() {
            let by_row = items.entry(collection.name).or_default();
            let (sql, add) = collection_statement(collection, &ids);
            let mut statement = self.prepare(&sql)?;
            let mut rows = statement.query(&sql.parameters)?;
            while let Some(row) = rows.next_row()? {
                number += 1;
                if number > SHORT_ITEMS && self.is_short() {
                    return Err(self.exceed());
                }
                let items = by_row.entry(row.get(0)?).or_insert_with(|| Ok(L::default()));
                if let Ok(list) = items
                    && let Err(wrong) = add(list, &row)
                {
                    *items = Err(wrong.within(collection.name));
                }
            }
        }
        Ok(items)
    }
}

/// Whether the list can have more items than usual.
fn is_long(collection: &Property) -> bool {
    matches!(collection.kind, Kind::Strings { most, .. } if most > MOST_ITEMS)
}

/// The statement that reads a selection by this access path.
#[cfg(test)]
pub(super) fn statement(selection: &SelectQuery, access_path: AccessPath<'_>) -> crate::query::Sql {
    RowJson::<JsonText>::new(selection, access_path).0
}
