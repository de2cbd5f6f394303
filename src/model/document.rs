//! Documents: the checked content of a body, ready for the store.

use super::{
    Actor, Default, Entity, FieldError, FieldErrors, Key, Kind, NaturalKey, Presence, Property,
    Role, Timestamp, Value,
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value as Json;
use uuid::Uuid;

/// The content of one entity in a body: the given properties, each checked against its declaration.
#[derive(Clone, Debug)]
pub struct Document {
    /// The type of the entity.
    pub entity: &'static Entity,
    /// The id of the entity; `None` if it is absent, null, empty or the zero GUID.
    pub id: Option<Uuid>,
    pub(super) modified_date: Option<Json>,
    pub(super) ignored: Vec<String>,
    inputs: Vec<(&'static Property, Input)>,
    secrets: Vec<(&'static Property, SecretString)>,
}

/// The input for one property.
#[derive(Clone, Debug)]
pub enum Input {
    /// A single value.
    Value(Value),
    /// The whole new list of strings.
    Strings(Vec<String>),
    /// Another entity.
    Reference(Key),
    /// The whole new list of linked entities.
    Links(Vec<Key>),
    /// The whole new list of elements.
    Elements(Vec<Document>),
}

impl Document {
    /// An empty document.
    #[must_use]
    pub const fn new(entity: &'static Entity) -> Self {
        Self {
            entity,
            id: None,
            modified_date: None,
            ignored: Vec::new(),
            inputs: Vec::new(),
            secrets: Vec::new(),
        }
    }

    /// The given properties, except secrets.
    pub fn inputs(&self) -> impl Iterator<Item = (&'static Property, &Input)> {
        self.inputs.iter().map(|(property, input)| (*property, input))
    }

    /// The input for `property`.
    #[must_use]
    pub fn get(&self, property: &Property) -> Option<&Input> {
        self.inputs.iter().find(|(given, _)| *given == property).map(|(_, input)| input)
    }

    /// Whether `property` is given, secret or not.
    fn gives(&self, property: &Property) -> bool {
        self.get(property).is_some() || self.secrets.iter().any(|(given, _)| *given == property)
    }

    /// Sets `property`, replacing an earlier input.
    pub fn set(&mut self, property: &'static Property, input: Input) {
        self.inputs.retain(|(given, _)| *given != property);
        self.inputs.push((property, input));
    }

    /// The property with which it bars a user, if any.
    #[must_use]
    pub fn barring_property(&self) -> Option<&'static Property> {
        let mut barring =
            self.entity.properties.iter().filter(|property| property.has_role(Role::Barred));
        barring
            .find(|property| matches!(self.get(property), Some(Input::Value(Value::Boolean(true)))))
    }

    /// Sets the properties that every change of an entity of this type sets.
    pub fn set_by_change(&mut self) {
        for (name, text) in self.entity.set_by_change {
            if let Some(property) = self.entity.property(name) {
                self.set(property, Input::Value(Value::Text((*text).to_owned())));
            }
        }
    }

    /// Keeps only the inputs that `keep` accepts.
    pub fn retain(&mut self, mut keep: impl FnMut(&'static Property, &Input) -> bool) {
        self.inputs.retain(|(property, input)| keep(property, input));
    }

    /// Sets a secret, which is kept apart from the inputs until it is sealed.
    pub fn set_secret(&mut self, property: &'static Property, secret: SecretString) {
        self.secrets.retain(|(given, _)| *given != property);
        self.secrets.push((property, secret));
    }

    /// Replaces each secret by its sealed form; an empty one clears the stored secret.
    ///
    /// # Errors
    /// The error of `seal`.
    pub fn seal_secrets<E>(
        &mut self,
        mut seal: impl FnMut(&'static Property, &SecretString) -> Result<String, E>,
    ) -> Result<(), E> {
        for (property, secret) in std::mem::take(&mut self.secrets) {
            let sealed = if secret.expose_secret().is_empty() {
                String::new()
            } else {
                seal(property, &secret)?
            };
            self.set(property, Input::Value(Value::Text(sealed)));
        }
        Ok(())
    }

    /// The natural key, if all of it is given.
    #[must_use]
    pub fn natural_key(&self) -> Option<NaturalKey> {
        let given = |property: &'static Property| match self.get(property)? {
            Input::Value(Value::Text(text)) => Some((property, text.clone())),
            _ => None,
        };
        let parts: Option<NaturalKey> = self.entity.natural_key().map(given).collect();
        parts.filter(|parts| !parts.is_empty())
    }

    /// The required properties that are not given.
    #[must_use]
    pub fn missing(&self) -> Vec<FieldError> {
        let required = self
            .entity
            .properties
            .iter()
            .filter(|property| matches!(property.presence, Presence::Required));
        required
            .filter(|property| !self.gives(property))
            .map(|property| FieldError::new(property.name, "is required"))
            .collect()
    }

    /// Sets empty values for missing required properties, for an entity that is only checked, not
    /// stored.
    pub fn fill_missing(&mut self) {
        for property in self.entity.properties {
            let value = match property.kind {
                Kind::Text { .. } => Value::Text(String::new()),
                Kind::Integer { .. } => Value::Integer(0),
                _ => continue,
            };
            if matches!(property.presence, Presence::Required) && self.get(property).is_none() {
                self.set(property, Input::Value(value));
            }
        }
    }

    /// Completes the entity: each property that the create omits gets its default.
    ///
    /// # Errors
    /// [`FieldErrors`] with the missing required properties.
    pub fn complete(&mut self, id: Uuid, actor: &Actor, now: Timestamp) -> Result<(), FieldErrors> {
        let missing = self.missing();
        if !missing.is_empty() {
            return Err(missing.into());
        }
        self.id = Some(id);
        for property in self.entity.properties {
            let (Presence::Optional(default) | Presence::ServerSet(default)) = property.presence
            else {
                continue;
            };
            if self.gives(property) || matches!(property.kind, Kind::Id) {
                continue;
            }
            if let Some(input) = self.default_input(property, default, id, actor, now) {
                self.set(property, input);
            }
        }
        Ok(())
    }

    fn default_input(
        &self,
        property: &Property,
        default: Default,
        id: Uuid,
        actor: &Actor,
        now: Timestamp,
    ) -> Option<Input> {
        let value = match default {
            Default::Text(text) => Value::Text(text.to_owned()),
            Default::Number(number) if matches!(property.kind, Kind::Boolean) => {
                Value::Boolean(number != 0)
            }
            Default::Number(number) => Value::Integer(number),
            Default::OwnId => Value::Text(id.to_string()),
            Default::Caller => return Some(Input::Reference(Key::Id(actor.id))),
            Default::CallerName => Value::Text(actor.name()),
            Default::Now => Value::Date(now),
            Default::SameAs(name) => return self.same_as(name),
            Default::Nothing => return None,
        };
        Some(Input::Value(value))
    }

    fn same_as(&self, name: &str) -> Option<Input> {
        match self.get(self.entity.property(name)?)? {
            Input::Value(value) => Some(Input::Value(value.clone())),
            _ => None,
        }
    }
}
