//! The front door, which is to Patchbay what Qlik's proxy is to QRS: people and machines sign in here, and nobody says himself who he is.

mod own_call;
mod session;
mod tokens;

pub use tokens::Scope;

use super::State;
use super::failure::Failure;
use crate::model::{Context, Timestamp};
use crate::store::{Snapshot, UserName};
use actix_web::HttpRequest;
use actix_web::web::ServiceConfig;

/// What the front door takes.
#[derive(Debug)]
pub struct Front {
    /// From where users come who don't say it.
    pub context: Context,
}

/// Who comes by the front door.
pub struct Visitor {
    /// The user.
    pub user: UserName,
    /// What he may come for.
    pub scope: Scope,
    /// What lets him in.
    pub credential: Credential,
}

/// What lets a request in.
#[derive(Clone, Debug)]
pub enum Credential {
    /// A client certificate, at the direct door.
    Certificate,
    /// A session, by the hash of its token.
    Session(String),
    /// An API token, by its hash.
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
            Self::Certificate => return Ok(true),
            Self::Session(hash) => snapshot.session_user(hash, now)?,
            Self::Token(hash) => snapshot.token_user(hash, now)?.map(|(user, _)| user),
        };
        Ok(whose.as_ref() == Some(user))
    }

    /// Whether it comes from one who knows users that Patchbay need not have seen before. Sessions and tokens are of users who are there, and
    /// end with them.
    pub const fn brings_users(&self) -> bool {
        matches!(self, Self::Certificate)
    }
}

impl Front {
    /// Who comes: whose the API token is that the request shows, or else its session.
    ///
    /// # Errors
    /// It shows nothing that lets it in.
    pub fn visitor(&self, request: &HttpRequest, state: &State) -> Result<Visitor, Failure> {
        match tokens::visitor(request, state)? {
            Some(visitor) => Ok(visitor),
            None => session::visitor(request, state),
        }
    }
}

/// Adds what is beside `/qrs` at the front door.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(resource!("/login", "POST", post => session::login))
        .service(resource!("/logout", "POST", post => session::logout))
        .service(resource!("/sessions", "GET", get => session::list))
        .service(resource!("/sessions/{id}", "DELETE", delete => session::end))
        .service(resource!("/tokens", "GET, POST", get => tokens::list, post => tokens::create))
        .service(resource!("/tokens/{id}", "DELETE", delete => tokens::revoke));
}
