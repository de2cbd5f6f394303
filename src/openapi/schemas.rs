//! The schemas of bodies, from the declarations.

use super::derived::reply;
use crate::http::error::ErrorBody;
use crate::http::qrs::about::About;
use crate::http::qrs::entities::EntityCount;
use crate::model::{Entity, Kind, Presence, Property, Syntax};
use crate::policy::Warning;
use utoipa::openapi::schema::{AllOfBuilder, KnownFormat, SchemaFormat};
use utoipa::openapi::{ArrayBuilder, Object, ObjectBuilder, Ref, RefOr, Schema, Type};

/// The complete entity, as replies show it and updates accept it.
pub fn full(entity: &'static Entity) -> Object {
    let object = with_properties(entity, entity.properties.iter());
    let object =
        if entity.path.is_empty() { object } else { object.property("privileges", privileges()) };
    let object =
        if entity.has_warnings() { object.property("warnings", warnings()) } else { object };
    object
        .property("schemaPath", described(Type::String, "The resource type").read_only(true))
        .build()
}

/// The condensed entity, as lists and references show it.
pub fn condensed(entity: &'static Entity) -> Object {
    let shown = entity.condensed();
    shown.fold(ObjectBuilder::new(), add).property("privileges", privileges()).build()
}

/// The body of a create.
pub fn create(entity: &'static Entity) -> Object {
    let given = entity
        .properties
        .iter()
        .filter(|property| !matches!(property.presence, Presence::ServerSet(_)));
    with_properties(entity, given).build()
}

/// The schemas that do not belong to an entity type.
pub fn shared() -> [(&'static str, RefOr<Schema>); 3] {
    [
        ("Error", reply::<ErrorBody>()),
        ("EntityCount", reply::<EntityCount>()),
        ("About", reply::<About<'_>>()),
    ]
}

/// A reference to the schema with this name.
pub fn reference(name: &str) -> Ref {
    Ref::from_schema_name(name)
}

fn with_properties(
    entity: &'static Entity,
    properties: impl Iterator<Item = &'static Property>,
) -> ObjectBuilder {
    let required =
        entity.properties.iter().filter(|property| matches!(property.presence, Presence::Required));
    let object = properties.fold(ObjectBuilder::new(), add);
    required.fold(object, |object, property| object.required(property.name))
}

fn add(object: ObjectBuilder, property: &'static Property) -> ObjectBuilder {
    object.property(property.name, schema(property))
}

fn schema(property: &'static Property) -> RefOr<Schema> {
    let read_only = matches!(property.presence, Presence::ServerSet(_));
    let of = |kind: Type| described(kind, property.description).read_only(read_only);
    match property.kind {
        Kind::Id => of(Type::String).format(Some(SchemaFormat::Custom("uuid".to_owned()))).into(),
        Kind::Date => {
            of(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime))).into()
        }
        Kind::Boolean => of(Type::Boolean).into(),
        Kind::Integer { min, max } => {
            of(Type::Integer).minimum(Some(min)).maximum(Some(max)).into()
        }
        Kind::Enumeration(choices) => {
            let numbers = choices.iter().map(|choice| choice.number);
            let names: Vec<String> = choices
                .iter()
                .map(|choice| format!("{} {}", choice.number, choice.names.join(" or ")))
                .collect();
            let description = format!("{}: {}", property.description, names.join(", "));
            of(Type::Integer).enum_values(Some(numbers)).description(Some(description)).into()
        }
        Kind::Text { min, max, syntax } => {
            let text = of(Type::String).max_length(Some(max)).min_length((min > 0).then_some(min));
            match syntax {
                Syntax::Any | Syntax::Line | Syntax::TypeName => text.into(),
                Syntax::Guid => {
                    of(Type::String).format(Some(SchemaFormat::Custom("uuid".to_owned()))).into()
                }
                Syntax::Identifier => text.pattern(Some("^[A-Za-z0-9_]+$")).into(),
                Syntax::OneOf(words) => text.enum_values(Some(words.iter().copied())).into(),
            }
        }
        Kind::Secret { max, .. } => of(Type::String).max_length(Some(max)).write_only(true).into(),
        Kind::Strings { max, .. } => list(
            property,
            RefOr::from(
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .min_length(Some(1))
                    .max_length(Some(max)),
            ),
        ),
        Kind::Reference(target) => {
            let target = reference(&format!("{}Condensed", target.resource_type));
            AllOfBuilder::new().item(target).description(Some(property.description)).into()
        }
        Kind::Links(target) => {
            list(property, reference(&format!("{}Condensed", target.resource_type)).into())
        }
        Kind::Elements(element) => list(property, reference(element.resource_type).into()),
    }
}

fn list(property: &Property, items: RefOr<Schema>) -> RefOr<Schema> {
    ArrayBuilder::new().items(items).description(Some(property.description)).into()
}

fn privileges() -> ArrayBuilder {
    let names = ObjectBuilder::new().schema_type(Type::String);
    ArrayBuilder::new().items(names).description(Some(
        "The actions that the caller may perform; only if the request asks for them",
    ))
}

/// The warnings in the reply to a write.
fn warnings() -> ArrayBuilder {
    let description = "Warnings about conditions of a rule that can never be true, names that do \
                       not exist, roles of a user that no rule mentions, and object types that do \
                       not exist. Present only in responses to POST and PUT, and only if there is \
                       a warning; the entity is stored nevertheless. Ignored in requests. An \
                       addition to QRS";
    ArrayBuilder::new().items(reply::<Warning>()).description(Some(description))
}

fn described(kind: Type, description: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(kind).description(Some(description))
}
