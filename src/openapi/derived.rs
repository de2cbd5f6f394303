//! Schemas derived from the types that serde reads and writes.

use utoipa::PartialSchema;
use utoipa::openapi::schema::{
    AdditionalProperties, AllOfBuilder, ArrayItems, KnownFormat, SchemaFormat,
};
use utoipa::openapi::{ArrayBuilder, Object, RefOr, Schema};

/// The schema of a body. Numbers have the bounds of their types.
pub fn body<T: PartialSchema>() -> RefOr<Schema> {
    let mut schema = T::schema();
    each_object(&mut schema, &set_bounds);
    schema
}

/// The schema of a reply. It states the types of its fields, but not that each of them is always
/// present.
pub fn reply<T: PartialSchema>() -> RefOr<Schema> {
    let mut schema = T::schema();
    each_object(&mut schema, &|object| {
        object.required.clear();
        if is_integer(object) {
            (object.format, object.minimum) = (None, None);
        }
    });
    schema
}

/// The schema of a reply with a list.
pub fn list_of<T: PartialSchema>() -> RefOr<Schema> {
    ArrayBuilder::new().items(reply::<T>()).into()
}

/// The same schema with one of its properties refined by `refine`.
///
/// In a debug build it panics if the property does not exist, so that a renamed field does not
/// silently lose its bounds.
pub fn with(
    mut schema: RefOr<Schema>,
    property: &str,
    refine: impl FnOnce(&mut Schema),
) -> RefOr<Schema> {
    let found = match &mut schema {
        RefOr::T(Schema::Object(object)) => object.properties.get_mut(property),
        _ => None,
    };
    debug_assert!(matches!(found, Some(RefOr::T(_))), "no property {property} to refine");
    if let Some(RefOr::T(found)) = found {
        refine(found);
    }
    schema
}

/// Restricts a text to these values.
pub fn one_of(words: &[&str]) -> impl FnOnce(&mut Schema) {
    let words = words.iter().map(|word| (*word).into()).collect();
    move |schema| {
        if let Schema::Object(object) = schema {
            object.enum_values = Some(words);
        }
    }
}

/// Restricts a number to these values.
pub fn one_of_numbers(numbers: &[i64]) -> impl FnOnce(&mut Schema) {
    let numbers = numbers.iter().map(|number| (*number).into()).collect();
    move |schema| {
        if let Schema::Object(object) = schema {
            (object.minimum, object.maximum) = (None, None);
            object.enum_values = Some(numbers);
        }
    }
}

/// Restricts a number to these bounds.
pub fn within(min: i64, max: i64) -> impl FnOnce(&mut Schema) {
    move |schema| {
        if let Schema::Object(object) = schema {
            (object.minimum, object.maximum) = (Some(min.into()), Some(max.into()));
        }
    }
}

/// Restricts a list to this many items.
pub fn at_most(items: usize) -> impl FnOnce(&mut Schema) {
    move |schema| {
        if let Schema::Array(array) = schema {
            array.max_items = Some(items);
        }
    }
}

fn is_integer(object: &Object) -> bool {
    use KnownFormat::{Int32, Int64, UInt8, UInt32, UInt64};
    let sizes = [Int32, Int64, UInt8, UInt32, UInt64].map(SchemaFormat::KnownFormat);
    object.minimum.is_some() || object.format.as_ref().is_some_and(|format| sizes.contains(format))
}

/// Replaces the name of a number's size, which JSON Schema does not have, by bounds.
fn set_bounds(object: &mut Object) {
    let (min, max) = match object.format {
        Some(SchemaFormat::KnownFormat(KnownFormat::UInt32)) => (0, u32::MAX.into()),
        Some(SchemaFormat::KnownFormat(KnownFormat::Int64)) => (i64::MIN, i64::MAX),
        _ => return,
    };
    object.format = None;
    (object.minimum, object.maximum) = (Some(min.into()), Some(max.into()));
}

/// Changes each object and scalar in a schema. The fields of a flattened field become fields of the
/// object around it, as in JSON.
fn each_object(schema: &mut RefOr<Schema>, change: &impl Fn(&mut Object)) {
    let RefOr::T(schema) = schema else { return };
    match schema {
        Schema::Object(object) => {
            change(object);
            object.properties.values_mut().for_each(|property| each_object(property, change));
            if let Some(AdditionalProperties::RefOr(value)) =
                object.additional_properties.as_deref_mut()
            {
                each_object(value, change);
            }
        }
        Schema::Array(array) => {
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                each_object(items, change);
            }
        }
        Schema::OneOf(one_of) => one_of.items.iter_mut().for_each(|item| each_object(item, change)),
        Schema::AllOf(all_of) => {
            let parts = std::mem::take(&mut all_of.items);
            let description = all_of.description.take();
            if let Some(mut whole) =
                parts.into_iter().map(|part| changed(part, change)).reduce(merged)
            {
                describe(&mut whole, description);
                *schema = whole;
            }
        }
        _ => {}
    }
}

fn changed(part: RefOr<Schema>, change: &impl Fn(&mut Object)) -> Schema {
    let mut part = part;
    each_object(&mut part, change);
    match part {
        RefOr::T(schema) => schema,
        RefOr::Ref(reference) => AllOfBuilder::new().item(reference).into(),
    }
}

/// An object with the fields of both.
fn merged(one: Schema, other: Schema) -> Schema {
    match (one, other) {
        (Schema::Object(mut one), Schema::Object(other)) => {
            one.properties.extend(other.properties);
            one.required.extend(other.required);
            Schema::Object(one)
        }
        (one, other) => AllOfBuilder::new().item(one).item(other).into(),
    }
}

/// Sets the description of a field in place of that of its type.
fn describe(schema: &mut Schema, description: Option<String>) {
    if let (Schema::Object(object), Some(description)) = (schema, description) {
        object.description = Some(description);
    }
}
