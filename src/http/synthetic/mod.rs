//! `/selection/{id}/{type}/synthetic`: all that is selected of a type as if it were one entity. Reading it tells what is common, writing it
//! changes all at once (QRS reference, 2.4).

mod changes;
mod common;

use super::call::EntityCall;
use super::caller::Caller;
use super::entities::change_one;
use super::failure::Failure;
use super::rules::{check_written, compile_changed};
use super::selections::{self, chosen, selected};
use crate::model::{Entity, SYSTEM_RULE};
use crate::query::Predicate;
use crate::store::{Error, Form, Selection, Snapshot, Tested};
use actix_web::HttpResponse;
use actix_web::web::Payload;
use changes::Changes;
use common::Gathered;
use serde_json::Value as Json;
use uuid::Uuid;

/// `GET …/synthetic`: what is common to all that is selected and that the caller may read.
pub async fn get(call: EntityCall) -> Result<HttpResponse, Failure> {
    let (entity, selection) = (call.entity, selection(&call)?);
    call.reserve_long_reply().await?;
    let synthetic = call
        .scan(move |snapshot, caller| {
            let mut gathered = Gathered::default();
            let condition = selected(snapshot, caller, selection, entity)?;
            each(snapshot, caller, entity, condition, |row| gathered.add(entity, row))?;
            Ok(gathered.finish(entity))
        })
        .await?;
    Ok(HttpResponse::Ok().json(synthetic))
}

/// `PUT …/synthetic`: changes all that is selected and that the caller may read, or nothing if one can't be changed.
pub async fn update(call: EntityCall, payload: Payload) -> Result<HttpResponse, Failure> {
    let (entity, selection) = (call.entity, selection(&call)?);
    let changes = call.body_to_write(payload, move |json| Ok(Changes::read(entity, &json)?)).await?;
    let condition = move |snapshot: &Snapshot<'_>, caller: &Caller| selected(snapshot, caller, selection, entity);
    call.weigh_stored(entity, condition, |stored| changes.weight(stored)).await?;
    if *entity == SYSTEM_RULE
        && let Some(document) = changes.single_values()
    {
        compile_changed(&call, condition, &document).await?;
    }
    let state = call.call.state.clone();
    call.write(move |write, caller| {
        let snapshot = write.snapshot();
        let rows = chosen(&snapshot, caller, entity, selected(&snapshot, caller, selection, entity)?)?;
        changes.check_number_of(&rows)?;
        // One at a time: what they hold together can be of any size.
        for Tested { id, name, .. } in &rows {
            let mut row = Json::Null;
            each(&snapshot, caller, entity, Predicate::has_id(entity, *id), |found| row.clone_from(found))?;
            let within = |failure: Failure| failure.within(name);
            change_one(&state, write, caller, *id, changes.of(&row)?).map_err(within)?;
        }
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        check_written(write, caller, entity, &ids).map_err(|(index, failure)| failure.within(&rows[index].name))
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

fn selection(call: &EntityCall) -> Result<Uuid, Failure> {
    selections::id(call.call.request.match_info().query("selection"))
}

/// Calls `use_row` with each of the selected entities in full.
fn each(
    snapshot: &Snapshot<'_>,
    caller: &Caller,
    entity: &'static Entity,
    condition: Predicate,
    mut use_row: impl FnMut(&Json),
) -> Result<(), Failure> {
    let condition = caller.visible(entity, condition);
    let selection = Selection { entity, form: Form::Full, condition, orders: Vec::new(), page: None, privileges: None };
    Ok(snapshot.each(&selection, &mut |row| {
        // What the store writes is valid JSON.
        use_row(&serde_json::from_slice(row).unwrap_or_default());
        Ok::<_, Error>(())
    })?)
}
