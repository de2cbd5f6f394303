//! How a request proves which user it acts for.

use super::security_header::SecurityHeader;
use super::session::SignIn;
use crate::error::RequestError;
use crate::model::{Actor, Context, Timestamp};
use crate::store::{SessionKind, Snapshot, TOKEN_SCOPES, UserName};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The user that a request acts for, and the credential that proves it.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The user.
    pub user: UserName,
    /// The context and the attributes of the user.
    pub security: SecurityHeader,
    /// Whether the request may change anything.
    pub scope: Scope,
    /// The credential.
    pub credential: Credential,
    /// Whether an administrator comes from the hub, which the reply reports.
    pub from_hub: FromHub,
}

impl Claim {
    /// The claim of a visitor of the console, which acts in the management context.
    #[must_use]
    pub fn of_manager(visitor: Visitor) -> Self {
        let Visitor { user, scope, credential, .. } = visitor;
        let from_hub = FromHub::default();
        Self { user, security: SecurityHeader::default(), scope, credential, from_hub }
    }

    /// Refuses a request whose session or token has expired since the request arrived.
    ///
    /// # Errors
    /// `Unauthorized` if it has expired or was revoked.
    pub fn check_credential(&self, snapshot: &Snapshot<'_>) -> Result<(), RequestError> {
        if self.credential.holds(snapshot, &self.user)? {
            Ok(())
        } else {
            Err(RequestError::Unauthorized(
                "the session or the token is no longer valid; sign in again, or use another token"
                    .to_owned(),
            ))
        }
    }
}

/// A user at the front door.
pub struct Visitor {
    /// The user.
    pub user: UserName,
    /// Whether the visitor's requests may change anything.
    pub scope: Scope,
    /// The context that the credential sets, if it sets one. A request may name another.
    pub context: Option<Context>,
    /// The credential.
    pub credential: Credential,
    /// Attributes of the user in addition to the stored ones.
    pub attributes: Vec<(String, String)>,
    /// The sign-in from which a session can begin, if the credential allows one.
    pub sign_in: Option<Box<SignIn>>,
}

impl Visitor {
    /// A visitor whose requests may do everything that the user may do.
    #[must_use]
    pub const fn of_everything(user: UserName, credential: Credential) -> Self {
        Self {
            user,
            scope: Scope::All,
            context: None,
            credential,
            attributes: Vec::new(),
            sign_in: None,
        }
    }
}

/// The credential that a request presents.
#[derive(Clone, Debug)]
pub enum Credential {
    /// A client certificate, at the direct door.
    Certificate,
    /// A session: the hash of its token, and how the user signed in.
    Session(String, SessionKind),
    /// An API token: its hash.
    Token(String),
    /// The header of a trusted proxy.
    Header,
    /// A JSON Web Token: the time at which it expires.
    Jwt(Timestamp),
}

impl Credential {
    /// Whether the credential is still valid for this user.
    ///
    /// # Errors
    /// If the database fails.
    pub fn holds(&self, snapshot: &Snapshot<'_>, user: &UserName) -> Result<bool, RequestError> {
        let now = Timestamp::now();
        let whose = match self {
            Self::Certificate | Self::Header => return Ok(true),
            Self::Jwt(good_until) => return Ok(now <= *good_until),
            Self::Session(hash, _) => snapshot.session(hash, now)?.map(|session| session.user),
            Self::Token(hash) => snapshot.token_user(hash, now)?.map(|token| token.user),
        };
        Ok(whose.as_ref() == Some(user))
    }

    /// Whether the credential can name a user who is not stored yet. Sessions and API tokens belong
    /// to stored users and are deleted with them.
    #[must_use]
    pub const fn brings_users(&self) -> bool {
        matches!(self, Self::Certificate | Self::Header | Self::Jwt(_))
    }

    /// Refuses to create credentials (API tokens, passwords, client certificates) in a session that
    /// began with a header or a JSON Web Token. They would outlive the proof of the user's
    /// identity.
    ///
    /// # Errors
    /// `Forbidden` if a header or a JSON Web Token began the session.
    pub fn check_may_give_access(&self) -> Result<(), RequestError> {
        match self {
            Self::Session(_, SessionKind::Header | SessionKind::Jwt) => {
                Err(RequestError::Forbidden(
                    "a session that began with a trusted header or a JSON Web Token can't create \
                     API tokens, set passwords or download certificates; sign in with a password"
                        .to_owned(),
                ))
            }
            _ => Ok(()),
        }
    }
}

/// What requests with a credential may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everything that the user may do.
    All,
    /// Everything that the user may do and that changes nothing.
    Read,
}

impl Scope {
    /// The names of the scopes.
    pub const NAMES: [&str; 2] = TOKEN_SCOPES;

    /// The scope of that name, in any case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "all" => Some(Self::All),
            "read" => Some(Self::Read),
            _ => None,
        }
    }

    /// The name of the scope.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => Self::NAMES[0],
            Self::Read => Self::NAMES[1],
        }
    }
}

/// Records whether a user with roles sent the request from the hub. Rules for administrators test
/// roles and apply only in the management context.
#[derive(Clone, Debug, Default)]
pub struct FromHub(Arc<AtomicBool>);

impl FromHub {
    /// Records the user of the request, once the user is known.
    pub fn note(&self, actor: &Actor) {
        if actor.context == Context::App && !actor.roles.is_empty() {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    /// Whether a user with roles sent the request from the hub.
    #[must_use]
    pub fn is_noted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
