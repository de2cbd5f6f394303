//! The data keys, opened by the master key.

use super::envelope::{self, OpenError, Place};
use super::key::{Key, KeyError};
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// The data keys by term. New values are sealed under the newest; old ones open under the key that they name.
#[derive(Debug)]
pub struct KeyRing {
    keys: BTreeMap<u32, Key>,
}

/// Why the key ring can't be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyRingError {
    /// The master key is not the one that sealed the data keys.
    #[error("the master key is not the one that this database was made with")]
    WrongMasterKey,
    /// A stored data key was changed.
    #[error("the data key of term {term} can't be opened: {cause}")]
    Damaged {
        /// The key's term.
        term: u32,
        /// What is wrong with it.
        cause: String,
    },
    /// There is no key to seal with.
    #[error("there is no data key")]
    Empty,
    /// A key could not be made.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl KeyRing {
    /// Opens the stored data keys.
    ///
    /// # Errors
    /// The master key is another one, or a stored key was changed.
    pub fn open<'a>(master: &Key, stored: impl Iterator<Item = (u32, &'a str)>) -> Result<Self, KeyRingError> {
        let mut keys = BTreeMap::new();
        for (term, sealed) in stored {
            let id = term.to_string();
            let opened = envelope::open(master, place(&id), sealed).map_err(|error| match error {
                OpenError::WrongKey => KeyRingError::WrongMasterKey,
                other => KeyRingError::Damaged { term, cause: other.to_string() },
            })?;
            keys.insert(term, Key::from_slice(&opened)?);
        }
        Ok(Self { keys })
    }

    /// Makes a data key for `term` and seals it for the database.
    ///
    /// # Errors
    /// The operating system gave no random bytes.
    pub fn new_data_key(master: &Key, term: u32) -> Result<String, KeyError> {
        let key = Key::random()?;
        envelope::seal(master, term, place(&term.to_string()), key.bytes())
    }

    /// Seals a value for its place.
    ///
    /// # Errors
    /// There is no data key, or no randomness.
    pub fn seal(&self, place: Place<'_>, value: &SecretString) -> Result<String, KeyRingError> {
        let (term, key) = self.keys.last_key_value().ok_or(KeyRingError::Empty)?;
        Ok(envelope::seal(key, *term, place, value.expose_secret().as_bytes())?)
    }

    /// Opens a value that was sealed for the same place.
    ///
    /// # Errors
    /// It is no sealed value, was changed or moved, or was sealed under a key that is not on the ring.
    pub fn unseal(&self, place: Place<'_>, sealed: &str) -> Result<SecretString, OpenError> {
        let term = envelope::term(sealed)?;
        let key = self.keys.get(&term).ok_or(OpenError::UnknownTerm(term))?;
        let opened = envelope::open(key, place, sealed)?;
        let text = Zeroizing::new(String::from_utf8(opened.to_vec()).map_err(|_| OpenError::Malformed)?);
        Ok(SecretString::from(text.as_str()))
    }
}

/// Where a data key belongs.
const fn place(term: &str) -> Place<'_> {
    Place { entity: "DataKey", property: "sealedKey", id: term }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place<'static> = Place { entity: "DataConnection", property: "password", id: "1" };

    fn ring(master: &Key, terms: &[u32]) -> (KeyRing, Vec<(u32, String)>) {
        let stored: Vec<(u32, String)> =
            terms.iter().map(|term| (*term, KeyRing::new_data_key(master, *term).unwrap())).collect();
        let ring = KeyRing::open(master, stored.iter().map(|(term, sealed)| (*term, sealed.as_str()))).unwrap();
        (ring, stored)
    }

    #[test]
    fn values_open_under_the_key_that_they_name() {
        let master = Key::random().unwrap();
        let (old, mut stored) = ring(&master, &[1]);
        let sealed = old.seal(PLACE, &SecretString::from("päss")).unwrap();
        stored.push((2, KeyRing::new_data_key(&master, 2).unwrap()));
        let both = KeyRing::open(&master, stored.iter().map(|(term, sealed)| (*term, sealed.as_str()))).unwrap();
        assert_eq!(both.unseal(PLACE, &sealed).unwrap().expose_secret(), "päss");
        let newer = both.seal(PLACE, &SecretString::from("new")).unwrap();
        assert_eq!(old.unseal(PLACE, &newer).unwrap_err(), OpenError::UnknownTerm(2));
    }

    #[test]
    fn another_master_key_is_noticed() {
        let (_, stored) = ring(&Key::random().unwrap(), &[1]);
        let other = Key::random().unwrap();
        let opened = KeyRing::open(&other, stored.iter().map(|(term, sealed)| (*term, sealed.as_str())));
        assert!(matches!(opened, Err(KeyRingError::WrongMasterKey)));
    }

    #[test]
    fn data_keys_can_not_swap_terms() {
        let master = Key::random().unwrap();
        let (_, stored) = ring(&master, &[1, 2]);
        let opened = KeyRing::open(&master, [(1, stored[1].1.as_str())].into_iter());
        assert!(matches!(opened, Err(KeyRingError::Damaged { term: 1, .. })));
    }
}
