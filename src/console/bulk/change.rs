//! Changes or deletes several entities. The preview does the same work in a transaction that is
//! rolled back.

use super::difference::{Difference, differences};
use super::filled::Change;
use super::shown_rights::ShownRights;
use crate::console::value_text::reference;
use crate::console::visit::Visit;
use crate::error::RequestError;
use crate::model::{Document, Entity, MODIFIED_BY_USER_NAME, MODIFIED_DATE, Role, Timestamp, fold};
use crate::query::Predicate;
use crate::service::backend::Backend;
use crate::service::caller::Caller;
use crate::service::entities;
use crate::service::entities::{change_one, delete_one, one, read_back};
use crate::service::rule_checks::check_written;
use crate::service::shown_privileges::Privileges;
use crate::store::{Extent, IfMatch, Snapshot, UserName, Weight, Write};
use serde_json::{Map, Value as Json, json};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// An action on several entities.
#[derive(Clone, Debug)]
pub enum BulkAction {
    /// Change them.
    Change(Vec<Change>),
    /// Delete them.
    Delete,
}

/// What a preview has shown.
pub struct Seen {
    /// The versions of the entities.
    pub entities: HashMap<Uuid, Timestamp>,
    /// Whose rights change.
    pub rights: ShownRights,
}

/// The effect on one entity.
#[derive(Debug)]
pub struct Row {
    /// Its id.
    pub id: Uuid,
    /// Its name for people.
    pub name: String,
    /// Its version before.
    pub version: String,
    /// Its differences; empty if it is deleted or unchanged.
    pub differences: Vec<Difference>,
}

impl Row {
    /// Whether the entity changes.
    pub const fn is_changed(&self) -> bool {
        !self.differences.is_empty()
    }
}

impl BulkAction {
    /// Computes the weight of the action.
    ///
    /// # Errors
    /// `TooHeavy` if it is too much for one transaction.
    pub async fn weigh(&self, visit: &Visit, ids: &[Uuid]) -> Result<Weight, RequestError> {
        let (entity, ids) = (visit.call.entity, ids.to_vec());
        let listed = move |_: &Snapshot<'_>, _: &Caller| Ok(Predicate::has_id_among(entity, ids));
        let Self::Change(changes) = self else {
            return visit.call.user.weigh_removal(entity, listed).await;
        };
        let extents = changes.iter().map(Change::extent);
        let each = extents.fold(Extent::default(), |all, more| Extent {
            rows: all.rows + more.rows,
            bytes: all.bytes + more.bytes,
        });
        visit
            .call
            .user
            .weigh_stored(entity, listed, |stored| Weight::of_change(entity, stored, each))
            .await
    }

    /// The names of the properties that the action changes.
    pub fn properties(&self, entity: &'static Entity) -> Vec<&'static str> {
        let name = |change: &Change| entity.with_role(change.role()).map(|property| property.name);
        match self {
            Self::Change(changes) => changes.iter().filter_map(name).collect(),
            Self::Delete => Vec::new(),
        }
    }

    /// The new owner, if the action sets one.
    pub fn owner(&self) -> Option<UserName> {
        let Self::Change(changes) = self else { return None };
        let owner = changes.iter().find_map(|change| match change {
            Change::Owner(owner) => Some(owner),
            _ => None,
        })?;
        let part = |name: &str| owner[name].as_str().map(ToOwned::to_owned);
        Some(UserName { user_directory: part("userDirectory")?, user_id: part("userId")? })
    }

    /// Applies the action to all entities. Returns the differences.
    ///
    /// # Errors
    /// `Outdated` if the stored version of an entity or of the rules is not the one in `seen`; the
    /// error of the first entity that can't be changed.
    pub fn apply(
        &self,
        backend: &Backend,
        write: &Write<'_>,
        caller: &Caller,
        entity: &'static Entity,
        ids: &[Uuid],
        seen: Option<&Seen>,
    ) -> Result<Vec<Row>, RequestError> {
        if let Some(seen) = seen {
            seen.rights.check_rules(write.snapshot().versions()?.rules)?;
        }
        let target = Target { backend, write, caller, entity, seen };
        let rows: Vec<Row> =
            ids.iter().map(|id| target.apply(self, *id)).collect::<Result<_, RequestError>>()?;
        // The rules of all entities are checked together, once.
        let changed: Vec<Uuid> =
            rows.iter().filter(|row| row.is_changed()).map(|row| row.id).collect();
        check_written(write, caller, entity, &changed).map_err(|(_, failure)| failure)?;
        Ok(rows)
    }
}

/// The context of the action.
struct Target<'a> {
    backend: &'a Backend,
    write: &'a Write<'a>,
    caller: &'a Caller,
    entity: &'static Entity,
    seen: Option<&'a Seen>,
}

