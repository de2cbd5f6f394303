//! The preparations of a request that take too long for the event loop: the user, the rules, and
//! the user's privileges.

use super::caller::Caller;
use super::prepared::{Prepared, Unready};
use super::rule_cache::{KeptRules, ReadFrom};
use super::shown_privileges::Privileges;
use super::user_request::{UserRequest, no_such_user};
use crate::error::RequestError;
use crate::model::Action;
use crate::query::Predicate;
use crate::store::{Snapshot, Write};
use crate::threads::block;
use std::sync::Arc;
use tokio::sync::RwLockWriteGuard;

/// How often a request restarts because the rules or the user changed in between.
pub const ROUNDS: usize = 8;

/// The number of rounds that a request may lose to changes of rules. After that it keeps the rules
/// from changing, so that it succeeds. A request without any cached data takes four rounds to
/// prepare everything.
const LOST: usize = 5;

pub fn unsteady() -> RequestError {
    RequestError::Unavailable(
        "the system rules kept changing while the request waited; try again".to_owned(),
    )
}

impl UserRequest {
    /// Whether the user may do one of the actions to any of the entities, as far as can be
    /// determined.
    pub async fn may_any(&self, actions: &[Action]) -> bool {
        let Ok(prepared) = self.prepare().await else { return false };
        let grants = prepared.privileges.of(self.entity);
        actions.iter().any(|action| grants.guards[*action as usize] != Predicate::False)
    }

    /// Whether the user may create or update any of the entities, as far as can be determined. If
    /// not, the names in the request are not looked up.
    pub async fn may_create_or_update(&self) -> bool {
        self.may_any(&[Action::Create, Action::Update]).await
    }

    /// The turn of a request that changes system rules; `None` for other entities, or for a user
    /// who may change no rule.
    ///
    /// # Errors
    /// [`RequestError::Unavailable`] if other changes keep it waiting for too long.
    pub async fn turn_to_write_rules(
        &self,
    ) -> Result<Option<RwLockWriteGuard<'_, ()>>, RequestError> {
        const WRITING: [Action; 3] = [Action::Create, Action::Update, Action::Delete];
        if !self.entity.is_of_rules() || !self.may_any(&WRITING).await {
            return Ok(None);
        }
        self.backend.rules.turn_to_write_rules().await.map(Some)
    }

    /// Makes sure that the user is stored, and that the user's privileges are computed.
    pub async fn prepare(&self) -> Result<Prepared, RequestError> {
        if let Some(prepared) = self.prepare_within(LOST).await? {
            return Ok(prepared);
        }
        let _kept = self.backend.rules.keep_rules().await?;
        self.prepare_while_rules_stay().await
    }

    /// As [`UserRequest::prepare`], while no rule changes, because of this request or another.
    pub async fn prepare_while_rules_stay(&self) -> Result<Prepared, RequestError> {
        self.prepare_within(ROUNDS).await?.ok_or_else(unsteady)
    }

    /// As [`UserRequest::prepare`], within this many rounds; `None` if they are not enough.
    async fn prepare_within(&self, rounds: usize) -> Result<Option<Prepared>, RequestError> {
        let mut prepared = None;
        for _ in 0..rounds {
            match self.try_read(prepared.as_ref())? {
                Ok(read) => return Ok(Some(read.caller.prepared())),
                Err(unready) => prepared = self.make_ready(unready).await?,
            }
        }
        Ok(None)
    }

    /// Keeps the rules from changing, and prepares the request again, if it has lost so many rounds
    /// that it might never succeed otherwise.
    ///
    /// # Errors
    /// [`RequestError::Unavailable`] if other changes of rules take too long.
    pub async fn keep_rules_after(
        &self,
        rounds: usize,
        prepared: &mut Option<Prepared>,
    ) -> Result<Option<KeptRules>, RequestError> {
        if rounds < LOST {
            return Ok(None);
        }
        let kept = self.backend.rules.keep_rules().await?;
        *prepared = Some(self.prepare_while_rules_stay().await?);
        Ok(Some(kept))
    }

    /// The caller in committed data, if all slow preparations are done.
    pub fn find_caller(
        &self,
        snapshot: &Snapshot<'_>,
        prepared: Option<&Prepared>,
    ) -> Result<Result<Caller, Unready>, RequestError> {
        let found =
            Caller::find(&self.backend, snapshot, &self.claim, prepared, ReadFrom::Committed)?;
        Ok(found.and_then(|caller| match self.privileges {
            Privileges::Shown => match caller.grants(self.entity) {
                grants if grants.has_columns_soon() => Ok(caller),
                grants => Err(Unready::Columns(caller.prepared(), grants)),
            },
            Privileges::Hidden => Ok(caller),
        }))
    }

    /// Does the missing preparation on a thread that blocks only this request.
    pub async fn make_ready(&self, unready: Unready) -> Result<Option<Prepared>, RequestError> {
        let backend = &self.backend;
        match unready {
            Unready::Nobody => self.make_user().await.map(|()| None),
            Unready::Rules => {
                let backend = Arc::clone(backend);
                let read = move || {
                    backend.store.scan(|snapshot| {
                        let version = snapshot.versions()?.rules;
                        backend.rules.rules(snapshot, version).map(drop)
                    })
                };
                block(read).await?.map(|()| None)
            }
            Unready::Privileges(rules, actor) => {
                let privileges = backend.rules.privileges(&rules, &actor).await?;
                Ok(Some(Prepared { version: rules.version, actor, privileges }))
            }
            Unready::Columns(prepared, grants) => {
                backend.rules.in_turn(move || grants.privilege_columns()).await?;
                Ok(Some(prepared))
            }
        }
    }

    /// Creates the user in a separate transaction, so that the user remains whatever the result of
    /// the request.
    async fn make_user(&self) -> Result<(), RequestError> {
        if !self.claim.credential.brings_users() {
            return Err(no_such_user());
        }
        let user = self.claim.user.clone();
        let bounds = self.backend.bounds_of_new_user();
        let create = move |write: &Write<'_>| Ok(write.actor(&user).map(drop)?);
        self.backend.store.write_within(self.origin(), Some(bounds), create).await
    }
}
