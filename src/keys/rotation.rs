//! Sealing everything anew under another data key, piece by piece, so that others who write get
//! their turn.

use super::key_ring::KeyRing;
use crate::crypto::{Place, term_of};
use crate::model::{Entity, Property, Role, with_secrets};
use crate::store::{Act, Error, Findings, Position, SealedValue, Snapshot, StoredKey, Write};
use std::fmt;
use std::time::Duration;

/// Between two steps, for the others.
pub const PAUSE: Duration = Duration::from_millis(2);

/// Why a rotation goes no further.
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

/// What asks for another data key. Without one, what an earlier rotation left undone is done.
#[derive(Clone, Copy, Debug)]
pub enum Occasion {
    /// Somebody wants one. What an earlier rotation has left under older keys, this one seals anew,
    /// too.
    Asked,
    /// An earlier rotation has sealed everything anew, and was cut off before it removed the older
    /// keys.
    Unfinished,
    /// The newest has sealed so often.
    Used(i64),
}

impl Occasion {
    /// What to do for somebody who wants another key: an earlier rotation that only has to remove
    /// the older keys has made it already.
    ///
    /// # Errors
    /// The database failed, or a data key does not open.
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

/// Whether a value still has to be sealed anew under the newest key. A secret of the audit log that
/// does not open never is.
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

/// A rotation that is under way. If it is cut off, the next one finds the older keys, and does what
/// is left.
pub struct Rotation {
    ring: KeyRing,
    term: u32,
    /// The properties that are left; the last is under way.
    left: Vec<(&'static Entity, &'static Property)>,
    /// The row of it that was looked at last.
    after: Position,
    values: u64,
    /// What does not open, by the noun and the id of its entity. The older keys stay, because one
    /// of them may open it once it is put right.
    faults: Findings,
    /// Secrets of the audit log that do not open. They show masked, as ever, and are no reason to
    /// keep older keys.
    lost: Findings,
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
    /// Secrets of the audit log that do not open, one line each.
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
    /// Makes another data key if the occasion asks for one; `known` has the master key that seals
    /// them.
    ///
    /// # Errors
    /// The database failed, or a data key does not open.
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

    /// Seals some more values anew, or removes the older keys once there are none left.
    ///
    /// # Errors
    /// The database failed, or values do not open, so that the older keys have to stay.
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

/// Where a sealed value belongs.
fn place<'v>(
    entity: &'static Entity,
    property: &'static Property,
    value: &'v SealedValue,
) -> Place<'v> {
    Place { entity: entity.resource_type, property: property.name, id: &value.id }
}

/// Audit entries that are named of those that have one secret.
const ENTRIES: i64 = 3;

/// A secret of the audit log, by the entries that it belongs to.
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

/// The data keys as they are in this transaction.
///
/// # Errors
/// The database failed, or one does not open by the master key that `known` has.
pub fn reopened(write: &Write<'_>, known: &KeyRing) -> Result<KeyRing, RotationError> {
    let stored = write.snapshot().data_keys()?;
    Ok(known.reopen(stored.iter().map(StoredKey::sealed)).map_err(|error| error.to_string())?)
}

/// All properties that hold secrets.
fn secrets() -> impl Iterator<Item = (&'static Entity, &'static Property)> {
    with_secrets().flat_map(|entity| entity.secrets().map(move |property| (entity, property)))
}
