//! A request on behalf of a user, however it came.

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
    /// What it works with.
    pub backend: Arc<Backend>,
    /// The entity type.
    pub entity: &'static Entity,
    /// On whose behalf it comes.
    pub claim: Claim,
    /// Whether its reply shows privileges.
    pub privileges: Privileges,
    /// From where it comes.
    pub source: Source,
    /// The path that shows the entity that it changes, if it changes one that is there.
    pub changes: Option<String>,
    /// The memory of what its body holds. A write keeps it until its turn is over.
    pub body_values: OnceCell<Arc<Values>>,
}

/// From where a request comes.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// The address of the client.
    pub address: Option<IpAddr>,
    /// The id of the request.
    pub request: Uuid,
    /// The certificate that the client showed.
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

    /// Refuses a user who can't be let in, before a body is received. A user whom nobody has seen
    /// yet is created later, if the credential allows it.
    ///
    /// # Errors
    /// `Forbidden` if the user is inactive or blacklisted, `Unauthorized` if the user no longer
    /// exists.
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

/// The failure of a request whose user is not there.
#[must_use]
pub fn no_such_user() -> RequestError {
    RequestError::Unauthorized("the user no longer exists".to_owned())
}
