//! Selected entities as if they were one entity.

pub(crate) mod changes;
pub(crate) mod common;
