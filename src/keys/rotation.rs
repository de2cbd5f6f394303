//! Key rotation: creates another data key and seals everything again by it, in steps, so that other
//! writes get their turn.

use super::key_ring::KeyRing;
use crate::crypto::{Place, term_of};
use crate::model::{Entity, Property, Role, with_secrets};
use crate::store::{Act, Error, Findings, Position, SealedValue, Snapshot, StoredKey, Write};
use std::fmt;
use std::time::Duration;

/// The pause between two steps, for other writes.
pub const PAUSE: Duration = Duration::from_millis(2);

/// Why a rotation can't continue.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct RotationError(String);

impl From<String> for RotationError {
    fn from(message: String) -> Self {
        Self(message)
    }
}

impl From<Error> for RotationError {
    fn from(error: Error) -> Self {
        Self(error.to_string())
    }
}

/// Why a rotation starts, which decides whether it creates another data key. Without one it only
/// completes an earlier rotation.
#[derive(Clone, Copy, Debug)]
pub enum Occasion {
    /// A user asks for another key. This rotation also seals again the values that an earlier one
    /// left under older keys.
    Asked,
    /// An earlier rotation has sealed everything again, and was interrupted before it removed the
    /// older keys.
    Unfinished,
    /// The newest key has sealed this many values.
    Used(i64),
}

impl Occasion {
    /// The occasion when a user asks for another key. If an earlier rotation only has to remove the
    /// older keys, it has created that key already.
    ///
    /// # Errors
    /// A message if the database fails, or if a data key can't be opened.
    pub fn asked(snapshot: &Snapshot<'_>, known: &KeyRing) -> Result<Self, RotationError> {
        let stored = snapshot.data_keys()?;
        let ring = known
            .reopen(stored.iter().map(StoredKey::sealed))
            .map_err(|error| error.to_string())?;
        if stored.len() < 2 {
            return Ok(Self::Asked);
        }
        for (entity, property) in secrets() {
            let mut position = Position::default();
            loop {
                let values = snapshot.sealed_values_after(entity, property, &position)?;
                if values.iter().any(|value| is_left(&ring, entity, property, value)) {
                    return Ok(Self::Asked);
                }
                let Some(last) = values.last() else { break };
                position = last.position.clone();
            }
        }
        Ok(Self::Unfinished)
    }
}

/// Whether a value still has to be sealed again by the newest key. A secret of the audit log that
/// can't be opened never has to be.
fn is_left(
    ring: &KeyRing,
    entity: &'static Entity,
    property: &'static Property,
    value: &SealedValue,
) -> bool {
    let is_newest = term_of(&value.sealed).is_ok_and(|term| Some(term) == ring.newest_term());
    !is_newest
        && (!property.has_role(Role::MaskedOriginal)
            || ring.unseal(place(entity, property, value), &value.sealed).is_ok())
}

/// A rotation in progress. If it is interrupted, the next one finds the older keys and completes
/// it.
pub struct Rotation {
    ring: KeyRing,
    term: u32,
    /// The properties that are left; the last one is in progress.
    left: Vec<(&'static Entity, &'static Property)>,
    /// The last row of that property that was handled.
    after: Position,
    values: u64,
    /// The values that can't be opened, by the noun and the id of their entity. The older keys
    /// stay, because one of them may open a value once it is repaired.
    faults: Findings,
    /// The secrets of the audit log that can't be opened. They are shown masked, as always, and
    /// don't keep the older keys.
    lost: Findings,
}

/// The state after a step.
pub enum Step {
    /// There is more to do.
    More(Rotation),
    /// The rotation is complete.
    Done(Rotated),
}

/// The result of a rotation.
pub struct Rotated {
    term: u32,
    values: u64,
    removed: usize,
    /// The secrets of the audit log that can't be opened, one line each.
    pub lost: Findings,
}

impl fmt::Display for Rotated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { term, values, removed, .. } = self;
        write!(
            f,
            "secrets sealed again by the data key of term {term}: {values}; older data keys \
             removed: {removed}"
        )
    }
}

impl Rotation {
    /// Starts a rotation, and creates another data key if the occasion requires one. `known` has
    /// the master key that seals it.
    ///
    /// # Errors
    /// A message if the database fails, or if a data key can't be opened.
    pub fn begin(
        write: &Write<'_>,
        known: &KeyRing,
        occasion: Occasion,
    ) -> Result<Self, RotationError> {
        let is_due = match occasion {
            Occasion::Asked => true,
            Occasion::Unfinished => false,
            Occasion::Used(often) => {
                write.snapshot().data_key_uses()?.last().is_some_and(|(_, uses)| *uses >= often)
            }
        };
        let mut ring = reopened(write, known)?;
        if is_due {
            let (term, sealed_key) = ring.next_data_key().map_err(|error| error.to_string())?;
            write.add_data_key(&StoredKey { term, sealed_key })?;
            ring = reopened(write, known)?;
        }
        let term = ring.newest_term().unwrap_or_default();
        let (faults, lost) = (Findings::default(), Findings::default());
        Ok(Self {
            ring,
            term,
            left: secrets().collect(),
            after: Position::default(),
            values: 0,
            faults,
            lost,
        })
    }

