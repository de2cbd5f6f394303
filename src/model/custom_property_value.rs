//! Custom property values: the elements in an entity's `customProperties`.

use super::CUSTOM_PROPERTY_DEFINITION;
use super::common_properties::{CREATED_DATE, ID, MODIFIED_BY_USER_NAME, MODIFIED_DATE};
use super::role::Role;
use super::schema::{Entity, Property};

/// The custom property value: one value of one definition, on one entity.
pub static CUSTOM_PROPERTY_VALUE: Entity = Entity {
    resource_type: "CustomPropertyValue",
    noun: "custom property value",
    properties: &[
        ID,
        CREATED_DATE,
        MODIFIED_DATE,
        MODIFIED_BY_USER_NAME,
        Property::text("value", "value", 1024)
            .required()
            .role(Role::Value)
            .describe("The value; if the definition has choiceValues, one of these"),
        Property::reference("definition", "definition_id", &CUSTOM_PROPERTY_DEFINITION)
            .role(Role::Definition)
            .describe("The definition that the value belongs to"),
    ],
    ..Entity::PLAIN
};

/// The custom property values of an entity, stored in `table`.
pub const fn custom_properties(table: &'static str) -> Property {
    Property::elements("customProperties", table, &CUSTOM_PROPERTY_VALUE)
        .role(Role::CustomProperties)
        .describe("Values of custom properties; a write replaces the whole list")
}
