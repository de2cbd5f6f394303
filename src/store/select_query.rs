//! A query for entities: which ones, and how much of each.

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

/// A query for entities.
#[derive(Debug)]
pub struct SelectQuery {
    /// The entity type.
    pub entity: &'static Entity,
    /// How much of each entity.
    pub form: Form,
    /// The condition of the rows.
    pub condition: Predicate,
    /// The sort order; rows that are equal in it are sorted by creation.
    pub orders: Vec<Order>,
    /// The part of the rows; all by default.
    pub page: Option<Page>,
    /// The privileges to show for each row; without them, `privileges` is omitted.
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
    /// Whether each action is allowed on the row.
    pub flags: Arc<FlagColumns>,
}
