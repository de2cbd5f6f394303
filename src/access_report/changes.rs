//! What-if reports: the rights that users would gain and lose if rules were added, changed or
//! removed.

use super::draft::Plan;
use super::{Draft, Error, Resource, Site, anywhere, guards_anywhere, rule_warnings};
use crate::model::{Action, Actor, Entity, RuleSource, USER};
use crate::policy::{Warning, touched};
use crate::query::Predicate;
use crate::store::{Keep, Page};
use serde::Serialize;
use std::ops::ControlFlow;
use utoipa::ToSchema;

/// The rights that users would gain and lose.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Changes {
    /// The first of the rights that users would gain.
    #[schema(inline)]
    pub gained: Vec<Triple>,
    /// The first of the rights that users would lose.
    #[schema(inline)]
    pub lost: Vec<Triple>,
    /// The number of rights that would be gained.
    pub gained_count: usize,
    /// The number of rights that would be lost.
    pub lost_count: usize,
    /// Whether all users and resources were checked. If not, the counts are too low.
    pub complete: bool,
    /// Whether there may be users or resources that the caller may not read, and that are therefore
    /// not counted.
    #[serde(skip)]
    pub has_hidden: bool,
}

/// The rights that users would gain and lose under a draft.
#[derive(Debug, Serialize, ToSchema)]
pub struct DraftChanges {
    /// The rights.
    #[serde(flatten)]
    #[schema(inline)]
    pub changes: Changes,
    /// Warnings about the rules of the draft.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(inline)]
    pub warnings: Vec<DraftWarning>,
}

/// A warning about a rule of a draft.
#[derive(Debug, Serialize, ToSchema)]
pub struct DraftWarning {
    /// The position of the rule in the draft, counted from 0.
    pub index: usize,
    /// The warning.
    #[serde(flatten)]
    #[schema(inline)]
    pub warning: Warning,
}

/// One action of one user on one resource.
#[derive(Debug, Serialize, ToSchema)]
pub struct Triple {
    /// The user, as `DIRECTORY\userid`.
    pub user: String,
    /// The resource, as `DataConnection_<id>`.
    pub resource: String,
    /// The name of the resource.
    pub name: String,
    /// The action.
    pub action: &'static str,
}

/// The most rights listed of either kind.
const SHOWN: usize = 1_000;

/// The number of rows read at a time.
const PAGE: u32 = 5_000;

/// The number of rights after which the search stops.
const COUNTED: usize = 100_000;

/// The users and resources to compare.
#[derive(Default)]
struct Scope<'d> {
    user_filter: &'d str,
    /// Only resources of this type; by default all types that the change affects.
    entity: Option<&'static Entity>,
    resource_filter: &'d str,
}

fn check_may_make(rules: &Predicate) -> Result<(), Error> {
    match rules {
        Predicate::True => Ok(()),
        _ => Err(Error::Forbidden(
            "only users who may create any system rule may try rules out".to_owned(),
        )),
    }
}

