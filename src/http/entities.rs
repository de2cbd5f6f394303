//! The operations that every entity type has: one handler each, driven by the declaration.

use super::call::{EntityCall, no_such, one};
use super::failure::Failure;
use super::ignored::Ignored;
use super::query_string::Privileges;
use super::{State, stream, versions};
use crate::crypto::Place;
use crate::model::{Document, Entity, Input, Invalid, SYSTEM_RULE, Timestamp};
use crate::policy::Action;
use crate::query::{Predicate, parse_order};
use crate::service::bound_filter::{BoundLater, unparsable};
use crate::service::caller::Caller;
use crate::service::lockout::Lockout;
use crate::service::response_cache::{Answer, Asked, Question};
use crate::service::rule_checks;
use crate::service::warnings::Warnings;
use crate::store::{Creation, Deletion, Entry, Form, IfMatch, Page, Selection, Snapshot, Update, Weight, Write};
use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use actix_web::web::Payload;
use serde_json::json;
use uuid::Uuid;

/// The type of what is answered.
pub const JSON: &str = "application/json";

/// `GET /{type}`: the condensed form of what the caller may read.
pub async fn list(call: EntityCall) -> Result<HttpResponse, Failure> {
    list_in(call, Form::Condensed).await
}

/// `GET /{type}/full`: the full form of what the caller may read.
pub async fn list_full(call: EntityCall) -> Result<HttpResponse, Failure> {
    list_in(call, Form::Full).await
}

async fn list_in(call: EntityCall, form: Form) -> Result<HttpResponse, Failure> {
    let filter = call.filter()?;
    let order = call.call.query.get("orderby")?.unwrap_or_default().to_owned();
    let privileges = call.call.query.privileges()?;
    let listing = Listing { entity: call.entity, form, filter, order, page: call.call.query.page()?, privileges };
    let (question, answers) = (listing.question(), &call.call.state.answers);
    let short = |snapshot: &Snapshot<'_>, caller: &Caller| {
        answers.again(caller, question.as_ref(), || listing.answer(snapshot, caller))
    };
    if let Some(Answer { json, total, .. }) = call.read_briefly(&short).await? {
        return Ok(stream::headed(total).body(json));
    }
    call.stream(move |snapshot, caller, sink| {
        let (selection, total) = listing.begin(snapshot, caller)?;
        total.map_or(Ok(()), |total| sink.total(total))?;
        Ok(snapshot.list(&selection, &mut |part| sink.part(part))?)
    })
    .await
}

/// A list that a request asks for, which is bound once it is known who asks.
pub struct Listing {
    /// The entity type.
    pub entity: &'static Entity,
    /// In full or condensed.
    pub form: Form,
    /// What it is about.
    pub filter: BoundLater,
    /// The text of `orderby`.
    pub order: String,
    /// The part that is asked for.
    pub page: Option<Page>,
    /// Whether each row tells what the caller may do.
    pub privileges: Privileges,
}

impl Listing {
    /// What the caller sees of it and, where a part is asked for and it is soon told, how many there are in all.
    ///
    /// # Errors
    /// The filter or the order names what is not there.
    pub fn begin(&self, snapshot: &Snapshot<'_>, caller: &Caller) -> Result<(Selection, Option<i64>), Failure> {
        let orders = parse_order(&self.order, self.entity, &caller.readable());
        let filter = self.filter.bind(snapshot, self.entity, caller)?;
        let selection = Selection {
            entity: self.entity,
            form: self.form,
            condition: caller.visible(self.entity, filter.clone()),
            orders: orders.map_err(|problem| unparsable(&self.order, &problem))?,
            page: self.page,
            privileges: caller.told(self.entity, self.privileges),
        };
        let total = match self.page {
            Some(_) => snapshot.count_soon(self.entity, &caller.guard(self.entity, Action::Read), &filter)?,
            None => None,
        };
        Ok((selection, total))
    }

