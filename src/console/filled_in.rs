//! Converts the input of a form to the JSON that the API accepts. Unchanged fields are left out, so
//! that a save changes only what the visitor changed.

use super::choices::OFFERED;
use super::custom_property::{field_of, id, values_of};
use super::form::{CLEAR, Known, Mode, is_open, with_unix_line_breaks, written};
use super::value_text::{item, lines, reference};
use crate::http::extract::body::Form;
use crate::model::{Entity, FieldError, Kind, Property, Role, excerpt};
use serde_json::{Map, Value as Json, json};
use std::collections::{HashMap, HashSet};

/// Returns the values of a form that differ from those of `entry`, as the body of a request to the
/// API, with the faults. Invalid values are in the body as they were typed.
#[must_use]
pub fn body(
    entity: &'static Entity,
    form: &Form,
    entry: &Json,
    known: &Known,
    mode: Mode,
) -> (Map<String, Json>, Vec<FieldError>) {
    let mut body = Map::new();
    let mut faults = Vec::new();
    for property in entity.properties.iter().filter(|property| is_open(property, mode)) {
        let value = filled_in(property, form, entry, known, mode).unwrap_or_else(|message| {
            faults.push(FieldError::new(property.name, message));
            Some(Json::String(form.text(property.name).to_owned()))
        });
        if let Some(value) = value {
            body.insert(property.name.to_owned(), value);
        }
    }
    if let Some(property) = entity.custom_properties().filter(|property| is_open(property, mode)) {
        for message in lost_values(form, &entry[property.name], known) {
            body.entry(property.name).or_insert_with(|| {
                json!(entry[property.name].as_array().cloned().unwrap_or_default())
            });
            faults.push(FieldError::new(property.name, message));
        }
    }
    (body, faults)
}

/// Most characters of a lost value in a message.
const MOST_LOST: usize = 2_000;

/// Messages with the input for custom properties that were deleted or no longer apply to the type.
/// The form that is shown again has no fields for them.
fn lost_values(form: &Form, stored: &Json, known: &Known) -> Vec<String> {
    let is_known =
        |field: &str| known.definitions.iter().any(|definition| field_of(definition) == field);
    let mut messages = Vec::new();
    for field in
        form.all(OFFERED).into_iter().filter(|field| field.starts_with('@') && !is_known(field))
    {
        let values = SentValues::read(form, field, stored);
        let text = values.sent.join("\n");
        if !values.are_held_as_text() && !values.are_held_as_choices() && !text.trim().is_empty() {
            messages.push(format!(
                "a custom property that you filled in was deleted, or no longer applies to this \
                 type, so this was not saved: '{}'. Copy it if you need it, and save again without \
                 it",
                excerpt(&text, MOST_LOST)
            ));
        }
    }
    messages
}

/// The values of one custom property: those in a form, and those of the entity.
struct SentValues {
    sent: Vec<String>,
    held: Vec<String>,
    /// The values of the entity, as a browser sends them back.
    kept: Vec<String>,
}

impl SentValues {
    /// Reads the field of a custom property, whose name is a sign and the id of the definition.
    /// `stored` has the values of all custom properties.
    fn read(form: &Form, field: &str, stored: &Json) -> Self {
        let held = values_of(field.trim_start_matches('@'), stored);
        let kept = held.iter().map(|value| with_unix_line_breaks(value)).collect();
        Self { sent: form.all(field).into_iter().map(with_unix_line_breaks).collect(), held, kept }
    }

    /// Whether a field with one value per line has the values of the entity.
    fn are_held_as_text(&self) -> bool {
        self.sent.concat() == self.kept.join("\n")
    }

    /// Whether checkboxes have the values of the entity.
    fn are_held_as_choices(&self) -> bool {
        self.sent.len() == self.kept.len()
            && self.sent.iter().all(|value| self.kept.contains(value))
    }
}

/// The value of a property in a form; `None` if it is unchanged.
fn filled_in(
    property: &'static Property,
    form: &Form,
    entry: &Json,
    known: &Known,
    mode: Mode,
) -> Result<Option<Json>, String> {
    let stored = &entry[property.name];
    let typed = with_unix_line_breaks(form.text(property.name));
    let is_there = form.has(property.name) || form.all(OFFERED).contains(&property.name);
    let is_in_parts = property.has_role(Role::CustomProperties);
    if !is_there && !is_in_parts {
        return Ok(None);
    }
    match property.kind {
        Kind::Boolean => {
            let is_checked = !typed.is_empty();
            return Ok(
                (stored.as_bool().unwrap_or_default() != is_checked).then(|| json!(is_checked))
            );
        }
        Kind::Secret { .. } => {
            return secret(&typed, form.text(&format!("{CLEAR}{}", property.name)));
        }
        Kind::Integer { .. } if property.has_role(Role::Actions) => {
            let chosen = form.all(property.name);
            let bits = chosen
                .iter()
                .filter_map(|bit| bit.parse::<i64>().ok())
                .fold(0, |all, bit| all | bit);
            return Ok((stored.as_i64().unwrap_or_default() != bits).then(|| json!(bits)));
        }
        Kind::Links(_) => return Ok(links(&form.all(property.name), stored, known)),
        Kind::Elements(_) if is_in_parts => return Ok(custom_properties(form, stored, known)),
        _ if typed == written(property, stored) => return Ok(None),
        _ => {}
    }
    match property.kind {
        Kind::Enumeration(_) | Kind::Integer { .. } if typed.is_empty() => Ok(None),
        Kind::Enumeration(_) | Kind::Integer { .. } => {
            Ok(Some(typed.parse::<i64>().map_or_else(|_| json!(typed), |number| json!(number))))
        }
        Kind::Strings { .. } => Ok(Some(json!(typed_lines(&typed)))),
        Kind::Elements(_) => attributes(&typed, stored).map(Some),
        Kind::Reference(_) if typed.trim().is_empty() && mode == Mode::New => Ok(None),
        Kind::Reference(_) => user(typed.trim()).map(Some),
        Kind::Text { .. } => Ok(Some(json!(typed))),
        _ => Ok(None),
    }
}

