//! One entity: making it, changing it with the conflict shown side by side, and removing it.

use super::choices::{Pages, asks_for_page};
use super::filled_in::{add_lost_secrets, body, merged};
use super::form::{Field, Input, Known, Mode, fields};
use super::rows::read_each;
use super::shown::{label, text};
use super::trouble::{Trouble, to};
use super::visit::{Frame, Visit};
use super::warnings::{roles, warnings};
use super::{Marked, page};
use crate::http::call::one;
use crate::http::caller::Caller;
use crate::http::entities::{Change, change_sound, create_sound, delete_one};
use crate::http::failure::Failure;
use crate::http::query_string::Privileges;
use crate::http::rules;
use crate::model::{CUSTOM_PROPERTY_DEFINITION, Document, Entity, Fault, Invalid, SYSTEM_RULE, TAG, Timestamp};
use crate::query::Predicate;
use crate::store::{Form as Shape, IfMatch, Page, Selection, Snapshot, Weight, Write};
use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{HttpResponse, ResponseError};
use askama::Template;
use serde_json::Value as Json;

/// Tags and definitions that a form offers at most; filters find the others.
const OFFERED: u32 = 500;

const CONFLICT: &str =
    "Somebody else changed it meanwhile. Here is what differs: save yours over it, or take what is stored.";

#[derive(Template)]
#[template(path = "edit.html")]
struct Edit {
    frame: Frame,
    noun: &'static str,
    path: &'static str,
    /// The id; nothing of a new one.
    id: Option<String>,
    name: String,
    resource_type: &'static str,
    fields: Vec<Field>,
    /// Faults of no field.
    fault: Option<String>,
    has_conflict: bool,
    differences: Vec<Difference>,
    warnings: Vec<String>,
    may_update: bool,
    may_delete: bool,
    version: String,
    changes: Option<super::preview::Told>,
    done: Option<&'static str>,
}

impl Edit {
    fn has_pages(&self) -> bool {
        self.fields.iter().any(|field| field.page.is_some())
    }
}

/// A property of which the visitor has filled in something else than is stored by now.
struct Difference {
    label: String,
    mine: String,
    theirs: String,
}

#[derive(Template)]
#[template(path = "delete.html")]
struct Delete {
    frame: Frame,
    noun: &'static str,
    path: &'static str,
    id: String,
    name: String,
    version: String,
    fault: Option<String>,
}

/// An entity as it is stored, and what its form can offer.
struct Stored {
    entry: Json,
    known: Known,
}

/// What is shown beside the fields.
#[derive(Default)]
struct Notes {
    faults: Vec<Fault>,
    /// What is stored, where it is another version than the visitor saw.
    stored: Option<Json>,
    changes: Option<super::preview::Told>,
    done: Option<&'static str>,
}

/// `GET /console/{type}/new`.
pub async fn blank(visit: Visit) -> Result<HttpResponse, Trouble> {
    let known = offered(&visit, Pages::default()).await?;
    let entry = Json::Object(serde_json::Map::new());
    show(&visit, StatusCode::OK, &entry, &known, Notes::default())
}

/// `POST /console/{type}/new`: makes one, and goes to its page.
pub async fn create(visit: Visit, payload: Payload) -> Result<HttpResponse, Trouble> {
    let form = visit.form(payload).await?;
    let known = offered(&visit, Pages::of(&form)).await?;
    let nothing = Json::Object(serde_json::Map::new());
    let entity = visit.call.entity;
    let (body, faults) = body(entity, &form, &nothing, &known, Mode::New);
    if form.text("action") == "preview" {
        return preview(&visit, &body, &body, &known).await;
    }
    if asks_for_page(&form) {
        return show_page(&visit, &body, &known);
    }
    let written = match read(entity, &body, faults) {
        Ok(document) => {
            rules::compile(&visit.call, std::iter::once(&document)).await?;
            let state = visit.call.call.state.clone();
            let weight = Weight::of_new(&document);
            let create = move |write: &Write<'_>, caller: &Caller| create_sound(&state, write, caller, document);
            visit.call.write_weighing(weight, create).await
        }
        Err(invalid) => Err(invalid.into()),
    };
    match written {
        Ok(written) => Ok(to(&format!("/console/{}/{}?saved=yes", entity.path, written.id))),
        Err(failure) => refused(&visit, failure, &body, &known, None),
    }
}

