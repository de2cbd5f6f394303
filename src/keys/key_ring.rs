//! The data keys, opened by the master key.

use crate::crypto::{Key, KeyError, OpenError, Place, open, seal, term_of};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// The data keys by term. The newest key seals new values; old values open by the key that they
/// name.
#[derive(Debug)]
pub struct KeyRing {
    master: Key,
    keys: BTreeMap<u32, Key>,
}

/// Why the key ring can't be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyRingError {
    /// Another master key sealed the data keys.
    #[error("the master key is not the one that this database was created with")]
    WrongMasterKey,
    /// A stored data key was changed.
    #[error("the data key of term {term} can't be opened: {cause}")]
    Damaged {
        /// The term of the key.
        term: u32,
        /// The cause.
        cause: String,
    },
    /// There is no key to seal with.
    #[error("there is no data key")]
    Empty,
    /// A key could not be created.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// Why a value could not be sealed again.
#[derive(Debug, thiserror::Error)]
pub enum RenewError {
    /// It can't be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// It can't be sealed.
    #[error(transparent)]
    Seal(#[from] KeyRingError),
}

impl KeyRing {
    /// Opens the stored data keys.
    ///
    /// # Errors
    /// [`KeyRingError::WrongMasterKey`] if another master key sealed them,
    /// [`KeyRingError::Damaged`] if one was changed.
    pub fn open<'a>(
        master: &Key,
        stored: impl Iterator<Item = (u32, &'a str)>,
    ) -> Result<Self, KeyRingError> {
        let mut keys = BTreeMap::new();
        for (term, sealed) in stored {
            let id = term.to_string();
            let opened = open(master, place(&id), sealed).map_err(|error| match error {
                OpenError::WrongKey => KeyRingError::WrongMasterKey,
                other => KeyRingError::Damaged { term, cause: other.to_string() },
            })?;
            keys.insert(term, Key::from_slice(&opened)?);
        }
        Ok(Self { master: master.clone(), keys })
    }

    /// Opens the stored data keys by the master key of this ring.
    ///
    /// # Errors
    /// As [`KeyRing::open`].
    pub fn reopen<'a>(
        &self,
        stored: impl Iterator<Item = (u32, &'a str)>,
    ) -> Result<Self, KeyRingError> {
        Self::open(&self.master, stored)
    }

    /// The term of the newest key, which seals values.
    #[must_use]
    pub fn newest_term(&self) -> Option<u32> {
        self.keys.last_key_value().map(|(term, _)| *term)
    }

    /// Creates the next data key. Returns its term and its sealed form for the database.
    ///
    /// # Errors
    /// [`KeyError::NoRandomness`] if the operating system returns no random bytes.
    pub fn next_data_key(&self) -> Result<(u32, String), KeyError> {
        let term = self.newest_term().unwrap_or(0) + 1;
        Ok((term, Self::new_data_key(&self.master, term)?))
    }

    /// The data keys by term, sealed by another master key.
    ///
    /// # Errors
    /// [`KeyError::NoRandomness`] if the operating system returns no random bytes.
    pub fn sealed_by(&self, master: &Key) -> Result<Vec<(u32, String)>, KeyError> {
        let seal = |(term, key): (&u32, &Key)| {
            let sealed = seal(master, *term, place(&term.to_string()), key.bytes())?;
            Ok((*term, sealed))
        };
        self.keys.iter().map(seal).collect()
    }

    /// Seals a value again by the newest key; `None` if that key has sealed it already.
    ///
    /// # Errors
    /// [`RenewError::Open`] if it can't be opened, [`RenewError::Seal`] if it can't be sealed.
    pub fn renew(&self, place: Place<'_>, sealed: &str) -> Result<Option<String>, RenewError> {
        if Some(term_of(sealed)?) == self.newest_term() {
            return Ok(None);
        }
        Ok(Some(self.seal(place, &self.unseal(place, sealed)?)?))
    }

    /// Creates a data key for `term` and seals it for the database.
    ///
    /// # Errors
    /// [`KeyError::NoRandomness`] if the operating system returns no random bytes.
    pub fn new_data_key(master: &Key, term: u32) -> Result<String, KeyError> {
        let key = Key::random()?;
        seal(master, term, place(&term.to_string()), key.bytes())
    }

