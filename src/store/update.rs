//! Changes entities.

use super::error::Error;
use super::if_match::{IfMatch, check_if_match};
use super::rights::{Rights, readable};
use super::rows::{Holder, Values, push_assignments};
use super::select::Entry;
use super::write::Write;
use crate::model::{
    Action, Document, Entity, FieldErrors, Input, Kind, Property, Timestamp, Value,
};
use crate::query::{Predicate, Sql};
use uuid::Uuid;

/// A change of one entity: the properties in the document change, the others stay.
pub struct Update<'a> {
    /// The entity's id.
    pub id: Uuid,
    /// The new values.
    pub document: &'a Document,
    /// The version that the client saw last.
    pub seen: Option<Timestamp>,
    /// The versions that the request accepts.
    pub if_match: Option<&'a IfMatch>,
}

/// The stored values that an update needs.
struct Stored {
    modified_date: Timestamp,
    is_updatable: bool,
    is_creatable: bool,
    /// As text, the values of references, fixed properties, properties whose characters are
    /// checked, secrets, and the properties that name the recipients of secrets.
    values: Vec<(&'static Property, String)>,
}

impl Write<'_> {
    /// Changes an entity if it was not changed since the client saw it, and returns its new state.
    ///
    /// The client states the version that it saw by `modifiedDate`, `If-Match` or both. A stored
    /// date later than the one sent is a conflict; a later date than the stored one is not, because
    /// clients send their own clock (QRS reference, 5.2).
    ///
    /// # Errors
    /// [`Error::NotFound`] if it does not exist, [`Error::Forbidden`] if it may not be changed,
    /// [`Error::PreconditionFailed`] or [`Error::Outdated`] if it was changed in between,
    /// [`Error::Invalid`] or [`Error::Conflict`] if the new content is not valid.
    pub fn update(&self, rights: &dyn Rights, update: &Update<'_>) -> Result<Entry, Error> {
        let entity = update.document.entity;
        let creatable = rights.guard(entity, Action::Create);
        let stored = self.stored(rights, update, &creatable)?.ok_or(Error::NotFound)?;
        if !stored.is_updatable {
            return Err(Error::Forbidden(format!(
                "{} may not update this {}",
                rights.actor().name(),
                entity.noun
            )));
        }
        check_if_match(update.if_match, stored.modified_date)?;
        check_fixed(update.document, &stored)?;
        check_characters(update.document, &stored)?;
        self.end_sessions_if_barred(update)?;
        let before = self.snapshot().shown_before(entity, update.id)?;
        let now = stored.modified_date.next();
        let holder = Holder { entity, id: update.id, now, rights };
        let values = self.changed_values(rights, update, &stored)?;
        self.check_unique(entity, Some(update.id), &values)?;
        self.update_version(&holder, &values, update, stored.modified_date)?;
        self.replace_collections(&holder, update.document)?;
        // Otherwise users could turn an entity into one that they may not create.
        if stored.is_creatable && !self.snapshot().holds(entity, update.id, &creatable)? {
            let (user, noun) = (rights.actor().name(), entity.noun);
            let message =
                format!("this change would make the {noun} one that {user} may not create");
            return Err(Error::Forbidden(message));
        }
        self.record_change(entity, update.id, &before, about_secrets(update.document, &stored))
    }

    /// Ends the sessions and tokens of a user who becomes inactive or blacklisted, so that none is
    /// valid later either. Service accounts can't be barred, or no account could undo it.
    fn end_sessions_if_barred(&self, update: &Update<'_>) -> Result<(), Error> {
        if update.document.barring_property().is_none() {
            return Ok(());
        }
        if self.is_service_account(update.document.entity, update.id)? {
            return Err(Error::Conflict(
                "the user is a service account, which can't be made inactive or blacklisted"
                    .to_owned(),
            ));
        }
        self.end_sign_ins(update.id)
    }

