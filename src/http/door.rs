//! The doors, which decide no more than who asks: the direct one by a client certificate and `X-Qlik-User`, the front one by what people
//! and machines sign in with.

use super::failure::Failure;
use super::front::{Credential, Front, Scope, Visitor};
use super::hub::FromHub;
use super::security_header::SecurityHeader;
use super::{State, identity};
use crate::model::Context;
use crate::service::caller::Claim;
use actix_web::HttpRequest;
use std::sync::Arc;

/// Through which door a request comes.
#[derive(Clone, Debug)]
pub enum Door {
    /// Mutual TLS, as at a repository itself.
    Direct,
    /// Signing in, as at the proxy before a repository.
    Front(Arc<Front>),
}

impl Door {
    /// The door of a request.
    ///
    /// # Errors
    /// The server was put together without one.
    pub fn of(request: &HttpRequest) -> Result<&Self, Failure> {
        request.app_data::<Self>().ok_or_else(|| Failure::internal(&"the server has no door"))
    }

    /// From where users come who don't say it.
    #[must_use]
    pub fn context(&self) -> Context {
        match self {
            Self::Direct => Context::default(),
            Self::Front(front) => front.context,
        }
    }

    /// Lets a request in.
    ///
    /// # Errors
    /// It shows nothing that lets it in.
    pub fn check(&self, request: &HttpRequest, state: &State) -> Result<Proof, Failure> {
        match self {
            Self::Direct => identity::check_certificate(request, &state.clients).map(|()| Proof::Certificate),
            Self::Front(front) => {
                let visitor = front.visitor(request, state)?;
                let context = visitor.context.unwrap_or(front.context);
                Ok(Proof::Visitor(visitor, context))
            }
        }
    }
}

/// What let a request in.
pub enum Proof {
    /// A client certificate. On whose behalf the request comes, it says itself.
    Certificate,
    /// A visitor at the front door, and from where users come who don't say it.
    Visitor(Visitor, Context),
}

impl Proof {
    /// On whose behalf a request comes, and from where. At the front, nobody says himself who he is or what attributes he has.
    ///
    /// # Errors
    /// It names nobody, or says wrongly from where it comes.
    pub fn claim(self, request: &HttpRequest) -> Result<Claim, Failure> {
        let security = SecurityHeader::of(request)?;
        match self {
            Self::Certificate => {
                let user = identity::user(request)?;
                let from_hub = FromHub::default();
                Ok(Claim { user, security, scope: Scope::All, credential: Credential::Certificate, from_hub })
            }
            Self::Visitor(Visitor { user, scope, credential, attributes, .. }, context) => {
                let security = security.of_visitor(context, attributes)?;
                Ok(Claim { user, security, scope, credential, from_hub: FromHub::of(request) })
            }
        }
    }
}
