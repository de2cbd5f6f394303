//! Users: who asks, and who owns.

use super::list_limits::MOST_ITEMS;
use super::schema::{CREATED_DATE, Default, Entity, ID, MODIFIED_BY_USER_NAME, MODIFIED_DATE, Property, Syntax};
use super::{CUSTOM_PROPERTY_VALUE, TAG, USER_ATTRIBUTE};

/// The user, known by directory and user id together. Both are fixed: what a user may do hangs on who he is.
pub static USER: Entity = Entity {
    resource_type: "User",
    path: "user",
    noun: "user",
    table: "users",
    properties: &[
        ID,
        CREATED_DATE,
        MODIFIED_DATE,
        MODIFIED_BY_USER_NAME,
        Property::elements("customProperties", "user_custom_properties", &CUSTOM_PROPERTY_VALUE)
            .describe("Values of custom properties; a write replaces the whole list"),
        Property::text("userId", "user_id", 255)
            .required()
            .syntax(Syntax::Line)
            .fixed()
            .condensed()
            .in_rules()
            .describe("Identifier within the directory; unique together with userDirectory, case ignored"),
        Property::text("userDirectory", "user_directory", 255)
            .required()
            .syntax(Syntax::Line)
            .fixed()
            .condensed()
            .in_rules()
            .describe("Directory that the user comes from"),
        Property::text("userDirectoryConnectorName", "user_directory_connector_name", 255)
            .condensed()
            .in_rules()
            .describe("Name of the connector that brought the user"),
        Property::text("name", "name", 511)
            .syntax(Syntax::Line)
            .or(Default::SameAs("userId"))
            .condensed()
            .in_rules()
            .describe("Display name; the userId unless given"),
        Property::strings("roles", "user_roles", 255, MOST_ITEMS)
            .in_rules()
            .changed_by("changerole")
            .describe("Roles, such as RootAdmin"),
        Property::elements("attributes", "user_attributes", &USER_ATTRIBUTE)
            .describe("Attributes from the directory or the sign-in, such as group and email"),
        Property::boolean("inactive", "inactive").describe("Whether the user is barred from signing in"),
        Property::boolean("removedExternally", "removed_externally")
            .describe("Whether the directory no longer has the user"),
        Property::boolean("blacklisted", "blacklisted").describe("Whether the user is blocked"),
        Property::boolean("deleteProhibited", "delete_prohibited")
            .server_set(Default::Number(0))
            .describe("Whether this is a service account, which can't be deleted"),
        Property::links("tags", "user_tags", &TAG).describe("Tags; a write replaces the whole list"),
    ],
    unique: &[&["userDirectory", "userId"]],
    together: &[],
};