    /// The UPDATE itself, which detects conflicts.
    fn update_version(
        &self,
        holder: &Holder<'_>,
        values: &[(&'static Property, Value)],
        update: &Update<'_>,
        stored: Timestamp,
    ) -> Result<(), Error> {
        let seen = match (update.seen, update.if_match) {
            (Some(seen), _) => seen,
            (None, Some(_)) => stored,
            (None, None) => return Err(outdated(holder.entity, "modifiedDate is missing", stored)),
        };
        let mut sql = Sql::new("UPDATE ");
        sql.push(holder.entity.table).push(" SET ");
        push_assignments(&mut sql, values, holder);
        sql.push(" WHERE id = ")
            .bind(Value::Id(holder.id))
            .push(" AND modified_date <= ")
            .bind(Value::Date(seen));
        match self.snapshot().execute(&sql)? {
            0 => Err(outdated(
                holder.entity,
                &format!("it was changed after the modifiedDate sent, {seen}"),
                stored,
            )),
            _ => Ok(()),
        }
    }

    fn stored(
        &self,
        rights: &dyn Rights,
        update: &Update<'_>,
        creatable: &Predicate,
    ) -> Result<Option<Stored>, Error> {
        let entity = update.document.entity;
        let kept: Vec<&'static Property> =
            entity.properties.iter().filter(|property| is_compared(entity, property)).collect();
        let mut sql = Sql::new("SELECT t0.modified_date, ");
        sql.predicate("t0", &rights.guard(entity, Action::Update))
            .push(", ")
            .predicate("t0", creatable);
        for property in &kept {
            sql.push(", t0.").push(property.column);
        }
        sql.push(" FROM ")
            .push(entity.table)
            .push(" AS t0 WHERE t0.id = ")
            .bind(Value::Id(update.id));
        sql.push(" AND ").predicate("t0", &rights.guard(entity, Action::Read));
        self.snapshot().first(&sql, |row| {
            let values: Result<Vec<_>, Error> = kept
                .iter()
                .enumerate()
                .map(|(index, property)| Ok((*property, row.get(index + 3)?)))
                .collect();
            Ok(Stored {
                modified_date: row.get(0)?,
                is_updatable: row.get(1)?,
                is_creatable: row.get(2)?,
                values: values?,
            })
        })
    }

    /// The values to write. A reference that stays the same may refer to an entity that the caller
    /// can't read.
    fn changed_values(
        &self,
        rights: &dyn Rights,
        update: &Update<'_>,
        stored: &Stored,
    ) -> Result<Values, Error> {
        let mut changes = update.document.clone();
        changes.id = None;
        changes
            .retain(|property, input| !property.fixed && !stored.refers_already(property, input));
        let values = self.values(&changes, &readable(rights))?;
        let stays = |property: &'static Property| {
            values.iter().any(|(own, value)| {
                *own == property
                    && matches!(value, Value::Id(id) if stored.is(property, &id.to_string()))
            })
        };
        for (property, input) in changes.inputs().filter(|(property, _)| !stays(property)) {
            self.check_change(rights, changes.entity, update.id, (property, input))?;
        }
        Ok(values)
    }

    /// Checks the right that a change of some properties needs in addition to update. It is
    /// evaluated on the row before the change: otherwise an owner could never give an entity away.
    fn check_change(
        &self,
        rights: &dyn Rights,
        entity: &'static Entity,
        id: Uuid,
        (property, input): (&'static Property, &Input),
    ) -> Result<(), Error> {
        let Some(action) = property.changed_by else { return Ok(()) };
        if let Input::Strings(strings) = input
            && self.strings_of(property, id)? == *strings
        {
            return Ok(());
        }
        if self.snapshot().holds(entity, id, &rights.guard(entity, action))? {
            return Ok(());
        }
        Err(Error::Forbidden(format!(
            "{} may not change the {} of this {}: that needs {}",
            rights.actor().name(),
            property.name,
            entity.noun,
            action.name()
        )))
    }
}

impl Stored {
    fn is(&self, property: &Property, text: &str) -> bool {
        self.values.iter().any(|(stored, value)| *stored == property && value == text)
    }

    fn refers_already(&self, property: &Property, input: &Input) -> bool {
        matches!(
            input,
            Input::Reference(key) if key.id().is_some_and(|id| self.is(property, &id.to_string()))
        )
    }
}

fn is_compared(entity: &'static Entity, property: &'static Property) -> bool {
    matches!(property.kind, Kind::Reference(_))
        || (property.fixed && matches!(property.kind, Kind::Text { .. }))
        || property.checks_characters()
        || matches!(property.kind, Kind::Secret { .. })
        || entity.secrets().any(|secret| {
            matches!(
                secret.kind,
                Kind::Secret { shown_to, .. } if shown_to == property.name
            )
        })
}

fn check_fixed(document: &Document, stored: &Stored) -> Result<(), Error> {
    for (property, value) in &stored.values {
        if let (true, Some(Input::Value(Value::Text(text)))) =
            (property.fixed, document.get(property))
            && text != value
        {
            let message = format!("can't be changed after creation; it is '{value}'");
            return Err(FieldErrors::one(property.name, message).into());
        }
    }
    Ok(())
}

/// Checks the characters of changed texts. A stored text may keep characters that new text must not
/// have.
fn check_characters(document: &Document, stored: &Stored) -> Result<(), Error> {
    for (property, value) in &stored.values {
        if let Some(Input::Value(Value::Text(text))) = document.get(property)
            && text != value
        {
            property.check_characters(text)?;
        }
    }
    Ok(())
}

fn outdated(entity: &Entity, why: &str, stored: Timestamp) -> Error {
    Error::Outdated(format!(
        "the {} was not updated: {why}. Its modifiedDate is {stored}; get it again and send that \
         date back",
        entity.noun
    ))
}

/// Describes which secrets a document sets, and which stored secrets get another recipient. The
/// values of secrets are never recorded.
fn about_secrets(document: &Document, stored: &Stored) -> String {
    let words =
        document.entity.secrets().filter_map(|secret| match (document.get(secret), secret.kind) {
            (Some(_), _) => Some(format!("a new {}", secret.name)),
            (None, Kind::Secret { shown_to, .. })
                if !stored.is(secret, "") && changes(document, stored, shown_to) =>
            {
                Some(format!(
                    "a new {shown_to}, which receives the stored {} from now on",
                    secret.name
                ))
            }
            (None, _) => None,
        });
    words.collect::<Vec<_>>().join("; ")
}

/// Whether a document sets the property with this name to a text other than the stored one.
fn changes(document: &Document, stored: &Stored, name: &str) -> bool {
    let property = document.entity.property(name);
    let given = property.and_then(|property| Some((property, document.get(property)?)));
    matches!(given, Some((property, Input::Value(Value::Text(text)))) if !stored.is(property, text))
}
