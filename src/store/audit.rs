//! The audit log. Each change, sign-in and refusal has an entry in the transaction of the event
//! itself. Each entry contains the hash of the previous one, so that a changed or removed entry is
//! detected.

use super::audit_chain::{AuditRow, COLUMNS};
use super::error::Error;
use super::select::Entry;
use super::select_query::SelectQuery;
use super::snapshot::Snapshot;
use super::write::Write;
use crate::model::{Entity, ListChange, Timestamp, USER, Value, masked};
use crate::query::{Predicate, Sql};
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

/// The outcome of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was refused: the caller lacked the right, or could not be authenticated.
    Refused,
}

/// An action, as the audit log records it.
#[derive(Debug)]
pub struct Act {
    /// The action in a word or two: an action of the rules, one like `sign in`, or a request that
    /// was refused.
    pub action: String,
    /// The outcome.
    pub outcome: Outcome,
    /// The type of the object, if there is one.
    pub resource_type: &'static str,
    /// The object.
    pub object: Option<Uuid>,
    /// The name of the object.
    pub name: String,
    /// Further details.
    pub detail: String,
    /// The previous state, as a JSON object without secret properties; empty if there was none.
    /// Secrets within texts are masked and sealed when the action is recorded.
    pub before: String,
    /// The new state, in the same form.
    pub after: String,
}

impl Act {
    /// An action that was done, without an object or details.
    #[must_use]
    pub fn done(action: &str) -> Self {
        Self {
            action: action.to_owned(),
            outcome: Outcome::Done,
            resource_type: "",
            object: None,
            name: String::new(),
            detail: String::new(),
            before: String::new(),
            after: String::new(),
        }
    }

    /// Adds the object of the action.
    #[must_use]
    pub fn to(self, entity: &'static Entity, id: Uuid) -> Self {
        Self { resource_type: entity.resource_type, object: Some(id), ..self }
    }
}

/// Added to the detail if the original of a masked secret could not be stored.
const LOST_SECRET: &str =
    "a secret was masked and not kept, because there was no data key to seal it";

impl Write<'_> {
    /// Adds an entry to the audit log, in the transaction of this write.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn record(&self, act: Act) -> Result<(), Error> {
        let (before, after) = (self.stored_side(&act.before)?, self.stored_side(&act.after)?);
        let mut act = Act { before: before.json, after: after.json, ..act };
        if before.has_lost_secret || after.has_lost_secret {
            let separator = if act.detail.is_empty() { "" } else { "; " };
            act.detail = format!("{}{separator}{LOST_SECRET}", act.detail);
        }
        let (_, last) = self.snapshot().audit_bounds()?;
        let row = self.row(act, last.number.saturating_add(1));
        let hash = row.hash(&last.hash);
        let mut sql = Sql::new("INSERT INTO audit_entries (");
        sql.push(COLUMNS).push(", user_name_folded, object_name_folded, hash) VALUES (");
        sql.bind(Value::Integer(row.number)).push(", ").bind(Value::Integer(row.created_date));
        let texts = row.texts().map(str::to_owned).into_iter();
        for text in texts.chain(row.folded_names()).chain([hash.clone()]) {
            sql.push(", ").bind(Value::Text(text));
        }
        sql.push(")");
        self.snapshot().execute(&sql)?;
        self.note_texts(row.number, &before.texts)?;
        self.note_texts(row.number, &after.texts)?;
        let mut sql = Sql::new("UPDATE audit_bounds SET last_number = ");
        sql.bind(Value::Integer(row.number)).push(", last_hash = ").bind(Value::Text(hash));
        self.snapshot().execute(&sql).map(drop)
    }

    fn row(&self, act: Act, number: i64) -> AuditRow {
        let origin = self.origin;
        let id = |id: Option<Uuid>| {
            id.filter(|id| !id.is_nil()).map(|id| id.to_string()).unwrap_or_default()
        };
        let outcome = match act.outcome {
            Outcome::Done => "done",
            Outcome::Refused => "refused",
        };
        AuditRow {
            number,
            created_date: Timestamp::now().millis(),
            id: Uuid::now_v7().to_string(),
            user_name: origin.user.clone(),
            address: origin.address.clone(),
            request_id: id(Some(origin.request)),
            action: act.action,
            outcome: outcome.to_owned(),
            resource_type: act.resource_type.to_owned(),
            object_id: id(act.object),
            object_name: masked(&act.name).into_owned(),
            detail: origin.detail(&act.detail),
            before: act.before,
            after: act.after,
        }
    }

    /// Records the creation of an entity, with its state.
    pub(super) fn record_creation(
        &self,
        entity: &'static Entity,
        id: Uuid,
    ) -> Result<Entry, Error> {
        let entry = self.written(entity, id)?;
        if entity.is_private {
            return Ok(entry);
        }
        let after = text(entry.json.clone());
        self.record(Act { name: name_of(&after), after, ..Act::done("create").to(entity, id) })?;
        Ok(entry)
    }

    /// Records the removal of an entity, with its last state.
    pub(super) fn record_deletion(
        &self,
        entity: &'static Entity,
        id: Uuid,
        before: String,
    ) -> Result<(), Error> {
        if entity.is_private {
            return Ok(());
        }
        self.record(Act { name: name_of(&before), before, ..Act::done("delete").to(entity, id) })
    }

    /// Records a change of an entity, with the differences.
    pub(super) fn record_change(
        &self,
        entity: &'static Entity,
        id: Uuid,
        before: &str,
        detail: String,
    ) -> Result<Entry, Error> {
        let entry = self.written(entity, id)?;
        if entity.is_private {
            return Ok(entry);
        }
        let after = text(entry.json.clone());
        let name = name_of(&after);
        let (before, after) = different(before, &after);
        self.record(Act { name, detail, before, after, ..Act::done("update").to(entity, id) })?;
        Ok(entry)
    }

    /// An entity that was just written.
    fn written(&self, entity: &'static Entity, id: Uuid) -> Result<Entry, Error> {
        self.snapshot().entry(entity, id)?.ok_or(Error::NotFound)
    }

    /// Records an action on a user's passwords, sessions or tokens.
    pub(super) fn record_sign_in(
        &self,
        action: &str,
        user: Uuid,
        detail: &str,
    ) -> Result<(), Error> {
        self.record_about(Act { detail: detail.to_owned(), ..Act::done(action) }, &USER, user)
    }

    /// Records an action on an entity that does not change it.
    pub(super) fn record_about(
        &self,
        act: Act,
        entity: &'static Entity,
        id: Uuid,
    ) -> Result<(), Error> {
        let name = name_of(&self.snapshot().shown(entity, id)?);
        self.record(Act { name, ..act.to(entity, id) })
    }
}

