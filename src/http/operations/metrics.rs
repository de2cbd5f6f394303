//! Metrics: some are counted while requests are answered, others are collected when they are
//! requested.

use crate::memory::Cache;
use crate::store::Figures;
use actix_web::http::{Method, StatusCode};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Metric, Registry, Unit};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Upper bounds of the histogram buckets of latencies, in seconds: half a millisecond is a point
/// read, ten seconds a long list.
const BUCKETS: [f64; 14] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// The labels of a latency. The route is the pattern of the path, so that their number is limited.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    method: &'static str,
    route: String,
}

/// The labels of a count of requests.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ended {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Pool {
    pool: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DataKey {
    term: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CacheLabel {
    cache: &'static str,
}

/// A gauge with a value for each data key.
#[derive(Default)]
struct KeyGauge {
    figures: Family<DataKey, Gauge>,
    terms: Mutex<BTreeSet<u32>>,
}

impl KeyGauge {
    /// Sets the values of these keys, by their terms, and removes those of others.
    fn set(&self, values: impl Iterator<Item = (u32, i64)>) {
        let mut terms = self.terms.lock().unwrap_or_else(PoisonError::into_inner);
        let mut gone = std::mem::take(&mut *terms);
        for (term, value) in values {
            self.figures.get_or_create(&DataKey { term }).set(value);
            gone.remove(&term);
            terms.insert(term);
        }
        for term in gone {
            self.figures.remove(&DataKey { term });
        }
    }
}

type Latencies = Family<Route, Histogram, fn() -> Histogram>;

/// The metrics.
pub struct Metrics {
    registry: Registry,
    latencies: Latencies,
    requests: Family<Ended, Counter>,
    sign_in_failures: Counter,
    connections: Family<Pool, Gauge>,
    idle_connections: Family<Pool, Gauge>,
    waiting_writes: Gauge,
    wal: Gauge,
    audit_entries: Gauge,
    audit_time: Gauge,
    unrecorded: Counter,
    given_again: Counter,
    dropped_log_lines: Counter,
    stalled_event_loops: Gauge,
    cache_sizes: Family<CacheLabel, Gauge>,
    cache_limits: Family<CacheLabel, Gauge>,
    sealed_values: KeyGauge,
    key_uses: KeyGauge,
    certificate_days: Gauge,
    sealed: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let classes: fn() -> Histogram = || Histogram::new(BUCKETS);
        let mut metrics = Self {
            registry: Registry::with_prefix("patchbay"),
            latencies: Family::new_with_constructor(classes),
            requests: Family::default(),
            sign_in_failures: Counter::default(),
            connections: Family::default(),
            idle_connections: Family::default(),
            waiting_writes: Gauge::default(),
            wal: Gauge::default(),
            audit_entries: Gauge::default(),
            audit_time: Gauge::default(),
            unrecorded: Counter::default(),
            given_again: Counter::default(),
            dropped_log_lines: Counter::default(),
            stalled_event_loops: Gauge::default(),
            cache_sizes: Family::default(),
            cache_limits: Family::default(),
            sealed_values: KeyGauge::default(),
            key_uses: KeyGauge::default(),
            certificate_days: Gauge::default(),
            sealed: Gauge::default(),
        };
        metrics.register();
        metrics
    }
}

/// Values that are collected when the metrics are requested.
pub struct Observed {
    /// The load of the database.
    pub database: Figures,
    /// The bytes of each cache, and their limit.
    pub caches: Vec<(Cache, u64, u64)>,
    /// Whether the server runs without its master key.
    pub is_sealed: bool,
    /// Stalled event loops.
    pub stalled_event_loops: usize,
    /// Days until the server's certificate expires.
    pub certificate_days: Option<i64>,
}

impl Metrics {
    fn register(&mut self) {
        self.register_requests();
        self.register_database();
        self.register_audit_log();
        self.register_process();
        self.register_keys();
    }

    fn register_requests(&mut self) {
        self.registry.register_with_unit(
            "request_duration",
            "Time until the reply begins",
            Unit::Seconds,
            self.latencies.clone(),
        );
        self.add("requests", "Answered requests", self.requests.clone());
        self.add(
            "sign_in_failures",
            "Sign-ins with a wrong password",
            self.sign_in_failures.clone(),
        );
        self.add(
            "answers_given_again",
            "Replies from the cache of replies",
            self.given_again.clone(),
        );
    }

    fn register_database(&mut self) {
        self.add(
            "database_connections",
            "Open connections to the database",
            self.connections.clone(),
        );
        self.add(
            "database_connections_idle",
            "Open connections to the database that are idle",
            self.idle_connections.clone(),
        );
        self.add("writes_waiting", "Writes waiting for the writer", self.waiting_writes.clone());
        self.add_bytes("wal_size", "Size of the write-ahead log", self.wal.clone());
    }

