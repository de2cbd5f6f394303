//! Data connections: how an engine reaches a data source.

use super::action::Action;
use super::allowed_values::{Choice, Syntax};
use super::common_properties::{CREATED_DATE, ID, MODIFIED_BY_USER_NAME, MODIFIED_DATE};
use super::custom_property_value::custom_properties;
use super::presence::Default;
use super::role::Role;
use super::schema::{Entity, Property};
use super::staging::Staging;
use super::tag::tags;
use super::user::OWNER;

/// The data connection. Names are unique across all owners, as in QRS.
pub static DATA_CONNECTION: Entity = Entity {
    resource_type: "DataConnection",
    path: "dataconnection",
    noun: "data connection",
    table: "data_connections",
    properties: &[
        ID,
        CREATED_DATE,
        MODIFIED_DATE,
        MODIFIED_BY_USER_NAME,
        custom_properties("data_connection_custom_properties"),
        OWNER.changed_by(Action::ChangeOwner),
        Property::text("name", "name", 256)
            .required()
            .condensed()
            .in_rules()
            .describe("Name; unique, case ignored"),
        Property::text("connectionstring", "connectionstring", 100_000)
            .required()
            .condensed()
            .label("Connection string")
            .describe("Connection string, with the parameters of the provider"),
        Property::text("type", "type", 500)
            .required()
            .syntax(Syntax::TypeName)
            .condensed()
            .in_rules()
            .describe(
                "Type of the provider, such as QvOdbcConnectorPackage.exe, folder or internet",
            ),
        // The contract says GUID, QRS says free text. QRS's hub sets it to the connection's own id,
        // so that is the default.
        Property::text("engineObjectId", "engine_object_id", 36)
            .syntax(Syntax::Guid)
            .or(Default::OwnId)
            .condensed()
            .describe(
                "The engine's identifier of the connection; by default the id of the connection",
            ),
        Property::text("username", "username", 500)
            .condensed()
            .role(Role::UserName)
            .label("User name")
            .describe("User name at the source"),
        Property::secret("password", "password", 524_288, "connectionstring").describe(
            "Password at the source: stored encrypted, never returned. If absent or null, it \
             stays; \"\" clears it",
        ),
        Property::enumeration("logOn", "log_on", LOG_ON)
            .condensed()
            .describe("The account with which the engine logs on"),
        Property::enumeration("architecture", "architecture", ARCHITECTURE)
            .condensed()
            .describe("Architecture of the provider"),
        tags("data_connection_tags"),
    ],
    unique: &[&["name"]],
    // The password is sent to where the connection string points.
    together: &[&["connectionstring", "username", "password", "logOn"]],
    console_columns: &[
        "name",
        "type",
        "connectionstring",
        "username",
        "owner",
        "tags",
        "modifiedDate",
    ],
    staging: Some(Staging {
        keys: &[&["name"]],
        // They point to the log folders of the site, and to its own repository.
        own: &[
            ("name", "monitor_apps_REST_*"),
            ("name", "ArchivedLogsFolder"),
            ("name", "ServerLogFolder"),
        ],
        filter: None,
    }),
    ..Entity::PLAIN
};

const LOG_ON: &[Choice] = &[
    Choice { number: 0, names: &["LOG_ON_SERVICE_USER", "ServiceUser"] },
    Choice { number: 1, names: &["LOG_ON_CURRENT_USER", "CurrentUser"] },
];

const ARCHITECTURE: &[Choice] = &[
    Choice { number: 0, names: &["Undefined"] },
    Choice { number: 1, names: &["x86"] },
    Choice { number: 2, names: &["x64"] },
];
