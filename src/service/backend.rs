//! What requests work with.

use super::limits::Limits;
use super::list_sink::Backlog;
use super::open_keys::OpenKeys;
use super::response_cache::ResponseCache;
use super::rule_cache::RuleCache;
use super::turns::ReadQueues;
use crate::store::{Allowances, Store};
use std::sync::Arc;

/// What requests work with: the database, and what the server keeps in memory beside it.
pub struct Backend {
    /// The database.
    pub store: Store,
    /// The data keys.
    pub keys: Arc<OpenKeys>,
    /// Rules and users, as they were last read.
    pub rules: RuleCache,
    /// Responses that were sent before.
    pub responses: ResponseCache,
    /// How much a request may ask for.
    pub limits: Limits,
    /// What users have added to the database today.
    pub allowances: Allowances,
    /// How much of all lists may wait for slow clients.
    pub backlog: Backlog,
    /// The turns of other reads that are not short.
    pub queues: ReadQueues,
    /// The attributes that the settings say sessions bring.
    pub session_attributes: Arc<[String]>,
}
