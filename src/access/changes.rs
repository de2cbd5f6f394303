//! What if: which users could do what to which resources once rules are added, changed or removed, and which no longer could.

use super::{Draft, Error, MOST, Resource, Site};
use crate::model::{Actor, Entity, USER};
use crate::policy::{Action, Guards, RuleSet, touched};
use crate::query::Predicate;
use crate::store::Page;
use serde::Serialize;

/// What would be different.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Changes {
    /// Who could do what then that he can't do now: the first of them.
    pub gained: Vec<Triple>,
    /// Who could no longer do what he can do now: the first of them.
    pub lost: Vec<Triple>,
    /// How many are gained.
    pub gained_count: usize,
    /// How many are lost.
    pub lost_count: usize,
    /// Whether all of it was looked at; otherwise there are more than were counted.
    pub complete: bool,
}

/// A user, a resource, and what he could do to it.
#[derive(Debug, Serialize)]
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

/// Triples that are shown of either kind.
const SHOWN: usize = 1_000;

/// Triples after which no more are looked for.
const COUNTED: usize = 100_000;

impl Site<'_> {
    /// What `draft` would change. Who asks must be allowed to make rules, because a draft may ask for anything.
    ///
    /// # Errors
    /// Who asks may not make rules, or can see no such rule; a rule means nothing; a filter makes no sense or selects too many;
    /// the database failed.
    pub fn changes(&self, draft: &Draft, may_make_rules: &Predicate) -> Result<Changes, Error> {
        if *may_make_rules == Predicate::False {
            return Err(Error::Forbidden("who may not create system rules can't try them out".to_owned()));
        }
        let planned = self.plan(draft)?;
        let after = RuleSet::new(0, &planned.rules);
        for (index, rule) in planned.drafted.iter().enumerate() {
            after.check(rule).map_err(|invalid| invalid.within(&format!("rules[{index}]")))?;
        }
        let entities = touched([self.rules, &after], planned.replaced.iter().chain(&planned.drafted));
        let mut resources = Vec::new();
        for entity in entities.into_iter().filter(|entity| draft.entity.is_none_or(|only| only == *entity)) {
            resources.push((entity, self.select(entity, &draft.resource_filter)?));
        }
        let mut changes = Changes { complete: true, ..Changes::default() };
        self.each_user(&self.select(&USER, &draft.user_filter)?, |actor| {
            resources.iter().try_for_each(|(entity, visible)| {
                let now = self.rules.guards(actor, entity);
                self.add(&mut changes, actor, entity, visible, [now, after.guards(actor, entity)])
            })
        })?;
        Ok(changes)
    }

    /// Adds what is different for one user and one type.
    fn add(
        &self,
        changes: &mut Changes,
        actor: &Actor,
        entity: &'static Entity,
        visible: &Predicate,
        [before, after]: [Guards; 2],
    ) -> Result<(), Error> {
        if before == after || !changes.complete {
            return Ok(());
        }
        let only = |there: &Predicate, elsewhere: &Predicate| {
            if there == elsewhere {
                return Predicate::False;
            }
            Predicate::and([there.clone(), Predicate::negate(elsewhere.clone())])
        };
        let gained = after.iter().zip(&before).map(|(after, before)| only(after, before));
        let lost = before.iter().zip(&after).map(|(before, after)| only(before, after));
        let differences: Vec<Predicate> = gained.chain(lost).collect();
        let condition = Predicate::and([visible.clone(), Predicate::or(differences.iter().cloned())]);
        let rows = self.snapshot.test_each(entity, &condition, &differences, Page { skip: 0, take: MOST })?;
        changes.complete &= rows.len() < MOST as usize;
        for row in rows {
            let (gained, lost) = row.holds.split_at(Action::ALL.len());
            let triple = |action: Action| Triple {
                user: actor.name(),
                resource: Resource { entity, id: row.id }.to_string(),
                name: row.name.clone(),
                action: action.name(),
            };
            collect(gained, &mut changes.gained, &mut changes.gained_count, triple);
            collect(lost, &mut changes.lost, &mut changes.lost_count, triple);
        }
        changes.complete &= changes.gained_count + changes.lost_count < COUNTED;
        Ok(())
    }
}

/// Counts the actions that hold, and keeps the first triples.
fn collect(held: &[bool], shown: &mut Vec<Triple>, count: &mut usize, triple: impl Fn(Action) -> Triple) {
    for (action, _) in Action::ALL.into_iter().zip(held).filter(|(_, held)| **held) {
        *count += 1;
        if shown.len() < SHOWN {
            shown.push(triple(action));
        }
    }
}
