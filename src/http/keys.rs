//! The data keys that the server has open. Somebody may make another one meanwhile, so each use asks the database which is the newest.

use super::failure::Failure;
use crate::secrets::KeyRing;
use crate::store::{Snapshot, StoredKey};
use std::sync::{Arc, PoisonError, RwLock};

/// The key ring as it was last read; none while the server runs sealed.
pub struct Keys(RwLock<Option<Arc<KeyRing>>>);

impl Keys {
    /// Begins with these, or sealed.
    #[must_use]
    pub fn new(ring: Option<KeyRing>) -> Self {
        Self(RwLock::new(ring.map(Arc::new)))
    }

    /// Whether the server runs without its master key.
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        self.known().is_none()
    }

    /// Ends that: from now on there are these keys.
    pub fn unseal(&self, ring: KeyRing) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(ring));
    }

    /// The data keys that `snapshot` shows; none while the server runs sealed. Where a value is sealed in the same transaction, it is sealed
    /// under the newest there is.
    ///
    /// # Errors
    /// The database failed, or its keys were sealed by another master key meanwhile.
    pub fn at(&self, snapshot: &Snapshot<'_>) -> Result<Option<Arc<KeyRing>>, Failure> {
        let Some(known) = self.known() else { return Ok(None) };
        let newest = snapshot.newest_term()?;
        if known.newest_term() == Some(newest) {
            return Ok(Some(known));
        }
        let stored = snapshot.data_keys()?;
        let read = Arc::new(known.reopen(stored.iter().map(StoredKey::sealed))?);
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if kept.as_ref().and_then(|ring| ring.newest_term()) < Some(newest) {
            *kept = Some(Arc::clone(&read));
        }
        Ok(Some(read))
    }

    fn known(&self) -> Option<Arc<KeyRing>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
