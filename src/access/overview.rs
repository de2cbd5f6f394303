//! Who may do something to a resource, and what a user may do.

use super::why::no_such;
use super::{Error, MOST, Resource, Site, any, names};
use crate::model::{Entity, USER};
use crate::policy::Action;
use crate::query::Predicate;
use crate::store::{Page, UserName};
use serde::Serialize;

/// What one user may do to the resource.
#[derive(Debug, Serialize)]
pub struct UserAccess {
    /// The user's id.
    pub id: String,
    /// The user, as `DIRECTORY\userid`.
    pub user: String,
    /// His display name.
    pub name: String,
    /// What he may do.
    pub privileges: Vec<&'static str>,
}

/// What the user may do to one resource.
#[derive(Debug, Serialize)]
pub struct ResourceAccess {
    /// The resource, as `DataConnection_<id>`.
    pub resource: String,
    /// Its name.
    pub name: String,
    /// What he may do to it.
    pub privileges: Vec<&'static str>,
}

impl Site<'_> {
    /// The users among those that `filter` selects who may do `action`, or anything, to `resource`.
    ///
    /// # Errors
    /// Who asks can see no such resource; the filter makes no sense or selects too many; the database failed.
    pub fn who(&self, resource: Resource, action: Option<Action>, filter: &str) -> Result<Vec<UserAccess>, Error> {
        let Resource { entity, id } = resource;
        if !self.snapshot.holds(entity, id, &(self.readable)(entity))? {
            return Err(no_such(resource));
        }
        let mut found = Vec::new();
        self.each_user(&self.select(&USER, filter)?, |actor| {
            let guards = self.rules.guards(actor, entity);
            if any(&guards, action) == Predicate::False {
                return Ok(());
            }
            let held = self.snapshot.test(entity, id, &guards)?.unwrap_or_default();
            let privileges = names(&held);
            if action.map_or(!privileges.is_empty(), |action| privileges.contains(&action.name())) {
                let name = actor.display_name.clone();
                found.push(UserAccess { id: actor.id.to_string(), user: actor.name(), name, privileges });
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// The resources of the type among those that `filter` selects to which `user` may do `action`, or anything.
    ///
    /// # Errors
    /// Who asks can see no such user; the filter makes no sense or too many resources are left; the database failed.
    pub fn what(
        &self,
        user: &UserName,
        action: Option<Action>,
        entity: &'static Entity,
        filter: &str,
    ) -> Result<Vec<ResourceAccess>, Error> {
        let actor = self.user(user)?;
        let guards = self.rules.guards(&actor, entity);
        let condition = Predicate::and([self.select(entity, filter)?, any(&guards, action)]);
        self.check_number(entity, &condition)?;
        let rows = self.snapshot.test_each(entity, &condition, &guards, Page { skip: 0, take: MOST })?;
        let access = rows.into_iter().map(|row| ResourceAccess {
            resource: Resource { entity, id: row.id }.to_string(),
            name: row.name,
            privileges: names(&row.holds),
        });
        Ok(access.collect())
    }
}
