//! `POST /systemrule/import`: takes the rules of a QRS site, as its `GET /systemrule/full` gives
//! them. An addition to QRS.

use crate::error::RequestError;
use crate::http::extract::call::EntityCall;
use crate::http::extract::query_string::QueryString;
use crate::service::rule_import::{propose, read, take};
use actix_web::HttpResponse;
use actix_web::web::Payload;

/// Takes each rule by itself, or with `dryRun=true` tells what that would do: one that can't be
/// stored is refused, and the others are still there. A list with something else than objects is no
/// list of rules, and nothing of it is taken.
pub async fn import(call: EntityCall, payload: Payload) -> Result<HttpResponse, RequestError> {
    if is_dry_run(&call.query)? {
        let candidates = call.body(payload, |json| Ok(read(json)?)).await?;
        let proposal = propose(&call.user, candidates, call.reserve_long_reply()).await?;
        return Ok(HttpResponse::Created().json(proposal));
    }
    let candidates = call.body_to_write(payload, |json| Ok(read(json)?)).await?;
    let outcomes =
        take(&call.user, candidates, async |number| call.reserve_reply(number).await).await?;
    Ok(HttpResponse::Created().json(outcomes))
}

/// Whether nothing is to be changed. An empty value is refused, because the variable of a script
/// that means true may be unset.
///
/// # Errors
/// `BadRequest` if the parameter is there and neither true nor false.
fn is_dry_run(query: &QueryString) -> Result<bool, RequestError> {
    match query.get("dryRun")? {
        Some("") => {
            Err(RequestError::BadRequest("dryRun is empty; it must be true or false".to_owned()))
        }
        _ => query.is_true("dryRun"),
    }
}
