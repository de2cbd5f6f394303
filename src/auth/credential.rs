//! How a request shows on whose behalf it comes.

use super::security_header::SecurityHeader;
use super::session::SignIn;
use crate::error::RequestError;
use crate::model::{Actor, Context, Timestamp};
use crate::store::{SessionKind, Snapshot, TOKEN_SCOPES, UserName};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The user on whose behalf a request comes, and the credential that shows it.
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
    /// Whether an administrator asks from the hub, for the reply.
    pub from_hub: FromHub,
}

impl Claim {
    /// The claim of a visitor of the console, who acts in the management context.
    #[must_use]
    pub fn of_manager(visitor: Visitor) -> Self {
        let Visitor { user, scope, credential, .. } = visitor;
        let from_hub = FromHub::default();
        Self { user, security: SecurityHeader::default(), scope, credential, from_hub }
    }

    /// Refuses a request whose session or token has ended since it came in.
    ///
    /// # Errors
    /// `Unauthorized` if it has ended.
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
    /// Whether requests of the visitor may change anything.
    pub scope: Scope,
    /// The context, if the credential has one. A request may name another.
    pub context: Option<Context>,
    /// The credential.
    pub credential: Credential,
    /// Attributes of the user beyond those that are stored.
    pub attributes: Vec<(String, String)>,
    /// The sign-in of which a session can begin, if one can.
    pub sign_in: Option<Box<SignIn>>,
}

impl Visitor {
    /// A visitor whose requests may do whatever the user may do.
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

/// The credential that a request shows.
#[derive(Clone, Debug)]
pub enum Credential {
    /// A client certificate, at the direct door.
    Certificate,
    /// A session, by the hash of its token, and how the user signed in.
    Session(String, SessionKind),
    /// An API token, by its hash.
    Token(String),
    /// The header of a trusted proxy.
    Header,
    /// A JSON Web Token, by its end.
    Jwt(Timestamp),
}

impl Credential {
    /// Whether it still is good for that user.
    ///
    /// # Errors
    /// The database failed.
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

    /// Whether it can name a user that is not stored yet. Sessions and API tokens belong to stored
    /// users, and end with them.
    #[must_use]
    pub const fn brings_users(&self) -> bool {
        matches!(self, Self::Certificate | Self::Header | Self::Jwt(_))
    }

    /// Refuses to make what lets the user in later on, API tokens, passwords and client
    /// certificates, in a session that a header or a JSON Web Token began. It would outlive what
    /// vouches for the user.
    ///
    /// # Errors
    /// `Forbidden` in such a session.
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
    /// Whatever the user may do.
    All,
    /// Whatever the user may do and changes nothing.
    Read,
}

impl Scope {
    /// Their names.
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

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => Self::NAMES[0],
            Self::Read => Self::NAMES[1],
        }
    }
}

/// Notes whether a request comes from the hub, of a user with roles. Rules for administrators ask
/// for roles, and hold in the management context.
#[derive(Clone, Debug, Default)]
pub struct FromHub(Arc<AtomicBool>);

impl FromHub {
    /// Notes the user of the request, once the user is known.
    pub fn note(&self, actor: &Actor) {
        if actor.context == Context::App && !actor.roles.is_empty() {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    /// Whether the request comes from the hub, of a user with roles.
    #[must_use]
    pub fn is_noted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
