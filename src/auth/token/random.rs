//! Tokens that stand for a sign-in: random, and known to nobody but who got them. What is kept is
//! their SHA-256, which is enough for what can't be guessed.

use crate::crypto::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};

/// A token of 256 random bits, in letters that stand in cookies and headers as they are.
///
/// # Errors
/// There is no randomness.
pub fn new_token() -> Result<SecretString, String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| format!("the system's random number generator failed: {error}"))?;
    Ok(SecretString::from(URL_SAFE_NO_PAD.encode(bytes)))
}

/// What is kept of a token.
#[must_use]
pub fn token_hash(token: &SecretString) -> String {
    digest(token.expose_secret().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_another_each_time_and_its_hash_is_sha_256() {
        let [one, other] = [new_token().unwrap(), new_token().unwrap()];
        assert_ne!(one.expose_secret(), other.expose_secret());
        assert_eq!(URL_SAFE_NO_PAD.decode(one.expose_secret()).unwrap().len(), 32);
        // The known answer of FIPS 180-4.
        let hash = "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0";
        assert_eq!(token_hash(&SecretString::from("abc")), hash);
    }
}
