//! `/selection/{id}/{type}/synthetic`: all that is selected of a type as if it were one entity. Reading it tells what is common, writing it
//! changes all at once (QRS reference, 2.4).

use super::call::EntityCall;
use super::caller::Caller;
use super::entities::{Change, change_one};
use super::failure::Failure;
use super::rules::check_written;
use super::selections::{self, chosen, selected};
use crate::model::{Document, Entity, Invalid, Kind, Property};
use crate::query::Predicate;
use crate::store::{Error, Form, Selection, Snapshot, Tested};
use actix_web::HttpResponse;
use actix_web::web::Payload;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// All that is selected as one.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Synthetic {
    #[serde(rename = "type")]
    kind: &'static str,
    properties: Vec<Common>,
    children: [Json; 0],
    latest_modified_date: String,
    schema_path: &'static str,
}

/// One property of all of them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Common {
    name: String,
    value: Json,
    value_is_different: bool,
    value_is_modified: bool,
}

/// What a body changes. Fields in any case, and unknown ones, are as in other bodies.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Wanted {
    properties: Vec<WantedProperty>,
    latest_modified_date: Json,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct WantedProperty {
    name: String,
    value: Json,
    value_is_modified: bool,
}

/// What a body changes of a list.
#[derive(Deserialize)]
struct ListChange<T> {
    #[serde(default = "Vec::new")]
    added: Vec<T>,
    #[serde(default = "Vec::new")]
    removed: Vec<T>,
}

/// `GET …/synthetic`: what is common to all that is selected and that the caller may read.
pub async fn get(call: EntityCall) -> Result<HttpResponse, Failure> {
    let (entity, selection) = (call.entity, selection(&call)?);
    let synthetic = call
        .scan(move |snapshot, caller| {
            let mut gathered = Gathered::default();
            let condition = selected(snapshot, caller, selection, entity)?;
            each(snapshot, caller, entity, condition, |row| gathered.add(entity, row))?;
            Ok(gathered.finish(entity))
        })
        .await?;
    Ok(HttpResponse::Ok().json(synthetic))
}

