//! The master key at start: found where the settings say, made at the first start, and tried on the data keys.

use crate::config::MasterKeySource;
use crate::private::write_file;
use crate::secrets::{Derivation, Key, KeyRing};
use crate::store::{Error, KeyDerivation, Store, StoredKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;
use std::fs;
use std::path::Path;

/// The term of the first data key.
const FIRST_TERM: u32 = 1;

/// Opens the data keys, making the first one in a new database.
///
/// Nothing is returned, and the server runs sealed, when the key's file is missing though there are data keys.
///
/// # Errors
/// The master key can't be read or is not the right one. The message is one line.
pub fn open_key_ring(source: &MasterKeySource, store: &Store) -> Result<Option<KeyRing>, String> {
    let (stored, derivation) = store
        .scan(|snapshot| Ok::<_, Error>((snapshot.data_keys()?, snapshot.key_derivation()?)))
        .map_err(|error| error.to_string())?;
    let Some(master) = master_key(source, if stored.is_empty() { Age::New } else { Age::InUse }, derivation, store)?
    else {
        return Ok(None);
    };
    let stored = if stored.is_empty() { vec![first_data_key(&master, store)?] } else { stored };
    let keys = stored.iter().map(|key| (key.term, key.sealed_key.as_str()));
    KeyRing::open(&master, keys).map(Some).map_err(|error| error.to_string())
}

/// Whether the database has keys already.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Age {
    New,
    InUse,
}

fn master_key(
    source: &MasterKeySource,
    age: Age,
    derivation: Option<KeyDerivation>,
    store: &Store,
) -> Result<Option<Key>, String> {
    match source {
        MasterKeySource::Key(key) => Ok(Some(key.clone())),
        MasterKeySource::Passphrase(passphrase) => from_passphrase(passphrase, age, derivation, store).map(Some),
        MasterKeySource::File(path) if derivation.is_none() && is_there(path)? => read_file(path).map(Some),
        MasterKeySource::File(path) if age == Age::New => make_file(path).map(Some),
        MasterKeySource::File(_) if derivation.is_some() => {
            tracing::warn!(
                "the database was made with a passphrase and PATCHBAY_PASSPHRASE is not set: the server runs sealed, and refuses to store passwords"
            );
            Ok(None)
        }
        MasterKeySource::File(path) => {
            let path = path.display();
            tracing::warn!(%path, "the master key is missing: the server runs sealed, and refuses to store passwords");
            Ok(None)
        }
    }
}

/// Not being allowed to look is not the same as not being there.
fn is_there(path: &Path) -> Result<bool, String> {
    path.try_exists().map_err(|error| format!("{}: {error}", path.display()))
}

fn from_passphrase(
    passphrase: &SecretString,
    age: Age,
    stored: Option<KeyDerivation>,
    store: &Store,
) -> Result<Key, String> {
    let derivation = match stored {
        Some(stored) => Derivation {
            salt: STANDARD
                .decode(&stored.salt)
                .ok()
                .and_then(|salt| salt.try_into().ok())
                .ok_or("the stored salt is damaged")?,
            memory_kib: stored.memory_kib,
            iterations: stored.iterations,
            lanes: stored.lanes,
        },
        None if age == Age::New => new_derivation(store)?,
        None => return Err("the database was made with a master key, not with a passphrase".to_owned()),
    };
    Key::from_passphrase(passphrase, &derivation).map_err(|error| error.to_string())
}

fn new_derivation(store: &Store) -> Result<Derivation, String> {
    let derivation = Derivation::random().map_err(|error| error.to_string())?;
    let stored = KeyDerivation {
        salt: STANDARD.encode(derivation.salt),
        memory_kib: derivation.memory_kib,
        iterations: derivation.iterations,
        lanes: derivation.lanes,
    };
    store.write_blocking(move |write| write.set_key_derivation(&stored)).map_err(|error: Error| error.to_string())?;
    Ok(derivation)
}

fn read_file(path: &Path) -> Result<Key, String> {
    let wrong = |error: &dyn std::fmt::Display| format!("the master key in {}: {error}", path.display());
    check_private(path)?;
    let text = fs::read_to_string(path).map(SecretString::from).map_err(|error| wrong(&error))?;
    Key::from_base64(&text).map_err(|error| wrong(&error))
}

fn make_file(path: &Path) -> Result<Key, String> {
    let key = Key::random().map_err(|error| error.to_string())?;
    write_file(path, key.to_base64().as_bytes())
        .map_err(|error| format!("the master key can't be written to {}: {error}", path.display()))?;
    Ok(key)
}

/// A key that others can read protects nothing.
#[cfg(unix)]
fn check_private(path: &Path) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path).map_err(|error| format!("{}: {error}", path.display()))?.permissions().mode();
    let others = 0o077;
    if mode & others == 0 {
        return Ok(());
    }
    Err(format!("others can read the master key in {0}; run: chmod 600 {0}", path.display()))
}

#[cfg(not(unix))]
fn check_private(_: &Path) -> Result<(), String> {
    Ok(())
}

fn first_data_key(master: &Key, store: &Store) -> Result<StoredKey, String> {
    let sealed_key = KeyRing::new_data_key(master, FIRST_TERM).map_err(|error| error.to_string())?;
    let key = StoredKey { term: FIRST_TERM, sealed_key };
    let stored = key.clone();
    store.write_blocking(move |write| write.add_data_key(&stored)).map_err(|error: Error| error.to_string())?;
    Ok(key)
}
