//! Selections of a caller: what they hold, and what is done to all that they hold.

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

/// Items at most.
pub const MOST: u32 = 10_000;

/// Entities that are changed or deleted at once at most, all of them by the one writer.
const AT_ONCE: u32 = 2_000;

/// Selections are kept for a day, in milliseconds.
const KEPT: i64 = 24 * 60 * 60 * 1_000;

/// Selections of one user at a time; a new one takes the place of the oldest.
const EACH: u32 = 20;

/// Removes an entity that a reader found; one that is gone meanwhile is left out.
///
/// # Errors
/// `Outdated` if it is not the version that was found; as [`delete_one`].
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

/// What fulfils `condition` and is to be changed or deleted at once. A reader is to find it: the
/// condition can take long.
///
/// # Errors
/// It is too much for that.
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

/// That it is one of `rows`.
pub fn is_among(entity: &'static Entity, rows: &[Tested]) -> Predicate {
    Predicate::has_id_among(entity, rows.iter().map(|row| row.id))
}

/// What the users of a selection own, `limit` of them at most.
///
/// # Errors
/// `BadRequest` if it is too much; there is no such selection of the caller's.
pub fn owned_by(
    snapshot: &Snapshot<'_>,
    caller: &Caller,
    selection: Uuid,
    limit: Option<u32>,
) -> Result<Vec<Json>, RequestError> {
    let users = caller.visible(&USER, selected(snapshot, caller, selection, &USER)?);
    // One more than may be answered shows that there are too many.
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

/// What a selection of the caller's holds of a type.
///
/// # Errors
/// `NotFound` if the caller has no such selection.
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

/// The id of a selection in a path.
///
/// # Errors
/// It is none, so there is no such selection.
pub fn id(text: &str) -> Result<Uuid, RequestError> {
    Uuid::parse_str(text).map_err(|_| no_such(text))
}

fn no_such(id: &str) -> RequestError {
    RequestError::NotFound(format!(
        "there is no selection with the id {id}, or it belongs to another user"
    ))
}

/// Selections are their owner's alone; what is selected is asked about when it is used.
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

/// What a user may do with selections: everything with those of the user.
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

/// Reads what is to be selected: a list of items, or one item.
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

/// The items of a body, with the names of the entities that the caller may read. A reader is to
/// find them, because rules can take long.
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

/// What an item names.
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

/// The selection that holds these items.
#[must_use]
pub fn holding(items: Vec<Document>) -> Document {
    let mut selection = Document::new(&SELECTION);
    if let Some(property) = SELECTION.property("items") {
        selection.set(property, Input::Elements(items));
    }
    selection
}

/// Creates a selection, which takes the place of the oldest that the caller has too many of.
///
/// # Errors
/// The database failed.
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

/// A selection of the caller's; nothing if there is none.
///
/// # Errors
/// The database failed.
pub fn find(
    snapshot: &Snapshot<'_>,
    caller: &Caller,
    id: Uuid,
) -> Result<Option<Entry>, RequestError> {
    let condition = Predicate::and([own(caller)(&SELECTION), Predicate::has_id(&SELECTION, id)]);
    Ok(snapshot.one(&SelectQuery::full(&SELECTION, condition))?)
}
