//! Users, who make requests and own entities.

use super::USER_ATTRIBUTE;
use super::action::Action;
use super::allowed_values::Syntax;
use super::common_properties::{CREATED_DATE, ID, MODIFIED_BY_USER_NAME, MODIFIED_DATE};
use super::custom_property_value::custom_properties;
use super::defines::Defines;
use super::list_limits::MOST_ITEMS;
use super::presence::Default;
use super::role::Role;
use super::schema::{Entity, Property};
use super::staging::Staging;
use super::tag::tags;

/// The user, identified by directory and user id together. Both are fixed, because the rights of a
/// user depend on them.
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
        custom_properties("user_custom_properties"),
        Property::text("userId", "user_id", 255)
            .required()
            .syntax(Syntax::Line)
            .fixed()
            .condensed()
            .in_rules()
            .describe(
                "Identifier within the directory; unique together with userDirectory, case ignored",
            ),
        Property::text("userDirectory", "user_directory", 255)
            .required()
            .syntax(Syntax::Line)
            .fixed()
            .condensed()
            .in_rules()
            .describe("Directory that the user belongs to"),
        Property::text("userDirectoryConnectorName", "user_directory_connector_name", 255)
            .condensed()
            .in_rules()
            .describe("Name of the connector that added the user"),
        Property::text("name", "name", 511)
            .syntax(Syntax::Line)
            .or(Default::SameAs("userId"))
            .condensed()
            .in_rules()
            .describe("Display name; by default the userId"),
        Property::strings("roles", "user_roles", 255, MOST_ITEMS)
            .in_rules()
            .changed_by(Action::ChangeRole)
            .role(Role::UserRoles)
            .describe("Roles, such as RootAdmin"),
        Property::elements("attributes", "user_attributes", &USER_ATTRIBUTE)
            .role(Role::Attributes)
            .describe("Attributes from the directory or the sign-in, such as group and email"),
        Property::boolean("inactive", "inactive")
            .role(Role::Barred)
            .describe("Whether the user is barred from signing in"),
        Property::boolean("removedExternally", "removed_externally")
            .describe("Whether the directory no longer has the user"),
        Property::boolean("blacklisted", "blacklisted")
            .role(Role::Barred)
            .describe("Whether the user is blocked"),
        Property::boolean("deleteProhibited", "delete_prohibited")
            .server_set(Default::Number(0))
            .role(Role::ServiceAccount)
            .describe("Whether this is a service account, which can't be deleted"),
        tags("user_tags"),
    ],
    unique: &[&["userDirectory", "userId"]],
    console_columns: &["userId", "userDirectory", "name", "roles", "inactive", "tags"],
    defines: Defines::Users,
    staging: Some(Staging {
        keys: &[&["userDirectory", "userId"]],
        own: &[("deleteProhibited", "true")],
        filter: None,
    }),
    ..Entity::PLAIN
};

/// The user who owns an entity: by default the user who creates it. Conditions of rules may use the
/// owner.
pub const OWNER: Property = Property::reference("owner", "owner_id", &USER)
    .or(Default::Caller)
    .in_rules()
    .role(Role::Owner)
    .describe("The owner; by default the user who creates the entity");
