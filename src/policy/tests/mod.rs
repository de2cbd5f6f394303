//! Tests of the meaning of conditions, the combined grants of rules, and their explanations.

mod conditions;
mod findings;
mod grants;
mod names;
mod sides;

use crate::model::{Actor, Entity, RuleSource};
use crate::query::Predicate;
use crate::query::evaluate::{Row, holds};
use serde_json::{Value as Json, json};
use uuid::Uuid;

pub const ME: &str = "00000000-0000-4000-8000-000000000001";
pub const OTHER: &str = "00000000-0000-4000-8000-000000000002";

/// A user whose id is [`ME`].
pub fn actor(name: &str) -> Actor {
    Actor {
        id: Uuid::parse_str(ME).unwrap(),
        user_directory: "LAB".to_owned(),
        user_id: name.to_owned(),
        display_name: name.to_owned(),
        ..Actor::nobody()
    }
}

/// A security rule about all data connections.
pub fn rule(number: u128, actions: i64, condition: &str) -> RuleSource {
    RuleSource {
        name: format!("rule {number}"),
        category: "Security".to_owned(),
        rule: condition.to_owned(),
        resource_filter: "DataConnection_*".to_owned(),
        actions,
        ..RuleSource::blank(Uuid::from_u128(number))
    }
}

/// A data connection, or another type with a name and an owner.
pub fn owned(name: &str, owner: &str) -> Json {
    json!({
        "id": OTHER, "name": name, "type": "folder", "customProperties": [],
        "owner": {
            "id": owner, "userId": "o", "userDirectory": "LAB", "name": "o",
            "userDirectoryConnectorName": "", "attributes": []
        },
    })
}

/// Whether the predicate is true for this JSON.
pub fn is_true(predicate: &Predicate, entity: &'static Entity, json: &Json) -> bool {
    holds(predicate, &Row::from_json(entity, json))
}
