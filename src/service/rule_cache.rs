//! What the server keeps in memory of rules and users. It is only ever a copy: each request reads
//! in its own snapshot which versions hold, and what is of another version is read anew.

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

/// Rules and users as they were last read, and what these users may do.
pub struct RuleCache {
    rules: RwLock<Arc<RuleSet>>,
    /// Held while rules are read, so that they are read once.
    reading: Mutex<()>,
    /// By their folded names, so that each user is kept once.
    users: Cache<UserName, User, Bytes>,
    users_version: AtomicI64,
    privileges: Arc<KeptPrivileges>,
    expressions: Arc<Expressions>,
    /// So many threads at a time work on rules, so that those that answer have a processor left.
    at_work: Arc<Semaphore>,
    /// Held from before the rules are read until they are changed, and shared by calls that need
    /// the rules to stay as they are.
    rules_turn: Arc<tokio::sync::RwLock<()>>,
}

/// So long a request waits for its turn to change system rules, or for those that change them.
const PATIENCE: Duration = Duration::from_secs(20);

/// No request changes system rules as long as this lives.
pub struct KeptRules(
    #[expect(dead_code, reason = "it is held until it is dropped")] OwnedRwLockReadGuard<()>,
);

/// Whether what was read may be kept for other calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadFrom {
    /// What is read is committed.
    Committed,
    /// What is read may yet be rolled back.
    Uncommitted,
}

/// A user as of a version.
#[derive(Clone)]
struct User {
    version: i64,
    actor: Actor,
}

/// Weighs by the bytes that are held.
#[derive(Clone)]
struct Bytes;

/// Bytes of an entry beside its texts.
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
    /// Nothing is known yet. The regular expressions of rules are compiled in `expressions`.
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

    /// Bytes that are kept of what users may do.
    #[must_use]
    pub fn guard_bytes(&self) -> u64 {
        self.privileges.bytes()
    }

    /// Bytes that are kept of users.
    #[must_use]
    pub fn user_bytes(&self) -> u64 {
        self.users.weight()
    }

    /// The rules of `version`, if they are the ones that are kept. It is quick.
    #[must_use]
    pub fn current_rules(&self, version: i64) -> Option<Arc<RuleSet>> {
        let known = Arc::clone(&self.rules.read().unwrap_or_else(PoisonError::into_inner));
        (known.version == version).then_some(known)
    }

    /// The rules of `version`, which is the one that `snapshot` shows. They are read once, and that
    /// may take long: call it on a thread that may block.
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

    /// Waits until no other request is about to change system rules. Each change makes what was
    /// worked out for the next one useless.
    ///
    /// # Errors
    /// `Unavailable` if it takes too long.
    pub async fn turn_to_write_rules(&self) -> Result<RwLockWriteGuard<'_, ()>, RequestError> {
        timeout(PATIENCE, self.rules_turn.write()).await.map_err(|_| others_change_rules())
    }

    /// Waits until no request is about to change system rules, and keeps further ones waiting until
    /// this is dropped. Any number of calls can do so at a time.
    ///
    /// # Errors
    /// `Unavailable` if it takes too long.
    pub async fn keep_rules(&self) -> Result<KeptRules, RequestError> {
        let kept = timeout(PATIENCE, Arc::clone(&self.rules_turn).read_owned()).await;
        kept.map(KeptRules).map_err(|_| others_change_rules())
    }

    /// Does heavy work on rules in its turn, on a thread that may block.
    ///
    /// # Errors
    /// `Internal` if the work panics.
    pub async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, RequestError> {
        let at_work = Arc::clone(&self.at_work)
            .acquire_owned()
            .await
            .map_err(|error| RequestError::internal(&error))?;
        // The work goes on when the client disconnects, so it keeps the turn.
        let work = move || {
            let result = work();
            drop(at_work);
            result
        };
        block(work).await
    }

    /// What `actor` may do by `rules`. It is worked out on a thread that may block, once for all
    /// who ask for it meanwhile.
    ///
    /// # Errors
    /// `Internal` if working it out panics.
    pub async fn privileges(
        &self,
        rules: &Arc<RuleSet>,
        actor: &Actor,
    ) -> Result<Arc<Privileges>, RequestError> {
        let (worker, own) = (Arc::clone(rules), actor.clone());
        rules.privileges_by(actor, self.in_turn(move || worker.privileges(&own))).await
    }

    /// The user of that name as of `version`, which is the one that `snapshot` shows; nothing if no
    /// such user is stored.
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

    /// Once there is a newer version, all that is kept is of no use.
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
        // A change that waits comes before those who ask later, so that keeping rules puts no
        // change off for ever.
        let mut later = pin!(known.keep_rules());
        assert!(later.as_mut().now_or_never().is_none());
        drop(second);
        drop(changing.await.unwrap());
        later.await.unwrap();
    }
}
