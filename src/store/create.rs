//! Creates entities.

use super::error::Error;
use super::rights::{Rights, readable};
use super::rows::Holder;
use super::select::Entry;
use super::write::Write;
use crate::model::{Action, Document, Entity, Input, Kind, Property, Timestamp, Value};
use crate::query::{Predicate, Sql};
use uuid::Uuid;

impl Write<'_> {
    /// Creates the entity of a document that contains each property, and returns it as it is shown.
    /// The guard is evaluated on the new row, as on any other row, so that no second implementation
    /// has to judge a body.
    ///
    /// # Errors
    /// [`Error::Conflict`] if its id or a unique value is in use, [`Error::Invalid`] if it refers
    /// to entities that don't exist, [`Error::Forbidden`] if the user may not create it.
    pub fn create(&self, rights: &dyn Rights, document: &Document) -> Result<Entry, Error> {
        let entity = document.entity;
        let creatable = rights.guard(entity, Action::Create);
        let forbidden = || {
            Error::Forbidden(format!(
                "{} may not create this {}",
                rights.actor().name(),
                entity.noun
            ))
        };
        if creatable == Predicate::False {
            // A conflict would reveal which names exist.
            return Err(forbidden());
        }
        let id = self.insert(rights, document)?;
        if !self.snapshot().holds(entity, id, &creatable)? {
            return Err(forbidden());
        }
        for (property, input) in document.inputs() {
            if let (Some(action), Input::Strings(strings)) = (property.changed_by, input)
                && !strings.is_empty()
                && !self.snapshot().holds(entity, id, &rights.guard(entity, action))?
            {
                return Err(Error::Forbidden(format!(
                    "{} may not give a {} {}: that needs {}",
                    rights.actor().name(),
                    entity.noun,
                    property.name,
                    action.name()
                )));
            }
        }
        self.record_creation(entity, id)
    }

    pub(super) fn insert(&self, rights: &dyn Rights, document: &Document) -> Result<Uuid, Error> {
        let entity = document.entity;
        if let Some(id) = document.id
            && self.snapshot().holds(entity, id, &Predicate::True)?
        {
            return Err(Error::Conflict(format!(
                "there is a {} with the id {id} already",
                entity.noun
            )));
        }
        let values = self.values(document, &readable(rights))?;
        check_characters(&values)?;
        self.check_unique(entity, None, &values)?;
        self.meter.count_entity()?;
        let id = self.insert_row(entity.table, None, &values)?;
        let holder = Holder { entity, id, now: Timestamp::now(), rights };
        self.replace_collections(&holder, document)?;
        Ok(id)
    }

    /// Refuses unique values that a row other than `id` has.
    pub(super) fn check_unique(
        &self,
        entity: &'static Entity,
        id: Option<Uuid>,
        values: &[(&'static Property, Value)],
    ) -> Result<(), Error> {
        for group in entity.unique {
            let given: Vec<_> =
                values.iter().filter(|(property, _)| group.contains(&property.name)).collect();
            if given.len() < group.len() {
                continue;
            }
            let mut sql = Sql::new("SELECT 1 FROM ");
            sql.push(entity.table).push(" WHERE id <> ").bind(Value::Id(id.unwrap_or_default()));
            for (property, value) in &given {
                sql.push(" AND ")
                    .push(property.column)
                    .push("_folded = ")
                    .bind(folded(property, value));
            }
            if self.snapshot().first(&sql, |_| Ok(()))?.is_some() {
                return Err(Error::Conflict(format!(
                    "there is a {} with {} already",
                    entity.noun,
                    describe(&given)
                )));
            }
        }
        Ok(())
    }
}

fn check_characters(values: &[(&'static Property, Value)]) -> Result<(), Error> {
    values.iter().try_for_each(|(property, value)| match value {
        Value::Text(text) => Ok(property.check_characters(text)?),
        _ => Ok(()),
    })
}

fn folded(property: &Property, value: &Value) -> Value {
    match value {
        Value::Text(text) => Value::Text(property.folded(text)),
        other => other.clone(),
    }
}

fn describe(values: &[&(&'static Property, Value)]) -> String {
    let shown = values.iter().filter(|(property, _)| matches!(property.kind, Kind::Text { .. }));
    let parts: Vec<String> = shown
        .map(|(property, value)| match value {
            Value::Text(text) => format!("{} '{text}'", property.name),
            _ => property.name.to_owned(),
        })
        .collect();
    parts.join(" and ")
}
