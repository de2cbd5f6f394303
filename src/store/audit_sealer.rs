//! How the store has secrets sealed: it knows no ciphers and holds no keys.

use super::error::Error;
use super::snapshot::Snapshot;
use secrecy::SecretString;
use uuid::Uuid;

/// Seals secrets that the audit log masks, under the data keys of the database. Data keys that
/// can't be used are as if there were none: an entry is written without the original of its secrets
/// rather than not at all.
pub trait Sealer: Send + Sync {
    /// The id under which a text is sealed: the same text has the same id as long as the newest
    /// data key is the same, and without that key the id says nothing about the text. None if no
    /// data key can be used.
    ///
    /// # Errors
    /// The database failed.
    fn id_of(&self, snapshot: &Snapshot<'_>, text: &SecretString) -> Result<Option<Uuid>, Error>;

    /// The text sealed for the audit secret of that id, and the term of the data key that sealed
    /// it. None if no data key can be used.
    ///
    /// # Errors
    /// The database failed.
    fn seal(
        &self,
        snapshot: &Snapshot<'_>,
        id: Uuid,
        text: &SecretString,
    ) -> Result<Option<(u32, String)>, Error>;

    /// The text that was sealed for the audit secret of that id. None if it does not open, or no
    /// data key can be used.
    ///
    /// # Errors
    /// The database failed.
    fn open(
        &self,
        snapshot: &Snapshot<'_>,
        id: Uuid,
        sealed: &str,
    ) -> Result<Option<SecretString>, Error>;
}
