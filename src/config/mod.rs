//! Settings: flags win over environment variables, these over the file, and the file over the
//! defaults. They are read once, at the start, into one value that never changes.

mod backups;
mod caches;
mod data_folder;
mod file;
mod front;
mod jwt;
mod keys;
mod limits;
mod logs;
mod options;
mod parse;
mod refusal;
mod settings;
mod sign_in;
mod trusted_header;

pub use data_folder::{CERTIFICATES, DATABASE};
pub use file::{SettingsFile, form_in_file};
pub use front::{FrontDoor, Tls};
pub use given_settings::Given;
pub use logs::LogFormat;
pub use options::{DEFAULT_DATA, Options};
pub use refusal::{allowed_values, argument, refusal};
pub use settings::Settings;
pub use trusted_header::HEADER_SECRET;

use crate::keys::{MASTER_KEY, PASSPHRASE};

/// Environment variables that hold a secret, for the check of names. They are no flags, because
/// everybody on a machine can read those.
pub const SECRET_VARIABLES: [&str; 5] =
    [MASTER_KEY, PASSPHRASE, HEADER_SECRET, NEW_MASTER_KEY, NEW_PASSPHRASE];

/// Where a new master key comes from, for who changes it.
pub const NEW_MASTER_KEY: &str = "PATCHBAY_NEW_MASTER_KEY";
/// The same, to derive it from.
pub const NEW_PASSPHRASE: &str = "PATCHBAY_NEW_PASSPHRASE";

/// The settings file that is used if it lies in the current folder and no other is named.
pub const DEFAULT_FILE: &str = "patchbay.toml";

mod given_settings;
#[cfg(test)]
mod tests;
