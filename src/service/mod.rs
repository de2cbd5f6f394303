//! What the server does for a user, independent of HTTP: reads and writes on the user's behalf, and
//! the caches for them. It uses neither actix nor SQL.

pub(crate) mod access_questions;
pub(crate) mod allowance_bounds;
pub(crate) mod attempts;
pub(crate) mod backend;
pub(crate) mod body_memory;
pub(crate) mod bound_filter;
pub(crate) mod caller;
pub(crate) mod caller_preparation;
pub(crate) mod entities;
pub(crate) mod limits;
pub(crate) mod list_memory;
pub(crate) mod list_sink;
pub(crate) mod list_stream;
pub(crate) mod listing;
pub(crate) mod lockout;
pub(crate) mod many;
pub(crate) mod open_keys;
pub(crate) mod outcome;
pub(crate) mod prepared;
pub(crate) mod reads;
pub(crate) mod response_cache;
pub(crate) mod rule_cache;
pub(crate) mod rule_checks;
pub(crate) mod rule_import;
pub(crate) mod seal_secrets;
pub(crate) mod selections;
pub(crate) mod shown_privileges;
pub(crate) mod synthetic;
pub(crate) mod turns;
pub(crate) mod user_request;
pub(crate) mod waiting;
pub(crate) mod warnings;
pub(crate) mod weighing;
pub(crate) mod write_preparation;
pub(crate) mod writes;
