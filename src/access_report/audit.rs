//! QRS's audit: which rules apply to which users and resources (QRS reference, 2.6).

use super::why::HIDDEN;
use super::{Error, Site, resource};
use crate::model::{Action, Actor, Entity, RuleSource, SYSTEM_RULE, USER};
use crate::policy::{Finding, RuleSet, explain};
use crate::query::Predicate;
use crate::store::{Page, Tested};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};
use utoipa::ToSchema;
use uuid::Uuid;

/// The request of QRS clients. A field that is null or left out does not limit the answer.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditRequest {
    /// The type of the resources.
    #[schema(required = true, nullable = false, min_length = 1)]
    pub resource_type: Option<String>,
    /// A filter of the resources.
    pub resource_filter: Option<String>,
    /// A filter of the users.
    pub user_filter: Option<String>,
    /// The environment of the users, as in the header `X-Qlik-Security`.
    pub environment_attributes: Option<String>,
    /// How many users to leave out at the start.
    user_skip: Option<u32>,
    /// How many users to take.
    user_take: Option<u32>,
    /// How many resources to leave out at the start.
    resource_skip: Option<u32>,
    /// How many resources to take.
    resource_take: Option<u32>,
    /// Whether to list rules as well that grant nothing.
    include_non_granting_rules: Option<bool>,
}

/// The users, resources and rules, and which rule applies to which user and resource.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Audit {
    /// `Audit`.
    schema_path: &'static str,
    /// The users.
    #[schema(inline)]
    users: Vec<AuditUser>,
    /// The resources.
    #[schema(inline)]
    resources: Vec<AuditResource>,
    /// The rules.
    #[schema(inline)]
    rules: Vec<AuditRule>,
    /// Each rule for each user and resource.
    #[schema(inline)]
    rule_application: Vec<RuleApplication>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AuditUser {
    id: Uuid,
    user_id: String,
    user_directory: String,
    name: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct AuditResource {
    id: Uuid,
    name: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct AuditRule {
    id: Uuid,
    name: String,
    /// The sum of the bits of the actions that the rule grants.
    actions: i64,
    disabled: bool,
}

/// Whether one rule applies to one user and one resource. The names are spelt as QRS spells them.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RuleApplication {
    #[serde(rename = "userID")]
    user_id: Uuid,
    #[serde(rename = "resourceID")]
    resource_id: Uuid,
    #[serde(rename = "ruleID")]
    rule_id: Uuid,
    /// Whether the rule allows something.
    allowed: bool,
    /// The character of the condition at which the evaluation failed, counted from 1; 0 if it did
    /// not fail.
    error_at: usize,
    /// The reason why the evaluation failed; empty if it did not fail.
    error_message: String,
    /// 0 if the condition was evaluated, 1 if the rule was skipped, 2 if the evaluation failed.
    evaluation_state: u8,
}

/// How far the evaluation of a rule came.
#[derive(Clone, Copy)]
enum EvaluationState {
    /// The condition was evaluated.
    Evaluated = 0,
    /// The rule does not come to be evaluated: disabled, of another category, or for another
    /// context.
    Skipped = 1,
    /// The rule can't be evaluated, or whether it holds may not be told.
    Failed = 2,
}

/// Users and resources at a time, unless the request says.
const PAGE: u32 = 100;

/// Users times resources at most.
const PAIRS: usize = 10_000;

/// Users times resources times rules at most.
const APPLICATIONS: usize = 100_000;

impl Site<'_> {
    /// Which rules apply to which users and resources, whatever they grant.
    ///
    /// # Errors
    /// The type or a filter makes no sense, it is about too much, or the database failed.
    pub fn audit(&self, request: &AuditRequest) -> Result<Audit, Error> {
        let entity = audited(request.resource_type.as_deref())?;
        let users =
            self.select(&USER, "userFilter", request.user_filter.as_deref().unwrap_or_default())?;
        let mut actors =
            self.snapshot.actors(&users, page(request.user_skip, request.user_take))?;
        for actor in &mut actors {
            (self.situation)(actor);
        }
        let visible = self.select(
            entity,
            "resourceFilter",
            request.resource_filter.as_deref().unwrap_or_default(),
        )?;
        let resource_page = page(request.resource_skip, request.resource_take);
        let resources = self.snapshot.test_each(entity, &visible, &[], resource_page)?;
        let sources = self.snapshot.rules(&(self.readable)(&SYSTEM_RULE))?;
        check_pairs(actors.len(), resources.len())?;
        if actors.len() * resources.len() * sources.len() > APPLICATIONS {
            return Err(Error::TooMuch(format!(
                "{} users, {} resources and {} rules are too many; at most {APPLICATIONS} \
                 combinations can be audited in one request, so use narrower filters",
                actors.len(),
                resources.len(),
                sources.len()
            )));
        }
        let all = request.include_non_granting_rules == Some(true);
        let mut applications = Vec::new();
        for actor in &actors {
            let left_out = Action::ALL.map(|action| self.rules.left_out(actor, entity, action));
            let findings: Vec<Finding> = sources
                .iter()
                .map(|source| finding(self.rules, source, actor, entity, &left_out))
                .collect();
            let asked: Vec<Predicate> = findings
                .iter()
                .flat_map(|finding| [self.may_be_told_whole(finding), predicate(finding)])
                .collect();
            for row in self.snapshot.test_each(entity, &visible, &asked, resource_page)? {
                let told = sources.iter().zip(&findings).zip(row.holds.as_chunks().0);
                let told = told.map(|((source, finding), &[may_be_told, holds])| {
                    let allowed = may_be_told.then_some(holds && !actor.is_barred());
                    application(actor.id, &row, source, finding, allowed)
                });
                applications.extend(told.filter(|application| all || application.allowed));
            }
        }
        let granting: HashSet<Uuid> =
            applications.iter().map(|application| application.rule_id).collect();
        let rules = sources.into_iter().filter(|source| all || granting.contains(&source.id)).map(
            |source| AuditRule {
                id: source.id,
                name: source.name,
                actions: source.actions,
                disabled: source.disabled,
            },
        );
        let users = actors.into_iter().map(|actor| AuditUser {
            id: actor.id,
            user_id: actor.user_id,
            user_directory: actor.user_directory,
            name: actor.display_name,
        });
        Ok(Audit {
            schema_path: "AuditResult",
            users: users.collect(),
            resources: resources
                .into_iter()
                .map(|row| AuditResource { id: row.id, name: row.name })
                .collect(),
            rules: rules.collect(),
            rule_application: applications,
        })
    }
}

