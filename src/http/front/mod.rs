//! The front door, which is to Patchbay what Qlik's proxy is to QRS: people and machines sign in here, and nobody says himself who he is.

pub mod cookie;
mod derived_session;
mod host;
mod invitation;
mod jwt;
mod own_call;
mod password;
mod session;
mod throttle;
mod tokens;
mod trusted_header;
mod under_way;

pub use derived_session::{DerivedSessions, SignIn, give_session};
pub use host::check_host;
pub use invitation::Invitation;
pub use jwt::{Attributes, Directory, JwtSignIn};
pub use password::{Credentials, LONGEST_CREDENTIALS, Passwords, confirm, sign_in};
pub use session::{Begun, address, end_shown as end_session, is_shown as shows_session};
pub use throttle::SignInLimits;
pub use tokens::{DAYS as LONGEST_DAYS, Scope, Wanted as WantedToken, keep as keep_token, new as new_api_token};
pub use trusted_header::{SECRET_HEADER, TrustedHeader};

use super::State;
use super::failure::Failure;
use super::own_parameters::OwnParameters;
use crate::model::{Context, Timestamp, is_same_folded};
use crate::store::{FoundSession, SessionKind, Snapshot, UserName};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::web::ServiceConfig;
use actix_web::{HttpMessage, HttpRequest};
use std::net::IpAddr;

/// What the front door takes.
#[derive(Debug)]
pub struct Front {
    /// From where users come who don't say it.
    pub context: Context,
    /// The header in which a proxy names its user, if one is trusted.
    pub header: Option<TrustedHeader>,
    /// The JSON Web Tokens that are taken, if any are.
    pub jwt: Option<JwtSignIn>,
    /// How many may fail to sign in with a password.
    pub sign_in: SignInLimits,
    /// Whether a sign-in by a header or a token begins a session.
    pub sessions: FrontSessions,
}

/// Whether a sign-in by a header or a JSON Web Token begins a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrontSessions {
    /// It does.
    On,
    /// It does not, and no such session is accepted.
    Off,
}

/// Who comes by the front door.
pub struct Visitor {
    /// The user.
    pub user: UserName,
    /// What he may come for.
    pub scope: Scope,
    /// From where he comes unless the request says it, if that is known.
    pub context: Option<Context>,
    /// What lets him in.
    pub credential: Credential,
    /// What is known of him beyond what is stored.
    pub attributes: Vec<(String, String)>,
    /// The sign-in of which a session can begin, if one can.
    pub sign_in: Option<Box<SignIn>>,
}

impl Visitor {
    /// One who may come for whatever he is allowed.
    const fn of_everything(user: UserName, credential: Credential) -> Self {
        Self { user, scope: Scope::All, context: None, credential, attributes: Vec::new(), sign_in: None }
    }

    /// Notes on the request that its reply is to give the client a session.
    pub fn note_sign_in(&mut self, request: &HttpRequest) {
        if let Some(sign_in) = self.sign_in.take() {
            request.extensions_mut().insert(*sign_in);
        }
    }
}

/// What lets a request in.
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
    pub fn holds(&self, snapshot: &Snapshot<'_>, user: &UserName) -> Result<bool, Failure> {
        let now = Timestamp::now();
        let whose = match self {
            Self::Certificate | Self::Header => return Ok(true),
            Self::Jwt(good_until) => return Ok(now <= *good_until),
            Self::Session(hash, _) => snapshot.session(hash, now)?.map(|session| session.user),
            Self::Token(hash) => snapshot.token_user(hash, now)?.map(|token| token.user),
        };
        Ok(whose.as_ref() == Some(user))
    }

    /// Whether it comes from one who knows users that Patchbay need not have seen before. Sessions and tokens are of users who are there, and
    /// end with them.
    pub const fn brings_users(&self) -> bool {
        matches!(self, Self::Certificate | Self::Header | Self::Jwt(_))
    }

    /// Refuses to make what lets the user in later on, API tokens, passwords and client certificates, in a session that a header or a JSON Web Token began.
    /// It would outlive what vouches for the user.
    ///
    /// # Errors
    /// `Forbidden` in such a session.
    pub fn check_may_give_access(&self) -> Result<(), Failure> {
        match self {
            Self::Session(_, SessionKind::Header | SessionKind::Jwt) => Err(Failure::Forbidden(
                "a session that a header or a JSON Web Token began makes no API token, sets no password and downloads no certificate: sign in with a password"
                    .to_owned(),
            )),
            _ => Ok(()),
        }
    }
}

impl Front {
    /// Whether a proxy that is trusted has this address.
    pub fn is_proxy(&self, address: IpAddr) -> bool {
        self.header.as_ref().is_some_and(|header| header.comes_from(address))
    }

    /// Who comes in a browser, if he has signed in.
    ///
    /// # Errors
    /// What he shows is contradictory, or comes from who is not trusted.
    pub fn signed_in(&self, request: &HttpRequest, state: &State) -> Result<Option<Visitor>, Failure> {
        match self.by_header(request)? {
            Some(visitor) => Ok(Some(visitor)),
            None => session::find(request, self, state),
        }
    }

    fn by_header(&self, request: &HttpRequest) -> Result<Option<Visitor>, Failure> {
        let visitor = self.header.as_ref().map(|header| header.visitor(request)).transpose()?.flatten();
        Ok(visitor.map(|visitor| self.with_sign_in(visitor)))
    }

