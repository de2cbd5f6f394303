//! Custom property values: the elements in an entity's `customProperties`.

use super::CUSTOM_PROPERTY_DEFINITION;
use super::schema::{CREATED_DATE, Entity, ID, MODIFIED_BY_USER_NAME, MODIFIED_DATE, Property};

/// The custom property value: one value of one definition, on one entity.
pub static CUSTOM_PROPERTY_VALUE: Entity = Entity {
    resource_type: "CustomPropertyValue",
    path: "",
    noun: "custom property value",
    table: "",
    properties: &[
        ID,
        CREATED_DATE,
        MODIFIED_DATE,
        MODIFIED_BY_USER_NAME,
        Property::text("value", "value", 1024)
            .required()
            .describe("The value; one of the definition's choiceValues where it has any"),
        Property::reference("definition", "definition_id", &CUSTOM_PROPERTY_DEFINITION)
            .describe("The definition that the value belongs to"),
    ],
    unique: &[],
    together: &[],
};
