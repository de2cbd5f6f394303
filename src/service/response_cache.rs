//! The response cache. Clients that poll send the same request again and again, and between two
//! changes the response is the same, byte for byte.

use super::shown_privileges::Privileges;
use crate::memory::text;
use crate::model::{Actor, Entity, Timestamp};
use crate::store::{Entry, Form, Moment, Page};
use bytes::Bytes;
use prometheus_client::metrics::counter::Counter;
use quick_cache::sync::Cache;
use quick_cache::{Equivalent, Weighter};
use uuid::Uuid;

/// Responses, by user and request. A response depends only on the user, the request, and the stored
/// data.
pub struct ResponseCache {
    kept: Cache<Key, Kept, Bytewise>,
    /// The most bytes of one response, so that a few long ones do not displace all others.
    most: u64,
    /// Counts cache hits.
    hits: Counter,
}

/// A request, independent of its user.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CacheKey {
    /// The type of the entities.
    pub resource_type: &'static str,
    /// The operation on them.
    pub operation: Operation,
}

impl CacheKey {
    /// The key of an operation on entities of this type.
    #[must_use]
    pub const fn new(entity: &Entity, operation: Operation) -> Self {
        Self { resource_type: entity.resource_type, operation }
    }
}

/// An operation whose responses are cached.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Gets one entity in full.
    Get {
        /// Its id.
        id: Uuid,
        /// Whether its privileges are shown.
        privileges: Privileges,
    },
    /// Lists the entities that match a filter.
    List {
        /// Full or condensed.
        form: Form,
        /// The text of the filter.
        filter: String,
        /// The text of `orderby`.
        order: String,
        /// The requested part.
        page: Option<Page>,
        /// Whether the privileges of each are shown.
        privileges: Privileges,
    },
    /// Counts the entities that match a filter.
    Count {
        /// The text of the filter.
        filter: String,
    },
}

impl Operation {
    /// The bytes of its texts.
    fn bytes(&self) -> usize {
        match self {
            Self::Get { .. } => 0,
            Self::List { filter, order, .. } => text(filter) + text(order),
            Self::Count { filter } => text(filter),
        }
    }
}

/// The body of a response, with the values of its headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The body.
    pub json: Bytes,
    /// The version of the entity, for a single entity.
    pub version: Option<Timestamp>,
    /// The total number of entities, for a part of a list.
    pub total: Option<i64>,
}

impl Response {
    /// A response that consists only of its body.
    #[must_use]
    pub fn of(json: impl Into<Vec<u8>>) -> Self {
        let mut json = json.into();
        // It may be cached, and its length counts.
        json.shrink_to_fit();
        Self { json: json.into(), version: None, total: None }
    }
}

impl From<Entry> for Response {
    fn from(Entry { json, modified_date }: Entry) -> Self {
        Self { version: Some(modified_date), ..Self::of(json) }
    }
}

/// The key with the user.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    actor: Actor,
    key: CacheKey,
}

/// A borrowed key for look-ups. It has the hash of the equivalent [`Key`] as long as the fields are
/// in the same order.
#[derive(Hash)]
struct KeyRef<'a> {
    actor: &'a Actor,
    key: &'a CacheKey,
}

impl Equivalent<Key> for KeyRef<'_> {
    fn equivalent(&self, other: &Key) -> bool {
        *self.key == other.key && *self.actor == other.actor
    }
}

/// A response, and the moment at which it was computed.
#[derive(Clone)]
struct Kept {
    moment: Moment,
    response: Response,
}

/// Weighs entries by the bytes that they occupy.
#[derive(Clone)]
struct Bytewise;

/// Bytes of an entry besides its texts, including the cache's own overhead.
const ENTRY_OVERHEAD: usize = size_of::<Key>() + size_of::<Kept>() + 256;

/// The bytes of an entry for one response.
fn weight(actor: &Actor, key: &CacheKey, response: &Response) -> u64 {
    (ENTRY_OVERHEAD + actor.bytes() + key.operation.bytes() + response.json.len()) as u64
}

impl Weighter<Key, Kept> for Bytewise {
    fn weight(&self, key: &Key, kept: &Kept) -> u64 {
        weight(&key.actor, &key.key, &kept.response)
    }
}

/// The bytes of a typical response, from which the number of entries is estimated.
const TYPICAL_BYTES: u64 = 4 * 1024;

/// One response may take the cache's size divided by this.
const LARGEST: u64 = 64;

impl ResponseCache {
    /// A cache of this many bytes; 0 disables it. `hits` counts the responses found.
    #[must_use]
    pub fn new(bytes: u64, hits: Counter) -> Self {
        let entries = usize::try_from(bytes / TYPICAL_BYTES).unwrap_or(usize::MAX);
        Self { kept: Cache::with_weighter(entries, bytes, Bytewise), most: bytes / LARGEST, hits }
    }

