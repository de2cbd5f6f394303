//! Checks whether a database is sound, and counts what is in it.

use super::age_file::{Identities, is_sealed, open};
use super::workplace::Workplace;
use super::{Error, Progress, Watch, Work};
use crate::auth::password::is_password_hash;
use crate::crypto::{OpenError, Place, term_of};
use crate::keys::KeyRing;
use crate::store::{Count, Findings, KeyDerivation, Snapshot, StoredKey, inspect_file};
use std::fmt;
use std::path::Path;

/// The contents of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// The version of the schema.
    pub schema: usize,
    /// The number of entities of each type.
    pub counts: Vec<Count>,
    /// Faults that don't keep the database from being used.
    pub faults: Findings,
}

impl Contents {
    /// Reads the contents of a database.
    ///
    /// # Errors
    /// [`Error::Store`] if the database fails.
    pub fn of(snapshot: &Snapshot<'_>) -> Result<Self, Error> {
        Ok(Self {
            schema: snapshot.schema()?,
            counts: snapshot.counts()?,
            faults: Findings::default(),
        })
    }
}

/// Shows counts as "3 data connections, 1 tag".
#[derive(Clone, Copy, Debug)]
pub struct Counts<'c>(pub &'c [Count]);

impl fmt::Display for Counts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, Count { entity, rows }) in self.0.iter().enumerate() {
            let comma = if number == 0 { "" } else { ", " };
            write!(f, "{comma}{}", entity.counted(*rows))?;
        }
        Ok(())
    }
}

/// Shows the counts, and each fault on a line of its own.
impl fmt::Display for Contents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Counts(&self.counts))?;
        self.faults.lines().try_for_each(|fault| write!(f, "\n  fault  {fault}"))
    }
}

/// The result of an examination.
#[derive(Debug)]
pub struct Examined {
    /// The contents; `None` if pages are damaged.
    pub contents: Option<Contents>,
    /// The sealed values.
    pub sealed: Sealed,
    /// All faults.
    pub faults: Findings,
}

/// The number of sealed values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sealed {
    /// All of them.
    pub values: u64,
    /// The data keys that seal them.
    pub keys: usize,
    /// The values that can be opened; `None` without the master key.
    pub opened: Option<u64>,
}

/// Checks the whole database. `open_keys` opens its data keys, if the master key is available; it
/// may be derived as the database says.
///
/// # Errors
/// [`Error::Store`] if the database is too damaged to be examined.
pub fn examine(
    snapshot: &Snapshot<'_>,
    open_keys: impl FnOnce(&[StoredKey], Option<KeyDerivation>) -> Result<Option<KeyRing>, String>,
) -> Result<Examined, Error> {
    let damage = snapshot.damage()?;
    let mut faults = damage.findings;
    // Counts of damaged pages may be anything. Faults of single rows are reported nevertheless.
    let contents = if damage.is_of_pages { None } else { Some(Contents::of(snapshot)?) };
    faults.extend(snapshot.schema_faults());
    faults.extend(faults_in_rows(snapshot));
    let sealed = match try_sealed_values(snapshot, open_keys, &mut faults) {
        Ok(sealed) => sealed,
        Err(error) => {
            faults.add(format!("sealed: the sealed values can't be read: {error}"));
            Sealed::default()
        }
    };
    Ok(Examined { contents, sealed, faults })
}

/// The faults of rows, and of references between them.
fn faults_in_rows(snapshot: &Snapshot<'_>) -> Findings {
    let mut faults = snapshot.row_faults();
    faults.extend(snapshot.seed_faults());
    faults.extend(snapshot.reference_faults());
    faults.extend(snapshot.audit_faults());
    faults.extend(sign_in_faults(snapshot));
    faults
}

/// The faults of password hashes: each must be one that the program can verify.
fn sign_in_faults(snapshot: &Snapshot<'_>) -> Findings {
    let mut faults = Findings::default();
    let hashes = snapshot.each_password_hash(|user, hash| {
        if !is_password_hash(hash) {
            faults.add(format!("row: passwords {user}: hash is not a password hash"));
        }
    });
    if let Err(error) = hashes {
        faults.add(format!("row: passwords: not all rows could be read: {error}"));
    }
    faults
}

/// Examines a file, which may be encrypted.
///
/// # Errors
/// [`Error::File`] if the file can't be read, [`Error::Sealed`] if it can't be decrypted,
/// [`Error::Unusable`] if it is too damaged to be examined.
pub fn examine_file(
    path: &Path,
    identities: Option<&Identities>,
    open_keys: impl FnOnce(&[StoredKey], Option<KeyDerivation>) -> Result<Option<KeyRing>, String>,
    watch: &mut Watch<'_>,
) -> Result<Examined, Error> {
    if !is_sealed(path)? {
        watch(Progress { work: Work::Checking, done: 0, total: 0 })?;
        return inspect_file(path, |snapshot| examine(snapshot, open_keys))
            .map_err(|error: Error| error.said_of(path));
    }
    let identities = identities.ok_or_else(|| needs_identity(path))?;
    // The folder of the backup may be on a shared disk; decrypted data stays on this machine.
    let work = Workplace::new(&std::env::temp_dir())?;
    let (plain, file) = work.file("patchbay.db")?;
    open(path, (&plain, file), identities, watch)?;
    watch(Progress { work: Work::Checking, done: 0, total: 0 })?;
    inspect_file(&plain, |snapshot| examine(snapshot, open_keys))
        .map_err(|error: Error| error.said_of(path))
}

