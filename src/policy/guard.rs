//! The guard: the rows of an entity type on which an actor may do an action.
//!
//! Rules only grant: a guard is the union of what the rules allow, and without any rule nothing is
//! allowed.

use super::binder::{Lookup, Names};
use super::guard_builder::GuardBuilder;
use super::privileges::{Grants, Guards, KeptPrivileges, Privileges};
use super::resource_filter::Coverage;
use super::rule::{Rule, RuleError};
use super::rules::Rules;
use crate::memory::{Cache, CacheMemory};
use crate::model::{Action, Actor, Context, Entity, FieldErrors, RuleSource, governed};
use crate::query::{Expressions, Predicate};
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// The rules in force at one time.
#[derive(Debug)]
pub struct RuleSet {
    /// The version of the rules: every change of a rule creates another version.
    pub version: i64,
    pub(super) rules: Rules,
    /// Rules that can't be parsed, or whose regular expressions cost too much, by name.
    pub faulty: Vec<(String, RuleError)>,
    faults: BTreeMap<Uuid, RuleError>,
    names: BTreeMap<Uuid, String>,
    /// Cached privileges of actors. They depend only on the rules and the actor.
    kept: Arc<KeptPrivileges>,
    /// Rules for which the log already has a warning that they can't be evaluated for some user.
    warned: Mutex<HashSet<Uuid>>,
}

impl RuleSet {
    /// Builds the rule set from the rules in `sources` that can grant anything: enabled ones of the
    /// category Security. A rule that can't be parsed grants nothing.
    #[must_use]
    pub fn new(version: i64, sources: &[RuleSource]) -> Self {
        let memory = CacheMemory::default();
        let kept = Arc::new(KeptPrivileges::new(memory.share(Cache::Guards)));
        Self::sharing(
            version,
            sources,
            &Arc::new(Expressions::new(memory.share(Cache::Expressions))),
            &kept,
        )
    }

    /// As [`RuleSet::new`], with the compiled regular expressions of other rule sets and the cache
    /// of privileges.
    #[must_use]
    pub fn sharing(
        version: i64,
        sources: &[RuleSource],
        expressions: &Arc<Expressions>,
        kept: &Arc<KeptPrivileges>,
    ) -> Self {
        let mut set = Self {
            version,
            rules: Rules::new(expressions),
            faulty: Vec::new(),
            faults: BTreeMap::new(),
            names: BTreeMap::new(),
            kept: Arc::clone(kept),
            warned: Mutex::default(),
        };
        for source in sources.iter().filter(|rule| !rule.disabled && rule.is_security()) {
            match Rule::parse(source).and_then(|rule| set.rules.add(rule)) {
                Ok(()) => {
                    set.names.insert(source.id, source.name.clone());
                }
                Err(fault) => {
                    set.faults.insert(source.id, fault.clone());
                    set.faulty.push((source.name.clone(), fault));
                }
            }
        }
        set
    }

    /// Compiles the regular expressions of rules, within the limit for all rules, so that they are
    /// ready when the rules come into force.
    pub fn compile(sources: &[RuleSource], expressions: &Arc<Expressions>) {
        let mut rules = Rules::new(expressions);
        let evaluated = sources.iter().filter(|source| source.is_security());
        for rule in evaluated.filter_map(|source| Rule::parse(source).ok()) {
            // Errors are reported when the rule comes into force.
            let _ = rules.add(rule);
        }
    }

    /// A rule set of other rules that shares the compiled regular expressions.
    #[must_use]
    pub fn with_others(&self, sources: &[RuleSource]) -> Self {
        Self::sharing(0, sources, &self.rules.expressions, &Arc::new(KeptPrivileges::new(0)))
    }

    /// The error that keeps a rule from being in force.
    #[must_use]
    pub fn fault(&self, id: Uuid) -> Option<&RuleError> {
        self.faults.get(&id)
    }

    /// The privileges of `actor`, if they are cached. This is fast.
    #[must_use]
    pub fn known_privileges(&self, actor: &Actor) -> Option<Arc<Privileges>> {
        self.kept.find(self.version, actor)
    }

    /// The privileges of `actor`, from the cache or computed now and cached. With many rules that
    /// takes long.
    #[must_use]
    pub fn privileges(&self, actor: &Actor) -> Arc<Privileges> {
        self.known_privileges(actor).unwrap_or_else(|| {
            let privileges = Arc::new(self.work_out(actor));
            self.kept.keep(self.version, actor, Arc::clone(&privileges));
            privileges
        })
    }

    /// The privileges of `actor` on `entity`, from the cache if possible.
    #[must_use]
    pub fn kept(&self, actor: &Actor, entity: &'static Entity) -> Arc<Grants> {
        self.privileges(actor).of(entity)
    }

    /// The privileges of `actor`, from the cache or computed by `work` with
    /// [`RuleSet::privileges`]. Concurrent callers with the same key wait for the first.
    ///
    /// # Errors
    /// The error of `work`.
    pub async fn privileges_by<E>(
        &self,
        actor: &Actor,
        work: impl Future<Output = Result<Arc<Privileges>, E>>,
    ) -> Result<Arc<Privileges>, E> {
        self.kept.find_or_await(self.version, actor, work).await
    }

