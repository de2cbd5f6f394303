//! How the store has secrets sealed: it knows no ciphers and holds no keys.

use super::error::Error;
use super::snapshot::Snapshot;
use secrecy::SecretString;
use uuid::Uuid;

/// Seals secrets that the audit log masks, under the data keys of the database.
pub trait Sealer: Send + Sync {
    /// The id under which a text is sealed: the same text has the same id as long as the newest data key is the same, and without that key the id says nothing
    /// about the text. None if no key is at hand.
    ///
    /// # Errors
    /// The database failed, or its data keys don't open.
    fn id_of(&self, snapshot: &Snapshot<'_>, text: &SecretString) -> Result<Option<Uuid>, Error>;

    /// The text sealed for the audit secret of that id, and the term of the data key that sealed it.
    ///
    /// # Errors
    /// The database failed, or there is no data key.
    fn seal(&self, snapshot: &Snapshot<'_>, id: Uuid, text: &SecretString) -> Result<(u32, String), Error>;

    /// The text that was sealed for the audit secret of that id. None if no key is at hand.
    ///
    /// # Errors
    /// The database failed, or the sealed text does not open.
    fn open(&self, snapshot: &Snapshot<'_>, id: Uuid, sealed: &str) -> Result<Option<SecretString>, Error>;
}
