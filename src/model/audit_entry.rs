//! Entries of the audit log: who did what, from where, and the state before and after. Only the
//! server writes them.

use super::common_properties::{CREATED_DATE, ID};
use super::role::Role;
use super::schema::{Entity, Property};

/// The audit entry. It is read-only, so it is not in the registry, whose types all have write
/// operations.
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
            .describe("Number of the entry in the audit log, without gaps"),
        Property::text("userName", "user_name", 511)
            .condensed()
            .in_rules()
            .describe("The user who acted, as DIRECTORY\\userid"),
        Property::text("address", "address", 64)
            .condensed()
            .describe("Address of the client; empty for actions at the machine itself"),
        Property::text("requestID", "request_id", 36)
            .describe("Id of the request, as in its X-Request-Id header and in the log"),
        Property::text("action", "action", 255).condensed().in_rules().describe("The action"),
        Property::text("outcome", "outcome", 16)
            .condensed()
            .in_rules()
            .describe("The outcome: done or refused"),
        Property::text("type", "type", 64).condensed().in_rules().describe("Type of the entity"),
        Property::text("objectID", "object_id", 36).condensed().describe("Id of the entity"),
        Property::text("objectName", "object_name", 511)
            .condensed()
            .describe("Name of the entity at that time"),
        Property::text("detail", "detail", 4_096).condensed().describe("Further details, in words"),
        Property::text("before", "before", 0x80_0000).describe(
            "The state before, as JSON without secrets: for a change, the changed properties; for \
             a list, the removed items; for a deletion, also the entities that had the deleted one",
        ),
        Property::text("after", "after", 0x10_0000)
            .describe("The state after, in the same form; for a list, the added items"),
        Property::text("hash", "hash", 64)
            .describe("SHA-256 over the entry and the hash of the previous one, in hexadecimal"),
    ],
    // `audit_log` is a view of this table.
    log_table: Some("audit_entries"),
    ..Entity::PLAIN
};

/// The original of a property that audit entries mask. Only its id and its sealed text are stored.
pub static AUDIT_SECRET: Entity = Entity {
    resource_type: "AuditSecret",
    noun: "audit log's secret",
    table: "audit_secrets",
    properties: &[ID, Property::secret("text", "sealed", 0x10_0000, "").role(Role::MaskedOriginal)],
    ..Entity::PLAIN
};
