//! Binds a filter to the declared properties of an entity type: names and words become a
//! [`Predicate`].
//!
//! A condition on a collection is true if any element fulfils it. Comparisons of one collection in
//! one chain of `and` refer to the same element, so that `customProperties.definition.name eq 'A'
//! and customProperties.value eq 'B'` has the expected meaning; a second `eq` on the same property
//! starts the next element. `ne` alone means that no element is equal. docs/filters.md describes
//! this for users.

use super::Readable;
use super::bind_value::{compare, compare_null};
use super::filter::{Filter, Literal, Term};
use super::path::{End, Resolved, names, resolve, target};
use super::predicate::{Operator, Predicate};
use super::text_error::TextError;
use crate::model::{Entity, Property, Role, Value};
use std::cell::Cell;

/// The most comparisons of all access conditions in one filter: each step into another entity
/// repeats what the rules say about that type.
const MOST_REPEATED: usize = 10_000;

/// The condition that `filter`, parsed from `text`, puts on rows of `entity`.
///
/// `readable` returns the rows of each entity type that the caller may read.
///
/// # Errors
/// [`TextError`] for an unknown name, a value that does not fit its property, or more steps into
/// other entities than the rules allow for.
pub fn bind(
    text: &str,
    filter: &Filter,
    entity: &'static Entity,
    readable: Readable<'_>,
) -> Result<Predicate, TextError> {
    Binder { text, entity, readable, repeated: Cell::new(0) }.filter(filter)
}

struct Binder<'a> {
    text: &'a str,
    entity: &'static Entity,
    readable: Readable<'a>,
    /// The number of comparisons of access conditions so far.
    repeated: Cell<usize>,
}

/// A term with its path resolved.
struct Bound<'a> {
    term: &'a Term,
    path: Resolved,
}

/// An operand of `and` about one collection: a term, or several terms joined by `or`.
struct Operand<'a> {
    alternatives: Vec<Bound<'a>>,
}

/// Operands about the same element of a collection.
struct SameElement<'a> {
    /// The relations from the row to the element.
    prefix: Vec<&'static Property>,
    operands: Vec<Operand<'a>>,
}

