//! What happens to each request before its handler, and to each reply after it.

pub(crate) mod early_reply;
pub(crate) mod host_check;
pub(crate) mod hub_header;
pub(crate) mod last_request;
pub(crate) mod path_normalization;
pub(crate) mod refusal_audit;
pub(crate) mod reply_memory;
pub(crate) mod reply_pieces;
pub(crate) mod request_log;
pub(crate) mod request_screen;
pub(crate) mod whole_reply;