/// What a rule says to anything that it grants.
fn finding(
    rules: &RuleSet,
    source: &RuleSource,
    actor: &Actor,
    entity: &'static Entity,
    left_out: &[BTreeMap<Uuid, String>],
) -> Finding {
    let its_own = Action::ALL.into_iter().find(|action| action.is_in(source.actions));
    match its_own.and_then(|action| left_out[action as usize].get(&source.id)) {
        Some(reason) => Finding::LeftOut(reason.clone()),
        None => explain(rules, source, actor, entity, None),
    }
}

/// The type that an audit is about.
pub(super) fn audited(name: Option<&str>) -> Result<&'static Entity, Error> {
    match name.unwrap_or_default() {
        "" => Err(Error::Nonsense(
            "resourceType is missing: name the type to audit, such as DataConnection".to_owned(),
        )),
        name => resource::entity(name),
    }
}

/// One more than can be, so that it is seen that there are too many.
fn page(skip: Option<u32>, take: Option<u32>) -> Page {
    let most = u32::try_from(PAIRS + 1).unwrap_or(u32::MAX);
    Page { skip: skip.unwrap_or(0), take: take.filter(|take| *take > 0).unwrap_or(PAGE).min(most) }
}

/// Refuses a question with too long an answer.
pub(super) fn check_pairs(users: usize, resources: usize) -> Result<(), Error> {
    if users.max(resources) > PAIRS || users * resources > PAIRS {
        return Err(Error::TooMuch(format!(
            "{users} users and {resources} resources are too many; at most {PAIRS} pairs can be \
             audited in one request, so use narrower filters"
        )));
    }
    Ok(())
}

/// Where a rule applies.
fn predicate(finding: &Finding) -> Predicate {
    match finding {
        Finding::Asked { reach, condition, .. } => {
            Predicate::and([reach.clone(), condition.clone()])
        }
        _ => Predicate::False,
    }
}

/// Nothing is `allowed` where it may not be told whether the rule applies.
fn application(
    user: Uuid,
    row: &Tested,
    source: &RuleSource,
    finding: &Finding,
    allowed: Option<bool>,
) -> RuleApplication {
    let (state, error_at, error_message) = match finding {
        _ if allowed.is_none() => (EvaluationState::Failed, 0, HIDDEN.to_owned()),
        Finding::Asked { .. } => (EvaluationState::Evaluated, 0, String::new()),
        Finding::Faulty(fault) => {
            (EvaluationState::Failed, fault.problem.position, fault.to_string())
        }
        Finding::LeftOut(reason) => (EvaluationState::Failed, 0, reason.clone()),
        _ => (EvaluationState::Skipped, 0, String::new()),
    };
    RuleApplication {
        user_id: user,
        resource_id: row.id,
        rule_id: source.id,
        allowed: allowed.unwrap_or_default(),
        error_at,
        error_message,
        evaluation_state: state as u8,
    }
}
