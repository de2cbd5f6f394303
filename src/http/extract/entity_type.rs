//! The entity type of a route.

use crate::model::Entity;

/// The entity type that a route is for.
#[derive(Clone, Copy)]
pub struct EntityType(pub &'static Entity);
