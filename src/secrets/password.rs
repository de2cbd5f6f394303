//! Passwords of users: kept as Argon2id hashes with the parameters that OWASP recommends (19 MiB, 2 passes), which are the crate's
//! defaults.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Argon2, Params};
use secrecy::{ExposeSecret, SecretString};

/// The salt for who has no password. What is made with it is compared with nothing.
const NOBODYS_SALT: [u8; 16] = [0; 16];

/// The hash to keep of a password, as a PHC string.
///
/// # Errors
/// There is no randomness or not enough memory.
pub fn hash(password: &SecretString) -> Result<String, String> {
    let hash: Result<PasswordHash, _> = Argon2::default().hash_password(password.expose_secret().as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| format!("the password can't be hashed: {error}"))
}

/// Whether a password is the one that `kept` was made of. Without one it takes as long, and is wrong.
#[must_use]
pub fn verify(password: &SecretString, kept: Option<&str>) -> bool {
    let password = password.expose_secret().as_bytes();
    if let Some(Ok(hash)) = kept.map(PasswordHash::new) {
        return Argon2::default().verify_password(password, &hash).is_ok();
    }
    let mut out = [0; Params::DEFAULT_OUTPUT_LEN];
    // Only the time that it takes matters.
    let _ = Argon2::default().hash_password_into(password, &NOBODYS_SALT, &mut out);
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    #[test]
    fn only_the_password_itself_is_right_and_its_hash_has_the_parameters() {
        let password = SecretString::from("correct horse battery staple");
        let kept = hash(&password).unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert_ne!(kept, hash(&password).unwrap());
        assert!(verify(&password, Some(&kept)));
        assert!(!verify(&SecretString::from("correct horse battery"), Some(&kept)));
        assert!(!verify(&password, None));
        assert!(!verify(&password, Some("no hash")));
    }

    /// A wide bound, so that it says nothing of the machine: without the work it would be a thousandth.
    #[test]
    fn who_has_no_password_takes_as_long() {
        let password = SecretString::from("x");
        let kept = hash(&SecretString::from("y")).unwrap();
        let time = |kept: Option<&str>| {
            let start = Instant::now();
            let right = (0..5).filter(|_| verify(&password, kept)).count();
            assert_eq!(right, 0);
            start.elapsed()
        };
        let (known, unknown) = (time(Some(&kept)), time(None));
        assert!(unknown * 4 > known && known * 4 > unknown, "{known:?} {unknown:?}");
    }
}
