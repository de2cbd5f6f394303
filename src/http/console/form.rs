//! The form of an entity, made from its declaration; and what was filled in, as the JSON that the API would take.

use super::Marked;
use super::shown::{label, lines, reference, text, usual_columns};
use crate::http::body::Form;
use crate::model::{CUSTOM_PROPERTY_VALUE, Entity, Fault, Kind, Presence, Property, Syntax};
use crate::policy::Action;
use serde_json::{Map, Value as Json, json};

/// One field of a form.
pub struct Field {
    /// The property's name, or `@Name` of a custom property.
    pub name: String,
    /// How it is called.
    pub label: String,
    /// What it means.
    pub hint: String,
    /// How it is filled in.
    pub input: Input,
    /// What is wrong with it.
    pub fault: Option<Marked>,
}

/// How a field is filled in.
pub enum Input {
    /// One line.
    Line { value: String, max: usize, is_required: bool },
    /// Several lines.
    Area { value: String, is_required: bool },
    /// One of several.
    Choice(Vec<Choice>),
    /// Any of several.
    Checks(Vec<Choice>),
    /// Yes or no.
    Check(bool),
    /// A secret, which is not shown.
    Secret,
    /// Only shown.
    Shown(String),
}

/// Something that can be chosen.
pub struct Choice {
    pub value: String,
    pub label: String,
    pub is_chosen: bool,
}

/// What can be chosen from: the tags, and the custom properties of the type.
#[derive(Default)]
pub struct Known {
    pub tags: Vec<Json>,
    pub definitions: Vec<Json>,
}

/// The fields for an entity, whose properties `entry` has; nothing but defaults if it is a new one.
#[must_use]
pub fn fields(entity: &'static Entity, entry: &Json, known: &Known, is_new: bool) -> Vec<Field> {
    let mut fields = Vec::new();
    for property in entity.properties {
        let is_set_by_server = matches!(property.presence, Presence::ServerSet(_)) || property.name == "id";
        if is_new && is_set_by_server {
            continue;
        }
        match property.kind {
            Kind::Elements(element) if *element == CUSTOM_PROPERTY_VALUE => {
                fields.extend(known.definitions.iter().map(|definition| custom_property(definition, entry)));
            }
            _ => {
                let value = &entry[property.name];
                let input = if is_set_by_server || (property.fixed && !is_new) {
                    Input::Shown(text(property, value))
                } else {
                    input(property, value, known)
                };
                let (name, hint) = (property.name.to_owned(), hint(property).to_owned());
                fields.push(Field { name, label: label(property), hint, input, fault: None });
            }
        }
    }
    // What matters most comes first, and what can't be changed last.
    let usual = usual_columns(entity);
    let place = |name: &str| usual.iter().position(|own| *own == name).unwrap_or(usual.len());
    fields.sort_by_key(|field| match field.input {
        Input::Shown(_) => usize::MAX,
        // Beside the user name.
        Input::Secret => place("username"),
        _ => place(&field.name),
    });
    fields
}

/// What a field means; what the API's description says of absent values does not hold for a form.
fn hint(property: &Property) -> &'static str {
    match property.kind {
        Kind::Secret { .. } => "Stored encrypted, and never shown. Empty keeps what is stored.",
        Kind::Links(_) => "",
        Kind::Integer { .. } if property.name == "actions" => "What the rule grants.",
        Kind::Strings { .. } => "One a line.",
        Kind::Elements(_) => "One a line, as type=value.",
        Kind::Reference(_) => "As DIRECTORY\\userid.",
        _ => property.description,
    }
}

