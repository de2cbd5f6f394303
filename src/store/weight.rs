//! Estimates how long a write keeps the single writer busy: from the request, before it reaches the
//! writer, and from the statements, as they run.
//!
//! The figures are microseconds on a machine with two cores. docs/performance.md describes how they
//! were measured.

use super::error::Error;
use crate::model::{Document, Entity, Input, Value};

/// An estimate of the time that a write takes, in microseconds.
#[must_use = "a write must be given its weight, which decides its turn"]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Weight(u64);

/// Creating an entity: the rules are evaluated on it, it is read, and it gets an audit entry. Each
/// of its properties takes additional time for its column, its index and its place in the entry.
const ENTITY: u64 = 20;
const PROPERTY: u64 = 5;

/// The additional time of changing an entity, because it is read before as well. Removing one takes
/// half the time of creating one.
const CHANGE: u64 = 40;

/// An item of a list, such as a tag of a connection. An element, such as an item of a selection,
/// takes twice as much.
const ITEM: u64 = 10;
const ELEMENT: u64 = 2;

/// The bytes per microsecond of new texts, which are stored, folded and shown in the audit log, and
/// of stored texts, which are read and written again.
const NEW_BYTES: u64 = 50;
const STORED_BYTES: u64 = 90;

/// A statement, a row that it writes, and the bytes of its values that are written in a
/// microsecond, all without the reads.
const STATEMENT: u64 = 5;
const ROW: u64 = 6;
const VALUE_BYTES: u64 = 150;

/// A comparison of a rule that searches a text of a row, as `like` does.
const PATTERN: u64 = 8;

/// The extent of stored entities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// The number of entities.
    pub entities: u64,
    /// The number of items in their lists.
    pub items: u64,
    /// The bytes of their texts.
    pub bytes: u64,
}

impl Weight {
    /// More than any write.
    pub const MAX: Self = Self(u64::MAX);

    /// So many milliseconds.
    pub const fn of_millis(millis: u64) -> Self {
        Self(millis.saturating_mul(1_000))
    }

    /// The weight in milliseconds.
    #[must_use]
    pub const fn millis(self) -> u64 {
        self.0 / 1_000
    }

    /// The sum of both.
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The weight multiplied by `number`.
    pub const fn times(self, number: u64) -> Self {
        Self(self.0.saturating_mul(number))
    }

    /// If `number` items weigh this together, how many of them weigh no more than `most`.
    #[must_use]
    pub fn share_within(self, most: Self, number: u64) -> u64 {
        if self <= most { number } else { most.0.saturating_mul(number) / self.0.max(1) }
    }

    /// The weight of creating the entity of a document.
    pub fn of_new(document: &Document) -> Self {
        Self::of_entity(document.entity).plus(Extent::of(document).weight())
    }

    /// The weight of replacing all properties of a stored entity by those of a document, if the
    /// stored texts have about the same length.
    pub fn of_replacement(document: &Document) -> Self {
        let stored = Stored { entities: 1, items: 0, bytes: Extent::of(document).bytes };
        Self::of_new(document).plus(Self(CHANGE)).plus(stored.weight())
    }

    /// The weight of changing each of several entities by `each`.
    pub fn of_change(entity: &Entity, stored: Stored, each: Extent) -> Self {
        let each = Self::of_entity(entity).plus(Self(CHANGE)).plus(each.weight());
        each.times(stored.entities).plus(stored.weight())
    }

    /// The weight of removing entities.
    pub fn of_removal(entity: &Entity, stored: Stored) -> Self {
        Self(Self::of_entity(entity).0 / 2).times(stored.entities).plus(stored.weight())
    }

    const fn of_entity(entity: &Entity) -> Self {
        Self(ENTITY + PROPERTY * entity.properties.len() as u64)
    }

    /// The weight of this many comparisons that search a text.
    pub const fn of_patterns(number: u64) -> Self {
        Self(PATTERN.saturating_mul(number))
    }

    /// The weight of a statement that writes this many rows and bytes.
    pub(super) const fn of_statement(rows: u64, bytes: u64) -> Self {
        Self(rows.saturating_mul(ROW).saturating_add(STATEMENT + bytes / VALUE_BYTES))
    }

