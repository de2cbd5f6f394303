//! Asking which of several predicates hold for each row of a statement.

use super::columns::Cells;
use super::error::Error;
use super::snapshot::{Snapshot, read_id};
use crate::model::{Entity, Value};
use crate::query::{Predicate, Sql};
use rusqlite::types::ValueRef;
use uuid::Uuid;

/// The predicates of one statement. Equal ones share a column, and what is decided already has none.
pub(super) struct Tests {
    tests: Vec<Test>,
    /// How many columns there are with those before.
    pub end: usize,
}

/// How it is told whether a predicate holds.
enum Test {
    Always,
    Never,
    Column(usize),
}

impl Test {
    fn sql(&self) -> String {
        match self {
            Self::Always => "1".to_owned(),
            Self::Never => "0".to_owned(),
            Self::Column(column) => format!("c{column}"),
        }
    }
}

impl Tests {
    /// Adds the columns for `predicates` about the row that `alias` names, the first of them being column `start`, which must
    /// not be 0.
    pub fn push<'p>(
        sql: &mut Sql,
        alias: &str,
        start: usize,
        predicates: impl IntoIterator<Item = &'p Predicate>,
    ) -> Self {
        let mut pushed: Vec<&Predicate> = Vec::new();
        let mut tests = Vec::new();
        for predicate in predicates {
            tests.push(match predicate {
                Predicate::True => Test::Always,
                Predicate::False => Test::Never,
                _ => {
                    let known = pushed.iter().position(|earlier| *earlier == predicate);
                    let column = known.unwrap_or_else(|| {
                        sql.push(", (").predicate(alias, predicate).push(&format!(") AS c{}", start + pushed.len()));
                        pushed.push(predicate);
                        pushed.len() - 1
                    });
                    Test::Column(start + column)
                }
            });
        }
        Self { tests, end: start + pushed.len() }
    }

    /// The rows to keep, in SQL, by the names of the columns.
    fn kept(&self, keep: Keep) -> String {
        let half = self.tests.len() / 2;
        let terms: Vec<String> = match keep {
            Keep::All => return "1".to_owned(),
            Keep::Held => self.tests.iter().map(Test::sql).collect(),
            Keep::Different => {
                let (first, second) = self.tests.split_at(half);
                first.iter().zip(second).map(|(one, other)| format!("{} <> {}", one.sql(), other.sql())).collect()
            }
        };
        terms.join(" OR ")
    }

    /// Which of them hold for a row, in their order.
    pub fn read<'t>(&'t self, row: &'t (impl Cells + ?Sized)) -> impl Iterator<Item = bool> + 't {
        self.tests.iter().map(|test| match test {
            Test::Always => true,
            Test::Never => false,
            Test::Column(column) => matches!(row.cell(*column), ValueRef::Integer(held) if held != 0),
        })
    }
}

/// A row, and which predicates hold for it.
#[derive(Clone, Debug)]
pub struct Tested {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Which of the predicates hold, in their order.
    pub holds: Vec<bool>,
}

/// A part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// How many to leave out at the start.
    pub skip: u32,
    /// How many to take then.
    pub take: u32,
}

impl Page {
    pub(super) fn push(self, sql: &mut Sql) {
        sql.push(" LIMIT ").bind(Value::Integer(self.take.into()));
        sql.push(" OFFSET ").bind(Value::Integer(self.skip.into()));
    }
}

/// Which rows are told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Each.
    All,
    /// Those for which some predicate holds.
    Held,
    /// Those for which the first half of the predicates is not what the second half is.
    Different,
}

/// Predicates that one statement asks about at most, and comparisons in them: SQLite takes 2,000 columns and 32,766 parameters.
const AT_ONCE: usize = 200;
const HEAVIEST: usize = 15_000;

impl Snapshot<'_> {
    /// Which of `predicates` hold for one row, if it is there.
    ///
    /// # Errors
    /// The database failed.
    pub fn test(
        &self,
        entity: &'static Entity,
        id: Uuid,
        predicates: &[Predicate],
    ) -> Result<Option<Vec<bool>>, Error> {
        let mut sql = Sql::new("SELECT 1");
        let tests = Tests::push(&mut sql, "t0", 1, predicates);
        sql.push(" FROM ").push(entity.table).push(" AS t0 WHERE t0.id = ").bind(Value::Id(id));
        self.first(&sql, |row| Ok(tests.read(row).collect()))
    }

    /// Whether the row is there and fulfils `condition`.
    ///
    /// # Errors
    /// The database failed.
    pub fn holds(&self, entity: &'static Entity, id: Uuid, condition: &Predicate) -> Result<bool, Error> {
        Ok(self.test(entity, id, std::slice::from_ref(condition))? == Some(vec![true]))
    }

    /// Which of `predicates` hold for each row of `entity` that fulfils `condition`, the oldest row first.
    ///
    /// # Errors
    /// The database failed.
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
            // All of it is one snapshot, so these are the same rows in the same order.
            let more = self.test_some(entity, condition, some, Keep::All, page)?;
            rows.iter_mut().zip(more).for_each(|(row, more)| row.holds.extend(more.holds));
            rest = left;
        }
        Ok(rows)
    }

    /// [`Snapshot::test_each`], of the rows that are to be kept only. All the predicates stand in one statement, so they must be few.
    ///
    /// # Errors
    /// The database failed.
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
        let tests = Tests::push(&mut sql, "t0", 3, predicates);
        sql.push(" FROM ").push(entity.table).push(" AS t0 WHERE ").predicate("t0", condition);
        sql.push(") WHERE ").push(&tests.kept(keep)).push(" ORDER BY created, id");
        page.push(&mut sql);
        self.all(&sql, |row| Ok(Tested { id: read_id(row, 0)?, name: row.get(1)?, holds: tests.read(row).collect() }))
    }
}

/// How many of the first predicates fit into one statement, and at least one if there is one.
fn portion(predicates: &[Predicate]) -> usize {
    let mut weight = 0;
    let fitting = predicates.iter().take(AT_ONCE).take_while(|predicate| {
        weight += predicate.weight();
        weight <= HEAVIEST
    });
    fitting.count().max(1).min(predicates.len())
}
