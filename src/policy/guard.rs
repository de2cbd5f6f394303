//! The guard: on which rows of an entity type an actor may do an action.
//!
//! Rules only grant: a guard is the union of what each rule allows, and where no rule speaks nothing is allowed.

use super::Action;
use super::judge::Judge;
use super::meaning::Names;
use super::rule::{Rule, RuleFault};
use crate::model::{Actor, Context, Entity, Invalid, RuleSource, governed};
use crate::query::{Predicate, Questions};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use uuid::Uuid;

/// The rules that are in force at one moment.
#[derive(Debug)]
pub struct RuleSet {
    /// Which moment: every change of a rule makes another version.
    pub version: i64,
    pub(super) rules: Vec<Rule>,
    /// The rules that can't be understood, by name.
    pub faulty: Vec<(String, RuleFault)>,
    /// The guards that were worked out so far. What an actor may do hangs on nothing but what he is.
    kept: Mutex<HashMap<Actor, HashMap<&'static str, Arc<Grants>>>>,
}

/// The rows of one entity type on which an actor may do each action, in the order of [`Action::ALL`].
pub type Guards = [Predicate; Action::ALL.len()];

/// What an actor may do with the rows of one entity type.
#[derive(Debug)]
pub struct Grants {
    /// The rows on which he may do each action.
    pub guards: Guards,
    told: OnceLock<Arc<Questions>>,
}

impl Grants {
    /// Whether he may do each action, as it is asked of rows that he may read: that he may read them need not be asked again.
    pub fn told(&self) -> Arc<Questions> {
        let told = || {
            let facts = self.guards[Action::Read as usize].parts();
            let given = |guard: &Predicate| facts.iter().fold(guard.clone(), |guard, fact| guard.given(fact));
            Arc::new(Questions::new(&self.guards.each_ref().map(given)))
        };
        Arc::clone(self.told.get_or_init(told))
    }
}

/// Actors whose guards are kept at most; then all are forgotten.
const KEPT: usize = 2_000;

impl RuleSet {
    /// The rules among `sources` that can grant anything: enabled ones of the category Security. One that can't be understood
    /// grants nothing.
    #[must_use]
    pub fn new(version: i64, sources: &[RuleSource]) -> Self {
        let mut set = Self { version, rules: Vec::new(), faulty: Vec::new(), kept: Mutex::default() };
        for source in sources.iter().filter(|rule| !rule.disabled && rule.is_security()) {
            match Rule::parse(source) {
                Ok(rule) => set.rules.push(rule),
                Err(fault) => set.faulty.push((source.name.clone(), fault)),
            }
        }
        set
    }

    /// What `actor` may do with the rows of `entity`, as it was worked out before if it was.
    #[must_use]
    pub fn kept(&self, actor: &Actor, entity: &'static Entity) -> Arc<Grants> {
        let lock = || self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(grants) = lock().get(actor).and_then(|grants| grants.get(entity.resource_type)) {
            return Arc::clone(grants);
        }
        // Not under the lock: many rules take a millisecond, and others need not wait for it.
        let judge = Judge::new(&self.rules, actor);
        let grants = Arc::new(Grants { guards: guards(&judge, entity), told: OnceLock::new() });
        for (rule, reason) in judge.left_out() {
            tracing::warn!(%rule, user = actor.name(), reason, "a system rule grants nothing");
        }
        let mut kept = lock();
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.entry(actor.clone()).or_default().insert(entity.resource_type, Arc::clone(&grants));
        grants
    }

    /// The rows of `entity` on which `actor` may do each action, in the order of [`Action::ALL`]. It is worked out anew: for
    /// questions about many users, which would drive those who work out of memory.
    #[must_use]
    pub fn guards(&self, actor: &Actor, entity: &'static Entity) -> Guards {
        guards(&Judge::new(&self.rules, actor), entity)
    }

    /// The rules that do not grant `actor` an action on `entity` though they would, because those before them leave too much to
    /// compare, or because they can't be evaluated.
    #[must_use]
    pub fn left_out(&self, actor: &Actor, entity: &'static Entity, action: Action) -> BTreeMap<Uuid, String> {
        let judge = Judge::new(&self.rules, actor);
        // What it comes to does not matter here.
        let _ = judge.guard(entity, action);
        judge.left_out()
    }

    /// Adds a rule to those in force.
    ///
    /// # Errors
    /// It means nothing together with them; then it is not added.
    pub fn add(&mut self, source: &RuleSource) -> Result<(), Invalid> {
        self.rules.push(Rule::parse(source)?);
        let checked = self.check(source);
        if checked.is_err() {
            self.rules.pop();
        }
        checked
    }

    /// Checks that a rule means something wherever it applies.
    ///
    /// # Errors
    /// A name or a comparison in its condition means nothing, or it asks for privileges in a circle.
    pub fn check(&self, source: &RuleSource) -> Result<(), Invalid> {
        match self.check_each([source]).pop() {
            Some(Some(invalid)) => Err(invalid),
            _ => Ok(()),
        }
    }

    /// What is wrong with each of `sources`, if anything. What they ask about is worked out once for all of them.
    pub fn check_each<'s>(&self, sources: impl IntoIterator<Item = &'s RuleSource>) -> Vec<Option<Invalid>> {
        // Of whom nothing is known, from either place: a rule may hold in one of them only.
        let actors = [Context::Management, Context::App].map(|context| Actor { context, ..Actor::nobody() });
        let judges = actors.each_ref().map(|actor| Judge::new(&self.rules, actor));
        sources.into_iter().map(|source| check(source, &judges).err()).collect()
    }
}

fn guards(judge: &Judge<'_>, entity: &'static Entity) -> Guards {
    Action::ALL.map(|action| judge.guard(entity, action).unwrap_or(Predicate::False))
}

fn check(source: &RuleSource, judges: &[Judge<'_>]) -> Result<(), Invalid> {
    let rule = Rule::parse(source)?;
    let entities: Vec<&'static Entity> = governed().filter(|entity| rule.filter.concerns(entity)).collect();
    let names = if rule.filter.is_all_ours() { Names::OneOf(&entities) } else { Names::Lenient };
    for judge in judges.iter().filter(|judge| rule.holds_in(judge.actor.context)) {
        for &entity in &entities {
            for action in Action::ALL.into_iter().filter(|action| action.is_in(source.actions)) {
                let meaning = judge.asked_for(entity, action).bind(&rule, entity, names);
                meaning.map_err(|problem| Invalid::one("rule", problem.to_string()))?;
            }
        }
    }
    Ok(())
}