impl Binder<'_> {
    fn filter(&self, filter: &Filter) -> Result<Predicate, TextError> {
        match filter {
            Filter::Or(parts) => {
                let parts: Result<Vec<_>, _> = parts.iter().map(|part| self.filter(part)).collect();
                Ok(Predicate::or(parts?))
            }
            Filter::And(parts) => self.conjunction(parts),
            Filter::Not(part) => Ok(Predicate::negate(self.filter(part)?)),
            Filter::Term(term) => {
                let bound = self.resolve(term)?;
                self.term(&bound, 0)
            }
        }
    }

    fn conjunction(&self, parts: &[Filter]) -> Result<Predicate, TextError> {
        let mut predicates = Vec::new();
        let mut elements: Vec<SameElement<'_>> = Vec::new();
        let mut negative = Vec::new();
        for part in parts {
            match self.operand(part)? {
                Some((prefix, operand)) if operand.is_positive() => {
                    join(&mut elements, prefix, operand);
                }
                Some((prefix, operand)) => negative.push((part, prefix, operand)),
                None => predicates.push(self.filter(part)?),
            }
        }
        // A negative operand can refer to an element only after a positive one has selected it.
        for (part, prefix, operand) in negative {
            match elements.iter_mut().rev().find(|element| element.prefix == prefix) {
                Some(element) if !element.pins_any(&operand) => element.operands.push(operand),
                _ => predicates.push(self.filter(part)?),
            }
        }
        for element in &elements {
            predicates.push(self.same_element(element)?);
        }
        Ok(Predicate::and(predicates))
    }

    /// The collection that the whole of `part` is about, if it is a single one.
    fn operand<'f>(
        &self,
        part: &'f Filter,
    ) -> Result<Option<(Vec<&'static Property>, Operand<'f>)>, TextError> {
        let terms = match part {
            Filter::Term(term) => vec![term],
            Filter::Or(parts) if parts.iter().all(is_alternative) => part.terms(),
            _ => return Ok(None),
        };
        let alternatives: Vec<Bound<'f>> =
            terms.into_iter().map(|term| self.resolve(term)).collect::<Result<_, _>>()?;
        let Some(prefix) = alternatives.first().and_then(Bound::collection) else {
            return Ok(None);
        };
        let same = alternatives.iter().all(|bound| bound.collection() == Some(prefix.clone()));
        Ok(same.then_some((prefix, Operand { alternatives })))
    }

    fn same_element(&self, element: &SameElement<'_>) -> Result<Predicate, TextError> {
        let skip = element.prefix.len();
        let mut parts = Vec::new();
        for operand in &element.operands {
            let alternatives: Result<Vec<_>, _> =
                operand.alternatives.iter().map(|bound| self.term(bound, skip)).collect();
            parts.push(Predicate::or(alternatives?));
        }
        let first = element.operands.first().and_then(|operand| operand.alternatives.first());
        self.walk(
            first.map_or(0, |bound| bound.term.path.position()),
            &element.prefix,
            Predicate::and(parts),
        )
    }

    /// The predicate of one term, relative to the end of the first `skip` steps of its path.
    fn term(&self, bound: &Bound<'_>, skip: usize) -> Result<Predicate, TextError> {
        let steps = &bound.path.steps[skip..];
        let negated = !steps.is_empty() && bound.term.is_negative();
        let operator = match (negated, bound.term.operator) {
            (true, Operator::Ne) => Operator::Eq,
            (true, _) => Operator::Ne,
            (false, operator) => operator,
        };
        let predicate = self.walk(bound.term.path.position(), steps, self.end(bound, operator)?)?;
        Ok(if negated { Predicate::negate(predicate) } else { predicate })
    }

    fn end(&self, bound: &Bound<'_>, operator: Operator) -> Result<Predicate, TextError> {
        match &bound.path.end {
            End::Property(property) => compare(self.text, property, operator, bound.term),
            End::Relation if bound.term.value == Literal::Null => {
                compare_null(self.text, operator, bound.term)
            }
            End::Relation => Err(self.relation_alone(bound)),
            End::CustomProperty(name) => self.custom_property(name, bound, operator),
        }
    }

    /// A custom property value whose definition has this name and whose value fulfils the
    /// comparison.
    fn custom_property(
        &self,
        name: &str,
        bound: &Bound<'_>,
        operator: Operator,
    ) -> Result<Predicate, TextError> {
        let element = bound.path.steps.last().copied().and_then(target);
        let value = element.and_then(|element| element.with_role(Role::Value));
        let definition = element.and_then(|element| element.with_role(Role::Definition));
        let name_property =
            definition.and_then(target).and_then(|definition| definition.natural_key().next());
        let (Some(value), Some(definition), Some(name_property)) =
            (value, definition, name_property)
        else {
            return Ok(Predicate::False);
        };
        let named = Predicate::equals(name_property, Value::Text(name.to_owned()));
        let named = self.walk(bound.term.path.position(), &[definition], named)?;
        Ok(Predicate::and([named, compare(self.text, value, operator, bound.term)?]))
    }

    /// True if some row at the end of `steps` fulfils `predicate`; each step leads only to rows
    /// that the caller may read.
    fn walk(
        &self,
        position: usize,
        steps: &[&'static Property],
        predicate: Predicate,
    ) -> Result<Predicate, TextError> {
        steps.iter().rev().try_fold(predicate, |predicate, step| {
            let visible = match target(step) {
                Some(entity) if !entity.path.is_empty() => (self.readable)(entity),
                _ => Predicate::True,
            };
            let before = self.repeated.get();
            self.repeated.set(before + visible.weight());
            // One step is always allowed.
            if before > 0 && self.repeated.get() > MOST_REPEATED {
                let message = "too many terms look into other entities, given the number of rules \
                               that protect those; use fewer";
                return Err(TextError::new(self.text, position, message));
            }
            Ok(Predicate::any(step, Predicate::and([visible, predicate])))
        })
    }

    fn resolve<'t>(&self, term: &'t Term) -> Result<Bound<'t>, TextError> {
        Ok(Bound { term, path: resolve(self.text, &term.path, self.entity)? })
    }

    fn relation_alone(&self, bound: &Bound<'_>) -> TextError {
        let relation = bound.path.steps.last();
        let name = relation.map_or("", |relation| relation.name);
        let inside = relation
            .and_then(|relation| target(relation))
            .map(|entity| names(entity).collect::<Vec<_>>());
        let message = format!(
            "{name} is not a single value; name one of its properties, as in {name}.{}",
            inside.unwrap_or_default().join(&format!(", {name}."))
        );
        TextError::new(self.text, bound.term.path.position(), message)
    }
}

