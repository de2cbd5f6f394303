//! Working out one guard: the union of what each rule grants, with what its condition asks about in turn.

use super::Action;
use super::meaning::{Meaning, Names};
use super::rule::Rule;
use crate::model::{Actor, Entity};
use crate::query::{Predicate, Problem};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use uuid::Uuid;

/// Comparisons of one guard. Twice fourteen guards stand in one statement, which takes 32,766 parameters.
pub const HEAVIEST: usize = 1_000;

/// Levels of one rule, with those of what it asks about. SQLite takes 1,000 in a statement, and each is some of its own.
const DEEPEST: usize = 200;

/// Rules and an actor, while guards are worked out.
pub struct Judge<'a> {
    rules: &'a [Rule],
    /// Who asks.
    pub actor: &'a Actor,
    /// What has been asked on the way here, to notice circles.
    asked: Vec<Question>,
    /// What was worked out already, so that conditions that ask the same don't multiply the work.
    known: Rc<RefCell<Known>>,
}

/// On which rows of an entity type may an action be done?
type Question = (&'static str, Action);

/// What was worked out already. All of it is the same whichever way a question was come to.
#[derive(Default)]
struct Known {
    answers: HashMap<Question, Predicate>,
    /// What conditions mean, by rule and type. It is the same for every action: one that would lead in a circle for some means nothing
    /// for all that it leads to.
    meanings: HashMap<(Uuid, &'static str), Predicate>,
    /// Rules that grant nothing because they can't be evaluated, or because those before them are too many.
    left_out: BTreeMap<Uuid, String>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(rules: &'a [Rule], actor: &'a Actor) -> Self {
        Self { rules, actor, asked: Vec::new(), known: Rc::default() }
    }

    /// The judge of a condition that is asked about because of this question, who knows what this one knows.
    pub(super) fn asked_for(&self, entity: &'static Entity, action: Action) -> Self {
        let asked = self.asked.iter().copied().chain([(entity.resource_type, action)]).collect();
        Self { rules: self.rules, actor: self.actor, asked, known: Rc::clone(&self.known) }
    }

    /// Rules that grant nothing to the questions that were asked, each with the reason.
    pub(super) fn left_out(&self) -> BTreeMap<Uuid, String> {
        self.known.borrow().left_out.clone()
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
        if let Some(answer) = self.known.borrow().answers.get(&question) {
            return Ok(answer.clone());
        }
        let (guard, is_whole) = self.work_out(entity, action)?;
        if is_whole {
            self.known.borrow_mut().answers.insert(question, guard.clone());
        }
        Ok(guard)
    }

    /// The guard, and whether every rule has its part in it.
    fn work_out(&self, entity: &'static Entity, action: Action) -> Result<(Predicate, bool), String> {
        let inner = self.asked_for(entity, action);
        let mut granted: Vec<Predicate> = Vec::new();
        let mut weight = 0;
        let mut is_whole = true;
        for rule in self.rules.iter().filter(|rule| rule.grants(action, self.actor.context)) {
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
                // The position is one in another rule's text, which says nothing to whom this one is shown.
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
        Ok((Predicate::or(granted), is_whole))
    }

    /// The rows of `entity` on which the rule's condition holds.
    fn meaning(&self, rule: &Rule, entity: &'static Entity) -> Result<Predicate, Problem> {
        let key = (rule.id, entity.resource_type);
        if let Some(known) = self.known.borrow().meanings.get(&key) {
            return Ok(known.clone());
        }
        let meaning = self.bind(rule, entity, Names::Lenient)?;
        self.known.borrow_mut().meanings.insert(key, meaning.clone());
        Ok(meaning)
    }

    /// What the rule's condition means, with its names looked up as `names` says.
    pub(super) fn bind(&self, rule: &Rule, entity: &'static Entity, names: Names) -> Result<Predicate, Problem> {
        let Some(condition) = &rule.condition else { return Ok(Predicate::True) };
        Meaning { judge: self, entity, text: &rule.text, names }.condition(condition)
    }
}

/// Why a rule is left out: those before it and it are that heavy, or it is too deep.
pub fn too_much(condition: &Predicate, weight: usize) -> Option<String> {
    if weight > HEAVIEST {
        return Some(format!(
            "more than {HEAVIEST} comparisons would be left for this user; compare with a group or a custom property instead"
        ));
    }
    (condition.depth() > DEEPEST)
        .then(|| format!("more than {DEEPEST} levels would be left, with those of what it asks about by HasPrivilege"))
}
