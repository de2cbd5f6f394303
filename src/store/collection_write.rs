//! Writes the collections of an entity. A list in a body replaces the whole stored list; items that
//! stay keep their ids.

use super::error::Error;
use super::rights::readable;
use super::rows::{Holder, Values};
use super::write::Write;
use crate::model::{
    Document, Entity, FieldErrors, Input, Key, Kind, Presence, Property, Role, Value, did_you_mean,
    fold, is_same_folded,
};
use crate::query::{Predicate, Readable, Sql};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use uuid::Uuid;

/// What a custom property definition allows.
struct Definition {
    types: Vec<String>,
    /// Whether only some values can be chosen.
    has_choices: bool,
}

/// The table of the values that can be chosen. There can be thousands, so they are never all read
/// to find one.
const CHOICES: &str = "custom_property_definition_choice_values";

/// The definitions that were read so far, by id.
type Definitions = HashMap<Value, Definition>;

impl Write<'_> {
    /// Replaces each collection that `document` contains.
    pub(super) fn replace_collections(
        &self,
        holder: &Holder<'_>,
        document: &Document,
    ) -> Result<(), Error> {
        for (property, input) in document.inputs() {
            match (property.kind, input) {
                (Kind::Strings { .. }, Input::Strings(strings)) => {
                    self.replace_strings(holder, property, strings)?;
                }
                (Kind::Links(target), Input::Links(keys)) => {
                    self.replace_links(holder, property, target, keys)?;
                }
                (Kind::Elements(element), Input::Elements(documents)) => {
                    self.replace_elements(holder, property, element, documents)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn replace_strings(
        &self,
        holder: &Holder<'_>,
        property: &Property,
        strings: &[String],
    ) -> Result<(), Error> {
        self.clear(holder, property)?;
        for (position, string) in (0_i64..).zip(strings) {
            let mut sql = Sql::new("INSERT INTO ");
            sql.push(property.column).push(" (entity_id, position, value, value_folded) VALUES (");
            sql.bind(Value::Id(holder.id)).push(", ").bind(Value::Integer(position)).push(", ");
            sql.bind(Value::Text(string.clone()))
                .push(", ")
                .bind(Value::Text(fold(string)))
                .push(")");
            self.snapshot().execute(&sql)?;
        }
        Ok(())
    }

    fn replace_links(
        &self,
        holder: &Holder<'_>,
        property: &Property,
        target: &'static Entity,
        keys: &[Key],
    ) -> Result<(), Error> {
        let mut ids = Vec::with_capacity(keys.len());
        for (index, key) in keys.iter().enumerate() {
            let id =
                match (self.snapshot().resolve(target, key, &readable(holder.rights)), key.id()) {
                    (Err(Error::Invalid(_)), Some(id))
                        if self.has_already(holder, property, "target_id", id)? =>
                    {
                        id
                    }
                    (id, _) => id.map_err(|error| error.within(index).within(property.name))?,
                };
            ids.push(id);
        }
        self.clear(holder, property)?;
        for id in ids {
            let mut sql = Sql::new("INSERT INTO ");
            sql.push(property.column).push(" (entity_id, target_id) VALUES (");
            sql.bind(Value::Id(holder.id))
                .push(", ")
                .bind(Value::Id(id))
                .push(") ON CONFLICT DO NOTHING");
            self.snapshot().execute(&sql)?;
        }
        Ok(())
    }

    /// Replaces the elements. An element with the id of a stored one replaces it; an element that
    /// equals a stored one is that one; the others are new.
    fn replace_elements(
        &self,
        holder: &Holder<'_>,
        property: &Property,
        element: &'static Entity,
        documents: &[Document],
    ) -> Result<(), Error> {
        let mut stored: HashMap<Uuid, Values> =
            self.stored_elements(holder, property, element)?.into_iter().collect();
        let replaced: Vec<Option<(Uuid, Values)>> =
            documents.iter().map(|document| stored.remove_entry(&document.id?)).collect();
        let mut left: HashMap<Values, Vec<Uuid>> = HashMap::new();
        for (id, values) in stored {
            left.entry(values).or_default().push(id);
        }
        let mut definitions = Definitions::new();
        for (index, (document, replaced)) in documents.iter().zip(replaced).enumerate() {
            let within = |error: Error| error.within(index).within(property.name);
            // A stored element stays, even if the caller may not read what it refers to. A new one
            // may refer only to entities that the caller may read.
            let resolved = match self.element_values(holder, document, &|_| Predicate::True) {
                Err(error @ (Error::Unreachable(_) | Error::Database(_))) => return Err(error),
                resolved => resolved.ok(),
            };
            let stays = resolved.is_some_and(|values| {
                let new_values = own_values(&values);
                match &replaced {
                    Some((_, stored)) => *stored == new_values,
                    None => left.get_mut(&new_values).and_then(Vec::pop).is_some(),
                }
            });
            if stays {
                continue;
            }
            let values =
                self.element_values(holder, document, &readable(holder.rights)).map_err(within)?;
            let new_values = own_values(&values);
            if property.has_role(Role::CustomProperties) {
                self.check_custom_property(holder, &values, &mut definitions).map_err(within)?;
            }
            match replaced {
                Some((id, _)) => self.update_element(property.column, id, holder, &new_values)?,
                None => drop(self.insert_row(property.column, Some(holder.id), &values)?),
            }
        }
        for id in left.into_values().flatten() {
            let mut sql = Sql::new("DELETE FROM ");
            sql.push(property.column).push(" WHERE entity_id = ").bind(Value::Id(holder.id));
            sql.push(" AND id = ").bind(Value::Id(id));
            self.snapshot().execute(&sql)?;
        }
        Ok(())
    }

    /// The stored elements: their ids, and the values that clients gave them.
    fn stored_elements(
        &self,
        holder: &Holder<'_>,
        property: &Property,
        element: &'static Entity,
    ) -> Result<Vec<(Uuid, Values)>, Error> {
        let own: Vec<&'static Property> =
            element.properties.iter().filter(|property| is_own(property)).collect();
        let mut sql = Sql::new("SELECT id");
        for property in &own {
            sql.push(", ").push(property.column);
        }
        sql.push(" FROM ")
            .push(property.column)
            .push(" WHERE entity_id = ")
            .bind(Value::Id(holder.id));
        self.snapshot().all(&sql, |row| {
            let mut values = Vec::with_capacity(own.len());
            for (column, property) in own.iter().enumerate() {
                let value = match property.kind {
                    Kind::Reference(_) => Value::Id(row.get(column + 1)?),
                    _ => Value::Text(row.get(column + 1)?),
                };
                values.push((*property, value));
            }
            Ok((row.get(0)?, values))
        })
    }

    /// All values of a new element, in the order of its properties.
    fn element_values(
        &self,
        holder: &Holder<'_>,
        document: &Document,
        readable: Readable<'_>,
    ) -> Result<Values, Error> {
        let mut element = document.clone();
        element.complete(Uuid::now_v7(), holder.rights.actor(), holder.now)?;
        let mut values = self.values(&element, readable)?;
        let place = |property: &Property| {
            element.entity.properties.iter().position(|other| other == property)
        };
        values.sort_by_key(|(property, _)| place(property));
        Ok(values)
    }

    /// Checks that a custom property value belongs to a definition for this entity type, and to its
    /// choices if it has any.
    fn check_custom_property(
        &self,
        holder: &Holder<'_>,
        values: &[(&'static Property, Value)],
        resolved: &mut Definitions,
    ) -> Result<(), Error> {
        let find = |role: Role| {
            values.iter().find(|(property, _)| property.has_role(role)).map(|(_, value)| value)
        };
        let (Some(definition), Some(Value::Text(value))) =
            (find(Role::Definition), find(Role::Value))
        else {
            return Ok(());
        };
        let Definition { types, has_choices } = self.definition(definition, resolved)?;
        if !types.iter().any(|kind| is_same_folded(kind, holder.entity.resource_type)) {
            let message = format!(
                "this custom property is not for {}; it is for: {}",
                holder.entity.resource_type,
                types.join(", ")
            );
            return Err(FieldErrors::one("definition", message).into());
        }
        if !*has_choices
            || self.snapshot().first(&find_choice(definition, value), |_| Ok(()))?.is_some()
        {
            return Ok(());
        }
        let choices = self.strings(CHOICES, definition)?;
        let hint = did_you_mean(value, choices.iter().map(String::as_str));
        Err(FieldErrors::one(
            "value",
            format!("is not one of the choices of the custom property; {hint}"),
        )
        .into())
    }

    /// What a definition allows, read once however many values there are.
    fn definition<'k>(
        &self,
        id: &Value,
        resolved: &'k mut Definitions,
    ) -> Result<&'k Definition, Error> {
        match resolved.entry(id.clone()) {
            Entry::Occupied(entry) => Ok(entry.into_mut()),
            Entry::Vacant(entry) => Ok(entry.insert(Definition {
                types: self.strings("custom_property_definition_object_types", id)?,
                has_choices: self.has_choices(id)?,
            })),
        }
    }

    fn has_choices(&self, definition: &Value) -> Result<bool, Error> {
        let mut sql = Sql::new("SELECT 1 FROM ");
        sql.push(CHOICES).push(" WHERE entity_id = ").bind(definition.clone()).push(" LIMIT 1");
        Ok(self.snapshot().first(&sql, |_| Ok(()))?.is_some())
    }

    /// The strings of a list of an entity.
    pub(super) fn strings_of(&self, property: &Property, id: Uuid) -> Result<Vec<String>, Error> {
        self.strings(property.column, &Value::Id(id))
    }

    /// Whether the row has this id in the list already: a client may send back what a reply showed,
    /// even if the client may not read the entity.
    fn has_already(
        &self,
        holder: &Holder<'_>,
        property: &Property,
        column: &str,
        id: Uuid,
    ) -> Result<bool, Error> {
        let mut sql = Sql::new("SELECT 1 FROM ");
        sql.push(property.column).push(" WHERE entity_id = ").bind(Value::Id(holder.id));
        sql.push(" AND ").push(column).push(" = ").bind(Value::Id(id));
        Ok(self.snapshot().first(&sql, |_| Ok(()))?.is_some())
    }

    fn strings(&self, table: &str, entity: &Value) -> Result<Vec<String>, Error> {
        let mut sql = Sql::new("SELECT value FROM ");
        sql.push(table).push(" WHERE entity_id = ").bind(entity.clone()).push(" ORDER BY position");
        self.snapshot().all(&sql, |row| row.get(0))
    }

    fn clear(&self, holder: &Holder<'_>, property: &Property) -> Result<(), Error> {
        let mut sql = Sql::new("DELETE FROM ");
        sql.push(property.column).push(" WHERE entity_id = ").bind(Value::Id(holder.id));
        self.snapshot().execute(&sql).map(drop)
    }
}

/// Finds a value among the choices of a definition by the index on folded values: the plus keeps
/// SQLite from scanning all choices of the definition.
pub(super) fn find_choice(definition: &Value, value: &str) -> Sql {
    let mut sql = Sql::new("SELECT 1 FROM ");
    sql.push(CHOICES).push(" WHERE value_folded = ").bind(Value::Text(fold(value)));
    sql.push(" AND +entity_id = ")
        .bind(definition.clone())
        .push(" AND value = ")
        .bind(Value::Text(value.to_owned()));
    sql
}

/// The values that clients gave an element, without those that the server maintains.
fn own_values(values: &[(&'static Property, Value)]) -> Values {
    values.iter().filter(|(property, _)| is_own(property)).cloned().collect()
}

const fn is_own(property: &Property) -> bool {
    !matches!(property.kind, Kind::Id) && !matches!(property.presence, Presence::ServerSet(_))
}
