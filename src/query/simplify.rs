//! Joins conditions so that constants are folded away and repeated parts are evaluated once.

use super::predicate::{Operator, Predicate};
use crate::model::{Kind, Property, Value};
use std::collections::HashSet;

impl Predicate {
    /// The conjunction of `parts`, with constants folded away.
    #[must_use]
    pub fn and(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                Self::True => {}
                Self::False => return Self::False,
                Self::And(inner) => inner.into_iter().for_each(|part| add(&mut kept, part)),
                other => add(&mut kept, other),
            }
        }
        match kept.len() {
            0 => Self::True,
            1 => kept.remove(0),
            _ => Self::And(kept),
        }
    }

    /// The disjunction of `parts`, with constants folded away, equalities of one property combined
    /// into a list, conditions on the same related rows merged, and common conditions of several
    /// alternatives factored out.
    #[must_use]
    pub fn or(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut alternatives = Alternatives::default();
        for part in parts {
            match part {
                Self::False => {}
                Self::True => return Self::True,
                Self::Or(inner) => inner.into_iter().for_each(|part| alternatives.add(part)),
                other => alternatives.add(other),
            }
        }
        let mut kept = alternatives.finish();
        match kept.len() {
            0 => Self::False,
            1 => kept.remove(0),
            _ => Self::Or(kept),
        }
    }

    /// The negation of `part`.
    #[must_use]
    pub fn negate(part: Self) -> Self {
        match part {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    /// An equivalent predicate for rows of which `fact` is known to be true: parts that only repeat
    /// the fact are left out.
    #[must_use]
    pub fn given(&self, fact: &Self) -> Self {
        if self == fact {
            return Self::True;
        }
        match self {
            Self::And(parts) => Self::and(parts.iter().map(|part| part.given(fact))),
            Self::Or(parts) => Self::or(parts.iter().map(|part| part.given(fact))),
            Self::Not(part) => Self::negate(part.given(fact)),
            other => other.clone(),
        }
    }

    /// True if some row related by `relation` fulfils `predicate`.
    #[must_use]
    pub fn any(relation: &'static Property, predicate: Self) -> Self {
        match (relation.kind, predicate) {
            (_, Self::False) => Self::False,
            // References are required, so their target always exists.
            (Kind::Reference(_), Self::True) => Self::True,
            (Kind::Reference(_), Self::Compare { property, operator: Operator::Eq, value })
                if is_id(property) =>
            {
                Self::equals(relation, value)
            }
            (Kind::Reference(_), Self::In { property, values }) if is_id(property) => {
                Self::In { property: relation, values }
            }
            (_, predicate) => Self::Any { relation, predicate: Box::new(predicate) },
        }
    }
}

/// The alternatives joined so far. Each alternative is examined once, however many there are: a
/// site can have hundreds of rules.
#[derive(Default)]
struct Alternatives {
    single: Vec<Predicate>,
    related: Vec<(&'static Property, Vec<Predicate>)>,
    shared: Vec<Shared>,
}

/// Alternatives that have the condition `common` in common, each with another condition.
struct Shared {
    common: Vec<Predicate>,
    more: Vec<Predicate>,
}

impl Alternatives {
    /// Adds an alternative that is not itself an `Or`: `x = 1 or x = 2` becomes `x in (1, 2)`,
    /// conditions on the same related rows are merged, and `a and b or a and c` becomes `a and (b
    /// or c)`.
    fn add(&mut self, part: Predicate) {
        match part {
            Predicate::Any { relation, predicate } => {
                match self.related.iter_mut().find(|(own, _)| *own == relation) {
                    Some((_, predicates)) => predicates.push(*predicate),
                    None => self.related.push((relation, vec![*predicate])),
                }
            }
            Predicate::Compare { property, operator: Operator::Eq, value } => {
                self.add_values(property, vec![value]);
            }
            Predicate::In { property, values } => self.add_values(property, values),
            Predicate::And(parts) => self.share(parts),
            other => add(&mut self.single, other),
        }
    }

    /// The resulting alternatives.
    fn finish(self) -> Vec<Predicate> {
        let mut kept = self.single;
        kept.extend(self.shared.into_iter().map(Shared::join));
        let related = self.related.into_iter();
        kept.extend(
            related
                .map(|(relation, predicates)| Predicate::any(relation, Predicate::or(predicates))),
        );
        kept
    }

    fn add_values(&mut self, property: &'static Property, values: Vec<Value>) {
        let same = self.single.iter_mut().find_map(|earlier| match earlier {
            Predicate::Compare { property: own, operator: Operator::Eq, value }
                if *own == property =>
            {
                let first = value.clone();
                *earlier = Predicate::In { property, values: vec![first] };
                values_of(earlier)
            }
            Predicate::In { property: own, .. } if *own == property => values_of(earlier),
            _ => None,
        });
        match (same, values.as_slice()) {
            (Some(same), _) => {
                let known: HashSet<Value> = same.iter().cloned().collect();
                same.extend(values.into_iter().filter(|value| !known.contains(value)));
            }
            (None, [value]) => self.single.push(Predicate::equals(property, value.clone())),
            (None, _) => self.single.push(Predicate::In { property, values }),
        }
    }

    fn share(&mut self, parts: Vec<Predicate>) {
        let sharing = self
            .shared
            .iter_mut()
            .find(|shared| shared.common.iter().any(|part| parts.contains(part)));
        match sharing {
            Some(shared) => shared.add(parts),
            None => self.shared.push(Shared { common: parts, more: vec![Predicate::True] }),
        }
    }
}

impl Shared {
    fn add(&mut self, parts: Vec<Predicate>) {
        let (common, own): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.common).into_iter().partition(|part| parts.contains(part));
        if !own.is_empty() {
            let more = Predicate::or(std::mem::take(&mut self.more));
            self.more.push(Predicate::and(own.into_iter().chain([more])));
        }
        self.more.push(Predicate::and(parts.into_iter().filter(|part| !common.contains(part))));
        self.common = common;
    }

    fn join(self) -> Predicate {
        Predicate::and(self.common.into_iter().chain([Predicate::or(self.more)]))
    }
}

fn values_of(predicate: &mut Predicate) -> Option<&mut Vec<Value>> {
    match predicate {
        Predicate::In { values, .. } => Some(values),
        _ => None,
    }
}

const fn is_id(property: &Property) -> bool {
    matches!(property.kind, Kind::Id)
}

/// Adds a part unless an equal one exists: rules often repeat each other.
fn add(kept: &mut Vec<Predicate>, part: Predicate) {
    if !kept.contains(&part) {
        kept.push(part);
    }
}
