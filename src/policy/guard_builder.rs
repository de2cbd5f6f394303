//! Computes one guard: the union of what each rule grants, including the guards on which
//! `HasPrivilege` in its condition depends.

use super::binder::{Binder, Lookup, Names};
use super::condition::Operand;
use super::rule::Rule;
use super::rules::{Rules, Spent, kib};
use crate::model::{Action, Actor, Entity};
use crate::query::{Expression, Expressions, MOST_OF_RULE, Predicate, TextError};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;
use uuid::Uuid;

/// The most comparisons of one guard. One statement contains up to twice fourteen guards, and
/// SQLite allows 32,766 parameters.
pub const HEAVIEST: usize = 1_000;

/// The deepest nesting of one rule, including the guards that `HasPrivilege` adds. SQLite allows
/// 1,000 levels in a statement, and each level here becomes several of these.
const DEEPEST: usize = 200;

/// The rules and an actor, while guards are computed.
pub struct GuardBuilder<'a> {
    rules: &'a [Rule],
    expressions: Arc<Expressions>,
    /// The user who makes the request.
    pub actor: &'a Actor,
    /// The guards being computed, to detect circular dependencies.
    pending: Vec<Question>,
    /// Results so far, shared by conditions that need the same ones.
    known: Rc<RefCell<Known>>,
}

