//! The vocabulary for declaring an entity type, as plain data. Its look-ups are in `look_ups.rs`.

use super::action::Action;
use super::allowed_values::{Choice, Syntax};
use super::defines::{Defines, ReadOnly};
use super::presence::{Default, Presence};
use super::role::Role;
use super::staging::Staging;
use std::fmt;
use std::hash::{Hash, Hasher};

/// An entity type, such as the data connection, or a kind of element inside an entity.
pub struct Entity {
    /// QRS's name of the type; also the value of `schemaPath`.
    pub resource_type: &'static str,
    /// The path segment below `/qrs`; empty for elements, which have no path.
    pub path: &'static str,
    /// The word for one of them in messages.
    pub noun: &'static str,
    /// The table of the rows; empty for elements, whose table is named by the property that holds
    /// them.
    pub table: &'static str,
    /// The properties, in the order in which QRS writes them.
    pub properties: &'static [Property],
    /// Groups of properties whose folded values are unique together. The first group also serves as
    /// a key in references.
    pub unique: &'static [&'static [&'static str]],
    /// Groups of properties that belong together: if two people change a group differently, a
    /// mixture is never stored without asking.
    pub together: &'static [&'static [&'static str]],
    /// The default columns of a list in the console.
    pub console_columns: &'static [&'static str],
    /// The definitions that its entities make for others.
    pub defines: Defines,
    /// The entities that clients can neither change nor delete.
    pub read_only: Option<ReadOnly>,
    /// Texts that each change by a client sets: names of properties, and the texts.
    pub set_by_change: &'static [(&'static str, &'static str)],
    /// Whether its entities are private to their owners: no rule covers them, and the audit log
    /// does not record their changes.
    pub is_private: bool,
    /// How its entities are brought in from other sites; `None` if they are not.
    pub staging: Option<Staging>,
    /// If `table` is a view of a log: the table behind it, which stores long texts separately.
    pub log_table: Option<&'static str>,
}

impl Entity {
    /// A type without special features. A declaration states what is different.
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
        staging: None,
        log_table: None,
    };
}

/// Two references are the same type only if they point to the same declaration.
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
    /// The column that stores it; for collections, the table.
    pub column: &'static str,
    /// The kind of its values.
    pub kind: Kind,
    /// The effect of omitting it in a create.
    pub presence: Presence,
    /// Whether the condensed form shows it.
    pub condensed: bool,
    /// Whether its value never changes after the create.
    pub fixed: bool,
    /// Whether conditions of rules may use it; QRS calls that security accessible.
    pub in_rules: bool,
    /// The action that a change of it requires in addition to update, if any.
    pub changed_by: Option<Action>,
    /// Its role, if the program treats it specially.
    pub role: Option<Role>,
    /// Its label in the console, if that differs from its name.
    pub label: Option<&'static str>,
    /// Its description in the OpenAPI document.
    pub description: &'static str,
}

/// Two references are the same property only if they point to the same declaration.
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

