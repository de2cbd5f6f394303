//! A sign-in from which a session can begin.

use super::begin;
use crate::model::{Timestamp, is_same_folded};
use crate::store::{FoundSession, Session, SessionKind, UserName};
use serde_json::json;
use std::net::IpAddr;

/// Maximum size of the claims that a session keeps, in bytes of JSON. With larger claims, no
/// session begins: a session with only some of them could get more rights, because rules can test
/// that an attribute is missing.
const LONGEST_CLAIMS: usize = 4 * 1024;

/// Milliseconds for which a credential without an id of its own leads to the same session.
const HOUR: i64 = 60 * 60 * 1_000;

/// A sign-in with a trusted header or a JSON Web Token, from which a session can begin.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// The user.
    pub user: UserName,
    kind: SessionKind,
    /// The fingerprint of the settings under which the credential is trusted.
    pub source: String,
    /// The attributes of the user, as JSON.
    pub claims: String,
    /// The `jti` of a token.
    name: Option<String>,
    /// When a token expires.
    ends: Option<Timestamp>,
}

impl SignIn {
    /// A sign-in with a header that is trusted under settings with this fingerprint.
    #[must_use]
    pub const fn by_header(user: UserName, source: String) -> Self {
        Self {
            user,
            kind: SessionKind::Header,
            source,
            claims: String::new(),
            name: None,
            ends: None,
        }
    }

    /// A sign-in with a token that is trusted under settings with this fingerprint, with its
    /// attributes, its `jti` and its expiry. `None` if the attributes are too large to be kept.
    #[must_use]
    pub fn by_jwt(
        user: UserName,
        source: String,
        attributes: &[(String, String)],
        name: Option<String>,
        ends: Timestamp,
    ) -> Option<Self> {
        let claims = json!(attributes).to_string();
        let fits = claims.len() <= LONGEST_CLAIMS;
        fits.then_some(Self {
            user,
            kind: SessionKind::Jwt,
            source,
            claims,
            name,
            ends: Some(ends),
        })
    }

    /// Identifies the credential. One without a `jti` counts as the same within each hour.
    pub fn credential(&self, now: Timestamp) -> String {
        let hour = self.name.is_none().then(|| now.millis().div_euclid(HOUR));
        let UserName { user_directory, user_id } = &self.user;
        let ends = self.ends.map(Timestamp::millis);
        json!([
            self.kind.name(),
            user_directory,
            user_id,
            self.source,
            self.claims,
            ends,
            self.name,
            hour
        ])
        .to_string()
    }

    /// Begins a session from this address, which expires no later than the token.
    #[must_use]
    pub fn begin(&self, address: Option<IpAddr>) -> Session {
        let session = begin(address, self.kind);
        let expires_date =
            self.ends.map_or(session.expires_date, |ends| ends.min(session.expires_date));
        Session { expires_date, ..session }
    }

    /// Whether a client with this session needs no other. That holds for a session of the same user
    /// that began with a password, because it can do more; or with the same claims, if it lasts as
    /// long as the token, or for at least another hour.
    #[must_use]
    pub fn is_served_by(&self, session: &FoundSession, now: Timestamp) -> bool {
        let FoundSession { user, kind, source, claims, expires_date } = session;
        let is_own = is_same_folded(&self.user.user_directory, &user.user_directory)
            && is_same_folded(&self.user.user_id, &user.user_id);
        let is_same = (*kind, source, claims) == (self.kind, &self.source, &self.claims);
        let hour = Timestamp::from_millis(now.millis() + HOUR);
        let lasts = *expires_date >= self.ends.map_or(hour, |ends| ends.min(hour));
        is_own && (*kind == SessionKind::Password || is_same && lasts)
    }
}

/// The attributes in the claims of a session; `None` if they can't be parsed.
#[must_use]
pub fn attributes(claims: &str) -> Option<Vec<(String, String)>> {
    if claims.is_empty() { Some(Vec::new()) } else { serde_json::from_str(claims).ok() }
}
