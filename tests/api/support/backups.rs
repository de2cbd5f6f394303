//! Making and restoring backups with the commands.

use crate::support::machine::{patchbay, says};
use secrecy::ExposeSecret;
use std::fs;
use std::path::{Path, PathBuf};

pub const CANARY: &str = "xK9-canary-of-a-password";

pub fn restore(backup: &Path, data: &Path, more: &[&str]) -> std::process::Output {
    let arguments = ["restore", backup.to_str().unwrap(), "--data", data.to_str().unwrap()];
    patchbay(&data.parent().unwrap().join("elsewhere"), &[&arguments, more].concat())
}

/// The files of a folder by name, sorted.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = entries.collect();
    names.sort();
    names
}

/// Makes a backup of a database, in use or not, under a name of its own.
pub fn backup(data: &Path, to: &Path) -> PathBuf {
    says(
        &patchbay(data, &["backup", "--to", to.to_str().unwrap()]),
        &["saved in", "and checked", "The master key is not in the backup"],
    );
    to.to_owned()
}

/// Creates an age key pair, and returns the public key and the file with the secret one.
pub fn key(folder: &Path, name: &str) -> (String, PathBuf) {
    let identity = age::x25519::Identity::generate();
    let path = folder.join(name);
    fs::write(&path, format!("# made for a test\n{}\n", identity.to_string().expose_secret()))
        .unwrap();
    (identity.to_public().to_string(), path)
}