impl Snapshot<'_> {
    /// The JSON of an entity before it is changed or removed; empty if changes of its type are not
    /// recorded.
    pub(super) fn shown_before(&self, entity: &'static Entity, id: Uuid) -> Result<String, Error> {
        if entity.is_private { Ok(String::new()) } else { self.shown(entity, id) }
    }

    /// The full JSON of an entity, as clients see it; empty if the entity does not exist.
    pub(super) fn shown(&self, entity: &'static Entity, id: Uuid) -> Result<String, Error> {
        Ok(self.entry(entity, id)?.map(|entry| text(entry.json)).unwrap_or_default())
    }

    fn entry(&self, entity: &'static Entity, id: Uuid) -> Result<Option<Entry>, Error> {
        self.one(&SelectQuery::full(entity, Predicate::has_id(entity, id)))
    }
}

/// Converts JSON to text: it is always UTF-8.
fn text(json: Vec<u8>) -> String {
    String::from_utf8(json).unwrap_or_default()
}

/// The differences between two versions of an entity's JSON, for each version. Of a list, they are
/// the removed and the added items.
fn different(before: &str, after: &str) -> (String, String) {
    let parse = |json: &str| serde_json::from_str::<Map<String, Json>>(json).unwrap_or_default();
    let (mut before, mut after) = (parse(before), parse(after));
    before.retain(|property, value| match after.get_mut(property) {
        Some(other) if other == value => {
            after.remove(property);
            false
        }
        Some(Json::Array(new)) => {
            if let Json::Array(old) = value {
                let (removed, added) = ListChange::between(old, new).shown();
                *value = removed;
                after.insert(property.clone(), added);
            }
            true
        }
        _ => true,
    });
    (Json::Object(before).to_string(), Json::Object(after).to_string())
}

/// The properties that make up the name of an entity.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Names {
    name: String,
    user_directory: Option<String>,
    user_id: Option<String>,
}

/// The name of the entity with this JSON.
fn name_of(shown: &str) -> String {
    let Names { name, user_directory, user_id } = serde_json::from_str(shown).unwrap_or_default();
    match (user_directory, user_id) {
        (Some(directory), Some(user)) => format!("{directory}\\{user}"),
        _ => name,
    }
}