/// A guard to compute: on which rows of an entity type may an action be done?
type Question = (&'static str, Action);

/// A guard, and whether every rule contributes to it.
type Union = (Arc<Predicate>, bool);

/// Results so far. They do not depend on the guard that needed them.
#[derive(Default)]
struct Known {
    answers: HashMap<Question, Arc<Predicate>>,
    /// The unions of rules without `HasPrivilege`, by type, rules, and whether the resource is
    /// still to be created. They are the same for every action.
    unions: HashMap<(&'static str, Vec<Uuid>, bool), Union>,
    /// The bound conditions, by rule and type. They are the same for every action: a condition that
    /// depends on itself for some action is invalid for all.
    meanings: HashMap<(Uuid, &'static str), Predicate>,
    /// Rules that grant nothing because they can't be evaluated, or because those before them leave
    /// too many comparisons.
    left_out: BTreeMap<Uuid, String>,
    /// The cost of the regular expressions in the attributes of the actor.
    spent: Spent,
}

impl<'a> GuardBuilder<'a> {
    /// A builder with its own compiled regular expressions.
    #[cfg(test)]
    pub(super) fn new(rules: &'a [Rule], actor: &'a Actor) -> Self {
        let expressions = Arc::new(Expressions::new(1 << 20));
        Self { rules, expressions, actor, pending: Vec::new(), known: Rc::default() }
    }

    /// The builder of the guards of an actor under these rules.
    pub(super) fn of(rules: &'a Rules, actor: &'a Actor) -> Self {
        let expressions = Arc::clone(&rules.expressions);
        Self { rules, expressions, actor, pending: Vec::new(), known: Rc::default() }
    }

    /// A builder for a condition that this guard depends on. It shares the results so far.
    pub(super) fn asked_for(&self, entity: &'static Entity, action: Action) -> Self {
        let pending =
            self.pending.iter().copied().chain([(entity.resource_type, action)]).collect();
        Self {
            expressions: Arc::clone(&self.expressions),
            pending,
            known: Rc::clone(&self.known),
            ..*self
        }
    }

    /// The rules that were skipped in the guards so far, each with the reason.
    pub(super) fn left_out(&self) -> BTreeMap<Uuid, String> {
        self.known.borrow().left_out.clone()
    }

    /// The rows of `entity` on which the actor may do `action`; no row if they can't be computed.
    pub(super) fn shared_guard(&self, entity: &'static Entity, action: Action) -> Arc<Predicate> {
        self.find_guard(entity, action).unwrap_or_else(|_| Arc::new(Predicate::False))
    }

    fn find_guard(
        &self,
        entity: &'static Entity,
        action: Action,
    ) -> Result<Arc<Predicate>, String> {
        let question = (entity.resource_type, action);
        if self.pending.contains(&question) {
            return Err(format!(
                "HasPrivilege refers to itself: the right to {} a {} would depend on itself",
                action.name(),
                entity.noun
            ));
        }
        if let Some(answer) = self.known.borrow().answers.get(&question) {
            return Ok(Arc::clone(answer));
        }
        let (guard, is_whole) = self.work_out(entity, action)?;
        if is_whole {
            self.known.borrow_mut().answers.insert(question, Arc::clone(&guard));
        }
        Ok(guard)
    }

    /// The guard, and whether every rule contributes to it.
    fn work_out(&self, entity: &'static Entity, action: Action) -> Result<Union, String> {
        let grants =
            |rule: &&Rule| rule.grants(action, self.actor.context) && rule.filter.concerns(entity);
        let rules: Vec<&Rule> = self.rules.iter().filter(grants).collect();
        if rules.iter().any(|rule| rule.asks_privileges) {
            return self.unite(&rules, entity, action);
        }
        let ids = rules.iter().map(|rule| rule.id).collect();
        let key = (entity.resource_type, ids, action == Action::Create);
        if let Some((guard, is_whole)) = self.known.borrow().unions.get(&key)
            && (*is_whole || self.pending.is_empty())
        {
            return Ok((Arc::clone(guard), *is_whole));
        }
        let union = self.unite(&rules, entity, action)?;
        self.known.borrow_mut().unions.insert(key, union.clone());
        Ok(union)
    }

    fn unite(
        &self,
        rules: &[&Rule],
        entity: &'static Entity,
        action: Action,
    ) -> Result<Union, String> {
        let inner = self.asked_for(entity, action);
        let mut granted: Vec<Predicate> = Vec::new();
        let mut weight = 0;
        let mut is_whole = true;
        for rule in rules {
            let reach = rule.filter.reach(entity, action);
            if reach == Predicate::False {
                continue;
            }
            let reason = match inner.meaning(rule, entity) {
                Ok(condition) => {
                    let part = Predicate::and([reach, condition]);
                    let more = if granted.contains(&part) { 0 } else { part.weight() };
                    let Some(reason) = too_much(&part, weight + more) else {
                        weight += more;
                        granted.push(part);
                        continue;
                    };
                    reason
                }
                // The position is in another rule's text, so it means nothing to the reader of this
                // one.
                Err(problem) if !self.pending.is_empty() => return Err(problem.message),
                Err(problem) => problem.to_string(),
            };
            if !self.pending.is_empty() {
                return Err(reason);
            }
            // A rule that can't be evaluated grants nothing; the others still count.
            self.known.borrow_mut().left_out.insert(rule.id, reason);
            is_whole = false;
        }
        Ok((Arc::new(Predicate::or(granted)), is_whole))
    }

    /// The rows of `entity` on which the rule's condition is true.
    fn meaning(&self, rule: &Rule, entity: &'static Entity) -> Result<Predicate, TextError> {
        let key = (rule.id, entity.resource_type);
        if let Some(known) = self.known.borrow().meanings.get(&key) {
            return Ok(known.clone());
        }
        let meaning = self.bind(rule, entity, Names::Lenient)?;
        self.known.borrow_mut().meanings.insert(key, meaning.clone());
        Ok(meaning)
    }

    /// Binds the rule's condition, treating unknown names as `names` says.
    pub(super) fn bind(
        &self,
        rule: &Rule,
        entity: &'static Entity,
        names: Names,
    ) -> Result<Predicate, TextError> {
        let Some(condition) = &rule.condition else { return Ok(Predicate::True) };
        Binder { lookup: self, entity, text: &rule.text, names }.condition(condition)
    }
}

impl Lookup for GuardBuilder<'_> {
    fn actor(&self) -> &Actor {
        self.actor
    }

    fn guard(&self, entity: &'static Entity, action: Action) -> Result<Predicate, String> {
        self.find_guard(entity, action).map(Arc::unwrap_or_clone)
    }

    // Expressions in the rule's own text were checked when the rule came into force.
    fn expression(&self, operand: &Operand, text: &str) -> Result<Arc<Expression>, String> {
        let expression = self.expressions.whole(text).map_err(|refused| refused.reason.clone())?;
        if let Operand::Reference(_) = operand {
            let spent = &mut self.known.borrow_mut().spent;
            let cost = spent.with([(text, expression.cost)]);
            if cost > MOST_OF_RULE {
                return Err(format!(
                    "the regular expressions in the attributes of this user cost {}, more than the \
                     limit of {}",
                    kib(cost),
                    kib(MOST_OF_RULE)
                ));
            }
            spent.add([(text.to_owned(), expression.cost)]);
        }
        Ok(expression)
    }
}

/// The reason a rule is skipped: the total number of comparisons or the depth exceeds its limit.
pub fn too_much(condition: &Predicate, weight: usize) -> Option<String> {
    if weight > HEAVIEST {
        return Some(format!(
            "the rules leave more than {HEAVIEST} comparisons for this user; compare with a group \
             or a custom property instead"
        ));
    }
    (condition.depth() > DEEPEST).then(|| {
        format!(
            "the condition is nested more than {DEEPEST} levels deep, including the conditions \
             that HasPrivilege adds"
        )
    })
}
