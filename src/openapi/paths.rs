//! The operations of each entity type.

use super::draft::{Draft, item};
use super::parts::{WRITING, json_response, list_response, written_response};
use super::schemas::reference;
use crate::http::qrs::table_columns::{KINDS, MOST};
use crate::model::{Entity, capitalised};
use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::{
    ArrayBuilder, ContentBuilder, ObjectBuilder, PathsBuilder, RefOr, Response, ResponseBuilder,
    Schema, Type,
};

/// The name of an entity type in headings: `Data Connection`.
pub fn title(entity: &Entity) -> String {
    entity.noun.split(' ').map(capitalised).collect::<Vec<_>>().join(" ")
}

/// The plural of the name of an entity type, such as `audit entries`.
pub fn plural(entity: &Entity) -> String {
    let noun = entity.noun;
    noun.strip_suffix('y').map_or_else(|| format!("{noun}s"), |stem| format!("{stem}ies"))
}

/// The operations of the server as a whole.
pub fn about(paths: PathsBuilder) -> PathsBuilder {
    let about = Draft::new("getAbout", "About", "Returns the version and the kind of the site.")
        .parameters(&["XrfKeyParam"])
        .success("200", json("The version and the kind of the site", reference("About").into()))
        .failures(&["BadRequest", "Unauthorized"]);
    let document = ObjectBuilder::new().schema_type(Type::Object);
    let openapi = Draft::new("getOpenApi", "About", "Gets this document.")
        .parameters(&["XrfKeyParam"])
        .success("200", json_response("The document", ContentBuilder::new().schema(Some(document))))
        .failures(&["BadRequest", "Unauthorized"]);
    let list = || ArrayBuilder::new().items(ObjectBuilder::new().schema_type(Type::String)).into();
    let described = |id: &str, summary: &str, answer: RefOr<Schema>| {
        let draft = Draft::new(id, "About", summary)
            .parameters(&["XrfKeyParam"])
            .success("200", json("The result", answer));
        draft.failures(&["BadRequest", "Unauthorized"])
    };
    let description = described("getApiDescription", "Lists the operations.", list())
        .parameters(&["MethodParam", "FormatParam"]);
    let enums = described(
        "getApiEnums",
        "Returns the enumerations with the names of their numbers, and the properties that use \
         them.",
        object(),
    );
    let relations = described(
        "getApiRelations",
        "Returns the entity type to which each reference refers.",
        list(),
    );
    let default = described(
        "getApiDefault",
        "Returns an entity of a type with the default values.",
        object(),
    )
    .parameters(&["TypeParam"])
    .failures(&["NotFound"]);
    let truth = ObjectBuilder::new().schema_type(Type::Boolean).into();
    let ping = described("ping", "Reports that the server responds.", truth);
    [
        ("/about", about),
        ("/about/openapi", openapi),
        ("/about/api/description", description),
        ("/about/api/enums", enums),
        ("/about/api/relations", relations),
        ("/about/api/default/{type}", default),
        ("/ssl/ping", ping),
    ]
    .into_iter()
    .fold(paths, |paths, (path, draft)| paths.path(path, item(vec![(HttpMethod::Get, draft)])))
}

/// The operations of one entity type.
pub fn of_entity(paths: PathsBuilder, entity: &'static Entity) -> PathsBuilder {
    let path = format!("/{}", entity.path);
    paths
        .path(
            &path,
            item(vec![(HttpMethod::Get, list(entity)), (HttpMethod::Post, create(entity))]),
        )
        .path(format!("{path}/full"), item(vec![(HttpMethod::Get, list_full(entity))]))
        .path(format!("{path}/count"), item(vec![(HttpMethod::Get, count(entity))]))
        .path(format!("{path}/table"), item(vec![(HttpMethod::Post, table(entity))]))
        .path(format!("{path}/many"), item(vec![(HttpMethod::Post, create_many(entity))]))
        .path(
            format!("{path}/{{id}}"),
            item(vec![
                (HttpMethod::Get, get(entity)),
                (HttpMethod::Put, update(entity)),
                (HttpMethod::Delete, delete(entity)),
            ]),
        )
        .path(
            format!("{path}/previewcreateprivilege"),
            item(vec![(HttpMethod::Post, preview_create(entity))]),
        )
        .path(format!("{path}/previewprivileges"), item(vec![(HttpMethod::Post, preview(entity))]))
        .path(format!("{path}/{{id}}/full"), item(vec![(HttpMethod::Get, get_full(entity))]))
}

