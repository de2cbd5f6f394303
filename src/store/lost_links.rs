//! The links that other entities lose when an entity is removed, such as those to a tag, and the
//! elements that refer to it, such as values of a custom property. The audit entry of the removal
//! lists them, so that the removal can be undone.

use super::error::Error;
use super::snapshot::Snapshot;
use super::weight::Stored;
use super::write::Write;
use crate::model::{Entity, Kind, Property, REGISTRY, Value};
use crate::query::{Predicate, Sql};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The property that lists the lost links in the JSON of a removed entity.
const REMOVED_FROM: &str = "removedFrom";

/// The size of that list in one audit entry: some 100,000 ids. Further links are only counted.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// Bytes of an id in a list, and of the JSON around a list.
const ID_BYTES: usize = 39;
const AROUND: usize = 120;

/// A property by which entities refer to others, and that loses an item when one of these is
/// removed.
struct Relation {
    holder: &'static Entity,
    property: &'static Property,
    /// The column that refers to the removed entity, in the table of the property.
    column: &'static str,
    /// The text that is lost as well, if each link has one.
    value: Option<&'static Property>,
}

fn relations_to(target: &'static Entity) -> impl Iterator<Item = Relation> {
    let relation = move |holder: &'static Entity, property: &'static Property| {
        let (column, value) = match property.kind {
            Kind::Links(linked) if linked == target => ("target_id", None),
            Kind::Elements(element) => {
                let refers = |own: &&Property| {
                    matches!(
                        own.kind,
                        Kind::Reference(referred) if referred == target
                    )
                };
                let is_value =
                    |own: &&Property| matches!(own.kind, Kind::Text { .. }) && own.is_changeable();
                (
                    element.properties.iter().find(refers)?.column,
                    element.properties.iter().find(is_value),
                )
            }
            _ => return None,
        };
        Some(Relation { holder, property, column, value })
    };
    let holders = REGISTRY.iter().copied();
    holders.flat_map(move |holder| {
        holder.properties.iter().filter_map(move |property| relation(holder, property))
    })
}

/// Whether entities of other types can lose links when one of this type is removed.
#[must_use]
pub fn is_linked(entity: &'static Entity) -> bool {
    relations_to(entity).next().is_some()
}

impl Write<'_> {
    /// Removes an entity that is about to be deleted from all others, and adds what these lose to
    /// its JSON.
    pub(super) fn take_off_others(
        &self,
        target: &'static Entity,
        id: Uuid,
        shown: String,
    ) -> Result<String, Error> {
        let (mut lost, mut space) = (Vec::new(), MOST_BYTES);
        for relation in relations_to(target) {
            let listed = self.snapshot().holders(&relation, id, &mut space)?;
            if listed.is_empty() {
                continue;
            }
            lost.extend(listed);
            // SQLite would remove the links by itself, but would not count them.
            let mut sql = Sql::new("DELETE FROM ");
            sql.push(relation.property.column)
                .push(" WHERE ")
                .push(relation.column)
                .push(" = ")
                .bind(Value::Id(id));
            self.snapshot().execute(&sql)?;
        }
        match serde_json::from_str::<Map<String, Json>>(&shown) {
            Ok(mut properties) if !lost.is_empty() => {
                properties.insert(REMOVED_FROM.to_owned(), Json::Array(lost));
                Ok(Json::Object(properties).to_string())
            }
            _ => Ok(shown),
        }
    }
}

impl Snapshot<'_> {
    /// The entities that refer to the one that is removed, grouped by the value that is lost, as
    /// the audit log lists them in at most `space` bytes.
    fn holders(
        &self,
        relation: &Relation,
        id: Uuid,
        space: &mut usize,
    ) -> Result<Vec<Json>, Error> {
        let sql = relation.statement(id);
        let (mut listed, mut not_listed) = (BTreeMap::<Option<String>, Vec<Uuid>>::new(), 0_u64);
        self.all(&sql, |row| {
            let value = || relation.value.map(|_| row.get::<String>(1)).transpose();
            // A link that can't be read is removed as well, and must not prevent the removal.
            let (Ok(holder), Ok(value)) = (row.get(0), value()) else {
                not_listed += 1;
                return Ok(());
            };
            let overhead = if listed.contains_key(&value) {
                0
            } else {
                AROUND + value.as_ref().map_or(0, String::len)
            };
            match space.checked_sub(ID_BYTES + overhead) {
                Some(left) => {
                    *space = left;
                    listed.entry(value).or_default().push(holder);
                }
                None => not_listed += 1,
            }
            Ok(())
        })?;
        let mut shown: Vec<Json> =
            listed.into_iter().map(|(value, holders)| relation.shown(value, holders)).collect();
        if not_listed > 0 {
            let (kind, property) = (relation.holder.resource_type, relation.property.name);
            shown.push(json!({ "type": kind, "property": property, "notListed": not_listed }));
        }
        Ok(shown)
    }

    /// The extent of the rows of `entity` that fulfil `condition`, including the links of other
    /// entities to them.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn stored_to_remove(
        &self,
        entity: &'static Entity,
        condition: &Predicate,
    ) -> Result<Stored, Error> {
        let mut stored = self.stored_of(entity, condition)?;
        for relation in relations_to(entity) {
            let mut sql = Sql::new("SELECT count(*) FROM ");
            sql.push(relation.property.column)
                .push(" WHERE ")
                .push(relation.column)
                .push(" IN (SELECT t0.id FROM ");
            sql.push(entity.table).push(" AS t0 WHERE ").predicate("t0", condition).push(")");
            let links: Option<i64> = self.first(&sql, |row| row.get(0))?;
            stored.items += links.and_then(|links| u64::try_from(links).ok()).unwrap_or_default();
        }
        Ok(stored)
    }
}

