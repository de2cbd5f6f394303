//! What the entities of a type decide, and which of them stay as they are.

/// What the entities of a type decide beyond themselves, so that writing one has effects elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defines {
    /// Nothing.
    Nothing,
    /// They are rules: who may do what.
    Rights,
    /// They are users: who can ask, sign in and own.
    Users,
    /// They are definitions: which custom properties there are, for which types and with which
    /// values.
    CustomProperties,
}

/// The entities that clients can neither change nor delete: those with this text in this property.
#[derive(Clone, Copy, Debug)]
pub struct ReadOnly {
    /// The name of the property.
    pub property: &'static str,
    /// The text.
    pub text: &'static str,
    /// What a client is told that tries.
    pub message: &'static str,
}
