//! Keys of 256 bits, and where they come from.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hkdf::Hkdf;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::Sha256;
use std::fmt;
use zeroize::Zeroizing;

/// A key for AES-256, or to derive such keys from. It is wiped when dropped and never printed.
pub struct Key(SecretBox<[u8; 32]>);

/// The parameters of deriving a key from a passphrase by Argon2id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Derivation {
    /// The salt: the same passphrase gives another key in each installation.
    pub salt: [u8; 16],
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub iterations: u32,
    /// Lanes.
    pub lanes: u32,
}

/// Why a key can't be created or read.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The text is not a key.
    #[error("a key must be 32 bytes in base64")]
    NotAKey,
    /// The passphrase can't be used.
    #[error("the key can't be derived from the passphrase: {0}")]
    Derivation(String),
    /// The operating system returned no random bytes.
    #[error("the operating system returned no random bytes: {0}")]
    NoRandomness(#[from] getrandom::Error),
}

impl Key {
    /// Creates a random key.
    ///
    /// # Errors
    /// [`KeyError::NoRandomness`] if the operating system returns no random bytes.
    pub fn random() -> Result<Self, KeyError> {
        let bytes = Zeroizing::new(random()?);
        Ok(Self::new(&bytes))
    }

    /// The key with these bytes.
    #[must_use]
    pub fn new(bytes: &[u8; 32]) -> Self {
        Self(SecretBox::init_with_mut(|key: &mut [u8; 32]| key.copy_from_slice(bytes)))
    }

    /// Reads a key in base64, with or without space around it.
    ///
    /// # Errors
    /// [`KeyError::NotAKey`] if it is not 32 bytes in base64.
    pub fn from_base64(text: &SecretString) -> Result<Self, KeyError> {
        let bytes = STANDARD
            .decode(text.expose_secret().trim())
            .map(Zeroizing::new)
            .map_err(|_| KeyError::NotAKey)?;
        Self::from_slice(&bytes)
    }

    /// The key in base64, to be stored where only the user can read it.
    #[must_use]
    pub fn to_base64(&self) -> Zeroizing<String> {
        Zeroizing::new(STANDARD.encode(self.bytes()))
    }

    /// Derives a key from a passphrase.
    ///
    /// # Errors
    /// [`KeyError::Derivation`] if Argon2 does not allow the parameters, or if there is not enough
    /// memory.
    pub fn from_passphrase(
        passphrase: &SecretString,
        derivation: &Derivation,
    ) -> Result<Self, KeyError> {
        let failed = |error: argon2::Error| KeyError::Derivation(error.to_string());
        let params =
            Params::new(derivation.memory_kib, derivation.iterations, derivation.lanes, Some(32));
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.map_err(failed)?);
        let mut bytes = Zeroizing::new([0; 32]);
        argon2
            .hash_password_into(
                passphrase.expose_secret().as_bytes(),
                &derivation.salt,
                bytes.as_mut(),
            )
            .map_err(failed)?;
        Ok(Self::new(&bytes))
    }

    /// # Errors
    /// [`KeyError::NotAKey`] if there are not 32 bytes.
    pub(crate) fn from_slice(bytes: &[u8]) -> Result<Self, KeyError> {
        bytes.try_into().map(Self::new).map_err(|_| KeyError::NotAKey)
    }

    /// A pseudorandom function of these bytes under this key, independent of all other uses of the
    /// key.
    pub(crate) fn fingerprint(&self, value: &[u8]) -> Result<[u8; 16], KeyError> {
        Ok(*self.derive(b"patchbay fingerprint 1", value)?)
    }

    /// A pseudorandom function of `value` under this key, for one purpose. Up to 32 bytes, it is
    /// HMAC-SHA-256 under a key that HKDF derives from this key and the purpose (RFC 5869, 2.3).
    pub(crate) fn derive<const N: usize>(
        &self,
        purpose: &[u8],
        value: &[u8],
    ) -> Result<Zeroizing<[u8; N]>, KeyError> {
        let mut output = Zeroizing::new([0; N]);
        let expanded =
            Hkdf::<Sha256>::new(Some(purpose), self.bytes()).expand(value, output.as_mut());
        expanded.map_err(|error| KeyError::Derivation(error.to_string()))?;
        Ok(output)
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        self.0.expose_secret()
    }
}

impl Clone for Key {
    fn clone(&self) -> Self {
        Self::new(self.bytes())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Derivation {
    /// Parameters for a new passphrase: 64 MiB and 3 passes, the second recommendation of RFC 9106
    /// with one lane instead of four, because this program computes lanes one after another.
    ///
    /// # Errors
    /// [`KeyError::NoRandomness`] if the operating system returns no random bytes.
    pub fn random() -> Result<Self, KeyError> {
        Ok(Self { salt: random()?, memory_kib: 64 * 1024, iterations: 3, lanes: 1 })
    }
}

pub(super) fn random<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_passphrase_gets_64_mib_and_a_salt_of_its_own() {
        let [one, other] = [Derivation::random().unwrap(), Derivation::random().unwrap()];
        assert_eq!((one.memory_kib, one.iterations, one.lanes), (65_536, 3, 1));
        assert_ne!(one.salt, other.salt);
    }

    /// The Argon2id vector of RFC 9106 needs a secret and associated data, which passphrases don't
    /// use; the Python binding of the reference implementation computed this one.
    #[test]
    fn derives_the_known_key_from_a_passphrase() {
        let derivation =
            Derivation { salt: *b"0123456789abcdef", memory_kib: 256, iterations: 2, lanes: 1 };
        let key =
            Key::from_passphrase(&SecretString::from("correct horse battery staple"), &derivation)
                .unwrap();
        assert_eq!(*key.to_base64(), "6v921DcCh4JgNTUk8Zy5XG6tyoURKEoHlKq0MC/5wLE=");
    }

    #[test]
    fn reads_what_it_writes() {
        let key = Key::random().unwrap();
        let read =
            Key::from_base64(&SecretString::from(format!("{}\n", *key.to_base64()))).unwrap();
        assert_eq!(key.bytes(), read.bytes());
    }

    #[test]
    fn refuses_text_that_is_not_a_key() {
        for text in ["", "c2hvcnQ=", "not base64!"] {
            assert!(Key::from_base64(&SecretString::from(text)).is_err(), "{text}");
        }
    }

    #[test]
    fn a_key_is_never_printed() {
        let key = Key::new(&[b'k'; 32]);
        assert_eq!(format!("{key:?}"), "Key(…)");
    }
}
