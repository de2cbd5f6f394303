//! Sealing everything anew under another data key, piece by piece, so that others who write get their turn.

use super::Exit;
use crate::model::{Entity, Property, with_secrets};
use crate::secrets::{KeyRing, Place};
use crate::store::{Act, StoredKey, Write};
use std::fmt;
use std::time::Duration;
use uuid::Uuid;

/// Values that are sealed anew in one transaction: others who write wait for it.
const BATCH: i64 = 200;

/// Between two steps, for the others.
pub const PAUSE: Duration = Duration::from_millis(2);

/// What asks for another data key. Without one, what an earlier rotation left undone is done.
#[derive(Clone, Copy, Debug)]
pub enum Occasion {
    /// Somebody wants one. What an earlier rotation has left under older keys, this one seals anew, too.
    Asked,
    /// The newest has sealed so often.
    Used(i64),
}

/// A rotation that is under way. If it is cut off, the next one finds the older keys, and does what is left.
pub struct Rotation {
    ring: KeyRing,
    term: u32,
    /// The properties that are left; the last is under way.
    left: Vec<(&'static Entity, &'static Property)>,
    /// The row of it that was looked at last.
    after: Uuid,
    values: u64,
    /// What does not open, by the noun and the id of its entity.
    faults: Vec<String>,
}

/// How far it is.
pub enum Step {
    /// There is more to do.
    More(Rotation),
    /// It is over.
    Done(Rotated),
}

/// What was done.
pub struct Rotated {
    term: u32,
    values: u64,
    removed: usize,
}

impl fmt::Display for Rotated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { term, values, removed } = self;
        write!(f, "secrets sealed anew under the data key of term {term}: {values}; older data keys removed: {removed}")
    }
}

impl Rotation {
    /// Makes another data key if the occasion asks for one; `known` has the master key that seals them.
    ///
    /// # Errors
    /// The database failed, or a data key does not open.
    pub fn begin(write: &Write<'_>, known: &KeyRing, occasion: Occasion) -> Result<Self, Exit> {
        let is_due = match occasion {
            Occasion::Asked => true,
            Occasion::Used(often) => write.snapshot().data_key_uses()?.last().is_some_and(|(_, uses)| *uses >= often),
        };
        let mut ring = reopened(write, known)?;
        if is_due {
            let (term, sealed_key) = ring.next_data_key().map_err(|error| error.to_string())?;
            write.add_data_key(&StoredKey { term, sealed_key })?;
            ring = reopened(write, known)?;
        }
        let term = ring.newest_term().unwrap_or_default();
        Ok(Self { ring, term, left: secrets().collect(), after: Uuid::nil(), values: 0, faults: Vec::new() })
    }

    /// Seals some more values anew, or removes the older keys once there are none left.
    ///
    /// # Errors
    /// The database failed, or values do not open, so that the older keys have to stay.
    pub fn step(mut self, write: &Write<'_>) -> Result<Step, Exit> {
        if write.snapshot().newest_term()? != self.term {
            return Err(Exit::Failure(
                "another rotation has begun meanwhile, and finishes what this one left undone".to_owned(),
            ));
        }
        let Some((entity, property)) = self.left.last().copied() else { return self.end(write).map(Step::Done) };
        let sealed = write.snapshot().sealed_values_after(entity, property, self.after, BATCH)?;
        let before = self.values;
        for (id, sealed) in &sealed {
            let place = Place { entity: entity.resource_type, property: property.name, id: &id.to_string() };
            match self.ring.renew(place, sealed) {
                Ok(Some(sealed)) => {
                    write.replace_sealed_value(entity, property, *id, &sealed)?;
                    self.values += 1;
                }
                Ok(None) => {}
                Err(why) => self.faults.push(format!("the {} of the {} {id}: {why}", property.name, entity.noun)),
            }
        }
        write.count_uses(self.term, self.values - before)?;
        if let Some((id, _)) = sealed.last() {
            self.after = *id;
        } else {
            self.left.pop();
            self.after = Uuid::nil();
        }
        Ok(Step::More(self))
    }

    fn end(self, write: &Write<'_>) -> Result<Rotated, Exit> {
        let Self { term, values, faults, .. } = self;
        if let Some(fault) = faults.first() {
            let many = faults.len();
            return Err(Exit::Failure(format!(
                "the old data keys stay: what they seal does not open, of {many} the first is {fault}"
            )));
        }
        let removed = write.remove_data_keys_before(term)?;
        let detail = format!("{values} values under the data key of term {term}; {removed} older ones removed");
        write.record(Act { detail, ..Act::done("seal anew") })?;
        Ok(Rotated { term, values, removed })
    }
}

/// The data keys as they are in this transaction.
///
/// # Errors
/// The database failed, or one does not open by the master key that `known` has.
pub fn reopened(write: &Write<'_>, known: &KeyRing) -> Result<KeyRing, Exit> {
    let stored = write.snapshot().data_keys()?;
    Ok(known.reopen(stored.iter().map(StoredKey::sealed)).map_err(|error| error.to_string())?)
}

/// All properties that hold secrets.
fn secrets() -> impl Iterator<Item = (&'static Entity, &'static Property)> {
    with_secrets().flat_map(|entity| entity.secrets().map(move |property| (entity, property)))
}
