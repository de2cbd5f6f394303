//! The shared state of all requests.

use super::limits::Limits;
use super::list_sink::Backlog;
use super::open_keys::OpenKeys;
use super::response_cache::ResponseCache;
use super::rule_cache::RuleCache;
use super::turns::ReadQueues;
use crate::store::{Allowances, Store};
use std::sync::Arc;

/// The shared state of all requests: the database, and what the server keeps in memory besides it.
pub struct Backend {
    /// The database.
    pub store: Store,
    /// The data keys.
    pub keys: Arc<OpenKeys>,
    /// The cache of rules and users.
    pub rules: RuleCache,
    /// The cache of responses.
    pub responses: ResponseCache,
    /// The limits on requests.
    pub limits: Limits,
    /// The entities and bytes that users have added to the database today.
    pub allowances: Allowances,
    /// The backlog of lists for slow clients.
    pub backlog: Backlog,
    /// The turns of other long reads.
    pub queues: ReadQueues,
    /// The attributes that sessions provide, according to the settings.
    pub session_attributes: Arc<[String]>,
}
