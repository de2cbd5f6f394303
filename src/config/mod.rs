//! Settings: flags win over environment variables, variables over the file, and the file over the
//! defaults. They are read once, at the start, into one value that never changes.

mod backups;
mod caches;
mod data_folder;
mod file;
mod front;
mod given_settings;
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
pub use given_settings::{Given, from_variable};
pub use logs::LogFormat;
pub use options::{DEFAULT_DATA, Options};
pub use parse::within;
pub use refusal::{allowed_values, argument, refusal};
pub use settings::Settings;
pub use trusted_header::HEADER_SECRET;

use crate::keys::{MASTER_KEY, PASSPHRASE};

/// Environment variables that hold a secret, for the check of names. They are not flags, because
/// every user of a machine can read those.
pub const SECRET_VARIABLES: [&str; 5] =
    [MASTER_KEY, PASSPHRASE, HEADER_SECRET, NEW_MASTER_KEY, NEW_PASSPHRASE];

/// The variable with the new master key, for `patchbay key rekey`.
pub const NEW_MASTER_KEY: &str = "PATCHBAY_NEW_MASTER_KEY";
/// The variable with the passphrase to derive the new master key from, for `patchbay key rekey`.
pub const NEW_PASSPHRASE: &str = "PATCHBAY_NEW_PASSPHRASE";

/// The settings file in the current folder that is used if no other is named.
pub const DEFAULT_FILE: &str = "patchbay.toml";

#[cfg(test)]
mod tests;
