//! The doors of the server.

use super::front::Front;
use crate::model::Context;
use std::sync::Arc;

/// The door at which a request arrives.
#[derive(Clone, Debug)]
pub enum Door {
    /// Mutual TLS, as QRS itself has it.
    Direct,
    /// Signing in, as the proxy in front of QRS has it.
    Front(Arc<Front>),
}

impl Door {
    /// The context of requests that don't name one.
    #[must_use]
    pub fn context(&self) -> Context {
        match self {
            Self::Direct => Context::default(),
            Self::Front(front) => front.context,
        }
    }
}
