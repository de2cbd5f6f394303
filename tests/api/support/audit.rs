//! Reading the audit log.

use crate::support::{Client, encode, program};
use serde_json::Value as Json;
use std::path::Path;
use std::process::Output;

pub fn entries(client: &Client, filter: &str) -> Vec<Json> {
    let list =
        client.get(&format!("/auditentry/full?filter={}", encode(filter))).expect(200).json();
    list.as_array().unwrap().clone()
}

pub fn only(client: &Client, filter: &str) -> Json {
    let found = entries(client, filter);
    assert_eq!(found.len(), 1, "{filter}: {found:?}");
    found[0].clone()
}

pub fn audit(data: &Path, arguments: &[&str]) -> Output {
    program().arg("audit").args(arguments).arg("--data").arg(data).output().unwrap()
}

pub fn part(entry: &Json, side: &str) -> Json {
    serde_json::from_str(entry[side].as_str().unwrap()).unwrap()
}
