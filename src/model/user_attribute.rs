//! User attributes: the elements in a user's `attributes`, such as the user's groups.

use super::common_properties::{CREATED_DATE, ID, MODIFIED_BY_USER_NAME, MODIFIED_DATE};
use super::role::Role;
use super::schema::{Entity, Property};

/// The user attribute: one value of one type, such as `group`.
pub static USER_ATTRIBUTE: Entity = Entity {
    resource_type: "UserAttribute",
    noun: "user attribute",
    properties: &[
        ID,
        CREATED_DATE,
        MODIFIED_DATE,
        MODIFIED_BY_USER_NAME,
        Property::text("attributeType", "attribute_type", 255)
            .required()
            .role(Role::AttributeType)
            .describe("Type of the attribute, such as group or email"),
        Property::text("attributeValue", "attribute_value", 1024)
            .role(Role::AttributeValue)
            .describe("Value of the attribute"),
        Property::text("externalId", "external_id", 255)
            .describe("Identifier in the system that the attribute comes from"),
    ],
    ..Entity::PLAIN
};
