//! The master key at the start of the server: finds it where the settings say, creates it at the
//! first start, and opens the data keys with it.

use super::key_ring::KeyRing;
use super::master_key_source::{MasterKeySource, PASSPHRASE};
use crate::crypto::{Derivation, Key, check_password};
use crate::private_files::{
    check_file, give_to_user_of, name_aside, read_regular, read_regular_text, sync_folder,
    with_ending, write_file,
};
use crate::store::{Error, KeyDerivation, Origin, Snapshot, Store, StoredKey, Write};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;
use std::fs;
use std::io;
#[cfg(unix)]
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use thiserror::Error;
use zeroize::Zeroizing;

/// The term of the first data key.
const FIRST_TERM: u32 = 1;

/// Why the data keys can't be opened.
#[derive(Debug, Error)]
pub enum MasterKeyError {
    /// A setting must be changed. The message is one line and names it.
    #[error("{0}")]
    Setting(String),
    /// Something else failed. The message is one line.
    #[error("{0}")]
    Failure(String),
}

impl From<String> for MasterKeyError {
    fn from(message: String) -> Self {
        Self::Failure(message)
    }
}

/// Opens the data keys, and creates the first one in a new database.
///
/// Returns `None` if the file of the master key is missing although there are data keys. The server
/// then runs sealed.
///
/// # Errors
/// [`MasterKeyError::Setting`] if a passphrase is too short for a new database,
/// [`MasterKeyError::Failure`] if the master key can't be read or is not the right one.
pub fn open_key_ring(
    source: &MasterKeySource,
    store: &Store,
) -> Result<Option<KeyRing>, MasterKeyError> {
    let read = store.scan(|snapshot: &Snapshot<'_>| snapshot.sealed_keys());
    let (stored, derivation) = read.map_err(|error| error.to_string())?;
    if stored.is_empty() {
        check_nothing_sealed(store)?;
        return first_key_ring(source, store).map(Some);
    }
    // A key that is not in its place yet is found all the same.
    if let Err(why) = finish_change(source, &stored) {
        tracing::warn!(why, "a change of the master key was interrupted and can't be completed");
    }
    Ok(open(source, &stored, derivation)?)
}

/// Refuses to create a data key if there are sealed values: it would hide that the old data keys
/// are lost, and with them all that they sealed.
fn check_nothing_sealed(store: &Store) -> Result<(), String> {
    let mut sealed = 0_u64;
    let count = |snapshot: &Snapshot<'_>| snapshot.each_sealed_value(|_, _, _, _| sealed += 1);
    store.scan(count).map_err(|error| error.to_string())?;
    if sealed == 0 {
        return Ok(());
    }
    Err(format!(
        "the database has {sealed} sealed values, but no data keys to open them; restore a backup \
         that has them"
    ))
}

/// Opens the data keys of a database; `None` if the master key is missing.
///
/// # Errors
/// As [`open_key_ring`].
pub fn open(
    source: &MasterKeySource,
    stored: &[StoredKey],
    derivation: Option<KeyDerivation>,
) -> Result<Option<KeyRing>, String> {
    let Some(master) = master_key(source, stored, derivation)? else { return Ok(None) };
    KeyRing::open(&master, stored.iter().map(StoredKey::sealed))
        .map(Some)
        .map_err(|error| error.to_string())
}

/// Moves the new master key to its place if a change of it was interrupted after the database had
/// it. The caller must hold the lock of the data folder: two programs at the same time could
/// mistake the new key for the old one.
///
/// # Errors
/// A message of one line if the key can't be read or moved.
pub fn finish_change(source: &MasterKeySource, stored: &[StoredKey]) -> Result<(), String> {
    match source {
        MasterKeySource::File(path) if unfinished(path, stored)?.is_some() => {
            put_new_file_in_place(path).map(drop)
        }
        _ => Ok(()),
    }
}

/// Whether the file of the master key exists and its key opens the data keys.
fn fits(path: &Path, stored: &[StoredKey]) -> Result<bool, String> {
    Ok(is_there(path)? && opens(&read_file(path)?, stored))
}

/// The new master key, if it still lies beside the old one although the database has it already.
/// Any other content of that file is ignored.
fn unfinished(path: &Path, stored: &[StoredKey]) -> Result<Option<Key>, String> {
    let new = new_file(path);
    if !is_there(&new)? || fits(path, stored)? {
        return Ok(None);
    }
    Ok(Some(read_file(&new)?).filter(|key| opens(key, stored)))
}

fn opens(master: &Key, stored: &[StoredKey]) -> bool {
    KeyRing::open(master, stored.iter().map(StoredKey::sealed)).is_ok()
}

/// Creates a new master key beside the old one, where it stays until the database has it. It
/// belongs to the user who owns the old one.
///
/// # Errors
/// A message of one line if it can't be written.
pub fn make_new_file(path: &Path) -> Result<Key, String> {
    let new = new_file(path);
    let key = make_file(&new)?;
    if path.exists() {
        give_to_user_of(path, &new).map_err(|error| format!("{}: {error}", new.display()))?;
    }
    Ok(key)
}

/// The file of a new master key until the database has it.
fn new_file(path: &Path) -> PathBuf {
    with_ending(path, ".new")
}

/// Replaces the old master key by the new one. Returns where the old one is kept: earlier backups
/// need it.
///
/// # Errors
/// A message of one line if a file can't be written.
pub fn put_new_file_in_place(path: &Path) -> Result<Option<PathBuf>, String> {
    let place = || {
        let kept = path.exists().then(|| keep_aside(path)).transpose()?;
        fs::rename(new_file(path), path)?;
        sync_folder(path)?;
        Ok(kept)
    };
    let failed =
        |error: io::Error| format!("the new master key can't replace {}: {error}", path.display());
    place().map_err(failed)
}

/// Copies the old key to another name, so that its own name never lacks a key. If an interrupted
/// run has kept it already, that copy is used.
fn keep_aside(path: &Path) -> io::Result<PathBuf> {
    let old = Zeroizing::new(read_regular(path)?);
    let is_it =
        |file: &Path| read_regular(file).map(Zeroizing::new).is_ok_and(|other| other == old);
    let kept = name_aside(path, is_it);
    write_file(&kept, &old)?;
    give_to_user_of(path, &kept)?;
    Ok(kept)
}

/// Derives a master key from the passphrase in the environment variable `variable`. Returns the key
/// and its derivation.
///
/// # Errors
/// [`MasterKeyError::Setting`] if the passphrase is too short, [`MasterKeyError::Failure`] if the
/// key can't be derived.
pub fn new_from_passphrase(
    variable: &str,
    passphrase: &SecretString,
) -> Result<(Key, KeyDerivation), MasterKeyError> {
    // Anyone who has the database can guess without limit. A passphrase in use is not checked,
    // because the values that it sealed could no longer be opened.
    check_password(passphrase).map_err(|why| {
        MasterKeyError::Setting(format!("{variable} can't be used for a new master key: {why}"))
    })?;
    let derivation = new_derivation()?;
    Ok((derive(passphrase, &derivation)?, derivation))
}

/// The master key of a database that has data keys; `None` if it is missing.
///
/// # Errors
/// A message of one line if it can't be read.
pub fn master_key(
    source: &MasterKeySource,
    stored: &[StoredKey],
    derivation: Option<KeyDerivation>,
) -> Result<Option<Key>, String> {
    match (source, derivation) {
        (MasterKeySource::Key(key), _) => Ok(Some(key.clone())),
        (MasterKeySource::Passphrase(passphrase), Some(derivation)) => {
            derive(passphrase, &derivation).map(Some)
        }
        (MasterKeySource::Passphrase(_), None) => {
            Err("the database was created with a master key, not with a passphrase; provide the \
                 key instead of PATCHBAY_PASSPHRASE"
                .to_owned())
        }
        (MasterKeySource::File(path), Some(_)) if fits(path, stored)? => Err(format!(
            "the table key_derivation says that the master key is derived from a passphrase, but \
             the key in {} opens the database: delete the row of that table",
            path.display()
        )),
        (MasterKeySource::File(_), Some(_)) => {
            tracing::warn!(
                "the database was created with a passphrase and PATCHBAY_PASSPHRASE is not set: \
                 the server runs sealed, and refuses to store passwords"
            );
            Ok(None)
        }
        (MasterKeySource::File(path), None) => key_in(path, stored),
    }
}

fn key_in(path: &Path, stored: &[StoredKey]) -> Result<Option<Key>, String> {
    // A file that can't be used counts as missing.
    let new = unfinished(path, stored).unwrap_or_else(|why| {
        tracing::warn!(why, "the new master key of an interrupted change can't be used");
        None
    });
    match new {
        Some(new) => Ok(Some(new)),
        None if is_there(path)? => read_file(path).map(Some),
        None => {
            let path = path.display();
            tracing::warn!(%path, "the master key is missing: the server runs sealed, and refuses \
                                   to store passwords");
            Ok(None)
        }
    }
}

/// The message for a command that needs the missing master key.
#[must_use]
pub fn missing(source: &MasterKeySource) -> String {
    match source {
        MasterKeySource::File(path) => {
            format!(
                "there is no master key in {}; set --master-key-file to the path of its file",
                path.display()
            )
        }
        MasterKeySource::Key(_) | MasterKeySource::Passphrase(_) => {
            "the master key is missing".to_owned()
        }
    }
}

/// Creates the first data key. The derivation of the master key is stored in the same transaction,
/// so that an interrupted start leaves no passphrase that seals nothing.
fn first_key_ring(source: &MasterKeySource, store: &Store) -> Result<KeyRing, MasterKeyError> {
    let (master, derivation) = match source {
        MasterKeySource::Key(key) => (key.clone(), None),
        MasterKeySource::Passphrase(passphrase) => {
            let (key, derivation) = new_from_passphrase(PASSPHRASE, passphrase)?;
            (key, Some(derivation))
        }
        MasterKeySource::File(path) if is_there(path)? => (read_file(path)?, None),
        MasterKeySource::File(path) => (make_file(path)?, None),
    };
    let sealed_key =
        KeyRing::new_data_key(&master, FIRST_TERM).map_err(|error| error.to_string())?;
    let ring = KeyRing::open(&master, [(FIRST_TERM, sealed_key.as_str())].into_iter());
    let key = StoredKey { term: FIRST_TERM, sealed_key };
    let write = move |write: &Write<'_>| {
        derivation.iter().try_for_each(|derivation| write.set_key_derivation(derivation))?;
        write.add_data_key(&key)
    };
    store
        .write_blocking(Origin::command("serve"), write)
        .map_err(|error: Error| error.to_string())?;
    Ok(ring.map_err(|error| error.to_string())?)
}