/// `GET /console/{type}/{id}`.
pub async fn open(visit: Visit) -> Result<HttpResponse, Trouble> {
    let Stored { entry, known } = stored(&visit, Pages::default()).await?;
    let done = match visit.call.call.query.get("saved")? {
        Some("yes") => Some("Saved."),
        Some("nothing") => Some("Nothing was changed."),
        _ => None,
    };
    show(&visit, StatusCode::OK, &entry, &known, Notes { done, ..Notes::default() })
}

/// `POST /console/{type}/{id}`: changes what the form gives otherwise, unless somebody else was faster.
pub async fn change(visit: Visit, payload: Payload) -> Result<HttpResponse, Trouble> {
    let form = visit.form(payload).await?;
    let id = visit.call.id()?;
    let entity = visit.call.entity;
    let Stored { entry, known } = stored(&visit, Pages::of(&form)).await?;
    let (mut body, faults) = body(entity, &form, &entry, &known, Mode::Open);
    let is_untouched = body.as_object().is_some_and(serde_json::Map::is_empty);
    // The version that the visitor saw, also if he only looks at what would change.
    body["modifiedDate"] = form.text("version").into();
    if form.text("action") == "preview" {
        let mut draft = body.clone();
        draft["id"] = entry["id"].clone();
        return preview(&visit, &draft, &merged(&entry, &body), &known).await;
    }
    if asks_for_page(&form) {
        return show_page(&visit, &merged(&entry, &body), &known);
    }
    if is_untouched {
        return Ok(to(&format!("/console/{}/{id}?saved=nothing", entity.path)));
    }
    let written = match read(entity, &body, faults) {
        Ok(document) => {
            let seen = document.seen_version().map_err(Failure::from)?;
            rules::compile_changed(&visit.call, move |_, _| Ok(Predicate::has_id(entity, id)), &document).await?;
            let state = visit.call.call.state.clone();
            let weight = Weight::of_replacement(&document);
            let change = move |write: &Write<'_>, caller: &Caller| {
                change_sound(&state, write, caller, id, Change { document, seen, if_match: None })
            };
            visit.call.write_weighing(weight, change).await
        }
        Err(invalid) => Err(invalid.into()),
    };
    let has_conflict = entry["modifiedDate"].as_str() != Some(form.text("version"));
    match written {
        Ok(_) => Ok(to(&format!("/console/{}/{id}?saved=yes", entity.path))),
        Err(failure) => {
            let mine = merged(&entry, &body);
            refused(&visit, failure, &mine, &known, has_conflict.then_some(entry))
        }
    }
}

/// `GET /console/{type}/{id}/delete`: asks.
pub async fn ask(visit: Visit) -> Result<HttpResponse, Trouble> {
    let Stored { entry, .. } = stored(&visit, Pages::default()).await?;
    confirm(&visit, StatusCode::OK, &entry, None)
}

/// `POST /console/{type}/{id}/delete`: removes it, and goes to the list.
pub async fn delete(visit: Visit, payload: Payload) -> Result<HttpResponse, Trouble> {
    let form = visit.form(payload).await?;
    let (id, entity) = (visit.call.id()?, visit.call.entity);
    // What was changed since the visitor was asked, he has not said yes to.
    let seen = Timestamp::parse(form.text("version")).map(|version| IfMatch::Versions(vec![version]));
    let weight = visit.call.weigh_removal_of_one(id).await?;
    let work = move |write: &Write<'_>, caller: &Caller| delete_one(write, caller, entity, id, seen.as_ref());
    match visit.call.write_weighing(weight, work).await {
        Ok(()) => Ok(to(&format!("/console/{}?saved=gone", entity.path))),
        Err(failure @ (Failure::Conflict(_) | Failure::Forbidden(_) | Failure::PreconditionFailed(_))) => {
            let Stored { entry, .. } = stored(&visit, Pages::default()).await?;
            let status = failure.status_code();
            let fault = match failure {
                Failure::PreconditionFailed(_) => "Somebody changed it meanwhile. Look at it again first.".to_owned(),
                other => other.to_string(),
            };
            confirm(&visit, status, &entry, Some(fault))
        }
        Err(failure) => Err(failure.into()),
    }
}

