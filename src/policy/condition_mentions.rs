//! The names that a condition mentions.

use super::condition::{Comparator, Comparison, Condition, Name, Operand, Reference, Root};
use super::named::{CustomProperty, Mention, Named, StoredAttribute};
use super::resource_types::unknown_type;
use super::warning::shown;
use crate::model::{Actor, Context, Entity, Kind, Property, Role, USER, nearest, nearest_alike};
use crate::query::TextError;

/// The names that the condition `text` mentions, for resources of the types `covered`;
/// `is_only_stored` is whether the filter covers no other types.
pub fn of_condition(
    text: &str,
    condition: &Condition,
    covered: &[&'static Entity],
    is_only_stored: bool,
) -> Vec<Mention> {
    let mut walk = Walk { text, covered, is_only_stored, found: Vec::new() };
    for term in condition.terms() {
        match term {
            Condition::Compare(comparison) => walk.comparison(comparison),
            Condition::Call(call) => walk.reference(&call.subject, &[]),
            _ => {}
        }
    }
    walk.found
}

struct Walk<'r> {
    text: &'r str,
    covered: &'r [&'static Entity],
    is_only_stored: bool,
    found: Vec<Mention>,
}

impl Walk<'_> {
    fn comparison(&mut self, comparison: &Comparison) {
        let is_with_wholes = !matches!(comparison.operator, Comparator::Like | Comparator::Matches);
        for (operand, other) in
            [(&comparison.left, &comparison.right), (&comparison.right, &comparison.left)]
        {
            let values = match other {
                Operand::Values(values) if is_with_wholes => values.as_slice(),
                _ => &[],
            };
            if let Operand::Reference(reference) = operand {
                self.reference(reference, values);
            }
        }
    }

    /// Adds a reference that is compared with these texts.
    fn reference(&mut self, reference: &Reference, values: &[String]) {
        match (reference.root, reference.path.as_slice()) {
            (Root::User, [name]) => self.of_user(name, values),
            (Root::User, [environment, name])
                if environment.text.eq_ignore_ascii_case("environment") =>
            {
                self.of_session(name, values);
            }
            (Root::Resource, [name]) => self.of_resource(name, values),
            (Root::Resource, [first, name, ..]) => match self.referenced(first) {
                Some(target) => self.of_referenced(target, name, values),
                None => self.of_resource(first, &[]),
            },
            _ => {}
        }
    }

    fn of_user(&mut self, name: &Name, values: &[String]) {
        if name.is_custom_property {
            self.custom_property(name, vec![&USER], values, true);
        } else if name.text.eq_ignore_ascii_case("roles") {
            self.roles(name, values);
        } else if !Actor::PROPERTIES.iter().any(|own| own.eq_ignore_ascii_case(&name.text)) {
            self.add(name, Named::UserAttribute(name.text.clone()));
        }
    }

    fn of_session(&mut self, name: &Name, values: &[String]) {
        if !name.text.eq_ignore_ascii_case("context") {
            self.add(name, Named::SessionAttribute(name.text.clone()));
            return;
        }
        let contexts = [Context::Management, Context::App].map(Context::name);
        for value in values
            .iter()
            .filter(|value| !contexts.iter().any(|own| own.eq_ignore_ascii_case(value)))
        {
            let [management, app] = contexts;
            let message = format!(
                "user.environment.context is {management} or {app}, never {}",
                shown(value)
            );
            self.add(name, Named::Wrong(message));
        }
    }

    fn of_resource(&mut self, name: &Name, values: &[String]) {
        if name.is_custom_property {
            let of: Vec<_> = self
                .covered
                .iter()
                .copied()
                .filter(|entity| entity.custom_properties().is_some())
                .collect();
            if !of.is_empty() {
                self.custom_property(name, of, values, self.is_only_stored);
            } else if self.is_only_stored {
                self.add(name, Named::Wrong(format!("{} has custom properties", self.none())));
            }
        } else if name.text.eq_ignore_ascii_case("resourcetype") {
            self.resource_types(name, values);
        } else {
            let mut properties =
                self.covered.iter().filter_map(|entity| in_rules(entity, &name.text)).peekable();
            if properties.peek().is_none() {
                self.unknown_property(name);
            } else if properties.any(|property| property.has_role(Role::UserRoles)) {
                self.roles(name, values);
            }
        }
    }

    /// Adds a property that no covered type has. If users are covered, it may be an attribute.
    fn unknown_property(&mut self, name: &Name) {
        let properties: Vec<&'static str> = self
            .covered
            .iter()
            .flat_map(|entity| names_in_rules(entity))
            .chain(["resourcetype"])
            .collect();
        if self.covered.iter().any(|entity| entity.with_role(Role::Attributes).is_some()) {
            let (name_text, is_sure) = (name.text.clone(), self.is_only_stored);
            self.add(
                name,
                Named::StoredAttribute(StoredAttribute { name: name_text, properties, is_sure }),
            );
            return;
        }
        // Types of other sites have many names that resemble short ones: `node` is not a typing
        // error for `name`.
        let near = if self.is_only_stored {
            nearest(&name.text, properties)
        } else {
            nearest_alike(&name.text, properties)
        };
        if near.is_some() || self.is_only_stored {
            let hint = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
            let message = format!("{} has a property {}{hint}", self.none(), shown(&name.text));
            self.add(name, Named::Wrong(message));
        }
    }

    fn resource_types(&mut self, name: &Name, values: &[String]) {
        for message in values.iter().filter_map(|value| unknown_type(value)) {
            self.add(name, Named::Wrong(message));
        }
    }

    /// The type to which the property with this name refers.
    fn referenced(&self, name: &Name) -> Option<&'static Entity> {
        let properties = self.covered.iter().filter_map(|entity| in_rules(entity, &name.text));
        properties.filter(|_| !name.is_custom_property).find_map(|property| match property.kind {
            Kind::Reference(target) => Some(target),
            _ => None,
        })
    }

    fn of_referenced(&mut self, target: &'static Entity, name: &Name, values: &[String]) {
        if name.is_custom_property {
            self.custom_property(name, vec![target], values, true);
        } else if let Some(property) = in_rules(target, &name.text) {
            if property.has_role(Role::UserRoles) {
                self.roles(name, values);
            }
        } else if target.with_role(Role::Attributes).is_some() {
            let properties = names_in_rules(target).collect();
            let attribute = StoredAttribute { name: name.text.clone(), properties, is_sure: true };
            self.add(name, Named::StoredAttribute(attribute));
        }
    }

    fn roles(&mut self, name: &Name, values: &[String]) {
        for value in values {
            self.add(name, Named::Role(value.clone()));
        }
    }

    fn custom_property(
        &mut self,
        name: &Name,
        of: Vec<&'static Entity>,
        values: &[String],
        is_sure: bool,
    ) {
        let property =
            CustomProperty { name: name.text.clone(), of, values: values.to_vec(), is_sure };
        self.add(name, Named::CustomProperty(property));
    }

    /// The beginning of a message that no covered type does something, up to the verb.
    fn none(&self) -> String {
        match self.covered {
            [only] => format!("no {}", only.resource_type),
            several => {
                let names: Vec<&str> = several.iter().map(|entity| entity.resource_type).collect();
                format!("none of {}", names.join(", "))
            }
        }
    }

    fn add(&mut self, name: &Name, named: Named) {
        let TextError { position, .. } = TextError::new(self.text, name.position.0, "");
        self.found.push(Mention { field: "rule", position: Some(position), named });
    }
}

/// The property with this name that rules may use.
fn in_rules(entity: &'static Entity, name: &str) -> Option<&'static Property> {
    entity.property(name).filter(|property| property.in_rules)
}

fn names_in_rules(entity: &'static Entity) -> impl Iterator<Item = &'static str> {
    entity.properties.iter().filter(|property| property.in_rules).map(|property| property.name)
}
