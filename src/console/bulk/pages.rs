//! The pages for several entities: the form, and the preview.

use super::change::{BulkAction, Row};
use super::filled::{Filled, Part};
use super::rights::Rights;
use super::{Faults, Input, Proposal};
use crate::console::choices::Shown;
use crate::console::custom_property::id;
use crate::console::form::Known;
use crate::console::offered::offered;
use crate::console::page;
use crate::console::page_error::PageError;
use crate::console::rows::read_each;
use crate::console::value_text::reference;
use crate::console::visit::{Frame, Visit, plural};
use crate::model::Entity;
use crate::query::Predicate;
use crate::service::entities::one;
use crate::service::reads::LongRead;
use crate::service::shown_privileges::Privileges;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use serde_json::Value as Json;
use std::collections::HashMap;

/// An id, and a name for people.
type Named = (String, String);

#[derive(Template)]
#[template(path = "bulk.html")]
struct FormPage<'a> {
    frame: Frame,
    title: String,
    path: &'static str,
    rows: Vec<Named>,
    /// The parameters of the list, and its address.
    list: String,
    link: String,
    tags: Vec<Named>,
    definitions: Vec<Named>,
    /// The shown pages of both, if there are several.
    tag_page: Option<Shown>,
    definition_page: Option<Shown>,
    has_owner: bool,
    filled: &'a Filled,
    /// What is wrong with the form as a whole.
    fault: Option<String>,
    add_tags: Section,
    remove_tags: Section,
    owner: Section,
    set_value: Section,
    remove_values: Section,
}

/// A part of the form.
struct Section {
    name: &'static str,
    is_ticked: bool,
    fault: Option<String>,
}

impl FormPage<'_> {
    /// Whether the form offers any change, apart from deleting.
    fn has_changes(&self) -> bool {
        self.has_owner || !self.tags.is_empty() || !self.definitions.is_empty()
    }
}

#[derive(Template)]
#[template(path = "bulk_preview.html")]
struct PreviewPage<'a> {
    frame: Frame,
    entity: &'static Entity,
    /// The entities, as `12 data connections`.
    number: String,
    rows: Vec<Row>,
    list: String,
    filled: &'a Filled,
    is_deletion: bool,
    rights: Rights,
    conflict: Option<String>,
}

impl PreviewPage<'_> {
    fn changed(&self) -> Vec<&Row> {
        self.rows.iter().filter(|row| row.is_changed()).collect()
    }

    fn unchanged(&self) -> Vec<&Row> {
        self.rows.iter().filter(|row| !row.is_changed()).collect()
    }
}

/// The form with its input.
///
/// # Errors
/// If the database fails.
pub async fn form(
    visit: &Visit,
    status: StatusCode,
    input: &Input,
    faults: Faults,
) -> Result<HttpResponse, PageError> {
    let entity = visit.call.entity;
    let Known { tags, definitions, tag_page, definition_page } =
        offered(visit, input.pages.clone()).await?;
    let section = |part: Part| Section {
        name: part.name(),
        is_ticked: input.filled.is_ticked(part),
        fault: faults
            .parts
            .iter()
            .find(|fault| fault.part == part)
            .map(|fault| fault.message.clone()),
    };
    let form = FormPage {
        frame: visit.frame(),
        title: plural(entity),
        path: entity.path,
        rows: rows(visit, input).await?,
        list: input.list.own_text(entity),
        link: input.list.link(entity, &input.list.order, input.list.skip),
        tags: tags.iter().map(named).collect(),
        definitions: definitions.iter().map(named).collect(),
        tag_page,
        definition_page,
        has_owner: entity.owner().is_some(),
        filled: &input.filled,
        add_tags: section(Part::AddTags),
        remove_tags: section(Part::RemoveTags),
        owner: section(Part::Owner),
        set_value: section(Part::SetValue),
        remove_values: section(Part::RemoveValues),
        fault: faults.whole,
    };
    Ok(page(status, &form)?)
}

fn named(entry: &Json) -> Named {
    (id(entry).to_owned(), reference(entry))
}

/// The selected entities that still exist, in the order of the list.
async fn rows(visit: &Visit, input: &Input) -> Result<Vec<Named>, PageError> {
    let (entity, ids) = (visit.call.entity, input.ids.clone());
    let entries = visit.call.user.read_long(LongRead::Many, move |snapshot, caller| {
        let condition = Predicate::has_id_among(entity, ids.iter().copied());
        // Only what the page shows stays in memory.
        let selection = one(caller, entity, condition, Privileges::Hidden);
        let mut entries: HashMap<String, String> =
            read_each(snapshot, &selection, |entry| named(&entry))?.into_iter().collect();
        let ids = ids.iter().map(ToString::to_string);
        Ok(ids.filter_map(|id| entries.remove(&id).map(|name| (id, name))).collect())
    });
    Ok(entries.await?)
}

/// The preview of a bulk action.
///
/// # Errors
/// `Internal` if the template fails.
pub fn preview(
    visit: &Visit,
    input: &Input,
    bulk_action: &BulkAction,
    proposal: Proposal,
    conflict: Option<String>,
) -> Result<HttpResponse, PageError> {
    let entity = visit.call.entity;
    let Proposal { rows, rights } = proposal;
    let preview = PreviewPage {
        frame: visit.frame(),
        entity,
        number: entity.counted(rows.len()),
        rows,
        list: input.list.own_text(entity),
        filled: &input.filled,
        is_deletion: matches!(bulk_action, BulkAction::Delete),
        rights,
        conflict,
    };
    let status = if preview.conflict.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    Ok(page(status, &preview)?)
}
