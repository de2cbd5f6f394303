//! What is selected as if it were one entity.

pub(crate) mod changes;
pub(crate) mod common;
