//! Entries of the audit log: who did what, from where, and what was before and after. Nobody
//! writes them but the server.

use super::common_properties::{CREATED_DATE, ID};
use super::role::Role;
use super::schema::{Entity, Property};

/// The entry. It can only be read, so it is no type of the registry, all of whose operations
/// clients may ask for.
pub static AUDIT_ENTRY: Entity = Entity {
    resource_type: "AuditEntry",
    path: "auditentry",
    noun: "audit entry",
    table: "audit_log",
    properties: &[
        ID,
        CREATED_DATE.condensed(),
        Property::integer("number", "number", 1, i64::MAX)
            .condensed()
            .describe("Number in the audit log, without gaps"),
        Property::text("userName", "user_name", 511)
            .condensed()
            .in_rules()
            .describe("Who, as DIRECTORY\\userid"),
        Property::text("address", "address", 64)
            .condensed()
            .describe("From where; empty at the machine itself"),
        Property::text("requestID", "request_id", 36)
            .describe("The request, as its X-Request-Id and the log name it"),
        Property::text("action", "action", 255).condensed().in_rules().describe("What was done"),
        Property::text("outcome", "outcome", 16).condensed().in_rules().describe("done or refused"),
        Property::text("type", "type", 64)
            .condensed()
            .in_rules()
            .describe("Type of what it was done to"),
        Property::text("objectID", "object_id", 36)
            .condensed()
            .describe("Id of what it was done to"),
        Property::text("objectName", "object_name", 511)
            .condensed()
            .describe("Its name at that time"),
        Property::text("detail", "detail", 4_096).condensed().describe("More about it, in words"),
        Property::text("before", "before", 0x80_0000).describe(
            "What was there, as JSON, without secrets; of a change, what it changed; of a list, \
             what it removed; of a removal, also which entities lost what",
        ),
        Property::text("after", "after", 0x10_0000)
            .describe("What is there now, in the same way; of a list, what was added"),
        Property::text("hash", "hash", 64)
            .describe("SHA-256 over the entry and the hash of the one before, in hexadecimal"),
    ],
    // `audit_log` is a view of it.
    log_table: Some("audit_entries"),
    ..Entity::PLAIN
};

/// The original of a property that audit entries show masked. Only its id and its sealed text are
/// stored.
pub static AUDIT_SECRET: Entity = Entity {
    resource_type: "AuditSecret",
    noun: "audit log's secret",
    table: "audit_secrets",
    properties: &[ID, Property::secret("text", "sealed", 0x10_0000, "").role(Role::MaskedOriginal)],
    ..Entity::PLAIN
};
