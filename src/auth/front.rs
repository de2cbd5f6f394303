//! The credentials that the front door accepts, and the user of each.

use super::credential::{Credential, Visitor};
use super::session::attributes;
use super::throttle::SignInLimits;
use super::trusted_header::TrustedHeader;
use crate::auth::jwt_sign_in::JwtSignIn;
use crate::model::Context;
use crate::store::{FoundSession, SessionKind};
use std::net::IpAddr;

/// How the front door authenticates requests: contexts, headers of proxies, JSON Web Tokens, and
/// how often a sign-in may fail.
#[derive(Debug)]
pub struct Front {
    /// The context of requests that don't name one.
    pub context: Context,
    /// The header in which a reverse proxy names its user, if the site trusts one.
    pub header: Option<TrustedHeader>,
    /// The JSON Web Tokens that are accepted, if the site has an issuer.
    pub jwt: Option<JwtSignIn>,
    /// How many attempts to sign in with a password may fail.
    pub sign_in: SignInLimits,
    /// Whether a sign-in with a header or a token begins a session.
    pub sessions: FrontSessions,
}

/// Whether a sign-in with a header or a JSON Web Token begins a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrontSessions {
    /// It begins a session.
    On,
    /// It begins no session, and earlier ones are refused.
    Off,
}

impl Front {
    /// Whether a trusted proxy has this address.
    #[must_use]
    pub fn is_proxy(&self, address: IpAddr) -> bool {
        self.header.as_ref().is_some_and(|header| header.comes_from(address))
    }

    /// The visitor, without the sign-in if sessions are off.
    #[must_use]
    pub fn with_sign_in(&self, visitor: Visitor) -> Visitor {
        match self.sessions {
            FrontSessions::On => visitor,
            FrontSessions::Off => Visitor { sign_in: None, ..visitor },
        }
    }

    /// The visitor of a session, where `hash` is the hash of its token; `None` if the session is
    /// not accepted. The settings must still trust the header or key that began it, unchanged. A
    /// session that a header began also needs a request for which `comes_from_proxy` holds.
    pub fn visitor_of(
        &self,
        session: FoundSession,
        hash: String,
        comes_from_proxy: impl FnOnce(&TrustedHeader) -> bool,
    ) -> Option<Visitor> {
        let FoundSession { user, kind, source, claims, .. } = session;
        let is_accepted = match (kind, self.sessions) {
            (SessionKind::Password, _) => true,
            (_, FrontSessions::Off) => false,
            (SessionKind::Header, _) => self
                .header
                .as_ref()
                .is_some_and(|header| header.source() == source && comes_from_proxy(header)),
            (SessionKind::Jwt, _) => {
                self.jwt.as_ref().is_some_and(|jwt| jwt.sources().any(|own| own == source))
            }
        };
        let attributes = attributes(&claims).filter(|_| is_accepted)?;
        Some(Visitor {
            attributes,
            ..Visitor::of_everything(user, Credential::Session(hash, kind))
        })
    }

    /// The fingerprints of the settings under which headers and tokens begin sessions.
    #[must_use]
    pub fn session_sources(&self) -> Vec<String> {
        let of_header = self.header.iter().map(TrustedHeader::source);
        let sources = of_header.chain(self.jwt.iter().flat_map(JwtSignIn::sources));
        sources.filter(|_| self.sessions == FrontSessions::On).collect()
    }
}
