//! One resource, as resource filters name it.

use super::Error;
use crate::model::{Action, Entity, did_you_mean, resource_type};
use std::fmt::{self, Display};
use std::str::FromStr;
use uuid::Uuid;

/// One entity, written `DataConnection_<id>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Its type.
    pub entity: &'static Entity,
    /// Its id.
    pub id: Uuid,
}

impl Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", self.entity.resource_type, self.id)
    }
}

impl FromStr for Resource {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = || {
            Error::Nonsense(format!(
                "resource must be a type and an id, such as DataConnection_<id>, not '{text}'"
            ))
        };
        let (kind, id) = text.split_once('_').ok_or_else(wrong)?;
        Ok(Self { entity: entity(kind)?, id: Uuid::parse_str(id).map_err(|_| wrong())? })
    }
}

/// The entity type with this name.
///
/// # Errors
/// [`Error::Nonsense`] if no type has this name; the message names the nearest.
pub fn entity(name: &str) -> Result<&'static Entity, Error> {
    resource_type(name)
        .map_err(|hint| Error::Nonsense(format!("there is no resource type '{name}'; {hint}")))
}

/// The action with this name.
///
/// # Errors
/// [`Error::Nonsense`] if no action has this name; the message names the nearest.
pub fn action(name: &str) -> Result<Action, Error> {
    Action::named(name).ok_or_else(|| {
        let hint = did_you_mean(name, Action::ALL.map(Action::name));
        Error::Nonsense(format!("there is no action '{name}'; {hint}"))
    })
}
