//! The content of an entity as here and a site compare it (docs/staging.md).

use super::facet::{Facet, Item, label, parts_of, to_json};
use crate::model::{
    Default, Document, Entity, FieldErrors, Input, Kind, Presence, Property, field_of,
};
use serde_json::{Map, Value as Json};

/// The properties of an entity that clients write, secrets left out, in the order of their
/// declaration.
#[derive(Clone, Debug)]
pub struct Content {
    /// The type of the entity.
    pub entity: &'static Entity,
    facets: Vec<(&'static Property, Facet)>,
}

/// The properties that are compared.
pub fn compared(entity: &'static Entity) -> impl Iterator<Item = &'static Property> {
    entity.properties.iter().filter(|property| {
        let is_own_id = matches!(property.presence, Presence::Optional(Default::OwnId));
        let is_secret = matches!(property.kind, Kind::Secret { .. } | Kind::Id);
        !is_own_id && !is_secret && !matches!(property.presence, Presence::ServerSet(_))
    })
}

impl Content {
    /// Reads an entity in full, as QRS shows it.
    ///
    /// # Errors
    /// [`FieldErrors`] if a property has a value that can't be stored here, or is missing.
    pub fn read(entity: &'static Entity, json: &Json) -> Result<Self, FieldErrors> {
        let document = Document::read(entity, without_secrets(entity, json))?;
        let missing = document.missing();
        if !missing.is_empty() {
            return Err(missing.into());
        }
        let mut facets = Vec::new();
        for property in compared(entity) {
            if let Some(facet) = read_facet(property, &document, json) {
                facets.push((property, facet));
            }
        }
        Ok(Self { entity, facets })
    }

    /// Reads what [`Content::to_json`] has made. A property that is not in it has no value.
    pub fn of_json(entity: &'static Entity, json: &Json) -> Self {
        let facets = compared(entity).filter_map(|property| {
            Some((property, Facet::of_json(property, json.get(property.name)?)))
        });
        Self { entity, facets: facets.collect() }
    }

    /// The content as JSON.
    pub fn to_json(&self) -> Json {
        let fields =
            self.facets.iter().map(|(property, facet)| (property.name.to_owned(), facet.to_json()));
        Json::Object(fields.collect::<Map<_, _>>())
    }

    /// The value of a property.
    pub fn get(&self, property: &Property) -> Option<&Facet> {
        self.facets.iter().find(|(own, _)| *own == property).map(|(_, facet)| facet)
    }

    /// Sets the value of a property that has one.
    pub fn set(&mut self, property: &Property, facet: Facet) {
        if let Some((_, own)) = self.facets.iter_mut().find(|(own, _)| *own == property) {
            *own = facet;
        }
    }

    /// Whether both have the same values.
    pub fn is_same(&self, other: &Self) -> bool {
        self.facets.len() == other.facets.len()
            && self.facets.iter().all(|(property, facet)| {
                other.get(property).is_some_and(|other| facet.is_same(other))
            })
    }

    /// All values, to change them.
    pub fn facets_mut(&mut self) -> &mut [(&'static Property, Facet)] {
        &mut self.facets
    }

    /// All values.
    pub fn facets(&self) -> &[(&'static Property, Facet)] {
        &self.facets
    }
}

/// The JSON of an entity without its secrets, which are never compared.
fn without_secrets(entity: &'static Entity, json: &Json) -> Json {
    let mut json = json.clone();
    if let Some(fields) = json.as_object_mut() {
        fields.retain(|name, _| {
            !entity.secrets().any(|secret| secret.name.eq_ignore_ascii_case(name))
        });
    }
    json
}

fn read_facet(property: &'static Property, document: &Document, json: &Json) -> Option<Facet> {
    let raw = field_of(json, property.name);
    let items = raw.and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    match property.kind {
        Kind::Strings { .. } => {
            let strings = match document.get(property) {
                Some(Input::Strings(strings)) => strings.as_slice(),
                _ => &[],
            };
            Some(Facet::set(property, strings.iter().map(|text| text.as_str().into())))
        }
        Kind::Reference(target) => {
            Some(Facet::One(Item::new(property, label(target, raw?)?.into())))
        }
        Kind::Links(target) => {
            let labels = items.iter().filter_map(|item| label(target, item));
            Some(Facet::set(property, labels.map(Json::from)))
        }
        Kind::Elements(_) => {
            let elements = items.iter().map(|item| {
                parts_of(property).map(|part| part_of_element(part, item)).collect::<Json>()
            });
            Some(Facet::set(property, elements))
        }
        _ => Some(Facet::One(Item::new(property, single(property, document)?))),
    }
}

/// The value of one property of an element; empty if it has none.
fn part_of_element(part: &Property, element: &Json) -> Json {
    let value = field_of(element, part.name);
    let text = match (part.kind, value) {
        (Kind::Reference(target), Some(referred)) => label(target, referred),
        (_, Some(Json::String(text))) => Some(text.clone()),
        _ => None,
    };
    text.unwrap_or_default().into()
}

/// A single value, or its default.
fn single(property: &Property, document: &Document) -> Option<Json> {
    if let Some(Input::Value(value)) = document.get(property) {
        return Some(to_json(value));
    }
    match property.presence {
        Presence::Optional(Default::Text(text)) => Some(text.into()),
        Presence::Optional(Default::Number(number)) => Some(match property.kind {
            Kind::Boolean => (number != 0).into(),
            _ => number.into(),
        }),
        Presence::Optional(Default::SameAs(name)) => {
            single(document.entity.property(name)?, document)
        }
        _ => None,
    }
}
