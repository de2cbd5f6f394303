//! What has to be worked out before a caller is ready.

use crate::model::Actor;
use crate::policy::{Grants, Privileges, RuleSet};
use std::sync::Arc;

/// Why a caller is not ready.
pub enum Unready {
    /// Nobody has seen the user before.
    Nobody,
    /// The rules are yet to be read.
    Rules,
    /// It is yet to be worked out what the user may do by these rules.
    Privileges(Arc<RuleSet>, Arc<Actor>),
    /// It is yet to be worked out by which columns rows show what the user may do with them.
    Columns(Prepared, Arc<Grants>),
}

/// What was worked out for a caller, should it not be kept long enough.
#[derive(Clone)]
pub struct Prepared {
    /// The version of the rules.
    pub version: i64,
    /// The user.
    pub actor: Arc<Actor>,
    /// What the user may do.
    pub privileges: Arc<Privileges>,
}
