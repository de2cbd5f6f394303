//! Working out one guard: the union of what each rule grants, with what its condition asks about in
//! turn.

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

/// Comparisons of one guard. Twice fourteen guards stand in one statement, which takes 32,766
/// parameters.
pub const HEAVIEST: usize = 1_000;

/// Levels of one rule, with those of what it asks about. SQLite takes 1,000 in a statement, and
/// each is some of its own.
const DEEPEST: usize = 200;

/// Rules and an actor, while guards are worked out.
pub struct GuardBuilder<'a> {
    rules: &'a [Rule],
    expressions: Arc<Expressions>,
    /// Who asks.
    pub actor: &'a Actor,
    /// What has been asked on the way here, to notice circles.
    asked: Vec<Question>,
    /// What was worked out already, so that conditions that ask the same don't multiply the work.
    known: Rc<RefCell<Known>>,
}

/// On which rows of an entity type may an action be done?
type Question = (&'static str, Action);

/// A guard, and whether every rule has its part in it.
type Union = (Arc<Predicate>, bool);

/// What was worked out already. All of it is the same whichever way a question was come to.
#[derive(Default)]
struct Known {
    answers: HashMap<Question, Arc<Predicate>>,
    /// What rules grant together that ask for no privileges, by the type, the rules, and whether it
    /// is about what is yet to be created. It is the same for every action.
    unions: HashMap<(&'static str, Vec<Uuid>, bool), Union>,
    /// What conditions mean, by rule and type. It is the same for every action: one that would lead
    /// in a circle for some means nothing for all that it leads to.
    meanings: HashMap<(Uuid, &'static str), Predicate>,
    /// Rules that grant nothing because they can't be evaluated, or because those before them are
    /// too many.
    left_out: BTreeMap<Uuid, String>,
    /// What the regular expressions cost that are attributes of the actor.
    spent: Spent,
}

impl<'a> GuardBuilder<'a> {
    /// A builder with compiled regular expressions of its own.
    #[cfg(test)]
    pub(super) fn new(rules: &'a [Rule], actor: &'a Actor) -> Self {
        let expressions = Arc::new(Expressions::new(1 << 20));
        Self { rules, expressions, actor, asked: Vec::new(), known: Rc::default() }
    }

    /// The builder of the guards of an actor by these rules.
    pub(super) fn of(rules: &'a Rules, actor: &'a Actor) -> Self {
        let expressions = Arc::clone(&rules.expressions);
        Self { rules, expressions, actor, asked: Vec::new(), known: Rc::default() }
    }

    /// The builder for a condition that this question leads to. It shares what was worked out
    /// already.
    pub(super) fn asked_for(&self, entity: &'static Entity, action: Action) -> Self {
        let asked = self.asked.iter().copied().chain([(entity.resource_type, action)]).collect();
        Self {
            expressions: Arc::clone(&self.expressions),
            asked,
            known: Rc::clone(&self.known),
            ..*self
        }
    }

    /// Rules that grant nothing to the questions that were asked, each with the reason.
    pub(super) fn left_out(&self) -> BTreeMap<Uuid, String> {
        self.known.borrow().left_out.clone()
    }

    /// The rows of `entity` on which the actor may do `action`; no row if that can't be worked out.
    pub(super) fn shared_guard(&self, entity: &'static Entity, action: Action) -> Arc<Predicate> {
        self.find_guard(entity, action).unwrap_or_else(|_| Arc::new(Predicate::False))
    }

    fn find_guard(
        &self,
        entity: &'static Entity,
        action: Action,
    ) -> Result<Arc<Predicate>, String> {
        let question = (entity.resource_type, action);
        if self.asked.contains(&question) {
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

    /// The guard, and whether every rule has its part in it.
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
            && (*is_whole || self.asked.is_empty())
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
                // The position is one in another rule's text, which says nothing to whom this one
                // is shown.
                Err(problem) if !self.asked.is_empty() => return Err(problem.message),
                Err(problem) => problem.to_string(),
            };
            if !self.asked.is_empty() {
                return Err(reason);
            }
            // A rule that can't be evaluated grants nothing; the others still count.
            self.known.borrow_mut().left_out.insert(rule.id, reason);
            is_whole = false;
        }
        Ok((Arc::new(Predicate::or(granted)), is_whole))
    }

    /// The rows of `entity` on which the rule's condition holds.
    fn meaning(&self, rule: &Rule, entity: &'static Entity) -> Result<Predicate, TextError> {
        let key = (rule.id, entity.resource_type);
        if let Some(known) = self.known.borrow().meanings.get(&key) {
            return Ok(known.clone());
        }
        let meaning = self.bind(rule, entity, Names::Lenient)?;
        self.known.borrow_mut().meanings.insert(key, meaning.clone());
        Ok(meaning)
    }

    /// What the rule's condition means, with its names looked up as `names` says.
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

    // What a rule says itself was looked at when the rule was taken up.
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

/// Why a rule is left out: those before it and it are that heavy, or it is too deep.
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