    /// Seals a value for its place.
    ///
    /// # Errors
    /// [`KeyRingError::Empty`] if there is no data key, [`KeyRingError::Key`] if the operating
    /// system returns no random bytes.
    pub fn seal(&self, place: Place<'_>, value: &SecretString) -> Result<String, KeyRingError> {
        let (term, key) = self.keys.last_key_value().ok_or(KeyRingError::Empty)?;
        Ok(seal(key, *term, place, value.expose_secret().as_bytes())?)
    }

    /// A fingerprint of a value by the newest key. The same value has the same fingerprint, and
    /// without the key the fingerprint reveals nothing about the value.
    ///
    /// # Errors
    /// [`KeyRingError::Empty`] if there is no data key.
    pub fn fingerprint(&self, value: &SecretString) -> Result<[u8; 16], KeyRingError> {
        Ok(self.newest()?.fingerprint(value.expose_secret().as_bytes())?)
    }

    /// The code by which the session of a credential is found: an HMAC over the credential, by the
    /// newest key.
    ///
    /// # Errors
    /// [`KeyRingError::Empty`] if there is no data key.
    pub fn credential_code(&self, credential: &str) -> Result<String, KeyRingError> {
        let code = self
            .newest()?
            .derive::<32>(b"patchbay credential of a session 1", credential.as_bytes())?;
        Ok(URL_SAFE_NO_PAD.encode(code.as_slice()))
    }

    /// The token of the session that a credential started: an HMAC over the id of the session and
    /// the credential, by the newest key. Each session has a new id, so a session that has ended
    /// never gets its token back.
    ///
    /// # Errors
    /// [`KeyRingError::Empty`] if there is no data key.
    pub fn session_token(
        &self,
        credential: &str,
        session: &str,
    ) -> Result<SecretString, KeyRingError> {
        let value = format!("{session} {credential}");
        let code =
            self.newest()?.derive::<32>(b"patchbay token of a session 1", value.as_bytes())?;
        Ok(SecretString::from(URL_SAFE_NO_PAD.encode(code.as_slice())))
    }

    fn newest(&self) -> Result<&Key, KeyRingError> {
        self.keys.last_key_value().map(|(_, key)| key).ok_or(KeyRingError::Empty)
    }

    /// Opens a value that was sealed for the same place.
    ///
    /// # Errors
    /// [`OpenError::Malformed`] if it is not a sealed value, [`OpenError::Tampered`] if it was
    /// changed or moved, [`OpenError::UnknownTerm`] or [`OpenError::WrongKey`] if a key that is not
    /// on the ring sealed it.
    pub fn unseal(&self, place: Place<'_>, sealed: &str) -> Result<SecretString, OpenError> {
        let term = term_of(sealed)?;
        let key = self.keys.get(&term).ok_or(OpenError::UnknownTerm(term))?;
        let opened = open(key, place, sealed)?;
        let text =
            Zeroizing::new(String::from_utf8(opened.to_vec()).map_err(|_| OpenError::Malformed)?);
        Ok(SecretString::from(text.as_str()))
    }
}

/// The place of a data key.
const fn place(term: &str) -> Place<'_> {
    Place { entity: "DataKey", property: "sealedKey", id: term }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place<'static> = Place { entity: "DataConnection", property: "password", id: "1" };

    fn ring(master: &Key, terms: &[u32]) -> (KeyRing, Vec<(u32, String)>) {
        let stored: Vec<(u32, String)> = terms
            .iter()
            .map(|term| (*term, KeyRing::new_data_key(master, *term).unwrap()))
            .collect();
        let ring =
            KeyRing::open(master, stored.iter().map(|(term, sealed)| (*term, sealed.as_str())))
                .unwrap();
        (ring, stored)
    }

    #[test]
    fn values_open_by_the_key_that_they_name() {
        let master = Key::random().unwrap();
        let (old, mut stored) = ring(&master, &[1]);
        let sealed = old.seal(PLACE, &SecretString::from("päss")).unwrap();
        stored.push((2, KeyRing::new_data_key(&master, 2).unwrap()));
        let both =
            KeyRing::open(&master, stored.iter().map(|(term, sealed)| (*term, sealed.as_str())))
                .unwrap();
        assert_eq!(both.unseal(PLACE, &sealed).unwrap().expose_secret(), "päss");
        let newer = both.seal(PLACE, &SecretString::from("new")).unwrap();
        assert_eq!(old.unseal(PLACE, &newer).unwrap_err(), OpenError::UnknownTerm(2));
    }

