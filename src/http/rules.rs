//! What is special about writing system rules: read-only ones stay as they are, default ones become custom when they are
//! changed, and each must mean something.

use super::caller::Caller;
use super::failure::Failure;
use crate::model::{Document, Entity, Input, SYSTEM_RULE, Value};
use crate::policy::RuleSet;
use crate::query::Predicate;
use crate::store::Write;
use uuid::Uuid;

/// Refuses to change a rule that is read-only.
///
/// # Errors
/// It is.
pub fn check_changeable(write: &Write<'_>, caller: &Caller, entity: &'static Entity, id: Uuid) -> Result<(), Failure> {
    let Some(kind) = entity.property("type").filter(|_| *entity == SYSTEM_RULE) else { return Ok(()) };
    let read_only = Predicate::equals(kind, Value::Text("ReadOnly".to_owned()));
    if write.snapshot().holds(entity, id, &caller.visible(entity, read_only))? {
        return Err(Failure::Forbidden("the rule is read-only: it can't be changed or deleted".to_owned()));
    }
    Ok(())
}

/// A rule that a client changes is the client's own from then on.
pub fn make_custom(document: &mut Document) {
    if *document.entity == SYSTEM_RULE
        && let Some(kind) = SYSTEM_RULE.property("type")
    {
        document.set(kind, Input::Value(Value::Text("Custom".to_owned())));
    }
}

/// Checks a rule that was just written, together with all others, while it can still be undone.
///
/// # Errors
/// It means nothing; the message names the field and the position.
pub fn check_written(write: &Write<'_>, entity: &'static Entity, id: Uuid) -> Result<(), Failure> {
    if *entity != SYSTEM_RULE {
        return Ok(());
    }
    let sources = write.snapshot().rules(&Predicate::True)?;
    let rules = RuleSet::new(0, &sources);
    match sources.iter().find(|source| source.id == id) {
        Some(source) => Ok(rules.check(source)?),
        None => Ok(()),
    }
}
