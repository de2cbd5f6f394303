//! Removes entities.

use super::error::Error;
use super::if_match::{IfMatch, check_if_match};
use super::rights::Rights;
use super::write::Write;
use crate::model::{Action, Entity, Kind, Property, REGISTRY, Role, Value};
use crate::query::{Predicate, Sql};
use uuid::Uuid;

/// A request to remove an entity.
pub struct Deletion<'a> {
    /// Its type.
    pub entity: &'static Entity,
    /// Its id.
    pub id: Uuid,
    /// The versions that the request accepts.
    pub if_match: Option<&'a IfMatch>,
}

/// The number of entities that a message names.
const NAMED: i64 = 5;

impl Write<'_> {
    /// Removes an entity, with its collections and with the links to it.
    ///
    /// # Errors
    /// [`Error::NotFound`] if it does not exist, [`Error::Forbidden`] if it may not be removed,
    /// [`Error::PreconditionFailed`] if the stored version does not match, [`Error::Conflict`] if
    /// other entities refer to it, as those of an owner do.
    pub fn delete(&self, rights: &dyn Rights, deletion: &Deletion<'_>) -> Result<(), Error> {
        let entity = deletion.entity;
        let mut sql = Sql::new("SELECT t0.modified_date, ");
        sql.predicate("t0", &rights.guard(entity, Action::Delete))
            .push(" FROM ")
            .push(entity.table)
            .push(" AS t0 WHERE t0.id = ");
        sql.bind(Value::Id(deletion.id))
            .push(" AND ")
            .predicate("t0", &rights.guard(entity, Action::Read));
        let found = self.snapshot().first(&sql, |row| Ok((row.get(0)?, row.get::<bool>(1)?)))?;
        let (modified_date, is_deletable) = found.ok_or(Error::NotFound)?;
        if !is_deletable {
            return Err(Error::Forbidden(format!(
                "{} may not delete this {}",
                rights.actor().name(),
                entity.noun
            )));
        }
        check_if_match(deletion.if_match, modified_date)?;
        self.check_prohibited(deletion)?;
        for other in REGISTRY.iter().copied() {
            for property in other.properties {
                if matches!(property.kind, Kind::Reference(target) if target == entity) {
                    self.check_unused(rights, deletion, (other, property))?;
                }
            }
        }
        let before = self.snapshot().shown_before(entity, deletion.id)?;
        let before = self.take_off_others(entity, deletion.id, before)?;
        let mut sql = Sql::new("DELETE FROM ");
        sql.push(entity.table).push(" WHERE id = ").bind(Value::Id(deletion.id));
        self.snapshot().execute(&sql)?;
        self.record_deletion(entity, deletion.id, before)
    }

    fn check_prohibited(&self, deletion: &Deletion<'_>) -> Result<(), Error> {
        if self.is_service_account(deletion.entity, deletion.id)? {
            return Err(Error::Conflict(
                "the user is a service account, which can't be deleted".to_owned(),
            ));
        }
        Ok(())
    }

    /// Whether it is a service account.
    pub(super) fn is_service_account(
        &self,
        entity: &'static Entity,
        id: Uuid,
    ) -> Result<bool, Error> {
        let Some(prohibited) = entity.with_role(Role::ServiceAccount) else { return Ok(false) };
        self.snapshot().holds(entity, id, &Predicate::equals(prohibited, Value::Boolean(true)))
    }

    /// Refuses the removal while entities of type `other` refer to the entity by `property`, and
    /// names them.
    fn check_unused(
        &self,
        rights: &dyn Rights,
        deletion: &Deletion<'_>,
        (other, property): (&'static Entity, &'static Property),
    ) -> Result<(), Error> {
        let refers = Predicate::equals(property, Value::Id(deletion.id));
        let is_used = self.snapshot().count(other, &refers)? > 0;
        if !is_used {
            return Ok(());
        }
        let seen = Predicate::and([refers, rights.guard(other, Action::Read)]);
        let count = self.snapshot().count(other, &seen)?;
        if count == 0 {
            return Err(Error::Conflict(format!(
                "the {} is the {} of {}s that you may not see; ask an administrator to change that \
                 first",
                deletion.entity.noun, property.name, other.noun
            )));
        }
        let mut sql = Sql::new("SELECT t0.name FROM ");
        sql.push(other.table)
            .push(" AS t0 WHERE ")
            .predicate("t0", &seen)
            .push(" ORDER BY t0.name_folded LIMIT ");
        sql.bind(Value::Integer(NAMED));
        let names: Vec<String> = self.snapshot().all(&sql, |row| row.get(0))?;
        Err(Error::Conflict(format!(
            "the {} is the {} of {} ('{}'{}); change that first",
            deletion.entity.noun,
            property.name,
            other.counted(count),
            names.join("', '"),
            if count > NAMED { ", …" } else { "" }
        )))
    }
}
