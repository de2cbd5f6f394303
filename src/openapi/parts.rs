//! The replies that several operations share.

use super::schemas::reference;
use crate::http::ignored_fields::IGNORED;
use crate::http::streaming::TOTAL;
use utoipa::openapi::{
    ArrayBuilder, ContentBuilder, HeaderBuilder, ObjectBuilder, RefOr, Response, ResponseBuilder,
    Schema, Type,
};

/// The errors of a request with a body.
pub const WRITING: [&str; 7] =
    ["BadRequest", "Unauthorized", "Forbidden", "TooSlow", "TooLarge", "TooMany", "Unavailable"];

/// The error replies, by the names of their components.
pub fn failures() -> Vec<(&'static str, Response)> {
    [
        ("BadRequest", "The query string or the body is wrong; the message says where"),
        (
            "Unauthorized",
            "The client certificate is missing, the Xrfkey is missing or wrong, or X-Qlik-User \
             names no user",
        ),
        ("Forbidden", "The caller may see the entity but not perform this action"),
        ("NotFound", "No entity has this id, or the caller may not see it"),
        (
            "Conflict",
            "The entity was changed in the meantime, a unique value is already in use, or other \
             entities depend on it",
        ),
        ("PreconditionFailed", "The stored version does not match If-Match"),
        ("TooSlow", "The body arrived too slowly, or not at all"),
        (
            "TooLarge",
            "The body exceeds the size limit, or the request would write more than one request \
             may; the message names the limit",
        ),
        (
            "TooMany",
            "A rate limit is exceeded: too many requests or writes within a day, or too many \
             failed attempts; Retry-After says when to try again",
        ),
        (
            "Unavailable",
            "The server can't process the request at the moment; if it is unknown whether a change \
             was made, the message says so",
        ),
    ]
    .into_iter()
    .map(|(name, description)| {
        (name, json_response(description, ContentBuilder::new().schema(Some(reference("Error")))))
    })
    .collect()
}

/// A reply with a JSON body.
pub fn json_response(description: &str, content: ContentBuilder) -> Response {
    ResponseBuilder::new()
        .description(description)
        .content("application/json", content.build())
        .build()
}

/// A reply with a list, of which skip and take may select a part.
pub fn list_response(description: &str, item: RefOr<Schema>) -> Response {
    let content = ContentBuilder::new().schema(Some(ArrayBuilder::new().items(item)));
    let total = HeaderBuilder::new()
        .description(Some("The total number of entities, if skip or take selects a part"))
        .schema(Some(ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0))))
        .build();
    let mut response = json_response(description, content);
    response.headers.insert(TOTAL.to_owned(), total.into());
    response
}

/// A reply with the written entity, and the header that names the ignored fields.
pub fn written_response(description: &str, schema: RefOr<Schema>) -> Response {
    let ignored = HeaderBuilder::new()
        .description(Some(
            "The fields of the body that were ignored because no property has their name, up to \
             20, percent-encoded and separated by commas, such as owner, customProperties.valeu. \
             Absent if no field was ignored",
        ))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build();
    let mut response = json_response(description, ContentBuilder::new().schema(Some(schema)));
    response.headers.insert(IGNORED.to_owned(), ignored.into());
    response
}
