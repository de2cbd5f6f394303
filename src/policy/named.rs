//! Names in rules: attributes, custom properties, roles and resources.

use crate::model::Entity;
use uuid::Uuid;

/// A name in a rule, and its position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The field of the rule.
    pub field: &'static str,
    /// The character of the field, counted from 1; `None` if the whole field is meant.
    pub position: Option<usize>,
    /// The name.
    pub named: Named,
}

/// The kinds of names in a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// A name that no site can have; the message.
    Wrong(String),
    /// One resource, by its id.
    Resource(&'static Entity, Uuid),
    /// An attribute of the user who makes the request, from a directory or the session.
    UserAttribute(String),
    /// An attribute of a user who is the resource or its owner.
    StoredAttribute(StoredAttribute),
    /// An attribute of the session, `user.environment`.
    SessionAttribute(String),
    /// A custom property.
    CustomProperty(CustomProperty),
    /// A role of a user.
    Role(String),
}

/// An attribute of a user who is the resource or its owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAttribute {
    /// Its name.
    pub name: String,
    /// The properties that may be meant instead.
    pub properties: Vec<&'static str>,
    /// Whether only users can be meant. Otherwise the name may be a property that only other sites
    /// have.
    pub is_sure: bool,
}

/// A custom property that a rule uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomProperty {
    /// Its name, without the `@`.
    pub name: String,
    /// The types of the objects that should have it.
    pub of: Vec<&'static Entity>,
    /// The texts with which it is compared.
    pub values: Vec<String>,
    /// Whether only these types can be meant.
    pub is_sure: bool,
}
