//! Rules that are stored with warnings, and a site with the names that they can use.

use crate::support::rules::{rule, user};
use crate::support::{Client, id};
use serde_json::{Value as Json, json};

/// A site whose users have groups, an attribute, a role and custom properties, one of them with
/// choices.
pub fn site(client: &Client) {
    let definition = |name: &str, choices: &[&str], types: &[&str]| {
        client.create(
            "custompropertydefinition",
            &json!({"name": name, "choiceValues": choices, "objectTypes": types}),
        );
    };
    definition("Department", &["Finance", "Sales", "Region 1"], &["User", "DataConnection"]);
    definition("Stage", &["dev", "prod"], &["DataConnection"]);
    definition("Contact", &[], &["DataConnection"]);
    user(client, "anna", &["Librarian"], &["Sales"], &["Sales"]);
    let attributes = json!([{"attributeType": "costCentre", "attributeValue": "7"}]);
    client.create(
        "user",
        &json!({"userDirectory": "LAB", "userId": "bert", "attributes": attributes}),
    );
}

pub fn with_filter(filter: &str, condition: &str, actions: i64) -> Json {
    let mut rule = rule("r", condition, actions);
    rule["resourceFilter"] = json!(filter);
    rule
}

/// The warnings in the reply to a create: field, position and message of each. The rule is deleted
/// again.
pub fn pointed_out(client: &Client, rule: &Json) -> Vec<(String, Option<u64>, String)> {
    let made = client.create("systemrule", rule);
    client.delete(&format!("/systemrule/{}", id(&made))).expect_empty(204);
    let text = |warning: &Json, field: &str| warning[field].as_str().unwrap().to_owned();
    let warnings = made["warnings"].as_array().map(Vec::as_slice).unwrap_or_default();
    assert!(made.get("warnings").is_none() || !warnings.is_empty(), "{made}");
    warnings
        .iter()
        .map(|one| (text(one, "field"), one["position"].as_u64(), text(one, "message")))
        .collect()
}
