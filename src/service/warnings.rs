//! What replies point out about what a request writes. It is looked up before the write, so that neither the writer nor the thread that answers has to, and
//! a caller who takes away their own rights by the write is told as well.

use super::user_request::UserRequest;
use crate::access_report::{KnownRoles, rule_warnings, type_warnings};
use crate::model::{CUSTOM_PROPERTY_DEFINITION, Document, Input, RuleSource, USER};
use crate::policy::Warning;

/// Warnings in one reply at most.
const MOST: usize = 200;

/// What is pointed out about each entity that a request writes, in their order.
#[derive(Debug, Default)]
pub struct Warnings(Vec<Vec<Warning>>);

impl Warnings {
    /// Looks up what is to be pointed out about the names in entities that are about to be written. They are written all the same if that fails.
    pub async fn of_names(request: &UserRequest, documents: &[Document]) -> Self {
        let mut all: Vec<Vec<Warning>> = if *request.entity == CUSTOM_PROPERTY_DEFINITION {
            documents.iter().map(|document| type_warnings(&strings(document, "objectTypes"))).collect()
        } else if *request.entity == USER {
            of_roles(request, documents.iter().map(|document| strings(document, "roles")).collect()).await
        } else {
            Vec::new()
        };
        let mut left = MOST;
        for warnings in &mut all {
            warnings.truncate(left);
            left -= warnings.len();
        }
        Self(all)
    }

    /// The same for rules as they would be. A rule is written all the same if that fails.
    pub async fn of_rules(request: &UserRequest, rules: Vec<RuleSource>) -> Self {
        let found = request.scan(move |snapshot, caller| {
            Ok(rule_warnings(snapshot, &caller.readable(), caller.session_attributes(), &rules)?)
        });
        Self(found.await.unwrap_or_else(|failure| {
            tracing::debug!(%failure, "what rules name could not be looked up");
            Vec::new()
        }))
    }

    /// Adds the warnings about one entity to its JSON, which is an object, as the field `warnings`; nothing if there are none.
    pub fn add_to(&self, index: usize, json: &mut Vec<u8>) {
        let Some(warnings) = self.0.get(index).filter(|warnings| !warnings.is_empty()) else { return };
        if let (Ok(list), Some(b'}')) = (serde_json::to_vec(warnings), json.last()) {
            json.pop();
            json.extend(b",\"warnings\":");
            json.extend(list);
            json.push(b'}');
        }
    }

    /// The warnings about each.
    pub fn into_each(self) -> impl Iterator<Item = Vec<Warning>> {
        self.0.into_iter()
    }
}

/// What is pointed out about the roles of users. They are written all the same if it can't be looked up.
async fn of_roles(request: &UserRequest, roles: Vec<Vec<String>>) -> Vec<Vec<Warning>> {
    if roles.iter().all(Vec::is_empty) {
        return Vec::new();
    }
    let found = request.scan(move |snapshot, caller| {
        let Some(known) = KnownRoles::read(snapshot, &caller.readable())? else { return Ok(Vec::new()) };
        Ok(roles.iter().map(|roles| known.warnings(roles)).collect())
    });
    found.await.unwrap_or_else(|failure| {
        tracing::debug!(%failure, "what users name could not be looked up");
        Vec::new()
    })
}

/// The texts of a list that a document gives.
fn strings(document: &Document, name: &str) -> Vec<String> {
    match document.entity.property(name).and_then(|property| document.get(property)) {
        Some(Input::Strings(strings)) => strings.clone(),
        _ => Vec::new(),
    }
}