/// `PUT …/synthetic`: changes all that is selected and that the caller may read, or nothing if one can't be changed.
pub async fn update(call: EntityCall, payload: Payload) -> Result<HttpResponse, Failure> {
    let (entity, selection) = (call.entity, selection(&call)?);
    let wanted: Wanted = call.body(payload, |json| Ok(crate::access::read(json)?)).await?;
    let state = call.call.state.clone();
    call.write(move |write, caller| {
        let snapshot = write.snapshot();
        let rows = chosen(&snapshot, caller, entity, selected(&snapshot, caller, selection, entity)?)?;
        // One at a time: what they hold together can be of any size.
        for Tested { id, name, .. } in &rows {
            let mut row = Json::Null;
            each(&snapshot, caller, entity, Predicate::has_id(entity, *id), |found| row.clone_from(found))?;
            let within = |failure: Failure| failure.within(name);
            change_one(&state, write, caller, *id, change(entity, &wanted, &row)?).map_err(within)?;
        }
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        check_written(write, entity, &ids).map_err(|(index, failure)| failure.within(&rows[index].name))
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

fn selection(call: &EntityCall) -> Result<Uuid, Failure> {
    selections::id(call.call.request.match_info().query("selection"))
}

/// Calls `use_row` with each of the selected entities in full.
fn each(
    snapshot: &Snapshot<'_>,
    caller: &Caller,
    entity: &'static Entity,
    condition: Predicate,
    mut use_row: impl FnMut(&Json),
) -> Result<(), Failure> {
    let condition = caller.visible(entity, condition);
    let selection = Selection { entity, form: Form::Full, condition, orders: Vec::new(), page: None, privileges: None };
    Ok(snapshot.each(&selection, &mut |row| {
        // What the store writes is valid JSON.
        use_row(&serde_json::from_slice(row).unwrap_or_default());
        Ok::<_, Error>(())
    })?)
}

/// What is known of the entities so far.
#[derive(Default)]
struct Gathered {
    number: usize,
    latest: String,
    /// The value of the first, and whether another has another one.
    values: BTreeMap<&'static str, (Json, bool)>,
    /// What is in all of some lists, and whether some have more: links by the property, custom properties by their definition.
    lists: BTreeMap<String, (BTreeSet<String>, bool)>,
}

impl Gathered {
    fn add(&mut self, entity: &'static Entity, row: &Json) {
        let modified = row["modifiedDate"].as_str().unwrap_or_default();
        if modified > self.latest.as_str() {
            modified.clone_into(&mut self.latest);
        }
        let mut lists: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for property in entity.properties.iter().filter(|property| property.is_changeable()) {
            match property.kind {
                Kind::Links(_) | Kind::Elements(_) => lists.extend(lists_of(property, &row[property.name])),
                Kind::Secret { .. } => {}
                Kind::Reference(_) => self.add_value(property, &row[property.name]["id"]),
                _ => self.add_value(property, &row[property.name]),
            }
        }
        self.add_lists(lists);
        self.number += 1;
    }

    fn add_value(&mut self, property: &'static Property, value: &Json) {
        let (common, is_different) = self.values.entry(property.name).or_insert_with(|| (value.clone(), false));
        *is_different |= common != value;
    }

    fn add_lists(&mut self, mut lists: BTreeMap<String, BTreeSet<String>>) {
        for (name, (common, is_different)) in &mut self.lists {
            let own = lists.remove(name).unwrap_or_default();
            *is_different |= *common != own;
            common.retain(|item| own.contains(item));
        }
        for (name, own) in lists {
            let is_first = self.number == 0;
            let common = if is_first { own.clone() } else { BTreeSet::new() };
            self.lists.insert(name, (common, !is_first && !own.is_empty()));
        }
    }

    fn finish(self, entity: &'static Entity) -> Synthetic {
        let common = |name: String, value: Json, is_different: bool| Common {
            name,
            value,
            value_is_different: is_different,
            value_is_modified: false,
        };
        let values = self.values.into_iter().map(|(name, (value, is_different))| {
            common(name.to_owned(), if is_different { Json::Null } else { value }, is_different)
        });
        let lists = self.lists.into_iter().map(|(name, (values, is_different))| {
            common(name, json!({ "values": values, "added": [], "removed": [] }), is_different)
        });
        let secrets = entity.properties.iter().filter(|property| matches!(property.kind, Kind::Secret { .. }));
        let secrets = secrets.map(|property| common(property.name.to_owned(), Json::Null, false));
        Synthetic {
            kind: entity.resource_type,
            properties: values.chain(secrets).chain(lists).collect(),
            children: [],
            latest_modified_date: self.latest,
            schema_path: "SyntheticRootEntity",
        }
    }
}

/// The lists of a row by the names that QRS has for them: `refList_Tag` of ids, and `@<definition>` of values.
fn lists_of(property: &Property, items: &Json) -> BTreeMap<String, BTreeSet<String>> {
    let mut lists: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    if let Kind::Links(target) = property.kind {
        lists.entry(format!("refList_{}", target.resource_type)).or_default();
    }
    for item in items.as_array().into_iter().flatten() {
        let text = |json: &Json| json.as_str().unwrap_or_default().to_owned();
        match property.kind {
            Kind::Links(target) => {
                lists.entry(format!("refList_{}", target.resource_type)).or_default().insert(text(&item["id"]));
            }
            _ if property.name == "customProperties" => {
                lists.entry(format!("@{}", text(&item["definition"]["id"]))).or_default().insert(text(&item["value"]));
            }
            _ => {}
        }
    }
    lists
}

/// What the body makes of one row.
fn change(entity: &'static Entity, wanted: &Wanted, row: &Json) -> Result<Change<'static>, Failure> {
    let mut body = Map::new();
    for property in wanted.properties.iter().filter(|property| property.value_is_modified) {
        add_change(entity, property, row, &mut body)?;
    }
    body.insert("modifiedDate".to_owned(), wanted.latest_modified_date.clone());
    let document = Document::read(entity, Json::Object(body))?;
    let seen = document.seen_version()?;
    Ok(Change { document, seen, if_match: None })
}

fn add_change(
    entity: &'static Entity,
    wanted: &WantedProperty,
    row: &Json,
    body: &mut Map<String, Json>,
) -> Result<(), Failure> {
    let WantedProperty { name, value, .. } = wanted;
    let wrong = |message: &str| Invalid::one(name.clone(), message);
    // An earlier one may have changed the list already.
    let list = |property: &Property, body: &Map<String, Json>| {
        body.get(property.name).unwrap_or(&row[property.name]).as_array().cloned().unwrap_or_default()
    };
    if let Some(definition) = name.strip_prefix('@') {
        let property = entity.custom_properties().ok_or_else(|| wrong("this type has no custom properties"))?;
        let definition =
            Uuid::parse_str(definition).map_err(|_| wrong("must have the id of a definition after the @"))?;
        let change: ListChange<String> = read_list(name, value)?;
        let items = with_values(list(property, body), definition, &change);
        body.insert(property.name.to_owned(), items.into());
        return Ok(());
    }
    let links = |property: &&Property| match property.kind {
        Kind::Links(target) => name.eq_ignore_ascii_case(&format!("refList_{}", target.resource_type)),
        _ => false,
    };
    if let Some(property) = entity.properties.iter().find(links) {
        let links = with_links(&list(property, body), &read_list(name, value)?);
        body.insert(property.name.to_owned(), links);
        return Ok(());
    }
    let is_single = |property: &&Property| !matches!(property.kind, Kind::Links(_) | Kind::Elements(_));
    let property = entity.property(name).filter(|property| property.is_changeable()).filter(is_single);
    let property = property.ok_or_else(|| wrong("is no property that can be changed for all at once"))?;
    let value = match (property.kind, value) {
        (Kind::Reference(_), Json::String(id)) => json!({ "id": id }),
        _ => value.clone(),
    };
    body.insert(property.name.to_owned(), value);
    Ok(())
}

fn read_list<T: DeserializeOwned>(name: &str, value: &Json) -> Result<ListChange<T>, Invalid> {
    let wrong = |error: serde_json::Error| Invalid::one(name, format!("must have lists added and removed: {error}"));
    ListChange::deserialize(value).map_err(wrong)
}

fn id_of(json: &Json) -> Option<Uuid> {
    Uuid::parse_str(json["id"].as_str()?).ok()
}

fn with_links(links: &[Json], change: &ListChange<Uuid>) -> Json {
    let ids = links.iter().filter_map(id_of).filter(|id| !change.removed.contains(id));
    let ids: BTreeSet<Uuid> = ids.chain(change.added.iter().copied()).collect();
    ids.into_iter().map(|id| json!({ "id": id })).collect()
}

fn with_values(mut items: Vec<Json>, definition: Uuid, change: &ListChange<String>) -> Vec<Json> {
    let is_of = |item: &Json| id_of(&item["definition"]) == Some(definition);
    let has = |list: &[String], item: &Json| list.iter().any(|value| item["value"] == *value);
    items.retain(|item| !is_of(item) || !has(&change.removed, item));
    for value in &change.added {
        if !items.iter().any(|item| is_of(item) && item["value"] == *value) {
            items.push(json!({ "value": value, "definition": { "id": definition } }));
        }
    }
    items
}
