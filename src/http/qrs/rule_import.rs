//! `POST /systemrule/import`: imports the rules of a QRS site, as its `GET /systemrule/full`
//! returns them. An addition to QRS.

use crate::error::RequestError;
use crate::http::extract::call::EntityCall;
use crate::http::extract::query_string::QueryString;
use crate::service::rule_import::{propose, read, take};
use actix_web::HttpResponse;
use actix_web::web::Payload;

/// Imports each rule separately, or reports with `dryRun=true` what the import would do. A rule
/// that can't be stored is refused without affecting the others. A list with anything other than
/// objects is refused as a whole.
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

/// Whether this is a dry run. An empty value is refused, because it may come from an unset variable
/// of a script that means true.
///
/// # Errors
/// `BadRequest` if the parameter has a value other than true and false.
fn is_dry_run(query: &QueryString) -> Result<bool, RequestError> {
    match query.get("dryRun")? {
        Some("") => {
            Err(RequestError::BadRequest("dryRun is empty; it must be true or false".to_owned()))
        }
        _ => query.is_true("dryRun"),
    }
}