fn is_alternative(filter: &Filter) -> bool {
    match filter {
        Filter::Term(_) => true,
        Filter::Or(parts) => parts.iter().all(is_alternative),
        Filter::And(_) | Filter::Not(_) => false,
    }
}

/// Adds an operand to the current element, or starts the next one.
fn join<'a>(
    elements: &mut Vec<SameElement<'a>>,
    prefix: Vec<&'static Property>,
    operand: Operand<'a>,
) {
    match elements.iter_mut().rev().find(|element| element.prefix == prefix) {
        Some(element) if !element.pins_same(&operand) => element.operands.push(operand),
        _ => elements.push(SameElement { prefix, operands: vec![operand] }),
    }
}

impl SameElement<'_> {
    /// The paths that must equal a value in this element.
    fn pinned(&self) -> impl Iterator<Item = &Resolved> {
        self.operands.iter().filter_map(Operand::pinned)
    }

    /// Whether `operand` requires a value for a path for which the element already requires one;
    /// then it refers to the next element.
    fn pins_same(&self, operand: &Operand<'_>) -> bool {
        operand.pinned().is_some_and(|path| self.pinned().any(|pinned| pinned.is_same(path)))
    }

    /// Whether `operand` is about a path for which the element already requires a value; for this
    /// element it would add nothing.
    fn pins_any(&self, operand: &Operand<'_>) -> bool {
        operand
            .alternatives
            .iter()
            .any(|bound| self.pinned().any(|pinned| pinned.is_same(&bound.path)))
    }
}

impl Operand<'_> {
    /// The path that must equal one of some values, if the operand is such a condition.
    fn pinned(&self) -> Option<&Resolved> {
        let (first, rest) = self.alternatives.split_first()?;
        let equal = |bound: &Bound<'_>| {
            bound.term.operator == Operator::Eq && bound.path.is_same(&first.path)
        };
        (equal(first) && rest.iter().all(equal)).then_some(&first.path)
    }

    fn is_positive(&self) -> bool {
        self.alternatives.iter().all(|bound| !bound.term.is_negative())
    }
}

impl Bound<'_> {
    /// The relations up to the first collection on the path. `@Name` always selects an element of
    /// its own.
    fn collection(&self) -> Option<Vec<&'static Property>> {
        if matches!(self.path.end, End::CustomProperty(_)) {
            return None;
        }
        let first = self.path.steps.iter().position(|step| step.is_collection())?;
        Some(self.path.steps[..=first].to_vec())
    }
}

impl Resolved {
    fn is_same(&self, other: &Self) -> bool {
        let same_end = match (&self.end, &other.end) {
            (End::Property(one), End::Property(other)) => one == other,
            _ => false,
        };
        same_end && self.steps == other.steps
    }
}

impl Term {
    /// Whether it is a negative condition: `ne` a value, or `eq null`.
    fn is_negative(&self) -> bool {
        match self.operator {
            Operator::Ne => self.value != Literal::Null,
            Operator::Eq => self.value == Literal::Null,
            _ => false,
        }
    }
}
