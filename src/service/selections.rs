//! The selections of a caller: their items, and operations on all selected entities.

use super::caller::Caller;
use super::entities::delete_one;
use crate::error::RequestError;
use crate::model::{
    Action, Actor, CREATED_DATE, Document, Entity, FieldErrors, Input, REGISTRY, SELECTION,
    SELECTION_ITEM, Timestamp, USER, Value, resource_type,
};
use crate::query::{Operator, Predicate};
use crate::store::{
    Entry, IfMatch, Page, Rights, SelectQuery, Snapshot, Tested, Unrestricted, Write,
};
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use uuid::Uuid;

/// The most items of a selection.
pub const MOST: u32 = 10_000;

/// The most entities that one request may change or delete, because all writes share one writer.
const AT_ONCE: u32 = 2_000;

/// Selections are kept for a day, in milliseconds.
const KEPT: i64 = 24 * 60 * 60 * 1_000;

/// The most selections of one user; a new one replaces the oldest.
const EACH: u32 = 20;

/// Deletes an entity that a reader found; an entity that no longer exists is skipped.
///
/// # Errors
/// [`RequestError::Outdated`] if its version has changed; as [`delete_one`].
pub fn delete_found(
    write: &Write<'_>,
    caller: &Caller,
    entity: &'static Entity,
    row: &Tested,
    found: Option<&IfMatch>,
) -> Result<(), RequestError> {
    let deleted = match delete_one(write, caller, entity, row.id, found) {
        Err(RequestError::NotFound(_)) => Ok(()),
        Err(RequestError::PreconditionFailed(_)) => Err(RequestError::Outdated(
            "it was changed after the filter found it, so nothing was removed; try again"
                .to_owned(),
        )),
        deleted => deleted,
    };
    deleted.map_err(|failure| failure.within(row.name.as_str()))
}

/// The entities that fulfil `condition` and are to be changed or deleted by one request. Call it on
/// a reader: the condition can take long.
///
/// # Errors
/// [`RequestError::BadRequest`] if they are too many.
pub fn chosen(
    snapshot: &Snapshot<'_>,
    caller: &Caller,
    entity: &'static Entity,
    condition: Predicate,
) -> Result<Vec<Tested>, RequestError> {
    let page = Page { skip: 0, take: AT_ONCE + 1 };
    let rows = snapshot.test_each(entity, &caller.visible(entity, condition), &[], page)?;
    if rows.len() > AT_ONCE as usize {
        return Err(RequestError::BadRequest(format!(
            "more than {AT_ONCE} entities are selected; at most {AT_ONCE} can be processed in one \
             request, so select fewer"
        )));
    }
    Ok(rows)
}

/// The condition that a row is one of `rows`.
pub fn is_among(entity: &'static Entity, rows: &[Tested]) -> Predicate {
    Predicate::has_id_among(entity, rows.iter().map(|row| row.id))
}

/// The resources that the users of a selection own, at most `limit`.
///
/// # Errors
/// [`RequestError::BadRequest`] if they are too many; [`RequestError::NotFound`] if the caller has
/// no such selection.
pub fn owned_by(
    snapshot: &Snapshot<'_>,
    caller: &Caller,
    selection: Uuid,
    limit: Option<u32>,
) -> Result<Vec<Json>, RequestError> {
    let users = caller.visible(&USER, selected(snapshot, caller, selection, &USER)?);
    // One more than allowed shows that there are too many.
    let take = limit.unwrap_or(u32::MAX).min(MOST + 1);
    let mut owned = Vec::new();
    for (entity, owner) in
        REGISTRY.iter().copied().filter_map(|entity| Some((entity, entity.owner()?)))
    {
        let condition = caller.visible(entity, Predicate::any(owner, users.clone()));
        let rows = snapshot.test_each(entity, &condition, &[], Page { skip: 0, take })?;
        owned
            .extend(rows.into_iter().map(
                |row| json!({ "id": row.id, "name": row.name, "type": entity.resource_type }),
            ));
    }
    owned.truncate(take as usize);
    if owned.len() > MOST as usize {
        return Err(RequestError::BadRequest(format!(
            "these users own more than {MOST} resources; set a limit of at most {MOST}"
        )));
    }
    Ok(owned)
}

/// The condition that an entity is in one of the caller's selections.
///
/// # Errors
/// [`RequestError::NotFound`] if the caller has no such selection.
pub fn selected(
    snapshot: &Snapshot<'_>,
    caller: &Caller,
    id: Uuid,
    entity: &'static Entity,
) -> Result<Predicate, RequestError> {
    if !snapshot.holds(&SELECTION, id, &own(caller)(&SELECTION))? {
        return Err(no_such(&id.to_string()));
    }
    Ok(Predicate::has_id_among(entity, snapshot.selected(id, entity)?))
}

/// Parses the id of a selection in a path.
///
/// # Errors
/// [`RequestError::NotFound`] if it is not an id, so no such selection exists.
pub fn id(text: &str) -> Result<Uuid, RequestError> {
    Uuid::parse_str(text).map_err(|_| no_such(text))
}

fn no_such(id: &str) -> RequestError {
    RequestError::NotFound(format!(
        "there is no selection with the id {id}, or it belongs to another user"
    ))
}

