//! Data connections: how an engine reaches a source of data.

use super::schema::{
    CREATED_DATE, Choice, Default, Entity, ID, MODIFIED_BY_USER_NAME, MODIFIED_DATE, Property, Syntax,
};
use super::{CUSTOM_PROPERTY_VALUE, TAG, USER};

/// The data connection. Names are unique over all owners, as in QRS.
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
        Property::elements("customProperties", "data_connection_custom_properties", &CUSTOM_PROPERTY_VALUE)
            .describe("Values of custom properties; a write replaces the whole list"),
        Property::reference("owner", "owner_id", &USER)
            .or(Default::Caller)
            .changed_by("changeowner")
            .in_rules()
            .describe("The owner; the caller unless a create names another"),
        Property::text("name", "name", 256).required().condensed().in_rules().describe("Name; unique, case ignored"),
        Property::text("connectionstring", "connectionstring", 100_000)
            .required()
            .condensed()
            .describe("Connection string, with the parameters of the provider"),
        Property::text("type", "type", 500)
            .required()
            .syntax(Syntax::TypeName)
            .condensed()
            .in_rules()
            .describe("Type of the provider, such as QvOdbcConnectorPackage.exe, folder or internet"),
        // The contract says GUID, QRS says free text: QRS's hub sets it to the connection's own id, so that is the default.
        Property::text("engineObjectId", "engine_object_id", 36)
            .syntax(Syntax::Guid)
            .or(Default::OwnId)
            .condensed()
            .describe("The engine's identifier of the connection; its own id unless given"),
        Property::text("username", "username", 500).condensed().describe("User name at the source"),
        Property::secret("password", "password", 524_288, "connectionstring").describe(
            "Password at the source: stored encrypted, never returned. Absent or null keeps it, \"\" clears it",
        ),
        Property::enumeration("logOn", "log_on", LOG_ON).condensed().describe("As whom the engine logs on"),
        Property::enumeration("architecture", "architecture", ARCHITECTURE)
            .condensed()
            .describe("Architecture of the provider"),
        Property::links("tags", "data_connection_tags", &TAG).describe("Tags; a write replaces the whole list"),
    ],
    unique: &[&["name"]],
    // A password goes where the connection string says.
    together: &[&["connectionstring", "username", "password", "logOn"]],
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
