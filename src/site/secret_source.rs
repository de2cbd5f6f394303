//! Where a secret of a site comes from. The site file names the place, and never holds the secret.

use super::error::SiteError;
use crate::private_files::{check_file, read_regular_text};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::env::{VarError, var};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use zeroize::Zeroizing;

/// The place of a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretSource {
    /// An environment variable.
    Env(String),
    /// The first line of a file; a relative path starts at the folder of the site file.
    File(PathBuf),
}

impl SecretSource {
    /// Reads the secret. `folder` is the folder of the site file, and `purpose` says what the
    /// secret is, such as "the token".
    ///
    /// # Errors
    /// [`SiteError::Definition`] if the variable or file is missing, empty or not UTF-8, or if
    /// other users can read the file.
    pub fn read(&self, folder: &Path, purpose: &str) -> Result<SecretString, SiteError> {
        let (secret, place) = match self {
            Self::Env(name) => (variable(name, purpose)?, format!("the variable {name}")),
            Self::File(path) => {
                let path = folder.join(path);
                (first_line(&path, purpose)?, path.display().to_string())
            }
        };
        if secret.expose_secret().is_empty() {
            return Err(SiteError::Definition(format!(
                "{place} is empty, but must hold {purpose}"
            )));
        }
        Ok(secret)
    }
}

impl FromStr for SecretSource {
    type Err = String;

    /// Parses `env:NAME` or `file:PATH`.
    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("env", name)) if !name.is_empty() => Ok(Self::Env(name.to_owned())),
            Some(("file", path)) if !path.is_empty() => Ok(Self::File(path.into())),
            _ => Err("name the place of the secret, as env:VARIABLE or file:PATH".to_owned()),
        }
    }
}

fn variable(name: &str, purpose: &str) -> Result<SecretString, SiteError> {
    let fault = |why: &str| SiteError::Definition(format!("the variable {name} {why}"));
    var(name).map(SecretString::from).map_err(|error| match error {
        VarError::NotPresent => fault(&format!("is not set, but must hold {purpose}")),
        VarError::NotUnicode(_) => fault("is not valid UTF-8"),
    })
}

fn first_line(path: &Path, purpose: &str) -> Result<SecretString, SiteError> {
    check_file(path, purpose).map_err(SiteError::Definition)?;
    let text = read_regular_text(path).map(Zeroizing::new).map_err(|error| {
        SiteError::Definition(format!("can't read {purpose} in {}: {error}", path.display()))
    })?;
    Ok(SecretString::from(text.lines().next().unwrap_or_default()))
}
