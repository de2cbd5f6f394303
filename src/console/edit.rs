//! The form of an entity, and the creation of entities.

use super::choices::{Pages, asks_for_page};
use super::faults::place;
use super::filled_in::{add_lost_secrets, body};
use super::form::{Field, Input, Known, Mode, fields};
use super::form_origin::Origin;
use super::notice::{SAVED, to_with};
use super::offered::{known, offered};
use super::page_error::{PageError, telling};
use super::submitted_form::Again;
use super::unsaved_form::lost_secrets;
use super::visit::{Frame, Visit};
use super::warnings::{looked_up, open_password};
use super::{notice, page};
use crate::error::RequestError;
use crate::http::extract::body::Form;
use crate::model::{Action, Document, Entity, FieldError, FieldErrors, Step};
use crate::query::Predicate;
use crate::service::caller::Caller;
use crate::service::entities::{create_checked, one};
use crate::service::reads::LongRead;
use crate::service::shown_privileges::Privileges;
use crate::service::write_preparation;
use crate::store::{Weight, Write};
use actix_web::http::StatusCode;
use actix_web::web::Payload;
use actix_web::{HttpResponse, ResponseError};
use askama::Template;
use serde_json::Value as Json;

#[derive(Template)]
#[template(path = "edit.html")]
struct Edit {
    frame: Frame,
    entity: &'static Entity,
    /// The id; `None` for a new entity.
    id: Option<String>,
    name: String,
    fields: Vec<Field>,
    /// Faults that belong to no field.
    fault: Option<String>,
    warnings: Vec<String>,
    may_update: bool,
    may_delete: bool,
    /// The version from which the form was made, and its values.
    version: String,
    base: String,
    changes: Option<super::preview::RightsChange>,
    done: Option<String>,
    /// The shown page of custom properties, if there are several.
    definitions: Option<super::choices::Shown>,
}

impl Edit {
    fn has_pages(&self) -> bool {
        self.fields.iter().any(|field| field.page.is_some())
    }
}

/// A stored entity, and the choices of its form.
pub struct Stored {
    pub entry: Json,
    pub origin: Origin,
    pub known: Known,
}

/// What the page shows in addition to the fields.
#[derive(Default)]
pub struct Notes {
    pub faults: Vec<FieldError>,
    /// The version from which the form was made; `None` for a new entity.
    pub origin: Option<Origin>,
    pub changes: Option<super::preview::RightsChange>,
    pub done: Option<String>,
    /// Warnings.
    pub warnings: Vec<String>,
}

/// `GET /console/{type}/new`.
pub async fn blank(visit: Visit) -> Result<HttpResponse, PageError> {
    check_may_create(&visit).await?;
    let known = offered(&visit, Pages::default()).await?;
    let entry = Json::Object(serde_json::Map::new());
    show(&visit, StatusCode::OK, &entry, &known, Notes::default())
}

/// `POST /console/{type}/new`: creates an entity, and redirects to its page.
pub async fn create(visit: Visit, payload: Payload) -> Result<HttpResponse, PageError> {
    let (form, again) = visit.sent(payload).await?.parts();
    create_from(&visit, &form, again).await.map_err(|error| visit.keeping(&form, error))
}

