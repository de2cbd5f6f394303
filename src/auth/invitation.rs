//! The invitation of the first administrator: a link that a server shows once, when it starts with
//! no administrator who could sign in. It is kept in memory only and expires; the database has
//! nothing of it.

use super::token::{new_token, token_hash};
use secrecy::SecretString;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long an invitation is valid.
const LASTS: Duration = Duration::from_mins(30);

/// An invitation, with the hash of its secret.
#[derive(Debug)]
pub struct Invitation {
    hash: String,
    /// On a monotonic clock, which nobody can set.
    made: Instant,
    is_used: AtomicBool,
}

impl Invitation {
    /// Creates an invitation. Returns it with its secret.
    ///
    /// # Errors
    /// If the system's random number generator fails.
    pub fn new() -> Result<(Self, SecretString), String> {
        let secret = new_token()?;
        Ok((
            Self {
                hash: token_hash(&secret),
                made: Instant::now(),
                is_used: AtomicBool::new(false),
            },
            secret,
        ))
    }

    /// Whether `secret` is the invitation's secret, and the invitation is still valid.
    #[must_use]
    pub fn is(&self, secret: &SecretString) -> bool {
        // The comparison may take a varying time: the hash of a random secret reveals nothing
        // useful.
        self.made.elapsed() < LASTS
            && !self.is_used.load(Ordering::SeqCst)
            && token_hash(secret) == self.hash
    }

    /// Invalidates the invitation for good, once the site has an administrator.
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
        let made = invitation.made;
        invitation.made = made.checked_sub(Duration::from_mins(29)).unwrap();
        assert!(invitation.is(&secret));
        invitation.made = made.checked_sub(LASTS).unwrap();
        assert!(!invitation.is(&secret));
        let (invitation, secret) = Invitation::new().unwrap();
        invitation.use_up();
        assert!(!invitation.is(&secret));
    }
}
