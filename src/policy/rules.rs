//! The rules in force, with the total cost of their regular expressions.

use super::condition::{Comparator, Comparison, Condition, Operand};
use super::rule::{Rule, RuleError};
use crate::model::governed;
use crate::query::{Expressions, HINT, MOST_OF_RULE, TextError};
use std::collections::HashSet;
use std::ops::Deref;
use std::sync::Arc;

/// Rules that share their compiled regular expressions.
#[derive(Debug)]
pub struct Rules {
    each: Vec<Rule>,
    /// The regular expressions of rules and users, compiled.
    pub expressions: Arc<Expressions>,
    spent: Spent,
    /// The cost of finding out that other rules cost too much. It counts as well, so that the time
    /// for all rules is bounded.
    wasted: u64,
}

impl Deref for Rules {
    type Target = [Rule];

    fn deref(&self) -> &[Rule] {
        &self.each
    }
}

impl Rules {
    /// An empty set of rules.
    pub fn new(expressions: &Arc<Expressions>) -> Self {
        Self {
            each: Vec::new(),
            expressions: Arc::clone(expressions),
            spent: Spent::default(),
            wasted: 0,
        }
    }

    /// Adds a rule and compiles its regular expressions.
    ///
    /// # Errors
    /// [`RuleError`] if one of them can't be used, or if they exceed the limit of one rule or of
    /// all rules.
    pub fn add(&mut self, rule: Rule) -> Result<(), RuleError> {
        let patterns = patterns(&rule);
        let most = self.expressions.most_of_all_rules();
        let first = patterns.iter().find(|pattern| !self.spent.texts.contains(pattern.text));
        let before = self.spent.cost.saturating_add(self.wasted);
        if let Some(first) = first.filter(|_| before > most) {
            return Err(first.fault(&rule, &over(before, most)));
        }
        let costs = match costs(&rule, &patterns, &self.expressions) {
            Ok(costs) => costs,
            Err(TooCostly { fault, wasted }) => {
                self.wasted = self.wasted.saturating_add(wasted);
                return Err(fault);
            }
        };
        let all = self.spent.with(costs.iter().map(|(text, cost)| (text.as_str(), *cost)));
        if let Some(first) = first.filter(|_| all > most) {
            self.wasted = self.wasted.saturating_add(all - self.spent.cost);
            return Err(first.fault(&rule, &over(all, most)));
        }
        self.spent.add(costs);
        self.each.push(rule);
        Ok(())
    }

    /// Removes the last rule. Its cost stays counted; a trial adds only a few rules.
    pub fn remove_last(&mut self) {
        self.each.pop();
    }
}

fn over(cost: u64, most: u64) -> String {
    format!(
        "the regular expressions of all rules together cost {}, more than the limit of {}; {HINT}",
        kib(cost),
        kib(most)
    )
}

/// The total cost of regular expressions, each counted once.
#[derive(Debug, Default)]
pub struct Spent {
    texts: HashSet<String>,
    cost: u64,
}

impl Spent {
    /// The cost including `more`.
    pub fn with<'t>(&self, more: impl IntoIterator<Item = (&'t str, u64)>) -> u64 {
        let new = more.into_iter().filter(|(text, _)| !self.texts.contains(*text));
        new.fold(self.cost, |sum, (_, cost)| sum.saturating_add(cost))
    }

    /// Counts `more`.
    pub fn add(&mut self, more: impl IntoIterator<Item = (String, u64)>) {
        for (text, cost) in more {
            if self.texts.insert(text) {
                self.cost = self.cost.saturating_add(cost);
            }
        }
    }
}

/// A cost as shown in messages.
pub fn kib(cost: u64) -> String {
    format!("{} KiB", cost.div_ceil(1024))
}

/// An error of a rule, and the cost of finding it.
struct TooCostly {
    fault: RuleError,
    wasted: u64,
}

/// The cost of each of the patterns.
fn costs(
    rule: &Rule,
    patterns: &[Matched<'_>],
    expressions: &Expressions,
) -> Result<Vec<(String, u64)>, TooCostly> {
    let mut costs = Vec::new();
    let mut sum = 0_u64;
    for pattern in patterns {
        let expression = expressions.whole(pattern.text).map_err(|refused| TooCostly {
            fault: pattern.fault(rule, &refused.reason),
            wasted: sum + if refused.is_costly { MOST_OF_RULE } else { 0 },
        })?;
        sum = sum.saturating_add(expression.cost);
        if sum > MOST_OF_RULE {
            let (cost_so_far, most) = (kib(sum), kib(MOST_OF_RULE));
            let message = format!(
                "the regular expressions up to this one cost {cost_so_far}, more than the limit of \
                 {most} for one rule; {HINT}"
            );
            return Err(TooCostly { fault: pattern.fault(rule, &message), wasted: sum });
        }
        costs.push((pattern.text.to_owned(), expression.cost));
    }
    Ok(costs)
}

/// A regular expression in a condition.
struct Matched<'r> {
    text: &'r str,
    comparison: &'r Comparison,
}

impl Matched<'_> {
    fn fault(&self, rule: &Rule, message: &str) -> RuleError {
        RuleError {
            field: "rule",
            problem: TextError::new(&rule.text, self.comparison.position.0, message),
        }
    }
}

/// The regular expressions in a rule's condition, each once. Those of a rule that covers no stored
/// type are never used.
fn patterns(rule: &Rule) -> Vec<Matched<'_>> {
    let terms = rule.condition.iter().flat_map(Condition::terms);
    let mut seen = HashSet::new();
    if !governed().any(|entity| rule.filter.concerns(entity)) {
        return Vec::new();
    }
    let matched = terms.filter_map(|term| match term {
        Condition::Compare(comparison) if comparison.operator == Comparator::Matches => {
            Some(comparison)
        }
        _ => None,
    });
    let all = matched.flat_map(|comparison| {
        let texts = match &comparison.right {
            Operand::Values(texts) => texts.as_slice(),
            Operand::Reference(_) => &[],
        };
        texts.iter().map(move |text| Matched { text, comparison })
    });
    all.filter(|pattern| seen.insert(pattern.text)).collect()
}
