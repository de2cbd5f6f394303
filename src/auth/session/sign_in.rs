//! A sign-in of which a session can begin.

use super::begin;
use crate::model::{Timestamp, is_same_folded};
use crate::store::{FoundSession, Session, SessionKind, UserName};
use serde_json::json;
use std::net::IpAddr;

/// Longest claims that a session keeps, in bytes of JSON. Where there are more, no session begins:
/// one without some of them could be granted more, because rules may ask that an attribute is
/// missing.
const LONGEST_CLAIMS: usize = 4 * 1024;

/// Milliseconds for which a credential that names itself by nothing gives the same session.
const HOUR: i64 = 60 * 60 * 1_000;

/// A sign-in by a trusted header or a JSON Web Token, of which a session can begin.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// The user.
    pub user: UserName,
    kind: SessionKind,
    /// The fingerprint of the settings by which it is trusted.
    pub source: String,
    /// What it says of the user, as JSON.
    pub claims: String,
    /// The `jti` of a token.
    name: Option<String>,
    /// When a token ends.
    ends: Option<Timestamp>,
}

impl SignIn {
    /// By a header that is trusted by settings with this fingerprint.
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

    /// By a token that is trusted by settings with this fingerprint, with what it says of the user,
    /// its `jti` and its end. None if it says too much to be kept.
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

    /// All that makes it the same credential. Where nothing names it, it is the same within an
    /// hour.
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

    /// A session that begins now, from that address, and ends with the token.
    #[must_use]
    pub fn begin(&self, address: Option<IpAddr>) -> Session {
        let session = begin(address, self.kind);
        let expires_date =
            self.ends.map_or(session.expires_date, |ends| ends.min(session.expires_date));
        Session { expires_date, ..session }
    }

    /// Whether a client that has this session needs no other: one that a password began, in which
    /// the user can do more, or one that the same said of the same user, which lasts as long as the
    /// token, or for another hour at least.
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

/// The attributes that the claims of a session hold; none if they can't be read.
#[must_use]
pub fn attributes(claims: &str) -> Option<Vec<(String, String)>> {
    if claims.is_empty() { Some(Vec::new()) } else { serde_json::from_str(claims).ok() }
}
