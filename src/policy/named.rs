//! What rules name: attributes, custom properties, roles and resources.

use crate::model::Entity;
use uuid::Uuid;

/// Something that a rule names, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The field of the rule.
    pub field: &'static str,
    /// The character of the field, counted from 1; none if it is about all of it.
    pub position: Option<usize>,
    /// What is named.
    pub named: Named,
}

/// What a rule names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// What can't be on any site, in words.
    Wrong(String),
    /// One resource, by its id.
    Resource(&'static Entity, Uuid),
    /// An attribute of the user who asks, from a directory or from the session.
    UserAttribute(String),
    /// An attribute of a user who is the resource or its owner.
    StoredAttribute(StoredAttribute),
    /// What a session says, by `user.environment`.
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
    /// The properties that could be meant instead.
    pub properties: Vec<&'static str>,
    /// Whether only users can be meant. Otherwise the name may be that of a property which only
    /// other sites know.
    pub is_sure: bool,
}

/// A custom property that a rule asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomProperty {
    /// Its name, without the `@`.
    pub name: String,
    /// The types of what is asked for it.
    pub of: Vec<&'static Entity>,
    /// The texts that it is compared with.
    pub values: Vec<String>,
    /// Whether nothing but these types can be meant.
    pub is_sure: bool,
}
