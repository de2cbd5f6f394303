//! The guard: on which rows of an entity type an actor may do an action.
//!
//! Rules only grant: a guard is the union of what each rule allows, and where no rule speaks nothing is allowed.

use super::Action;
use super::meaning::{Meaning, Names};
use super::rule::Rule;
use crate::model::{Actor, Entity, Invalid, REGISTRY, RuleSource};
use crate::query::Predicate;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// The rules that are in force at one moment.
#[derive(Debug)]
pub struct RuleSet {
    /// Which moment: every change of a rule makes another version.
    pub version: i64,
    rules: Vec<Rule>,
    /// The guards that were worked out so far. What an actor may do hangs on nothing but what is in the key.
    guards: Mutex<HashMap<(Actor, &'static str, Action), Predicate>>,
}

/// Guards that are kept at most; then all are forgotten.
const KEPT: usize = 10_000;

impl RuleSet {
    /// The rules among `sources` that can grant anything: enabled ones of the category Security. One that can't be understood
    /// grants nothing.
    #[must_use]
    pub fn new(version: i64, sources: &[RuleSource]) -> Self {
        let in_force = sources.iter().filter(|rule| !rule.disabled && rule.is_security());
        let understood = in_force.filter_map(|source| match Rule::parse(source) {
            Ok(rule) => Some(rule),
            Err(error) => {
                tracing::warn!(rule = source.name, %error, "a system rule can't be understood and grants nothing");
                None
            }
        });
        Self { version, rules: understood.collect(), guards: Mutex::default() }
    }

    /// The rows of `entity` on which `actor` may do `action`.
    #[must_use]
    pub fn guard(&self, actor: &Actor, entity: &'static Entity, action: Action) -> Predicate {
        let key = (actor.clone(), entity.resource_type, action);
        let mut guards = self.guards.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(guard) = guards.get(&key) {
            return guard.clone();
        }
        let guard = Judge::new(self, actor).guard(entity, action).unwrap_or(Predicate::False);
        if guards.len() >= KEPT {
            guards.clear();
        }
        guards.insert(key, guard.clone());
        guard
    }

    /// Checks that one rule means something wherever it applies.
    ///
    /// # Errors
    /// A name or a comparison in its condition means nothing, or it asks for privileges in a circle.
    pub fn check(&self, source: &RuleSource) -> Result<(), Invalid> {
        let rule = Rule::parse(source)?;
        let actor = Actor::nobody();
        let names = if rule.filter.is_all_ours() { Names::Checked } else { Names::Lenient };
        for entity in REGISTRY.into_iter().filter(|entity| rule.filter.concerns(entity)) {
            for action in Action::ALL.into_iter().filter(|action| action.is_in(source.actions)) {
                let judge = Judge::asked_for(self, &actor, entity, action);
                judge.meaning(&rule, entity, names).map_err(|message| Invalid::one("rule", message))?;
            }
        }
        Ok(())
    }
}

/// Rules and an actor, while one guard is worked out.
pub struct Judge<'a> {
    rules: &'a RuleSet,
    /// Who asks.
    pub actor: &'a Actor,
    /// What has been asked on the way here, to notice circles.
    asked: Vec<(&'static Entity, Action)>,
}

impl<'a> Judge<'a> {
    pub(super) const fn new(rules: &'a RuleSet, actor: &'a Actor) -> Self {
        Self { rules, actor, asked: Vec::new() }
    }

    /// The judge of a condition that is asked about because of this question.
    pub(super) fn asked_for(rules: &'a RuleSet, actor: &'a Actor, entity: &'static Entity, action: Action) -> Self {
        Self { rules, actor, asked: vec![(entity, action)] }
    }

    /// The rows of `entity` on which the actor may do `action`.
    ///
    /// # Errors
    /// The question leads back to itself.
    pub fn guard(&self, entity: &'static Entity, action: Action) -> Result<Predicate, String> {
        if self.asked.contains(&(entity, action)) {
            return Err(format!(
                "HasPrivilege leads in a circle: who may {} a {} would depend on itself",
                action.name(),
                entity.noun
            ));
        }
        let mut inner = Judge { rules: self.rules, actor: self.actor, asked: self.asked.clone() };
        inner.asked.push((entity, action));
        let mut granted = Vec::new();
        for rule in self.rules.rules.iter().filter(|rule| rule.grants(action, self.actor.context)) {
            let reach = rule.filter.reach(entity, action);
            if reach == Predicate::False {
                continue;
            }
            match inner.meaning(rule, entity, Names::Lenient) {
                Ok(condition) => granted.push(Predicate::and([reach, condition])),
                // A rule that can't be evaluated grants nothing; the others still count.
                Err(error) if self.asked.is_empty() => {
                    tracing::warn!(rule = %rule.id, error, "a system rule can't be evaluated");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Predicate::or(granted))
    }

    /// The rows of `entity` on which the rule's condition holds.
    fn meaning(&self, rule: &Rule, entity: &'static Entity, names: Names) -> Result<Predicate, String> {
        let Some(condition) = &rule.condition else { return Ok(Predicate::True) };
        let meaning = Meaning { judge: self, entity, text: &rule.text, names };
        meaning.condition(condition).map_err(|problem| problem.to_string())
    }
}
