//! Tests which of several predicates match each row of a statement.

use super::cell::Cell;
use super::columns::Cells;
use super::entity_row::EntityRow;
use super::error::Error;
use super::snapshot::Snapshot;
use super::unreadable::WrongCell;
use crate::model::{Entity, Property, Timestamp, Value};
use crate::query::{FlagColumns, Predicate, Sql};
use std::collections::HashMap;
use uuid::Uuid;

/// The condition for the rows to keep, in SQL, by the names of the columns.
fn kept(flags: &FlagColumns, keep: Keep) -> String {
    let mut terms: Vec<String> = flags.terms().collect();
    match keep {
        Keep::All => return "TRUE".to_owned(),
        Keep::Held => {}
        Keep::Different => {
            let second = terms.split_off(terms.len() / 2);
            terms =
                terms.iter().zip(second).map(|(one, other)| format!("{one} <> {other}")).collect();
        }
    }
    terms.join(" OR ")
}

/// Which predicates match a row, in their order; `start` is the first of their columns.
pub(super) fn read_flags<'q>(
    flags: &'q FlagColumns,
    row: &'q (impl Cells + ?Sized),
    start: usize,
) -> impl Iterator<Item = bool> + 'q {
    flags.read(move |column| matches!(row.cell(start + column), Cell::Integer(held) if held != 0))
}

/// A row, and which predicates match it.
#[derive(Clone, Debug)]
pub struct Tested {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Whether each predicate matches, in their order.
    pub holds: Vec<bool>,
}

/// A part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Page {
    /// The number of rows to skip.
    pub skip: u32,
    /// The number of rows to return after that.
    pub take: u32,
}

impl Page {
    pub(super) fn push(self, sql: &mut Sql) {
        sql.push(" LIMIT ").bind(Value::Integer(self.take.into()));
        sql.push(" OFFSET ").bind(Value::Integer(self.skip.into()));
    }
}

/// Which rows are returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Each.
    All,
    /// Those that some predicate matches.
    Held,
    /// Those for which the first half of the predicates has other results than the second half.
    Different,
}

/// The number of predicates in one statement, and of comparisons in them: SQLite allows 2,000
/// columns and 32,766 parameters.
const AT_ONCE: usize = 200;
const HEAVIEST: usize = 15_000;

impl Snapshot<'_> {
    /// Which of `predicates` match one row, if it exists.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn test(
        &self,
        entity: &'static Entity,
        id: Uuid,
        predicates: &[Predicate],
    ) -> Result<Option<Vec<bool>>, Error> {
        let mut sql = Sql::new("SELECT 1");
        let flags = FlagColumns::new(predicates);
        flags.push(&mut sql);
        sql.push(" FROM ").push(entity.table).push(" AS t0 WHERE t0.id = ").bind(Value::Id(id));
        self.first(&sql, |row| Ok(read_flags(&flags, row, 1).collect()))
    }

    /// Whether the row exists and fulfils `condition`.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn holds(
        &self,
        entity: &'static Entity,
        id: Uuid,
        condition: &Predicate,
    ) -> Result<bool, Error> {
        Ok(self.test(entity, id, std::slice::from_ref(condition))? == Some(vec![true]))
    }

    /// Which of `predicates` match each row of `entity` that fulfils `condition`, the oldest row
    /// first.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn test_each(
        &self,
        entity: &'static Entity,
        condition: &Predicate,
        predicates: &[Predicate],
        page: Page,
    ) -> Result<Vec<Tested>, Error> {
        let (first, mut rest) = predicates.split_at(portion(predicates));
        let mut rows = self.test_some(entity, condition, first, Keep::All, page)?;
        while !rest.is_empty() {
            let (some, left) = rest.split_at(portion(rest));
            // All statements see one snapshot, so these are the same rows in the same order.
            let more = self.test_some(entity, condition, some, Keep::All, page)?;
            rows.iter_mut().zip(more).for_each(|(row, more)| row.holds.extend(more.holds));
            rest = left;
        }
        Ok(rows)
    }

    /// The date of the last change of each entity with these ids.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn modified_dates(
        &self,
        entity: &'static Entity,
        ids: impl IntoIterator<Item = Uuid>,
    ) -> Result<HashMap<Uuid, Timestamp>, Error> {
        let condition = Predicate::has_id_among(entity, ids);
        if condition == Predicate::False {
            return Ok(HashMap::new());
        }
        let mut sql = Sql::new("SELECT t0.id, t0.modified_date FROM ");
        sql.push(entity.table).push(" AS t0 WHERE ").predicate("t0", &condition);
        let dates = self.all(&sql, |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(dates.into_iter().collect())
    }

    /// The entities that the rows of `entity` refer to, for the rows that fulfil `condition`.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn referred_to(
        &self,
        entity: &'static Entity,
        reference: &'static Property,
        condition: &Predicate,
    ) -> Result<Vec<Uuid>, Error> {
        if *condition == Predicate::False {
            return Ok(Vec::new());
        }
        let mut sql = Sql::new("SELECT DISTINCT t0.");
        sql.push(reference.column)
            .push(" FROM ")
            .push(entity.table)
            .push(" AS t0 WHERE ")
            .predicate("t0", condition);
        self.all(&sql, |row| row.get(0))
    }

    /// [`Snapshot::test_each`] for the rows to keep only. One statement has all the predicates, so
    /// there must be few.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn test_some(
        &self,
        entity: &'static Entity,
        condition: &Predicate,
        predicates: &[Predicate],
        keep: Keep,
        page: Page,
    ) -> Result<Vec<Tested>, Error> {
        if *condition == Predicate::False {
            return Ok(Vec::new());
        }
        let mut sql = Sql::new("SELECT * FROM (SELECT t0.id, t0.name, t0.created_date AS created");
        let flags = FlagColumns::new(predicates);
        flags.push(&mut sql);
        sql.push(" FROM ").push(entity.table).push(" AS t0 WHERE ").predicate("t0", condition);
        sql.push(") AS tested WHERE ").push(&kept(&flags, keep)).push(" ORDER BY created, id");
        page.push(&mut sql);
        let mut tested = Vec::new();
        self.each_row(entity, &sql, |row| {
            tested.push(read_tested(row, &flags).map_err(|wrong| row.unreadable(wrong))?);
            Ok(())
        })?;
        Ok(tested)
    }
}

fn read_tested(row: &EntityRow<'_>, flags: &FlagColumns) -> Result<Tested, WrongCell> {
    let holds = read_flags(flags, row.row(), 3).collect();
    Ok(Tested { id: row.id()?, name: row.text(1, "name")?, holds })
}

/// The number of the first predicates that fit into one statement; at least one if there are any.
fn portion(predicates: &[Predicate]) -> usize {
    let mut weight = 0;
    let fitting = predicates.iter().take(AT_ONCE).take_while(|predicate| {
        weight += predicate.weight();
        weight <= HEAVIEST
    });
    fitting.count().max(1).min(predicates.len())
}