async fn create_from(
    visit: &Visit,
    form: &Form,
    again: Option<Again>,
) -> Result<HttpResponse, PageError> {
    let known = offered(visit, Pages::of(form)).await?;
    let nothing = Json::Object(serde_json::Map::new());
    let entity = visit.call.entity;
    let (body, faults) = body(entity, form, &nothing, &known, Mode::New);
    let body = Json::Object(body);
    if let Some(again) = again.or_else(|| asks_for_page(form).then_some(Again::Asked)) {
        return show_again(visit, form, again, &body, &known, None);
    }
    if form.text("action") == "preview" {
        return preview(visit, &body, &body, &known, None).await;
    }
    let written = match read(entity, &body, faults) {
        Ok(document) => {
            write_preparation::compile(&visit.call.user, std::iter::once(&document)).await?;
            let state = visit.call.state.clone();
            let weight = Weight::of_new(&document);
            let create = move |write: &Write<'_>, caller: &Caller| {
                create_checked(&state.backend, write, caller, document)
            };
            visit.call.user.write(weight, create).await
        }
        Err(invalid) => Err(invalid.into()),
    };
    match written {
        Ok(written) => {
            Ok(to_with(visit, &format!("/console/{}/{}", entity.path, written.id), "", SAVED))
        }
        Err(failure) => refused(visit, &failure, &body, &known, None),
    }
}

/// `GET /console/{type}/{id}`.
pub async fn open(visit: Visit) -> Result<HttpResponse, PageError> {
    let Stored { entry, origin, known } = stored(&visit, Pages::default()).await?;
    let done = notice::read(&visit)?;
    let warnings = looked_up(&visit, &entry).await;
    show(
        &visit,
        StatusCode::OK,
        &entry,
        &known,
        Notes { done, origin: Some(origin), warnings, ..Notes::default() },
    )
}

/// Shows the form again with the faults.
///
/// # Errors
/// `Internal` if the template fails.
pub fn refused(
    visit: &Visit,
    failure: &RequestError,
    mine: &Json,
    known: &Known,
    origin: Option<Origin>,
) -> Result<HttpResponse, PageError> {
    let mut faults = match failure {
        RequestError::Invalid(invalid) => invalid.clone().into_faults(),
        other => vec![FieldError::new("", other.to_string())],
    };
    add_lost_secrets(visit.call.entity, mine, &mut faults);
    let reply = show(
        visit,
        failure.status_code(),
        mine,
        known,
        Notes { faults, origin, ..Notes::default() },
    )?;
    Ok(telling(failure, reply))
}

/// Shows the form with the input again.
///
/// # Errors
/// `Internal` if the template fails.
pub fn show_again(
    visit: &Visit,
    form: &Form,
    again: Again,
    mine: &Json,
    known: &Known,
    origin: Option<Origin>,
) -> Result<HttpResponse, PageError> {
    let mut faults: Vec<FieldError> = lost_secrets(form).collect();
    faults.extend(again.message().map(|message| FieldError::new("", message)));
    add_lost_secrets(visit.call.entity, mine, &mut faults);
    show(visit, again.status(), mine, known, Notes { faults, origin, ..Notes::default() })
        .map(|page| again.explained(page))
}

/// Shows what users would gain and lose by a rule.
pub async fn preview(
    visit: &Visit,
    draft: &Json,
    mine: &Json,
    known: &Known,
    origin: Option<Origin>,
) -> Result<HttpResponse, PageError> {
    match super::preview::changes(visit, draft).await {
        Ok(rights_change) => show(
            visit,
            StatusCode::OK,
            mine,
            known,
            Notes { changes: Some(rights_change), origin, ..Notes::default() },
        ),
        Err(RequestError::Invalid(invalid)) => {
            let faults = invalid.into_faults().into_iter().map(of_drafted_rule).collect();
            let notes = Notes { faults, origin, ..Notes::default() };
            show(visit, StatusCode::BAD_REQUEST, mine, known, notes)
        }
        Err(failure) => refused(visit, &failure, mine, known, origin),
    }
}

/// Converts a fault of a draft with one rule to a fault of that rule.
fn of_drafted_rule(fault: FieldError) -> FieldError {
    let field = match fault.field.steps() {
        [Step::Name(rules), Step::Item(0), field @ ..] if rules == "rules" => field.into(),
        field => field.into(),
    };
    FieldError { field, ..fault }
}

