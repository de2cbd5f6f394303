//! Reads bodies as QRS clients send them: names in any case, numbers as strings, names for numbers,
//! complete or condensed entities put back, unknown fields. The rules are in the QRS reference, 5.1
//! to 5.3.

use super::list_limits::{MOST_ENTITIES, MOST_ITEMS, MOST_TEXT};
use super::read_value::{
    SHOWN, check_length, kind_of, read_boolean, read_checked_text, read_choice, read_date,
    read_integer, read_text,
};
use super::{
    Document, Entity, FieldErrors, Input, Key, Kind, MODIFIED_DATE, NaturalKey, Presence, Property,
    Role, Syntax, Timestamp, Value, excerpt,
};
use secrecy::SecretString;
use serde_json::{Map, Value as Json};
use std::collections::HashSet;
use std::hash::Hash;
use uuid::Uuid;

impl Document {
    /// The version that the client last saw; a create ignores it.
    ///
    /// # Errors
    /// [`FieldErrors`] if it is not a date.
    pub fn seen_version(&self) -> Result<Option<Timestamp>, FieldErrors> {
        let seen = self.modified_date.as_ref().map(read_date).transpose();
        seen.map_err(|invalid| invalid.within(MODIFIED_DATE.name))
    }

    /// Reads one entity from a body.
    ///
    /// # Errors
    /// [`FieldErrors`] with all errors found, each with the path of its field.
    pub fn read(entity: &'static Entity, body: Json) -> Result<Self, FieldErrors> {
        let Json::Object(fields) = body else {
            let message = format!(
                "must be an object with the properties of a {}, not {}",
                entity.noun,
                kind_of(&body)
            );
            return Err(FieldErrors::one("", message));
        };
        let mut document = Self::new(entity);
        let mut faults = FieldErrors::default();
        let clears_user_name = clears_user_name(entity, &fields);
        for (name, json) in fields {
            let Some(property) = entity.property(&name) else {
                document.ignore(name);
                continue;
            };
            if !json.is_null()
                && let Err(invalid) = document.read_property(property, json)
            {
                faults.add(invalid.within(property.name));
            }
        }
        if let Some(property) = clears_user_name {
            document.set(property, Input::Value(Value::Text(String::new())));
        }
        faults.or(document)
    }

    /// Reads a list of entities from a body.
    ///
    /// # Errors
    /// [`FieldErrors`] with all errors found, each with the path of its field.
    pub fn read_many(entity: &'static Entity, body: Json) -> Result<Vec<Self>, FieldErrors> {
        read_list(body, MOST_ENTITIES, |item| Self::read(entity, item))
    }

    fn read_property(
        &mut self,
        property: &'static Property,
        json: Json,
    ) -> Result<(), FieldErrors> {
        match (property.role, property.kind) {
            (_, Kind::Id) => self.id = read_id(json)?,
            (Some(Role::Version), _) => self.modified_date = Some(json),
            _ if matches!(property.presence, Presence::ServerSet(_)) => {}
            (_, Kind::Secret { max, .. }) => {
                // The message of any other error would repeat the secret.
                let text = read_text(json)
                    .map_err(|_| FieldErrors::one("", "must be a string without NUL characters"))?;
                check_length(&text, 0, max)?;
                self.set_secret(property, SecretString::from(text));
            }
            (_, kind) => {
                if let Some(input) = read_input(kind, json)? {
                    self.set(property, input);
                }
            }
        }
        Ok(())
    }
}

/// The user name, if a body clears it together with the password: `"username": null, "password":
/// ""`. Without the password, null keeps it, as for any property.
fn clears_user_name(
    entity: &'static Entity,
    fields: &Map<String, Json>,
) -> Option<&'static Property> {
    let user_name = entity.with_role(Role::UserName)?;
    let all_are = |name: &str, expected: &Json| {
        let mut given = fields.iter().filter(|(own, _)| own.eq_ignore_ascii_case(name)).peekable();
        given.peek().is_some() && given.all(|(_, json)| json == expected)
    };
    let clears_secret =
        entity.secrets().any(|secret| all_are(secret.name, &Json::String(String::new())));
    (clears_secret && all_are(user_name.name, &Json::Null)).then_some(user_name)
}

