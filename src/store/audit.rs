//! The audit log: each change, sign-in and refusal has an entry in the transaction of what it
//! tells of, and each entry holds the hash of the one before, so that one that is changed or taken
//! away is found.

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

/// How something ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// Who asked for it may not do it, or could not show who he is.
    Refused,
}

/// What was done.
#[derive(Debug)]
pub struct Act {
    /// In a word or two: an action of the rules, `sign in` and the like, or a request that was
    /// refused.
    pub action: String,
    /// How it ended.
    pub outcome: Outcome,
    /// The type of what it was done to, if it was to something.
    pub resource_type: &'static str,
    /// What it was done to.
    pub object: Option<Uuid>,
    /// Its name.
    pub name: String,
    /// More about it.
    pub detail: String,
    /// What was there, as a JSON object without the properties that are secrets; empty if there was
    /// nothing. Secrets within texts are masked and sealed as it is recorded.
    pub before: String,
    /// What is there now, in the same way.
    pub after: String,
}

impl Act {
    /// Something that was done, about which there is nothing more to say.
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

    /// The same, done to that entity.
    #[must_use]
    pub fn to(self, entity: &'static Entity, id: Uuid) -> Self {
        Self { resource_type: entity.resource_type, object: Some(id), ..self }
    }
}

/// What the detail says where the original of a masked secret is not in the log.
const LOST_SECRET: &str =
    "a secret was masked and not kept, because there was no data key to seal it";

impl Write<'_> {
    /// Adds an entry to the audit log, in the transaction of this write.
    ///
    /// # Errors
    /// The database failed.
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

    /// Records that an entity was created, with what it is.
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

    /// Records that an entity was removed, with what it was.
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

    /// Records that an entity was changed, with what is different.
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

    /// Records that something was done about a user's ways to sign in.
    pub(super) fn record_sign_in(
        &self,
        action: &str,
        user: Uuid,
        detail: &str,
    ) -> Result<(), Error> {
        self.record_about(Act { detail: detail.to_owned(), ..Act::done(action) }, &USER, user)
    }

    /// Records what was done to an entity that stays as it is.
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
    /// The JSON of an entity before it is changed or removed; empty if changes of its type have no
    /// entry.
    pub(super) fn shown_before(&self, entity: &'static Entity, id: Uuid) -> Result<String, Error> {
        if entity.is_private { Ok(String::new()) } else { self.shown(entity, id) }
    }

    /// The JSON of an entity in full, as clients see it; empty if there is none.
    pub(super) fn shown(&self, entity: &'static Entity, id: Uuid) -> Result<String, Error> {
        Ok(self.entry(entity, id)?.map(|entry| text(entry.json)).unwrap_or_default())
    }

    fn entry(&self, entity: &'static Entity, id: Uuid) -> Result<Option<Entry>, Error> {
        self.one(&SelectQuery::full(entity, Predicate::has_id(entity, id)))
    }
}

/// JSON is UTF-8.
fn text(json: Vec<u8>) -> String {
    String::from_utf8(json).unwrap_or_default()
}

/// What of the JSON of an entity is different in two versions of it, from each side; of a list,
/// what was removed from it and what was added.
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

/// What people call an entity by.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Names {
    name: String,
    user_directory: Option<String>,
    user_id: Option<String>,
}

/// How people call the entity with that JSON.
fn name_of(shown: &str) -> String {
    let Names { name, user_directory, user_id } = serde_json::from_str(shown).unwrap_or_default();
    match (user_directory, user_id) {
        (Some(directory), Some(user)) => format!("{directory}\\{user}"),
        _ => name,
    }
}
