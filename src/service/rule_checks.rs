//! The checks when system rules are written: each must be valid together with all others.

use super::caller::Caller;
use crate::error::RequestError;
use crate::model::{Entity, FieldErrors, RuleSource};
use crate::policy::RuleSet;
use crate::query::Predicate;
use crate::store::{self, Write};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// A rule that was just written.
pub struct Examined {
    /// Its id.
    pub id: Uuid,
    /// Whether it is disabled, and so has no effect.
    pub is_disabled: bool,
    /// The error, if it is invalid.
    pub fault: Option<FieldErrors>,
}

/// Examines rules that were just written, together with all others, in the order of `ids`.
///
/// # Errors
/// The database failed.
pub fn examine(
    write: &Write<'_>,
    rules: &RuleSet,
    ids: &[Uuid],
) -> Result<Vec<Examined>, store::Error> {
    let mut sources = write.snapshot().rules(&Predicate::True)?;
    // If all rules together cost too much, the rules just written are rejected, and others stay in
    // force.
    let written: HashSet<Uuid> = ids.iter().copied().collect();
    sources.sort_by_key(|source| written.contains(&source.id));
    let rules = rules.with_others(&sources);
    let by_id: HashMap<Uuid, &RuleSource> =
        sources.iter().map(|source| (source.id, source)).collect();
    let written: Vec<&RuleSource> = ids.iter().filter_map(|id| by_id.get(id).copied()).collect();
    let faults = rules.check_each(written.iter().copied());
    let examined = written.iter().zip(faults);
    Ok(examined
        .map(|(source, fault)| Examined { id: source.id, is_disabled: source.disabled, fault })
        .collect())
}

/// Which of the rules with these ids are valid if the invalid ones are not in force: each together
/// with those before it.
///
/// # Errors
/// The database failed.
pub fn find_sound(
    write: &Write<'_>,
    caller: &Caller,
    ids: &[Uuid],
) -> Result<Vec<Uuid>, RequestError> {
    let sources = write.snapshot().rules(&Predicate::True)?;
    let mut rules = caller.rules().with_others(&sources);
    let mut sound = Vec::new();
    for source in sources.iter().filter(|source| ids.contains(&source.id)) {
        if rules.add(source).is_ok() {
            sound.push(source.id);
        }
    }
    Ok(sound)
}

/// Checks the rules just written, while the write can still be rolled back. A disabled rule may be
/// invalid: it is stored with its error.
///
/// # Errors
/// [`RequestError::Invalid`] with the first invalid rule of `ids`, its field and the position.
pub fn check_written(
    write: &Write<'_>,
    caller: &Caller,
    entity: &'static Entity,
    ids: &[Uuid],
) -> Result<(), (usize, RequestError)> {
    if !entity.is_of_rules() {
        return Ok(());
    }
    let examined = examine(write, caller.rules(), ids).map_err(|error| (0, error.into()))?;
    for (index, Examined { id, is_disabled, fault }) in examined.into_iter().enumerate() {
        let noted = match fault {
            None => write.clear_rule_error(id),
            Some(fault) if is_disabled => write.note_rule_error(id, &fault.to_string()),
            Some(fault) => return Err((index, fault.into())),
        };
        noted.map_err(|error| (index, error.into()))?;
    }
    Ok(())
}
