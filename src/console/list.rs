//! The list of an entity type, with columns to choose, a filter, an order and pages.

use super::list_query::{ListQuery, ROWS};
use super::page_error::PageError;
use super::rows::read_each;
use super::value_text::{label, text};
use super::visit::{Frame, Visit, plural};
use super::warnings::has_open_password;
use super::{Marked, notice, page};
use crate::error::RequestError;
use crate::http::extract::call::EntityCall;
use crate::model::{Action, Entity, Kind, Property, nearest};
use crate::query;
use crate::query::{Filter, Predicate, TextError, parse_order};
use crate::service::reads::LongRead;
use crate::service::shown_privileges::Privileges;
use crate::store::{Form, Page, SelectQuery};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use serde_json::Value as Json;

/// Most items of a list that a cell shows.
const ITEMS: usize = 20;

#[derive(Template)]
#[template(path = "list.html")]
struct List {
    frame: Frame,
    title: String,
    entity: &'static Entity,
    /// The parameters of the list, for actions on its rows.
    query: String,
    /// The address of the first page.
    beginning: String,
    filter: String,
    order: String,
    fault: Option<Marked>,
    done: Option<String>,
    /// Why an action on the list was refused.
    refusal: Option<String>,
    choices: Vec<ColumnChoice>,
    columns: Vec<Column>,
    rows: Vec<Row>,
    may_create: bool,
    first: i64,
    last: i64,
    /// The total number, if it can be counted quickly.
    total: Option<i64>,
    previous: Option<String>,
    next: Option<String>,
}

/// A column that can be shown.
struct ColumnChoice {
    name: &'static str,
    label: String,
    is_shown: bool,
}

/// A column that is shown.
struct Column {
    label: String,
    /// The address of the list in this order, or in reverse order if it has this order already;
    /// `None` if the column can't be used for sorting.
    sort: Option<String>,
    /// The present order, as the value of `aria-sort`.
    sorted: Option<&'static str>,
}

struct Row {
    id: String,
    name: String,
    cells: Vec<String>,
    privileges: String,
    has_open_password: bool,
}

/// The contents of a page of the list.
#[derive(Default)]
struct Found {
    rows: Vec<Json>,
    /// Whether there are more than these.
    has_more: bool,
    /// The total number, if it can be counted quickly.
    total: Option<i64>,
    may_create: bool,
}

/// `GET /console/{type}`.
pub async fn list(visit: Visit) -> Result<HttpResponse, PageError> {
    let query = ListQuery::read(visit.call.entity, &visit.call.query)?;
    show(&visit, query, None).await
}

/// Shows a list. `refusal` says why an action on it was refused.
///
/// # Errors
/// If the database fails.
pub async fn show(
    visit: &Visit,
    query: ListQuery,
    refusal: Option<String>,
) -> Result<HttpResponse, PageError> {
    let entity = visit.call.entity;
    let (found, fault) = match find(&visit.call, query.clone()).await? {
        Ok(found) => (found, None),
        Err(fault) => (Found::default(), Some(fault)),
    };
    let status =
        if fault.is_some() || refusal.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let rows: Vec<Row> = found.rows.iter().map(|json| row(entity, &query.columns, json)).collect();
    let shown = i64::try_from(rows.len()).unwrap_or_default();
    let skip = i64::from(query.skip);
    let previous =
        (query.skip > 0).then(|| query.link(entity, &query.order, query.skip.saturating_sub(ROWS)));
    let next = found.has_more.then(|| query.link(entity, &query.order, query.skip + ROWS));
    let done = notice::read(visit)?;
    let list = List {
        done,
        refusal,
        query: query.own_text(entity),
        beginning: query.link(entity, &query.order, 0),
        frame: visit.frame(),
        title: plural(entity),
        entity,
        choices: choices(entity, &query.columns),
        columns: query.columns.iter().map(|property| column(&query, entity, property)).collect(),
        filter: query.filter,
        order: query.order,
        fault,
        rows,
        may_create: found.may_create,
        first: if shown > 0 { skip + 1 } else { 0 },
        last: skip + shown,
        total: found.total,
        previous,
        next,
    };
    Ok(page(status, &list)?)
}

