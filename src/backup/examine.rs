//! Whether a database is sound, and what is in it.

use super::age_file::{Identities, is_sealed, open};
use super::workplace::Workplace;
use super::{Error, Progress, Watch, Work};
use crate::secrets::{KeyRing, Place};
use crate::store::{Count, KeyDerivation, Snapshot, StoredKey, inspect_file};
use std::fmt;
use std::path::Path;

/// What is in a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// The version of its schema.
    pub schema: usize,
    /// How many there are of each entity type.
    pub counts: Vec<Count>,
    /// What is wrong with it, though it can be used, one line each.
    pub faults: Vec<String>,
}

impl Contents {
    /// Looks at a database.
    ///
    /// # Errors
    /// The database failed.
    pub fn of(snapshot: &Snapshot<'_>) -> Result<Self, Error> {
        Ok(Self { schema: snapshot.schema()?, counts: snapshot.counts()?, faults: Vec::new() })
    }
}

/// As in "3 data connections, 1 tag", and what is wrong on lines of their own.
impl fmt::Display for Contents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, Count { entity, rows }) in self.counts.iter().enumerate() {
            let (comma, plural) = (if number == 0 { "" } else { ", " }, if *rows == 1 { "" } else { "s" });
            write!(f, "{comma}{rows} {}{plural}", entity.noun)?;
        }
        self.faults.iter().try_for_each(|fault| write!(f, "\n  fault  {fault}"))
    }
}

/// What was found.
#[derive(Debug)]
pub struct Examined {
    /// What is in it; nothing of what is damaged.
    pub contents: Option<Contents>,
    /// The sealed values.
    pub sealed: Sealed,
    /// What is wrong, one line each.
    pub faults: Vec<String>,
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

/// Checks the whole of a database. `open_keys` opens its data keys, if the master key is at hand, which may be derived as the database
/// says.
///
/// # Errors
/// It can't be read far enough to say more.
pub fn examine(
    snapshot: &Snapshot<'_>,
    open_keys: impl FnOnce(&[StoredKey], Option<KeyDerivation>) -> Result<Option<KeyRing>, String>,
) -> Result<Examined, Error> {
    let faults = snapshot.damage()?;
    if !faults.is_empty() {
        // What else is read there may be anything.
        return Ok(Examined { contents: None, sealed: Sealed::default(), faults });
    }
    let contents = Some(Contents::of(snapshot)?);
    let mut faults = snapshot.faults()?;
    faults.extend(snapshot.audit_fault()?);
    let sealed = try_sealed_values(snapshot, open_keys, &mut faults)?;
    Ok(Examined { contents, sealed, faults })
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
        return inspect_file(path, |snapshot| examine(snapshot, open_keys)).map_err(|error: Error| error.said_of(path));
    }
    let identities = identities.ok_or_else(|| needs_identity(path))?;
    // The folder of the backup may be on a disk of others; what is opened stays on this machine.
    let work = Workplace::new(&std::env::temp_dir())?;
    let (plain, file) = work.file("patchbay.db")?;
    open(path, (&plain, file), identities, watch)?;
    watch(Progress { work: Work::Checking, done: 0, total: 0 })?;
    inspect_file(&plain, |snapshot| examine(snapshot, open_keys)).map_err(|error: Error| error.said_of(path))
}

/// Says how to open a sealed backup.
pub fn needs_identity(path: &Path) -> Error {
    Error::Sealed(format!("{} is sealed; --identity names the file with the secret key to it", path.display()))
}

/// Checks a copy that is to become a backup. What is damaged is none; a database with another fault is better saved than not, and the fault is told.
pub fn check_copy(path: &Path, watch: &mut Watch<'_>) -> Result<Contents, Error> {
    check(path, watch, |snapshot, contents| {
        contents.faults.extend(snapshot.faults()?);
        contents.faults.extend(snapshot.audit_fault()?);
        Ok(())
    })
}

/// Checks a backup that is to become a database. A fault of the audit trail can't be mended, so it is told, and no reason to have nothing.
pub fn check_backup(path: &Path, watch: &mut Watch<'_>) -> Result<Contents, Error> {
    check(path, watch, |snapshot, contents| {
        let faults = snapshot.faults()?;
        if !faults.is_empty() {
            return Err(Error::Unsound(faults));
        }
        contents.faults.extend(snapshot.audit_fault()?);
        Ok(())
    })
}

fn check(
    path: &Path,
    watch: &mut Watch<'_>,
    more: impl FnOnce(&Snapshot<'_>, &mut Contents) -> Result<(), Error>,
) -> Result<Contents, Error> {
    let mut ask = || watch(Progress { work: Work::Checking, done: 0, total: 0 });
    ask()?;
    let contents = inspect_file(path, |snapshot| {
        let damage = snapshot.damage()?;
        if !damage.is_empty() {
            return Err(Error::Unsound(damage));
        }
        let mut contents = Contents::of(snapshot)?;
        more(snapshot, &mut contents)?;
        Ok(contents)
    })?;
    // Nothing ends the check itself, but nothing comes of it then.
    ask()?;
    Ok(contents)
}

/// Opens every sealed value and forgets it again.
fn try_sealed_values(
    snapshot: &Snapshot<'_>,
    open_keys: impl FnOnce(&[StoredKey], Option<KeyDerivation>) -> Result<Option<KeyRing>, String>,
    faults: &mut Vec<String>,
) -> Result<Sealed, Error> {
    let (keys, derivation) = snapshot.sealed_keys()?;
    let ring = open_keys(&keys, derivation).unwrap_or_else(|why| {
        faults.push(format!("keys: {why}"));
        None
    });
    let (mut values, mut opened) = (0, 0);
    snapshot.each_sealed_value(|entity, property, id, sealed| {
        values += 1;
        let Some(ring) = &ring else { return };
        let id = id.to_string();
        let place = Place { entity: entity.resource_type, property: property.name, id: &id };
        match ring.unseal(place, sealed) {
            Ok(_) => opened += 1,
            Err(why) => faults.push(format!("sealed: {} of the {} {id}: {why}", property.name, entity.noun)),
        }
    })?;
    Ok(Sealed { values, keys: keys.len(), opened: ring.map(|_| opened) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::new_file;

    /// Ctrl-C that comes while the pages are looked at ends nothing then, and everything afterwards.
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