/// A file that this user may not see is an error, not a missing file.
fn is_there(path: &Path) -> Result<bool, String> {
    path.try_exists().map_err(|error| format!("{}: {error}", path.display()))
}

fn derive(passphrase: &SecretString, stored: &KeyDerivation) -> Result<Key, String> {
    let salt = STANDARD.decode(&stored.salt).ok().and_then(|salt| salt.try_into().ok());
    let derivation = Derivation {
        salt: salt.ok_or("the stored salt is damaged")?,
        memory_kib: stored.memory_kib,
        iterations: stored.iterations,
        lanes: stored.lanes,
    };
    Key::from_passphrase(passphrase, &derivation).map_err(|error| error.to_string())
}

fn new_derivation() -> Result<KeyDerivation, String> {
    let derivation = Derivation::random().map_err(|error| error.to_string())?;
    Ok(KeyDerivation {
        salt: STANDARD.encode(derivation.salt),
        memory_kib: derivation.memory_kib,
        iterations: derivation.iterations,
        lanes: derivation.lanes,
    })
}

fn read_file(path: &Path) -> Result<Key, String> {
    let wrong =
        |error: &dyn std::fmt::Display| format!("the master key in {}: {error}", path.display());
    // A key that other users can read protects nothing.
    if !is_credential(path) {
        check_file(path, "the master key")?;
    }
    let text = read_regular_text(path).map(SecretString::from).map_err(|error| wrong(&error))?;
    Key::from_base64(&text).map_err(|error| wrong(&error))
}

/// Creates a master key in a file.
///
/// # Errors
/// A message of one line if it can't be written.
pub fn make_file(path: &Path) -> Result<Key, String> {
    let key = Key::random().map_err(|error| error.to_string())?;
    write_file(path, key.to_base64().as_bytes()).map_err(|error| {
        format!("the master key can't be written to {}: {error}", path.display())
    })?;
    Ok(key)
}

/// Whether systemd put the file there for this service. The file belongs to root, and the access
/// control list by which the service's user reads it shows in the mode as a right of the group.
#[cfg(unix)]
fn is_credential(path: &Path) -> bool {
    let Ok(file) = fs::metadata(path) else { return false };
    let Some(folder) = std::env::var_os("CREDENTIALS_DIRECTORY") else { return false };
    let lies_in_it = match (path.canonicalize(), Path::new(&folder).canonicalize()) {
        (Ok(path), Ok(folder)) => path.parent() == Some(&folder),
        _ => false,
    };
    let (root, more_than_reading_by_the_group) = (0, 0o037);
    lies_in_it
        && file.uid() == root
        && file.gid() == root
        && file.mode() & more_than_reading_by_the_group == 0
}

#[cfg(not(unix))]
fn is_credential(_: &Path) -> bool {
    false
}