/// The error for an encrypted backup without identities.
pub fn needs_identity(path: &Path) -> Error {
    Error::Sealed(format!(
        "{} is encrypted; pass the file with its secret key as --identity",
        path.display()
    ))
}

/// Checks a copy that will become a backup, and lists its faults. Damaged pages are an error; a
/// database with any other fault is better backed up than not.
pub fn check_copy(path: &Path, watch: &mut Watch<'_>) -> Result<Contents, Error> {
    check(path, watch, |snapshot| {
        let damage = snapshot.damage()?;
        if damage.is_of_pages {
            return Err(Error::Unsound(damage.findings));
        }
        let mut faults = damage.findings;
        faults.extend(snapshot.schema_faults());
        faults.extend(faults_in_rows(snapshot));
        faults.extend(malformed_sealed_values(snapshot));
        Ok(Contents { faults, ..Contents::of(snapshot)? })
    })
}

/// Checks a backup that will become a database. Faults of rows and of the audit log can't be
/// repaired, so they are listed and don't prevent the restore.
pub fn check_backup(path: &Path, watch: &mut Watch<'_>) -> Result<Contents, Error> {
    check(path, watch, |snapshot| {
        let mut unusable = snapshot.damage()?.findings;
        unusable.extend(snapshot.schema_faults());
        unusable.extend(snapshot.reference_faults());
        if !unusable.is_empty() {
            return Err(Error::Unsound(unusable));
        }
        let mut faults = faults_in_rows(snapshot);
        faults.extend(malformed_sealed_values(snapshot));
        Ok(Contents { faults, ..Contents::of(snapshot)? })
    })
}

fn check(
    path: &Path,
    watch: &mut Watch<'_>,
    look: impl FnOnce(&Snapshot<'_>) -> Result<Contents, Error>,
) -> Result<Contents, Error> {
    let mut report = || watch(Progress { work: Work::Checking, done: 0, total: 0 });
    report()?;
    let contents = inspect_file(path, look)?;
    // The check itself can't be interrupted, so discard its result if it was stopped meanwhile.
    report()?;
    Ok(contents)
}

/// The faults of sealed values that can be found without the keys.
fn malformed_sealed_values(snapshot: &Snapshot<'_>) -> Findings {
    let mut faults = Findings::default();
    let no_keys = |_: &[StoredKey], _: Option<KeyDerivation>| Ok(None);
    if let Err(error) = try_sealed_values(snapshot, no_keys, &mut faults) {
        faults.add(format!("sealed: the sealed values can't be read: {error}"));
    }
    faults
}

/// Opens every sealed value and discards the result. Without the keys, checks that each value is
/// well-formed and names a stored key.
fn try_sealed_values(
    snapshot: &Snapshot<'_>,
    open_keys: impl FnOnce(&[StoredKey], Option<KeyDerivation>) -> Result<Option<KeyRing>, String>,
    faults: &mut Findings,
) -> Result<Sealed, Error> {
    let (keys, derivation) = snapshot.sealed_keys()?;
    let ring = open_keys(&keys, derivation).unwrap_or_else(|why| {
        faults.add(format!("keys: {why}"));
        None
    });
    let (mut values, mut opened) = (0, 0);
    snapshot.each_sealed_value(|entity, property, id, sealed| {
        values += 1;
        let place = Place { entity: entity.resource_type, property: property.name, id };
        let fault = match &ring {
            Some(ring) => ring.unseal(place, sealed).err().map(|why| why.to_string()),
            None => fault_without_key(&keys, sealed),
        };
        match fault {
            None => opened += 1,
            Some(why) => {
                faults.add(format!("sealed: {} of the {} {id}: {why}", property.name, entity.noun));
            }
        }
    })?;
    Ok(Sealed { values, keys: keys.len(), opened: ring.map(|_| opened) })
}

fn fault_without_key(keys: &[StoredKey], sealed: &str) -> Option<String> {
    match term_of(sealed) {
        Ok(term) if keys.iter().any(|key| key.term == term) => None,
        Ok(term) => Some(OpenError::UnknownTerm(term).to_string()),
        Err(error) => Some(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::new_file;

    /// Ctrl-C during the check takes effect when the check ends.
    #[test]
    fn a_stop_during_the_check_discards_its_result() {
        let (_folder, file) = new_file();
        let mut reports = 0;
        let mut stop_later = |_| {
            reports += 1;
            if reports == 1 { Ok(()) } else { Err(Error::Stopped) }
        };
        assert!(matches!(check_backup(&file, &mut stop_later), Err(Error::Stopped)));
        assert!(check_backup(&file, &mut |_| Ok(())).is_ok());
    }
}
