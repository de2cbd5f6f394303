//! What is done to several entities at once: all of it, or nothing.

use super::choices::Pages;
use super::filled_in::user;
use super::form::Known;
use super::shown::reference;
use super::trouble::{Trouble, beside_form, to};
use super::visit::{Frame, Visit, plural};
use super::{edit, list, page};
use crate::http::State;
use crate::http::body::Form;
use crate::http::call::one;
use crate::http::caller::Caller;
use crate::http::entities::{Change, change_one, delete_one};
use crate::http::failure::Failure;
use crate::http::query_string::Privileges;
use crate::http::rules::check_written;
use crate::model::{Document, Entity};
use crate::query::Predicate;
use crate::store::{Extent, IfMatch, Snapshot, Weight, Write};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Payload;
use askama::Template;
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use uuid::Uuid;

/// Entities that are worked on at once at most; a page of the list has fewer.
const MOST: usize = 1_000;

#[derive(Template)]
#[template(path = "selected.html")]
struct Selected {
    frame: Frame,
    title: String,
    path: &'static str,
    rows: Vec<(String, String)>,
    tags: Vec<(String, String)>,
    definitions: Vec<(String, String)>,
    has_owner: bool,
    fault: Option<String>,
}

/// What is to be done.
enum Deed {
    /// Nothing yet: the page asks.
    Ask,
    /// Mark them with a tag, by its id.
    AddTag(String),
    /// Take a tag away.
    RemoveTag(String),
    /// Give them to somebody, as `DIRECTORY\userid`.
    Owner(String),
    /// Give them one value of a custom property, by its id, in place of those that they have; none if it is blank.
    CustomProperty(String, String),
    /// Remove them.
    Delete,
}

/// `POST /console/{type}/selected`: asks what is to be done, or does it.
pub async fn selected(visit: Visit, payload: Payload) -> Result<HttpResponse, Trouble> {
    let form = visit.form(payload).await?;
    let ids: Vec<Uuid> = form.all("id").iter().filter_map(|id| Uuid::parse_str(id).ok()).collect();
    if ids.is_empty() || ids.len() > MOST {
        let text = format!("Select 1 to {MOST} of the list first.");
        return Err(Failure::BadRequest(text).into());
    }
    let entity = visit.call.entity;
    let deed = Deed::read(&form);
    if matches!(deed, Deed::Ask) {
        return ask(&visit, StatusCode::OK, &ids, None).await;
    }
    let done = match deed.weigh(&visit, &ids).await {
        Ok(weight) => deed.work(&visit, weight, ids.clone()).await,
        Err(failure) => Err(failure),
    };
    match done {
        Ok(()) => Ok(to(&format!("/console/{}?saved={}", entity.path, ids.len()))),
        Err(failure) => {
            let (status, fault) = beside_form(failure, "Nothing was changed.")?;
            ask(&visit, status, &ids, Some(fault)).await
        }
    }
}

impl Deed {
    fn read(form: &Form) -> Self {
        let text = |name: &str| form.text(name).trim().to_owned();
        match form.text("do") {
            "add tag" => Self::AddTag(text("tag")),
            "remove tag" => Self::RemoveTag(text("tag")),
            "owner" => Self::Owner(text("owner")),
            "custom property" => Self::CustomProperty(text("definition"), text("value")),
            "delete" => Self::Delete,
            _ => Self::Ask,
        }
    }

    /// Weighs it, and refuses what is too much to be done at once.
    async fn weigh(&self, visit: &Visit, ids: &[Uuid]) -> Result<Weight, Failure> {
        let (entity, ids) = (visit.call.entity, ids.to_vec());
        let listed = move |_: &Snapshot<'_>, _: &Caller| Ok(Predicate::has_id_among(entity, ids));
        match self {
            Self::Ask => Ok(Weight::default()),
            Self::Delete => visit.call.weigh_removal(entity, listed).await,
            Self::AddTag(text) | Self::RemoveTag(text) | Self::Owner(text) | Self::CustomProperty(_, text) => {
                let each = Extent { rows: 1, bytes: text.len() as u64 };
                visit.call.weigh_stored(entity, listed, |stored| Weight::of_change(entity, stored, each)).await
            }
        }
    }