/// The input that `json` is for a property of `kind`; `None` for an empty reference, which QRS
/// treats as omitted.
fn read_input(kind: Kind, json: Json) -> Result<Option<Input>, FieldErrors> {
    let input = match kind {
        Kind::Text { syntax: Syntax::Guid, .. } => match read_id(json)? {
            Some(id) => Input::Value(Value::Text(id.to_string())),
            None => return Ok(None),
        },
        Kind::Text { min, max, syntax } => {
            Input::Value(Value::Text(read_checked_text(json, min, max, syntax)?))
        }
        Kind::Enumeration(choices) => Input::Value(Value::Integer(read_choice(choices, &json)?)),
        Kind::Integer { min, max } => Input::Value(Value::Integer(read_integer(&json, min, max)?)),
        Kind::Boolean => Input::Value(Value::Boolean(read_boolean(&json)?)),
        Kind::Date => Input::Value(Value::Date(read_date(&json)?)),
        Kind::Strings { max, most } => {
            let mut strings =
                read_list(json, most, |item| read_checked_text(item, 1, max, Syntax::Any))?;
            remove_repeated(&mut strings);
            let bytes = strings.iter().map(String::len).sum::<usize>();
            if bytes > MOST_TEXT {
                let message = format!(
                    "has {bytes} bytes of text in total, but at most {MOST_TEXT} are allowed"
                );
                return Err(FieldErrors::one("", message));
            }
            Input::Strings(strings)
        }
        Kind::Reference(target) => match read_key(target, json)? {
            Some(key) => Input::Reference(key),
            None => return Ok(None),
        },
        Kind::Links(target) => {
            let mut keys = read_list(json, MOST_ITEMS, |item| {
                read_key(target, item)?.ok_or_else(|| {
                    FieldErrors::one("", format!("must name a {} by {}", target.noun, ways(target)))
                })
            })?;
            remove_repeated(&mut keys);
            Input::Links(keys)
        }
        Kind::Elements(element) => {
            Input::Elements(read_list(json, MOST_ITEMS, |item| read_element(element, item))?)
        }
        Kind::Id | Kind::Secret { .. } => return Ok(None),
    };
    Ok(Some(input))
}

fn read_element(element: &'static Entity, json: Json) -> Result<Document, FieldErrors> {
    let document = Document::read(element, json)?;
    match document.missing() {
        missing if missing.is_empty() => Ok(document),
        missing => Err(missing.into()),
    }
}

fn read_list<T>(
    json: Json,
    most: usize,
    mut read: impl FnMut(Json) -> Result<T, FieldErrors>,
) -> Result<Vec<T>, FieldErrors> {
    let Json::Array(items) = json else {
        return Err(FieldErrors::one("", format!("must be an array, not {}", kind_of(&json))));
    };
    if items.len() > most {
        return Err(FieldErrors::one(
            "",
            format!("has {} items, but at most {most} are allowed", items.len()),
        ));
    }
    let mut list = Vec::with_capacity(items.len());
    let mut faults = FieldErrors::default();
    for (index, item) in items.into_iter().enumerate() {
        match read(item) {
            Ok(item) => list.push(item),
            Err(invalid) => faults.add(invalid.within(index)),
        }
    }
    faults.or(list)
}

fn remove_repeated<T: Clone + Eq + Hash>(list: &mut Vec<T>) {
    let mut seen = HashSet::with_capacity(list.len());
    list.retain(|item| seen.insert(item.clone()));
}

/// Reads a reference by id, by the properties that are unique to the target, or by both.
fn read_key(target: &'static Entity, json: Json) -> Result<Option<Key>, FieldErrors> {
    let Json::Object(fields) = json else {
        return Err(FieldErrors::one(
            "",
            format!(
                "must be an object that names a {} by {}, not {}",
                target.noun,
                ways(target),
                kind_of(&json)
            ),
        ));
    };
    let id = take(&fields, "id")
        .map_or(Ok(None), |id| read_id(id.clone()))
        .map_err(|invalid| invalid.within("id"))?;
    let natural = read_natural_key(target, &fields);
    if let Some(id) = id {
        // With an id, the rest need not be valid.
        return Ok(Some(natural.ok().flatten().map_or(Key::Id(id), |parts| Key::Both(id, parts))));
    }
    if let Some(parts) = natural? {
        return Ok(Some(Key::Natural(parts)));
    }
    if fields.iter().all(|(name, json)| name.eq_ignore_ascii_case("id") || json.is_null()) {
        return Ok(None);
    }
    Err(FieldErrors::one("", format!("must name a {} by {}", target.noun, ways(target))))
}

/// The complete natural key, if present.
fn read_natural_key(
    target: &'static Entity,
    fields: &Map<String, Json>,
) -> Result<Option<NaturalKey>, FieldErrors> {
    let mut parts = NaturalKey::new();
    for property in target.natural_key() {
        if let Some(json) = take(fields, property.name) {
            parts.push((
                property,
                read_text(json.clone()).map_err(|invalid| invalid.within(property.name))?,
            ));
        }
    }
    Ok((!parts.is_empty() && parts.len() == target.natural_key().count()).then_some(parts))
}

fn take<'a>(fields: &'a Map<String, Json>, name: &str) -> Option<&'a Json> {
    fields
        .iter()
        .find(|(key, value)| key.eq_ignore_ascii_case(name) && !value.is_null())
        .map(|(_, value)| value)
}

/// The ways to identify the target in a reference, for messages.
fn ways(target: &'static Entity) -> String {
    let names: Vec<&str> = target.natural_key().map(|property| property.name).collect();
    if names.is_empty() { "id".to_owned() } else { format!("id or {}", names.join(" and ")) }
}

fn read_id(json: Json) -> Result<Option<Uuid>, FieldErrors> {
    let text = read_text(json)?;
    if text.is_empty() {
        return Ok(None);
    }
    let id = Uuid::parse_str(&text).map_err(|_| {
        FieldErrors::one("", format!("must be a GUID, not '{}'", excerpt(&text, SHOWN)))
    })?;
    Ok((!id.is_nil()).then_some(id))
}
