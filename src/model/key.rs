//! References to other entities in a body.

use super::Property;
use std::fmt;
use uuid::Uuid;

/// A reference to an entity: by id, or by the properties that are unique to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// Its id.
    Id(Uuid),
    /// Its natural key, such as directory and user id.
    Natural(NaturalKey),
    /// Both, as in an entity from another site. The id counts if an entity here has it.
    Both(Uuid, NaturalKey),
}

/// The properties that identify an entity together, each with its value.
pub type NaturalKey = Vec<(&'static Property, String)>;

impl Key {
    /// The id, if it has one.
    #[must_use]
    pub const fn id(&self) -> Option<Uuid> {
        match self {
            Self::Id(id) | Self::Both(id, _) => Some(*id),
            Self::Natural(_) => None,
        }
    }

    /// The natural key, if it has one.
    #[must_use]
    pub const fn natural(&self) -> Option<&NaturalKey> {
        match self {
            Self::Natural(parts) | Self::Both(_, parts) => Some(parts),
            Self::Id(_) => None,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(id) = self.id() {
            write!(f, "id {id}")?;
        }
        if matches!(self, Self::Both(..)) {
            f.write_str(" or ")?;
        }
        for (index, (property, value)) in self.natural().into_iter().flatten().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}{} '{value}'", property.name)?;
        }
        Ok(())
    }
}
