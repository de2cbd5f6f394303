//! The credentials that the front door takes, and the user of each.

use super::credential::{Credential, Visitor};
use super::session::attributes;
use super::throttle::SignInLimits;
use super::trusted_header::TrustedHeader;
use crate::auth::jwt_sign_in::JwtSignIn;
use crate::model::Context;
use crate::store::{FoundSession, SessionKind};
use std::net::IpAddr;

/// How the front door admits requests: contexts, headers of proxies, JSON Web Tokens, and how often
/// a sign-in may fail.
#[derive(Debug)]
pub struct Front {
    /// The context of requests that name none.
    pub context: Context,
    /// The header in which a proxy names its user, if one is trusted.
    pub header: Option<TrustedHeader>,
    /// The JSON Web Tokens that are accepted, if any are.
    pub jwt: Option<JwtSignIn>,
    /// How many attempts to sign in with a password may fail.
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

impl Front {
    /// Whether a proxy that is trusted has this address.
    #[must_use]
    pub fn is_proxy(&self, address: IpAddr) -> bool {
        self.header.as_ref().is_some_and(|header| header.comes_from(address))
    }

    /// The visitor, without the sign-in if no session is to begin.
    #[must_use]
    pub fn with_sign_in(&self, visitor: Visitor) -> Visitor {
        match self.sessions {
            FrontSessions::On => visitor,
            FrontSessions::Off => Visitor { sign_in: None, ..visitor },
        }
    }

    /// The visitor whose session that is, with the hash of its token; nobody if it is not accepted.
    /// The header or key that began it must be trusted still, by the same settings, and a session
    /// that a header began is accepted only if `comes_from_proxy` of that header.
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

    /// The fingerprints of the settings by which a header or a token is trusted, and begins
    /// sessions.
    #[must_use]
    pub fn session_sources(&self) -> Vec<String> {
        let of_header = self.header.iter().map(TrustedHeader::source);
        let sources = of_header.chain(self.jwt.iter().flat_map(JwtSignIn::sources));
        sources.filter(|_| self.sessions == FrontSessions::On).collect()
    }
}