    /// All of it at once, which must be short.
    fn answer(&self, snapshot: &Snapshot<'_>, caller: &Caller) -> Result<Answer, Failure> {
        let (selection, total) = self.begin(snapshot, caller)?;
        let mut json = Vec::new();
        snapshot.list(&selection, &mut |part| {
            json.extend(part);
            Ok(())
        })?;
        Ok(Answer { total, ..Answer::of(json) })
    }

    /// What is asked; nothing if it is about a selection.
    fn question(&self) -> Option<Question> {
        let Self { entity, form, page, privileges, .. } = *self;
        let (filter, order) = (self.filter.text()?.to_owned(), self.order.clone());
        Some(Question::about(entity, Asked::List { form, filter, order, page, privileges }))
    }
}

/// `GET /{type}/count`: how many the caller may read.
pub async fn count(call: EntityCall) -> Result<HttpResponse, Failure> {
    let entity = call.entity;
    let filter = call.filter()?;
    let question = filter.text().map(|text| Question::about(entity, Asked::Count { filter: text.to_owned() }));
    let state = call.call.state.clone();
    let count = move |snapshot: &Snapshot<'_>, caller: &Caller| {
        state.answers.again(caller, question.as_ref(), || {
            let count = snapshot.count(entity, &caller.visible(entity, filter.bind(snapshot, entity, caller)?))?;
            Ok(Answer::of(json!({ "value": count }).to_string()))
        })
    };
    let answer = match call.read_briefly(&count).await? {
        Some(answer) => answer,
        None => call.scan(count).await?,
    };
    Ok(HttpResponse::Ok().content_type(JSON).body(answer.json))
}

/// `GET /{type}/{id}`: one in full.
pub async fn get(call: EntityCall) -> Result<HttpResponse, Failure> {
    let id = call.id()?;
    let privileges = call.call.query.privileges()?;
    let entity = call.entity;
    let question = Question::about(entity, Asked::One { id, privileges });
    let state = call.call.state.clone();
    let read = move |snapshot: &Snapshot<'_>, caller: &Caller| {
        state.answers.again(caller, Some(&question), || {
            let entry = snapshot.one(&one(caller, entity, Predicate::has_id(entity, id), privileges))?;
            Ok(Answer::from(entry.ok_or_else(|| no_such(entity, &id.to_string()))?))
        })
    };
    let answer = match call.read_briefly(&read).await? {
        Some(answer) => answer,
        None => call.scan_one(read).await?,
    };
    Ok(reply(StatusCode::OK, answer))
}