    /// Refuses a write that turns out to weigh much more than its request, which weighs at most a
    /// little more than `most`.
    pub(super) fn check_beyond(self, most: Self) -> Result<(), Error> {
        if self <= most.times(2) {
            return Ok(());
        }
        Err(Error::TooHeavy(format!(
            "this request would keep the database busy for more than {} ms \
             (max-write-milliseconds); send less in one request",
            most.millis()
        )))
    }
}

/// The amount of data that a document makes the database write.
#[derive(Clone, Copy, Debug, Default)]
pub struct Extent {
    /// Items of lists.
    pub rows: u64,
    /// Bytes of texts.
    pub bytes: u64,
}

impl Stored {
    const fn weight(self) -> Weight {
        Weight(self.items.saturating_mul(ITEM).saturating_add(self.bytes / STORED_BYTES))
    }
}

impl Extent {
    const fn weight(self) -> Weight {
        Weight(self.rows.saturating_mul(ITEM).saturating_add(self.bytes / NEW_BYTES))
    }

    fn of(document: &Document) -> Self {
        let mut extent = Self::default();
        document.inputs().for_each(|(_, input)| extent.add(input));
        extent
    }

    fn add(&mut self, input: &Input) {
        let length = |text: &String| text.len() as u64;
        match input {
            Input::Value(Value::Text(text)) => self.bytes += length(text),
            Input::Value(_) | Input::Reference(_) => self.bytes += 36,
            Input::Strings(strings) => {
                self.rows += strings.len() as u64;
                self.bytes += strings.iter().map(length).sum::<u64>();
            }
            Input::Links(keys) => self.rows += keys.len() as u64,
            Input::Elements(elements) => {
                for element in elements.iter().map(Self::of) {
                    self.rows += ELEMENT + element.rows;
                    self.bytes += element.bytes;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DATA_CONNECTION, SELECTION, TAG};
    use serde_json::{Value as Json, json};

    fn new(entity: &'static Entity, body: Json) -> u64 {
        Weight::of_new(&Document::read(entity, body).unwrap()).0
    }

    fn connection(connectionstring: usize, tags: usize) -> Json {
        let tags: Vec<Json> = (0..tags).map(|_| json!({"id": uuid::Uuid::now_v7()})).collect();
        json!({
            "name": "c", "type": "x", "connectionstring": "x".repeat(connectionstring), "tags": tags
        })
    }

    fn stored(bytes: u64) -> Stored {
        Stored { entities: 1, items: 0, bytes }
    }

    /// docs/performance.md has the measurements, in microseconds.
    #[test]
    fn estimates_are_near_what_was_measured() {
        let change = |bytes, text| {
            Weight::of_change(&DATA_CONNECTION, stored(bytes), Extent { rows: 0, bytes: text }).0
        };
        let removal = |bytes| Weight::of_removal(&DATA_CONNECTION, stored(bytes)).0;
        let items: Vec<Json> =
            (0..1_000).map(|_| json!({"type": "Tag", "objectID": uuid::Uuid::now_v7()})).collect();
        for (case, estimate, measured) in [
            ("a tag", new(&TAG, json!({"name": "t"})), 47),
            ("a connection", new(&DATA_CONNECTION, connection(10, 0)), 90),
            ("a long connection", new(&DATA_CONNECTION, connection(100_000, 0)), 2_000),
            ("a connection with tags", new(&DATA_CONNECTION, connection(10, 1_000)), 9_000),
            ("a selection", new(&SELECTION, json!({ "items": items })), 21_600),
            ("a change", change(100, 10), 132),
            ("a change to a text", change(100, 10_000), 354),
            ("a change to a long text", change(10_000, 100_000), 1_930),
            ("a change beside a long text", change(100_000, 10), 872),
            ("a removal", removal(100), 51),
            ("a removal of a long text", removal(100_000), 1_160),
        ] {
            assert!(
                (measured * 2 / 3..=measured * 3 / 2).contains(&estimate),
                "{case}: {estimate}, not {measured}"
            );
        }
    }

    #[test]
    fn the_items_that_fit_are_a_share_of_all() {
        let most = Weight::of_millis(500);
        for (all, fitting) in
            [(0, 2_000), (500, 2_000), (501, 1_996), (1_000, 1_000), (1_000_000, 1)]
        {
            assert_eq!(Weight::of_millis(all).share_within(most, 2_000), fitting, "{all} ms");
        }
    }
}
