//! Reads, creates, changes and deletes entities on behalf of a caller, whatever their type.

use super::backend::Backend;
use super::caller::Caller;
use super::lockout::Lockout;
use super::rule_checks;
use super::seal_secrets::seal_secrets;
use super::shown_privileges::Privileges;
use crate::error::RequestError;
use crate::model::{Document, Entity, FieldErrors, Input, Role, Timestamp};
use crate::query::Predicate;
use crate::store::{Deletion, Entry, IfMatch, SelectQuery, Update, Write};
use uuid::Uuid;

/// A change of an entity, and the version that the client saw.
pub struct Change<'a> {
    /// The properties to change.
    pub document: Document,
    /// The version that the client last saw.
    pub seen: Option<Timestamp>,
    /// The request's condition on the stored version.
    pub if_match: Option<&'a IfMatch>,
}

/// A written entity.
pub struct Written {
    /// Its id.
    pub id: Uuid,
    /// Its state after the write, without privileges.
    entry: Entry,
}

/// Creates the entity of a body, which must be valid together with all others.
pub fn create_checked(
    backend: &Backend,
    write: &Write<'_>,
    caller: &Caller,
    document: Document,
) -> Result<Written, RequestError> {
    let entity = document.entity;
    let written = create_one(backend, write, caller, document)?;
    rule_checks::check_written(write, caller, entity, &[written.id])
        .map_err(|(_, failure)| failure)?;
    Ok(written)
}

/// Changes the entity with this id, which must then be valid together with all others.
pub fn change_checked(
    backend: &Backend,
    write: &Write<'_>,
    caller: &Caller,
    id: Uuid,
    change: Change<'_>,
) -> Result<Written, RequestError> {
    let entity = change.document.entity;
    let written = change_one(backend, write, caller, id, change)?;
    rule_checks::check_written(write, caller, entity, &[id]).map_err(|(_, failure)| failure)?;
    Ok(written)
}

/// Changes the entity with this id. A rule is not checked yet.
pub fn change_one(
    backend: &Backend,
    write: &Write<'_>,
    caller: &Caller,
    id: Uuid,
    mut change: Change<'_>,
) -> Result<Written, RequestError> {
    let entity = change.document.entity;
    check_choices(backend, &change.document)?;
    check_changeable(write, caller, entity, id)?;
    change.document.set_by_change();
    seal_secrets(backend, write, &mut change.document, id)?;
    let lockout = Lockout::of_change(write, caller, id, &change.document)?;
    let update =
        Update { id, document: &change.document, seen: change.seen, if_match: change.if_match };
    let entry = write.update(caller, &update)?;
    lockout.check(write)?;
    Ok(Written { id, entry })
}

/// Deletes the entity with this id.
pub fn delete_one(
    write: &Write<'_>,
    caller: &Caller,
    entity: &'static Entity,
    id: Uuid,
    if_match: Option<&IfMatch>,
) -> Result<(), RequestError> {
    check_changeable(write, caller, entity, id)?;
    let lockout = Lockout::of_removal(write, caller, entity)?;
    write.delete(caller, &Deletion { entity, id, if_match })?;
    lockout.check(write)
}

/// Creates the entity of a body. A rule is not checked yet.
pub fn create_one(
    backend: &Backend,
    write: &Write<'_>,
    caller: &Caller,
    mut document: Document,
) -> Result<Written, RequestError> {
    check_choices(backend, &document)?;
    let id = document.id.unwrap_or_else(Uuid::now_v7);
    document.complete(id, &caller.actor, Timestamp::now())?;
    seal_secrets(backend, write, &mut document, id)?;
    let entry = write.create(caller, &document)?;
    Ok(Written { id, entry })
}

/// The entity after the write. It is returned even if the write took away the caller's read access.
pub fn read_back(
    write: &Write<'_>,
    caller: &Caller,
    entity: &'static Entity,
    written: Written,
    privileges: Privileges,
) -> Result<Entry, RequestError> {
    // The error of a rule is stored after the rule is written.
    if privileges == Privileges::Hidden && !entity.is_of_rules() {
        return Ok(written.entry);
    }
    let condition = Predicate::has_id(entity, written.id);
    let privileges = caller.privilege_columns_of_any(entity, privileges);
    let selection = SelectQuery {
        condition,
        privileges,
        ..one(caller, entity, Predicate::True, Privileges::Hidden)
    };
    write
        .snapshot()
        .one(&selection)?
        .ok_or_else(|| RequestError::internal(&"the entity just written is missing"))
}

/// Rejects a change or deletion of a read-only entity.
///
/// # Errors
/// [`RequestError::Forbidden`] if it is read-only, and the caller may read it.
fn check_changeable(
    write: &Write<'_>,
    caller: &Caller,
    entity: &'static Entity,
    id: Uuid,
) -> Result<(), RequestError> {
    let Some(read_only) = entity.read_only else { return Ok(()) };
    if write.snapshot().holds(
        entity,
        id,
        &caller.visible(entity, Predicate::is_read_only(entity)),
    )? {
        return Err(RequestError::Forbidden(read_only.message.to_owned()));
    }
    Ok(())
}

/// Rejects more choices than the settings allow.
fn check_choices(backend: &Backend, document: &Document) -> Result<(), FieldErrors> {
    let most = backend.limits.choice_values;
    let choices = document.inputs().find(|(property, _)| property.has_role(Role::ChoiceValues));
    match choices {
        Some((property, Input::Strings(strings))) if strings.len() > most => {
            let message = format!(
                "has {} items, but the setting max-choice-values allows at most {most}",
                strings.len()
            );
            Err(FieldErrors::one(property.name, message))
        }
        _ => Ok(()),
    }
}

/// The error that no entity has this id.
#[must_use]
pub fn no_such(entity: &Entity, id: &str) -> RequestError {
    RequestError::NotFound(format!(
        "there is no {} with the id {id}, or you may not see it",
        entity.noun
    ))
}

/// One entity in full, if the caller may read it.
#[must_use]
pub fn one(
    caller: &Caller,
    entity: &'static Entity,
    id: Predicate,
    privileges: Privileges,
) -> SelectQuery {
    let privileges = caller.privilege_columns(entity, privileges);
    SelectQuery { privileges, ..SelectQuery::full(entity, caller.visible(entity, id)) }
}
