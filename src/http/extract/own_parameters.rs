//! Checks the query parameters of endpoints that QRS does not have. QRS ignores unknown parameters,
//! and so do its endpoints here. No client depends on that at Patchbay's own endpoints, where a
//! typing error such as `dryrn=true` must not have unwanted effects.

use super::query_string::QueryString;
use super::xrfkey;
use crate::error::RequestError;
use crate::model::nearest;
use actix_web::HttpRequest;

/// The query parameters of one of Patchbay's own endpoints, except the Xrfkey.
#[derive(Clone, Copy)]
pub struct OwnParameters(pub &'static [&'static str]);

/// Refuses unknown parameters of Patchbay's own endpoints.
///
/// # Errors
/// `BadRequest` with the unknown parameter and the known ones.
pub fn check(request: &HttpRequest, query: &QueryString) -> Result<(), RequestError> {
    let Some(OwnParameters(own)) = request.app_data::<OwnParameters>() else { return Ok(()) };
    let known: Vec<&str> = own.iter().copied().chain([xrfkey::PARAMETER]).collect();
    let is_known = |name: &str| known.iter().any(|own| own.eq_ignore_ascii_case(name));
    let Some(unknown) = query.names().find(|name| !is_known(name)) else { return Ok(()) };
    let hint = nearest(unknown, own.iter().copied())
        .map(|near| format!(" (did you mean {near}?)"))
        .unwrap_or_default();
    let known = known.join(", ");
    Err(RequestError::BadRequest(format!(
        "this endpoint has no query parameter '{unknown}'{hint}; it accepts {known}"
    )))
}
