//! How a body names another entity.

use super::Property;
use std::fmt;
use uuid::Uuid;

/// A reference to an entity: by id, or by the properties that are unique to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// By id.
    Id(Uuid),
    /// By natural key, such as directory and user id.
    Natural(Vec<(&'static Property, String)>),
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => write!(f, "id {id}"),
            Self::Natural(parts) => {
                for (index, (property, value)) in parts.iter().enumerate() {
                    let separator = if index == 0 { "" } else { ", " };
                    write!(f, "{separator}{} '{value}'", property.name)?;
                }
                Ok(())
            }
        }
    }
}
