//! Custom property definitions: properties that a site adds to its entities.

use super::allowed_values::Syntax;
use super::common_properties::{CREATED_DATE, ID, MODIFIED_BY_USER_NAME, MODIFIED_DATE};
use super::defines::Defines;
use super::list_limits::{MOST_CHOICES, MOST_ITEMS};
use super::presence::Default;
use super::role::Role;
use super::schema::{Entity, Property};
use super::staging::Staging;

/// The custom property definition.
pub static CUSTOM_PROPERTY_DEFINITION: Entity = Entity {
    resource_type: "CustomPropertyDefinition",
    path: "custompropertydefinition",
    noun: "custom property definition",
    table: "custom_property_definitions",
    properties: &[
        ID,
        CREATED_DATE,
        MODIFIED_DATE,
        MODIFIED_BY_USER_NAME,
        Property::text("name", "name", 100)
            .required()
            .syntax(Syntax::Identifier)
            .condensed()
            .in_rules()
            .describe("Name, which filters write as @Name; unique, case ignored"),
        Property::text("valueType", "value_type", 100)
            .or(Default::Text("Text"))
            .syntax(Syntax::OneOf(&["Text"]))
            .condensed()
            .describe("Type of the values; always Text"),
        Property::strings(
            "choiceValues",
            "custom_property_definition_choice_values",
            1024,
            MOST_CHOICES,
        )
        .condensed()
        .role(Role::ChoiceValues)
        .describe("The allowed values; if empty, any text is allowed"),
        Property::strings(
            "objectTypes",
            "custom_property_definition_object_types",
            255,
            MOST_ITEMS,
        )
        .role(Role::ResourceTypes)
        .describe("The resource types that may carry the property, such as DataConnection"),
        Property::text("description", "description", 512).describe("Purpose of the property"),
    ],
    unique: &[&["name"]],
    console_columns: &["name", "choiceValues", "objectTypes", "description"],
    defines: Defines::CustomProperties,
    staging: Some(Staging { keys: &[&["name"]], own: &[], filter: None }),
    ..Entity::PLAIN
};
