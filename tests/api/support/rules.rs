//! Rules, and a site that they apply to.

use crate::support::{Client, connection};
use serde_json::{Value as Json, json};

/// The actions of a rule that grants all of them.
pub const ALL: i64 = 0x3FFF;

pub fn rule(name: &str, condition: &str, actions: i64) -> Json {
    json!({
        "name": name, "resourceFilter": "DataConnection_*", "actions": actions, "rule": condition
    })
}

/// A user of LAB with these roles, groups and values of the custom property Department.
pub fn user(
    client: &Client,
    user_id: &str,
    roles: &[&str],
    groups: &[&str],
    departments: &[&str],
) -> Json {
    let attributes: Vec<Json> = groups
        .iter()
        .map(|group| json!({"attributeType": "group", "attributeValue": group}))
        .collect();
    let values: Vec<Json> = departments
        .iter()
        .map(|value| json!({"value": value, "definition": {"name": "Department"}}))
        .collect();
    client.create(
        "user",
        &json!({
            "userDirectory": "LAB", "userId": user_id, "roles": roles, "attributes": attributes,
            "customProperties": values
        }),
    )
}

/// Connections of anna: one with a team, one tagged with a department, one of another type.
pub fn site(client: &Client) {
    client.create(
        "custompropertydefinition",
        &json!({"name": "Department", "objectTypes": ["User", "DataConnection"]}),
    );
    user(client, "anna", &[], &["Sales", "Europe"], &["East"]);
    user(client, "bert", &["DepartmentAdmin"], &["IT"], &["East", "West"]);
    user(client, "carla", &["ContentAdmin"], &[], &[]);
    user(client, "dora", &["AuditAdmin"], &[], &[]);
    for (name, kind, department) in
        [("a", "internet", "East"), ("b", "QvRestConnector.exe", "West"), ("c", "folder", "")]
    {
        let mut body = connection(name);
        body["type"] = json!(kind);
        body["owner"] = json!({"userDirectory": "LAB", "userId": "anna"});
        if !department.is_empty() {
            body["customProperties"] =
                json!([{"value": department, "definition": {"name": "Department"}}]);
        }
        client.create("dataconnection", &body);
    }
}
