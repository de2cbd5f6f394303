//! The user on whose behalf a request runs, with the rules in force.

use super::backend::Backend;
use super::prepared::{Prepared, Unready};
use super::rule_cache::{ReadFrom, RuleCache};
use super::shown_privileges::Privileges as Shown;
use crate::auth::credential::Claim;
use crate::error::RequestError;
use crate::model::{Action, Actor, Entity};
use crate::policy::{Grants, Privileges, RuleSet};
use crate::query::{FlagColumns, Predicate};
use crate::store::{Moment, PrivilegeColumns, Rights, Snapshot, Versions};
use std::sync::Arc;

/// A user, with the rules that determine what the user may do.
pub struct Caller {
    /// The user.
    pub actor: Actor,
    /// The moment of the snapshot; `None` if it may still be rolled back.
    pub moment: Option<Moment>,
    rules: Arc<RuleSet>,
    privileges: Arc<Privileges>,
    /// The attributes that sessions provide, according to the settings.
    session_attributes: Arc<[String]>,
}

impl Caller {
    /// The caller, or [`Unready`] if something must be prepared first.
    ///
    /// # Errors
    /// [`RequestError::Forbidden`] if the user is barred; [`RequestError::Internal`] if the
    /// database failed.
    pub fn find(
        backend: &Backend,
        snapshot: &Snapshot<'_>,
        claim: &Claim,
        prepared: Option<&Prepared>,
        reading: ReadFrom,
    ) -> Result<Result<Self, Unready>, RequestError> {
        let Some((actor, versions)) = identify(&backend.rules, snapshot, claim, reading)? else {
            return Ok(Err(Unready::Nobody));
        };
        let Some(rules) = backend.rules.current_rules(versions.rules) else {
            return Ok(Err(Unready::Rules));
        };
        let Some(privileges) =
            find_prepared(prepared, &rules, &actor).or_else(|| rules.known_privileges(&actor))
        else {
            return Ok(Err(Unready::Privileges(rules, Arc::new(actor))));
        };
        let session_attributes = Arc::clone(&backend.session_attributes);
        Ok(Ok(Self {
            actor,
            moment: moment(versions, reading),
            rules,
            privileges,
            session_attributes,
        }))
    }

    /// The results of the preparation of this caller.
    #[must_use]
    pub fn prepared(&self) -> Prepared {
        let Self { actor, rules, privileges, .. } = self;
        Prepared {
            version: rules.version,
            actor: Arc::new(actor.clone()),
            privileges: Arc::clone(privileges),
        }
    }

    /// The rules in force.
    #[must_use]
    pub fn rules(&self) -> &RuleSet {
        &self.rules
    }

    /// The attributes that sessions provide, according to the settings.
    #[must_use]
    pub fn session_attributes(&self) -> &[String] {
        &self.session_attributes
    }

    /// The caller's privileges on `entity`.
    #[must_use]
    pub fn grants(&self, entity: &'static Entity) -> Arc<Grants> {
        self.privileges.of(entity)
    }

    /// The rows of `entity` on which the caller may do `action`.
    #[must_use]
    pub fn guard(&self, entity: &'static Entity, action: Action) -> Predicate {
        self.grants(entity).guards[action as usize].clone()
    }

    /// The rows of each entity type that the caller may read, for filters and references.
    pub fn readable(&self) -> impl Fn(&'static Entity) -> Predicate {
        |entity| self.guard(entity, Action::Read)
    }

    /// The columns that show privileges, for rows that the caller may read.
    #[must_use]
    pub fn privilege_columns(
        &self,
        entity: &'static Entity,
        privileges: Shown,
    ) -> Option<PrivilegeColumns> {
        privilege_columns(privileges, || self.grants(entity).privilege_columns())
    }

    /// The columns that show privileges, for rows that the caller may not be allowed to read.
    #[must_use]
    pub fn privilege_columns_of_any(
        &self,
        entity: &'static Entity,
        privileges: Shown,
    ) -> Option<PrivilegeColumns> {
        privilege_columns(privileges, || {
            Arc::new(FlagColumns::new(self.grants(entity).guards.iter()))
        })
    }

    /// The rows of `entity` that the caller may read and that fulfil `condition`.
    #[must_use]
    pub fn visible(&self, entity: &'static Entity, condition: Predicate) -> Predicate {
        Predicate::and([self.guard(entity, Action::Read), condition])
    }
}

impl Rights for Caller {
    fn actor(&self) -> &Actor {
        &self.actor
    }

    fn guard(&self, entity: &'static Entity, action: Action) -> Predicate {
        Self::guard(self, entity, action)
    }
}

/// The user that the request claims, if stored, and the current versions.
fn identify(
    cache: &RuleCache,
    snapshot: &Snapshot<'_>,
    claim: &Claim,
    reading: ReadFrom,
) -> Result<Option<(Actor, Versions)>, RequestError> {
    let versions = snapshot.versions()?;
    let Some(mut actor) = cache.actor(snapshot, &claim.user, versions.users, reading)? else {
        return Ok(None);
    };
    check_active(&actor)?;
    claim.security.apply(&mut actor);
    claim.from_hub.note(&actor);
    Ok(Some((actor, versions)))
}

fn find_prepared(
    prepared: Option<&Prepared>,
    rules: &RuleSet,
    actor: &Actor,
) -> Option<Arc<Privileges>> {
    let prepared =
        prepared.filter(|prepared| prepared.version == rules.version && *prepared.actor == *actor);
    prepared.map(|prepared| Arc::clone(&prepared.privileges))
}

fn moment(versions: Versions, reading: ReadFrom) -> Option<Moment> {
    (reading == ReadFrom::Committed).then_some(versions.moment)
}

fn privilege_columns(
    shown: Shown,
    flags: impl FnOnce() -> Arc<FlagColumns>,
) -> Option<PrivilegeColumns> {
    let names = || Action::ALL.into_iter().map(Action::name).collect();
    (shown == Shown::Shown).then(|| PrivilegeColumns { names: names(), flags: flags() })
}

/// Rejects a barred user, with QRS's message. The site's own accounts can't be barred, because then
/// no account could undo it.
///
/// # Errors
/// [`RequestError::Forbidden`] if the user is inactive or blacklisted.
pub fn check_active(actor: &Actor) -> Result<(), RequestError> {
    if actor.is_barred() {
        let message =
            "Forbidden: Your account is inactive. Contact your administrator to activate it.";
        return Err(RequestError::Forbidden(message.to_owned()));
    }
    Ok(())
}
