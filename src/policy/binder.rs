//! Binds a condition to one actor and one entity type: attributes of the user become constants,
//! properties of the resource become predicates, and terms that the user alone decides are folded
//! away (QRS reference, 6.5).

use super::comparison::{Case, Side};
use super::condition::{Call, Comparator, Comparison, Condition, Name, Operand, Reference, Root};
use crate::model::{Action, Actor, Entity, Kind, Property, Role, did_you_mean};
use crate::query::{Expression, Predicate, TextError};
use std::sync::Arc;

/// How to treat names that the entity type does not have: as errors, or as missing attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names<'a> {
    /// The rule covers only these types, so a name that none of them has is an error.
    OneOf(&'a [&'static Entity]),
    /// The rule may cover types that only a whole site has.
    Lenient,
}

/// The data besides its text that binding a condition needs.
pub trait Lookup {
    /// The user whose access is checked.
    fn actor(&self) -> &Actor;

    /// The rows of `entity` on which the user may do `action`, for `HasPrivilege`.
    ///
    /// # Errors
    /// The check depends on itself, or on a rule that can't be evaluated.
    fn guard(&self, entity: &'static Entity, action: Action) -> Result<Predicate, String>;

    /// The compiled form of the regular expression in `operand`.
    ///
    /// # Errors
    /// The expression can't be used, or the attributes of the user exceed the limit on regular
    /// expressions.
    fn expression(&self, operand: &Operand, text: &str) -> Result<Arc<Expression>, String>;
}

/// Binds one condition.
pub struct Binder<'a> {
    /// Provides what the condition needs.
    pub lookup: &'a dyn Lookup,
    /// The entity type.
    pub entity: &'static Entity,
    /// The condition's text.
    pub text: &'a str,
    /// How unknown names are treated.
    pub names: Names<'a>,
}

