//! What a page points out about an entity, though it is no fault.

use super::shown::lines;
use crate::access::roles_of_rules;
use crate::http::caller::Caller;
use crate::http::failure::Failure;
use crate::model::{Entity, SYSTEM_RULE, USER, fold, holds_secret, nearest};
use crate::policy::Action;
use crate::query::Predicate;
use crate::store::Snapshot;
use serde_json::Value as Json;
use std::collections::BTreeSet;

const OPEN_PASSWORD: &str = "The connection string holds a password of its own, which everybody reads who may read the connection. \
    Put it into the field for the password instead: there it is encrypted, and never shown.";

/// The roles that rules ask for, where they matter to a form. Only a visitor who may read all rules is to know that there is no other.
///
/// # Errors
/// The database failed.
pub fn roles(
    snapshot: &Snapshot<'_>,
    caller: &Caller,
    entity: &'static Entity,
) -> Result<Option<BTreeSet<String>>, Failure> {
    if *entity != USER || caller.guard(&SYSTEM_RULE, Action::Read) != Predicate::True {
        return Ok(None);
    }
    Ok(Some(roles_of_rules(snapshot, &Predicate::True)?))
}

/// What is pointed out about an entity as a form has it.
pub fn warnings(entry: &Json, roles: Option<&BTreeSet<String>>) -> Vec<String> {
    let connection_string = entry["connectionstring"].as_str().unwrap_or_default();
    let open_password = holds_secret(connection_string).then(|| OPEN_PASSWORD.to_owned());
    let of_roles = roles.map(|roles| unknown_roles(&lines(&entry["roles"]), roles)).unwrap_or_default();
    open_password.into_iter().chain(of_roles).collect()
}

fn unknown_roles(own: &[String], roles: &BTreeSet<String>) -> Vec<String> {
    let known: BTreeSet<String> = roles.iter().map(|role| fold(role)).collect();
    let unknown = own.iter().filter(|role| !known.contains(&fold(role)));
    unknown
        .map(|role| {
            let meant = nearest(role, roles.iter().map(String::as_str));
            let meant = meant.map(|meant| format!("; did you mean {meant}?")).unwrap_or_default();
            format!("No rule asks for the role {role}, so it grants nothing{meant}")
        })
        .collect()
}