impl Target<'_> {
    fn apply(&self, bulk_action: &BulkAction, id: Uuid) -> Result<Row, RequestError> {
        let before = self.read(id)?;
        let name = reference(&before);
        let version = before[MODIFIED_DATE.name].as_str().unwrap_or_default().to_owned();
        let date = self.check_seen(id, &name, &before)?;
        let differences = match bulk_action {
            BulkAction::Change(changes) => self.change(id, &before, changes, date),
            BulkAction::Delete => self.delete(id, date).map(|()| Vec::new()),
        };
        let differences = differences.map_err(|failure| failure.within(name.as_str()))?;
        Ok(Row { id, name, version, differences })
    }

    /// Reads the entity with the rights of the caller.
    fn read(&self, id: Uuid) -> Result<Json, RequestError> {
        let Self { entity, caller, .. } = self;
        let selection = one(caller, entity, Predicate::has_id(entity, id), Privileges::Hidden);
        let message = || {
            format!("the {} with the id {id} was deleted, or you may no longer see it", entity.noun)
        };
        self.write
            .snapshot()
            .one_value(&selection)?
            .ok_or_else(|| RequestError::NotFound(message()))
    }

    /// Checks that the stored version is the one that the visitor has seen. Returns it.
    fn check_seen(
        &self,
        id: Uuid,
        name: &str,
        stored: &Json,
    ) -> Result<Option<Timestamp>, RequestError> {
        let date = Timestamp::parse(stored[MODIFIED_DATE.name].as_str().unwrap_or_default());
        match self.seen {
            Some(seen) if date.is_none() || seen.entities.get(&id) != date.as_ref() => {
                let by = stored[MODIFIED_BY_USER_NAME.name].as_str().unwrap_or_default();
                Err(RequestError::Outdated(format!(
                    "{by} changed {name} after you opened this page."
                )))
            }
            _ => Ok(date),
        }
    }

    fn change(
        &self,
        id: Uuid,
        before: &Json,
        changes: &[Change],
        version: Option<Timestamp>,
    ) -> Result<Vec<Difference>, RequestError> {
        let body = body(self.entity, changes, before);
        if body.is_empty() {
            return Ok(Vec::new());
        }
        let document =
            Document::read(self.entity, Json::Object(body)).map_err(RequestError::from)?;
        let if_match = version.map_or(IfMatch::Any, |version| IfMatch::Versions(vec![version]));
        let change = entities::Change { document, seen: None, if_match: Some(&if_match) };
        let written = change_one(self.backend, self.write, self.caller, id, change)?;
        let after = read_back(self.write, self.caller, self.entity, written, Privileges::Hidden)?;
        Ok(differences(self.entity, before, &after.value()))
    }

    fn delete(&self, id: Uuid, version: Option<Timestamp>) -> Result<(), RequestError> {
        let if_match = version.map(|version| IfMatch::Versions(vec![version]));
        delete_one(self.write, self.caller, self.entity, id, if_match.as_ref())
    }
}

impl Change {
    fn extent(&self) -> Extent {
        match self {
            Self::AddTags(ids) => Extent { rows: ids.len() as u64, bytes: 0 },
            Self::SetValue { value, .. } => Extent { rows: 1, bytes: value.len() as u64 },
            Self::Owner(_) | Self::RemoveTags(_) | Self::RemoveValues(_) => {
                Extent { rows: 1, bytes: 0 }
            }
        }
    }

    /// The role of the property that the change sets.
    const fn role(&self) -> Role {
        match self {
            Self::AddTags(_) | Self::RemoveTags(_) => Role::Tags,
            Self::Owner(_) => Role::Owner,
            Self::SetValue { .. } | Self::RemoveValues(_) => Role::CustomProperties,
        }
    }
}

