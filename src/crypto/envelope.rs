//! The sealed form of one value.
//!
//! ```text
//! base64( version 1 | term 4 | salt 32 | commitment 32 | nonce 12 | ciphertext and tag )
//! ```
//!
//! Each value has a key of its own: HKDF-SHA256 (RFC 5869) derives it, and the commitment, from the
//! data key and the random salt. So a nonce never repeats under one key (NIST SP 800-38D limits
//! random nonces to 2^32 for a key), and a value opens under one data key only, which AES-GCM alone
//! does not guarantee. The associated data names the place of the value, so that it can't be moved
//! to another row or property.

use super::key::{Key, KeyError, random};
use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hkdf::Hkdf;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

const VERSION: u8 = 1;
const INFO: &[u8] = b"patchbay sealed value 1";
const SALT: usize = 32;
const COMMITMENT: usize = 32;
const NONCE: usize = 12;
const TAG: usize = 16;

/// The place that a value belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// The resource type of the entity.
    pub entity: &'a str,
    /// The JSON name of the property.
    pub property: &'a str,
    /// The id of the row.
    pub id: &'a str,
}

/// Why a sealed value can't be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// It is not a sealed value, or has a version that this program does not know.
    #[error("this is not a sealed value")]
    Malformed,
    /// The key ring has no key of its term.
    #[error("there is no data key of term {0}")]
    UnknownTerm(u32),
    /// Another key sealed it.
    #[error("this was sealed by another key")]
    WrongKey,
    /// It was changed, or belongs to another place.
    #[error("this was changed after it was sealed, or moved to another row or property")]
    Tampered,
}

/// Seals `value` for `place` by the data key of `term`.
///
/// # Errors
/// [`KeyError::NoRandomness`] if the operating system returns no random bytes,
/// [`KeyError::Derivation`] if the value is too long.
pub fn seal(key: &Key, term: u32, place: Place<'_>, value: &[u8]) -> Result<String, KeyError> {
    seal_with(key, term, place, value, &random()?, &random()?)
}

fn seal_with(
    key: &Key,
    term: u32,
    place: Place<'_>,
    value: &[u8],
    salt: &[u8; SALT],
    nonce: &[u8; NONCE],
) -> Result<String, KeyError> {
    let failed = || KeyError::Derivation("the value is too long to be sealed".to_owned());
    let (record_key, commitment) = derive(key, salt).ok_or_else(failed)?;
    let associated = associated_data(place, term);
    let cipher = Aes256Gcm::new((&*record_key).into());
    let sealed = cipher
        .encrypt(nonce.into(), Payload { msg: value, aad: &associated })
        .map_err(|_| failed())?;
    let envelope =
        [&[VERSION], &term.to_be_bytes()[..], salt, &commitment[..], nonce, &sealed].concat();
    Ok(STANDARD.encode(envelope))
}

/// The term of the key that `sealed` names.
///
/// # Errors
/// [`OpenError::Malformed`] if it is not a sealed value.
pub fn term(sealed: &str) -> Result<u32, OpenError> {
    Ok(Parts::read(&decode(sealed)?)?.term)
}

/// Opens a value that [`seal`] sealed for the same place by the same key.
///
/// # Errors
/// [`OpenError::Malformed`] if it is not a sealed value, [`OpenError::WrongKey`] if another key
/// sealed it, [`OpenError::Tampered`] if it was changed or belongs to another place.
pub fn open(key: &Key, place: Place<'_>, sealed: &str) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let envelope = decode(sealed)?;
    let parts = Parts::read(&envelope)?;
    let (record_key, commitment) = derive(key, parts.salt).ok_or(OpenError::Malformed)?;
    if !bool::from(commitment.ct_eq(parts.commitment)) {
        return Err(OpenError::WrongKey);
    }
    let associated = associated_data(place, parts.term);
    let cipher = Aes256Gcm::new((&*record_key).into());
    let opened =
        cipher.decrypt(parts.nonce.into(), Payload { msg: parts.sealed, aad: &associated });
    opened.map(Zeroizing::new).map_err(|_| OpenError::Tampered)
}

struct Parts<'a> {
    term: u32,
    salt: &'a [u8; SALT],
    commitment: &'a [u8; COMMITMENT],
    nonce: &'a [u8; NONCE],
    sealed: &'a [u8],
}

impl<'a> Parts<'a> {
    fn read(envelope: &'a [u8]) -> Result<Self, OpenError> {
        Self::split(envelope).filter(|parts| parts.sealed.len() >= TAG).ok_or(OpenError::Malformed)
    }

    fn split(envelope: &'a [u8]) -> Option<Self> {
        let rest = envelope.strip_prefix(&[VERSION])?;
        let (term, rest) = rest.split_first_chunk()?;
        let (salt, rest) = rest.split_first_chunk()?;
        let (commitment, rest) = rest.split_first_chunk()?;
        let (nonce, sealed) = rest.split_first_chunk()?;
        Some(Self { term: u32::from_be_bytes(*term), salt, commitment, nonce, sealed })
    }
}

