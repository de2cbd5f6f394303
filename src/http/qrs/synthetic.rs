//! `/selection/{id}/{type}/synthetic`: all selected entities of a type as if they were one. Reading
//! it returns what they have in common, writing it changes all of them (QRS reference, 2.4).

use crate::error::RequestError;
use crate::http::extract::call::EntityCall;
use crate::model::Entity;
use crate::query::Predicate;
use crate::service::caller::Caller;
use crate::service::entities::change_one;
use crate::service::reads::LongRead;
use crate::service::rule_checks::check_written;
use crate::service::selections;
use crate::service::selections::{chosen, is_among, selected};
use crate::service::synthetic::changes::Changes;
use crate::service::synthetic::common::Gathered;
use crate::service::write_preparation::compile_changed;
use crate::store::{SelectQuery, Snapshot, Tested};
use actix_web::HttpResponse;
use actix_web::web::Payload;
use uuid::Uuid;

/// `GET …/synthetic`: what all selected entities that the caller may read have in common.
pub async fn get(call: EntityCall) -> Result<HttpResponse, RequestError> {
    let (entity, selection) = (call.entity, selection(&call)?);
    call.reserve_long_reply().await?;
    let synthetic = call
        .user
        .read_long(LongRead::Many, move |snapshot, caller| {
            let mut gathered = Gathered::default();
            let condition = selected(snapshot, caller, selection, entity)?;
            snapshot.each_value(&in_full(caller, entity, condition), &mut |row| {
                gathered.add(entity, &row);
                Ok(())
            })?;
            Ok(gathered.finish(entity))
        })
        .await?;
    Ok(HttpResponse::Ok().json(synthetic))
}

/// `PUT …/synthetic`: changes all selected entities that the caller may read, or none if one can't
/// be changed.
///
/// A reader finds the entities, because rules can take long. The writer checks again for each
/// entity whether the caller may change it. Entities that were deleted or became invisible in the
/// meantime are skipped.
pub async fn update(call: EntityCall, payload: Payload) -> Result<HttpResponse, RequestError> {
    let (entity, selection) = (call.entity, selection(&call)?);
    let changes =
        call.body_to_write(payload, move |json| Ok(Changes::read(entity, &json)?)).await?;
    let find = move |snapshot: &Snapshot<'_>, caller: &Caller| {
        chosen(snapshot, caller, entity, selected(snapshot, caller, selection, entity)?)
    };
    let rows = call.user.read_long(LongRead::Many, find).await?;
    let found = is_among(entity, &rows);
    let weighed = found.clone();
    let weight = call
        .user
        .weigh_stored(entity, move |_, _| Ok(weighed), |stored| changes.weight(stored))
        .await?;
    changes.check_number_of(&rows)?;
    if let Some(document) = changes.single_values() {
        compile_changed(&call.user, move |_, _| Ok(found), &document).await?;
    }
    let state = call.state.clone();
    call.user
        .write(weight, move |write, caller| {
            let mut written: Vec<&Tested> = Vec::with_capacity(rows.len());
            // One at a time: together, they can be of any size.
            for row in &rows {
                let selection = in_full(caller, entity, Predicate::has_id(entity, row.id));
                let Some(stored) = write.snapshot().one_value(&selection)? else { continue };
                let within = |failure: RequestError| failure.within(row.name.as_str());
                change_one(&state.backend, write, caller, row.id, changes.of(&stored)?)
                    .map_err(within)?;
                written.push(row);
            }
            let ids: Vec<Uuid> = written.iter().map(|row| row.id).collect();
            check_written(write, caller, entity, &ids)
                .map_err(|(index, failure)| failure.within(written[index].name.as_str()))
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

fn selection(call: &EntityCall) -> Result<Uuid, RequestError> {
    selections::id(call.http.match_info().query("selection"))
}

/// Selects the entities that match `condition` and that the caller may read, in the full form.
fn in_full(caller: &Caller, entity: &'static Entity, condition: Predicate) -> SelectQuery {
    SelectQuery::full(entity, caller.visible(entity, condition))
}