/// The kind of a property's values.
#[derive(Clone, Copy)]
pub enum Kind {
    /// The entity's GUID.
    Id,
    /// Text with a length in characters. It is compared in its folded form, which a second column
    /// stores.
    Text {
        /// The fewest characters.
        min: usize,
        /// The most characters.
        max: usize,
        /// The valid texts of this length.
        syntax: Syntax,
    },
    /// One of several named numbers.
    Enumeration(&'static [Choice]),
    /// A number within bounds.
    Integer {
        /// The smallest value.
        min: i64,
        /// The greatest value.
        max: i64,
    },
    /// True or false.
    Boolean,
    /// A time in UTC, to the millisecond.
    Date,
    /// Text that is stored sealed and never returned by the API.
    Secret {
        /// The most characters.
        max: usize,
        /// The property that determines to whom the secret is sent when it is used.
        shown_to: &'static str,
    },
    /// A list of plain strings.
    Strings {
        /// The most characters of one string.
        max: usize,
        /// The most strings.
        most: usize,
    },
    /// One other entity.
    Reference(&'static Entity),
    /// Any number of other entities, linked through a table.
    Links(&'static Entity),
    /// Any number of elements that are created and deleted with the entity.
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

    /// A text of up to `max` characters, empty by default.
    #[must_use]
    pub const fn text(name: &'static str, column: &'static str, max: usize) -> Self {
        let kind = Kind::Text { min: 0, max, syntax: Syntax::Any };
        Self::new(name, column, kind, Presence::Optional(Default::Text("")))
    }

    /// A number with names, the first of them by default.
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

    /// A number within bounds, 0 by default.
    #[must_use]
    pub const fn integer(name: &'static str, column: &'static str, min: i64, max: i64) -> Self {
        Self::new(name, column, Kind::Integer { min, max }, Presence::Optional(Default::Number(0)))
    }

    /// A truth value, false by default.
    #[must_use]
    pub const fn boolean(name: &'static str, column: &'static str) -> Self {
        Self::new(name, column, Kind::Boolean, Presence::Optional(Default::Number(0)))
    }

    /// A secret of up to `max` characters, empty by default; the property `shown_to` determines to
    /// whom it is sent when it is used.
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

    /// A list of up to `most` strings of up to `max` characters each, stored in `table`.
    #[must_use]
    pub const fn strings(name: &'static str, table: &'static str, max: usize, most: usize) -> Self {
        Self::new(name, table, Kind::Strings { max, most }, Presence::Optional(Default::Nothing))
    }

    /// A required reference to one entity, whose id is in `column`.
    #[must_use]
    pub const fn reference(
        name: &'static str,
        column: &'static str,
        target: &'static Entity,
    ) -> Self {
        Self::new(name, column, Kind::Reference(target), Presence::Required)
    }

    /// Links to any number of entities, stored in `table`.
    #[must_use]
    pub const fn links(name: &'static str, table: &'static str, target: &'static Entity) -> Self {
        Self::new(name, table, Kind::Links(target), Presence::Optional(Default::Nothing))
    }

    /// Elements of the entity, stored in `table`.
    #[must_use]
    pub const fn elements(
        name: &'static str,
        table: &'static str,
        element: &'static Entity,
    ) -> Self {
        Self::new(name, table, Kind::Elements(element), Presence::Optional(Default::Nothing))
    }

    /// Makes it required in a create; a text must not be blank.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.presence = Presence::Required;
        if let Kind::Text { max, syntax, .. } = self.kind {
            self.kind = Kind::Text { min: 1, max, syntax };
        }
        self
    }

    /// Sets the default for a create without it.
    #[must_use]
    pub const fn or(mut self, default: Default) -> Self {
        self.presence = Presence::Optional(default);
        self
    }

    /// Makes it read-only for clients.
    #[must_use]
    pub const fn server_set(mut self, default: Default) -> Self {
        self.presence = Presence::ServerSet(default);
        self
    }

    /// Adds it to the condensed form.
    #[must_use]
    pub const fn condensed(mut self) -> Self {
        self.condensed = true;
        self
    }

    /// Makes it unchangeable after the create.
    #[must_use]
    pub const fn fixed(mut self) -> Self {
        self.fixed = true;
        self
    }

    /// Allows conditions of rules to use it.
    #[must_use]
    pub const fn in_rules(mut self) -> Self {
        self.in_rules = true;
        self
    }

    /// Requires this additional action for a change of it.
    #[must_use]
    pub const fn changed_by(mut self, action: Action) -> Self {
        self.changed_by = Some(action);
        self
    }

    /// Sets its role.
    #[must_use]
    pub const fn role(mut self, role: Role) -> Self {
        self.role = Some(role);
        self
    }

    /// Sets its label in the console.
    #[must_use]
    pub const fn label(mut self, label: &'static str) -> Self {
        self.label = Some(label);
        self
    }

    /// Sets the syntax of its texts.
    #[must_use]
    pub const fn syntax(mut self, syntax: Syntax) -> Self {
        if let Kind::Text { min, max, .. } = self.kind {
            self.kind = Kind::Text { min, max, syntax };
        }
        self
    }

    /// Sets its description in the OpenAPI document.
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

    /// Whether it is a collection with its own table rather than a column of the row.
    #[must_use]
    pub const fn is_collection(&self) -> bool {
        matches!(self.kind, Kind::Strings { .. } | Kind::Links(_) | Kind::Elements(_))
    }
}
