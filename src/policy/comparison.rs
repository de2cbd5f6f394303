//! One side of a comparison, and the meaning of a comparison of two sides.

use crate::model::{Entity, Kind, LIST_ITEM, Property, Role, Value, fold, is_same_folded};
use crate::query::{Expression, Pattern, Predicate, Wildcards};
use std::sync::Arc;
use uuid::Uuid;

/// The value of an operand.
#[derive(Clone, Debug)]
pub enum Side {
    /// Values known before any row is read; empty for a missing attribute.
    Constants(Vec<String>),
    /// The user who makes the request, as an object.
    User(Uuid),
    /// The resource, as an object.
    Resource(&'static Entity),
    /// The target of a reference of the resource, as an object.
    Reference(&'static Property),
    /// A single value of the resource, or of the target of its references.
    Property {
        /// The references to follow.
        steps: Vec<&'static Property>,
        /// The property at their end.
        property: &'static Property,
    },
    /// Any number of values: those of the elements that a predicate selects.
    Elements {
        /// The relations to follow; the last one leads to the elements.
        steps: Vec<&'static Property>,
        /// Which elements.
        picked: Predicate,
        /// The property of the element that holds the value.
        value: &'static Property,
    },
}

/// Whether texts that differ only in case are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// They are equal.
    Ignored,
    /// They are different.
    Kept,
}

/// The reason two sides can't be compared.
type Reason = String;

/// Whether a text matches a pattern.
type Test = Box<dyn Fn(&str) -> bool>;

impl Side {
    /// The values of a property at the end of `steps`.
    pub fn property(steps: &[&'static Property], property: &'static Property) -> Self {
        match property.kind {
            Kind::Strings { .. } => Self::Elements {
                steps: join(steps, property),
                picked: Predicate::True,
                value: &LIST_ITEM,
            },
            _ => Self::Property { steps: steps.to_vec(), property },
        }
    }

    /// The values of the custom property with this name, among the values of `relation`.
    pub fn custom_property(
        steps: &[&'static Property],
        relation: &'static Property,
        name: &str,
    ) -> Self {
        let named = |element: &'static Entity| {
            let definition = element.with_role(Role::Definition)?;
            let Kind::Reference(target) = definition.kind else { return None };
            let named =
                Predicate::equals(target.natural_key().next()?, Value::Text(name.to_owned()));
            Some((Predicate::any(definition, named), element.with_role(Role::Value)?))
        };
        Self::elements(steps, relation, named)
    }

    /// The values of the attributes of this type, among those of `relation`.
    pub fn attribute(steps: &[&'static Property], relation: &'static Property, name: &str) -> Self {
        Self::elements(steps, relation, |element| {
            let typed = Predicate::equals(
                element.with_role(Role::AttributeType)?,
                Value::Text(name.to_owned()),
            );
            Some((typed, element.with_role(Role::AttributeValue)?))
        })
    }

    fn elements(
        steps: &[&'static Property],
        relation: &'static Property,
        pick: impl FnOnce(&'static Entity) -> Option<(Predicate, &'static Property)>,
    ) -> Self {
        let Kind::Elements(element) = relation.kind else { return Self::Constants(Vec::new()) };
        match pick(element) {
            Some((picked, value)) => Self::Elements { steps: join(steps, relation), picked, value },
            None => Self::Constants(Vec::new()),
        }
    }

    /// True if any value of one side equals any value of the other.
    ///
    /// # Errors
    /// Both sides belong to the resource.
    pub fn equals(&self, other: &Self, case: Case) -> Result<Predicate, Reason> {
        match (self, other) {
            (Self::Constants(ours), Self::Constants(theirs)) => Ok(Predicate::from(
                ours.iter().any(|our| theirs.iter().any(|their| same_text(our, their, case))),
            )),
            (Self::Constants(constants), side) | (side, Self::Constants(constants)) => {
                Ok(side.holds(|property| any_of(property, constants, case)))
            }
            (Self::User(_), Self::User(_)) | (Self::Resource(_), Self::Resource(_)) => {
                Ok(Predicate::True)
            }
            (Self::User(user), Self::Reference(reference))
            | (Self::Reference(reference), Self::User(user)) => {
                let refers = reference.refers_to_user();
                Ok(if refers {
                    Predicate::equals(reference, Value::Id(*user))
                } else {
                    Predicate::False
                })
            }
            (Self::User(user), Self::Resource(entity))
            | (Self::Resource(entity), Self::User(user)) => {
                let is_user = Predicate::from(entity.is_of_users());
                Ok(Predicate::and([is_user, Predicate::has_id(entity, *user)]))
            }
            // The user is not a text.
            (Self::User(_), _) | (_, Self::User(_)) => Ok(Predicate::False),
            _ => Err("two properties of the resource can't be compared; compare one with an \
                      attribute of the user or a text"
                .to_owned()),
        }
    }

    /// True if any value of one side differs from any value of the other, or if one side has no
    /// value.
    ///
    /// # Errors
    /// Both sides belong to the resource.
    pub fn differs(&self, other: &Self, case: Case) -> Result<Predicate, Reason> {
        match (self, other) {
            (Self::Constants(ours), Self::Constants(theirs)) => {
                let differ =
                    ours.iter().any(|our| theirs.iter().any(|their| !same_text(our, their, case)));
                Ok(Predicate::from(ours.is_empty() || theirs.is_empty() || differ))
            }
            (Self::Constants(constants), _) | (_, Self::Constants(constants))
                if constants.is_empty() =>
            {
                Ok(Predicate::True)
            }
            (Self::Constants(constants), side) | (side, Self::Constants(constants)) => {
                let differs = |property| {
                    Predicate::or(
                        constants.iter().map(|text| Predicate::negate(same(property, text, case))),
                    )
                };
                Ok(Predicate::or([side.holds(differs), side.is_missing()]))
            }
            _ => self.equals(other, case).map(Predicate::negate),
        }
    }

    /// True if any value matches any of the patterns, in which `*` and `?` are wildcards.
    ///
    /// # Errors
    /// The patterns are not constants, or the values are not texts.
    pub fn like(&self, patterns: &Self) -> Result<Predicate, Reason> {
        self.fits(patterns, |pattern| {
            let wildcards = Wildcards::of(&fold(pattern));
            let fits = move |text: &str| wildcards.match_all_of(&fold(text));
            Ok((Pattern::Wildcard(pattern.to_owned()), Box::new(fits)))
        })
    }

    /// True if any value matches any of the patterns, which are regular expressions.
    ///
    /// # Errors
    /// As [`Side::like`], and the error of `compile` for an expression that can't be used.
    pub fn matches(
        &self,
        patterns: &Self,
        compile: impl Fn(&str) -> Result<Arc<Expression>, Reason>,
    ) -> Result<Predicate, Reason> {
        self.fits(patterns, |pattern| {
            let expression = compile(pattern)?;
            Ok((Pattern::Regex(expression.text.to_string()), Box::new(expression.matcher())))
        })
    }

    fn fits(
        &self,
        patterns: &Self,
        make: impl Fn(&str) -> Result<(Pattern, Test), Reason>,
    ) -> Result<Predicate, Reason> {
        let Self::Constants(patterns) = patterns else {
            return Err("the pattern must be a text or an attribute of the user".to_owned());
        };
        let compiled: Vec<(Pattern, Test)> =
            patterns.iter().map(|pattern| make(pattern)).collect::<Result<_, _>>()?;
        match self {
            Self::Constants(texts) => Ok(Predicate::from(
                compiled.iter().any(|(_, fits)| texts.iter().any(|text| fits(text))),
            )),
            Self::Property { property, .. } | Self::Elements { value: property, .. }
                if matches!(property.kind, Kind::Text { .. } | Kind::Id) =>
            {
                let matched = |property| {
                    Predicate::or(
                        compiled
                            .into_iter()
                            .map(|(pattern, _)| Predicate::Match { property, pattern }),
                    )
                };
                Ok(self.holds(matched))
            }
            _ => Err("only texts and ids can be matched with a pattern".to_owned()),
        }
    }

    /// True if there is no value, or only the empty text.
    #[must_use]
    pub fn is_empty(&self) -> Predicate {
        match self {
            Self::Constants(values) => Predicate::from(values.is_empty()),
            Self::Property { property, .. } if matches!(property.kind, Kind::Text { .. }) => {
                self.holds(|property| Predicate::equals(property, Value::Text(String::new())))
            }
            _ => self.is_missing(),
        }
    }

    /// True if there is no value, not even an empty text.
    fn is_missing(&self) -> Predicate {
        match self {
            Self::Elements { .. } => Predicate::negate(self.holds(|_| Predicate::True)),
            _ => Predicate::False,
        }
    }

    /// True if some value of the resource fulfils `test`.
    fn holds(&self, test: impl FnOnce(&'static Property) -> Predicate) -> Predicate {
        match self {
            Self::Property { steps, property } => walk(steps, test(property)),
            Self::Elements { steps, picked, value } => {
                walk(steps, Predicate::and([picked.clone(), test(value)]))
            }
            Self::Reference(reference) => match reference.kind {
                Kind::Reference(target) => {
                    target.id().map_or(Predicate::False, |id| walk(&[reference], test(id)))
                }
                _ => Predicate::False,
            },
            Self::Resource(entity) => entity.id().map_or(Predicate::False, test),
            Self::Constants(_) | Self::User(_) => Predicate::False,
        }
    }
}

fn join(steps: &[&'static Property], last: &'static Property) -> Vec<&'static Property> {
    steps.iter().copied().chain([last]).collect()
}

fn walk(steps: &[&'static Property], predicate: Predicate) -> Predicate {
    steps.iter().rev().fold(predicate, |predicate, step| Predicate::any(step, predicate))
}

fn same_text(one: &str, other: &str, case: Case) -> bool {
    match case {
        Case::Ignored => is_same_folded(one, other),
        Case::Kept => one == other,
    }
}

/// True if the property has one of these values, whatever its kind.
fn any_of(property: &'static Property, texts: &[String], case: Case) -> Predicate {
    if texts.is_empty() {
        return Predicate::False;
    }
    if matches!(property.kind, Kind::Text { .. }) && case == Case::Kept {
        return Predicate::Match { property, pattern: Pattern::Exactly(texts.to_vec()) };
    }
    Predicate::one_of(property, texts.iter().filter_map(|text| value_of(property, text)))
}

/// True if the property has this value, whatever its kind.
fn same(property: &'static Property, text: &str, case: Case) -> Predicate {
    if matches!(property.kind, Kind::Text { .. }) && case == Case::Kept {
        return Predicate::Match { property, pattern: Pattern::Exactly(vec![text.to_owned()]) };
    }
    value_of(property, text).map_or(Predicate::False, |value| Predicate::equals(property, value))
}

/// The text as a value of the property's kind; `None` if it can't be one. Equal texts give one
/// value.
fn value_of(property: &Property, text: &str) -> Option<Value> {
    match property.kind {
        Kind::Text { .. } => Some(Value::Text(property.folded(text))),
        Kind::Id => Uuid::parse_str(text).ok().map(Value::Id),
        Kind::Boolean => text.parse().ok().map(Value::Boolean),
        _ => text.parse().ok().map(Value::Integer),
    }
}