impl Binder<'_> {
    /// The rows on which the condition is true.
    ///
    /// # Errors
    /// [`TextError`] for an unknown name or function, or an invalid comparison.
    pub fn condition(&self, condition: &Condition) -> Result<Predicate, TextError> {
        match condition {
            Condition::Or(parts) => Ok(Predicate::or(self.all(parts)?)),
            Condition::And(parts) => Ok(Predicate::and(self.all(parts)?)),
            Condition::Not(part) => Ok(Predicate::negate(self.condition(part)?)),
            Condition::Compare(comparison) => self.comparison(comparison),
            Condition::Call(call) => self.call(call),
        }
    }

    fn all(&self, parts: &[Condition]) -> Result<Vec<Predicate>, TextError> {
        parts.iter().map(|part| self.condition(part)).collect()
    }

    fn comparison(&self, comparison: &Comparison) -> Result<Predicate, TextError> {
        let (left, right) = (self.operand(&comparison.left)?, self.operand(&comparison.right)?);
        let problem = |message: &str| TextError::new(self.text, comparison.position.0, message);
        match comparison.operator {
            Comparator::Equal => left.equals(&right, Case::Ignored),
            Comparator::StrictlyEqual => left.equals(&right, Case::Kept),
            Comparator::Different => left.differs(&right, Case::Ignored),
            Comparator::StrictlyDifferent => left.differs(&right, Case::Kept),
            Comparator::Like => left.like(&right),
            Comparator::Matches => left.matches(&right, |expression| {
                self.lookup.expression(&comparison.right, expression)
            }),
        }
        .map_err(|message| problem(&message))
    }

    fn call(&self, call: &Call) -> Result<Predicate, TextError> {
        let problem = |message: String| TextError::new(self.text, call.position.0, message);
        match call.function.to_ascii_lowercase().as_str() {
            "isowned" if call.subject.root == Root::Resource && call.subject.path.is_empty() => {
                Ok(Predicate::from(self.entity.owner().is_some()))
            }
            "isanonymous" if call.subject.root == Root::User && call.subject.path.is_empty() => {
                Ok(Predicate::False)
            }
            "empty" => Ok(self.reference(&call.subject)?.is_empty()),
            "hasprivilege" if call.subject.root == Root::Resource => self.has_privilege(call),
            _ => {
                let functions = ["HasPrivilege", "IsOwned", "IsAnonymous", "Empty"];
                let hint = did_you_mean(&call.function, functions);
                Err(problem(format!("there is no function {} here; {hint}", call.function)))
            }
        }
    }

    /// Whether the same user may perform the action on the resource, or on the resource to which it
    /// refers.
    fn has_privilege(&self, call: &Call) -> Result<Predicate, TextError> {
        let problem = |message: String| TextError::new(self.text, call.position.0, message);
        let name = call.argument.as_deref().unwrap_or_default();
        let action = Action::named(name).ok_or_else(|| {
            problem(format!(
                "HasPrivilege takes an action, not '{name}'; {}",
                did_you_mean(name, Action::ALL.map(Action::name))
            ))
        })?;
        match call.subject.path.as_slice() {
            [] => self.lookup.guard(self.entity, action).map_err(problem),
            [name] => match self.property(name)? {
                Some(relation) => match relation.kind {
                    Kind::Reference(target) => Ok(Predicate::any(
                        relation,
                        self.lookup.guard(target, action).map_err(problem)?,
                    )),
                    _ => {
                        Err(problem(format!("{} is not a reference to a resource", relation.name)))
                    }
                },
                None => Ok(Predicate::False),
            },
            _ => Err(problem("HasPrivilege can follow only one reference".to_owned())),
        }
    }

    fn operand(&self, operand: &Operand) -> Result<Side, TextError> {
        match operand {
            Operand::Values(values) => Ok(Side::Constants(values.clone())),
            Operand::Reference(reference) => self.reference(reference),
        }
    }

    fn reference(&self, reference: &Reference) -> Result<Side, TextError> {
        match reference.root {
            Root::User => self.of_user(reference),
            Root::Resource => self.of_resource(reference),
        }
    }

    /// An attribute of the user. Any name is valid, because a directory or a sign-in may provide
    /// it; an attribute that the user does not have is missing.
    fn of_user(&self, reference: &Reference) -> Result<Side, TextError> {
        match reference.path.as_slice() {
            [] => Ok(Side::User(self.lookup.actor().id)),
            [name] if name.is_custom_property => {
                Ok(Side::Constants(self.lookup.actor().custom_property(&name.text)))
            }
            [name] => Ok(Side::Constants(self.lookup.actor().attribute(&name.text))),
            [environment, name] if environment.text.eq_ignore_ascii_case("environment") => {
                Ok(Side::Constants(self.lookup.actor().environment(&name.text)))
            }
            [first, ..] => Err(TextError::new(
                self.text,
                first.position.0,
                format!("{} has no attributes of its own", first.text),
            )),
        }
    }

    fn of_resource(&self, reference: &Reference) -> Result<Side, TextError> {
        let Some((first, rest)) = reference.path.split_first() else {
            return Ok(Side::Resource(self.entity));
        };
        if first.text.eq_ignore_ascii_case("resourcetype")
            && !first.is_custom_property
            && rest.is_empty()
        {
            return Ok(Side::Constants(vec![self.entity.resource_type.to_owned()]));
        }
        let attributes = self
            .entity
            .with_role(Role::Attributes)
            .filter(|_| rest.is_empty() && !first.is_custom_property);
        if let (None, Some(attributes)) = (self.entity.property(&first.text), attributes) {
            return Ok(Side::attribute(&[], attributes, &first.text));
        }
        let Some(property) = self.property(first)? else { return Ok(Side::Constants(Vec::new())) };
        if first.is_custom_property {
            return Ok(Side::custom_property(&[], property, &first.text));
        }
        match (property.kind, rest) {
            (Kind::Reference(_), []) => Ok(Side::Reference(property)),
            (Kind::Reference(target), [name]) => Ok(of_referenced(property, target, name)),
            (_, []) => Ok(Side::property(&[], property)),
            (_, [name, ..]) => Err(TextError::new(
                self.text,
                name.position.0,
                format!("{} has no attributes of its own", property.name),
            )),
        }
    }

    /// The property of the entity type with this name that rules may use.
    fn property(&self, name: &Name) -> Result<Option<&'static Property>, TextError> {
        if name.is_custom_property {
            return Ok(self.entity.custom_properties());
        }
        match self.entity.property(&name.text) {
            Some(property) if property.in_rules => Ok(Some(property)),
            _ if self.is_of_another(name) => Ok(None),
            _ => {
                let known = self.entity.properties.iter().filter(|property| property.in_rules);
                let known = known.map(|property| property.name).chain(["resourcetype", "@Name"]);
                let hint = did_you_mean(&name.text, known);
                let message = format!(
                    "a {} has no property '{}' that rules can use; {hint}",
                    self.entity.noun, name.text
                );
                Err(TextError::new(self.text, name.position.0, message))
            }
        }
    }

    /// Whether another type that the rule covers has, or may have, this name.
    fn is_of_another(&self, name: &Name) -> bool {
        match self.names {
            Names::OneOf(entities) => entities.iter().any(|entity| {
                let has_it = entity.property(&name.text).is_some_and(|property| property.in_rules);
                // An attribute may have any name.
                has_it || (*entity != self.entity && entity.with_role(Role::Attributes).is_some())
            }),
            Names::Lenient => true,
        }
    }
}

/// A property, a custom property or an attribute of the owner.
fn of_referenced(relation: &'static Property, target: &'static Entity, name: &Name) -> Side {
    let attributes = target.with_role(Role::Attributes);
    match (
        name.is_custom_property,
        target.property(&name.text),
        target.custom_properties(),
        attributes,
    ) {
        (true, _, Some(values), _) => Side::custom_property(&[relation], values, &name.text),
        (false, Some(property), _, _) if property.in_rules => Side::property(&[relation], property),
        (false, _, _, Some(attributes)) => Side::attribute(&[relation], attributes, &name.text),
        _ => Side::Constants(Vec::new()),
    }
}
