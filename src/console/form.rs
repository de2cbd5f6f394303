//! The form of an entity, made from its declaration.

use super::custom_property::{field_of, id, values_of};
use super::value_text::{label, lines, reference, text, usual_columns};
use super::visible::has_marked;
use super::{Marked, choices};
use crate::model::{Action, Entity, Kind, Presence, Property, Role, Syntax};
use serde_json::Value as Json;
use std::collections::HashSet;

/// One field of a form.
pub struct Field {
    /// The property's name, or `@` and the id of a custom property.
    pub name: String,
    /// Its label.
    pub label: String,
    /// Its explanation.
    pub hint: String,
    /// Its kind of input.
    pub input: Input,
    /// The shown page of its choices, if there are several.
    pub page: Option<choices::Shown>,
    /// Its fault.
    pub fault: Option<Marked>,
}

/// The kinds of input.
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
    /// A secret, which is never shown.
    Secret,
    /// Only shown.
    Shown(String),
}

/// A choice.
pub struct Choice {
    pub value: String,
    pub label: String,
    pub is_chosen: bool,
}

/// The choices of a form: the tags, and the custom properties of the type.
#[derive(Default)]
pub struct Known {
    pub tags: Vec<Json>,
    pub definitions: Vec<Json>,
    /// The shown pages of both, if there are several.
    pub tag_page: Option<choices::Shown>,
    pub definition_page: Option<choices::Shown>,
}

impl Field {
    /// The text of the field, if it has invisible characters.
    pub fn hiding(&self) -> Option<&str> {
        let (Input::Line { value, .. } | Input::Area { value, .. }) = &self.input else {
            return None;
        };
        has_marked(value).then_some(value)
    }

    /// The values that a browser sends for the unchanged field.
    pub fn sent(&self) -> Vec<&str> {
        match &self.input {
            Input::Line { value, .. } | Input::Area { value, .. } => vec![value],
            Input::Choice(choices) | Input::Checks(choices) => choices
                .iter()
                .filter(|choice| choice.is_chosen)
                .map(|choice| choice.value.as_str())
                .collect(),
            Input::Check(is_checked) => {
                if *is_checked {
                    vec!["yes"]
                } else {
                    Vec::new()
                }
            }
            Input::Secret | Input::Shown(_) => Vec::new(),
        }
    }

    /// Whether the form must name the field in a hidden field.
    pub fn must_be_named(&self) -> bool {
        matches!(self.input, Input::Check(_) | Input::Checks(_)) || self.name.starts_with('@')
    }
}

/// The mode of a form.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// For a new entity.
    New,
    /// For an entity that the visitor may change.
    Open,
    /// For an entity that the visitor may only read.
    ReadOnly,
}

/// The prefix of the name of the field that removes a secret.
pub(super) const CLEAR: &str = "clear ";

/// Whether a form in this mode can set the property.
pub(super) fn is_open(property: &Property, mode: Mode) -> bool {
    match mode {
        Mode::New => {
            has_field(property)
                && !matches!(property.presence, Presence::ServerSet(_))
                && !matches!(property.kind, Kind::Id)
        }
        Mode::Open => has_field(property) && property.is_changeable(),
        Mode::ReadOnly => false,
    }
}

/// Whether the console has a field for a property. Of references, only those to users have one; of
/// lists, only those of strings, tags, custom properties and attributes.
fn has_field(property: &Property) -> bool {
    match property.kind {
        Kind::Reference(_) => property.refers_to_user(),
        Kind::Links(_) => property.has_role(Role::Tags),
        Kind::Elements(_) => {
            property.has_role(Role::CustomProperties) || property.has_role(Role::Attributes)
        }
        _ => true,
    }
}

/// Makes the fields for an entity with the values of `entry`.
#[must_use]
pub fn fields(entity: &'static Entity, entry: &Json, known: &Known, mode: Mode) -> Vec<Field> {
    let shows = |property: &&Property| match (mode, property.kind) {
        (Mode::New, _) => is_open(property, mode),
        (Mode::ReadOnly, Kind::Secret { .. }) => false,
        _ => true,
    };
    let mut fields = Vec::new();
    for property in entity.properties.iter().filter(shows) {
        let open = is_open(property, mode);
        match property.kind {
            Kind::Elements(_) if open && property.has_role(Role::CustomProperties) => {
                let held = &entry[property.name];
                fields.extend(
                    known.definitions.iter().map(|definition| custom_property(definition, held)),
                );
            }
            _ => {
                let value = &entry[property.name];
                let input = if open {
                    input(property, value, known)
                } else {
                    Input::Shown(text(property, value))
                };
                let (name, hint) = (property.name.to_owned(), hint(property).to_owned());
                let page = known
                    .tag_page
                    .clone()
                    .filter(|_| open && matches!(property.kind, Kind::Links(_)));
                fields.push(Field { name, label: label(property), hint, input, page, fault: None });
            }
        }
    }
    // The most important fields come first, read-only ones last.
    let usual = usual_columns(entity);
    let place = |name: &str| usual.iter().position(|own| *own == name).unwrap_or(usual.len());
    let beside_user_name =
        entity.with_role(Role::UserName).map_or(usual.len(), |property| place(property.name));
    fields.sort_by_key(|field| match field.input {
        Input::Shown(_) if mode == Mode::Open => usize::MAX,
        Input::Secret => beside_user_name,
        _ => place(&field.name),
    });
    fields
}