    /// Does it to all of them, or to none.
    async fn work(self, visit: &Visit, weight: Weight, ids: Vec<Uuid>) -> Result<(), Failure> {
        let (entity, state) = (visit.call.entity, visit.call.call.state.clone());
        let work = move |write: &Write<'_>, caller: &Caller| {
            ids.iter().try_for_each(|id| self.apply(&state, write, caller, entity, *id))?;
            // Rules are looked at together, once.
            let changed = if matches!(self, Self::Delete) { &[][..] } else { &ids };
            check_written(write, caller, entity, changed).map_err(|(_, failure)| failure)
        };
        visit.call.write_weighing(weight, work).await
    }

    fn apply(
        &self,
        state: &State,
        write: &Write<'_>,
        caller: &Caller,
        entity: &'static Entity,
        id: Uuid,
    ) -> Result<(), Failure> {
        let entry = read(&write.snapshot(), caller, entity, id)?;
        let within = |failure: Failure| failure.within(&reference(&entry));
        if let Self::Delete = self {
            return delete_one(write, caller, entity, id, None).map_err(within);
        }
        let document = Document::read(entity, self.body(&entry)?).map_err(Failure::from)?;
        let change = Change { document, seen: None, if_match: Some(&IfMatch::Any) };
        change_one(state, write, caller, id, change).map(drop).map_err(within)
    }

    /// What changes about an entity, as the body of a request to the API.
    fn body(&self, entry: &Json) -> Result<Json, Failure> {
        let list = |name: &str| entry[name].as_array().cloned().unwrap_or_default();
        Ok(match self {
            Self::AddTag(tag) => {
                let mut tags = list("tags");
                if tags.iter().all(|own| own["id"] != json!(tag)) {
                    tags.push(json!({ "id": tag }));
                }
                json!({ "tags": tags })
            }
            Self::RemoveTag(tag) => {
                let mut tags = list("tags");
                tags.retain(|own| own["id"] != json!(tag));
                json!({ "tags": tags })
            }
            Self::Owner(owner) => {
                let owner = user(owner).map_err(|message| Failure::BadRequest(format!("owner: {message}")))?;
                json!({ "owner": owner })
            }
            Self::CustomProperty(definition, value) => {
                let mut values = list("customProperties");
                values.retain(|own| own["definition"]["id"] != json!(definition));
                if !value.is_empty() {
                    values.push(json!({ "value": value, "definition": { "id": definition } }));
                }
                json!({ "customProperties": values })
            }
            Self::Delete | Self::Ask => json!({}),
        })
    }
}

/// One of them as the caller sees it.
fn read(snapshot: &Snapshot<'_>, caller: &Caller, entity: &'static Entity, id: Uuid) -> Result<Json, Failure> {
    let found = snapshot.one(&one(caller, entity, Predicate::has_id(entity, id), Privileges::Hidden))?;
    let message = || format!("there is no {} with the id {id} any more, or none that you may see", entity.noun);
    let entry = found.ok_or_else(|| Failure::NotFound(message()))?;
    serde_json::from_slice(&entry.json).map_err(|error| Failure::internal(&error))
}

async fn ask(visit: &Visit, status: StatusCode, ids: &[Uuid], fault: Option<String>) -> Result<HttpResponse, Trouble> {
    let entity = visit.call.entity;
    let Known { tags, definitions, .. } = edit::offered(visit, Pages::default()).await?;
    let wanted = ids.to_vec();
    let entries = visit.call.scan(move |snapshot, caller| {
        let condition = Predicate::has_id_among(entity, wanted.iter().copied());
        let mut entries = list::read(snapshot, &one(caller, entity, condition, Privileges::Hidden))?;
        // As they were marked.
        let place: HashMap<String, usize> =
            wanted.iter().enumerate().map(|(place, id)| (id.to_string(), place)).collect();
        entries.sort_by_key(|entry| entry["id"].as_str().and_then(|id| place.get(id)).copied());
        Ok(entries)
    });
    let named = |entry: &Json| (entry["id"].as_str().unwrap_or_default().to_owned(), reference(entry));
    let selected = Selected {
        frame: visit.frame(),
        title: plural(entity),
        path: entity.path,
        rows: entries.await?.iter().map(named).collect(),
        tags: tags.iter().map(named).collect(),
        definitions: definitions.iter().map(named).collect(),
        has_owner: entity.owner().is_some(),
        fault,
    };
    Ok(page(status, &selected)?)
}
