//! The handlers of the API below `/qrs`.

pub(crate) mod about;
pub(crate) mod about_api;
pub(crate) mod entities;
pub(crate) mod many;
pub(crate) mod previews;
pub(crate) mod rule_audit;
pub(crate) mod rule_import;
pub(crate) mod selections;
pub(crate) mod synthetic;
pub(crate) mod table;
pub(crate) mod table_columns;
