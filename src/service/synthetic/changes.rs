//! A change of all selected entities. The body is read before the write starts, and once for all of
//! them.

use crate::error::RequestError;
use crate::model::{Document, Entity, FieldErrors, Kind, MODIFIED_DATE, Property, field_of};
use crate::service::entities::Change;
use crate::store::{Extent, Stored, Tested, Weight};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The most properties of a body, and the most items that it adds to lists or removes from them.
const MOST_PROPERTIES: usize = 100;
const MOST_ITEMS: usize = 1_000;

/// The most items times entities: each is a separate write.
const MOST_WRITES: usize = 100_000;

/// The changes in a body.
pub struct Changes {
    entity: &'static Entity,
    /// The new single values.
    values: Map<String, Json>,
    /// The changed links, by property.
    links: BTreeMap<&'static str, BTreeMap<Uuid, Becomes>>,
    /// The changed custom property values.
    custom_properties: BTreeMap<(Uuid, String), Becomes>,
    latest_modified_date: Json,
}

/// The new state of an item of a list, whether or not the list has it now.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Becomes {
    Added,
    Removed,
}

impl Changes {
    /// Reads a body, ignoring the case of field names, as for other bodies; unknown fields are
    /// ignored.
    ///
    /// # Errors
    /// [`FieldErrors`] if its form is wrong, if it names a property that can't be changed for
    /// several entities at once, or if it is too large.
    pub fn read(entity: &'static Entity, json: &Json) -> Result<Self, FieldErrors> {
        if !json.is_object() {
            return Err(FieldErrors::one(
                "",
                "must be an object with properties and latestModifiedDate",
            ));
        }
        let mut changes = Self {
            entity,
            values: Map::new(),
            links: BTreeMap::new(),
            custom_properties: BTreeMap::new(),
            latest_modified_date: field_of(json, "latestModifiedDate").cloned().unwrap_or_default(),
        };
        let properties = list_of(json, "properties")?;
        if properties.len() > MOST_PROPERTIES {
            return Err(FieldErrors::one(
                "properties",
                format!("are too many; at most {MOST_PROPERTIES} are allowed"),
            ));
        }
        for (index, change) in properties.iter().enumerate() {
            changes
                .read_property(change)
                .map_err(|invalid| invalid.within(index).within("properties"))?;
        }
        if changes.items() > MOST_ITEMS {
            let message =
                format!("add and remove too many items; at most {MOST_ITEMS} are allowed");
            return Err(FieldErrors::one("properties", message));
        }
        Ok(changes)
    }

    fn read_property(&mut self, change: &Json) -> Result<(), FieldErrors> {
        let is_modified = match field_of(change, "valueIsModified").unwrap_or(&Json::Null) {
            Json::Bool(is_modified) => *is_modified,
            Json::Null => false,
            _ => return Err(FieldErrors::one("valueIsModified", "must be true or false")),
        };
        if !is_modified {
            return Ok(());
        }
        let name = field_of(change, "name").and_then(Json::as_str);
        let name =
            name.ok_or_else(|| FieldErrors::one("name", "must be the name of a property"))?;
        let value = field_of(change, "value").unwrap_or(&Json::Null);
        self.add(name, value).map_err(|invalid| invalid.within(name))
    }

    fn add(&mut self, name: &str, value: &Json) -> Result<(), FieldErrors> {
        let wrong = |message: &str| Err(FieldErrors::one("", message));
        if let Some(definition) = name.strip_prefix('@') {
            let Ok(definition) = Uuid::parse_str(definition) else {
                return wrong("must be @ followed by the id of a custom property definition");
            };
            if self.entity.custom_properties().is_none() {
                return wrong("this type has no custom properties");
            }
            let named = read_items(value, "the text of a value", |text| {
                Some((definition, text.to_owned()))
            })?;
            self.custom_properties.extend(named);
            return Ok(());
        }
        let is_list = |property: &&Property| match property.kind {
            Kind::Links(target) => {
                name.eq_ignore_ascii_case(&format!("refList_{}", target.resource_type))
            }
            _ => false,
        };
        if let Some(property) = self.entity.properties.iter().find(is_list) {
            let named = read_items(value, "an id", |text| Uuid::parse_str(text).ok())?;
            self.links.entry(property.name).or_default().extend(named);
            return Ok(());
        }
        let is_single =
            |property: &&Property| !matches!(property.kind, Kind::Links(_) | Kind::Elements(_));
        let property = self
            .entity
            .property(name)
            .filter(|property| property.is_changeable())
            .filter(is_single);
        let Some(property) = property else {
            return wrong("is not a property that can be changed for several entities at once");
        };
        let value = match (property.kind, value) {
            (Kind::Reference(_), Json::String(id)) => json!({ "id": id }),
            _ => value.clone(),
        };
        self.values.insert(property.name.to_owned(), value);
        Ok(())
    }

