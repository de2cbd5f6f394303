//! Versions in headers: the modified date as an `ETag`, and `If-Match` (RFC 9110, 13.1.1).

use crate::error::RequestError;
use crate::model::Timestamp;
use crate::store::IfMatch;
use actix_web::HttpRequest;
use actix_web::http::header;

/// The `ETag` of an entity with this modified date. It identifies the contents that an update can
/// change, not the bytes of a reply.
pub fn etag(modified_date: Timestamp) -> String {
    format!("\"{}\"", modified_date.millis())
}

/// The versions that the `If-Match` of a request accepts, if it has one.
///
/// # Errors
/// `BadRequest` if the header is malformed.
pub fn if_match(request: &HttpRequest) -> Result<Option<IfMatch>, RequestError> {
    let mut tags = Vec::new();
    for value in request.headers().get_all(header::IF_MATCH) {
        let text = value.to_str().map_err(|_| unreadable())?;
        tags.extend(text.split(',').map(str::trim).filter(|tag| !tag.is_empty()));
    }
    match tags.as_slice() {
        [] if request.headers().contains_key(header::IF_MATCH) => Err(unreadable()),
        [] => Ok(None),
        ["*"] => Ok(Some(IfMatch::Any)),
        tags => {
            let quoted = tags
                .iter()
                .all(|tag| tag.trim_start_matches("W/").starts_with('"') && tag.ends_with('"'));
            // Foreign and weak tags can't match.
            let version =
                |tag: &&str| tag.trim_matches('"').parse().ok().map(Timestamp::from_millis);
            let versions = tags.iter().filter_map(version).collect();
            if quoted { Ok(Some(IfMatch::Versions(versions))) } else { Err(unreadable()) }
        }
    }
}

fn unreadable() -> RequestError {
    RequestError::BadRequest(
        "If-Match must be * or quoted ETags, as in the ETag header of a response".to_owned(),
    )
}
