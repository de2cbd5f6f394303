//! The doors, which decide no more than who asks: the direct one by a client certificate and `X-Qlik-User`, the front one by a session.

use super::caller::Claim;
use super::failure::Failure;
use super::security_header::SecurityHeader;
use super::tokens::{self, Scope};
use super::{State, identity, session};
use crate::model::{Context, Timestamp};
use crate::secrets::token_hash;
use crate::store::{Snapshot, UserName};
use actix_web::HttpRequest;
use actix_web::web::Data;

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

    /// Lets a request in that need not say on whose behalf it comes.
    ///
    /// # Errors
    /// It shows nothing that lets it in.
    pub fn check(self, request: &HttpRequest, state: &Data<State>) -> Result<(), Failure> {
        match self {
            Self::Direct => identity::check_certificate(request),
            Self::Front { .. } => front_user(request, state).map(drop),
        }
    }

    /// On whose behalf a request comes, and from where. At the front, nobody says himself who he is or what attributes he has.
    ///
    /// # Errors
    /// It names nobody, or its session has ended.
    pub fn claim(self, request: &HttpRequest, state: &Data<State>) -> Result<Claim, Failure> {
        let said = SecurityHeader::of(request)?;
        match self {
            Self::Direct => {
                Ok(Claim { user: identity::user(request)?, security: said, scope: Scope::All, credential: None })
            }
            Self::Front { context } => {
                let (user, scope, credential) = front_user(request, state)?;
                let security = said.without_claims(context);
                Ok(Claim { user, security, scope, credential: Some(credential) })
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

/// Who comes by the front door: whose the token is that the request shows, or else its session.
fn front_user(request: &HttpRequest, state: &Data<State>) -> Result<(UserName, Scope, Credential), Failure> {
    if let Some((user, scope, hash)) = tokens::bearer(request, state)? {
        return Ok((user, scope, Credential::Token(hash)));
    }
    let user = session::user(request, state)?;
    let hash = session::token(request).map(|token| token_hash(&token)).unwrap_or_default();
    Ok((user, Scope::All, Credential::Session(hash)))
}
