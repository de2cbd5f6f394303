//! Finds the entities that a body refers to, and counts those that refer to others.

use super::collection_read::push_ids;
use super::error::Error;
use super::snapshot::Snapshot;
use crate::model::{Cause, Document, Entity, FieldError, Key, Kind, Property, Value};
use crate::query::{Operator, Predicate, Readable, Sql};
use uuid::Uuid;

impl Snapshot<'_> {
    /// The id of the entity that `key` refers to. An entity that the caller may not read counts as
    /// missing.
    ///
    /// # Errors
    /// [`Error::Invalid`] if there is no such entity; [`Error::Database`] or [`Error::Unreachable`]
    /// if the database fails.
    pub(super) fn resolve(
        &self,
        target: &'static Entity,
        key: &Key,
        readable: Readable<'_>,
    ) -> Result<Uuid, Error> {
        let by_id = key.id().map(|id| Predicate::has_id(target, id));
        let by_natural_key = key.natural().map(|parts| Predicate::and(parts.iter().map(equals)));
        for condition in by_id.into_iter().chain(by_natural_key) {
            let mut sql = Sql::new("SELECT t0.id FROM ");
            sql.push(target.table).push(" AS t0 WHERE ");
            sql.predicate("t0", &Predicate::and([readable(target), condition]));
            if let Some(id) = self.first(&sql, |row| row.get(0))? {
                return Ok(id);
            }
        }
        let message = format!("there is no {} with {key}", target.noun);
        Err(Error::Invalid(
            FieldError { cause: Cause::NotFound, ..FieldError::new("", message) }.into(),
        ))
    }

    /// The id of the entity that has the same id or the same unique values as a new one, if the
    /// caller may read it.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn existing(
        &self,
        document: &Document,
        readable: Readable<'_>,
    ) -> Result<Option<Uuid>, Error> {
        let entity = document.entity;
        let key = match (document.id, document.natural_key()) {
            (Some(id), Some(natural)) => Key::Both(id, natural),
            (Some(id), None) => Key::Id(id),
            (None, Some(natural)) => Key::Natural(natural),
            (None, None) => return Ok(None),
        };
        match self.resolve(entity, &key, readable) {
            Ok(id) => Ok(Some(id)),
            Err(Error::Invalid(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The ids of the entities with these texts, ignoring case, the oldest first; at most ten.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn ids_of(
        &self,
        entity: &'static Entity,
        texts: &[(&'static Property, String)],
    ) -> Result<Vec<Uuid>, Error> {
        let mut sql = Sql::new("SELECT t0.id FROM ");
        sql.push(entity.table).push(" AS t0 WHERE ");
        sql.predicate("t0", &Predicate::and(texts.iter().map(equals)));
        // The plus keeps SQLite from visiting all rows in this order.
        sql.push(" ORDER BY +t0.created_date, t0.id LIMIT 10");
        self.all(&sql, |row| row.get(0))
    }

    /// Whether there is an entity with this id.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn exists(&self, entity: &'static Entity, id: Uuid) -> Result<bool, Error> {
        self.holds(entity, id, &Predicate::True)
    }

    /// How many of the entities that fulfil `visible` refer to each of `targets` by `relation`,
    /// which is a reference or a list of links. Targets without any are omitted.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn count_related(
        &self,
        entity: &'static Entity,
        relation: &'static Property,
        targets: &[Uuid],
        visible: &Predicate,
    ) -> Result<Vec<(Uuid, i64)>, Error> {
        if *visible == Predicate::False || targets.is_empty() {
            return Ok(Vec::new());
        }
        let is_reference = matches!(relation.kind, Kind::Reference(_));
        let target =
            if is_reference { format!("t0.{}", relation.column) } else { "c.target_id".to_owned() };
        let mut sql = Sql::new("SELECT ");
        sql.push(&target).push(", count(*) FROM ").push(entity.table).push(" AS t0");
        if !is_reference {
            sql.push(" JOIN ").push(relation.column).push(" AS c ON c.entity_id = t0.id");
        }
        sql.push(" WHERE ").push(&target).push(" IN (");
        push_ids(&mut sql, targets);
        sql.push(") AND ").predicate("t0", visible).push(" GROUP BY ").push(&target);
        self.all(&sql, |row| Ok((row.get(0)?, row.get(1)?)))
    }
}

fn equals((property, text): &(&'static Property, String)) -> Predicate {
    Predicate::Compare { property, operator: Operator::Eq, value: Value::Text(text.clone()) }
}
