//! The invitation to the first administrator: a link that is shown once, at the start of a server
//! that has nobody who could sign in and manage it. Only the program that showed it knows it, and
//! only for a while; nothing of it is in the database.

use super::token::{new_token, token_hash};
use secrecy::SecretString;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long it holds.
const LASTS: Duration = Duration::from_mins(30);

/// What is kept of an invitation.
#[derive(Debug)]
pub struct Invitation {
    hash: String,
    /// Measured by a clock that nobody sets.
    made: Instant,
    is_used: AtomicBool,
}

impl Invitation {
    /// A new one, and its secret.
    ///
    /// # Errors
    /// There is no randomness.
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

    /// Whether that is its secret, and it still holds.
    #[must_use]
    pub fn is(&self, secret: &SecretString) -> bool {
        // Of what can't be guessed, the hash tells nothing by the time of its comparison.
        self.made.elapsed() < LASTS
            && !self.is_used.load(Ordering::SeqCst)
            && token_hash(secret) == self.hash
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
