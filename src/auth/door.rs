//! The doors of the server.

use super::front::Front;
use crate::model::Context;
use std::sync::Arc;

/// The door that a request comes through.
#[derive(Clone, Debug)]
pub enum Door {
    /// Mutual TLS, as at a repository itself.
    Direct,
    /// Signing in, as at the proxy before a repository.
    Front(Arc<Front>),
}

impl Door {
    /// The context of requests that name none.
    #[must_use]
    pub fn context(&self) -> Context {
        match self {
            Self::Direct => Context::default(),
            Self::Front(front) => front.context,
        }
    }
}
