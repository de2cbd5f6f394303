//! The operations of selections.

use super::parts::{WRITING, json_response, list_response};
use super::paths::{Draft, columns, item, title};
use super::schemas::reference;
use crate::model::{Entity, REGISTRY, SELECTION, USER};
use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::schema::{AllOfBuilder, AnyOfBuilder, SchemaType};
use utoipa::openapi::{
    ArrayBuilder, ContentBuilder, ObjectBuilder, PathsBuilder, RefOr, Response, ResponseBuilder,
    Schema, Type,
};

const READ: [&str; 5] = ["BadRequest", "Unauthorized", "Forbidden", "NotFound", "Unavailable"];

/// Adds the operations.
pub fn paths(paths: PathsBuilder) -> PathsBuilder {
    let create = draft(
        "createSelection",
        "Selects one or more entities, to process all of them with one request.",
        &[],
    )
    .body(selected())
    .success("201", reply(reference("Selection").into()))
    .failures(&WRITING)
    .failures(&["NotFound"]);
    let get = draft("getSelection", "Gets one of the caller's selections.", &["IdParam"])
        .success("200", reply(reference("Selection").into()))
        .failures(&READ);
    let update = draft("updateSelection", "Replaces the items of a selection.", &["IdParam"])
        .body(selected())
        .success("200", reply(reference("Selection").into()))
        .failures(&WRITING)
        .failures(&["NotFound", "Conflict"]);
    let delete =
        draft("deleteSelection", "Deletes a selection; the selected entities stay.", &["IdParam"])
            .success("204", nothing())
            .failures(&READ);
    let owned = Draft::new(
        "getOwnedResources",
        &title(&USER),
        "Returns the resources that the users of a selection own.",
    )
    .parameters(&["XrfKeyParam", "UserSelectionParam", "LimitParam", "UserParam"])
    .success("200", reply(list(object())))
    .failures(&READ);
    let paths = paths
        .path("/selection", item(vec![(HttpMethod::Post, create)]))
        .path(
            "/selection/{id}",
            item(vec![
                (HttpMethod::Get, get),
                (HttpMethod::Put, update),
                (HttpMethod::Delete, delete),
            ]),
        )
        .path(format!("/{}/ownedresources", USER.path), item(vec![(HttpMethod::Get, owned)]));
    REGISTRY.iter().copied().fold(paths, of_entity)
}

/// What can be selected of a type, and done to all of it.
fn of_entity(paths: PathsBuilder, entity: &'static Entity) -> PathsBuilder {
    let kind = entity.resource_type;
    let under = format!("/selection/{{selection}}/{}", entity.path);
    let named = |verb: &str| format!("{verb}Selected{kind}s");
    let select = draft(
        &format!("select{kind}s"),
        &format!("Selects each {} that a filter finds.", entity.noun),
        &["FilterParam"],
    )
    .success("201", reply(reference("Selection").into()))
    .failures(&READ);
    let listed = |id: &str, schema: &str| {
        draft(
            id,
            &format!("Lists each selected {} that the caller may read.", entity.noun),
            &["SelectionParam"],
        )
        .parameters(&["FilterParam", "OrderByParam", "PrivilegesParam", "SkipParam", "TakeParam"])
        .success("200", list_response("The list", reference(schema).into()))
        .failures(&READ)
    };
    let delete = draft(
        &named("delete"),
        &format!("Deletes each selected {}, or none of them if one can't be deleted.", entity.noun),
        &["SelectionParam", "FilterParam"],
    )
    .success("204", nothing())
    .failures(&WRITING)
    .failures(&["NotFound", "Conflict"]);
    let count = draft(
        &named("count"),
        &format!("Counts each selected {}.", entity.noun),
        &["SelectionParam", "FilterParam"],
    )
    .success("200", reply(reference("EntityCount").into()))
    .failures(&READ);
    let table = draft(
        &named("table"),
        &format!("Returns selected columns of each selected {}.", entity.noun),
        &["SelectionParam", "FilterParam"],
    )
    .parameters(&["SortColumnParam", "OrderAscendingParam", "SkipParam", "TakeParam"])
    .body(columns(entity))
    .success("201", reply(object()))
    .failures(&READ)
    .failures(&["TooSlow", "TooLarge"]);
    let synthetic = draft(
        &named("getSynthetic"),
        "Returns the values that all selected entities have in common.",
        &["SelectionParam"],
    )
    .success("200", reply(object()))
    .failures(&READ);
    let change = draft(
        &named("updateSynthetic"),
        "Changes all selected entities, or none of them if one can't be changed.",
        &["SelectionParam"],
    )
    .body(object())
    .success("204", nothing())
    .failures(&WRITING)
    .failures(&["NotFound", "Conflict"]);
    let lists = listed(&named("get"), &format!("{kind}Condensed"));
    paths
        .path(format!("/selection/{}", entity.path), item(vec![(HttpMethod::Post, select)]))
        .path(&under, item(vec![(HttpMethod::Get, lists), (HttpMethod::Delete, delete)]))
        .path(
            format!("{under}/full"),
            item(vec![(HttpMethod::Get, listed(&named("getFull"), kind))]),
        )
        .path(format!("{under}/count"), item(vec![(HttpMethod::Get, count)]))
        .path(format!("{under}/table"), item(vec![(HttpMethod::Post, table)]))
        .path(
            format!("{under}/synthetic"),
            item(vec![(HttpMethod::Get, synthetic), (HttpMethod::Put, change)]),
        )
}

fn draft(id: &str, summary: &str, parameters: &[&str]) -> Draft {
    Draft::new(id, &title(&SELECTION), summary)
        .parameters(&["XrfKeyParam", "UserParam"])
        .parameters(parameters)
}

/// What is to be selected: a list of items, or one of them.
fn selected() -> RefOr<Schema> {
    let listed = ObjectBuilder::new().schema_type(SchemaType::AnyValue).required("items");
    let several = AllOfBuilder::new().item(reference("Selection")).item(listed);
    AnyOfBuilder::new().item(several).item(reference("SelectionItem")).into()
}

fn object() -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::Object).into()
}

fn list(items: RefOr<Schema>) -> RefOr<Schema> {
    ArrayBuilder::new().items(items).into()
}

fn reply(schema: RefOr<Schema>) -> Response {
    json_response("The result", ContentBuilder::new().schema(Some(schema)))
}

fn nothing() -> Response {
    ResponseBuilder::new().description("Success; the response has no content").build()
}
