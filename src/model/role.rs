//! The roles of properties.

/// The role of a property that the program treats specially. Code finds such a property by its
/// role, never by its name, so that the declaration of a type says what is special about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// When the entity was last written: the version that an update must send back.
    Version,
    /// The user who owns the entity.
    Owner,
    /// The tags of the entity.
    Tags,
    /// The values of custom properties.
    CustomProperties,
    /// In a custom property value: its definition.
    Definition,
    /// In a custom property value: the value itself.
    Value,
    /// In a custom property definition: the allowed values.
    ChoiceValues,
    /// Names of resource types.
    ResourceTypes,
    /// The attributes of a user, which rules use by their type.
    Attributes,
    /// In an attribute: its type.
    AttributeType,
    /// In an attribute: its value.
    AttributeValue,
    /// The names of the roles of a user.
    UserRoles,
    /// Whether a user is barred.
    Barred,
    /// Whether it is one of the site's own accounts, which can't be barred or deleted.
    ServiceAccount,
    /// The user name that belongs to a password.
    UserName,
    /// The condition of a rule.
    Condition,
    /// The actions of a rule, as the sum of their bits.
    Actions,
    /// Whether a rule is disabled.
    Disabled,
    /// The reason a rule can't be evaluated; empty if it can.
    Fault,
    /// The sealed original of a text that is shown masked. If it can't be opened, the text stays
    /// masked, and no key is kept for it.
    MaskedOriginal,
}
