//! The data keys that the server has open. Somebody may make another one meanwhile, so each use asks the database which is the newest.

use super::failure::Failure;
use crate::secrets::KeyRing;
use crate::store::{Snapshot, StoredKey};
use std::sync::{Arc, PoisonError, RwLock};

/// The key ring as it was last read.
pub struct Keys(RwLock<Arc<KeyRing>>);

impl Keys {
    /// Begins with these.
    #[must_use]
    pub fn new(ring: KeyRing) -> Self {
        Self(RwLock::new(Arc::new(ring)))
    }

    /// The data keys that `snapshot` shows. Where a value is sealed in the same transaction, it is sealed under the newest there is.
    ///
    /// # Errors
    /// The database failed, or its keys were sealed by another master key meanwhile.
    pub fn at(&self, snapshot: &Snapshot<'_>) -> Result<Arc<KeyRing>, Failure> {
        let known = Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner));
        let newest = snapshot.newest_term()?;
        if known.newest_term() == Some(newest) {
            return Ok(known);
        }
        let stored = snapshot.data_keys()?;
        let read = Arc::new(known.reopen(stored.iter().map(StoredKey::sealed))?);
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if kept.newest_term() < Some(newest) {
            *kept = Arc::clone(&read);
        }
        Ok(read)
    }
}
