//! The query parameters of the endpoints that QRS does not have. QRS ignores a parameter that it
//! does not know, and its endpoints do so here. At Patchbay's own, no client depends on that, and a
//! slip such as `dryrn=true` must not do what nobody asked for.

use super::query_string::QueryString;
use super::xrfkey;
use crate::error::RequestError;
use crate::model::nearest;
use actix_web::HttpRequest;

/// The query parameters of an endpoint of Patchbay's own, beside the Xrfkey.
#[derive(Clone, Copy)]
pub struct OwnParameters(pub &'static [&'static str]);

/// Refuses a parameter that an endpoint of Patchbay's own does not have.
///
/// # Errors
/// `BadRequest` names it, and those that the endpoint has.
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