/// Finds the rows of the list, or what is wrong with the filter or the order.
async fn find(call: &EntityCall, query: ListQuery) -> Result<Result<Found, Marked>, RequestError> {
    let entity = call.entity;
    if let Some(name) = &query.unknown_column {
        return Ok(Err(Marked::new("The columns", no_column(entity, name))));
    }
    let filter = match query.filter.trim() {
        "" => None,
        _ => match query::parse(&query.filter, call.state.backend.limits.filter) {
            Ok(filter) => Some(filter),
            Err(problem) => {
                return Ok(Err(Marked::problem("The filter", &query.filter, &problem)));
            }
        },
    };
    call.user
        .read_long(LongRead::Many, move |snapshot, caller| {
            let readable = caller.readable();
            let filter = match bind(&query.filter, filter.as_ref(), entity, &readable) {
                Ok(filter) => filter,
                Err(problem) => {
                    return Ok(Err(Marked::problem("The filter", &query.filter, &problem)));
                }
            };
            let orders = match parse_order(&query.order, entity, &readable) {
                Ok(orders) => orders,
                Err(problem) => {
                    return Ok(Err(Marked::problem("The order", &query.order, &problem)));
                }
            };
            let privileges = caller.privilege_columns(entity, Privileges::Shown);
            let may_create = caller.guard(entity, Action::Create) != Predicate::False;
            let page = Some(Page { skip: query.skip, take: ROWS + 1 });
            let condition = caller.visible(entity, filter.clone());
            let selection =
                SelectQuery { entity, form: Form::Full, condition, orders, page, privileges };
            let total =
                snapshot.count_soon(entity, &caller.guard(entity, Action::Read), &filter)?;
            let mut rows = read_each(snapshot, &selection, shorten)?;
            let has_more = rows.len() > ROWS as usize;
            rows.truncate(ROWS as usize);
            Ok(Ok(Found { rows, has_more, total, may_create }))
        })
        .await
}

fn bind(
    text: &str,
    filter: Option<&Filter>,
    entity: &'static Entity,
    readable: query::Readable<'_>,
) -> Result<Predicate, TextError> {
    filter.map_or(Ok(Predicate::True), |filter| query::bind(text, filter, entity, readable))
}

/// Shortens long lists to what a cell of the table shows.
fn shorten(mut row: Json) -> Json {
    let lists =
        row.as_object_mut().into_iter().flatten().filter_map(|(_, value)| value.as_array_mut());
    for list in lists.filter(|list| list.len() > ITEMS) {
        let more = list.len() - ITEMS;
        list.truncate(ITEMS);
        list.push(format!("and {more} more").into());
    }
    row
}

/// The message about an unknown column.
fn no_column(entity: &'static Entity, name: &str) -> String {
    let names = entity.full().map(|property| property.name);
    format!(
        "there is no column {name}{}",
        nearest(name, names).map(|name| format!("; did you mean {name}?")).unwrap_or_default()
    )
}

/// The heading of a column in a list.
fn column(query: &ListQuery, entity: &'static Entity, property: &'static Property) -> Column {
    let key = match property.kind {
        Kind::Reference(_) => Some(format!("{}.name", property.name)),
        _ if property.is_collection() => None,
        _ => Some(property.name.to_owned()),
    };
    let sorted = key.as_ref().and_then(|key| match query.order.split_once(' ') {
        None if query.order == *key => Some("ascending"),
        Some((own, "desc")) if own == key => Some("descending"),
        _ => None,
    });
    let sort = key.map(|key| {
        let order = if sorted == Some("ascending") { format!("{key} desc") } else { key };
        query.link(entity, &order, 0)
    });
    Column { label: label(property), sort, sorted }
}

fn choices(entity: &'static Entity, shown: &[&'static Property]) -> Vec<ColumnChoice> {
    let choice = |property: &'static Property| ColumnChoice {
        name: property.name,
        label: label(property),
        is_shown: shown.contains(&property),
    };
    entity.full().map(choice).collect()
}

fn row(entity: &'static Entity, columns: &[&'static Property], json: &Json) -> Row {
    let own = |name: &str| json.get(name).and_then(Json::as_str).unwrap_or_default();
    let privileges: Vec<&str> =
        json["privileges"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    let held = privileges.iter().filter_map(|name| Action::named(name)).map(Action::bit).sum();
    Row {
        id: own("id").to_owned(),
        name: own("name").to_owned(),
        cells: columns.iter().map(|property| text(property, &json[property.name])).collect(),
        privileges: Action::describe(held),
        has_open_password: has_open_password(entity, json),
    }
}
