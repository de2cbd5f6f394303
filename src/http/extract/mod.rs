//! Extractors of handlers: the call, its body, its headers and its parameters.

pub(crate) mod body;
pub(crate) mod call;
pub(crate) mod cookie;
pub(crate) mod entity_type;
pub(crate) mod etag;
pub(crate) mod json_reader;
pub(crate) mod named_user;
pub(crate) mod own_call;
pub(crate) mod own_parameters;
pub(crate) mod qlik_user;
pub(crate) mod query_string;
pub(crate) mod source;
pub(crate) mod xrfkey;
