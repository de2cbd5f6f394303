//! The doors, which decide no more than who asks: the direct one by a client certificate and `X-Qlik-User`, the front one by a session.

use super::caller::Claim;
use super::failure::Failure;
use super::security_header::SecurityHeader;
use super::tokens::{self, Scope};
use super::{State, identity, session};
use crate::model::{Context, Timestamp};
use crate::store::{Snapshot, UserName};
use actix_web::HttpRequest;

/// Through which door a request comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// Mutual TLS, as at a repository itself.
    Direct,
    /// Sessions, as at the proxy before a repository.
    Front {
        /// From where users come who don't say it.
        context: Context,
    },
}

impl Door {
    /// The door of a request.
    ///
    /// # Errors
    /// The server was put together without one.
    pub fn of(request: &HttpRequest) -> Result<Self, Failure> {
        request.app_data::<Self>().copied().ok_or_else(|| Failure::internal(&"the server has no door"))
    }

    /// Lets a request in.
    ///
    /// # Errors
    /// It shows nothing that lets it in.
    pub fn check(self, request: &HttpRequest, state: &State) -> Result<Proof, Failure> {
        match self {
            Self::Direct => identity::check_certificate(request).map(|()| Proof::Certificate),
            Self::Front { context } => visitor(request, state).map(|visitor| Proof::Visitor(visitor, context)),
        }
    }
}

/// What let a request in.
pub enum Proof {
    /// A client certificate. On whose behalf the request comes, it says itself.
    Certificate,
    /// A session or an API token, and from where users come who don't say it.
    Visitor(Visitor, Context),
}

/// Who comes by the front door.
pub struct Visitor {
    user: UserName,
    scope: Scope,
    credential: Credential,
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
                Ok(Claim { user: identity::user(request)?, security, scope: Scope::All, credential: None })
            }
            Self::Visitor(Visitor { user, scope, credential }, context) => {
                Ok(Claim { user, security: security.without_claims(context), scope, credential: Some(credential) })
            }
        }
    }
}

/// What lets a request in at the front door, by the hash of it.
#[derive(Clone, Debug)]
pub enum Credential {
    /// A session.
    Session(String),
    /// An API token.
    Token(String),
}

impl Credential {
    /// Whether it still is good for that user.
    ///
    /// # Errors
    /// The database failed.
    pub fn holds(&self, snapshot: &Snapshot<'_>, user: &UserName) -> Result<bool, Failure> {
        let now = Timestamp::now();
        let whose = match self {
            Self::Session(hash) => snapshot.session_user(hash, now)?,
            Self::Token(hash) => snapshot.token_user(hash, now)?.map(|(user, _)| user),
        };
        Ok(whose.as_ref() == Some(user))
    }
}

/// Whose the token is that the request shows, or else its session.
fn visitor(request: &HttpRequest, state: &State) -> Result<Visitor, Failure> {
    if let Some((user, scope, hash)) = tokens::bearer(request, state)? {
        return Ok(Visitor { user, scope, credential: Credential::Token(hash) });
    }
    let (user, hash) = session::user(request, state)?;
    Ok(Visitor { user, scope: Scope::All, credential: Credential::Session(hash) })
}
