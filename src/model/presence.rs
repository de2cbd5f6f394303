//! The effect of omitting a property in a create.

/// The effect of omitting the property in a create.
#[derive(Clone, Copy)]
pub enum Presence {
    /// The create is refused.
    Required,
    /// The property gets this default value.
    Optional(Default),
    /// Only the server sets it; input from clients is ignored.
    ServerSet(Default),
}

/// The default value of a property.
#[derive(Clone, Copy)]
pub enum Default {
    /// A text.
    Text(&'static str),
    /// A number, or false and true as 0 and 1.
    Number(i64),
    /// The id of the entity itself.
    OwnId,
    /// The value of the property with this name.
    SameAs(&'static str),
    /// The user who makes the request.
    Caller,
    /// The name of the user who makes the request, as `DIRECTORY\userid`.
    CallerName,
    /// The time of the write.
    Now,
    /// No elements.
    Nothing,
}