/// `POST /{type}`: makes one.
pub async fn create(call: EntityCall, payload: Payload) -> Result<HttpResponse, Failure> {
    let privileges = call.call.query.privileges()?;
    let entity = call.entity;
    let document = call.body_to_write(payload, move |json| Ok(Document::read(entity, json)?)).await?;
    let ignored = Ignored::of([&document]);
    let warnings = Warnings::of_new(&call, std::slice::from_ref(&document)).await?;
    let state = call.call.state.clone();
    let (id, mut entry) = call
        .write_weighing(Weight::of_new(&document), move |write, caller| {
            let written = create_sound(&state, write, caller, document)?;
            Ok((written.id, read_back(write, caller, entity, written, privileges)?))
        })
        .await
        .map_err(Failure::of_creation)?;
    warnings.add_to(0, &mut entry.json);
    let mut response = reply(StatusCode::CREATED, entry);
    if let Ok(location) = format!("/qrs/{}/{id}", entity.path).parse() {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(ignored.named_in(response))
}

/// `PUT /{type}/{id}`: changes the properties that the body gives.
pub async fn update(call: EntityCall, payload: Payload) -> Result<HttpResponse, Failure> {
    let id = call.id()?;
    let privileges = call.call.query.privileges()?;
    let if_match = versions::if_match(&call.call.request)?;
    let entity = call.entity;
    let document = call.body_to_write(payload, move |json| Ok(Document::read(entity, json)?)).await?;
    if let Some(other) = document.id.filter(|other| *other != id) {
        return Err(Failure::BadRequest(format!("id: is {other} in the body and {id} in the path")));
    }
    let (seen, ignored) = (document.seen_version()?, Ignored::of([&document]));
    let warnings = Warnings::of_change(&call, id, &document).await?;
    let state = call.call.state.clone();
    let result = call
        .write_weighing(Weight::of_replacement(&document), move |write, caller| {
            let change = Change { document, seen, if_match: if_match.as_ref() };
            let written = change_sound(&state, write, caller, id, change)?;
            read_back(write, caller, entity, written, privileges)
        })
        .await;
    let mut entry = result.map_err(|failure| named(&call, id, failure))?;
    warnings.add_to(0, &mut entry.json);
    Ok(ignored.named_in(reply(StatusCode::OK, entry)))
}

/// `DELETE /{type}/{id}`: removes one.
pub async fn delete(call: EntityCall) -> Result<HttpResponse, Failure> {
    let id = call.id()?;
    let if_match = versions::if_match(&call.call.request)?;
    let entity = call.entity;
    let weight = call.weigh_removal_of_one(id).await?;
    let work = move |write: &Write<'_>, caller: &Caller| delete_one(write, caller, entity, id, if_match.as_ref());
    let result = call.write_weighing(weight, work).await;
    result.map(|()| HttpResponse::NoContent().finish()).map_err(|failure| named(&call, id, failure))
}

/// What is to be different about an entity, and which version the client saw.
pub struct Change<'a> {
    /// The properties that it gives.
    pub document: Document,
    /// The version that the client saw last.
    pub seen: Option<Timestamp>,
    /// What the request asks of the stored version.
    pub if_match: Option<&'a IfMatch>,
}

/// What was written.
pub struct Written {
    /// Its id.
    pub id: Uuid,
    /// What it is since then, without privileges.
    entry: Entry,
}

/// Makes the entity of a body, which must be sound together with all others.
pub fn create_sound(state: &State, write: &Write<'_>, caller: &Caller, document: Document) -> Result<Written, Failure> {
    let entity = document.entity;
    let written = create_one(state, write, caller, document)?;
    rule_checks::check_written(write, caller, entity, &[written.id]).map_err(|(_, failure)| failure)?;
    Ok(written)
}

/// Changes the entity with that id, which must be sound then together with all others.
pub fn change_sound(
    state: &State,
    write: &Write<'_>,
    caller: &Caller,
    id: Uuid,
    change: Change<'_>,
) -> Result<Written, Failure> {
    let entity = change.document.entity;
    let written = change_one(state, write, caller, id, change)?;
    rule_checks::check_written(write, caller, entity, &[id]).map_err(|(_, failure)| failure)?;
    Ok(written)
}

/// Changes the entity with that id. A rule is yet to be checked.
pub fn change_one(
    state: &State,
    write: &Write<'_>,
    caller: &Caller,
    id: Uuid,
    mut change: Change<'_>,
) -> Result<Written, Failure> {
    let entity = change.document.entity;
    check_choices(state, &change.document)?;
    rule_checks::check_changeable(write, caller, entity, id)?;
    rule_checks::make_custom(&mut change.document);
    seal_secrets(state, write, &mut change.document, id)?;
    let lockout = Lockout::of_change(write, caller, id, &change.document)?;
    let entry = write.update(&Update {
        id,
        document: &change.document,
        seen: change.seen,
        if_match: change.if_match,
        actor: &caller.actor,
        readable: &caller.readable(),
        creatable: &caller.guard(entity, Action::Create),
        updatable: &caller.guard(entity, Action::Update),
        may: &caller.may(entity),
    })?;
    lockout.check(write)?;
    Ok(Written { id, entry })
}

