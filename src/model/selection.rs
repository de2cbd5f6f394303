//! Selections: entities that a user has selected, to process all of them with one request (QRS
//! reference, 2.4).

use super::USER;
use super::allowed_values::Syntax;
use super::common_properties::{CREATED_DATE, ID, MODIFIED_BY_USER_NAME, MODIFIED_DATE};
use super::presence::Default;
use super::role::Role;
use super::schema::{Entity, Property};

/// The selection. It is private to its owner, whatever the rules say, and short-lived, so it is not
/// in the registry.
pub static SELECTION: Entity = Entity {
    resource_type: "Selection",
    path: "selection",
    noun: "selection",
    table: "selections",
    properties: &[
        ID,
        CREATED_DATE,
        MODIFIED_DATE,
        MODIFIED_BY_USER_NAME,
        Property::reference("owner", "owner_id", &USER)
            .server_set(Default::Caller)
            .role(Role::Owner)
            .describe("The user who made the selection"),
        Property::elements("items", "selection_items", &SELECTION_ITEM)
            .describe("The selected entities"),
    ],
    // They are a user's own bookmarks, last for a day, and can contain ten thousand items each.
    is_private: true,
    ..Entity::PLAIN
};

/// One entity in a selection.
pub static SELECTION_ITEM: Entity = Entity {
    resource_type: "SelectionItem",
    noun: "selection item",
    properties: &[
        ID,
        CREATED_DATE,
        MODIFIED_DATE,
        MODIFIED_BY_USER_NAME,
        Property::text("type", "type", 255)
            .required()
            .describe("Type of the entity, such as DataConnection"),
        Property::text("objectID", "object_id", 36)
            .required()
            .syntax(Syntax::Guid)
            .describe("Id of the entity"),
        Property::text("objectName", "object_name", 511)
            .server_set(Default::Text(""))
            .describe("Name of the entity when it was selected"),
    ],
    ..Entity::PLAIN
};