fn confirm(visit: &Visit, status: StatusCode, entry: &Json, fault: Option<String>) -> Result<HttpResponse, Trouble> {
    let entity = visit.call.entity;
    let own = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
    let delete = Delete {
        frame: visit.frame(),
        noun: entity.noun,
        path: entity.path,
        id: own("id"),
        name: own("name"),
        version: own("modifiedDate"),
        fault,
    };
    Ok(page(status, &delete)?)
}

/// Shows the form again, with what is wrong.
fn refused(
    visit: &Visit,
    failure: Failure,
    mine: &Json,
    known: &Known,
    stored: Option<Json>,
) -> Result<HttpResponse, Trouble> {
    let status = failure.status_code();
    // Any other fault would have been found of the newest version, too.
    let stored = stored.filter(|_| matches!(failure, Failure::Outdated(_)));
    let mut faults = match failure {
        Failure::Invalid(invalid) => invalid.into_faults(),
        Failure::Outdated(_) if stored.is_some() => vec![Fault { field: String::new(), message: CONFLICT.to_owned() }],
        Failure::Conflict(message)
        | Failure::Outdated(message)
        | Failure::Forbidden(message)
        | Failure::Unavailable(message) => {
            vec![Fault { field: String::new(), message }]
        }
        other => return Err(other.into()),
    };
    add_lost_secrets(visit.call.entity, mine, &mut faults);
    show(visit, status, mine, known, Notes { faults, stored, ..Notes::default() })
}

/// Shows the form as it is filled in, with another page of choices.
fn show_page(visit: &Visit, mine: &Json, known: &Known) -> Result<HttpResponse, Trouble> {
    let mut notes = Notes::default();
    add_lost_secrets(visit.call.entity, mine, &mut notes.faults);
    show(visit, StatusCode::OK, mine, known, notes)
}

/// Shows who would gain and lose what by a rule.
async fn preview(visit: &Visit, draft: &Json, mine: &Json, known: &Known) -> Result<HttpResponse, Trouble> {
    match super::preview::changes(visit, draft).await {
        Ok(told) => show(visit, StatusCode::OK, mine, known, Notes { changes: Some(told), ..Notes::default() }),
        Err(Failure::Invalid(invalid)) => {
            let faults = invalid.into_faults().into_iter().map(|fault| Fault {
                field: fault.field.trim_start_matches("rules[0]").trim_start_matches('.').to_owned(),
                ..fault
            });
            let notes = Notes { faults: faults.collect(), ..Notes::default() };
            show(visit, StatusCode::BAD_REQUEST, mine, known, notes)
        }
        Err(failure) => refused(visit, failure, mine, known, None),
    }
}

fn show(visit: &Visit, status: StatusCode, entry: &Json, known: &Known, notes: Notes) -> Result<HttpResponse, Trouble> {
    let entity = visit.call.entity;
    let own = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
    let id = visit.call.call.request.match_info().get("id").map(ToOwned::to_owned);
    let may = |action: &str| {
        let privileges = notes.stored.as_ref().unwrap_or(entry)["privileges"].as_array();
        id.is_none() || privileges.is_some_and(|all| all.iter().any(|own| own == action))
    };
    let is_read_only = entry["type"].as_str() == Some("ReadOnly") && *entity == SYSTEM_RULE;
    let may = |action: &str| !is_read_only && may(action);
    let mode = match (&id, may("update")) {
        (None, _) => Mode::New,
        (Some(_), true) => Mode::Open,
        (Some(_), false) => Mode::ReadOnly,
    };
    let mut fields = fields(entity, entry, known, mode);
    let faults = place(&mut fields, entry, notes.faults);
    let version = notes.stored.as_ref().unwrap_or(entry)["modifiedDate"].as_str().unwrap_or_default().to_owned();
    let edit = Edit {
        frame: visit.frame(),
        noun: entity.noun,
        path: entity.path,
        name: own("name"),
        resource_type: entity.resource_type,
        fault: (!faults.is_empty()).then(|| faults.join("; ")),
        has_conflict: notes.stored.is_some(),
        differences: notes.stored.as_ref().map(|stored| differences(entity, entry, stored)).unwrap_or_default(),
        warnings: warnings(entry, known.roles.as_ref()),
        may_update: may("update"),
        may_delete: may("delete"),
        version,
        changes: notes.changes,
        done: notes.done,
        fields,
        id,
    };
    Ok(page(status, &edit)?)
}