    /// Computes the privileges of `actor`. With many rules that takes long.
    #[must_use]
    pub fn work_out(&self, actor: &Actor) -> Privileges {
        let builder = GuardBuilder::of(&self.rules, actor);
        let privileges = Privileges::new(|entity| {
            Action::ALL.map(|action| builder.shared_guard(entity, action))
        });
        for (id, reason) in builder.left_out() {
            self.warn_once(id, actor, &reason);
        }
        privileges
    }

    /// Logs a skipped rule once for all users and each version of the rules: with many users it
    /// would fill the log.
    fn warn_once(&self, id: Uuid, actor: &Actor, reason: &str) {
        if self.warned.lock().unwrap_or_else(PoisonError::into_inner).insert(id) {
            let rule = self.names.get(&id).map_or("", String::as_str);
            tracing::warn!(
                %id,
                rule,
                user = actor.name(),
                reason,
                "a system rule can't be evaluated for this user, and possibly for others, so it \
                 grants them nothing"
            );
        }
    }

    /// The rows of `entity` on which `actor` may do each action, in the order of [`Action::ALL`].
    /// They are not cached: reports about many users would displace the users who are active.
    #[must_use]
    pub fn guards(&self, actor: &Actor, entity: &'static Entity) -> Guards {
        guards(&GuardBuilder::of(&self.rules, actor), entity)
    }

    /// The rules that would grant `actor` an action on `entity` but do not, because those before
    /// them leave too many comparisons, or because they can't be evaluated.
    #[must_use]
    pub fn left_out(
        &self,
        actor: &Actor,
        entity: &'static Entity,
        action: Action,
    ) -> BTreeMap<Uuid, String> {
        let builder = GuardBuilder::of(&self.rules, actor);
        // The result does not matter here.
        let _ = builder.guard(entity, action);
        builder.left_out()
    }

    /// Adds a rule to those in force. A rule of another category than Security is not evaluated and
    /// changes nothing.
    ///
    /// # Errors
    /// [`FieldErrors`] if it is invalid together with the other rules; then it is not added.
    pub fn add(&mut self, source: &RuleSource) -> Result<(), FieldErrors> {
        if !source.is_security() {
            return Ok(());
        }
        self.rules.add(Rule::parse(source)?)?;
        let checked = self.check(source);
        if checked.is_err() {
            self.rules.remove_last();
        }
        checked
    }

    /// Checks that a rule is valid wherever it applies. Rules of other categories than Security are
    /// for the services of a whole site, which have other names; they are stored as they are.
    ///
    /// # Errors
    /// [`FieldErrors`] if its condition has an invalid name or comparison, or its `HasPrivilege`
    /// depends on itself.
    pub fn check(&self, source: &RuleSource) -> Result<(), FieldErrors> {
        match self.check_each([source]).pop() {
            Some(Some(invalid)) => Err(invalid),
            _ => Ok(()),
        }
    }

    /// Returns the error of each of `sources`, if any. Guards on which they depend are computed
    /// once for all of them.
    pub fn check_each<'s>(
        &self,
        sources: impl IntoIterator<Item = &'s RuleSource>,
    ) -> Vec<Option<FieldErrors>> {
        // An unknown user, once in each context: a rule may apply in only one of them.
        let actors =
            [Context::Management, Context::App].map(|context| Actor { context, ..Actor::nobody() });
        let builders = actors.each_ref().map(|actor| GuardBuilder::of(&self.rules, actor));
        // Rules that are not in force count towards the cost as well.
        let mut others = Rules::new(&self.rules.expressions);
        sources
            .into_iter()
            .map(|source| self.check_one(source, &builders, &mut others).err())
            .collect()
    }

    fn check_one(
        &self,
        source: &RuleSource,
        builders: &[GuardBuilder<'_>],
        others: &mut Rules,
    ) -> Result<(), FieldErrors> {
        if !source.is_security() {
            return Ok(());
        }
        if let Some(fault) = self.fault(source.id) {
            return Err(fault.clone().into());
        }
        let rule = Rule::parse(source)?;
        if !self.names.contains_key(&source.id) {
            others.add(rule.clone())?;
        }
        let entities: Vec<&'static Entity> =
            governed().filter(|entity| rule.filter.concerns(entity)).collect();
        let names = match rule.filter.coverage() {
            Coverage::OnlyNamed => Names::OneOf(&entities),
            Coverage::OnlyStored | Coverage::Others => Names::Lenient,
        };
        for builder in builders.iter().filter(|builder| rule.holds_in(builder.actor.context)) {
            for &entity in &entities {
                let mut actions =
                    Action::ALL.into_iter().filter(|action| action.is_in(source.actions));
                // A condition means the same for every action, except where `HasPrivilege` depends
                // on itself.
                let actions: Vec<Action> = if rule.asks_privileges {
                    actions.collect()
                } else {
                    actions.next().into_iter().collect()
                };
                for action in actions {
                    let bound = builder.asked_for(entity, action).bind(&rule, entity, names);
                    bound.map_err(|problem| problem.of_field("rule"))?;
                }
            }
        }
        Ok(())
    }
}

fn guards(builder: &GuardBuilder<'_>, entity: &'static Entity) -> Guards {
    Action::ALL.map(|action| builder.guard(entity, action).unwrap_or(Predicate::False))
}
