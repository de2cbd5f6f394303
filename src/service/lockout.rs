//! Prevents administrators from locking out themselves or everyone. The site's own accounts may do
//! it, because they can undo it.

use super::caller::Caller;
use crate::access_report::has_root_administrator;
use crate::error::RequestError;
use crate::model::{Document, Entity, Property, Role};
use crate::store::Write;
use uuid::Uuid;

/// Whether a root administrator must remain after a write.
pub struct Lockout {
    must_leave_one: bool,
}

impl Lockout {
    /// Checks a change before it is made.
    ///
    /// # Errors
    /// [`RequestError::Conflict`] if the users would bar themselves.
    pub fn of_change(
        write: &Write<'_>,
        caller: &Caller,
        id: Uuid,
        document: &Document,
    ) -> Result<Self, RequestError> {
        // The roles make a root administrator.
        let decides = |property: &Property| {
            property.has_role(Role::Barred) || property.has_role(Role::UserRoles)
        };
        if !is_concerned(caller, document.entity)
            || !document.inputs().any(|(property, _)| decides(property))
        {
            return Ok(Self { must_leave_one: false });
        }
        if let Some(property) = document.barring_property().filter(|_| id == caller.actor.id) {
            let name = property.name;
            let message = format!(
                "{name}: you can't bar yourself, because you could not undo it; another \
                 administrator can"
            );
            return Err(RequestError::Conflict(message));
        }
        Self::of_write(write)
    }

    /// Checks a removal before it is made.
    ///
    /// # Errors
    /// [`RequestError::Internal`] if the database failed.
    pub fn of_removal(
        write: &Write<'_>,
        caller: &Caller,
        entity: &'static Entity,
    ) -> Result<Self, RequestError> {
        if is_concerned(caller, entity) {
            Self::of_write(write)
        } else {
            Ok(Self { must_leave_one: false })
        }
    }

    fn of_write(write: &Write<'_>) -> Result<Self, RequestError> {
        Ok(Self { must_leave_one: has_root_administrator(&write.snapshot())? })
    }

    /// Rejects the write just made if no root administrator remains.
    ///
    /// # Errors
    /// [`RequestError::Conflict`] if none remains.
    pub fn check(&self, write: &Write<'_>) -> Result<(), RequestError> {
        if self.must_leave_one && !has_root_administrator(&write.snapshot())? {
            let message = "this is the last root administrator who is not barred; give the role \
                           RootAdmin to another user first";
            return Err(RequestError::Conflict(message.to_owned()));
        }
        Ok(())
    }
}

fn is_concerned(caller: &Caller, entity: &Entity) -> bool {
    entity.is_of_users() && !caller.actor.is_service_account
}
