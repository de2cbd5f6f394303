//! Which entities to read, and how much of each.

use super::row_match::Page;
use crate::model::Entity;
use crate::query::{FlagColumns, Order, Predicate};
use std::sync::Arc;

/// How much of an entity is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// The properties that lists show.
    Condensed,
    /// All but secrets.
    Full,
}

/// What to read.
#[derive(Debug)]
pub struct SelectQuery {
    /// The entity type.
    pub entity: &'static Entity,
    /// How much of each.
    pub form: Form,
    /// Which rows.
    pub condition: Predicate,
    /// Sorted by what; rows that are equal in it come by creation.
    pub orders: Vec<Order>,
    /// Which part of them; all unless given.
    pub page: Option<Page>,
    /// Which privileges to show of each row; without them, `privileges` is left out.
    pub privileges: Option<PrivilegeColumns>,
}

impl SelectQuery {
    /// The entities that fulfil `condition`, in full, in the order of their creation and without
    /// privileges.
    #[must_use]
    pub const fn full(entity: &'static Entity, condition: Predicate) -> Self {
        Self {
            entity,
            form: Form::Full,
            condition,
            orders: Vec::new(),
            page: None,
            privileges: None,
        }
    }
}

/// The actions that `privileges` of a row may show.
#[derive(Clone, Debug)]
pub struct PrivilegeColumns {
    /// Their names.
    pub names: Vec<&'static str>,
    /// For each whether it is allowed on the row.
    pub flags: Arc<FlagColumns>,
}
