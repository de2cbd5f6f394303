//! Explanations of access, and the site that they are about.

use crate::support::rules::{rule, site};
use crate::support::{Client, id};
use serde_json::Value as Json;

/// The id of the connection with that name.
pub fn connection(client: &Client, name: &str) -> String {
    id(&client.get(&format!("/dataconnection?filter=name eq '{name}'")).expect(200).json()[0])
}

pub fn list(json: &Json) -> &[Json] {
    json.as_array().unwrap()
}

/// The site, with a rule that shares connections within a department.
pub fn shared_site(client: &Client) {
    site(client);
    client.create("systemrule", &rule("By team", "resource.@Department = user.@Department", 2));
}