/// The operations of a type that is only recorded.
pub fn of_recorded(paths: PathsBuilder, entity: &'static Entity) -> PathsBuilder {
    let path = format!("/{}", entity.path);
    let get_only = |draft: Draft| item(vec![(HttpMethod::Get, draft)]);
    paths
        .path(&path, get_only(list(entity)))
        .path(format!("{path}/full"), get_only(list_full(entity)))
        .path(format!("{path}/count"), get_only(count(entity)))
        .path(format!("{path}/table"), item(vec![(HttpMethod::Post, table(entity))]))
        .path(format!("{path}/{{id}}"), get_only(get(entity)))
        .path(format!("{path}/{{id}}/full"), get_only(get_full(entity)))
}

const LIST: [&str; 7] = [
    "XrfKeyParam",
    "FilterParam",
    "OrderByParam",
    "PrivilegesParam",
    "SkipParam",
    "TakeParam",
    "UserParam",
];
const ONE: [&str; 4] = ["XrfKeyParam", "IdParam", "PrivilegesParam", "UserParam"];

fn list(entity: &'static Entity) -> Draft {
    let schema = format!("{}Condensed", entity.resource_type);
    list_of(entity, &format!("get{}s", entity.resource_type), &schema, "in condensed form")
}

fn list_full(entity: &'static Entity) -> Draft {
    list_of(entity, &format!("get{}sFull", entity.resource_type), entity.resource_type, "in full")
}

fn list_of(entity: &'static Entity, id: &str, schema: &str, form: &str) -> Draft {
    Draft::new(
        id,
        &title(entity),
        &format!("Lists the {} that the caller may read, {form}.", plural(entity)),
    )
    .parameters(&LIST)
    .success("200", list_response("The list", reference(schema).into()))
    .failures(&["BadRequest", "Unauthorized", "Forbidden", "Unavailable"])
}

fn count(entity: &'static Entity) -> Draft {
    let id = format!("get{}sCount", entity.resource_type);
    Draft::new(
        &id,
        &title(entity),
        &format!("Counts the {} that the caller may read.", plural(entity)),
    )
    .parameters(&["XrfKeyParam", "FilterParam", "UserParam"])
    .success("200", json("The number", reference("EntityCount").into()))
    .failures(&["BadRequest", "Unauthorized", "Forbidden", "Unavailable"])
}

fn get(entity: &'static Entity) -> Draft {
    one(
        entity,
        &format!("get{}", entity.resource_type),
        &format!("Gets one {} in full.", entity.noun),
    )
}

fn get_full(entity: &'static Entity) -> Draft {
    one(
        entity,
        &format!("get{}Full", entity.resource_type),
        &format!("Gets one {} in full; the same as the path without /full.", entity.noun),
    )
}

fn one(entity: &'static Entity, id: &str, summary: &str) -> Draft {
    Draft::new(id, &title(entity), summary)
        .parameters(&ONE)
        .success("200", json(&title(entity), reference(entity.resource_type).into()))
        .failures(&["BadRequest", "Unauthorized", "Forbidden", "NotFound", "Unavailable"])
}

fn create(entity: &'static Entity) -> Draft {
    let id = format!("create{}", entity.resource_type);
    Draft::new(&id, &title(entity), &format!("Creates a {}.", entity.noun))
        .parameters(&["XrfKeyParam", "PrivilegesParam", "UserParam"])
        .body(reference(&format!("{}Create", entity.resource_type)).into())
        .success(
            "201",
            written_response("The created entity", reference(entity.resource_type).into()),
        )
        .failures(&WRITING)
}

fn create_many(entity: &'static Entity) -> Draft {
    let id = format!("create{}s", entity.resource_type);
    Draft::new(
        &id,
        &title(entity),
        &format!(
            "Creates all {} of a list, or none of them if one can't be created.",
            plural(entity)
        ),
    )
    .parameters(&["XrfKeyParam", "ExistingParam", "PrivilegesParam", "UserParam"])
    .body(array(&format!("{}Create", entity.resource_type)))
    .success("201", written_response("The created entities", array(entity.resource_type)))
    .failures(&WRITING)
}

