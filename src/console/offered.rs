//! The tags and custom properties that a form offers: a page of them, and those that are chosen
//! already.

use super::choices::{DEFINITIONS, Pages, Shown, TAGS, page_of};
use super::custom_property::id;
use super::form::Known;
use super::rows::read_each;
use super::visit::Visit;
use crate::error::RequestError;
use crate::model::{CUSTOM_PROPERTY_DEFINITION, Entity, Role, TAG};
use crate::query;
use crate::query::Predicate;
use crate::service::caller::Caller;
use crate::service::reads::LongRead;
use crate::store::{Form, Page, SelectQuery, Snapshot};
use serde_json::Value as Json;
use std::collections::HashSet;
use uuid::Uuid;

/// Tags and custom properties on a page.
const PAGE: u32 = 500;

/// The choices of a form of the visitor's entity type.
///
/// # Errors
/// If the database fails.
pub async fn offered(visit: &Visit, pages: Pages) -> Result<Known, RequestError> {
    let entity = visit.call.entity;
    visit
        .call
        .user
        .read_long(LongRead::Many, move |snapshot, caller| known(snapshot, caller, entity, &pages))
        .await
}

/// The tags, and the custom properties that entities of the type can have.
///
/// # Errors
/// If the database fails.
pub fn known(
    snapshot: &Snapshot<'_>,
    caller: &Caller,
    entity: &'static Entity,
    pages: &Pages,
) -> Result<Known, RequestError> {
    let mut known = Known::default();
    if entity.with_role(Role::Tags).is_some() {
        (known.tags, known.tag_page) =
            page(snapshot, caller, &TAG, Predicate::True, (pages, TAGS))?;
    }
    if entity.custom_properties().is_some() {
        let filter = format!("objectTypes eq '{}'", entity.resource_type);
        let of_type = bound(caller, &CUSTOM_PROPERTY_DEFINITION, &filter)?;
        (known.definitions, known.definition_page) =
            page(snapshot, caller, &CUSTOM_PROPERTY_DEFINITION, of_type, (pages, DEFINITIONS))?;
    }
    Ok(known)
}

/// The page of `entity` that a form shows, followed by the chosen ones from other pages.
fn page(
    snapshot: &Snapshot<'_>,
    caller: &Caller,
    entity: &'static Entity,
    condition: Predicate,
    (pages, name): (&Pages, &str),
) -> Result<(Vec<Json>, Option<Shown>), RequestError> {
    let size = PAGE as usize;
    let visible = caller.visible(entity, condition.clone());
    let count = || {
        Ok::<_, RequestError>(
            usize::try_from(snapshot.count(entity, &visible)?).unwrap_or_default(),
        )
    };
    let from = match pages.from(name) {
        0 => 0,
        from => from.min(count()?.saturating_sub(1)) / size * size,
    };
    let orders = query::parse_order("name", entity, &caller.readable());
    let selection = SelectQuery {
        entity,
        form: Form::Full,
        condition: visible.clone(),
        orders: orders.map_err(|problem| RequestError::internal(&problem.message))?,
        page: Some(Page { skip: u32::try_from(from).unwrap_or(u32::MAX), take: PAGE }),
        privileges: None,
    };
    let cut = |mut entry: Json| {
        pages.cut(&mut entry);
        entry
    };
    let mut rows = read_each(snapshot, &selection, cut)?;
    let is_all = from == 0 && rows.len() < size;
    if is_all {
        return Ok((rows, None));
    }
    let count = count()?;
    let shown: HashSet<Uuid> =
        rows.iter().filter_map(|row| Uuid::parse_str(id(row)).ok()).collect();
    let elsewhere = Predicate::has_id_among(entity, pages.chosen().difference(&shown).copied());
    let condition = caller.visible(entity, Predicate::and([condition, elsewhere]));
    rows.extend(read_each(snapshot, &SelectQuery { condition, page: None, ..selection }, cut)?);
    Ok((rows, page_of(from, count, size)))
}

fn bound(caller: &Caller, entity: &'static Entity, text: &str) -> Result<Predicate, RequestError> {
    let filter = query::parse(text, query::Limits::default());
    let bound = filter.and_then(|filter| query::bind(text, &filter, entity, &caller.readable()));
    bound.map_err(|problem| RequestError::internal(&problem.message))
}
