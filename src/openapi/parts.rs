//! The parameters and replies that many operations share.

use super::schemas::reference;
use crate::http::ignored_fields::IGNORED;
use crate::http::streaming::TOTAL;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::SchemaFormat;
use utoipa::openapi::{
    ArrayBuilder, ContentBuilder, HeaderBuilder, ObjectBuilder, RefOr, Required, Response, ResponseBuilder, Schema,
    Type,
};

/// The shared parameters, by the name of their component.
pub fn parameters() -> Vec<(&'static str, Parameter)> {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let xrfkey = text().min_length(Some(16)).max_length(Some(16));
    let id_text = || text().format(Some(SchemaFormat::Custom("uuid".to_owned())));
    let flag = |unless_given: bool| ObjectBuilder::new().schema_type(Type::Boolean).default(Some(unless_given.into()));
    let whole =
        |min: i64, max: i64| ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(min)).maximum(Some(max));
    let number = || whole(0, u32::MAX.into());
    let query = |name: &str, description: &str, schema: ObjectBuilder| {
        parameter(name, ParameterIn::Query, Required::False, description, schema)
    };
    let asked = |name: &str, description: &str| {
        parameter(name, ParameterIn::Query, Required::True, description, text().min_length(Some(1)))
    };
    let header = |name: &str, description: &str, schema: ObjectBuilder| {
        parameter(name, ParameterIn::Header, Required::False, description, schema)
    };
    // What a client must quote.
    let etags = text().pattern(Some(r#"^(\*|"[^",]*"(, "[^",]*")*)$"#));
    vec![
        (
            "XrfKeyParam",
            parameter(
                "Xrfkey",
                ParameterIn::Query,
                Required::True,
                "The same 16 characters as in the header X-Qlik-Xrfkey",
                xrfkey,
            ),
        ),
        ("IdParam", parameter("id", ParameterIn::Path, Required::True, "The id of the entity, a GUID", id_text())),
        ("FilterParam", query("filter", "Which entities, such as name sw 'prod' and tags.name eq 'finance'", text())),
        ("OrderByParam", query("orderby", "What to sort by, such as owner.name desc, name", text())),
        (
            "SkipParam",
            query(
                "skip",
                "How many to leave out at the start; X-Total-Count tells how many there are, where that is soon counted",
                number(),
            ),
        ),
        ("TakeParam", query("take", "How many to take; all unless given", number())),
        ("SortColumnParam", query("sortcolumn", "The name of the column to sort by", text())),
        (
            "OrderAscendingParam",
            query("orderascending", "Whether the least comes first; it does unless given", flag(true)),
        ),
        (
            "ExistingParam",
            query(
                "existing",
                "What becomes of those that are there already, by id or by what must be unique: keep leaves them as they are; otherwise the list is refused. An addition to QRS",
                text().enum_values(Some(["keep"])),
            ),
        ),
        ("DryRunParam", query("dryRun", "Whether only to tell what the import would do", flag(false))),
        ("PrivilegesParam", query("privileges", "Whether to tell what the caller may do to each entity", flag(false))),
        (
            "UserParam",
            header(
                "X-Qlik-User",
                "On whose behalf, such as UserDirectory=LAB; UserId=anna; INTERNAL\\sa_repository unless given",
                text(),
            ),
        ),
        (
            "PrivilegesFilterParam",
            query(
                "privilegesfilter",
                "Which actions are asked about, as a sum of their bits; all unless given",
                number(),
            ),
        ),
        ("ExplainUserParam", asked("user", "Who, as DIRECTORY\\userid")),
        ("ExplainActionParam", asked("action", "What, such as read")),
        ("ExplainResourceParam", asked("resource", "To what, such as DataConnection_<id>")),
        ("ExplainOneActionParam", query("action", "What; anything unless given", text())),
        (
            "EnvironmentParam",
            query("environmentattributes", "From where the users come, as in X-Qlik-Security", text()),
        ),
        ("ExplainTypeParam", asked("type", "Of which type, such as DataConnection")),
        (
            "SelectionParam",
            parameter("selection", ParameterIn::Path, Required::True, "The id of the selection", id_text()),
        ),
        ("UserSelectionParam", asked("userselection", "The id of a selection of users")),
        ("LimitParam", query("limit", "How many to tell of; -1 for all", whole(-1, u32::MAX.into()))),
        ("MethodParam", query("method", "Only operations of this method, such as GET", text())),
        ("FormatParam", query("format", "JSON for each operation as JSON in a string", text())),
        ("LinkParam", asked("link", "The secret in the link that the first start showed")),
        ("TypeParam", parameter("type", ParameterIn::Path, Required::True, "The type, such as dataconnection", text())),
        ("RuleParam", asked("rule", "The condition, such as user.roles = \"RootAdmin\"")),
        ("IfMatchParam", header("If-Match", "Only if the stored version has this ETag", etags)),
    ]
}

/// The failures of a request whose body is written.
pub const WRITING: [&str; 7] =
    ["BadRequest", "Unauthorized", "Forbidden", "TooSlow", "TooLarge", "TooMany", "Unavailable"];

/// The replies to requests that fail, by the name of their component.
pub fn failures() -> Vec<(&'static str, Response)> {
    [
        ("BadRequest", "The query string or the body is wrong; the message says where"),
        ("Unauthorized", "There is no client certificate, the Xrfkey is missing or wrong, or X-Qlik-User names nobody"),
        ("Forbidden", "The caller may see it but not do this"),
        ("NotFound", "There is nothing of that id that the caller may see"),
        ("Conflict", "Someone else was faster, what must be unique is taken, or other entities need it"),
        ("PreconditionFailed", "The stored version is not the one in If-Match"),
        ("TooSlow", "The body came too slowly, or not at all"),
        ("TooLarge", "The body is longer than the limit, or asks for more than may be written at once; the message says how much may"),
        (
            "TooMany",
            "Too much was asked for or written within a day, or too many attempts failed; Retry-After says when another may be made",
        ),
        ("Unavailable", "It can't be done just now; the message says so where it is not known whether it was done"),
    ]
    .into_iter()
    .map(|(name, description)| {
        (name, json_response(description, ContentBuilder::new().schema(Some(reference("Error")))))
    })
    .collect()
}

/// A reply with a JSON body.
pub fn json_response(description: &str, content: ContentBuilder) -> Response {
    ResponseBuilder::new().description(description).content("application/json", content.build()).build()
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
            "The fields of the body that no property has and that were ignored, up to 20, percent-encoded and separated by commas: owner, \
             customProperties.valeu. There is no such header if there were no such fields",
        ))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build();
    let mut response = json_response(description, ContentBuilder::new().schema(Some(schema)));
    response.headers.insert(IGNORED.to_owned(), ignored.into());
    response
}

fn parameter(
    name: &str,
    place: ParameterIn,
    required: Required,
    description: &str,
    schema: ObjectBuilder,
) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(required)
        .description(Some(description))
        .schema(Some(schema))
        .build()
}
