//! Why someone may or may not do something: what each rule says to it, and if it says nothing, why not.

use super::Action;
use super::guard::RuleSet;
use super::judge::Judge;
use super::meaning::{Meaning, Names};
use super::rule::{Rule, RuleFault};
use crate::model::{Actor, Entity, RuleSource};
use crate::query::Predicate;

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
    Faulty(RuleFault),
    /// It grants the action on the rows on which both hold.
    Asked {
        /// The rows that it is about.
        reach: Predicate,
        /// The rows on which its condition holds.
        condition: Predicate,
        /// The comparisons and calls of its condition, each with the rows on which it holds.
        terms: Vec<(String, Predicate)>,
    },
}

/// What `source` says to whether `actor` may do `action` to resources of type `entity`; without an action, whether it speaks
/// of them at all.
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
        _ if action.is_some_and(|action| !action.is_in(source.actions)) => return Finding::OtherAction,
        Err(fault) => return Finding::Faulty(fault),
        Ok(rule) if !rule.holds_in(actor.context) => return Finding::OtherContext,
        Ok(rule) => rule,
    };
    // But for what is yet to be created, the resources are the same for every action.
    let action = action.unwrap_or(Action::Read);
    let reach = rule.filter.reach(entity, action);
    let Some(condition) = &rule.condition else {
        return Finding::Asked { reach, condition: Predicate::True, terms: Vec::new() };
    };
    let judge = Judge::asked_for(&rules.rules, actor, entity, action);
    let meaning = Meaning { judge: &judge, entity, text: &rule.text, names: Names::Lenient };
    let mut terms = Vec::new();
    condition.each_term(&mut |term| terms.push(term));
    let terms = terms.into_iter().map(|term| Ok((term.to_string(), meaning.condition(term)?))).collect();
    match (meaning.condition(condition), terms) {
        (Ok(condition), Ok(terms)) => Finding::Asked { reach, condition, terms },
        (Err(problem), _) | (_, Err(problem)) => Finding::Faulty(RuleFault { field: "rule", problem }),
    }
}
