//! Whether a database is sound, and what is in it.

use super::age_file::{Identities, is_sealed, open};
use super::workplace::Workplace;
use super::{Error, Progress, Watch, Work};
use crate::auth::password::is_password_hash;
use crate::crypto::{OpenError, Place, term_of};
use crate::keys::KeyRing;
use crate::store::{Count, Findings, KeyDerivation, Snapshot, StoredKey, inspect_file};
use std::fmt;
use std::path::Path;

/// What is in a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// The version of its schema.
    pub schema: usize,
    /// How many there are of each entity type.
    pub counts: Vec<Count>,
    /// What is wrong with it, though it can be used.
    pub faults: Findings,
}

impl Contents {
    /// Looks at a database.
    ///
    /// # Errors
    /// The database failed.
    pub fn of(snapshot: &Snapshot<'_>) -> Result<Self, Error> {
        Ok(Self {
            schema: snapshot.schema()?,
            counts: snapshot.counts()?,
            faults: Findings::default(),
        })
    }
}

/// As in "3 data connections, 1 tag".
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

/// What there is, and what is wrong on lines of their own.
impl fmt::Display for Contents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Counts(&self.counts))?;
        self.faults.lines().try_for_each(|fault| write!(f, "\n  fault  {fault}"))
    }
}

/// What was found.
#[derive(Debug)]
pub struct Examined {
    /// What is in it; nothing of what is damaged.
    pub contents: Option<Contents>,
    /// The sealed values.
    pub sealed: Sealed,
    /// What is wrong.
    pub faults: Findings,
}

/// How many values are sealed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sealed {
    /// All of them.
    pub values: u64,
    /// The data keys that they are sealed under.
    pub keys: usize,
    /// Those that open; nothing if the master key is not at hand.
    pub opened: Option<u64>,
}

/// Checks the whole of a database. `open_keys` opens its data keys, if the master key is at hand,
/// which may be derived as the database says.
///
/// # Errors
/// It can't be read far enough to say more.
pub fn examine(
    snapshot: &Snapshot<'_>,
    open_keys: impl FnOnce(&[StoredKey], Option<KeyDerivation>) -> Result<Option<KeyRing>, String>,
) -> Result<Examined, Error> {
    let damage = snapshot.damage()?;
    let mut faults = damage.findings;
    // Counts of damaged pages may be anything. What can be said of single rows is worth saying
    // nevertheless.
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

/// What is wrong in rows, and between them.
fn faults_in_rows(snapshot: &Snapshot<'_>) -> Findings {
    let mut faults = snapshot.row_faults();
    faults.extend(snapshot.seed_faults());
    faults.extend(snapshot.reference_faults());
    faults.extend(snapshot.audit_faults());
    faults.extend(sign_in_faults(snapshot));
    faults
}

/// What is wrong in what people and machines sign in with: the program must understand it.
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

/// The same of a file, which may be sealed.
///
/// # Errors
/// It can't be read, is sealed to somebody else, or is so damaged that there is no more to say.
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
    // The folder of the backup may be on a disk of others; what is opened stays on this machine.
    let work = Workplace::new(&std::env::temp_dir())?;
    let (plain, file) = work.file("patchbay.db")?;
    open(path, (&plain, file), identities, watch)?;
    watch(Progress { work: Work::Checking, done: 0, total: 0 })?;
    inspect_file(&plain, |snapshot| examine(snapshot, open_keys))
        .map_err(|error: Error| error.said_of(path))
}

/// Says how to open a sealed backup.
pub fn needs_identity(path: &Path) -> Error {
    Error::Sealed(format!(
        "{} is encrypted; name the file with its secret key by --identity",
        path.display()
    ))
}

/// Checks a copy that is to become a backup. Where whole pages are damaged, it is not one; a
/// database with any other fault is better saved than not, and the faults are listed.
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

/// Checks a backup that is to become a database. Faults of rows and of the audit log can't be
/// mended, so they are listed, and no reason to restore nothing.
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
    let mut ask = || watch(Progress { work: Work::Checking, done: 0, total: 0 });
    ask()?;
    let contents = inspect_file(path, look)?;
    // Nothing ends the check itself, but nothing comes of it then.
    ask()?;
    Ok(contents)
}

/// What can be seen of sealed values without the keys.
fn malformed_sealed_values(snapshot: &Snapshot<'_>) -> Findings {
    let mut faults = Findings::default();
    let no_keys = |_: &[StoredKey], _: Option<KeyDerivation>| Ok(None);
    if let Err(error) = try_sealed_values(snapshot, no_keys, &mut faults) {
        faults.add(format!("sealed: the sealed values can't be read: {error}"));
    }
    faults
}

/// Opens every sealed value and forgets it again. Without the keys, it looks whether each is one,
/// and of a key that is there.
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

    /// Ctrl-C that comes while the pages are looked at ends nothing then, and everything
    /// afterwards.
    #[test]
    fn who_stops_during_the_check_gets_nothing_of_it() {
        let (_folder, file) = new_file();
        let mut asked = 0;
        let mut stop_later = |_| {
            asked += 1;
            if asked == 1 { Ok(()) } else { Err(Error::Stopped) }
        };
        assert!(matches!(check_backup(&file, &mut stop_later), Err(Error::Stopped)));
        assert!(check_backup(&file, &mut |_| Ok(())).is_ok());
    }
}
