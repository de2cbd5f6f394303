//! The effects of a type's entities on others, and its read-only entities.

/// The definitions that a type's entities make for others, so that writing one has effects
/// elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defines {
    /// Nothing.
    Nothing,
    /// Rules: who may do what.
    Rights,
    /// Users: who can make requests, sign in and own entities.
    Users,
    /// Definitions: which custom properties exist, for which types and with which values.
    CustomProperties,
}

/// The entities that clients can neither change nor delete: those with this text in this property.
#[derive(Clone, Copy, Debug)]
pub struct ReadOnly {
    /// The name of the property.
    pub property: &'static str,
    /// The text.
    pub text: &'static str,
    /// The message for a client that tries.
    pub message: &'static str,
}