impl Site<'_> {
    /// The rights that `draft` would change. The caller must be allowed to create any rule, because
    /// a draft may contain any condition.
    ///
    /// # Errors
    /// [`Error::Forbidden`] if the caller may not create any rule; [`Error::NotThere`] if the
    /// caller may not change a rule of the draft; [`Error::Invalid`] for an invalid rule;
    /// [`Error::Unparsable`] or [`Error::TooMuch`] for an invalid filter or one that selects too
    /// many; [`Error::Store`] if the database failed.
    pub fn changes(
        &self,
        draft: &Draft,
        may_make_rules: &Predicate,
    ) -> Result<DraftChanges, Error> {
        check_may_make(may_make_rules)?;
        let Draft { user_filter, entity, resource_filter, .. } = draft;
        let plan = self.plan(draft)?;
        let changes =
            self.compare(&plan, &Scope { user_filter, entity: *entity, resource_filter })?;
        let warnings =
            rule_warnings(self.snapshot, self.readable, self.session_attributes, &plan.drafted)?
                .into_iter()
                .enumerate();
        let of_draft = |(index, warnings): (usize, Vec<Warning>)| {
            warnings.into_iter().map(move |warning| DraftWarning { index, warning })
        };
        Ok(DraftChanges { changes, warnings: warnings.flat_map(of_draft).collect() })
    }

    /// The changes if `rules` were all rules.
    ///
    /// # Errors
    /// As [`Site::changes`].
    pub fn changes_to(
        &self,
        rules: Vec<RuleSource>,
        may_make_rules: &Predicate,
    ) -> Result<Changes, Error> {
        check_may_make(may_make_rules)?;
        self.compare(&self.plan_of(rules)?, &Scope::default())
    }

    fn compare(&self, planned: &Plan, scope: &Scope<'_>) -> Result<Changes, Error> {
        let after = self.rules.with_others(&planned.rules);
        let enabled = planned.drafted.iter().enumerate().filter(|(_, rule)| !rule.disabled);
        for ((index, _), fault) in
            enabled.clone().zip(after.check_each(enabled.map(|(_, rule)| rule)))
        {
            fault.map_or(Ok(()), |invalid| Err(invalid.within(index).within("rules")))?;
        }
        let entities =
            touched([self.rules, &after], planned.replaced.iter().chain(&planned.drafted));
        let mut resources = Vec::new();
        for entity in
            entities.into_iter().filter(|entity| scope.entity.is_none_or(|only| only == *entity))
        {
            resources.push((entity, self.select(entity, "resourceFilter", scope.resource_filter)?));
        }
        let has_hidden =
            self.hides(&USER) || resources.iter().any(|(entity, _)| self.hides(entity));
        let mut changes = Changes { has_hidden, ..Changes::default() };
        let users = self.select(&USER, "userFilter", scope.user_filter)?;
        // Without a filter, the number of users was not the client's choice.
        if !scope.user_filter.trim().is_empty() {
            self.check_number(&USER, &users)?;
        }
        changes.complete = self.each_of_first_users(&users, |actor| {
            let places = anywhere(actor);
            for (entity, visible) in &resources {
                let [after, before] =
                    [&after, self.rules].map(|rules| guards_anywhere(rules, &places, entity));
                if after != before
                    && self
                        .add(&mut changes, actor, entity, visible, &[after, before].concat())?
                        .is_break()
                {
                    return Ok(ControlFlow::Break(()));
                }
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(changes)
    }

    /// Adds the differences for one user and one type; `guards` are those after and before.
    pub(super) fn add(
        &self,
        changes: &mut Changes,
        actor: &Actor,
        entity: &'static Entity,
        visible: &Predicate,
        guards: &[Predicate],
    ) -> Result<ControlFlow<()>, Error> {
        for skip in (0..).step_by(PAGE as usize) {
            let rows = self.snapshot.test_some(
                entity,
                visible,
                guards,
                Keep::Different,
                Page { skip, take: PAGE },
            )?;
            for row in &rows {
                let (after, before) = row.holds.split_at(row.holds.len() / 2);
                changes.compare(actor, Resource { entity, id: row.id }, &row.name, [before, after]);
            }
            if changes.is_much() {
                return Ok(ControlFlow::Break(()));
            }
            if rows.len() < PAGE as usize {
                break;
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

impl Changes {
    /// Adds the differences in one resource for one user. Both lists have a result for each action
    /// in each context.
    pub(super) fn compare(
        &mut self,
        actor: &Actor,
        resource: Resource,
        name: &str,
        [before, after]: [&[bool]; 2],
    ) {
        let triple = |action: Action| Triple {
            user: actor.name(),
            resource: resource.to_string(),
            name: name.to_owned(),
            action: action.name(),
        };
        collect(after, before, &mut self.gained, &mut self.gained_count, triple);
        collect(before, after, &mut self.lost, &mut self.lost_count, triple);
    }

    /// Whether so many rights were counted that the search stops.
    pub(super) const fn is_much(&self) -> bool {
        self.gained_count + self.lost_count >= COUNTED
    }

    /// Adds the results of another comparison.
    pub fn merge(&mut self, other: Self) {
        self.gained.extend(other.gained);
        self.lost.extend(other.lost);
        self.gained_count += other.gained_count;
        self.lost_count += other.lost_count;
        self.complete &= other.complete;
        self.has_hidden |= other.has_hidden;
    }
}

/// Counts the actions that only one of both allows, and keeps the first rights.
fn collect(
    one: &[bool],
    other: &[bool],
    shown: &mut Vec<Triple>,
    count: &mut usize,
    triple: impl Fn(Action) -> Triple,
) {
    let mut only = [false; Action::ALL.len()];
    for (place, (one, other)) in one.iter().zip(other).enumerate() {
        only[place % Action::ALL.len()] |= *one && !other;
    }
    for action in Action::held(&only) {
        *count += 1;
        if shown.len() < SHOWN {
            shown.push(triple(action));
        }
    }
}
