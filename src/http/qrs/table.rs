//! `POST /{type}/table`: chosen columns of the list, row by row (QRS reference, 2.3).

use super::table_columns::{Column, Columns, Shows};
use crate::error::RequestError;
use crate::http::extract::call::EntityCall;
use crate::model::Action;
use crate::service::caller::Caller;
use crate::service::listing::Listing;
use crate::service::shown_privileges::Privileges;
use crate::store::{Error, Form, Snapshot};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Payload;
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use uuid::Uuid;

/// Most rows of a batch whose functions are evaluated together, and most bytes of them.
const BATCH: usize = 256;
const BATCH_BYTES: usize = 256 * 1024;

/// The approximate size of pieces of output.
const CHUNK: usize = 64 * 1024;

/// Replies with the columns that the body describes, sorted by `sortcolumn`; `take` rows after the
/// first `skip`.
pub async fn table(call: EntityCall, payload: Payload) -> Result<HttpResponse, RequestError> {
    let entity = call.entity;
    let columns = call.body(payload, move |json| Ok(Columns::read(entity, &json)?)).await?;
    let filter = call.filter()?;
    let order = order(&call, &columns)?;
    let privileges =
        if columns.shows_privileges() { Privileges::Shown } else { call.query.privileges()? };
    let listing =
        Listing { entity, form: Form::Full, filter, order, page: call.query.page()?, privileges };
    let mut response = call
        .stream(move |snapshot, caller, sink| {
            let (selection, total) = listing.begin(snapshot, caller)?;
            total.map_or(Ok(()), |total| sink.total(total))?;
            let mut table = Table::open(snapshot, caller, &columns);
            snapshot.each_value(&selection, &mut |row| {
                table.add(row)?;
                if table.out.len() < CHUNK {
                    Ok(())
                } else {
                    sink.part(std::mem::take(&mut table.out))
                }
            })?;
            Ok(sink.part(table.close()?)?)
        })
        .await?;
    *response.status_mut() = StatusCode::CREATED;
    Ok(response)
}

/// The sort order in the syntax of `orderby`.
fn order(call: &EntityCall, columns: &Columns) -> Result<String, RequestError> {
    let name = call.query.get("sortcolumn")?.unwrap_or_default();
    if name.is_empty() {
        return Ok(String::new());
    }
    let direction =
        match call.query.get("orderascending")?.unwrap_or_default().to_ascii_lowercase().as_str() {
            "" | "true" => "asc",
            "false" => "desc",
            other => {
                return Err(RequestError::BadRequest(format!(
                    "orderascending must be true or false, not '{other}'"
                )));
            }
        };
    let path = columns.path_to_sort_by(call.entity, name).map_err(RequestError::BadRequest)?;
    Ok(path.map_or_else(String::new, |path| format!("{path} {direction}")))
}

/// A table under construction.
struct Table<'t> {
    snapshot: &'t Snapshot<'t>,
    caller: &'t Caller,
    columns: &'t Columns,
    /// Rows of the present batch.
    waiting: Vec<Json>,
    waiting_bytes: usize,
    out: Vec<u8>,
    is_empty: bool,
}

/// The results of a column's function, by row.
type Counts = HashMap<Uuid, i64>;

impl<'t> Table<'t> {
    fn open(snapshot: &'t Snapshot<'t>, caller: &'t Caller, columns: &'t Columns) -> Self {
        let names: Vec<&str> = columns.0.iter().map(|column| column.name.as_str()).collect();
        let out =
            format!("{{\"id\":\"{}\",\"columnNames\":{},\"rows\":[", Uuid::nil(), json!(names));
        Self {
            snapshot,
            caller,
            columns,
            waiting: Vec::new(),
            waiting_bytes: 0,
            out: out.into_bytes(),
            is_empty: true,
        }
    }

    fn add(&mut self, row: Json) -> Result<(), Error> {
        self.waiting_bytes += bytes(&row);
        self.waiting.push(row);
        let is_full = self.waiting.len() == BATCH || self.waiting_bytes >= BATCH_BYTES;
        if is_full { self.flush() } else { Ok(()) }
    }

    fn close(mut self) -> Result<Vec<u8>, Error> {
        self.flush()?;
        self.out.extend_from_slice(b"],\"schemaPath\":\"Table\"}");
        Ok(self.out)
    }

    fn flush(&mut self) -> Result<(), Error> {
        let counts: Vec<Counts> =
            self.columns.0.iter().map(|column| self.counts(column)).collect::<Result<_, _>>()?;
        self.waiting_bytes = 0;
        for row in std::mem::take(&mut self.waiting) {
            let cells: Vec<Json> = self
                .columns
                .0
                .iter()
                .zip(&counts)
                .map(|(column, counts)| cell(&row, column, counts))
                .collect();
            if !std::mem::take(&mut self.is_empty) {
                self.out.push(b',');
            }
            self.out.extend_from_slice(Json::from(cells).to_string().as_bytes());
        }
        Ok(())
    }

    fn counts(&self, column: &Column) -> Result<Counts, Error> {
        let mut counts = Counts::new();
        let Shows::Count(relations) = &column.shows else { return Ok(counts) };
        let ids: Vec<Uuid> = self.waiting.iter().filter_map(id).collect();
        for (entity, property) in relations {
            let visible = self.caller.guard(entity, Action::Read);
            for (id, number) in self.snapshot.count_related(entity, property, &ids, &visible)? {
                *counts.entry(id).or_default() += number;
            }
        }
        Ok(counts)
    }
}

/// The approximate bytes of a value as text.
fn bytes(value: &Json) -> usize {
    const SCALAR: usize = 8;
    match value {
        Json::Null | Json::Bool(_) | Json::Number(_) => SCALAR,
        Json::String(text) => text.len() + SCALAR,
        Json::Array(items) => items.iter().map(bytes).sum(),
        Json::Object(fields) => fields.iter().map(|(name, value)| name.len() + bytes(value)).sum(),
    }
}

fn id(row: &Json) -> Option<Uuid> {
    Uuid::parse_str(row["id"].as_str()?).ok()
}

fn cell(row: &Json, column: &Column, counts: &Counts) -> Json {
    match &column.shows {
        Shows::Value(path) => path.iter().fold(row, |json, name| &json[*name]).clone(),
        Shows::Privileges => row["privileges"].clone(),
        Shows::Constant(value) => value.clone(),
        Shows::Count(_) => id(row).and_then(|id| counts.get(&id)).copied().unwrap_or(0).into(),
        Shows::List(name, columns) => {
            let items = row[*name].as_array().map(Vec::as_slice).unwrap_or_default();
            let names: Vec<&str> = columns.0.iter().map(|column| column.name.as_str()).collect();
            let cells = |item: &Json| {
                columns.0.iter().map(|column| cell(item, column, counts)).collect::<Vec<_>>()
            };
            json!({ "columnNames": names, "rows": items.iter().map(cells).collect::<Vec<_>>() })
        }
    }
}