    /// The visitor, without the sign-in if no session is to begin.
    fn with_sign_in(&self, visitor: Visitor) -> Visitor {
        match self.sessions {
            FrontSessions::On => visitor,
            FrontSessions::Off => Visitor { sign_in: None, ..visitor },
        }
    }

    /// The visitor whose session that is, with the hash of its token; nobody if it is not accepted. What began it must be trusted still, by the same
    /// settings, and a session that a header began is accepted only from where the header is.
    fn visitor_of(&self, session: FoundSession, hash: String, request: &HttpRequest) -> Option<Visitor> {
        let FoundSession { user, kind, source, claims, .. } = session;
        let is_accepted = match (kind, self.sessions) {
            (SessionKind::Password, _) => true,
            (_, FrontSessions::Off) => false,
            (SessionKind::Header, _) => self
                .header
                .as_ref()
                .is_some_and(|header| header.source() == source && header.check_proxy(request).is_ok()),
            (SessionKind::Jwt, _) => self.jwt.as_ref().is_some_and(|jwt| jwt.sources().any(|own| own == source)),
        };
        let attributes = derived_session::attributes(&claims).filter(|_| is_accepted)?;
        Some(Visitor { attributes, ..Visitor::of_everything(user, Credential::Session(hash, kind)) })
    }

    /// The fingerprints of the settings by which a header or a token is trusted, and begins sessions.
    pub fn session_sources(&self) -> Vec<String> {
        let of_header = self.header.iter().map(TrustedHeader::source);
        let sources = of_header.chain(self.jwt.iter().flat_map(JwtSignIn::sources));
        sources.filter(|_| self.sessions == FrontSessions::On).collect()
    }

    /// Who comes. What a proxy says counts before what the user's program says, and that before a cookie, which comes along by habit.
    ///
    /// # Errors
    /// It shows nothing that lets it in.
    pub fn visitor(&self, request: &HttpRequest, state: &State) -> Result<Visitor, Failure> {
        if let Some(visitor) = self.by_header(request)? {
            return Ok(visitor);
        }
        match (bearer(request)?, &self.jwt) {
            (Some(token), Some(jwt)) if !tokens::is_ours(token) => Ok(self.with_sign_in(jwt.visitor(token)?)),
            (Some(token), _) => tokens::visitor(token, state),
            (None, _) => session::visitor(request, self, state),
        }
    }
}

/// The token that a request shows, if it shows one.
fn bearer(request: &HttpRequest) -> Result<Option<&str>, Failure> {
    let Some(value) = single(request.headers(), &header::AUTHORIZATION)? else { return Ok(None) };
    let parts = std::str::from_utf8(value).ok().and_then(|value| value.split_once(' '));
    match parts {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("Bearer") => Ok(Some(token.trim())),
        _ => Err(Failure::Unauthorized("Authorization must be 'Bearer' and a token".to_owned())),
    }
}

/// The user of that name, as somebody outside says it; nobody if it is no name.
///
/// # Errors
/// It is one of the site's own accounts, which are nobody's outside.
fn outsider(directory: &str, id: &str) -> Result<Option<UserName>, Failure> {
    // It would be another user's name once it is written DIRECTORY\userid.
    if directory.contains('\\') {
        return Ok(None);
    }
    let name = UserName::new(directory, id);
    if name.as_ref().is_some_and(|name| is_own_directory(&name.user_directory)) {
        let message = "the site's own accounts don't sign in so: the directory must be another than theirs";
        return Err(Failure::Unauthorized(message.to_owned()));
    }
    Ok(name)
}

/// Takes the name of a directory to which all users belong who come from outside.
///
/// # Errors
/// What is wrong with it, to follow its name.
pub fn check_directory(directory: &str) -> Result<String, String> {
    match UserName::new(directory, "user") {
        Some(_) if directory.contains('\\') => Err("must not have a backslash".to_owned()),
        Some(name) if is_own_directory(&name.user_directory) => {
            Err("must not be that of the site's own accounts".to_owned())
        }
        Some(name) => Ok(name.user_directory),
        None => Err("must have 1 to 255 characters, and no control characters".to_owned()),
    }
}

/// The value of a header that may be there once.
fn single<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h [u8]>, Failure> {
    let mut values = headers.get_all(name);
    match (values.next(), values.next()) {
        (value, None) => Ok(value.map(HeaderValue::as_bytes)),
        (_, Some(_)) => Err(Failure::Unauthorized(format!("the header {name} is there twice"))),
    }
}

fn is_own_directory(directory: &str) -> bool {
    is_same_folded(directory, &UserName::repository().user_directory)
}

/// Adds what is beside `/qrs` at the front door.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(resource!("/login", "POST", post => password::login).app_data(OwnParameters(&[])))
        .service(resource!("/logout", "POST", post => session::logout).app_data(OwnParameters(&[])))
        .service(resource!("/sessions", "GET", get => session::list).app_data(OwnParameters(&[])))
        .service(resource!("/sessions/{id}", "DELETE", delete => session::end).app_data(OwnParameters(&[])))
        .service(
            resource!("/tokens", "GET, POST", get => tokens::list, post => tokens::create).app_data(OwnParameters(&[])),
        )
        .service(resource!("/tokens/{id}", "DELETE", delete => tokens::revoke).app_data(OwnParameters(&[])));
}
