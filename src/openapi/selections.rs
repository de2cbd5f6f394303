//! The operations of selections.

use super::draft::{Draft, item};
use super::parts::{WRITING, json_response, list_response};
use super::paths::{columns, plural, title};
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
    let owned = Draft::new(
        "getOwnedResources",
        &title(&USER),
        "Returns the resources that the users of a selection own.",
    )
    .parameters(&["XrfKeyParam", "UserSelectionParam", "LimitParam", "UserParam"])
    .success("200", reply(list(object())))
    .failures(&READ);
    let paths = paths
        .path("/selection", item(vec![(HttpMethod::Post, create())]))
        .path(
            "/selection/{id}",
            item(vec![
                (HttpMethod::Get, get()),
                (HttpMethod::Put, update()),
                (HttpMethod::Delete, delete()),
            ]),
        )
        .path(format!("/{}/ownedresources", USER.path), item(vec![(HttpMethod::Get, owned)]));
    REGISTRY.iter().copied().fold(paths, of_entity)
}

fn create() -> Draft {
    let summary = "Selects one or more entities, to process all of them with one request.";
    draft("createSelection", summary, &[])
        .body(selected())
        .success("201", reply(reference("Selection").into()))
        .failures(&WRITING)
        .failures(&["NotFound"])
}

fn get() -> Draft {
    draft("getSelection", "Gets one of the caller's selections.", &["IdParam"])
        .success("200", reply(reference("Selection").into()))
        .failures(&READ)
}

fn update() -> Draft {
    draft("updateSelection", "Replaces the items of a selection.", &["IdParam"])
        .body(selected())
        .success("200", reply(reference("Selection").into()))
        .failures(&WRITING)
        .failures(&["NotFound", "Conflict"])
}

fn delete() -> Draft {
    let summary = "Deletes a selection; the selected entities stay.";
    draft("deleteSelection", summary, &["IdParam"]).success("204", nothing()).failures(&READ)
}

/// The operations on the selected entities of a type.
fn of_entity(paths: PathsBuilder, entity: &'static Entity) -> PathsBuilder {
    let under = format!("/selection/{{selection}}/{}", entity.path);
    let condensed = format!("{}Condensed", entity.resource_type);
    let listed = list_selected(entity, "get", &condensed);
    let listed_in_full = list_selected(entity, "getFull", entity.resource_type);
    let count = (HttpMethod::Get, count_selected(entity));
    let table = (HttpMethod::Post, table_of_selected(entity));
    let synthetic =
        vec![(HttpMethod::Get, common_values(entity)), (HttpMethod::Put, change_selected(entity))];
    paths
        .path(format!("/selection/{}", entity.path), item(vec![(HttpMethod::Post, select(entity))]))
        .path(
            &under,
            item(vec![(HttpMethod::Get, listed), (HttpMethod::Delete, delete_selected(entity))]),
        )
        .path(format!("{under}/full"), item(vec![(HttpMethod::Get, listed_in_full)]))
        .path(format!("{under}/count"), item(vec![count]))
        .path(format!("{under}/table"), item(vec![table]))
        .path(format!("{under}/synthetic"), item(synthetic))
}

/// The id of an operation on selected entities of a type.
fn id_of(verb: &str, entity: &Entity) -> String {
    format!("{verb}Selected{}s", entity.resource_type)
}

fn select(entity: &'static Entity) -> Draft {
    let id = format!("select{}s", entity.resource_type);
    draft(&id, &format!("Selects the {} that a filter finds.", plural(entity)), &["FilterParam"])
        .success("201", reply(reference("Selection").into()))
        .failures(&READ)
}

fn list_selected(entity: &'static Entity, verb: &str, schema: &str) -> Draft {
    let summary = format!("Lists the selected {} that the caller may read.", plural(entity));
    draft(&id_of(verb, entity), &summary, &["SelectionParam"])
        .parameters(&["FilterParam", "OrderByParam", "PrivilegesParam", "SkipParam", "TakeParam"])
        .success("200", list_response("The list", reference(schema).into()))
        .failures(&READ)
}

fn delete_selected(entity: &'static Entity) -> Draft {
    let summary =
        format!("Deletes all selected {}, or none if one can't be deleted.", plural(entity));
    draft(&id_of("delete", entity), &summary, &["SelectionParam", "FilterParam"])
        .success("204", nothing())
        .failures(&WRITING)
        .failures(&["NotFound", "Conflict"])
}

fn count_selected(entity: &'static Entity) -> Draft {
    let summary = format!("Counts the selected {}.", plural(entity));
    draft(&id_of("count", entity), &summary, &["SelectionParam", "FilterParam"])
        .success("200", reply(reference("EntityCount").into()))
        .failures(&READ)
}

fn table_of_selected(entity: &'static Entity) -> Draft {
    let summary = format!("Returns selected columns of the selected {}.", plural(entity));
    draft(&id_of("table", entity), &summary, &["SelectionParam", "FilterParam"])
        .parameters(&["SortColumnParam", "OrderAscendingParam", "SkipParam", "TakeParam"])
        .body(columns(entity))
        .success("201", reply(object()))
        .failures(&READ)
        .failures(&["TooSlow", "TooLarge"])
}

fn common_values(entity: &'static Entity) -> Draft {
    let summary = "Returns the values that all selected entities have in common.";
    draft(&id_of("getSynthetic", entity), summary, &["SelectionParam"])
        .success("200", reply(object()))
        .failures(&READ)
}

fn change_selected(entity: &'static Entity) -> Draft {
    let summary = "Changes all selected entities, or none of them if one can't be changed.";
    draft(&id_of("updateSynthetic", entity), summary, &["SelectionParam"])
        .body(object())
        .success("204", nothing())
        .failures(&WRITING)
        .failures(&["NotFound", "Conflict"])
}

fn draft(id: &str, summary: &str, parameters: &[&str]) -> Draft {
    Draft::new(id, &title(&SELECTION), summary)
        .parameters(&["XrfKeyParam", "UserParam"])
        .parameters(parameters)
}

/// The body of a selection: a list of items, or a single item.
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
