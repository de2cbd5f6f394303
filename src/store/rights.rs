//! The rights of a user, as writes need them.

use crate::model::{Action, Actor, Entity};
use crate::query::Predicate;

/// The rights of a user. Writes ask for them for the rows that they write and for those that they
/// refer to.
pub trait Rights {
    /// The user.
    fn actor(&self) -> &Actor;

    /// The rows of `entity` on which the user may do `action`.
    fn guard(&self, entity: &'static Entity, action: Action) -> Predicate;
}

/// The rights of a user who may do everything.
pub struct Unrestricted<'a>(pub &'a Actor);

impl Rights for Unrestricted<'_> {
    fn actor(&self) -> &Actor {
        self.0
    }

    fn guard(&self, _: &'static Entity, _: Action) -> Predicate {
        Predicate::True
    }
}

/// The rows that may be read, as references in a body need them.
pub(super) fn readable(rights: &dyn Rights) -> impl Fn(&'static Entity) -> Predicate {
    |entity| rights.guard(entity, Action::Read)
}