/// Selections are private to their owners; the rights to the selected entities are checked when the
/// selection is used.
pub fn own(caller: &Caller) -> impl Fn(&'static Entity) -> Predicate {
    let id = caller.actor.id;
    let now = Timestamp::now();
    let oldest = Value::Date(Timestamp::from_millis(now.millis() - KEPT));
    let newest = Value::Date(now.latest_plausible());
    move |entity| match (entity.owner(), entity.property(CREATED_DATE.name)) {
        (Some(owner), Some(created)) if entity.is_private => Predicate::and([
            Predicate::equals(owner, Value::Id(id)),
            Predicate::Compare { property: created, operator: Operator::Ge, value: oldest.clone() },
            Predicate::Compare { property: created, operator: Operator::Le, value: newest.clone() },
        ]),
        _ => Predicate::True,
    }
}

/// The rights of a user on selections: everything with the user's own.
pub struct OwnSelections<'a>(pub &'a Caller);

impl Rights for OwnSelections<'_> {
    fn actor(&self) -> &Actor {
        &self.0.actor
    }

    fn guard(&self, entity: &'static Entity, action: Action) -> Predicate {
        match action {
            Action::Read => own(self.0)(entity),
            _ => Predicate::True,
        }
    }
}

/// Reads the items to select: a list, or a single item.
pub fn read(json: Json) -> Result<Document, FieldErrors> {
    let is_list = json
        .as_object()
        .is_none_or(|fields| fields.keys().any(|name| name.eq_ignore_ascii_case("items")));
    Document::read(&SELECTION, if is_list { json } else { json!({ "items": [json] }) })
}

/// The items of a body.
pub fn items(document: &Document) -> &[Document] {
    match SELECTION.property("items").and_then(|items| document.get(items)) {
        Some(Input::Elements(items)) => items.as_slice(),
        _ => &[],
    }
}

/// The items of a body, with the names of the entities that the caller may read. Call it on a
/// reader, because rules can take long.
pub fn named(
    snapshot: &Snapshot<'_>,
    caller: &Caller,
    document: &Document,
) -> Result<Vec<Document>, RequestError> {
    let mut places: HashMap<&'static str, Vec<Uuid>> = HashMap::new();
    let mut wanted = Vec::new();
    for (index, item) in items(document).iter().enumerate() {
        let (entity, id) = target(item).map_err(|invalid| invalid.within(index).within("items"))?;
        places.entry(entity.resource_type).or_default().push(id);
        wanted.push((entity, id));
    }
    let mut names: HashMap<Uuid, String> = HashMap::new();
    for entity in REGISTRY.iter().copied() {
        let listed = Predicate::has_id_among(
            entity,
            places.remove(entity.resource_type).unwrap_or_default(),
        );
        let rows = snapshot.test_each(
            entity,
            &caller.visible(entity, listed),
            &[],
            Page { skip: 0, take: MOST },
        )?;
        names.extend(rows.into_iter().map(|row| (row.id, row.name)));
    }
    Ok(wanted
        .into_iter()
        .map(|(entity, id)| item(entity, id, names.get(&id).cloned().unwrap_or_default()))
        .collect())
}

/// The type and id of an item.
fn target(item: &Document) -> Result<(&'static Entity, Uuid), FieldErrors> {
    let text =
        |name: &str| match SELECTION_ITEM.property(name).and_then(|property| item.get(property)) {
            Some(Input::Value(Value::Text(text))) => Ok(text.as_str()),
            _ => Err(FieldErrors::one(name, "is required")),
        };
    let kind = text("type")?;
    let wrong =
        |hint| FieldErrors::one("type", format!("is not a stored entity type: '{kind}'; {hint}"));
    let entity = resource_type(kind).map_err(wrong)?;
    let id = Uuid::parse_str(text("objectID")?)
        .map_err(|_| FieldErrors::one("objectID", "must be a GUID"))?;
    Ok((entity, id))
}

/// An item of a selection.
#[must_use]
pub fn item(entity: &Entity, id: Uuid, name: String) -> Document {
    let mut item = Document::new(&SELECTION_ITEM);
    let texts = [
        ("type", entity.resource_type.to_owned()),
        ("objectID", id.to_string()),
        ("objectName", name),
    ];
    for (property, text) in texts {
        if let Some(property) = SELECTION_ITEM.property(property) {
            item.set(property, Input::Value(Value::Text(text)));
        }
    }
    item
}

/// A selection with these items.
#[must_use]
pub fn holding(items: Vec<Document>) -> Document {
    let mut selection = Document::new(&SELECTION);
    if let Some(property) = SELECTION.property("items") {
        selection.set(property, Input::Elements(items));
    }
    selection
}

/// Creates a selection, replacing the caller's oldest ones above the limit.
///
/// # Errors
/// [`RequestError::Internal`] if the database failed.
pub fn make(
    write: &Write<'_>,
    caller: &Caller,
    mut document: Document,
) -> Result<Entry, RequestError> {
    let now = Timestamp::now();
    write.forget_selections(
        caller.actor.id,
        Timestamp::from_millis(now.millis() - KEPT),
        now,
        EACH,
    )?;
    let id = Uuid::now_v7();
    document.complete(id, &caller.actor, now)?;
    Ok(write.create(&Unrestricted(&caller.actor), &document)?)
}

/// One of the caller's selections; `None` if it does not exist.
///
/// # Errors
/// [`RequestError::Internal`] if the database failed.
pub fn find(
    snapshot: &Snapshot<'_>,
    caller: &Caller,
    id: Uuid,
) -> Result<Option<Entry>, RequestError> {
    let condition = Predicate::and([own(caller)(&SELECTION), Predicate::has_id(&SELECTION, id)]);
    Ok(snapshot.one(&SelectQuery::full(&SELECTION, condition))?)
}