/// Refuses a visitor who may not create any entity of the type.
///
/// # Errors
/// `Forbidden` if so; if the database fails.
pub async fn check_may_create(visit: &Visit) -> Result<(), RequestError> {
    let entity = visit.call.entity;
    let caller = visit.call.user.read().await?.caller;
    if caller.guard(entity, Action::Create) != Predicate::False {
        return Ok(());
    }
    Err(RequestError::Forbidden(format!(
        "{} may not create any {}",
        visit.call.user.claim.user, entity.noun
    )))
}

/// Checks that the visitor may take an action on an entity.
///
/// # Errors
/// `Forbidden` if the entity is read-only, or the action is not among the privileges.
pub fn check_may(visit: &Visit, entry: &Json, action: &str) -> Result<(), RequestError> {
    let entity = visit.call.entity;
    if let Some(read_only) =
        entity.read_only.filter(|kept| entry[kept.property].as_str() == Some(kept.text))
    {
        return Err(RequestError::Forbidden(read_only.message.to_owned()));
    }
    if entry["privileges"].as_array().is_some_and(|all| all.iter().any(|own| own == action)) {
        return Ok(());
    }
    let user = &visit.call.user.claim.user;
    Err(RequestError::Forbidden(format!("{user} may not {action} this {}", entity.noun)))
}

/// Shows the form with the values of `entry`.
pub fn show(
    visit: &Visit,
    status: StatusCode,
    entry: &Json,
    known: &Known,
    notes: Notes,
) -> Result<HttpResponse, PageError> {
    let entity = visit.call.entity;
    let own = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
    let id = visit.call.http.match_info().get("id").map(ToOwned::to_owned);
    let may = |action: &str| id.is_none() || check_may(visit, entry, action).is_ok();
    let mode = match (&id, may("update")) {
        (None, _) => Mode::New,
        (Some(_), true) => Mode::Open,
        (Some(_), false) => Mode::ReadOnly,
    };
    let mut fields = fields(entity, entry, known, mode);
    let faults = place(entity, &mut fields, entry, notes.faults);
    let origin = notes.origin.filter(|_| mode == Mode::Open);
    let edit = Edit {
        frame: visit.frame(),
        entity,
        name: own("name"),
        fault: (!faults.is_empty()).then(|| faults.join("; ")),
        warnings: open_password(entity, entry).into_iter().chain(notes.warnings).collect(),
        may_update: may("update"),
        may_delete: may("delete"),
        base: origin.as_ref().map(Origin::text).unwrap_or_default(),
        version: origin.map(|origin| origin.version).unwrap_or_default(),
        changes: notes.changes,
        done: notes.done,
        definitions: known.definition_page.clone(),
        fields,
        id,
    };
    Ok(page(status, &edit)?)
}

/// Converts the body of a form to a document.
///
/// # Errors
/// `faults` if there are any; what is wrong with the body.
pub fn read(
    entity: &'static Entity,
    body: &Json,
    faults: Vec<FieldError>,
) -> Result<Document, FieldErrors> {
    if faults.is_empty() { Document::read(entity, body.clone()) } else { Err(faults.into()) }
}

/// Reads the entity of the page, and the choices of its form.
///
/// # Errors
/// `NotFound` if the visitor can see no such entity; if the database fails.
pub async fn stored(visit: &Visit, pages: Pages) -> Result<Stored, PageError> {
    let (id, entity) = (visit.call.id()?, visit.call.entity);
    let found = visit.call.user.read_long(LongRead::Many, move |snapshot, caller| {
        let selection = one(caller, entity, Predicate::has_id(entity, id), Privileges::Shown);
        let Some(entry) = snapshot.one_value(&selection)? else { return Ok(None) };
        let origin = Origin::of(entity, &entry, &snapshot.sealed_values_of(entity, id)?);
        Ok(Some(Stored { entry, origin, known: known(snapshot, caller, entity, &pages)? }))
    });
    Ok(found.await?.ok_or_else(|| visit.call.no_such(&id.to_string()))?)
}
