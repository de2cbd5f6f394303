//! The roles of properties.

/// The part that a property plays where the program treats it in a way of its own. Such places ask
/// for a property by its role, never by its name, so that it is the declaration of a type that says
/// what is special about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// When the entity was last written: the version that an update must show.
    Version,
    /// The user who owns the entity.
    Owner,
    /// The tags of the entity.
    Tags,
    /// The values of custom properties.
    CustomProperties,
    /// Of a value of a custom property: the definition that it belongs to.
    Definition,
    /// Of a value of a custom property: the value itself.
    Value,
    /// Of a custom property definition: the values that can be chosen.
    ChoiceValues,
    /// Names of resource types.
    ResourceTypes,
    /// The attributes of a user, which rules ask for by their type.
    Attributes,
    /// Of an attribute: its type.
    AttributeType,
    /// Of an attribute: its value.
    AttributeValue,
    /// Names of the roles of a user.
    UserRoles,
    /// Whether a user is barred.
    Barred,
    /// Whether it is one of the site's own accounts, which can be neither barred nor deleted.
    ServiceAccount,
    /// The user name that belongs to a password.
    UserName,
    /// The condition of a rule.
    Condition,
    /// The actions of a rule, as the sum of their bits.
    Actions,
    /// Whether a rule is switched off.
    Disabled,
    /// The sealed original of a text that is shown masked. If it doesn't open, the text stays
    /// masked, and no key is kept for it.
    MaskedOriginal,
}
