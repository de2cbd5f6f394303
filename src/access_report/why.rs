//! Explains whether a user may do an action to a resource, with the verdict of each rule.

use super::{Error, Resource, Site, guards, rule_warnings};
use crate::model::{Action, Kind, RuleSource, SYSTEM_RULE};
use crate::policy::{Finding, Term, Warning, explain};
use crate::query::Predicate;
use crate::store::{Page, UserName};
use serde::Serialize;
use utoipa::ToSchema;

/// Whether a user may perform an action on a resource, and the verdict of each rule.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Why {
    /// The user, as `DIRECTORY\userid`.
    pub user: String,
    /// The action.
    pub action: &'static str,
    /// The resource, as `DataConnection_<id>`.
    pub resource: String,
    /// Whether the user may perform the action.
    pub allowed: bool,
    /// Whether the user is inactive or blacklisted, and so may do nothing, whatever the rules say.
    pub barred: bool,
    /// The rules that the caller may read.
    #[schema(inline)]
    pub rules: Vec<Verdict>,
    /// The number of rules that the caller may not read.
    pub hidden_rules: usize,
}

/// The verdict of one rule.
#[derive(Debug, Serialize, ToSchema)]
pub struct Verdict {
    /// The id of the rule.
    pub id: String,
    /// The name of the rule.
    pub name: String,
    /// Whether the rule grants the action; null if that depends on something that the caller may
    /// not read.
    pub grants: Option<bool>,
    /// The reason why the rule grants the action, or why not.
    pub why: String,
    /// The comparisons and calls of the condition, if it was evaluated.
    #[schema(inline)]
    pub terms: Vec<EvaluatedTerm>,
    /// Warnings about the rule, independent of the user.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(inline)]
    pub warnings: Vec<Warning>,
}

/// A comparison or a call in a condition.
#[derive(Debug, Serialize, ToSchema)]
pub struct EvaluatedTerm {
    /// The text of the comparison or call.
    pub term: String,
    /// Whether it is true; null if that depends on something that the caller may not read.
    pub holds: Option<bool>,
}

impl Site<'_> {
    /// Whether `user` may do `action` to `resource`, and the verdict of each rule.
    ///
    /// # Errors
    /// [`Error::NotThere`] if the caller can't see this user or resource; [`Error::Store`] if the
    /// database failed.
    pub fn why(&self, user: &UserName, action: Action, resource: Resource) -> Result<Why, Error> {
        let Resource { entity, id } = resource;
        let actor = self.user(user)?;
        let sources = self.snapshot.rules(&(self.readable)(&SYSTEM_RULE))?;
        let left_out = self.rules.left_out(&actor, entity, action);
        let findings: Vec<Finding> = sources
            .iter()
            .map(|source| match left_out.get(&source.id) {
                Some(reason) => Finding::LeftOut(reason.clone()),
                None => explain(self.rules, source, &actor, entity, Some(action)),
            })
            .collect();
        let mut predicates = vec![guards(self.rules, &actor, entity)[action as usize].clone()];
        predicates.extend(findings.iter().flat_map(|finding| self.predicates(finding)));
        let visible = Predicate::and([(self.readable)(entity), Predicate::has_id(entity, id)]);
        let rows =
            self.snapshot.test_each(entity, &visible, &predicates, Page { skip: 0, take: 1 })?;
        let mut held = rows.into_iter().next().ok_or_else(|| no_such(resource))?.holds.into_iter();
        let allowed = held.next().unwrap_or_default();
        let warnings =
            rule_warnings(self.snapshot, self.readable, self.session_attributes, &sources)?;
        let explained = sources.iter().zip(&findings).zip(warnings);
        let rules = explained.map(|((source, finding), warnings)| Verdict {
            warnings,
            ..verdict(source, finding, &mut held)
        });
        let rules = rules.collect();
        Ok(Why {
            user: actor.name(),
            action: action.name(),
            resource: resource.to_string(),
            allowed,
            barred: actor.is_barred(),
            rules,
            hidden_rules: self.snapshot.rules(&Predicate::True)?.len() - sources.len(),
        })
    }

    /// The predicates of a finding: its reach, its condition, and for each term whether the caller
    /// may learn its result, and the result.
    fn predicates(&self, finding: &Finding) -> Vec<Predicate> {
        let Finding::Asked { reach, condition, terms } = finding else { return Vec::new() };
        let of_terms = terms.iter().flat_map(|term| [self.may_be_shown(term), term.holds.clone()]);
        [reach.clone(), condition.clone()].into_iter().chain(of_terms).collect()
    }

    /// The rows on which the caller may read everything on which the term depends.
    fn may_be_shown(&self, term: &Term) -> Predicate {
        match term.relation.map(|relation| (relation, relation.kind)) {
            Some((relation, Kind::Reference(target))) => {
                Predicate::any(relation, (self.readable)(target))
            }
            _ => Predicate::True,
        }
    }

    /// The rows on which the caller may read everything on which the condition depends.
    pub(super) fn may_be_shown_whole(&self, finding: &Finding) -> Predicate {
        match finding {
            Finding::Asked { terms, .. } => {
                Predicate::and(terms.iter().map(|term| self.may_be_shown(term)))
            }
            _ => Predicate::True,
        }
    }
}

/// The reason the result of a condition is hidden.
pub(super) const HIDDEN: &str = "the condition depends on an owner that you may not see";

/// The error that this resource does not exist.
pub(super) fn no_such(Resource { entity, id }: Resource) -> Error {
    Error::NotThere(format!("there is no {} with the id {id}, or you may not see it", entity.noun))
}

/// A finding in words; `held` iterates over the results of its predicates, and is advanced to those
/// of the next finding.
fn verdict(
    source: &RuleSource,
    finding: &Finding,
    held: &mut impl Iterator<Item = bool>,
) -> Verdict {
    let mut next = || held.next().unwrap_or_default();
    let (grants, why, terms): (bool, String, Vec<EvaluatedTerm>) = match finding {
        Finding::Disabled => (false, "the rule is disabled".to_owned(), Vec::new()),
        Finding::OtherCategory => {
            (false, "only Security rules grant anything".to_owned(), Vec::new())
        }
        Finding::OtherAction => {
            (false, "the rule does not grant this action".to_owned(), Vec::new())
        }
        Finding::OtherContext => {
            (false, "the rule does not apply in this context".to_owned(), Vec::new())
        }
        Finding::Faulty(fault) => {
            (false, format!("the rule can't be evaluated: {fault}"), Vec::new())
        }
        Finding::LeftOut(reason) => {
            (false, format!("the rule can't be evaluated for this user: {reason}"), Vec::new())
        }
        Finding::Asked { terms, .. } => {
            let (reaches, holds) = (next(), next());
            let evaluated = |term: &Term| {
                let (may_be_shown, holds) = (next(), next());
                EvaluatedTerm { term: term.text.clone(), holds: may_be_shown.then_some(holds) }
            };
            let terms = terms.iter().map(evaluated).collect();
            let why = match (reaches, holds) {
                (false, _) => "the resource filter does not cover the resource",
                (true, false) => "the condition is false",
                (true, true) => "the condition is true",
            };
            (reaches && holds, why.to_owned(), terms)
        }
    };
    let is_hidden = terms.iter().any(|term| term.holds.is_none());
    let (grants, why) = if is_hidden { (None, HIDDEN.to_owned()) } else { (Some(grants), why) };
    Verdict {
        id: source.id.to_string(),
        name: source.name.clone(),
        grants,
        why,
        terms,
        warnings: Vec::new(),
    }
}