fn table(entity: &'static Entity) -> Draft {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let answer = ObjectBuilder::new()
        .property("id", text())
        .property("columnNames", ArrayBuilder::new().items(text()))
        .property("rows", ArrayBuilder::new().items(ArrayBuilder::new()))
        .property("schemaPath", text());
    let id = format!("get{}Table", entity.resource_type);
    Draft::new(
        &id,
        &title(entity),
        &format!("Returns selected columns of the {} that the caller may read.", plural(entity)),
    )
    .parameters(&["XrfKeyParam", "FilterParam", "SortColumnParam", "OrderAscendingParam"])
    .parameters(&["SkipParam", "TakeParam", "UserParam"])
    .body(columns(entity))
    .success("201", json("The table", answer.into()))
    .failures(&[
        "BadRequest",
        "Unauthorized",
        "Forbidden",
        "TooSlow",
        "TooLarge",
        "Unavailable",
    ])
}

/// The body that selects the columns of a table.
pub fn columns(entity: &Entity) -> RefOr<Schema> {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let kind = text().enum_values(Some([entity.resource_type]));
    let kinds = text().enum_values(Some(KINDS));
    let column = ObjectBuilder::new()
        .property("name", text().min_length(Some(1)))
        .property("columnType", kinds)
        .property("definition", text())
        .property("list", ArrayBuilder::new().items(object()))
        .required("name");
    let columns = ArrayBuilder::new().items(column).min_items(Some(1)).max_items(Some(MOST));
    ObjectBuilder::new()
        .property("entity", kind)
        .property("columns", columns)
        .required("columns")
        .into()
}

fn preview_create(entity: &'static Entity) -> Draft {
    let id = format!("preview{}CreatePrivilege", entity.resource_type);
    let answer = ObjectBuilder::new().schema_type(Type::Boolean);
    Draft::new(
        &id,
        &title(entity),
        &format!("Returns whether the caller may create such a {}.", entity.noun),
    )
    .parameters(&["XrfKeyParam", "UserParam"])
    .body(object())
    .success("201", json("The result", answer.into()))
    .failures(&WRITING)
}

fn preview(entity: &'static Entity) -> Draft {
    let id = format!("preview{}Privileges", entity.resource_type);
    let names = ArrayBuilder::new().items(ObjectBuilder::new().schema_type(Type::String));
    Draft::new(
        &id,
        &title(entity),
        &format!("Returns the actions that the caller could perform on such a {}.", entity.noun),
    )
    .parameters(&["XrfKeyParam", "PrivilegesFilterParam", "UserParam"])
    .body(object())
    .success("201", json("The actions", names.into()))
    .failures(&WRITING)
}

/// An entity of which required properties may be missing.
fn object() -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::Object).into()
}

fn update(entity: &'static Entity) -> Draft {
    let id = format!("update{}", entity.resource_type);
    let summary = format!(
        "Updates a {}. Omitted properties keep their values; a given list replaces the whole list. \
         modifiedDate, or If-Match, states which version the caller has read.",
        entity.noun
    );
    Draft::new(&id, &title(entity), &summary)
        .parameters(&["XrfKeyParam", "IdParam", "PrivilegesParam", "UserParam", "IfMatchParam"])
        .body(reference(entity.resource_type).into())
        .success(
            "200",
            written_response("The updated entity", reference(entity.resource_type).into()),
        )
        .failures(&WRITING)
        .failures(&["NotFound", "Conflict", "PreconditionFailed"])
}

fn delete(entity: &'static Entity) -> Draft {
    let id = format!("delete{}", entity.resource_type);
    Draft::new(&id, &title(entity), &format!("Deletes a {}.", entity.noun))
        .parameters(&["XrfKeyParam", "IdParam", "UserParam", "IfMatchParam"])
        .success("204", ResponseBuilder::new().description("The entity was deleted").build())
        .failures(&[
            "BadRequest",
            "Unauthorized",
            "Forbidden",
            "NotFound",
            "Conflict",
            "PreconditionFailed",
            "TooMany",
            "Unavailable",
        ])
}

fn json(description: &str, schema: RefOr<Schema>) -> Response {
    json_response(description, ContentBuilder::new().schema(Some(schema)))
}

fn array(name: &str) -> RefOr<Schema> {
    ArrayBuilder::new().items(reference(name)).into()
}