/// Puts each fault to its field, and gives those of no field back.
fn place(fields: &mut [Field], entry: &Json, faults: Vec<Fault>) -> Vec<String> {
    let mut left = Vec::new();
    for fault in faults {
        let name = fault.field.split(['.', '[']).next().unwrap_or_default();
        match fields.iter_mut().find(|field| field.name == name) {
            Some(field) => {
                let text = entry[name].as_str().unwrap_or_default();
                field.fault = Some(Marked::said(&field.label, text, &fault.message));
            }
            None if fault.field.is_empty() => left.push(fault.message),
            None => left.push(format!("{}: {}", fault.field, fault.message)),
        }
    }
    left
}

/// What the visitor has filled in otherwise than it is stored.
fn differences(entity: &'static Entity, mine: &Json, stored: &Json) -> Vec<Difference> {
    let compared = entity.full().filter(|property| property.is_changeable()).map(|property| Difference {
        label: label(property),
        mine: text(property, &mine[property.name]),
        theirs: text(property, &stored[property.name]),
    });
    compared.filter(|difference| difference.mine != difference.theirs).collect()
}

/// Reads the body that a form gives.
fn read(entity: &'static Entity, body: &Json, faults: Vec<Fault>) -> Result<Document, Invalid> {
    if faults.is_empty() { Document::read(entity, body.clone()) } else { Err(faults.into()) }
}

/// The entity of the page, and what its form can offer.
async fn stored(visit: &Visit, pages: Pages) -> Result<Stored, Trouble> {
    let (id, entity) = (visit.call.id()?, visit.call.entity);
    let found = visit.call.scan(move |snapshot, caller| {
        let selection = one(caller, entity, Predicate::has_id(entity, id), Privileges::Shown);
        let Some(entry) = snapshot.one(&selection)? else { return Ok(None) };
        let entry = serde_json::from_slice(&entry.json).map_err(|error| Failure::internal(&error))?;
        Ok(Some(Stored { entry, known: known(snapshot, caller, entity, &pages)? }))
    });
    Ok(found.await?.ok_or_else(|| visit.call.no_such(&id.to_string()))?)
}

pub async fn offered(visit: &Visit, pages: Pages) -> Result<Known, Failure> {
    let entity = visit.call.entity;
    visit.call.scan(move |snapshot, caller| known(snapshot, caller, entity, &pages)).await
}

/// The tags, and the custom properties that entities of the type can have.
fn known(snapshot: &Snapshot<'_>, caller: &Caller, entity: &'static Entity, pages: &Pages) -> Result<Known, Failure> {
    let all = |of: &'static Entity| {
        let selection = Selection {
            entity: of,
            form: Shape::Full,
            condition: caller.visible(of, Predicate::True),
            orders: Vec::new(),
            page: Some(Page { skip: 0, take: OFFERED }),
            privileges: None,
        };
        read_each(snapshot, &selection, |entry| pages.cut(entry))
    };
    let has_tags = entity.property("tags").is_some();
    let tags = if has_tags { all(&TAG)? } else { Vec::new() };
    let mut definitions =
        if entity.custom_properties().is_some() { all(&CUSTOM_PROPERTY_DEFINITION)? } else { Vec::new() };
    definitions.retain(|definition| {
        let types = super::shown::lines(&definition["objectTypes"]);
        types.iter().any(|name| name.eq_ignore_ascii_case(entity.resource_type))
    });
    Ok(Known { tags, definitions, roles: roles(snapshot, caller, entity)? })
}
