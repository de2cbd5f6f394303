//! The result of a pull.

use super::facet::label;
use super::take::{Dispute, Taken};
use crate::model::{Entity, Role, text_of};
use serde_json::Value as Json;

/// The result of a pull, type by type.
#[derive(Debug, Default)]
pub struct Report {
    /// The types, in the order in which they were pulled.
    pub types: Vec<TypeReport>,
    /// The number of users on the site, if they are too many to pull all of them unasked.
    pub too_many_users: Option<u64>,
}

/// The result of a pull for the entities of one type.
#[derive(Debug)]
pub struct TypeReport {
    /// The type.
    pub entity: &'static Entity,
    /// How many were created here.
    pub created: u64,
    /// How many were changed here.
    pub changed: u64,
    /// How many have changes of here only, which stay.
    pub kept: u64,
    /// How many of the new ones have a user name, and so may need a password.
    pub without_password: u64,
    /// The names of those that were deleted here and not created again.
    pub deleted_here: Vec<String>,
    /// The names of those that are here, and no longer on the site.
    pub gone_there: Vec<String>,
    /// Those about which the user has to decide.
    pub undecided: Vec<(String, Dispute)>,
    /// Those that can't be stored here, and why.
    pub refused: Vec<(String, String)>,
    /// Rules that are disabled here because they can't be evaluated, and why.
    pub disabled: Vec<(String, String)>,
}

impl TypeReport {
    /// An empty report.
    #[must_use]
    pub const fn new(entity: &'static Entity) -> Self {
        Self {
            entity,
            created: 0,
            changed: 0,
            kept: 0,
            without_password: 0,
            deleted_here: Vec::new(),
            gone_there: Vec::new(),
            undecided: Vec::new(),
            refused: Vec::new(),
            disabled: Vec::new(),
        }
    }

    /// Adds the outcome of an entity of the site.
    pub fn add(&mut self, there: &Json, outcome: Result<Taken, String>) {
        let name = || name(self.entity, there);
        match outcome {
            Ok(Taken::Created(_)) => {
                self.created += 1;
                self.without_password += u64::from(has_user_name(self.entity, there));
            }
            Ok(Taken::Changed(_)) => self.changed += 1,
            Ok(Taken::Kept) => self.kept += 1,
            Ok(Taken::Same | Taken::Own) => {}
            Ok(Taken::DeletedHere) => self.deleted_here.push(name()),
            Ok(Taken::Undecided(dispute)) => self.undecided.push((name(), dispute)),
            Err(why) => self.refused.push((name(), why)),
        }
    }
}

/// The name by which people know an entity.
pub fn name(entity: &'static Entity, json: &Json) -> String {
    let name = || text_of(json, entity.name().map_or("", |property| property.name)).to_owned();
    let is_pair = entity.natural_key().count() > 1;
    is_pair.then(|| label(entity, json)).flatten().unwrap_or_else(name)
}

/// Whether the entity has a user name that belongs to a secret.
fn has_user_name(entity: &'static Entity, json: &Json) -> bool {
    entity
        .with_role(Role::UserName)
        .is_some_and(|property| !text_of(json, property.name).is_empty())
}