    fn register_audit_log(&mut self) {
        self.add("audit_entry_last", "Number of the last audit entry", self.audit_entries.clone());
        self.registry.register_with_unit(
            "audit_entry_last_timestamp",
            "Time of the last audit entry",
            Unit::Seconds,
            self.audit_time.clone(),
        );
        self.add(
            "refusals_unrecorded",
            "Refused requests without an audit entry",
            self.unrecorded.clone(),
        );
    }

    fn register_process(&mut self) {
        self.add(
            "log_lines_dropped",
            "Log lines dropped because the reader of the log was too slow",
            self.dropped_log_lines.clone(),
        );
        self.add(
            "event_loops_stalled",
            "Event loops that have been stalled for five seconds",
            self.stalled_event_loops.clone(),
        );
        self.add_bytes("cache_size", "Memory that each cache uses", self.cache_sizes.clone());
        self.add_bytes("cache_limit", "Memory that each cache may use", self.cache_limits.clone());
    }

    fn register_keys(&mut self) {
        self.add(
            "sealed_values",
            "Values encrypted with each data key",
            self.sealed_values.figures.clone(),
        );
        self.add("data_key_uses", "Encryptions with each data key", self.key_uses.figures.clone());
        self.add(
            "certificate_days_left",
            "Days until the server's certificate expires",
            self.certificate_days.clone(),
        );
        self.add("sealed", "1 while the server runs without its master key", self.sealed.clone());
    }

    fn add(&mut self, name: &str, help: &str, metric: impl Metric) {
        self.registry.register(name, help, metric);
    }

    fn add_bytes(&mut self, name: &str, help: &str, metric: impl Metric) {
        self.registry.register_with_unit(name, help, Unit::Bytes, metric);
    }

    /// Counts a request. The route is empty for paths without a route.
    pub fn note_request(
        &self,
        method: &Method,
        route: Option<String>,
        status: StatusCode,
        duration: Duration,
    ) {
        let method = known(method);
        let route = route.unwrap_or_default();
        self.latencies
            .get_or_create(&Route { method, route: route.clone() })
            .observe(duration.as_secs_f64());
        self.requests.get_or_create(&Ended { method, route, status: status.as_u16() }).inc();
    }

    /// Counts a sign-in with a wrong password.
    pub fn note_sign_in_failure(&self) {
        self.sign_in_failures.inc();
    }

    /// Counts a refusal without an entry in the audit log.
    pub fn note_unrecorded_refusal(&self) {
        self.unrecorded.inc();
    }

    /// Counts the replies from the cache.
    #[must_use]
    pub fn given_again(&self) -> Counter {
        self.given_again.clone()
    }

    /// Counts dropped log lines.
    #[must_use]
    pub fn dropped_log_lines(&self) -> Counter {
        self.dropped_log_lines.clone()
    }

    /// Stores how many values each data key seals, by its term.
    pub fn note_sealed_values(&self, values: &BTreeMap<u32, i64>) {
        self.sealed_values.set(values.iter().map(|(term, values)| (*term, *values)));
    }

    /// Returns all metrics in the format of `OpenMetrics`.
    ///
    /// # Errors
    /// Never fails in practice: writing to a `String` can't fail.
    pub fn text(&self, observed: Observed) -> Result<String, fmt::Error> {
        let figures = observed.database;
        for (pool, connections, idle) in figures.pools {
            self.connections.get_or_create(&Pool { pool }).set(connections.into());
            self.idle_connections.get_or_create(&Pool { pool }).set(idle.into());
        }
        for (cache, size, limit) in observed.caches {
            let label = CacheLabel { cache: cache.name() };
            let set = |figures: &Family<CacheLabel, Gauge>, bytes: u64| {
                figures.get_or_create(&label).set(i64::try_from(bytes).unwrap_or(i64::MAX));
            };
            set(&self.cache_sizes, size);
            set(&self.cache_limits, limit);
        }
        self.waiting_writes.set(i64::try_from(figures.waiting_writes).unwrap_or(i64::MAX));
        self.wal.set(i64::try_from(figures.wal_bytes).unwrap_or(i64::MAX));
        self.sealed.set(i64::from(observed.is_sealed));
        self.stalled_event_loops
            .set(i64::try_from(observed.stalled_event_loops).unwrap_or(i64::MAX));
        self.certificate_days.set(observed.certificate_days.unwrap_or(-1));
        if let Some((number, time)) = figures.last_audit_entry {
            self.audit_entries.set(number);
            self.audit_time.set(time.millis() / 1_000);
        }
        self.key_uses.set(figures.key_uses.into_iter());
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// The label of a method. Clients can invent methods, but must not be able to create labels.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
