//! The cache of rules and users. It contains only copies: each request reads the current versions
//! in its own snapshot, and reads again whatever has another version.

use crate::error::RequestError;
use crate::memory;
use crate::memory::CacheMemory;
use crate::model::Actor;
use crate::policy::{KeptPrivileges, Privileges, RuleSet};
use crate::query::{Expressions, Predicate};
use crate::store::{Snapshot, UserName};
use crate::threads::block;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::{OwnedRwLockReadGuard, RwLockWriteGuard, Semaphore};
use tokio::time::timeout;

/// Rules and users as last read, and the users' privileges.
pub struct RuleCache {
    rules: RwLock<Arc<RuleSet>>,
    /// Locked while rules are read, so that they are read once.
    reading: Mutex<()>,
    /// By folded name, so that each user is cached once.
    users: Cache<UserName, User, Bytes>,
    users_version: AtomicI64,
    privileges: Arc<KeptPrivileges>,
    expressions: Arc<Expressions>,
    /// Limits the threads that work on rules at a time, so that the event loops keep a processor.
    at_work: Arc<Semaphore>,
    /// Locked from before the rules are read until they are changed, and shared by requests that
    /// need the rules to stay unchanged.
    rules_turn: Arc<tokio::sync::RwLock<()>>,
}

/// How long a request waits for its turn to change system rules, or for requests that change them.
const PATIENCE: Duration = Duration::from_secs(20);

/// While this exists, no request changes system rules.
pub struct KeptRules(
    #[expect(dead_code, reason = "it is held until it is dropped")] OwnedRwLockReadGuard<()>,
);

/// Whether the data read may be cached for other requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadFrom {
    /// The data is committed.
    Committed,
    /// The data may still be rolled back.
    Uncommitted,
}

/// A user at a version.
#[derive(Clone)]
struct User {
    version: i64,
    actor: Actor,
}

/// Weighs entries by the bytes that they occupy.
#[derive(Clone)]
struct Bytes;

/// Bytes of an entry besides its texts.
const ENTRY: usize = size_of::<UserName>() + size_of::<User>() + 128;

impl Weighter<UserName, User> for Bytes {
    fn weight(&self, name: &UserName, user: &User) -> u64 {
        let texts = memory::text(&name.user_directory) + memory::text(&name.user_id);
        (ENTRY + texts + user.actor.bytes()) as u64
    }
}

fn others_change_rules() -> RequestError {
    RequestError::Unavailable("another request is changing the system rules; try again".to_owned())
}

