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

/// The request of QRS clients. A field that is null or omitted does not restrict the result.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditRequest {
    /// The type of the resources.
    #[schema(required = true, nullable = false, min_length = 1)]
    pub resource_type: Option<String>,
    /// A filter for the resources.
    pub resource_filter: Option<String>,
    /// A filter for the users.
    pub user_filter: Option<String>,
    /// The environment of the users, as in the header `X-Qlik-Security`.
    pub environment_attributes: Option<String>,
    /// The number of users to skip.
    user_skip: Option<u32>,
    /// The maximum number of users to return.
    user_take: Option<u32>,
    /// The number of resources to skip.
    resource_skip: Option<u32>,
    /// The maximum number of resources to return.
    resource_take: Option<u32>,
    /// Whether to include rules that grant nothing.
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

/// Whether one rule applies to one user and one resource. The field names are those of QRS.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RuleApplication {
    #[serde(rename = "userID")]
    user_id: Uuid,
    #[serde(rename = "resourceID")]
    resource_id: Uuid,
    #[serde(rename = "ruleID")]
    rule_id: Uuid,
    /// Whether the rule grants anything.
    allowed: bool,
    /// The position in the condition at which the evaluation failed, counted from 1; 0 if it did
    /// not fail.
    error_at: usize,
    /// The reason why the evaluation failed; empty if it did not fail.
    error_message: String,
    /// 0 if the condition was evaluated, 1 if the rule was skipped, 2 if the evaluation failed.
    evaluation_state: u8,
}

/// The result of evaluating a rule.
#[derive(Clone, Copy)]
enum EvaluationState {
    /// The condition was evaluated.
    Evaluated = 0,
    /// The rule was not evaluated: it is disabled, of another category, or for another context.
    Skipped = 1,
    /// The rule can't be evaluated, or the caller may not learn whether it applies.
    Failed = 2,
}

/// The default number of users and of resources in one response.
const PAGE: u32 = 100;

/// The most pairs of users and resources.
const PAIRS: usize = 10_000;

/// The most combinations of users, resources and rules.
const APPLICATIONS: usize = 100_000;

impl Site<'_> {
    /// Which rules apply to which users and resources, whatever they grant.
    ///
    /// # Errors
    /// [`Error::Nonsense`] or [`Error::Unparsable`] if the type or a filter is invalid;
    /// [`Error::TooMuch`] if the result is too large; [`Error::Store`] if the database failed.
    pub fn audit(&self, request: &AuditRequest) -> Result<Audit, Error> {
        let scope = self.audit_scope(request)?;
        let actors = self.audited_users(request)?;
        let resources =
            self.snapshot.test_each(scope.entity, &scope.visible, &[], scope.resource_page)?;
        let sources = self.snapshot.rules(&(self.readable)(&SYSTEM_RULE))?;
        check_pairs(actors.len(), resources.len())?;
        check_applications(actors.len(), resources.len(), sources.len())?;
        let all = request.include_non_granting_rules == Some(true);
        let mut applications = Vec::new();
        for actor in &actors {
            let of_actor = self.applications(&scope, actor, &sources)?;
            applications
                .extend(of_actor.into_iter().filter(|application| all || application.allowed));
        }
        let granting: HashSet<Uuid> =
            applications.iter().map(|application| application.rule_id).collect();
        let rules = sources.into_iter().filter(|source| all || granting.contains(&source.id));
        Ok(Audit {
            schema_path: "AuditResult",
            users: actors.into_iter().map(AuditUser::from).collect(),
            resources: resources
                .into_iter()
                .map(|row| AuditResource { id: row.id, name: row.name })
                .collect(),
            rules: rules.map(AuditRule::from).collect(),
            rule_application: applications,
        })
    }

    fn audit_scope(&self, request: &AuditRequest) -> Result<Scope, Error> {
        let entity = audited(request.resource_type.as_deref())?;
        let filter = request.resource_filter.as_deref().unwrap_or_default();
        Ok(Scope {
            entity,
            visible: self.select(entity, "resourceFilter", filter)?,
            resource_page: page(request.resource_skip, request.resource_take),
        })
    }

    fn audited_users(&self, request: &AuditRequest) -> Result<Vec<Actor>, Error> {
        let filter = request.user_filter.as_deref().unwrap_or_default();
        let users = self.select(&USER, "userFilter", filter)?;
        let mut actors =
            self.snapshot.actors(&users, page(request.user_skip, request.user_take))?;
        for actor in &mut actors {
            (self.situation)(actor);
        }
        Ok(actors)
    }

    /// The result of each rule for one user and each resource.
    fn applications(
        &self,
        scope: &Scope,
        actor: &Actor,
        sources: &[RuleSource],
    ) -> Result<Vec<RuleApplication>, Error> {
        let Scope { entity, visible, resource_page } = scope;
        let left_out = Action::ALL.map(|action| self.rules.left_out(actor, entity, action));
        let findings: Vec<Finding> = sources
            .iter()
            .map(|source| finding(self.rules, source, actor, entity, &left_out))
            .collect();
        let predicates: Vec<Predicate> = findings
            .iter()
            .flat_map(|finding| [self.may_be_shown_whole(finding), predicate(finding)])
            .collect();
        let mut applications = Vec::new();
        for row in self.snapshot.test_each(entity, visible, &predicates, *resource_page)? {
            let results = sources.iter().zip(&findings).zip(row.holds.as_chunks().0);
            applications.extend(results.map(|((source, finding), &[may_be_shown, holds])| {
                let allowed = may_be_shown.then_some(holds && !actor.is_barred());
                application(actor.id, &row, source, finding, allowed)
            }));
        }
        Ok(applications)
    }
}

