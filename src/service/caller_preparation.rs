//! What a call needs before it is answered, and what takes too long for the thread that answers:
//! the user, the rules, and what these say of the user.

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

/// How often a call begins anew because the rules or the user changed meanwhile.
pub const ROUNDS: usize = 8;

/// Rounds that a call may lose to those that change rules. After that it keeps the rules from
/// changing, so that it gets through. A call for which nothing is known yet takes four rounds to
/// find everything out.
const LOST: usize = 5;

pub fn unsteady() -> RequestError {
    RequestError::Unavailable(
        "the system rules kept changing while the request waited; try again".to_owned(),
    )
}

impl UserRequest {
    /// Whether the user may do one of the actions to any of the entities, as far as that can be
    /// told.
    pub async fn may_any(&self, actions: &[Action]) -> bool {
        let Ok(prepared) = self.prepare().await else { return false };
        let grants = prepared.privileges.of(self.entity);
        actions.iter().any(|action| grants.guards[*action as usize] != Predicate::False)
    }

    /// Whether the user may create or update any of the entities, as far as that can be told.
    /// Without that, nothing that a request brings is looked into.
    pub async fn may_create_or_update(&self) -> bool {
        self.may_any(&[Action::Create, Action::Update]).await
    }

    /// The turn of a request that changes system rules; none is needed for other entities, or by a
    /// user who may change no rule.
    ///
    /// # Errors
    /// `Unavailable` if others keep it waiting for too long.
    pub async fn turn_to_write_rules(
        &self,
    ) -> Result<Option<RwLockWriteGuard<'_, ()>>, RequestError> {
        const WRITING: [Action; 3] = [Action::Create, Action::Update, Action::Delete];
        if !self.entity.is_of_rules() || !self.may_any(&WRITING).await {
            return Ok(None);
        }
        self.backend.rules.turn_to_write_rules().await.map(Some)
    }

    /// Sees to it that the user was seen before, and that it is worked out what the user may do.
    pub async fn prepare(&self) -> Result<Prepared, RequestError> {
        if let Some(prepared) = self.prepare_within(LOST).await? {
            return Ok(prepared);
        }
        let _kept = self.backend.rules.keep_rules().await?;
        self.prepare_while_rules_stay().await
    }

    /// The same while no rule changes, because of this call or of another.
    pub async fn prepare_while_rules_stay(&self) -> Result<Prepared, RequestError> {
        self.prepare_within(ROUNDS).await?.ok_or_else(unsteady)
    }

    /// The same within so many rounds; nothing if that is not enough.
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

    /// Keeps the rules from changing, and prepares the call anew, if it has lost so many rounds
    /// that it would never get through otherwise.
    ///
    /// # Errors
    /// `Unavailable` if others change rules for too long.
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

    /// The caller as committed, if all that takes long was done before.
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

    /// Does what is missing, where nobody waits for it but this call.
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

    /// Creates the user in a transaction of its own, so that the user stays whatever becomes of the
    /// request.
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
