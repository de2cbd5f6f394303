//! Making entities.

use super::error::Error;
use super::rows::Holder;
use super::select::Entry;
use super::write::Write;
use crate::model::{Actor, Document, Entity, Input, Kind, Property, Timestamp, Value};
use crate::query::{Predicate, Readable, Sql};
use uuid::Uuid;

/// An entity to make.
pub struct Creation<'a> {
    /// The whole entity: each property given.
    pub document: &'a Document,
    /// Who makes it.
    pub actor: &'a Actor,
    /// What he may refer to.
    pub readable: Readable<'a>,
    /// What he may make.
    pub creatable: &'a Predicate,
    /// Where he may do an action, by its name.
    pub may: &'a dyn Fn(&'static str) -> Predicate,
}

impl Write<'_> {
    /// Makes an entity, and tells what it is. The guard is asked about the row once it is written, as about any other row: there is no
    /// second judge of what a body amounts to.
    ///
    /// # Errors
    /// Its id or what must be unique is taken, it names entities that are not there, or the guard does not allow it.
    pub fn create(&self, creation: &Creation<'_>) -> Result<Entry, Error> {
        let entity = creation.document.entity;
        let forbidden = || Error::Forbidden(format!("{} may not create this {}", creation.actor.name(), entity.noun));
        if *creation.creatable == Predicate::False {
            // Who may create none is not told which there are.
            return Err(forbidden());
        }
        let id = self.insert(creation.document, creation.actor, creation.readable)?;
        if !self.snapshot().holds(entity, id, creation.creatable)? {
            return Err(forbidden());
        }
        for (property, input) in creation.document.inputs() {
            if let (Some(action), Input::Strings(strings)) = (property.changed_by, input)
                && !strings.is_empty()
                && !self.snapshot().holds(entity, id, &(creation.may)(action))?
            {
                let (name, noun) = (creation.actor.name(), entity.noun);
                return Err(Error::Forbidden(format!(
                    "{name} may not give a {noun} {}: that needs {action}",
                    property.name
                )));
            }
        }
        self.record_creation(entity, id)
    }

    pub(super) fn insert(&self, document: &Document, actor: &Actor, readable: Readable<'_>) -> Result<Uuid, Error> {
        let entity = document.entity;
        if let Some(id) = document.id
            && self.snapshot().holds(entity, id, &Predicate::True)?
        {
            return Err(Error::Conflict(format!("there is a {} with the id {id} already", entity.noun)));
        }
        let values = self.values(document, readable)?;
        check_characters(&values)?;
        self.check_unique(entity, None, &values)?;
        self.meter.count_entity()?;
        let id = self.insert_row(entity.table, None, &values)?;
        let holder = Holder { entity, id, actor, now: Timestamp::now(), readable };
        self.replace_collections(&holder, document)?;
        Ok(id)
    }

    /// Refuses values that must be unique and are taken by a row other than `id`.
    pub(super) fn check_unique(
        &self,
        entity: &'static Entity,
        id: Option<Uuid>,
        values: &[(&'static Property, Value)],
    ) -> Result<(), Error> {
        for group in entity.unique {
            let given: Vec<_> = values.iter().filter(|(property, _)| group.contains(&property.name)).collect();
            if given.len() < group.len() {
                continue;
            }
            let mut sql = Sql::new("SELECT 1 FROM ");
            sql.push(entity.table).push(" WHERE id <> ").bind(Value::Id(id.unwrap_or_default()));
            for (property, value) in &given {
                sql.push(" AND ").push(property.column).push("_folded = ").bind(folded(property, value));
            }
            if self.snapshot().first(&sql, |_| Ok(()))?.is_some() {
                return Err(Error::Conflict(format!("there is a {} with {} already", entity.noun, describe(&given))));
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
