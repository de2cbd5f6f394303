//! May this user do this to that resource, and what does each rule say to it?

use super::{Error, Resource, Site};
use crate::model::{RuleSource, SYSTEM_RULE};
use crate::policy::{Action, Finding, explain};
use crate::query::Predicate;
use crate::store::{Page, UserName};
use serde::Serialize;

/// The answer.
#[derive(Debug, Serialize)]
pub struct Why {
    /// Who, as `DIRECTORY\userid`.
    pub user: String,
    /// Does what.
    pub action: &'static str,
    /// To what, as `DataConnection_<id>`.
    pub resource: String,
    /// Whether he may.
    pub allowed: bool,
    /// What each rule says that who asks may read.
    pub rules: Vec<Verdict>,
}

/// What one rule says.
#[derive(Debug, Serialize)]
pub struct Verdict {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it allows it.
    pub grants: bool,
    /// Why, or why not.
    pub why: String,
    /// The comparisons and calls of its condition, if it came to that.
    pub terms: Vec<Term>,
}

/// A comparison or a call.
#[derive(Debug, Serialize)]
pub struct Term {
    /// Its text.
    pub term: String,
    /// Whether it holds.
    pub holds: bool,
}

impl Site<'_> {
    /// Whether `user` may do `action` to `resource`, and what each rule says to it.
    ///
    /// # Errors
    /// Who asks can see no such user or resource; the database failed.
    pub fn why(&self, user: &UserName, action: Action, resource: Resource) -> Result<Why, Error> {
        let actor = self.user(user)?;
        let sources = self.snapshot.rules(&(self.readable)(&SYSTEM_RULE))?;
        let findings: Vec<Finding> =
            sources.iter().map(|source| explain(self.rules, source, &actor, resource.entity, Some(action))).collect();
        let mut asked = vec![self.rules.guards(&actor, resource.entity)[action as usize].clone()];
        asked.extend(findings.iter().flat_map(predicates).cloned());
        let visible =
            Predicate::and([(self.readable)(resource.entity), Predicate::has_id(resource.entity, resource.id)]);
        let rows = self.snapshot.test_each(resource.entity, &visible, &asked, Page { skip: 0, take: 1 })?;
        let held = rows.into_iter().next().ok_or_else(|| no_such(resource))?.holds;
        let (allowed, mut held) = (held.first() == Some(&true), held.into_iter().skip(1));
        let rules =
            sources.iter().zip(&findings).map(|(source, finding)| verdict(source, finding, &mut held)).collect();
        Ok(Why { user: actor.name(), action: action.name(), resource: resource.to_string(), allowed, rules })
    }
}

/// That there is no such resource.
pub(super) fn no_such(Resource { entity, id }: Resource) -> Error {
    Error::NotThere(format!("there is no {} with the id {id}, or none that you may see", entity.noun))
}

/// What a finding hangs on: reach, condition, and each term.
fn predicates(finding: &Finding) -> Vec<&Predicate> {
    match finding {
        Finding::Asked { reach, condition, terms } => {
            [reach, condition].into_iter().chain(terms.iter().map(|(_, predicate)| predicate)).collect()
        }
        _ => Vec::new(),
    }
}

/// A finding in words; `held` says which of its predicates hold, and is left at those of the next finding.
fn verdict(source: &RuleSource, finding: &Finding, held: &mut impl Iterator<Item = bool>) -> Verdict {
    let mut next = || held.next().unwrap_or_default();
    let (grants, why, terms) = match finding {
        Finding::Disabled => (false, "the rule is disabled".to_owned(), Vec::new()),
        Finding::OtherCategory => (false, "only Security rules grant anything".to_owned(), Vec::new()),
        Finding::OtherAction => (false, "the rule does not grant this action".to_owned(), Vec::new()),
        Finding::OtherContext => (false, "the rule does not hold in this context".to_owned(), Vec::new()),
        Finding::Faulty(fault) => (false, format!("the rule can't be evaluated: {fault}"), Vec::new()),
        Finding::Asked { terms, .. } => {
            let (reaches, holds) = (next(), next());
            let terms = terms.iter().map(|(text, _)| Term { term: text.clone(), holds: next() }).collect();
            let why = match (reaches, holds) {
                (false, _) => "the resource filter does not cover the resource",
                (true, false) => "the condition is false",
                (true, true) => "the condition is true",
            };
            (reaches && holds, why.to_owned(), terms)
        }
    };
    Verdict { id: source.id.to_string(), name: source.name.clone(), grants, why, terms }
}
