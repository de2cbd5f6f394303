//! What replies point out about what a request writes. It is looked up before the write, so that
//! neither the writer nor the thread that answers has to, and so that a caller who takes away their
//! own rights by the write sees it as well.

use super::reads::LongRead;
use super::user_request::UserRequest;
use crate::access_report::{KnownRoles, rule_warnings, type_warnings};
use crate::error::RequestError;
use crate::model::{Document, Entity, Input, Property, Role, RuleSource};
use crate::policy::Warning;
use crate::threads::block;
use std::time::{Duration, Instant};

/// Warnings in one reply at most.
const MOST: usize = 200;

/// How long warnings are looked for.
const PATIENCE: Duration = Duration::from_secs(1);

/// What is pointed out about each entity that a request writes, in their order.
#[derive(Debug, Default)]
pub struct Warnings(Vec<Vec<Warning>>);

/// What entities name that need not be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamesOf {
    /// Roles of users, which rules ask for.
    UserRoles,
    /// Resource types.
    ResourceTypes,
}

impl NamesOf {
    /// What entities of the type name, and by which property; nothing for most types.
    #[must_use]
    pub fn by(entity: &'static Entity) -> Option<(&'static Property, Self)> {
        let kinds =
            [(Role::UserRoles, Self::UserRoles), (Role::ResourceTypes, Self::ResourceTypes)];
        kinds.into_iter().find_map(|(role, kind)| Some((entity.with_role(role)?, kind)))
    }
}

impl Warnings {
    /// Looks up what is to be pointed out about the names in entities that are about to be written.
    /// They are written all the same if that fails.
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

    /// The same for rules as they would be. A rule is written all the same if that fails.
    pub async fn of_rules(request: &UserRequest, rules: Vec<RuleSource>) -> Self {
        let found = request.read_long(LongRead::Many, move |snapshot, caller| {
            Ok(rule_warnings(snapshot, &caller.readable(), caller.session_attributes(), &rules)?)
        });
        Self(found.await.unwrap_or_else(|failure| {
            tracing::debug!(%failure, "the names for the warnings of a rule could not be read");
            Vec::new()
        }))
    }

    /// Adds the warnings about one entity to its JSON, which is an object, as the field `warnings`;
    /// nothing if there are none.
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

    /// The warnings about each.
    pub fn into_each(self) -> impl Iterator<Item = Vec<Warning>> {
        self.0.into_iter()
    }
}

/// What is pointed out about the types that definitions are for.
async fn of_types(names: Vec<Vec<String>>) -> Result<Vec<Vec<Warning>>, RequestError> {
    block(move || up_to_most(&names, type_warnings)).await
}

/// What is pointed out about the roles of users; nothing to a user who may not read all rules.
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

/// The warnings about each list of names, until there are enough, or it takes too long: to look for
/// a name that is meant takes a millisecond.
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

/// The texts of a list that a document gives.
fn strings(document: &Document, property: &Property) -> Vec<String> {
    match document.get(property) {
        Some(Input::Strings(strings)) => strings.clone(),
        _ => Vec::new(),
    }
}
