//! The parameters and replies that many operations share.

use super::schemas::reference;
use crate::http::ignored_fields::IGNORED;
use crate::http::streaming::TOTAL;
use utoipa::openapi::{
    ArrayBuilder, ContentBuilder, HeaderBuilder, ObjectBuilder, RefOr, Response, ResponseBuilder,
    Schema, Type,
};

/// The failures of a request whose body is written.
pub const WRITING: [&str; 7] =
    ["BadRequest", "Unauthorized", "Forbidden", "TooSlow", "TooLarge", "TooMany", "Unavailable"];

/// The replies to requests that fail, by the name of their component.
pub fn failures() -> Vec<(&'static str, Response)> {
    [
        ("BadRequest", "The query string or the body is wrong; the message says where"),
        (
            "Unauthorized",
            "There is no client certificate, the Xrfkey is missing or wrong, or X-Qlik-User names \
             nobody",
        ),
        ("Forbidden", "The caller may see it but not do this"),
        ("NotFound", "There is nothing of that id that the caller may see"),
        (
            "Conflict",
            "Someone else was faster, what must be unique is taken, or other entities need it",
        ),
        ("PreconditionFailed", "The stored version is not the one in If-Match"),
        ("TooSlow", "The body came too slowly, or not at all"),
        (
            "TooLarge",
            "The body is longer than the limit, or asks for more than may be written at once; the \
             message says how much may",
        ),
        (
            "TooMany",
            "Too much was asked for or written within a day, or too many attempts failed; \
             Retry-After says when another may be made",
        ),
        (
            "Unavailable",
            "It can't be done just now; the message says so where it is not known whether it was \
             done",
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

/// A response with a list, of which skip and take may have asked for a part.
pub fn list_response(description: &str, item: RefOr<Schema>) -> Response {
    let content = ContentBuilder::new().schema(Some(ArrayBuilder::new().items(item)));
    let total = HeaderBuilder::new()
        .description(Some("How many there are in all, where skip or take asks for a part"))
        .schema(Some(ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0))))
        .build();
    let mut response = json_response(description, content);
    response.headers.insert(TOTAL.to_owned(), total.into());
    response
}

/// A response with what was written, which names what was ignored of the body.
pub fn written_response(description: &str, schema: RefOr<Schema>) -> Response {
    let ignored = HeaderBuilder::new()
        .description(Some(
            "The fields of the body that no property has and that were ignored, up to 20, \
             percent-encoded and separated by commas: owner, customProperties.valeu. There is no \
             such header if there were no such fields",
        ))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build();
    let mut response = json_response(description, ContentBuilder::new().schema(Some(schema)));
    response.headers.insert(IGNORED.to_owned(), ignored.into());
    response
}
