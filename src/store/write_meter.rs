//! Counts the cost of a write as its statements run: what it adds to the database, and how long it
//! keeps the single writer busy.

use super::allowance::{Added, Allowance};
use super::error::Error;
use super::time_limit::TimeLimit;
use super::weight::Weight;
use crate::model::Value;
use crate::query::Sql;
use std::cell::Cell;
use std::time::Duration;

/// Bytes of a row in addition to its texts, including its index entries.
const ROW: u64 = 250;

/// The minimum of bytes that the database writes for a changed row: its page.
const PAGE: u64 = 4_096;

/// The maximum cost of a write.
#[derive(Clone, Debug)]
pub struct Bounds {
    /// The allowance that additions are charged to.
    pub allowance: Allowance,
    /// How long it is expected to keep the writer busy.
    pub expected: Weight,
    /// How long it may keep the writer busy, as an estimate.
    pub weight: Option<Weight>,
    /// How long it may keep the writer busy, by the clock.
    pub time: Option<Duration>,
}

/// Counts the cost of one write.
#[derive(Default)]
pub(super) struct Meter<'b> {
    bounds: Option<&'b Bounds>,
    added: Cell<Added>,
    weight: Cell<Weight>,
    written: Cell<u64>,
    time: Option<TimeLimit>,
}

impl<'b> Meter<'b> {
    /// A meter of a write within `bounds`, which starts now.
    pub(super) fn new(bounds: Option<&'b Bounds>) -> Self {
        let time = bounds.and_then(|bounds| bounds.time).map(TimeLimit::begin);
        Self { bounds, time, ..Self::default() }
    }

    /// The time limit of the write.
    pub(super) const fn time(&self) -> Option<&TimeLimit> {
        self.time.as_ref()
    }

    /// What the write has added, without changes that were undone.
    pub(super) fn added(&self) -> Added {
        self.added.get()
    }

    /// Resets the additions to those before the undone changes. Their time still counts.
    pub(super) fn undo_to(&self, added: Added) {
        self.added.set(added);
    }

    /// The bytes that the database has to write, approximately, including undone changes.
    pub(super) fn written(&self) -> u64 {
        self.written.get()
    }

    /// Counts an entity, or another object of which users can create any number.
    pub(super) fn count_entity(&self) -> Result<(), Error> {
        let added = self.added.get();
        self.added.set(Added { entities: added.entities + 1, ..added });
        self.check()
    }

    /// Counts a statement that has changed this many rows.
    pub(super) fn count(&self, sql: &Sql, rows: usize) -> Result<(), Error> {
        let rows = u64::try_from(rows).unwrap_or(u64::MAX);
        let bytes: u64 = sql.parameters.iter().map(length).sum();
        let kept = if rows == 0 { 0 } else { bytes.saturating_add(ROW.saturating_mul(rows)) };
        self.written.set(
            self.written.get().saturating_add(bytes).saturating_add(rows.saturating_mul(PAGE)),
        );
        self.weight.set(self.weight.get().plus(Weight::of_statement(rows, bytes)));
        // A removal leaves only its entry in the audit log.
        if !sql.text.starts_with("DELETE") {
            let added = self.added.get();
            self.added.set(Added { bytes: added.bytes.saturating_add(kept), ..added });
        }
        self.check()
    }

    fn check(&self) -> Result<(), Error> {
        let Some(bounds) = self.bounds else { return Ok(()) };
        bounds.allowance.check(self.added.get())?;
        bounds.weight.map_or(Ok(()), |most| self.weight.get().check_beyond(most))
    }
}

fn length(value: &Value) -> u64 {
    match value {
        Value::Text(text) => text.len() as u64,
        Value::Id(_) => 36,
        Value::Integer(_) | Value::Boolean(_) | Value::Date(_) => 8,
    }
}
