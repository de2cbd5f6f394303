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
    /// Returns the source that a variable or `file` gives, or else the file in the data folder;
    /// `secret` returns the value of a variable.
    ///
    /// # Errors
    /// A message of one line if several sources are given, or a variable does not hold a key.
    pub fn settle(
        file: Option<PathBuf>,
        data: &Path,
        secret: impl Fn(&str) -> Result<Option<SecretString>, String>,
    ) -> Result<Self, String> {
        match (secret(MASTER_KEY)?, secret(PASSPHRASE)?, file) {
            (Some(key), None, None) => Key::from_base64(&key)
                .map(Self::Key)
                .map_err(|error| format!("{MASTER_KEY}: {error}")),
            (None, Some(passphrase), None) => Ok(Self::Passphrase(passphrase)),
            (None, None, Some(file)) => Ok(Self::File(file)),
            (None, None, None) => Ok(Self::File(data.join(MASTER_KEY_FILE))),
            (key, passphrase, file) => Err(only_one(&[
                (MASTER_KEY, key.is_some()),
                (PASSPHRASE, passphrase.is_some()),
                ("master-key-file", file.is_some()),
            ])),
        }
    }
}

/// Says which sources are given, of which only one may be.
fn only_one(sources: &[(&str, bool)]) -> String {
    let given = sources.iter().filter(|(_, is_given)| *is_given).map(|(name, _)| *name);
    let given = given.collect::<Vec<_>>().join(" and ");
    format!("only one source of the master key can be set, not {given}")
}