impl RuleCache {
    /// An empty cache. The regular expressions of rules are compiled in `expressions`.
    #[must_use]
    pub fn new(memory: CacheMemory, expressions: &Arc<Expressions>) -> Self {
        let privileges = Arc::new(KeptPrivileges::new(memory.share(memory::Cache::Guards)));
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            rules: RwLock::new(Arc::new(RuleSet::sharing(0, &[], expressions, &privileges))),
            reading: Mutex::new(()),
            users: Cache::with_weighter(1_000, memory.share(memory::Cache::Users), Bytes),
            users_version: AtomicI64::new(0),
            privileges,
            expressions: Arc::clone(expressions),
            at_work: Arc::new(Semaphore::new((cores / 2).max(1))),
            rules_turn: Arc::default(),
        }
    }

    /// The bytes in use for the privileges of users.
    #[must_use]
    pub fn guard_bytes(&self) -> u64 {
        self.privileges.bytes()
    }

    /// The bytes in use for users.
    #[must_use]
    pub fn user_bytes(&self) -> u64 {
        self.users.weight()
    }

    /// The rules of `version`, if they are cached. This is fast.
    #[must_use]
    pub fn current_rules(&self, version: i64) -> Option<Arc<RuleSet>> {
        let known = Arc::clone(&self.rules.read().unwrap_or_else(PoisonError::into_inner));
        (known.version == version).then_some(known)
    }

    /// The rules of `version`, which is that of `snapshot`. They are read once, which may take
    /// long: call it on a thread that may block.
    ///
    /// # Errors
    /// The database failed.
    pub fn rules(
        &self,
        snapshot: &Snapshot<'_>,
        version: i64,
    ) -> Result<Arc<RuleSet>, RequestError> {
        if let Some(known) = self.current_rules(version) {
            return Ok(known);
        }
        let _reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = self.current_rules(version) {
            return Ok(known);
        }
        let stored = snapshot.stored_rules(&Predicate::True)?;
        let read = Arc::new(RuleSet::sharing(
            version,
            &stored.readable,
            &self.expressions,
            &self.privileges,
        ));
        for unreadable in &stored.unreadable {
            tracing::error!(
                %unreadable,
                "a system rule can't be read, so it grants nothing; run `patchbay verify` for \
                 details"
            );
        }
        for (rule, fault) in &read.faulty {
            tracing::warn!(rule, %fault, "a system rule can't be parsed, so it grants nothing");
        }
        *self.rules.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&read);
        self.privileges.keep_only(version);
        Ok(read)
    }

    /// Waits until no other request is about to change system rules. Each change invalidates the
    /// preparation of the next one.
    ///
    /// # Errors
    /// [`RequestError::Unavailable`] if it takes too long.
    pub async fn turn_to_write_rules(&self) -> Result<RwLockWriteGuard<'_, ()>, RequestError> {
        timeout(PATIENCE, self.rules_turn.write()).await.map_err(|_| others_change_rules())
    }

    /// Waits until no request is about to change system rules, and keeps further ones waiting until
    /// the result is dropped. Any number of requests can do so at a time.
    ///
    /// # Errors
    /// [`RequestError::Unavailable`] if it takes too long.
    pub async fn keep_rules(&self) -> Result<KeptRules, RequestError> {
        let kept = timeout(PATIENCE, Arc::clone(&self.rules_turn).read_owned()).await;
        kept.map(KeptRules).map_err(|_| others_change_rules())
    }

    /// Does heavy work on rules in its turn, on a thread that may block.
    ///
    /// # Errors
    /// [`RequestError::Internal`] if the work panics.
    pub async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, RequestError> {
        let at_work = Arc::clone(&self.at_work)
            .acquire_owned()
            .await
            .map_err(|error| RequestError::internal(&error))?;
        // The work continues if the client disconnects, so it keeps the turn.
        let work = move || {
            let result = work();
            drop(at_work);
            result
        };
        block(work).await
    }

    /// The privileges of `actor` under `rules`. They are computed on a thread that may block, once
    /// for all concurrent requests.
    ///
    /// # Errors
    /// [`RequestError::Internal`] if the computation panics.
    pub async fn privileges(
        &self,
        rules: &Arc<RuleSet>,
        actor: &Actor,
    ) -> Result<Arc<Privileges>, RequestError> {
        let (worker, own) = (Arc::clone(rules), actor.clone());
        rules.privileges_by(actor, self.in_turn(move || worker.privileges(&own))).await
    }

    /// The user with this name at `version`, which is that of `snapshot`; `None` if no such user is
    /// stored.
    ///
    /// # Errors
    /// The database failed.
    pub fn actor(
        &self,
        snapshot: &Snapshot<'_>,
        name: &UserName,
        version: i64,
        reading: ReadFrom,
    ) -> Result<Option<Actor>, RequestError> {
        let folded = name.folded();
        if let Some(user) = self.users.get(&folded)
            && user.version == version
        {
            name.check_is_of(&user.actor)?;
            return Ok(Some(user.actor));
        }
        let Some(actor) = snapshot.find_actor(name)? else { return Ok(None) };
        if reading == ReadFrom::Committed {
            self.keep(folded, &actor, version);
        }
        Ok(Some(actor))
    }

    /// When a newer version exists, all older entries are useless.
    fn keep(&self, folded: UserName, actor: &Actor, version: i64) {
        if self.users_version.fetch_max(version, Ordering::Relaxed) < version {
            self.users.clear();
        }
        self.users.insert(folded, User { version, actor: actor.clone() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use std::pin::pin;

    #[tokio::test]
    async fn rules_that_are_kept_change_only_once_every_request_that_keeps_them_is_done() {
        let known = RuleCache::new(CacheMemory::default(), &Arc::new(Expressions::new(1 << 20)));
        let changing = known.turn_to_write_rules().await.unwrap();
        let mut keeping = pin!(known.keep_rules());
        assert!(keeping.as_mut().now_or_never().is_none(), "a change is under way");
        drop(changing);
        let first = keeping.await.unwrap();
        let second = known.keep_rules().now_or_never().unwrap().unwrap();
        let mut changing = pin!(known.turn_to_write_rules());
        assert!(changing.as_mut().now_or_never().is_none(), "two requests keep the rules");
        drop(first);
        assert!(changing.as_mut().now_or_never().is_none(), "one request keeps the rules");
        // A waiting change comes before later requests, so that requests that keep the rules can't
        // delay a change for ever.
        let mut later = pin!(known.keep_rules());
        assert!(later.as_mut().now_or_never().is_none());
        drop(second);
        drop(changing.await.unwrap());
        later.await.unwrap();
    }
}
