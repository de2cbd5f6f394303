//! The warnings in responses to writes. They are computed before the write, so that neither the
//! writer nor the event loop has to, and so that callers who take away their own rights with the
//! write see them as well.

use super::reads::LongRead;
use super::user_request::UserRequest;
use crate::access_report::{KnownRoles, rule_warnings, type_warnings};
use crate::error::RequestError;
use crate::model::{Document, Entity, Input, Property, Role, RuleSource};
use crate::policy::Warning;
use crate::threads::block;
use std::time::{Duration, Instant};

/// The most warnings in one response.
const MOST: usize = 200;

/// The time limit for computing warnings.
const PATIENCE: Duration = Duration::from_secs(1);

/// The warnings about each entity that a request writes, in order.
#[derive(Debug, Default)]
pub struct Warnings(Vec<Vec<Warning>>);

/// The names in entities that may not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamesOf {
    /// Roles of users, which rules mention.
    UserRoles,
    /// Resource types.
    ResourceTypes,
}

impl NamesOf {
    /// The names in entities of the type, and the property that contains them; `None` for most
    /// types.
    #[must_use]
    pub fn by(entity: &'static Entity) -> Option<(&'static Property, Self)> {
        let kinds =
            [(Role::UserRoles, Self::UserRoles), (Role::ResourceTypes, Self::ResourceTypes)];
        kinds.into_iter().find_map(|(role, kind)| Some((entity.with_role(role)?, kind)))
    }
}

impl Warnings {
    /// Computes the warnings about the names in entities that are about to be written. If that
    /// fails, the entities are written nevertheless.
    pub async fn of_names(request: &UserRequest, documents: &[Document]) -> Self {
        let Some((property, kind)) = NamesOf::by(request.entity) else { return Self::default() };
        let names: Vec<Vec<String>> =
            documents.iter().map(|document| strings(document, property)).collect();
        if names.iter().all(Vec::is_empty) || !request.may_create_or_update().await {
            return Self::default();
        }
        let found = match kind {
            NamesOf::UserRoles => of_roles(request, names).await,
            NamesOf::ResourceTypes => of_types(names).await,
        };
        Self(found.unwrap_or_else(|failure| {
            tracing::debug!(%failure, "the names for the warnings of an entity could not be read");
            Vec::new()
        }))
    }

    /// Computes the warnings about rules that are about to be written. If that fails, the rules are
    /// written nevertheless.
    pub async fn of_rules(request: &UserRequest, rules: Vec<RuleSource>) -> Self {
        let found = request.read_long(LongRead::Many, move |snapshot, caller| {
            Ok(rule_warnings(snapshot, &caller.readable(), caller.session_attributes(), &rules)?)
        });
        Self(found.await.unwrap_or_else(|failure| {
            tracing::debug!(%failure, "the names for the warnings of a rule could not be read");
            Vec::new()
        }))
    }

    /// Adds the warnings about one entity to its JSON object as the field `warnings`; does nothing
    /// if there are none.
    pub fn add_to(&self, index: usize, json: &mut Vec<u8>) {
        let Some(warnings) = self.0.get(index).filter(|warnings| !warnings.is_empty()) else {
            return;
        };
        if let (Ok(list), Some(b'}')) = (serde_json::to_vec(warnings), json.last()) {
            json.pop();
            json.extend(b",\"warnings\":");
            json.extend(list);
            json.push(b'}');
        }
    }

    /// The warnings about each entity.
    pub fn into_each(self) -> impl Iterator<Item = Vec<Warning>> {
        self.0.into_iter()
    }
}

/// The warnings about the types in definitions.
async fn of_types(names: Vec<Vec<String>>) -> Result<Vec<Vec<Warning>>, RequestError> {
    block(move || up_to_most(&names, type_warnings)).await
}

/// The warnings about the roles of users; empty for a caller who may not read all rules.
async fn of_roles(
    request: &UserRequest,
    names: Vec<Vec<String>>,
) -> Result<Vec<Vec<Warning>>, RequestError> {
    let known = request.read_long(LongRead::Many, move |snapshot, caller| {
        Ok(KnownRoles::read(snapshot, &caller.readable())?)
    });
    let Some(known) = known.await? else { return Ok(Vec::new()) };
    block(move || up_to_most(&names, |roles| known.warnings(roles))).await
}

/// The warnings about each list of names, up to the number and time limits: finding a suggestion
/// takes a millisecond.
fn up_to_most(
    names: &[Vec<String>],
    warnings: impl Fn(&[String]) -> Vec<Warning>,
) -> Vec<Vec<Warning>> {
    let (start, mut left) = (Instant::now(), MOST);
    let of_list = |names: &Vec<String>| {
        if left == 0 || start.elapsed() > PATIENCE {
            return Vec::new();
        }
        let mut warnings = warnings(names);
        warnings.truncate(left);
        left -= warnings.len();
        warnings
    };
    names.iter().map(of_list).collect()
}

/// The texts of a list in a document.
fn strings(document: &Document, property: &Property) -> Vec<String> {
    match document.get(property) {
        Some(Input::Strings(strings)) => strings.clone(),
        _ => Vec::new(),
    }
}
