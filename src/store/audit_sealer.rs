//! The interface by which the store has secrets sealed. The store itself has no ciphers and no
//! keys.

use super::error::Error;
use super::snapshot::Snapshot;
use secrecy::SecretString;
use uuid::Uuid;

/// Seals secrets that the audit log masks, by the data keys of the database. If the data keys can't
/// be used, an entry is written without the original of its secrets rather than not at all.
pub trait Sealer: Send + Sync {
    /// The id under which a text is sealed. The same text has the same id as long as the newest
    /// data key is the same, and without that key the id reveals nothing about the text. `None` if
    /// no data key can be used.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    fn id_of(&self, snapshot: &Snapshot<'_>, text: &SecretString) -> Result<Option<Uuid>, Error>;

    /// Seals the text for the audit secret with this id. Returns the term of the data key and the
    /// sealed text, or `None` if no data key can be used.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    fn seal(
        &self,
        snapshot: &Snapshot<'_>,
        id: Uuid,
        text: &SecretString,
    ) -> Result<Option<(u32, String)>, Error>;

    /// Opens the text that was sealed for the audit secret with this id. `None` if it can't be
    /// opened, or no data key can be used.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    fn open(
        &self,
        snapshot: &Snapshot<'_>,
        id: Uuid,
        sealed: &str,
    ) -> Result<Option<SecretString>, Error>;
}
