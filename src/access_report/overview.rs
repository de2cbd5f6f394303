//! The users who may do something to a resource, and the resources to which a user may do
//! something.

use super::why::no_such;
use super::{Error, MOST, Resource, Site, guards, names};
use crate::model::{Action, Entity, USER};
use crate::query::Predicate;
use crate::store::{Keep, Page, UserName};
use serde::Serialize;
use std::ops::ControlFlow;
use utoipa::ToSchema;

/// The rights of one user on a resource.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserAccess {
    /// The id of the user.
    pub id: String,
    /// The user, as `DIRECTORY\userid`.
    pub user: String,
    /// The display name of the user.
    pub name: String,
    /// The actions that the user may perform.
    pub privileges: Vec<&'static str>,
}

/// The rights of a user on one resource.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResourceAccess {
    /// The resource, as `DataConnection_<id>`.
    pub resource: String,
    /// The name of the resource.
    pub name: String,
    /// The actions that the user may perform.
    pub privileges: Vec<&'static str>,
}

impl Site<'_> {
    /// The users selected by `filter` who may do `action`, or any action, to `resource`.
    ///
    /// # Errors
    /// [`Error::NotThere`] if the caller can't see this resource; [`Error::Unparsable`] or
    /// [`Error::TooMuch`] if the filter is invalid or selects too many; [`Error::Store`] if the
    /// database failed.
    pub fn who(
        &self,
        resource: Resource,
        action: Option<Action>,
        filter: &str,
    ) -> Result<Vec<UserAccess>, Error> {
        let Resource { entity, id } = resource;
        if !self.snapshot.holds(entity, id, &(self.readable)(entity))? {
            return Err(no_such(resource));
        }
        let mut found = Vec::new();
        let is_whole = self.each_user(&self.select(&USER, "filter", filter)?, |actor| {
            let held = self
                .snapshot
                .test(entity, id, &guards(self.rules, actor, entity))?
                .unwrap_or_default();
            let privileges = names(&held);
            if action.map_or(!privileges.is_empty(), |action| privileges.contains(&action.name())) {
                let name = actor.display_name.clone();
                found.push(UserAccess {
                    id: actor.id.to_string(),
                    user: actor.name(),
                    name,
                    privileges,
                });
            }
            Ok(ControlFlow::Continue(()))
        })?;
        if is_whole {
            Ok(found)
        } else {
            Err(Error::TooMuch("this takes too long for so many users; use a filter".to_owned()))
        }
    }

    /// The resources of the type selected by `filter` to which `user` may do `action`, or any
    /// action.
    ///
    /// # Errors
    /// [`Error::NotThere`] if the caller can't see this user; [`Error::Unparsable`] or
    /// [`Error::TooMuch`] if the filter is invalid or too many resources remain; [`Error::Store`]
    /// if the database failed.
    pub fn what(
        &self,
        user: &UserName,
        action: Option<Action>,
        entity: &'static Entity,
        filter: &str,
    ) -> Result<Vec<ResourceAccess>, Error> {
        let actor = self.user(user)?;
        let visible = self.select(entity, "filter", filter)?;
        let mut guards = guards(self.rules, &actor, entity);
        if let Some(action) = action {
            // Other actions do not matter on rows on which the user may not do this one.
            let requested = guards[action as usize].clone();
            guards = guards.map(|guard| Predicate::and([requested.clone(), guard]));
        }
        let page = Page { skip: 0, take: MOST + 1 };
        let rows = self.snapshot.test_some(entity, &visible, &guards, Keep::Held, page)?;
        if rows.len() > MOST as usize {
            return Err(Error::TooMuch(format!(
                "the user may do this to more than {MOST} resources; use a filter"
            )));
        }
        let access = rows.into_iter().map(|row| ResourceAccess {
            resource: Resource { entity, id: row.id }.to_string(),
            name: row.name,
            privileges: names(&row.holds),
        });
        Ok(access.collect())
    }
}
