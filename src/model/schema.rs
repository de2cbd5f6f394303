//! The vocabulary in which an entity type is declared: plain data, no behaviour but look-ups.

use std::fmt;
use std::hash::{Hash, Hasher};

/// One entity type, such as the data connection, or one kind of element that lives inside an entity.
pub struct Entity {
    /// QRS's name of the type; also what `schemaPath` says.
    pub resource_type: &'static str,
    /// The path segment below `/qrs`; empty for elements, which have no path of their own.
    pub path: &'static str,
    /// How messages call one of them.
    pub noun: &'static str,
    /// The table that holds the rows; empty for elements, whose table is named by the property that holds them.
    pub table: &'static str,
    /// The properties in the order in which QRS writes them.
    pub properties: &'static [Property],
    /// Groups of properties whose folded values no two rows share. The first group also works as a key in references.
    pub unique: &'static [&'static [&'static str]],
    /// Groups of properties that belong together: of a group that two people changed differently, no mixture is stored unasked.
    pub together: &'static [&'static [&'static str]],
}

impl Entity {
    /// The property that a client means by `name`: QRS ignores case in property names.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|property| property.name.eq_ignore_ascii_case(name))
    }

    /// The properties that a reply in the condensed form shows.
    pub fn condensed(&'static self) -> impl Iterator<Item = &'static Property> {
        self.properties.iter().filter(|property| property.condensed)
    }

    /// The properties that a reply in the full form shows: all but the secrets.
    pub fn full(&'static self) -> impl Iterator<Item = &'static Property> {
        self.properties.iter().filter(|property| !matches!(property.kind, Kind::Secret { .. }))
    }

    /// The properties that are stored sealed.
    pub fn secrets(&'static self) -> impl Iterator<Item = &'static Property> {
        self.properties.iter().filter(|property| matches!(property.kind, Kind::Secret { .. }))
    }

    /// The property that says who owns the entity, if the type has owners.
    #[must_use]
    pub fn owner(&'static self) -> Option<&'static Property> {
        self.properties.iter().find(|property| property.name == "owner")
    }

    /// The property that holds the custom property values, if the type can have them.
    #[must_use]
    pub fn custom_properties(&'static self) -> Option<&'static Property> {
        self.properties.iter().find(|property| property.name == "customProperties")
    }

    /// The properties by which a reference may name an entity of this type instead of its id.
    pub fn natural_key(&'static self) -> impl Iterator<Item = &'static Property> {
        self.unique.first().copied().unwrap_or_default().iter().filter_map(|name| self.property(name))
    }
}

/// Two references mean the same type only if they point at the same declaration.
impl PartialEq for Entity {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for Entity {}

impl fmt::Debug for Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.resource_type)
    }
}

/// One property of an entity type.
pub struct Property {
    /// The JSON name, spelt as QRS spells it.
    pub name: &'static str,
    /// The column that holds it; for collections the table that does.
    pub column: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// What a create without it means.
    pub presence: Presence,
    /// Whether the condensed form shows it.
    pub condensed: bool,
    /// Whether it keeps for ever the value that the create gave it.
    pub fixed: bool,
    /// Whether the conditions of rules may ask for it; QRS calls that security accessible.
    pub in_rules: bool,
    /// The action that a change of it needs beyond update, if there is one.
    pub changed_by: Option<&'static str>,
    /// What it means, for the OpenAPI document.
    pub description: &'static str,
}

/// Two references mean the same property only if they point at the same declaration.
impl PartialEq for Property {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for Property {}

impl Hash for Property {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::ptr::hash(self, state);
    }
}

impl fmt::Debug for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// What a property holds.
#[derive(Clone, Copy)]
pub enum Kind {
    /// The entity's GUID.
    Id,
    /// Text of a length counted in characters. It is compared by its folded form, which a second column holds.
    Text {
        /// Fewest characters.
        min: usize,
        /// Most characters.
        max: usize,
        /// Which texts of that length are valid.
        syntax: Syntax,
    },
    /// One of several numbers that have names.
    Enumeration(&'static [Choice]),
    /// A number within bounds.
    Integer {
        /// Least.
        min: i64,
        /// Greatest.
        max: i64,
    },
    /// True or false.
    Boolean,
    /// A moment in UTC, to the millisecond.
    Date,
    /// Text that is stored sealed and never leaves through the API.
    Secret {
        /// Most characters.
        max: usize,
        /// The property that says to whom it is shown by who uses it.
        shown_to: &'static str,
    },
    /// A list of plain strings.
    Strings {
        /// Most characters of one string.
        max: usize,
        /// Most strings.
        most: usize,
    },
    /// One other entity.
    Reference(&'static Entity),
    /// Any number of other entities, linked through a table.
    Links(&'static Entity),
    /// Any number of elements that live and die with the entity.
    Elements(&'static Entity),
}

/// Which texts a text property accepts, beyond their length.
#[derive(Clone, Copy)]
pub enum Syntax {
    /// Any text.
    Any,
    /// Letters, digits and underscores, because filters and rules write the name bare after an `@`.
    Identifier,
    /// Text on one line: new values have no control characters.
    Line,
    /// The name of a type that other programs compare: new values have no characters that do not show, and white space around it does not count.
    TypeName,
    /// A GUID; an empty text counts as left out.
    Guid,
    /// One of these, in any case.
    OneOf(&'static [&'static str]),
}

/// One number of an enumeration.
pub struct Choice {
    /// The number, as JSON shows it.
    pub number: i64,
    /// Its names; the first is QRS's own.
    pub names: &'static [&'static str],
}

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

impl Property {
    const fn new(name: &'static str, column: &'static str, kind: Kind, presence: Presence) -> Self {
        Self {
            name,
            column,
            kind,
            presence,
            condensed: false,
            fixed: false,
            in_rules: false,
            changed_by: None,
            description: "",
        }
    }

    /// A text of up to `max` characters, empty unless given.
    #[must_use]
    pub const fn text(name: &'static str, column: &'static str, max: usize) -> Self {
        let kind = Kind::Text { min: 0, max, syntax: Syntax::Any };
        Self::new(name, column, kind, Presence::Optional(Default::Text("")))
    }

    /// A number with names, the first of them unless given.
    #[must_use]
    pub const fn enumeration(name: &'static str, column: &'static str, choices: &'static [Choice]) -> Self {
        Self::new(name, column, Kind::Enumeration(choices), Presence::Optional(Default::Number(choices[0].number)))
    }

    /// A number within bounds, 0 unless given.
    #[must_use]
    pub const fn integer(name: &'static str, column: &'static str, min: i64, max: i64) -> Self {
        Self::new(name, column, Kind::Integer { min, max }, Presence::Optional(Default::Number(0)))
    }

    /// A truth value, false unless given.
    #[must_use]
    pub const fn boolean(name: &'static str, column: &'static str) -> Self {
        Self::new(name, column, Kind::Boolean, Presence::Optional(Default::Number(0)))
    }

    /// A secret of up to `max` characters, empty unless given; the property `shown_to` says to whom it is shown by who uses it.
    #[must_use]
    pub const fn secret(name: &'static str, column: &'static str, max: usize, shown_to: &'static str) -> Self {
        Self::new(name, column, Kind::Secret { max, shown_to }, Presence::Optional(Default::Text("")))
    }

    /// A list of up to `most` strings of up to `max` characters each, kept in `table`.
    #[must_use]
    pub const fn strings(name: &'static str, table: &'static str, max: usize, most: usize) -> Self {
        Self::new(name, table, Kind::Strings { max, most }, Presence::Optional(Default::Nothing))
    }

    /// A required reference to one entity, whose id `column` holds.
    #[must_use]
    pub const fn reference(name: &'static str, column: &'static str, target: &'static Entity) -> Self {
        Self::new(name, column, Kind::Reference(target), Presence::Required)
    }

    /// Links to any number of entities, kept in `table`.
    #[must_use]
    pub const fn links(name: &'static str, table: &'static str, target: &'static Entity) -> Self {
        Self::new(name, table, Kind::Links(target), Presence::Optional(Default::Nothing))
    }

    /// Elements of the entity's own, kept in `table`.
    #[must_use]
    pub const fn elements(name: &'static str, table: &'static str, element: &'static Entity) -> Self {
        Self::new(name, table, Kind::Elements(element), Presence::Optional(Default::Nothing))
    }

    /// A create must give it, and a text may not be blank.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.presence = Presence::Required;
        if let Kind::Text { max, syntax, .. } = self.kind {
            self.kind = Kind::Text { min: 1, max, syntax };
        }
        self
    }

    /// A create without it takes `default`.
    #[must_use]
    pub const fn or(mut self, default: Default) -> Self {
        self.presence = Presence::Optional(default);
        self
    }

    /// Clients can't set it.
    #[must_use]
    pub const fn server_set(mut self, default: Default) -> Self {
        self.presence = Presence::ServerSet(default);
        self
    }

    /// The condensed form shows it too.
    #[must_use]
    pub const fn condensed(mut self) -> Self {
        self.condensed = true;
        self
    }

    /// It never changes after the create.
    #[must_use]
    pub const fn fixed(mut self) -> Self {
        self.fixed = true;
        self
    }

    /// The conditions of rules may ask for it.
    #[must_use]
    pub const fn in_rules(mut self) -> Self {
        self.in_rules = true;
        self
    }

    /// A change of it needs this action, too.
    #[must_use]
    pub const fn changed_by(mut self, action: &'static str) -> Self {
        self.changed_by = Some(action);
        self
    }

    /// Only texts of this syntax are valid.
    #[must_use]
    pub const fn syntax(mut self, syntax: Syntax) -> Self {
        if let Kind::Text { min, max, .. } = self.kind {
            self.kind = Kind::Text { min, max, syntax };
        }
        self
    }

    /// What it means, for the OpenAPI document.
    #[must_use]
    pub const fn describe(mut self, description: &'static str) -> Self {
        self.description = description;
        self
    }

    /// Whether a client can change it after the create.
    #[must_use]
    pub const fn is_changeable(&self) -> bool {
        !self.fixed && !matches!(self.kind, Kind::Id) && !matches!(self.presence, Presence::ServerSet(_))
    }

    /// Whether it is a set of things in a table of their own rather than a column of the row.
    #[must_use]
    pub const fn is_collection(&self) -> bool {
        matches!(self.kind, Kind::Strings { .. } | Kind::Links(_) | Kind::Elements(_))
    }
}

/// The entity's GUID: made by the server unless a create brings one.
pub const ID: Property = Property::new("id", "id", Kind::Id, Presence::Optional(Default::OwnId))
    .condensed()
    .fixed()
    .in_rules()
    .describe("Unique identifier");

/// When the entity was made.
pub const CREATED_DATE: Property =
    Property::new("createdDate", "created_date", Kind::Date, Presence::ServerSet(Default::Now))
        .describe("When the entity was created (UTC)");

/// When the entity was last written; the version that an update must show.
pub const MODIFIED_DATE: Property =
    Property::new("modifiedDate", "modified_date", Kind::Date, Presence::ServerSet(Default::Now))
        .describe("When the entity was last modified (UTC); an update must send it back");

/// Who wrote the entity last, as `DIRECTORY\userid`.
pub const MODIFIED_BY_USER_NAME: Property = Property::text("modifiedByUserName", "modified_by_user_name", 511)
    .server_set(Default::CallerName)
    .describe("Who modified the entity last, as DIRECTORY\\userid");
