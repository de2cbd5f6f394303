//! A request on behalf of a user, independent of its transport.

use super::backend::Backend;
use super::body_memory::Values;
use super::caller::Caller;
use super::prepared::Unready;
use super::rule_cache::ReadFrom;
use super::shown_privileges::Privileges;
use crate::auth::credential::Claim;
use crate::error::RequestError;
use crate::model::Entity;
use crate::store::{Origin, Snapshot};
use crate::tls::Certificate;
use std::cell::OnceCell;
use std::fmt::Display;
use std::net::IpAddr;
use std::sync::Arc;
use uuid::Uuid;

/// A request about one entity type, on behalf of a user.
pub struct UserRequest {
    /// The shared state.
    pub backend: Arc<Backend>,
    /// The entity type.
    pub entity: &'static Entity,
    /// The user on whose behalf it is sent, with the credential.
    pub claim: Claim,
    /// Whether its response shows privileges.
    pub privileges: Privileges,
    /// Its origin.
    pub source: Source,
    /// The path of the entity that it changes, if that exists already.
    pub changes: Option<String>,
    /// The memory for the values of its body. A write keeps it until its turn is over.
    pub body_values: OnceCell<Arc<Values>>,
}

/// The origin of a request.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// The address of the client.
    pub address: Option<IpAddr>,
    /// The id of the request.
    pub request: Uuid,
    /// The client's certificate.
    pub certificate: Option<Arc<Certificate>>,
}

impl Source {
    /// The origin of what `user` writes, for the audit log.
    #[must_use]
    pub fn origin(&self, user: &impl Display) -> Origin {
        Origin {
            user: user.to_string(),
            address: self.address.map(|address| address.to_string()).unwrap_or_default(),
            request: self.request,
            certificate: self
                .certificate
                .as_deref()
                .and_then(Certificate::own_name)
                .map(str::to_owned),
            operator: None,
        }
    }
}

impl UserRequest {
    /// The origin of what the request writes, for the audit log.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.source.origin(&self.claim.user)
    }

    /// Rejects a user who may not use the server, before a body is received. An unknown user is
    /// created later, if the credential allows it.
    ///
    /// # Errors
    /// [`RequestError::Forbidden`] if the user is inactive or blacklisted,
    /// [`RequestError::Unauthorized`] if the user no longer exists.
    pub fn check_user(&self) -> Result<(), RequestError> {
        let find = |snapshot: &Snapshot<'_>| {
            Caller::find(&self.backend, snapshot, &self.claim, None, ReadFrom::Committed)
        };
        match self.backend.store.read(find)? {
            Err(Unready::Nobody) if !self.claim.credential.brings_users() => Err(no_such_user()),
            _ => Ok(()),
        }
    }
}

/// The error of a request whose user does not exist.
#[must_use]
pub fn no_such_user() -> RequestError {
    RequestError::Unauthorized("the user no longer exists".to_owned())
}
