//! The privileges of an actor on each entity type, as cached for the next request.

use crate::memory::IN_ONE_PIECE;
use crate::model::{Action, Actor, Entity, governed};
use crate::query::{FlagColumns, Predicate};
use quick_cache::sync::Cache;
use quick_cache::{Equivalent, Weighter};
use std::ops::Index;
use std::sync::{Arc, OnceLock};

/// The rows of one entity type on which an actor may do each action, in the order of
/// [`Action::ALL`].
pub type Guards = [Predicate; Action::ALL.len()];

/// The privileges of an actor on each entity type.
#[derive(Debug)]
pub struct Privileges {
    by_type: Vec<(&'static Entity, Arc<Grants>)>,
    bytes: usize,
}

impl Privileges {
    /// Computes the privileges with `guards`, which returns for each entity type the rows on which
    /// each action may be done.
    pub(super) fn new(
        guards: impl Fn(&'static Entity) -> [Arc<Predicate>; Action::ALL.len()],
    ) -> Self {
        let by_type: Vec<_> =
            governed().map(|entity| (entity, Arc::new(Grants::new(guards(entity))))).collect();
        let bytes = by_type.iter().map(|(_, grants)| grants.bytes()).sum();
        Self { by_type, bytes }
    }

    /// The privileges on `entity`; none if no rule can cover that type.
    #[must_use]
    pub fn of(&self, entity: &'static Entity) -> Arc<Grants> {
        let found = self.by_type.iter().find(|(own, _)| *own == entity);
        found.map_or_else(|| Arc::new(Grants::none()), |(_, grants)| Arc::clone(grants))
    }
}

/// The privileges of an actor on one entity type.
#[derive(Debug)]
pub struct Grants {
    /// The rows on which the actor may do each action.
    pub guards: SharedGuards,
    columns: OnceLock<Arc<FlagColumns>>,
}

/// The rows on which each action may be done, in the order of [`Action::ALL`]. Equal predicates are
/// stored once.
#[derive(Debug)]
pub struct SharedGuards([Arc<Predicate>; Action::ALL.len()]);

impl Index<usize> for SharedGuards {
    type Output = Predicate;

    fn index(&self, action: usize) -> &Predicate {
        &self.0[action]
    }
}

impl SharedGuards {
    /// The predicates, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Predicate> {
        self.0.iter().map(|guard| &**guard)
    }

    /// The predicates as independent copies.
    #[must_use]
    pub fn to_guards(&self) -> Guards {
        self.0.each_ref().map(|guard| Predicate::clone(guard))
    }

    /// The distinct predicates, each once however many actions it is for.
    fn distinct(&self) -> impl Iterator<Item = &Arc<Predicate>> {
        let is_first = |place: usize, guard| {
            self.0[..place].iter().all(|earlier| !Arc::ptr_eq(earlier, guard))
        };
        self.0
            .iter()
            .enumerate()
            .filter(move |(place, guard)| is_first(*place, guard))
            .map(|(_, guard)| guard)
    }
}

/// The most comparisons that are rendered as SQL while other requests wait.
const FEW: usize = 300;

impl Grants {
    fn new(mut guards: [Arc<Predicate>; Action::ALL.len()]) -> Self {
        for place in 1..guards.len() {
            let (earlier, rest) = guards.split_at_mut(place);
            if let Some(same) = earlier.iter().find(|earlier| **earlier == rest[0]) {
                rest[0] = Arc::clone(same);
            }
        }
        Self { guards: SharedGuards(guards), columns: OnceLock::new() }
    }

    fn none() -> Self {
        let none = Arc::new(Predicate::False);
        Self::new(Action::ALL.map(|_| Arc::clone(&none)))
    }

    /// Columns that show for each action whether the actor may do it, for rows that the actor may
    /// read; the read guard is not evaluated again.
    pub fn privilege_columns(&self) -> Arc<FlagColumns> {
        let columns = || {
            let facts = self.guards[Action::Read as usize].parts();
            let given = |guard: &Predicate| {
                facts.iter().fold(guard.clone(), |guard, fact| guard.given(fact))
            };
            Arc::new(FlagColumns::new(&self.guards.0.each_ref().map(|guard| given(guard))))
        };
        Arc::clone(self.columns.get_or_init(columns))
    }

    /// Whether [`Grants::privilege_columns`] is fast, or its result already exists.
    #[must_use]
    pub fn has_columns_soon(&self) -> bool {
        let comparisons = || self.guards.distinct().map(|guard| guard.weight()).sum::<usize>();
        self.columns.get().is_some() || comparisons() <= FEW
    }

    /// Its size in bytes, including its columns, which may still be rendered: the SQL of a guard is
    /// about as long as the guard is large.
    fn bytes(&self) -> usize {
        let guards: usize =
            self.guards.distinct().map(|guard| size_of::<Predicate>() + guard.bytes()).sum();
        size_of::<Self>() + 2 * guards
    }
}

/// The cache of the privileges of actors. Of several versions of the rules, only the newest is
/// kept.
#[derive(Debug)]
pub struct KeptPrivileges(Cache<Key, Arc<Privileges>, Bytes>);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    version: i64,
    actor: Actor,
}

/// A borrowed key for look-ups. It has the hash of the equivalent [`Key`] as long as the fields are
/// in the same order.
#[derive(Hash)]
struct Sought<'a> {
    version: i64,
    actor: &'a Actor,
}

impl Equivalent<Key> for Sought<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        self.version == key.version && *self.actor == key.actor
    }
}

#[derive(Clone, Debug)]
struct Bytes;

/// Bytes of an entry besides its value.
const ENTRY: usize = size_of::<Key>() + size_of::<Privileges>() + 256;

impl Weighter<Key, Arc<Privileges>> for Bytes {
    fn weight(&self, key: &Key, privileges: &Arc<Privileges>) -> u64 {
        (ENTRY + key.actor.bytes() + privileges.bytes) as u64
    }
}

impl KeptPrivileges {
    /// A cache of this many bytes.
    #[must_use]
    pub fn new(room: u64) -> Self {
        Self(Cache::with_weighter(IN_ONE_PIECE, room, Bytes))
    }

    /// The bytes in use.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.0.weight()
    }

    /// Removes entries of other versions of the rules.
    pub fn keep_only(&self, version: i64) {
        self.0.retain(|key, _| key.version == version);
    }

    pub(super) fn find(&self, version: i64, actor: &Actor) -> Option<Arc<Privileges>> {
        self.0.get(&Sought { version, actor })
    }

    pub(super) fn keep(&self, version: i64, actor: &Actor, privileges: Arc<Privileges>) {
        self.0.insert(Key { version, actor: actor.clone() }, privileges);
    }

    /// The cached privileges, or those that `made` computes. Concurrent requests for the same ones
    /// wait for the first.
    pub(super) async fn find_or_await<E>(
        &self,
        version: i64,
        actor: &Actor,
        made: impl Future<Output = Result<Arc<Privileges>, E>>,
    ) -> Result<Arc<Privileges>, E> {
        let key = Key { version, actor: actor.clone() };
        self.0.get_or_insert_async(&key, made).await
    }
}
