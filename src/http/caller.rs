//! On whose behalf a call works, with the rules that are in force for it.

use super::State;
use super::failure::Failure;
use super::front::{Credential, Scope, Visitor};
use super::known::Reading;
use super::query_string::Privileges;
use super::security_header::SecurityHeader;
use crate::model::{Actor, Entity};
use crate::policy::{Action, Grants, RuleSet};
use crate::query::{Predicate, Questions};
use crate::store::{Moment, Snapshot, Told, UserName};
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

/// A user, and the rules that say what he may do.
pub struct Caller {
    /// The user.
    pub actor: Actor,
    /// The moment that is shown to him; none where it may yet be rolled back.
    pub moment: Option<Moment>,
    rules: Arc<RuleSet>,
    /// What he may do, by entity type, so that it is looked up once a request.
    grants: RefCell<HashMap<&'static str, Arc<Grants>>>,
}

/// Who asks, as the request says it.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The user.
    pub user: UserName,
    /// From where, and with what attributes.
    pub security: SecurityHeader,
    /// What the request may be made for.
    pub scope: Scope,
    /// What lets it in.
    pub credential: Credential,
}

impl Caller {
    /// The caller, if the user that the request claims has been seen before.
    ///
    /// # Errors
    /// The user is barred, or the database failed.
    pub fn find(
        state: &State,
        snapshot: &Snapshot<'_>,
        claim: &Claim,
        reading: Reading,
    ) -> Result<Option<Self>, Failure> {
        let versions = snapshot.versions()?;
        let Some(mut actor) = state.known.actor(snapshot, &claim.user, versions.users, reading)? else {
            return Ok(None);
        };
        check_active(&actor)?;
        claim.security.apply(&mut actor);
        let rules = state.known.rules(snapshot, versions.rules, reading)?;
        let moment = (reading == Reading::Committed).then_some(versions.moment);
        Ok(Some(Self { actor, moment, rules, grants: RefCell::default() }))
    }

    /// The caller, who was seen before.
    ///
    /// # Errors
    /// As [`Caller::find`]; the user was deleted just now.
    pub fn known(state: &State, snapshot: &Snapshot<'_>, claim: &Claim) -> Result<Self, Failure> {
        Self::find(state, snapshot, claim, Reading::Committed)?
            .ok_or_else(|| Failure::Unavailable("the user was deleted in this moment; try again".to_owned()))
    }

    /// The rules that are in force.
    #[must_use]
    pub fn rules(&self) -> &RuleSet {
        &self.rules
    }

    /// What the caller may do with the rows of `entity`.
    #[must_use]
    pub fn grants(&self, entity: &'static Entity) -> Arc<Grants> {
        let mut known = self.grants.borrow_mut();
        Arc::clone(known.entry(entity.resource_type).or_insert_with(|| self.rules.kept(&self.actor, entity)))
    }

    /// The rows of `entity` on which the caller may do `action`.
    #[must_use]
    pub fn guard(&self, entity: &'static Entity, action: Action) -> Predicate {
        self.grants(entity).guards[action as usize].clone()
    }

    /// The rows of `entity` on which the caller may do the action of that name; none if there is no such action.
    pub fn may(&self, entity: &'static Entity) -> impl Fn(&'static str) -> Predicate {
        move |action| Action::named(action).map_or(Predicate::False, |action| self.guard(entity, action))
    }

    /// What the caller may read of each entity type, as filters and references need to know it.
    pub fn readable(&self) -> impl Fn(&'static Entity) -> Predicate {
        |entity| self.guard(entity, Action::Read)
    }

    /// What is to be told of each row that the caller may read.
    #[must_use]
    pub fn told(&self, entity: &'static Entity, privileges: Privileges) -> Option<Told> {
        told(privileges, || self.grants(entity).told())
    }

    /// What is to be told of each row, though the caller may not read it.
    #[must_use]
    pub fn told_of_any(&self, entity: &'static Entity, privileges: Privileges) -> Option<Told> {
        told(privileges, || Arc::new(Questions::new(&self.grants(entity).guards)))
    }

    /// Rows of `entity` that the caller may read and that fulfil `condition`.
    #[must_use]
    pub fn visible(&self, entity: &'static Entity, condition: Predicate) -> Predicate {
        Predicate::and([self.guard(entity, Action::Read), condition])
    }
}

fn told(privileges: Privileges, questions: impl FnOnce() -> Arc<Questions>) -> Option<Told> {
    let names = || Action::ALL.into_iter().map(Action::name).collect();
    (privileges == Privileges::Shown).then(|| Told { names: names(), questions: questions() })
}

impl Claim {
    /// Of one who has signed in and manages the site.
    pub fn of_manager(visitor: Visitor) -> Self {
        let Visitor { user, scope, credential, .. } = visitor;
        Self { user, security: SecurityHeader::default(), scope, credential }
    }

    /// Refuses a request whose session or token has ended since it came in.
    ///
    /// # Errors
    /// It has.
    pub fn check_credential(&self, snapshot: &Snapshot<'_>) -> Result<(), Failure> {
        if self.credential.holds(snapshot, &self.user)? {
            Ok(())
        } else {
            Err(Failure::Unauthorized("the session or the token has ended".to_owned()))
        }
    }
}

/// Refuses a user who is barred. The words are QRS's own. The site's own accounts can't be barred, or nobody could undo it.
///
/// # Errors
/// He is.
pub fn check_active(actor: &Actor) -> Result<(), Failure> {
    if actor.is_barred() {
        let message = "Forbidden: Your account is inactive. Contact your administrator to activate it.";
        return Err(Failure::Forbidden(message.to_owned()));
    }
    Ok(())
}