fn input(property: &'static Property, value: &Json, known: &Known) -> Input {
    let is_required = matches!(property.presence, Presence::Required);
    match property.kind {
        Kind::Text { syntax: Syntax::OneOf(words), .. } => {
            let is_chosen = |word: &str| value.as_str() == Some(word);
            let choice = |word: &&str| Choice {
                value: (*word).to_owned(),
                label: (*word).to_owned(),
                is_chosen: is_chosen(word),
            };
            Input::Choice(words.iter().map(choice).collect())
        }
        Kind::Text { max, .. } if max > 1_000 || property.name == "rule" => {
            Input::Area { value: text(property, value), is_required }
        }
        Kind::Text { max, .. } => Input::Line { value: text(property, value), max, is_required },
        Kind::Enumeration(choices) => Input::Choice(
            choices
                .iter()
                .map(|choice| Choice {
                    value: choice.number.to_string(),
                    label: choice.names.last().copied().unwrap_or_default().to_owned(),
                    is_chosen: value.as_i64() == Some(choice.number),
                })
                .collect(),
        ),
        Kind::Integer { .. } if property.name == "actions" => {
            Input::Checks(actions(value.as_i64().unwrap_or_default()))
        }
        Kind::Boolean => Input::Check(value.as_bool().unwrap_or_default()),
        Kind::Secret { .. } => Input::Secret,
        Kind::Strings { .. } | Kind::Elements(_) => Input::Area { value: lines(value).join("\n"), is_required: false },
        Kind::Links(_) => Input::Checks(tags(value, known)),
        Kind::Reference(_) => Input::Line { value: reference(value), max: 511, is_required: false },
        Kind::Id | Kind::Integer { .. } | Kind::Date => {
            Input::Line { value: text(property, value), max: 100, is_required }
        }
    }
}

fn actions(bits: i64) -> Vec<Choice> {
    let choice = |action: Action| Choice {
        value: action.bit().to_string(),
        label: action.name().to_owned(),
        is_chosen: action.is_in(bits),
    };
    Action::ALL.into_iter().map(choice).collect()
}

/// The tags that there are, and those that the entity has beyond them.
fn tags(value: &Json, known: &Known) -> Vec<Choice> {
    let own = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let has = |tag: &Json| own.iter().any(|own| own["id"] == tag["id"]);
    let more = own.iter().filter(|own| known.tags.iter().all(|tag| tag["id"] != own["id"]));
    known.tags.iter().chain(more).map(|tag| choice_of(tag, has(tag))).collect()
}

fn choice_of(entry: &Json, is_chosen: bool) -> Choice {
    let value = entry["id"].as_str().unwrap_or_default().to_owned();
    Choice { value, label: reference(entry), is_chosen }
}

fn custom_property(definition: &Json, entry: &Json) -> Field {
    let held = values_of(definition, entry);
    let choices = lines(&definition["choiceValues"]);
    let input = if choices.is_empty() {
        Input::Area { value: held.join("\n"), is_required: false }
    } else {
        // Values that can't be chosen any more can be kept.
        let more = held.iter().filter(|value| !choices.contains(value));
        let all = choices.iter().chain(more);
        let choice =
            |value: &String| Choice { value: value.clone(), label: value.clone(), is_chosen: held.contains(value) };
        Input::Checks(all.map(choice).collect())
    };
    let name = reference(definition);
    let hint = definition["description"].as_str().unwrap_or_default();
    let hint = if choices.is_empty() { format!("{hint} One value a line.") } else { hint.to_owned() };
    Field { name: format!("@{name}"), label: format!("Custom property {name}"), hint, input, fault: None }
}

/// The values that an entity has of a custom property.
fn values_of(definition: &Json, entry: &Json) -> Vec<String> {
    let all = entry["customProperties"].as_array().map(Vec::as_slice).unwrap_or_default();
    let own = all.iter().filter(|value| value["definition"]["id"] == definition["id"]);
    own.filter_map(|value| value["value"].as_str()).map(ToOwned::to_owned).collect()
}

/// What a form gives that is not as `entry` has it, as the body of a request to the API, and what is wrong with it. What is wrong is in the body as
/// it was typed.
#[must_use]
pub fn body(entity: &'static Entity, form: &Form, entry: &Json, known: &Known) -> (Json, Vec<Fault>) {
    let mut body = Map::new();
    let mut faults = Vec::new();
    for property in entity.properties {
        let is_open = !matches!(property.presence, Presence::ServerSet(_)) && property.name != "id";
        if !is_open {
            continue;
        }
        let value = filled_in(property, form, entry, known).unwrap_or_else(|fault| {
            faults.push(Fault { field: property.name.to_owned(), message: fault });
            Some(Json::String(form.text(property.name).to_owned()))
        });
        if let Some(value) = value {
            body.insert(property.name.to_owned(), value);
        }
    }
    (Json::Object(body), faults)
}

