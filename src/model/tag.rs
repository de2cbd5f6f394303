//! Tags: names for marking entities. QRS allows several tags with the same name.

use super::common_properties::{CREATED_DATE, ID, MODIFIED_BY_USER_NAME, MODIFIED_DATE};
use super::role::Role;
use super::schema::{Entity, Property};
use super::staging::Staging;

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
        Property::text("name", "name", 255)
            .required()
            .condensed()
            .in_rules()
            .describe("Tag name; need not be unique"),
    ],
    staging: Some(Staging { keys: &[&["name"]], own: &[], filter: None }),
    ..Entity::PLAIN
};

/// The tags of an entity, linked through `table`.
pub const fn tags(table: &'static str) -> Property {
    Property::links("tags", table, &TAG)
        .role(Role::Tags)
        .describe("Tags; a write replaces the whole list")
}