/// The explanation of a field. The description in the API can't be used for all kinds, since its
/// words about absent values don't apply to a form.
fn hint(property: &Property) -> &'static str {
    match property.kind {
        Kind::Secret { .. } => {
            "Stored encrypted and never shown. Leave it empty to keep the stored one."
        }
        Kind::Links(_) => "",
        Kind::Integer { .. } if property.has_role(Role::Actions) => {
            "The actions that the rule grants."
        }
        Kind::Strings { .. } => "One per line.",
        Kind::Elements(_) => "One per line, as type=value.",
        Kind::Reference(_) => "As DIRECTORY\\userid.",
        _ => property.description,
    }
}

fn input(property: &'static Property, value: &Json, known: &Known) -> Input {
    let is_required = matches!(property.presence, Presence::Required);
    let written = written(property, value);
    match property.kind {
        Kind::Text { syntax: Syntax::OneOf(words), .. } => {
            let choice = |word: &&str| Choice {
                value: (*word).to_owned(),
                label: (*word).to_owned(),
                is_chosen: value.as_str() == Some(word),
            };
            Input::Choice(words.iter().map(choice).collect())
        }
        // A single-line field can't hold line breaks.
        Kind::Text { max, .. }
            if max > 1_000 || property.has_role(Role::Condition) || written.contains('\n') =>
        {
            Input::Area { value: written, is_required }
        }
        Kind::Text { max, .. } => Input::Line { value: written, max, is_required },
        Kind::Enumeration(choices) => {
            let choice = |choice: &crate::model::Choice| Choice {
                value: choice.number.to_string(),
                label: choice.names.last().copied().unwrap_or_default().to_owned(),
                is_chosen: written == choice.number.to_string(),
            };
            Input::Choice(choices.iter().map(choice).collect())
        }
        Kind::Integer { .. } if property.has_role(Role::Actions) => {
            Input::Checks(actions(value.as_i64().unwrap_or_default()))
        }
        Kind::Boolean => Input::Check(value.as_bool().unwrap_or_default()),
        Kind::Secret { .. } => Input::Secret,
        Kind::Strings { .. } | Kind::Elements(_) => {
            Input::Area { value: written, is_required: false }
        }
        Kind::Links(_) => Input::Checks(tags(value, known)),
        Kind::Reference(_) => Input::Line { value: written, max: 511, is_required: false },
        Kind::Id | Kind::Integer { .. } | Kind::Date => {
            Input::Line { value: written, max: 100, is_required }
        }
    }
}

/// The text in the field of a property, which the browser returns if it is not changed. Invalid
/// input is shown as it was typed.
pub(super) fn written(property: &Property, value: &Json) -> String {
    let text = match (property.kind, value) {
        (_, Json::String(typed)) => typed.clone(),
        (Kind::Strings { .. } | Kind::Elements(_), value) => lines(value).join("\n"),
        (Kind::Reference(_), value) => reference(value),
        (_, Json::Null) => String::new(),
        (_, value) => value.to_string(),
    };
    with_unix_line_breaks(&text)
}

/// Normalises line breaks, because browsers send `\r\n`.
pub(super) fn with_unix_line_breaks(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

fn actions(bits: i64) -> Vec<Choice> {
    let choice = |action: Action| Choice {
        value: action.bit().to_string(),
        label: action.name().to_owned(),
        is_chosen: action.is_in(bits),
    };
    Action::ALL.into_iter().map(choice).collect()
}

/// The known tags, and others that the entity has.
fn tags(value: &Json, known: &Known) -> Vec<Choice> {
    let own = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let [chosen, offered] =
        [own, &known.tags].map(|tags| tags.iter().map(id).collect::<HashSet<_>>());
    let more = own.iter().filter(|own| !offered.contains(id(own)));
    let choice = |tag: &Json| Choice {
        value: id(tag).to_owned(),
        label: reference(tag),
        is_chosen: chosen.contains(id(tag)),
    };
    known.tags.iter().chain(more).map(choice).collect()
}

fn custom_property(definition: &Json, held: &Json) -> Field {
    let held = values_of(id(definition), held);
    let choices = lines(&definition["choiceValues"]);
    let input = if choices.is_empty() {
        Input::Area { value: with_unix_line_breaks(&held.join("\n")), is_required: false }
    } else {
        // Values that are no longer among the choices can be kept.
        let [chosen, offered] =
            [&held, &choices].map(|values| values.iter().collect::<HashSet<_>>());
        let more = held.iter().filter(|value| !offered.contains(value));
        let choice = |value: &String| Choice {
            value: value.clone(),
            label: value.clone(),
            is_chosen: chosen.contains(value),
        };
        Input::Checks(choices.iter().chain(more).map(choice).collect())
    };
    let hint = definition["description"].as_str().unwrap_or_default();
    let hint =
        if choices.is_empty() { format!("{hint} One value per line.") } else { hint.to_owned() };
    let label = format!("Custom property {}", reference(definition));
    Field {
        name: field_of(definition),
        label,
        hint,
        input,
        page: choices::shown(definition),
        fault: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DATA_CONNECTION, SELECTION, TAG, USER};

    #[test]
    fn a_form_has_inputs_for_what_it_can_send_and_shows_the_rest() {
        let open =
            |property: &Property| [Mode::New, Mode::Open].map(|mode| is_open(property, mode));
        for (entity, name) in [
            (&DATA_CONNECTION, "owner"),
            (&DATA_CONNECTION, "tags"),
            (&USER, "customProperties"),
            (&USER, "attributes"),
        ] {
            assert_eq!(open(entity.property(name).unwrap()), [true; 2], "{name}");
        }
        let (reference, links) =
            (Property::reference("tag", "tag_id", &TAG), Property::links("users", "users", &USER));
        for property in [&reference, &links, SELECTION.property("items").unwrap()] {
            assert_eq!(open(property), [false; 2], "{property:?}");
        }
    }
}
