//! The preparation of a caller.

use crate::model::Actor;
use crate::policy::{Grants, Privileges, RuleSet};
use std::sync::Arc;

/// The reason a caller is not ready.
pub enum Unready {
    /// The user is not stored yet.
    Nobody,
    /// The rules must be read.
    Rules,
    /// The user's privileges under these rules must be computed.
    Privileges(Arc<RuleSet>, Arc<Actor>),
    /// The columns that show privileges must be rendered.
    Columns(Prepared, Arc<Grants>),
}

/// The results of the preparation, in case the caches drop them too early.
#[derive(Clone)]
pub struct Prepared {
    /// The version of the rules.
    pub version: i64,
    /// The user.
    pub actor: Arc<Actor>,
    /// The user's privileges.
    pub privileges: Arc<Privileges>,
}