/// Removes the entity with that id.
pub fn delete_one(
    write: &Write<'_>,
    caller: &Caller,
    entity: &'static Entity,
    id: Uuid,
    if_match: Option<&IfMatch>,
) -> Result<(), Failure> {
    rule_checks::check_changeable(write, caller, entity, id)?;
    let lockout = Lockout::of_removal(write, caller, entity)?;
    write.delete(&Deletion {
        entity,
        id,
        if_match,
        actor: &caller.actor,
        readable: &caller.readable(),
        deletable: &caller.guard(entity, Action::Delete),
    })?;
    lockout.check(write)
}

/// Makes the entity of a body. A rule is yet to be checked.
pub fn create_one(
    state: &State,
    write: &Write<'_>,
    caller: &Caller,
    mut document: Document,
) -> Result<Written, Failure> {
    let entity = document.entity;
    check_choices(state, &document)?;
    let id = document.id.unwrap_or_else(Uuid::now_v7);
    document.complete(id, &caller.actor, Timestamp::now())?;
    seal_secrets(state, write, &mut document, id)?;
    let entry = write.create(&Creation {
        document: &document,
        actor: &caller.actor,
        readable: &caller.readable(),
        creatable: &caller.guard(entity, Action::Create),
        may: &caller.may(entity),
    })?;
    Ok(Written { id, entry })
}

/// The entity as it is after the write. Who wrote it is shown it, even if he gave it away by that.
pub fn read_back(
    write: &Write<'_>,
    caller: &Caller,
    entity: &'static Entity,
    written: Written,
    privileges: Privileges,
) -> Result<Entry, Failure> {
    // What is wrong with a rule is noted after it was written.
    if privileges == Privileges::Hidden && *entity != SYSTEM_RULE {
        return Ok(written.entry);
    }
    let condition = Predicate::has_id(entity, written.id);
    let privileges = caller.told_of_any(entity, privileges);
    let selection = Selection { condition, privileges, ..one(caller, entity, Predicate::True, Privileges::Hidden) };
    write.snapshot().one(&selection)?.ok_or_else(|| Failure::internal(&"what was written is not there"))
}

/// Refuses more choices than the settings allow.
fn check_choices(state: &State, document: &Document) -> Result<(), Invalid> {
    let most = state.limits.choice_values;
    let choices = document.inputs().find(|(property, _)| property.name == "choiceValues");
    match choices {
        Some((property, Input::Strings(strings))) if strings.len() > most => {
            let message =
                format!("has {} items where {most} are allowed by the setting max-choice-values", strings.len());
            Err(Invalid::one(property.name, message))
        }
        _ => Ok(()),
    }
}

/// Seals what is secret in the document, and counts that its key was used.
fn seal_secrets(state: &State, write: &Write<'_>, document: &mut Document, id: Uuid) -> Result<(), Failure> {
    let entity = document.entity.resource_type;
    document.seal_secrets(|property, secret| {
        let Some(key_ring) = state.keys.at(&write.snapshot())? else {
            return Err(Failure::Unavailable(format!(
                "{}: secrets can't be stored while the server runs sealed, without its master key",
                property.name
            )));
        };
        let place = Place { entity, property: property.name, id: &id.to_string() };
        let sealed = key_ring.seal(place, secret)?;
        write.count_uses(key_ring.newest_term().unwrap_or_default(), 1)?;
        Ok(sealed)
    })
}

/// Says of a missing entity which one it is.
fn named(call: &EntityCall, id: Uuid, failure: Failure) -> Failure {
    match failure {
        Failure::NotFound(_) => call.no_such(&id.to_string()),
        other => other,
    }
}

fn reply(status: StatusCode, answer: impl Into<Answer>) -> HttpResponse {
    let Answer { json, version, .. } = answer.into();
    let mut response = HttpResponse::build(status);
    response.content_type(JSON);
    if let Some(version) = version {
        response.insert_header((header::ETAG, versions::etag(version)));
    }
    response.body(json)
}
