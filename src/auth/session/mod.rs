//! Sessions of users who have signed in.

mod derived_sessions;
mod sign_in;

pub use derived_sessions::{DerivedSessions, Kept};
pub use sign_in::{SignIn, attributes};

use crate::auth::token::{new_token, token_hash};
use crate::error::RequestError;
use crate::model::Timestamp;
use crate::store::{Error, Session, SessionKind, Write};
use secrecy::SecretString;
use std::net::IpAddr;
use uuid::Uuid;

/// How long a session lasts, in milliseconds.
pub const LASTS: i64 = 12 * 60 * 60 * 1_000;

/// A new session with its token.
#[derive(Clone)]
pub struct Begun {
    token: SecretString,
    session: Session,
}

impl Begun {
    /// Begins a session from this address.
    ///
    /// # Errors
    /// `Internal` if the system's random number generator fails.
    pub fn new(address: Option<IpAddr>) -> Result<Self, RequestError> {
        let token = new_token().map_err(|error| RequestError::internal(&error))?;
        Ok(Self { token, session: begin(address, SessionKind::Password) })
    }

    /// The token of the session.
    #[must_use]
    pub const fn token(&self) -> &SecretString {
        &self.token
    }

    /// When the session expires.
    #[must_use]
    pub const fn expires_date(&self) -> Timestamp {
        self.session.expires_date
    }

    /// Stores the session, if the user's password still has this hash. Returns whether it has.
    ///
    /// # Errors
    /// If the database fails.
    pub fn keep(&self, write: &Write<'_>, user: Uuid, password_hash: &str) -> Result<bool, Error> {
        write.begin_session(&token_hash(&self.token), user, password_hash, &self.session)
    }
}

/// Begins a session of this kind from this address.
#[must_use]
pub fn begin(address: Option<IpAddr>, kind: SessionKind) -> Session {
    let created_date = Timestamp::now();
    let expires_date = Timestamp::from_millis(created_date.millis() + LASTS);
    let address = address.map(|address| address.to_string()).unwrap_or_default();
    Session { id: Uuid::now_v7(), created_date, expires_date, address, kind }
}