    /// Seals some more values again, or removes the older keys when no values are left.
    ///
    /// # Errors
    /// A message if the database fails, if another rotation has started, or if values can't be
    /// opened, so that the older keys must stay.
    pub fn step(mut self, write: &Write<'_>) -> Result<Step, RotationError> {
        if write.snapshot().newest_term()? != self.term {
            return Err(RotationError(
                "another key rotation has started and completes this one".to_owned(),
            ));
        }
        let Some((entity, property)) = self.left.last().copied() else {
            return self.end(write).map(Step::Done);
        };
        let values = write.snapshot().sealed_values_after(entity, property, &self.after)?;
        let before = self.values;
        for value in &values {
            match self.ring.renew(place(entity, property, value), &value.sealed) {
                Ok(Some(sealed)) => {
                    write.replace_sealed_value(entity, property, &value.id, &sealed)?;
                    self.values += 1;
                }
                Ok(None) => {}
                Err(why) if property.has_role(Role::MaskedOriginal) => {
                    self.lost
                        .add(format!("{}: {why}", describe_secret(&write.snapshot(), &value.id)?));
                }
                Err(why) => {
                    self.faults.add(format!(
                        "the {} of the {} {}: {why}",
                        property.name, entity.noun, value.id
                    ));
                }
            }
        }
        write.count_uses(self.term, self.values - before)?;
        if let Some(SealedValue { position, .. }) = values.last() {
            self.after = position.clone();
        } else {
            self.left.pop();
            self.after = Position::default();
        }
        Ok(Step::More(self))
    }

    fn end(self, write: &Write<'_>) -> Result<Rotated, RotationError> {
        let Self { term, values, faults, lost, .. } = self;
        if let Some(fault) = faults.first(1).next() {
            let many = faults.count();
            return Err(RotationError(format!(
                "the old data keys are kept, because {many} values that they sealed can't be \
                 opened; the first is {fault}"
            )));
        }
        let removed = write.remove_data_keys_before(term)?;
        let mut detail = format!(
            "{values} values sealed by the data key of term {term}; {removed} older keys removed"
        );
        if let Some(first) = lost.first(1).next() {
            let many = lost.count();
            detail = format!(
                "{detail}; sealed secrets of the audit log that can't be opened: {many}, the first \
                 is {first}"
            );
        }
        write.record(Act { detail, ..Act::done("seal anew") })?;
        Ok(Rotated { term, values, removed, lost })
    }
}

/// The place of a sealed value.
fn place<'v>(
    entity: &'static Entity,
    property: &'static Property,
    value: &'v SealedValue,
) -> Place<'v> {
    Place { entity: entity.resource_type, property: property.name, id: &value.id }
}

/// The number of audit entries to name if several have the same secret.
const ENTRIES: i64 = 3;

/// Describes a secret of the audit log by the entries that it belongs to.
fn describe_secret(snapshot: &Snapshot<'_>, id: &str) -> Result<String, Error> {
    let entries = snapshot.entries_with_secret(id, ENTRIES + 1)?;
    let shown: Vec<&str> =
        entries.iter().take(usize::try_from(ENTRIES).unwrap_or(0)).map(String::as_str).collect();
    Ok(match shown.as_slice() {
        [] => format!("the sealed secret {id}, which belongs to no audit entry"),
        [entry] => format!("the sealed secret {id} of the audit entry {entry}"),
        _ if entries.len() > shown.len() => {
            format!("the sealed secret {id} of the audit entries {} and others", shown.join(", "))
        }
        _ => format!("the sealed secret {id} of the audit entries {}", shown.join(", ")),
    })
}

/// The data keys in this transaction.
///
/// # Errors
/// A message if the database fails, or if the master key of `known` does not open a data key.
pub fn reopened(write: &Write<'_>, known: &KeyRing) -> Result<KeyRing, RotationError> {
    let stored = write.snapshot().data_keys()?;
    Ok(known.reopen(stored.iter().map(StoredKey::sealed)).map_err(|error| error.to_string())?)
}

/// All properties that hold secrets.
fn secrets() -> impl Iterator<Item = (&'static Entity, &'static Property)> {
    with_secrets().flat_map(|entity| entity.secrets().map(move |property| (entity, property)))
}
