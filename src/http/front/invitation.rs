//! The invitation to the first administrator: a link that is shown once, at the start of a server that has nobody who could sign in and manage
//! it. Only the program that showed it knows it, and only for a while; nothing of it is in the database.

use crate::model::Timestamp;
use crate::secrets::{new_token, token_hash};
use secrecy::SecretString;
use std::sync::atomic::{AtomicBool, Ordering};

/// How long it holds, in milliseconds.
const LASTS: i64 = 30 * 60 * 1_000;

/// What is kept of an invitation.
#[derive(Debug)]
pub struct Invitation {
    hash: String,
    expires: Timestamp,
    is_used: AtomicBool,
}

impl Invitation {
    /// A new one, and its secret.
    ///
    /// # Errors
    /// There is no randomness.
    pub fn new() -> Result<(Self, SecretString), String> {
        let secret = new_token()?;
        let expires = Timestamp::from_millis(Timestamp::now().millis() + LASTS);
        Ok((Self { hash: token_hash(&secret), expires, is_used: AtomicBool::new(false) }, secret))
    }

    /// Whether that is its secret, and it still holds.
    #[must_use]
    pub fn is(&self, secret: &SecretString) -> bool {
        // Of what can't be guessed, the hash tells nothing by the time of its comparison.
        Timestamp::now() < self.expires && !self.is_used.load(Ordering::SeqCst) && token_hash(secret) == self.hash
    }

    /// Notes that the site has an administrator: from now on it is over, whatever becomes of him.
    pub fn use_up(&self) {
        self.is_used.store(true, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_secret_opens_it_and_only_for_half_an_hour() {
        let (mut invitation, secret) = Invitation::new().unwrap();
        let (_, other) = Invitation::new().unwrap();
        assert!(invitation.is(&secret));
        assert!(!invitation.is(&other) && !invitation.is(&SecretString::from("")));
        let minutes = (invitation.expires.millis() - Timestamp::now().millis()) / 60_000;
        assert!((29..=30).contains(&minutes));
        invitation.expires = Timestamp::now();
        assert!(!invitation.is(&secret));
        let (invitation, secret) = Invitation::new().unwrap();
        invitation.use_up();
        assert!(!invitation.is(&secret));
    }
}