/// What a form gives for a property, if that is another value than it has.
fn filled_in(property: &'static Property, form: &Form, entry: &Json, known: &Known) -> Result<Option<Json>, String> {
    let stored = &entry[property.name];
    let changed = |value: Json, is_same: bool| Ok((!is_same).then_some(value));
    let typed = form.text(property.name);
    match property.kind {
        Kind::Boolean => changed(json!(!typed.is_empty()), stored.as_bool().unwrap_or_default() != typed.is_empty()),
        Kind::Secret { .. } if form.text(&format!("clear {}", property.name)) == "yes" => Ok(Some(json!(""))),
        Kind::Secret { .. } => changed(json!(typed), typed.is_empty()),
        Kind::Integer { .. } if property.name == "actions" => {
            let bits: i64 = form.all(property.name).iter().filter_map(|bit| bit.parse::<i64>().ok()).sum();
            changed(json!(bits), stored.as_i64() == Some(bits))
        }
        Kind::Enumeration(_) | Kind::Integer { .. } => {
            let number = typed.parse::<i64>().map_or_else(|_| json!(typed), |number| json!(number));
            let is_same = typed.is_empty() || *stored == number;
            changed(number, is_same)
        }
        Kind::Strings { .. } => {
            let strings = typed_lines(typed);
            changed(json!(strings), lines(stored) == strings)
        }
        Kind::Links(_) => {
            let ids = form.all(property.name);
            let own: Vec<&str> = stored.as_array().into_iter().flatten().filter_map(|tag| tag["id"].as_str()).collect();
            let is_same = ids.len() == own.len() && ids.iter().all(|id| own.contains(id));
            changed(ids.iter().map(|id| json!({ "id": id })).collect(), is_same)
        }
        Kind::Elements(element) if *element == CUSTOM_PROPERTY_VALUE => Ok(custom_properties(form, entry, known)),
        Kind::Elements(_) => {
            let attributes = typed_lines(typed);
            let attribute = |line: &String| {
                let parts = line.split_once('=');
                let (kind, value) =
                    parts.ok_or_else(|| format!("must have a line type=value for each, not '{line}'"))?;
                Ok(json!({ "attributeType": kind.trim(), "attributeValue": value.trim() }))
            };
            let is_same = lines(stored) == attributes;
            changed(Json::Array(attributes.iter().map(attribute).collect::<Result<_, String>>()?), is_same)
        }
        Kind::Reference(_) if typed == reference(stored) || typed.is_empty() => Ok(None),
        Kind::Reference(_) => match typed.split_once('\\') {
            Some((directory, id)) => Ok(Some(json!({ "userDirectory": directory, "userId": id }))),
            None => Err(format!("must be a user, as DIRECTORY\\userid, not '{typed}'")),
        },
        // A browser sends line ends as two characters.
        Kind::Text { .. } => {
            let typed = typed.replace("\r\n", "\n");
            let is_same = stored.as_str().unwrap_or_default() == typed;
            changed(json!(typed), is_same)
        }
        Kind::Id | Kind::Date => Ok(None),
    }
}

/// All custom property values, if those of some definition are others than before.
fn custom_properties(form: &Form, entry: &Json, known: &Known) -> Option<Json> {
    let mut is_same = true;
    let all = entry["customProperties"].as_array().map(Vec::as_slice).unwrap_or_default();
    let is_known =
        |value: &&Json| known.definitions.iter().any(|definition| value["definition"]["id"] == definition["id"]);
    // What the form did not show stays.
    let mut values: Vec<Json> = all.iter().filter(|value| !is_known(value)).cloned().collect();
    for definition in &known.definitions {
        let sent = form.all(&format!("@{}", reference(definition)));
        let sent: Vec<String> = sent.into_iter().flat_map(typed_lines).collect();
        is_same &= sent == values_of(definition, entry);
        values.extend(sent.iter().map(|value| json!({ "value": value, "definition": { "id": definition["id"] } })));
    }
    (!is_same).then_some(Json::Array(values))
}

fn typed_lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(ToOwned::to_owned).collect()
}

/// The entry as the form has it, to be shown again.
#[must_use]
pub fn merged(entry: &Json, body: &Json) -> Json {
    let mut merged = entry.clone();
    if let (Some(fields), Some(given)) = (merged.as_object_mut(), body.as_object()) {
        for (name, value) in given {
            fields.insert(name.clone(), value.clone());
        }
    }
    merged
}