/// The new value of a secret, or an empty one to remove it.
fn secret(typed: &str, clear: &str) -> Result<Option<Json>, String> {
    match (typed, clear) {
        ("", "") => Ok(None),
        ("", _) => Ok(Some(json!(""))),
        (_, "") => Ok(Some(json!(typed))),
        _ => Err("can't be both changed and removed; choose one, and type it again to change it"
            .to_owned()),
    }
}

/// Parses a user in the form `DIRECTORY\userid`.
///
/// # Errors
/// A message if the text is not the name of a user.
pub fn user(typed: &str) -> Result<Json, String> {
    let parts = typed.split_once('\\');
    let (directory, id) = parts
        .ok_or_else(|| format!("must be a user, written as DIRECTORY\\userid, not '{typed}'"))?;
    Ok(json!({ "userDirectory": directory, "userId": id }))
}

/// The tags with these ids, if they differ from the stored ones. Their names are for a form that is
/// shown again.
fn links(ids: &[&str], stored: &Json, known: &Known) -> Option<Json> {
    let own = stored.as_array().map(Vec::as_slice).unwrap_or_default();
    let all: HashMap<&str, &Json> =
        known.tags.iter().chain(own).map(|tag| (id(tag), tag)).collect();
    let has: HashSet<&str> = own.iter().map(id).collect();
    let is_same = ids.len() == own.len() && ids.iter().all(|chosen| has.contains(chosen));
    let named = |chosen: &&str| {
        let found = all.get(chosen).copied();
        json!({ "id": chosen, "name": found.map(reference) })
    };
    (!is_same).then(|| ids.iter().map(named).collect())
}

/// Parses all attributes. An unchanged line keeps the other properties of its attribute.
fn attributes(typed: &str, stored: &Json) -> Result<Json, String> {
    let own: HashMap<String, &Json> =
        stored.as_array().into_iter().flatten().map(|own| (item(own), own)).collect();
    let attribute = |line: &String| {
        if let Some(own) = own.get(line) {
            return Ok((*own).clone());
        }
        let parts = line.split_once('=');
        let (kind, value) =
            parts.ok_or_else(|| format!("must have one type=value per line, not '{line}'"))?;
        Ok(json!({ "attributeType": kind.trim(), "attributeValue": value.trim() }))
    };
    typed_lines(typed).iter().map(attribute).collect::<Result<_, String>>().map(Json::Array)
}

/// All custom property values, if those of a definition that the form offered have changed.
fn custom_properties(form: &Form, stored: &Json, known: &Known) -> Option<Json> {
    let offered = form.all(OFFERED);
    let is_offered = |definition: &&Json| offered.contains(&field_of(definition).as_str());
    let definitions: Vec<&Json> = known.definitions.iter().filter(is_offered).collect();
    let all = stored.as_array().map(Vec::as_slice).unwrap_or_default();
    let is_of_one = |value: &&Json| {
        definitions.iter().any(|definition| value["definition"]["id"] == definition["id"])
    };
    // Values of definitions that the form did not offer are kept.
    let mut values: Vec<Json> = all.iter().filter(|value| !is_of_one(value)).cloned().collect();
    let mut is_same = true;
    for definition in definitions {
        let values_of_one = SentValues::read(form, &field_of(definition), stored);
        let is_free = lines(&definition["choiceValues"]).is_empty();
        let own_is_same = if is_free {
            values_of_one.are_held_as_text()
        } else {
            values_of_one.are_held_as_choices()
        };
        is_same &= own_is_same;
        let chosen = match (own_is_same, is_free) {
            (true, _) => values_of_one.held,
            (false, true) => values_of_one.sent.iter().flat_map(|text| typed_lines(text)).collect(),
            (false, false) => values_of_one.sent,
        };
        let named = json!({ "id": definition["id"], "name": definition["name"] });
        values
            .extend(chosen.into_iter().map(|value| json!({ "value": value, "definition": named })));
    }
    (!is_same).then_some(Json::Array(values))
}

/// Adds faults for the secrets that must be typed again, because a page never shows them.
pub fn add_lost_secrets(entity: &'static Entity, mine: &Json, faults: &mut Vec<FieldError>) {
    for property in entity.secrets().filter(|property| mine.get(property.name).is_some()) {
        if faults.iter().all(|fault| fault.field.property() != Some(property.name)) {
            let message = "was not saved, and is never shown: type it again".to_owned();
            faults.push(FieldError::new(property.name, message));
        }
    }
}

fn typed_lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(ToOwned::to_owned).collect()
}

/// Returns an entity with its properties replaced by those of another object.
#[must_use]
pub fn overlaid(entry: &Json, given: &Json) -> Json {
    let mut overlaid = entry.clone();
    if let (Some(fields), Some(given)) = (overlaid.as_object_mut(), given.as_object()) {
        for (name, value) in given {
            fields.insert(name.clone(), value.clone());
        }
    }
    overlaid
}