    fn items(&self) -> usize {
        self.custom_properties.len() + self.links.values().map(BTreeMap::len).sum::<usize>()
    }

    /// The weight of changing all entities.
    pub fn weight(&self, stored: Stored) -> Weight {
        let texts = self.values.values().filter_map(Json::as_str).map(str::len);
        let named = self.custom_properties.keys().map(|(_, value)| value.len());
        let bytes = texts.chain(named).map(|length| length as u64).sum();
        Weight::of_change(self.entity, stored, Extent { rows: self.items() as u64, bytes })
    }

    /// Rejects more changes than one request may make.
    ///
    /// # Errors
    /// [`RequestError::BadRequest`] if there are more.
    pub fn check_number_of(&self, rows: &[Tested]) -> Result<(), RequestError> {
        let (items, number) = (self.items(), rows.len());
        if items * number > MOST_WRITES {
            return Err(RequestError::BadRequest(format!(
                "{items} items of {number} entities are too many; at most {MOST_WRITES} changes \
                 can be made in one request"
            )));
        }
        Ok(())
    }

    /// Only the single values; `None` if one is invalid, which [`Changes::of`] reports.
    pub fn single_values(&self) -> Option<Document> {
        Document::read(self.entity, Json::Object(self.values.clone())).ok()
    }

    /// The change of one entity, given its JSON.
    ///
    /// # Errors
    /// [`FieldErrors`] if a value is invalid.
    pub fn of(&self, row: &Json) -> Result<Change<'static>, FieldErrors> {
        let mut body = self.values.clone();
        for (property, named) in &self.links {
            body.insert((*property).to_owned(), links(&row[*property], named));
        }
        if let Some(property) =
            self.entity.custom_properties().filter(|_| !self.custom_properties.is_empty())
        {
            body.insert(property.name.to_owned(), self.values_of(&row[property.name]));
        }
        body.insert(MODIFIED_DATE.name.to_owned(), self.latest_modified_date.clone());
        let document = Document::read(self.entity, Json::Object(body))?;
        let seen = document.seen_version()?;
        Ok(Change { document, seen, if_match: None })
    }

    fn values_of(&self, stored: &Json) -> Json {
        let mut added: BTreeMap<_, _> = self
            .custom_properties
            .iter()
            .filter(|(_, becomes)| **becomes == Becomes::Added)
            .collect();
        let mut values = Vec::new();
        for value in stored.as_array().into_iter().flatten() {
            let key =
                id_of(&value["definition"]).zip(value["value"].as_str().map(ToOwned::to_owned));
            let becomes = key.as_ref().and_then(|key| self.custom_properties.get(key));
            if becomes != Some(&Becomes::Removed) {
                values.push(value.clone());
            }
            key.as_ref().and_then(|key| added.remove(key));
        }
        let added = added.into_keys();
        values.extend(added.map(
            |(definition, value)| json!({ "value": value, "definition": { "id": definition } }),
        ));
        values.into()
    }
}

fn links(stored: &Json, named: &BTreeMap<Uuid, Becomes>) -> Json {
    let stored =
        stored.as_array().into_iter().flatten().filter_map(id_of).map(|id| (id, Becomes::Added));
    let mut all: BTreeMap<Uuid, Becomes> = stored.collect();
    all.extend(named);
    all.retain(|_, becomes| *becomes == Becomes::Added);
    all.into_keys().map(|id| json!({ "id": id })).collect()
}

fn id_of(json: &Json) -> Option<Uuid> {
    Uuid::parse_str(json["id"].as_str()?).ok()
}

/// The items that a change of a list names, with the added ones last: an item both removed and
/// added is in the list afterwards.
fn read_items<T>(
    value: &Json,
    what: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Vec<(T, Becomes)>, FieldErrors> {
    if !value.is_object() {
        return Err(FieldErrors::one(
            "value",
            "must be an object with the lists added and removed",
        ));
    }
    let mut items = Vec::new();
    for (field, becomes) in [("removed", Becomes::Removed), ("added", Becomes::Added)] {
        for (index, item) in list_of(value, field)?.iter().enumerate() {
            let item = item.as_str().and_then(&read);
            let wrong = || {
                FieldErrors::one("", format!("must be {what}"))
                    .within(index)
                    .within(field)
                    .within("value")
            };
            items.push((item.ok_or_else(wrong)?, becomes));
        }
    }
    Ok(items)
}

fn list_of<'j>(json: &'j Json, field: &str) -> Result<&'j [Json], FieldErrors> {
    match field_of(json, field).unwrap_or(&Json::Null) {
        Json::Array(items) => Ok(items),
        Json::Null => Ok(&[]),
        _ => Err(FieldErrors::one(field, "must be a list")),
    }
}
