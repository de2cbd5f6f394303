//! What a pull has done.

use super::facet::label;
use super::rule_check::Fault;
use super::take::{Dispute, Taken};
use crate::model::{Entity, Role, field_of};
use serde_json::Value as Json;

/// What a pull has done, type by type.
#[derive(Debug, Default)]
pub struct Report {
    /// The types, in the order in which they were pulled.
    pub types: Vec<TypeReport>,
    /// The number of users on the site, if they are too many to pull all of them unasked.
    pub too_many_users: Option<u64>,
}

/// What a pull has done with the entities of one type.
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

    /// Adds what became of an entity of the site.
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

    /// Adds rules that were disabled because of their faults.
    pub fn add_faults(&mut self, faults: Vec<Fault>) {
        self.disabled.extend(faults.into_iter().map(|Fault { name, why }| (name, why)));
    }
}

/// The name by which people know an entity.
pub fn name(entity: &'static Entity, json: &Json) -> String {
    let name = || {
        let name = field_of(json, entity.name()?.name)?.as_str()?;
        Some(name.to_owned())
    };
    let natural = entity.natural_key().count() > 1;
    natural.then(|| label(entity, json)).flatten().or_else(name).unwrap_or_default()
}

/// Whether the entity has a user name that belongs to a secret.
fn has_user_name(entity: &'static Entity, json: &Json) -> bool {
    entity
        .with_role(Role::UserName)
        .and_then(|property| field_of(json, property.name)?.as_str())
        .is_some_and(|name| !name.is_empty())
}
