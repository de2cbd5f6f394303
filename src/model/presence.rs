//! What a property has when a create leaves it out.

/// What a create without the property means.
#[derive(Clone, Copy)]
pub enum Presence {
    /// The create is refused.
    Required,
    /// The property gets this value.
    Optional(Default),
    /// Only the server sets it; what a client sends is ignored.
    ServerSet(Default),
}

/// The value of a property that a create left out.
#[derive(Clone, Copy)]
pub enum Default {
    /// A text.
    Text(&'static str),
    /// A number, or false and true as 0 and 1.
    Number(i64),
    /// The id of the entity itself.
    OwnId,
    /// Whatever the property of this name has.
    SameAs(&'static str),
    /// The user who asks.
    Caller,
    /// The name of the user who asks, as `DIRECTORY\userid`.
    CallerName,
    /// The moment of the write.
    Now,
    /// No elements.
    Nothing,
}
