//! Where the master key comes from.

use crate::crypto::Key;
use secrecy::SecretString;
use std::path::{Path, PathBuf};

/// The environment variable that holds the master key.
pub const MASTER_KEY: &str = "PATCHBAY_MASTER_KEY";

/// The environment variable that holds a passphrase, from which the master key is derived.
pub const PASSPHRASE: &str = "PATCHBAY_PASSPHRASE";

/// The name of the master key in the data folder by default.
pub const MASTER_KEY_FILE: &str = "master.key";

/// Where the master key comes from.
#[derive(Debug)]
pub enum MasterKeySource {
    /// The key, from the environment.
    Key(Key),
    /// A passphrase from the environment, from which the key is derived.
    Passphrase(SecretString),
    /// A file.
    File(PathBuf),
}

impl MasterKeySource {
    /// The source that the environment names, or else `file`, or else the file in the data folder.
    /// `secret` returns the value of a variable.
    ///
    /// # Errors
    /// A message of one line if the environment names both sources, or if a value is not a key.
    pub fn settle(
        file: Option<PathBuf>,
        data: &Path,
        secret: impl Fn(&str) -> Result<Option<SecretString>, String>,
    ) -> Result<Self, String> {
        match (secret(MASTER_KEY)?, secret(PASSPHRASE)?) {
            (Some(key), None) => Key::from_base64(&key)
                .map(Self::Key)
                .map_err(|error| format!("{MASTER_KEY}: {error}")),
            (None, Some(passphrase)) => Ok(Self::Passphrase(passphrase)),
            (None, None) => Ok(Self::File(file.unwrap_or_else(|| data.join(MASTER_KEY_FILE)))),
            (Some(_), Some(_)) => {
                Err(format!("only one of {MASTER_KEY} and {PASSPHRASE} can be set"))
            }
        }
    }
}