/// The changes to an entity as the body of a request to the API, without values that are set
/// already.
fn body(entity: &'static Entity, changes: &[Change], entry: &Json) -> Map<String, Json> {
    let stored =
        |role: Role| entity.with_role(role).map_or(&Json::Null, |property| &entry[property.name]);
    let list = |role: Role| stored(role).as_array().cloned().unwrap_or_default();
    let (mut tags, mut values) = (list(Role::Tags), list(Role::CustomProperties));
    let mut body = Map::new();
    for change in changes {
        match change {
            Change::AddTags(ids) => {
                let own: HashSet<String> =
                    tags.iter().filter_map(id).map(ToOwned::to_owned).collect();
                tags.extend(
                    ids.iter().filter(|id| !own.contains(*id)).map(|id| json!({ "id": id })),
                );
            }
            Change::RemoveTags(ids) => {
                tags.retain(|own| !id(own).is_some_and(|own| ids.iter().any(|id| id == own)));
            }
            Change::Owner(owner) if is_same_user(stored(Role::Owner), owner) => {}
            Change::Owner(owner) => body.extend(named(entity, Role::Owner, owner.clone())),
            Change::SetValue { definition, value } => {
                let held = values.iter().filter(|own| is_of(own, definition));
                if held.map(|own| own["value"].as_str()).ne([Some(value.as_str())]) {
                    values.retain(|own| !is_of(own, definition));
                    values.push(json!({ "value": value, "definition": { "id": definition } }));
                }
            }
            Change::RemoveValues(definition) => values.retain(|own| !is_of(own, definition)),
        }
    }
    for (role, changed) in [(Role::Tags, tags), (Role::CustomProperties, values)] {
        if changed != list(role) {
            body.extend(named(entity, role, Json::Array(changed)));
        }
    }
    body
}

/// A value with the name of the property that has this role.
fn named(entity: &'static Entity, role: Role, value: Json) -> Option<(String, Json)> {
    Some((entity.with_role(role)?.name.to_owned(), value))
}

fn id(entry: &Json) -> Option<&str> {
    entry["id"].as_str()
}

fn is_of(value: &Json, definition: &str) -> bool {
    id(&value["definition"]) == Some(definition)
}

fn is_same_user(one: &Json, other: &Json) -> bool {
    let folded = |user: &Json, name: &str| user[name].as_str().map(fold);
    ["userDirectory", "userId"].into_iter().all(|name| folded(one, name) == folded(other, name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::DATA_CONNECTION;

    fn entry() -> Json {
        let value = |value: &str, definition: &str| {
            json!({
                "value": value, "definition": {"id": definition}
            })
        };
        json!({
            "owner": {"userDirectory": "LAB", "userId": "anna"},
            "tags": [{"id": "a"}, {"id": "b"}],
            "customProperties": [value("dev", "stage"), value("x", "note"), value("y", "note")],
        })
    }

    fn body_of(changes: &[Change]) -> Json {
        Json::Object(body(&DATA_CONNECTION, changes, &entry()))
    }

    #[test]
    fn a_body_has_what_changes_and_nothing_else() {
        let texts =
            |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let set = |definition: &str, value: &str| Change::SetValue {
            definition: definition.to_owned(),
            value: value.to_owned(),
        };
        let owner = |id: &str| Change::Owner(json!({"userDirectory": "lab", "userId": id}));
        for nothing in [
            Change::AddTags(texts(&["a"])),
            Change::RemoveTags(texts(&["c"])),
            owner("Anna"),
            set("stage", "dev"),
            Change::RemoveValues("other".to_owned()),
        ] {
            assert_eq!(body_of(std::slice::from_ref(&nothing)), json!({}), "{nothing:?}");
        }
        let both = [Change::AddTags(texts(&["c", "a"])), Change::RemoveTags(texts(&["b"]))];
        assert_eq!(body_of(&both), json!({"tags": [{"id": "a"}, {"id": "c"}]}));
        let values = |changes: &[Change]| {
            let body = body_of(changes);
            let values = body["customProperties"].as_array().unwrap().clone();
            values
                .iter()
                .map(|value| value["value"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(values(&[set("stage", "prod")]), ["x", "y", "prod"]);
        // One value replaces several, even if it is one of them.
        assert_eq!(values(&[set("note", "x")]), ["dev", "x"]);
        assert_eq!(
            values(&[set("stage", "prod"), Change::RemoveValues("note".to_owned())]),
            ["prod"]
        );
        assert_eq!(
            body_of(&[owner("bert")]),
            json!({"owner": {"userDirectory": "lab", "userId": "bert"}})
        );
    }
}