impl Relation {
    /// The statement that reads which entities refer to the removed one.
    fn statement(&self, id: Uuid) -> Sql {
        let mut sql = Sql::new("SELECT entity_id");
        if let Some(value) = self.value {
            sql.push(", ").push(value.column);
        }
        sql.push(" FROM ").push(self.property.column).push(" WHERE ").push(self.column).push(" = ");
        sql.bind(Value::Id(id));
        sql
    }

    /// How the audit log shows entities that lose the same.
    fn shown(&self, value: Option<String>, mut holders: Vec<Uuid>) -> Json {
        holders.sort_unstable();
        let mut shown = json!({
            "type": self.holder.resource_type, "property": self.property.name, "entities": holders
        });
        if let (Some(property), Some(value)) = (self.value, value) {
            shown[property.name] = Json::String(value);
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{create, open};
    use super::super::{Origin, UserName};
    use super::*;
    use crate::model::{CUSTOM_PROPERTY_DEFINITION, DATA_CONNECTION, TAG, USER};

    #[test]
    fn removed_tags_and_definitions_are_lost_by_others() {
        let linked =
            REGISTRY.iter().filter(|entity| is_linked(entity)).map(|entity| entity.resource_type);
        assert_eq!(
            linked.collect::<Vec<_>>(),
            [&TAG, &CUSTOM_PROPERTY_DEFINITION].map(|entity| entity.resource_type)
        );
        let of_tag = relations_to(&TAG).map(|relation| relation.holder.resource_type);
        assert_eq!(of_tag.collect::<Vec<_>>(), ["DataConnection", "User", "SystemRule"]);
    }

    #[test]
    fn the_holders_are_found_by_an_index() {
        let (_folder, store) = open();
        let explain = |snapshot: &Snapshot<'_>| {
            for relation in REGISTRY.iter().flat_map(|entity| relations_to(entity)) {
                let sql = relation.statement(Uuid::nil());
                let mut explain = Sql::new(&format!("EXPLAIN QUERY PLAN {}", sql.text));
                explain.parameters = sql.parameters;
                let step: String = snapshot.first(&explain, |row| row.get(3)).unwrap().unwrap();
                assert!(step.starts_with("SEARCH") && step.contains("INDEX"), "{step}");
            }
            Ok::<_, Error>(())
        };
        store.scan(explain).unwrap();
    }

    #[test]
    fn links_beyond_the_space_are_counted() {
        let (_folder, store) = open();
        let counts = store.write_blocking(Origin::command("test"), |write| {
            let actor = write.actor(&UserName::repository())?;
            let tag = create(write, &actor, &TAG, json!({"name": "prod"}))?;
            for number in 0..5 {
                let body = json!({
                    "name": format!("c{number}"), "type": "x", "connectionstring": "x",
                    "tags": [{"id": tag}]
                });
                create(write, &actor, &DATA_CONNECTION, body)?;
            }
            create(
                write,
                &actor,
                &USER,
                json!({"userDirectory": "LAB", "userId": "anna", "tags": [{"id": tag}]}),
            )?;
            let of_connections = relations_to(&TAG).next().unwrap();
            let counts = [0, AROUND + 2 * ID_BYTES, MOST_BYTES].map(|space| {
                let shown = write.snapshot().holders(&of_connections, tag, &mut { space }).unwrap();
                let listed = shown
                    .iter()
                    .filter_map(|one| one["entities"].as_array())
                    .map(Vec::len)
                    .sum::<usize>();
                (listed, shown.iter().find_map(|one| one["notListed"].as_u64()))
            });
            Ok::<_, Error>(counts)
        });
        assert_eq!(counts.unwrap(), [(0, Some(5)), (2, Some(3)), (5, None)]);
    }
}