    #[test]
    fn renewed_values_open_by_the_newest_key_only() {
        let master = Key::random().unwrap();
        let (old, mut stored) = ring(&master, &[1]);
        let sealed = old.seal(PLACE, &SecretString::from("päss")).unwrap();
        assert!(old.renew(PLACE, &sealed).unwrap().is_none());
        stored.push(old.next_data_key().unwrap());
        let both =
            old.reopen(stored.iter().map(|(term, sealed)| (*term, sealed.as_str()))).unwrap();
        let renewed = both.renew(PLACE, &sealed).unwrap().unwrap();
        let newest =
            old.reopen(stored[1..].iter().map(|(term, sealed)| (*term, sealed.as_str()))).unwrap();
        assert_eq!(newest.unseal(PLACE, &renewed).unwrap().expose_secret(), "päss");
        assert!(both.renew(Place { id: "2", ..PLACE }, &sealed).is_err());
    }

    #[test]
    fn another_master_key_opens_the_data_keys_that_it_sealed() {
        let (old, new) = (Key::random().unwrap(), Key::random().unwrap());
        let (ring, _) = ring(&old, &[1, 2]);
        let sealed = ring.seal(PLACE, &SecretString::from("x")).unwrap();
        let stored = ring.sealed_by(&new).unwrap();
        let open = |master: &Key| {
            KeyRing::open(master, stored.iter().map(|(term, sealed)| (*term, sealed.as_str())))
        };
        assert_eq!(open(&new).unwrap().unseal(PLACE, &sealed).unwrap().expose_secret(), "x");
        assert!(matches!(open(&old), Err(KeyRingError::WrongMasterKey)));
    }

    #[test]
    fn another_master_key_is_detected() {
        let (_, stored) = ring(&Key::random().unwrap(), &[1]);
        let other = Key::random().unwrap();
        let opened =
            KeyRing::open(&other, stored.iter().map(|(term, sealed)| (*term, sealed.as_str())));
        assert!(matches!(opened, Err(KeyRingError::WrongMasterKey)));
    }

    #[test]
    fn the_token_of_a_session_depends_on_its_credential_its_id_and_the_key() {
        let master = Key::random().unwrap();
        let [(one, _), (other, _)] = [ring(&master, &[1]), ring(&master, &[1])];
        let token = one.session_token("credential", "id").unwrap();
        let token = token.expose_secret();
        assert_eq!(URL_SAFE_NO_PAD.decode(token).unwrap().len(), 32);
        assert_eq!(one.session_token("credential", "id").unwrap().expose_secret(), token);
        assert_ne!(one.session_token("credential", "id2").unwrap().expose_secret(), token);
        assert_ne!(one.session_token("credential2", "id").unwrap().expose_secret(), token);
        assert_ne!(other.session_token("credential", "id").unwrap().expose_secret(), token);
        // The stored code of a credential gives no token.
        let code = one.credential_code("credential").unwrap();
        assert_eq!(one.credential_code("credential").unwrap(), code);
        assert_ne!(code, token);
        assert_ne!(code, other.credential_code("credential").unwrap());
    }

    /// Computed by Python's hmac: HKDF-Expand up to 32 bytes is one HMAC (RFC 5869, 2.3).
    #[test]
    fn the_token_is_the_known_hmac() {
        let ring =
            KeyRing { master: Key::new(&[1; 32]), keys: BTreeMap::from([(1, Key::new(&[7; 32]))]) };
        let token = ring.session_token("credential", "id").unwrap();
        assert_eq!(token.expose_secret(), "rdKBq2pKPsEUtUZSb5BTHW61GGRPIcUT2W6_Hbz2AGM");
    }

    #[test]
    fn data_keys_can_not_swap_terms() {
        let master = Key::random().unwrap();
        let (_, stored) = ring(&master, &[1, 2]);
        let opened = KeyRing::open(&master, [(1, stored[1].1.as_str())].into_iter());
        assert!(matches!(opened, Err(KeyRingError::Damaged { term: 1, .. })));
    }
}
