//! The vocabulary in which an entity type is declared: plain data. Its look-ups are in
//! `look_ups.rs`.

use super::action::Action;
use super::allowed_values::{Choice, Syntax};
use super::defines::{Defines, ReadOnly};
use super::presence::{Default, Presence};
use super::role::Role;
use std::fmt;
use std::hash::{Hash, Hasher};

/// One entity type, such as the data connection, or one kind of element that lives inside an
/// entity.
pub struct Entity {
    /// QRS's name of the type; also what `schemaPath` says.
    pub resource_type: &'static str,
    /// The path segment below `/qrs`; empty for elements, which have no path of their own.
    pub path: &'static str,
    /// How messages call one of them.
    pub noun: &'static str,
    /// The table that holds the rows; empty for elements, whose table is named by the property that
    /// holds them.
    pub table: &'static str,
    /// The properties in the order in which QRS writes them.
    pub properties: &'static [Property],
    /// Groups of properties whose folded values no two rows share. The first group also works as a
    /// key in references.
    pub unique: &'static [&'static [&'static str]],
    /// Groups of properties that belong together: of a group that two people changed differently,
    /// no mixture is stored unasked.
    pub together: &'static [&'static [&'static str]],
    /// The columns that a list in the console has unless others are chosen.
    pub console_columns: &'static [&'static str],
    /// What its entities decide beyond themselves.
    pub defines: Defines,
    /// Which of its entities clients can neither change nor delete.
    pub read_only: Option<ReadOnly>,
    /// Texts that each change by a client sets: names of properties, and the texts.
    pub set_by_change: &'static [(&'static str, &'static str)],
    /// Whether its entities are their owner's alone: no rule is about them, and the audit log has
    /// no entry of their changes.
    pub is_private: bool,
    /// Where `table` is a view of a log: the table that it shows, in which long texts lie apart.
    pub log_table: Option<&'static str>,
}

impl Entity {
    /// A type with nothing special about it. A declaration says what is different.
    pub const PLAIN: Self = Self {
        resource_type: "",
        path: "",
        noun: "",
        table: "",
        properties: &[],
        unique: &[],
        together: &[],
        console_columns: &["name", "createdDate", "modifiedDate", "modifiedByUserName"],
        defines: Defines::Nothing,
        read_only: None,
        set_by_change: &[],
        is_private: false,
        log_table: None,
    };
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
    pub changed_by: Option<Action>,
    /// The part that it plays, where the program treats it in a way of its own.
    pub role: Option<Role>,
    /// How the console calls it, if not by its name.
    pub label: Option<&'static str>,
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
    /// Text of a length counted in characters. It is compared by its folded form, which a second
    /// column holds.
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

impl Property {
    pub(super) const fn new(
        name: &'static str,
        column: &'static str,
        kind: Kind,
        presence: Presence,
    ) -> Self {
        Self {
            name,
            column,
            kind,
            presence,
            condensed: false,
            fixed: false,
            in_rules: false,
            changed_by: None,
            role: None,
            label: None,
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
    pub const fn enumeration(
        name: &'static str,
        column: &'static str,
        choices: &'static [Choice],
    ) -> Self {
        Self::new(
            name,
            column,
            Kind::Enumeration(choices),
            Presence::Optional(Default::Number(choices[0].number)),
        )
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

    /// A secret of up to `max` characters, empty unless given; the property `shown_to` says to whom
    /// it is shown by who uses it.
    #[must_use]
    pub const fn secret(
        name: &'static str,
        column: &'static str,
        max: usize,
        shown_to: &'static str,
    ) -> Self {
        Self::new(
            name,
            column,
            Kind::Secret { max, shown_to },
            Presence::Optional(Default::Text("")),
        )
    }

    /// A list of up to `most` strings of up to `max` characters each, kept in `table`.
    #[must_use]
    pub const fn strings(name: &'static str, table: &'static str, max: usize, most: usize) -> Self {
        Self::new(name, table, Kind::Strings { max, most }, Presence::Optional(Default::Nothing))
    }

    /// A required reference to one entity, whose id `column` holds.
    #[must_use]
    pub const fn reference(
        name: &'static str,
        column: &'static str,
        target: &'static Entity,
    ) -> Self {
        Self::new(name, column, Kind::Reference(target), Presence::Required)
    }

    /// Links to any number of entities, kept in `table`.
    #[must_use]
    pub const fn links(name: &'static str, table: &'static str, target: &'static Entity) -> Self {
        Self::new(name, table, Kind::Links(target), Presence::Optional(Default::Nothing))
    }

    /// Elements of the entity's own, kept in `table`.
    #[must_use]
    pub const fn elements(
        name: &'static str,
        table: &'static str,
        element: &'static Entity,
    ) -> Self {
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
    pub const fn changed_by(mut self, action: Action) -> Self {
        self.changed_by = Some(action);
        self
    }

    /// It plays this part.
    #[must_use]
    pub const fn role(mut self, role: Role) -> Self {
        self.role = Some(role);
        self
    }

    /// The console calls it so.
    #[must_use]
    pub const fn label(mut self, label: &'static str) -> Self {
        self.label = Some(label);
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
        !self.fixed
            && !matches!(self.kind, Kind::Id)
            && !matches!(self.presence, Presence::ServerSet(_))
    }

    /// Whether it is a set of things in a table of their own rather than a column of the row.
    #[must_use]
    pub const fn is_collection(&self) -> bool {
        matches!(self.kind, Kind::Strings { .. } | Kind::Links(_) | Kind::Elements(_))
    }
}
