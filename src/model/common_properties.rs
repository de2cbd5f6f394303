//! The properties that every type has.

use super::presence::{Default, Presence};
use super::role::Role;
use super::schema::{Kind, Property};

/// The entity's GUID: made by the server unless a create brings one.
pub const ID: Property = Property::new("id", "id", Kind::Id, Presence::Optional(Default::OwnId))
    .condensed()
    .fixed()
    .in_rules()
    .label("ID")
    .describe("Unique identifier");

/// When the entity was made.
pub const CREATED_DATE: Property =
    Property::new("createdDate", "created_date", Kind::Date, Presence::ServerSet(Default::Now))
        .label("Created")
        .describe("When the entity was created (UTC)");

/// When the entity was last written; the version that an update must show.
pub const MODIFIED_DATE: Property =
    Property::new("modifiedDate", "modified_date", Kind::Date, Presence::ServerSet(Default::Now))
        .role(Role::Version)
        .label("Modified")
        .describe("When the entity was last modified (UTC); an update must send it back");

/// Who wrote the entity last, as `DIRECTORY\userid`.
pub const MODIFIED_BY_USER_NAME: Property =
    Property::text("modifiedByUserName", "modified_by_user_name", 511)
        .server_set(Default::CallerName)
        .label("Modified by")
        .describe("The user who last modified the entity, as DIRECTORY\\userid");
