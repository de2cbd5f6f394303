//! Working out one guard: the union of what each rule grants, with what its condition asks about in turn.

use super::Action;
use super::meaning::{Meaning, Names};
use super::rule::Rule;
use crate::model::{Actor, Entity};
use crate::query::{Predicate, Problem};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// Values that one guard may compare with. Thirteen guards stand in one statement, which takes 32,766 parameters.
const HEAVIEST: usize = 2_400;

/// Rules and an actor, while guards are worked out.
pub struct Judge<'a> {
    rules: &'a [Rule],
    /// Who asks.
    pub actor: &'a Actor,
    /// What has been asked on the way here, to notice circles.
    asked: Vec<Question>,
    /// What was answered already, so that conditions that ask the same don't multiply the work.
    answered: Rc<RefCell<HashMap<Question, Predicate>>>,
}

/// On which rows of an entity type may an action be done?
type Question = (&'static str, Action);

impl<'a> Judge<'a> {
    pub(super) fn new(rules: &'a [Rule], actor: &'a Actor) -> Self {
        Self { rules, actor, asked: Vec::new(), answered: Rc::default() }
    }

    /// The judge of a condition that is asked about because of this question.
    pub(super) fn asked_for(rules: &'a [Rule], actor: &'a Actor, entity: &'static Entity, action: Action) -> Self {
        Self { asked: vec![(entity.resource_type, action)], ..Self::new(rules, actor) }
    }

    /// The rows of `entity` on which the actor may do `action`.
    ///
    /// # Errors
    /// The question leads back to itself, or to a rule that can't be evaluated.
    pub fn guard(&self, entity: &'static Entity, action: Action) -> Result<Predicate, String> {
        let question = (entity.resource_type, action);
        if self.asked.contains(&question) {
            return Err(format!(
                "HasPrivilege leads in a circle: who may {} a {} would depend on itself",
                action.name(),
                entity.noun
            ));
        }
        if let Some(answer) = self.answered.borrow().get(&question) {
            return Ok(answer.clone());
        }
        let (guard, is_whole) = self.work_out(entity, action)?;
        if is_whole {
            self.answered.borrow_mut().insert(question, guard.clone());
        }
        Ok(guard)
    }

    /// The guard, and whether every rule has its part in it.
    fn work_out(&self, entity: &'static Entity, action: Action) -> Result<(Predicate, bool), String> {
        let asked = self.asked.iter().copied().chain([(entity.resource_type, action)]).collect();
        let inner = Judge { rules: self.rules, actor: self.actor, asked, answered: Rc::clone(&self.answered) };
        let mut granted = Vec::new();
        let mut weight = 0;
        let mut is_whole = true;
        for rule in self.rules.iter().filter(|rule| rule.grants(action, self.actor.context)) {
            let reach = rule.filter.reach(entity, action);
            if reach == Predicate::False {
                continue;
            }
            let part = inner.meaning(rule, entity, Names::Lenient).map(|condition| Predicate::and([reach, condition]));
            weight += part.as_ref().map_or(0, Predicate::weight);
            match part {
                Ok(part) if weight <= HEAVIEST => granted.push(part),
                // A rule that can't be evaluated grants nothing; the others still count.
                other if self.asked.is_empty() => {
                    let error = other.err().map_or_else(too_heavy, |problem| problem.to_string());
                    tracing::warn!(rule = %rule.id, error, "a system rule can't be evaluated and grants nothing");
                    is_whole = false;
                }
                // The position is one in another rule's text, which says nothing to whom this one is shown.
                other => return Err(other.err().map_or_else(too_heavy, |problem| problem.message)),
            }
        }
        Ok((Predicate::or(granted), is_whole))
    }

    /// The rows of `entity` on which the rule's condition holds.
    pub(super) fn meaning(&self, rule: &Rule, entity: &'static Entity, names: Names) -> Result<Predicate, Problem> {
        let Some(condition) = &rule.condition else { return Ok(Predicate::True) };
        Meaning { judge: self, entity, text: &rule.text, names }.condition(condition)
    }
}

fn too_heavy() -> String {
    format!("the rules leave more than {HEAVIEST} values to compare with; use a group or a custom property instead")
}
