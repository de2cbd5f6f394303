//! Explains why a user may or may not do something: the verdict of each rule, and if it has none,
//! the reason.

use super::binder::{Binder, Names};
use super::condition::{Comparison, Condition, Operand, Reference, Root};
use super::guard::RuleSet;
use super::guard_builder::{GuardBuilder, too_much};
use super::rule::{Rule, RuleError};
use crate::model::{Action, Actor, Entity, Kind, Property, RuleSource};
use crate::query::{Predicate, TextError};

/// The verdict of one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The rule is disabled.
    Disabled,
    /// The rule is not a security rule, so it grants nothing.
    OtherCategory,
    /// The rule does not grant the action.
    OtherAction,
    /// The rule does not apply in the context of the request.
    OtherContext,
    /// The rule can't be evaluated.
    Faulty(RuleError),
    /// The rule grants nothing to this user, because the rules before it leave too many
    /// comparisons.
    LeftOut(String),
    /// The rule grants the action on the rows on which both predicates are true.
    Asked {
        /// The rows that the resource filter covers.
        reach: Predicate,
        /// The rows on which the condition is true.
        condition: Predicate,
        /// The comparisons and calls of its condition.
        terms: Vec<Term>,
    },
}

/// A comparison or a call of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Its text.
    pub text: String,
    /// The rows on which it is true.
    pub holds: Predicate,
    /// The reference that the term follows, such as the owner, if any.
    pub relation: Option<&'static Property>,
}

/// The verdict of `source` on `actor` doing `action` to resources of type `entity`; without an
/// action, whether the rule applies to them at all.
///
/// `rules` are the rules in force, on which `HasPrivilege` in the condition depends.
#[must_use]
pub fn explain(
    rules: &RuleSet,
    source: &RuleSource,
    actor: &Actor,
    entity: &'static Entity,
    action: Option<Action>,
) -> Finding {
    let rule = match Rule::parse(source) {
        _ if source.disabled => return Finding::Disabled,
        _ if !source.is_security() => return Finding::OtherCategory,
        _ if action.is_some_and(|action| !action.is_in(source.actions)) => {
            return Finding::OtherAction;
        }
        Err(fault) => return Finding::Faulty(fault),
        Ok(_) if let Some(fault) = rules.fault(source.id) => return Finding::Faulty(fault.clone()),
        Ok(rule) if !rule.holds_in(actor.context) => return Finding::OtherContext,
        Ok(rule) => rule,
    };
    let its_own = Action::ALL.into_iter().find(|action| action.is_in(source.actions));
    let action = action.or(its_own).unwrap_or(Action::Read);
    let reach = rule.filter.reach(entity, action);
    let Some(condition) = &rule.condition else {
        return Finding::Asked { reach, condition: Predicate::True, terms: Vec::new() };
    };
    let builder = GuardBuilder::of(&rules.rules, actor).asked_for(entity, action);
    let binder = Binder { lookup: &builder, entity, text: &rule.text, names: Names::Lenient };
    let explained = |term: &Condition| {
        Ok(Term {
            text: term.to_string(),
            holds: binder.condition(term)?,
            relation: relation(term, entity),
        })
    };
    let terms = condition.terms().into_iter().map(explained).collect();
    match (binder.condition(condition), terms) {
        (Ok(condition), Ok(terms)) => match too_much(&condition, condition.weight()) {
            None => Finding::Asked { reach, condition, terms },
            Some(message) => Finding::Faulty(RuleError {
                field: "rule",
                problem: TextError { position: 1, message },
            }),
        },
        (Err(problem), _) | (_, Err(problem)) => {
            Finding::Faulty(RuleError { field: "rule", problem })
        }
    }
}

/// The reference of the resource that a term follows.
fn relation(term: &Condition, entity: &'static Entity) -> Option<&'static Property> {
    let looks_behind = |reference: &Reference, names: usize| {
        let first = reference
            .path
            .first()
            .filter(|_| reference.root == Root::Resource && reference.path.len() >= names)?;
        entity.property(&first.text).filter(|property| matches!(property.kind, Kind::Reference(_)))
    };
    match term {
        Condition::Compare(Comparison { left, right, .. }) => {
            [left, right].into_iter().find_map(|operand| match operand {
                Operand::Reference(reference) => looks_behind(reference, 2),
                Operand::Values(_) => None,
            })
        }
        Condition::Call(call) => looks_behind(&call.subject, 1),
        _ => None,
    }
}
