//! The open data keys of the server. Another process may add a key, so each use asks the database
//! for the newest.

use crate::crypto::Place;
use crate::error::RequestError;
use crate::keys::{KeyRing, KeyRingError};
use crate::model::AUDIT_SECRET;
use crate::store::{Error, Sealer, Snapshot, StoredKey};
use secrecy::SecretString;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use uuid::{Builder, Uuid};

/// The data keys of this server.
pub struct OpenKeys {
    /// The key ring as last read; `None` while the server runs sealed.
    known: RwLock<Option<Known>>,
    /// Whether a warning was logged that the audit log works without the keys.
    has_warned: AtomicBool,
}

/// A key ring, and its keys as stored when it was read. Their terms alone do not identify the keys:
/// a key read within a write disappears if the write is rolled back, and the next key gets its
/// term.
#[derive(Clone)]
struct Known {
    ring: Arc<KeyRing>,
    stored: Arc<[StoredKey]>,
}

impl OpenKeys {
    /// Starts with these keys, or sealed.
    #[must_use]
    pub fn new(ring: Option<KeyRing>) -> Self {
        let keys = Self { known: RwLock::new(None), has_warned: AtomicBool::new(false) };
        if let Some(ring) = ring {
            keys.unseal(ring);
        }
        keys
    }

    /// Whether the server runs without its master key.
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        self.known().is_none()
    }

    /// Makes these keys available, so that the server is no longer sealed.
    pub fn unseal(&self, ring: impl Into<Arc<KeyRing>>) {
        self.keep(Known { ring: ring.into(), stored: Arc::default() });
    }

    /// The data keys in `snapshot`; `None` while the server runs sealed. A value sealed in the same
    /// transaction is sealed under the newest key.
    ///
    /// # Errors
    /// [`Error::Unusable`] if another master key has sealed the keys since; another error if the
    /// database failed.
    pub fn at(&self, snapshot: &Snapshot<'_>) -> Result<Option<Arc<KeyRing>>, RequestError> {
        Ok(self.ring(snapshot)?)
    }

    fn ring(&self, snapshot: &Snapshot<'_>) -> Result<Option<Arc<KeyRing>>, Error> {
        let Some(known) = self.known() else { return Ok(None) };
        let stored = snapshot.data_keys()?;
        if *known.stored == *stored {
            return Ok(Some(known.ring));
        }
        let ring = Arc::new(
            known
                .ring
                .reopen(stored.iter().map(StoredKey::sealed))
                .map_err(|error| unusable(&error))?,
        );
        self.keep(Known { ring: Arc::clone(&ring), stored: stored.into() });
        Ok(Some(ring))
    }

    /// The data keys for the audit log, which works without them: `None` while the server runs
    /// sealed, or while they can't be used.
    fn usable(&self, snapshot: &Snapshot<'_>) -> Result<Option<Arc<KeyRing>>, Error> {
        match self.ring(snapshot) {
            Ok(Some(ring)) if ring.newest_term().is_none() => Ok(self.warn(&KeyRingError::Empty)),
            Ok(ring) => Ok(ring),
            Err(Error::Unusable(why)) => Ok(self.warn(&why)),
            Err(error) => Err(error),
        }
    }

    /// Logs why the keys can't be used: once, until they can be used again.
    fn warn<T>(&self, why: &dyn std::fmt::Display) -> Option<T> {
        if !self.has_warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(%why, "the audit log can't store its masked secrets, because the data \
                                  keys can't be used; run `patchbay verify`");
        }
        None
    }

    fn keep(&self, known: Known) {
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(known);
    }

    fn known(&self) -> Option<Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn unusable(error: &dyn std::fmt::Display) -> Error {
    Error::Unusable(format!("the data keys can't be used: {error}"))
}

/// The location of the secret of the audit log with this id.
const fn place(id: &str) -> Place<'_> {
    Place { entity: AUDIT_SECRET.resource_type, property: "text", id }
}

impl Sealer for OpenKeys {
    fn id_of(&self, snapshot: &Snapshot<'_>, text: &SecretString) -> Result<Option<Uuid>, Error> {
        let Some(ring) = self.usable(snapshot)? else { return Ok(None) };
        let fingerprint = ring.fingerprint(text).map_or_else(|error| self.warn(&error), Some);
        Ok(fingerprint.map(|fingerprint| Builder::from_random_bytes(fingerprint).into_uuid()))
    }

    fn seal(
        &self,
        snapshot: &Snapshot<'_>,
        id: Uuid,
        text: &SecretString,
    ) -> Result<Option<(u32, String)>, Error> {
        let Some(ring) = self.usable(snapshot)? else { return Ok(None) };
        let sealed =
            ring.seal(place(&id.to_string()), text).map_or_else(|error| self.warn(&error), Some);
        if sealed.is_some() {
            self.has_warned.store(false, Ordering::Relaxed);
        }
        Ok(ring.newest_term().zip(sealed))
    }

    fn open(
        &self,
        snapshot: &Snapshot<'_>,
        id: Uuid,
        sealed: &str,
    ) -> Result<Option<SecretString>, Error> {
        let Some(ring) = self.usable(snapshot)? else { return Ok(None) };
        Ok(ring.unseal(place(&id.to_string()), sealed).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::Key;
    use crate::store::{Origin, Write, new_file, read_at, write_at};
    use secrecy::ExposeSecret;

    const PLACE: Place<'_> = Place { entity: "DataConnection", property: "password", id: "1" };

    /// As when a rotation starts in a group of writes whose commit fails.
    #[test]
    fn a_key_that_was_rolled_back_is_not_mistaken_for_the_next_of_its_term() {
        let (_folder, file) = new_file();
        let master = Key::random().unwrap();
        let origin = Origin::command("test");
        let add = |write: &Write<'_>, term: u32| {
            write.add_data_key(&StoredKey {
                term,
                sealed_key: KeyRing::new_data_key(&master, term).unwrap(),
            })
        };
        write_at(&file, &origin, |write| add(write, 1)).unwrap();
        let open = || {
            let stored = read_at(&file, |snapshot: &Snapshot<'_>| snapshot.data_keys()).unwrap();
            KeyRing::open(&master, stored.iter().map(StoredKey::sealed)).unwrap()
        };
        let keys = OpenKeys::new(Some(open()));
        let undone = write_at(&file, &origin, |write| {
            add(write, 2)?;
            assert_eq!(keys.at(&write.snapshot()).unwrap().unwrap().newest_term(), Some(2));
            Err::<(), _>(Error::Stopped)
        });
        assert!(undone.is_err());
        let sealed = write_at(&file, &origin, |write| {
            add(write, 2)?;
            let ring = keys.at(&write.snapshot()).unwrap().unwrap();
            Ok::<_, Error>(ring.seal(PLACE, &SecretString::from("hunter2")).unwrap())
        });
        assert_eq!(open().unseal(PLACE, &sealed.unwrap()).unwrap().expose_secret(), "hunter2");
    }
}
