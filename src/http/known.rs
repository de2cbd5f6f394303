//! What the server keeps in memory of rules and users. It is only ever a copy: each request reads in its own snapshot which
//! versions hold, and what is of another version is read anew.

use super::failure::Failure;
use crate::model::Actor;
use crate::policy::RuleSet;
use crate::query::Predicate;
use crate::store::{Snapshot, UserName};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// Rules and users as they were last read.
pub struct Known {
    rules: RwLock<Arc<RuleSet>>,
    users: RwLock<Users>,
}

/// Whether what was read may be kept for other calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// What is read is committed.
    Committed,
    /// What is read may yet be rolled back.
    Uncommitted,
}

/// Users of one version.
#[derive(Default)]
struct Users {
    version: i64,
    actors: HashMap<UserName, Actor>,
}

/// Users that are kept at most; then all are forgotten.
const KEPT: usize = 10_000;

impl Default for Known {
    fn default() -> Self {
        Self { rules: RwLock::new(Arc::new(RuleSet::new(0, &[]))), users: RwLock::default() }
    }
}

impl Known {
    /// The rules of `version`, which is the one that `snapshot` shows.
    ///
    /// # Errors
    /// The database failed.
    pub fn rules(&self, snapshot: &Snapshot<'_>, version: i64, reading: Reading) -> Result<Arc<RuleSet>, Failure> {
        let known = Arc::clone(&self.rules.read().unwrap_or_else(PoisonError::into_inner));
        if known.version == version {
            return Ok(known);
        }
        let stored = snapshot.stored_rules(&Predicate::True)?;
        let read = Arc::new(RuleSet::new(version, &stored.readable));
        if reading == Reading::Committed {
            for unreadable in &stored.unreadable {
                tracing::error!(%unreadable, "a system rule can't be read and grants nothing; patchbay verify says more");
            }
            for (rule, fault) in &read.faulty {
                tracing::warn!(rule, %fault, "a system rule can't be understood and grants nothing");
            }
            *self.rules.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&read);
        }
        Ok(read)
    }

    /// The user of that name as of `version`, which is the one that `snapshot` shows; nobody if he was never seen.
    ///
    /// # Errors
    /// The database failed.
    pub fn actor(
        &self,
        snapshot: &Snapshot<'_>,
        name: &UserName,
        version: i64,
        reading: Reading,
    ) -> Result<Option<Actor>, Failure> {
        let known = self.users.read().unwrap_or_else(PoisonError::into_inner);
        if let (true, Some(actor)) = (known.version == version, known.actors.get(name)) {
            return Ok(Some(actor.clone()));
        }
        drop(known);
        let Some(actor) = snapshot.find_actor(name)? else { return Ok(None) };
        if reading == Reading::Committed {
            self.keep(name, &actor, version);
        }
        Ok(Some(actor))
    }

    fn keep(&self, name: &UserName, actor: &Actor, version: i64) {
        let mut known = self.users.write().unwrap_or_else(PoisonError::into_inner);
        if known.version != version || known.actors.len() >= KEPT {
            *known = Users { version, actors: HashMap::new() };
        }
        known.actors.insert(name.clone(), actor.clone());
    }
}
