//! The texts with which a rule's condition compares, and those that the case folding up to schema
//! 10 matched and the current one does not.

use super::condition::{self, Comparator, Comparison, Condition, Operand};
use crate::model::{RuleSource, earlier_fold, fold};
use crate::query::{Expressions, Wildcards};

/// A text in a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Literal {
    /// The text, as written.
    pub text: String,
    comparator: Comparator,
}

/// A literal, prepared for comparison with many texts under one of the foldings.
enum Matcher {
    Equal(Fold, String),
    Like(Fold, Wildcards),
    Expression(Box<dyn Fn(&str) -> bool>),
}

type Fold = fn(&str) -> String;

impl Literal {
    /// The literals of a rule's condition, from left to right; empty if the condition can't be
    /// parsed.
    #[must_use]
    pub fn of(source: &RuleSource) -> Vec<Self> {
        let Ok(condition) = condition::parse(&source.rule) else { return Vec::new() };
        let compared = condition.terms().into_iter().filter_map(|term| match term {
            Condition::Compare(Comparison { left, operator, right, .. }) => match (left, right) {
                (Operand::Values(values), _) | (_, Operand::Values(values)) => {
                    Some((*operator, values))
                }
                _ => None,
            },
            _ => None,
        });
        let literal = |comparator, text: &String| Self { text: text.clone(), comparator };
        compared
            .flat_map(|(operator, values)| values.iter().map(move |text| literal(operator, text)))
            .collect()
    }

    /// The texts that the literal matched under the earlier folding and no longer matches.
    pub fn unmatched<'t, T>(&self, texts: &'t [T], text_of: impl Fn(&T) -> &str) -> Vec<&'t T> {
        let matchers = match self.comparator {
            Comparator::Matches => {
                let expressions = Expressions::new(0);
                let earlier = expressions.get(&format!("^(?i:{})$", self.text));
                [earlier, expressions.whole(&self.text)].map(|expression| {
                    let expression = expression.ok()?;
                    Some(Matcher::Expression(Box::new(expression.matcher())))
                })
            }
            _ => [earlier_fold as Fold, fold].map(|fold| self.matcher(fold)),
        };
        let [Some(earlier), Some(now)] = matchers else { return Vec::new() };
        texts
            .iter()
            .filter(|text| earlier.holds(text_of(text)) && !now.holds(text_of(text)))
            .collect()
    }

    /// `None` for comparisons that do not ignore case.
    fn matcher(&self, fold: Fold) -> Option<Matcher> {
        let folded = fold(&self.text);
        match self.comparator {
            Comparator::Equal | Comparator::Different => Some(Matcher::Equal(fold, folded)),
            Comparator::Like => Some(Matcher::Like(fold, Wildcards::of(&folded))),
            Comparator::StrictlyEqual | Comparator::StrictlyDifferent | Comparator::Matches => None,
        }
    }
}

impl Matcher {
    fn holds(&self, text: &str) -> bool {
        match self {
            Self::Equal(fold, folded) => fold(text) == *folded,
            Self::Like(fold, pattern) => pattern.match_all_of(&fold(text)),
            Self::Expression(matches) => matches(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::tests::rule;

    #[test]
    fn literals_lose_the_texts_that_full_folding_alone_matched() {
        let texts = ["Straße", "STRASSE", "ıvı", "\u{212a}im", "ﬁn", "Größe"];
        for (condition, expected) in [
            (r#"user.group = "STRASSE""#, vec![vec!["Straße"]]),
            (
                r#"user.group = {"a", "IVI"} and not user.name != "fin""#,
                vec![vec![], vec!["ıvı"], vec!["ﬁn"]],
            ),
            (
                r#"user.group like "strasse*" or user.group like "größe""#,
                vec![vec!["Straße"], vec![]],
            ),
            (r#"user.group matches "k.*""#, vec![vec!["\u{212a}im"]]),
            (r#"user.group == "STRASSE""#, vec![vec![]]),
            ("resource.IsOwned()", vec![]),
            ("user.group =", vec![]),
        ] {
            let unmatched: Vec<Vec<&str>> = Literal::of(&rule(1, 2, condition))
                .iter()
                .map(|literal| {
                    literal.unmatched(&texts, |text| text).into_iter().copied().collect()
                })
                .collect();
            assert_eq!(unmatched, expected, "{condition}");
        }
    }
}
