//! Random tokens of sessions and API clients. Only their SHA-256 is stored, which is enough for a
//! secret that can't be guessed.

use crate::crypto::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};

/// Creates a token of 256 random bits, in characters that cookies and headers can hold.
///
/// # Errors
/// If the system's random number generator fails.
pub fn new_token() -> Result<SecretString, String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| format!("the system's random number generator failed: {error}"))?;
    Ok(SecretString::from(URL_SAFE_NO_PAD.encode(bytes)))
}

/// The hash of a token, for storage.
#[must_use]
pub fn token_hash(token: &SecretString) -> String {
    digest(token.expose_secret().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_token_is_different_and_its_hash_is_sha_256() {
        let [one, other] = [new_token().unwrap(), new_token().unwrap()];
        assert_ne!(one.expose_secret(), other.expose_secret());
        assert_eq!(URL_SAFE_NO_PAD.decode(one.expose_secret()).unwrap().len(), 32);
        // The test vector of FIPS 180-4.
        let hash = "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0";
        assert_eq!(token_hash(&SecretString::from("abc")), hash);
    }
}