fn decode(sealed: &str) -> Result<Vec<u8>, OpenError> {
    STANDARD.decode(sealed).map_err(|_| OpenError::Malformed)
}

/// Derives the key of one value, and the commitment to the data key.
fn derive(key: &Key, salt: &[u8]) -> Option<(Zeroizing<[u8; 32]>, [u8; COMMITMENT])> {
    let mut output = Zeroizing::new([0; 32 + COMMITMENT]);
    Hkdf::<Sha256>::new(Some(salt), key.bytes()).expand(INFO, output.as_mut()).ok()?;
    let (record_key, commitment) = output.split_first_chunk()?;
    Some((Zeroizing::new(*record_key), commitment.try_into().ok()?))
}

/// Encodes the place and the term, each preceded by its length, so that no two places have the same
/// encoding.
fn associated_data(place: Place<'_>, term: u32) -> Vec<u8> {
    let mut data = Vec::new();
    for part in [
        place.entity.as_bytes(),
        place.property.as_bytes(),
        place.id.as_bytes(),
        &term.to_be_bytes(),
    ] {
        data.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        data.extend_from_slice(part);
    }
    data
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value as Json;

    const PLACE: Place<'static> = Place {
        entity: "DataConnection",
        property: "password",
        id: "47693209-0b1a-4809-9346-d62677bbd997",
    };

    fn bytes<const N: usize>(vector: &Json, name: &str) -> [u8; N] {
        STANDARD.decode(vector[name].as_str().unwrap()).unwrap().try_into().unwrap()
    }

    /// Another implementation of AES-GCM and HKDF computed the vectors; tests/vectors/README.md
    /// describes how.
    #[test]
    fn seals_and_opens_the_known_answers() {
        let vectors: Vec<Json> =
            serde_json::from_str(include_str!("../../tests/vectors/sealed_values.json")).unwrap();
        assert!(vectors.len() >= 4);
        for vector in &vectors {
            let field = |name: &str| vector[name].as_str().unwrap();
            let place =
                Place { entity: field("entity"), property: field("property"), id: field("id") };
            let term = u32::try_from(vector["term"].as_u64().unwrap()).unwrap();
            let key = Key::new(&bytes(vector, "key"));
            let value = field("value").as_bytes();
            let sealed = seal_with(
                &key,
                term,
                place,
                value,
                &bytes(vector, "salt"),
                &bytes(vector, "nonce"),
            )
            .unwrap();
            assert_eq!(sealed, field("sealed"), "{}", field("about"));
            assert_eq!(*open(&key, place, field("sealed")).unwrap(), value, "{}", field("about"));
        }
    }

    #[test]
    fn refuses_another_key() {
        let sealed = seal(&Key::new(&[1; 32]), 1, PLACE, b"secret").unwrap();
        assert_eq!(open(&Key::new(&[2; 32]), PLACE, &sealed), Err(OpenError::WrongKey));
    }

    #[test]
    fn refuses_another_place() {
        let key = Key::new(&[1; 32]);
        let sealed = seal(&key, 1, PLACE, b"secret").unwrap();
        let elsewhere = [
            Place { id: "47693209-0b1a-4809-9346-d62677bbd998", ..PLACE },
            Place { property: "username", ..PLACE },
            Place { entity: "DataConnectio", property: "npassword", ..PLACE },
        ];
        for place in elsewhere {
            assert_eq!(open(&key, place, &sealed), Err(OpenError::Tampered), "{place:?}");
        }
    }

    #[test]
    fn refuses_each_flipped_bit() {
        let key = Key::new(&[1; 32]);
        let envelope = STANDARD.decode(seal(&key, 1, PLACE, b"secret").unwrap()).unwrap();
        for bit in 0..envelope.len() * 8 {
            let mut flipped = envelope.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(open(&key, PLACE, &STANDARD.encode(flipped)).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn seals_the_same_value_differently_each_time() {
        let key = Key::new(&[1; 32]);
        assert_ne!(
            seal(&key, 1, PLACE, b"secret").unwrap(),
            seal(&key, 1, PLACE, b"secret").unwrap()
        );
    }

    proptest! {
        #[test]
        fn opens_what_it_seals(value in prop::collection::vec(any::<u8>(), 0..2000),
            term in any::<u32>(), id in ".*") {
            let key = Key::new(&[3; 32]);
            let place = Place { id: &id, ..PLACE };
            let sealed = seal(&key, term, place, &value).unwrap();
            prop_assert_eq!(super::term(&sealed), Ok(term));
            prop_assert_eq!(&*open(&key, place, &sealed).unwrap(), &value);
        }

        #[test]
        fn never_panics_on_a_text_that_is_not_a_sealed_value(text in ".*",
            bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let key = Key::new(&[3; 32]);
            prop_assert!(open(&key, PLACE, &text).is_err());
            prop_assert!(open(&key, PLACE, &STANDARD.encode(bytes)).is_err());
        }
    }
}
