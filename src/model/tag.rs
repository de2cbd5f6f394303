//! Tags: names that entities can be marked with. QRS allows several tags of one name.

use super::schema::{CREATED_DATE, Entity, ID, MODIFIED_BY_USER_NAME, MODIFIED_DATE, Property};

/// The tag.
pub static TAG: Entity = Entity {
    resource_type: "Tag",
    path: "tag",
    noun: "tag",
    table: "tags",
    properties: &[
        ID,
        CREATED_DATE,
        MODIFIED_DATE,
        MODIFIED_BY_USER_NAME,
        Property::text("name", "name", 255).required().condensed().in_rules().describe("Tag name; need not be unique"),
    ],
    unique: &[],
    together: &[],
};