/// The resources to audit.
struct Scope {
    entity: &'static Entity,
    visible: Predicate,
    resource_page: Page,
}

impl From<Actor> for AuditUser {
    fn from(actor: Actor) -> Self {
        Self {
            id: actor.id,
            user_id: actor.user_id,
            user_directory: actor.user_directory,
            name: actor.display_name,
        }
    }
}

impl From<RuleSource> for AuditRule {
    fn from(source: RuleSource) -> Self {
        Self {
            id: source.id,
            name: source.name,
            actions: source.actions,
            disabled: source.disabled,
        }
    }
}

/// The verdict of a rule for the actions that it grants.
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

/// The type to audit.
pub(super) fn audited(name: Option<&str>) -> Result<&'static Entity, Error> {
    match name.unwrap_or_default() {
        "" => Err(Error::Nonsense(
            "resourceType is missing: name the type to audit, such as DataConnection".to_owned(),
        )),
        name => resource::entity(name),
    }
}

/// The requested page, of at most one row more than allowed, so that an excess is noticed.
fn page(skip: Option<u32>, take: Option<u32>) -> Page {
    let most = u32::try_from(PAIRS + 1).unwrap_or(u32::MAX);
    Page { skip: skip.unwrap_or(0), take: take.filter(|take| *take > 0).unwrap_or(PAGE).min(most) }
}

/// Rejects a request with too many pairs.
pub(super) fn check_pairs(users: usize, resources: usize) -> Result<(), Error> {
    if users.max(resources) > PAIRS || users * resources > PAIRS {
        return Err(Error::TooMuch(format!(
            "{users} users and {resources} resources are too many; at most {PAIRS} pairs can be \
             audited in one request, so use narrower filters"
        )));
    }
    Ok(())
}

fn check_applications(users: usize, resources: usize, rules: usize) -> Result<(), Error> {
    if users * resources * rules > APPLICATIONS {
        return Err(Error::TooMuch(format!(
            "{users} users, {resources} resources and {rules} rules are too many; at most \
             {APPLICATIONS} combinations can be audited in one request, so use narrower filters"
        )));
    }
    Ok(())
}

/// The rows to which a rule applies.
fn predicate(finding: &Finding) -> Predicate {
    match finding {
        Finding::Asked { reach, condition, .. } => {
            Predicate::and([reach.clone(), condition.clone()])
        }
        _ => Predicate::False,
    }
}

/// The result of one rule; `allowed` is `None` if the caller may not learn whether the rule
/// applies.
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
