//! Why someone may or may not do something: what each rule says to it, and if it says nothing, why
//! not.

use super::binder::{Binder, Names};
use super::condition::{Comparison, Condition, Operand, Reference, Root};
use super::guard::RuleSet;
use super::guard_builder::{GuardBuilder, too_much};
use super::rule::{Rule, RuleError};
use crate::model::{Action, Actor, Entity, Kind, Property, RuleSource};
use crate::query::{Predicate, TextError};

/// What a rule says to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It is switched off.
    Disabled,
    /// It is no security rule, and so grants nothing.
    OtherCategory,
    /// It does not grant the action.
    OtherAction,
    /// It does not hold where the question comes from.
    OtherContext,
    /// It can't be evaluated.
    Faulty(RuleError),
    /// It grants nothing to this user: the rules before it leave too much to compare.
    LeftOut(String),
    /// It grants the action on the rows on which both hold.
    Asked {
        /// The rows that it is about.
        reach: Predicate,
        /// The rows on which its condition holds.
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
    /// The rows on which it holds.
    pub holds: Predicate,
    /// The reference that it looks behind, such as the owner's, if it does.
    pub relation: Option<&'static Property>,
}

/// What `source` says to whether `actor` may do `action` to resources of type `entity`; without an
/// action, whether it speaks of them at all.
///
/// `rules` are those in force, which the condition may ask about in turn.
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
    let told = |term: &Condition| {
        Ok(Term {
            text: term.to_string(),
            holds: binder.condition(term)?,
            relation: relation(term, entity),
        })
    };
    let terms = condition.terms().into_iter().map(told).collect();
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

/// The reference of the resource that a term looks behind.
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