    /// The bytes in use.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.kept.weight()
    }

    /// The response to the same request of the same user at the same moment, if cached. Nothing is
    /// cached for a request without a key, or for a moment that may still be rolled back.
    #[must_use]
    pub fn get(
        &self,
        actor: &Actor,
        moment: Option<Moment>,
        key: Option<&CacheKey>,
    ) -> Option<Response> {
        let response = self.find(actor, moment?, key?)?;
        self.hits.inc();
        Some(response)
    }

    /// Caches a response, unless its request has no key, its moment may still be rolled back, or it
    /// is too long.
    pub fn put(
        &self,
        actor: &Actor,
        moment: Option<Moment>,
        key: Option<&CacheKey>,
        response: &Response,
    ) {
        if let (Some(moment), Some(key)) = (moment, key) {
            self.keep(actor, moment, key, response);
        }
    }

    fn find(&self, actor: &Actor, moment: Moment, key: &CacheKey) -> Option<Response> {
        let kept = self.kept.get(&KeyRef { actor, key })?;
        (kept.moment == moment).then_some(kept.response)
    }

    fn keep(&self, actor: &Actor, moment: Moment, key: &CacheKey, response: &Response) {
        if weight(actor, key, response) <= self.most {
            let key = Key { actor: actor.clone(), key: key.clone() };
            self.kept.insert(key, Kept { moment, response: response.clone() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache(bytes: u64) -> ResponseCache {
        ResponseCache::new(bytes, Counter::default())
    }

    fn named(name: &str) -> Actor {
        Actor { user_id: name.to_owned(), ..Actor::nobody() }
    }

    fn count(filter: &str) -> CacheKey {
        CacheKey { resource_type: "Tag", operation: Operation::Count { filter: filter.to_owned() } }
    }

    #[test]
    fn a_cached_response_is_only_for_the_same_request_of_the_same_user() {
        let (cache, now) = (cache(1 << 20), Moment::default());
        let (anna, key, response) = (named("anna"), count("name eq 'a'"), Response::of("1"));
        cache.keep(&anna, now, &key, &response);
        assert_eq!(cache.find(&anna, now, &key), Some(response));
        let hub = Actor { context: crate::model::Context::App, ..anna.clone() };
        for other in [named("bert"), hub] {
            assert_eq!(cache.find(&other, now, &key), None);
        }
        let other_type = CacheKey { resource_type: "User", ..key.clone() };
        let list = |form, order: &str, page, privileges| {
            let (filter, order) = ("name eq 'a'".to_owned(), order.to_owned());
            CacheKey {
                resource_type: "Tag",
                operation: Operation::List { form, filter, order, page, privileges },
            }
        };
        let (few, more) = (Some(Page { skip: 0, take: 1 }), Some(Page { skip: 1, take: 1 }));
        let lists = [
            list(Form::Condensed, "", None, Privileges::Hidden),
            list(Form::Full, "", None, Privileges::Hidden),
            list(Form::Full, "name", None, Privileges::Hidden),
            list(Form::Full, "name", few, Privileges::Hidden),
            list(Form::Full, "name", more, Privileges::Hidden),
            list(Form::Full, "name", more, Privileges::Shown),
        ];
        for other in lists.iter().chain([&other_type, &count("name eq 'b'"), &count("")]) {
            assert_eq!(cache.find(&anna, now, other), None, "{other:?}");
            cache.keep(&anna, now, other, &Response::of("2"));
        }
        assert_eq!(cache.find(&anna, now, &key), Some(Response::of("1")));
    }

    #[test]
    fn the_cache_stays_within_its_size() {
        let (cache, now) = (cache(1 << 20), Moment::default());
        for number in 0..1_000 {
            cache.keep(
                &named("anna"),
                now,
                &count(&number.to_string()),
                &Response::of("x".repeat(10_000)),
            );
        }
        assert!(cache.kept.len() > 50 && cache.kept.weight() <= 1 << 20, "{}", cache.kept.weight());
        let long = count("long");
        cache.keep(&named("anna"), now, &long, &Response::of("x".repeat((1 << 20) / 64)));
        assert_eq!(cache.find(&named("anna"), now, &long), None);
    }

    #[test]
    fn the_data_of_the_user_counts_as_well() {
        let pairs = || (0..1_000).map(|_| (String::new(), String::new())).collect::<Vec<_>>();
        let names = || (0..1_000).map(|_| "name".to_owned()).collect::<Vec<_>>();
        let known: [(&str, Actor); 6] = [
            ("roles", Actor { roles: names(), ..named("anna") }),
            ("attributes", Actor { attributes: pairs(), ..named("anna") }),
            ("custom properties", Actor { custom_properties: pairs(), ..named("anna") }),
            ("environment", Actor { environment: pairs(), ..named("anna") }),
            ("user id", named(&"a".repeat(24_000))),
            ("display name", Actor { display_name: "a".repeat(24_000), ..named("anna") }),
        ];
        for (what, actor) in known {
            let (cache, now) = (cache(1 << 20), Moment::default());
            cache.keep(&actor, now, &count(""), &Response::of("1"));
            assert_eq!(cache.find(&actor, now, &count("")), None, "{what}");
            assert!(weight(&actor, &count(""), &Response::of("1")) > 24_000, "{what}");
        }
    }

    #[test]
    fn a_cache_of_size_0_keeps_nothing() {
        let cache = cache(0);
        cache.keep(&named("anna"), Moment::default(), &count(""), &Response::of(""));
        assert_eq!(cache.kept.len(), 0);
    }
}
