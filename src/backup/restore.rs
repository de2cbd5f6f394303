//! Putting a backup in the place of a database.

use super::age_file::{Identities, copy, is_sealed, open};
use super::examine::{Contents, check_backup, needs_identity};
use super::take::STAMP;
use super::workplace::{Workplace, folder_of, publish, replace};
use super::{Error, Watch};
use crate::private::{give_to_user_of, sync_folder, with_ending};
use chrono::Utc;
use std::fs::{hard_link, remove_file};
use std::path::{Path, PathBuf};

/// What is to become of a database that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// It stays, and nothing is restored.
    Stays,
    /// It is kept beside the restored one, under a name with the date.
    IsKeptAside,
}

/// A database that was restored.
#[derive(Debug)]
pub struct Restored {
    /// What is in it.
    pub contents: Contents,
    /// Where the database is that was there before.
    pub kept: Option<PathBuf>,
}

/// What SQLite keeps beside a database. The write-ahead log is as much of it as the file itself.
const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Puts the backup `source` at `database`, in a folder that is there and that no server uses. The backup is checked before anything changes.
///
/// # Errors
/// The backup can't be read, is not sound, is of a newer version, or is sealed to somebody else; or there is a database, and it is to stay. Then
/// everything is as it was.
pub fn restore(
    source: &Path,
    database: &Path,
    identities: Option<&Identities>,
    existing: Existing,
    watch: &mut Watch<'_>,
) -> Result<Restored, Error> {
    let is_there = files(database).any(|file| file.symlink_metadata().is_ok());
    if is_there && existing == Existing::Stays {
        return Err(Error::HasDatabase(database.to_owned()));
    }
    let is_sealed = is_sealed(source)?;
    check_alone(source)?;
    let work = Workplace::new(folder_of(database))?;
    let (plain, file) = work.file("patchbay.db")?;
    if is_sealed {
        let identities = identities.ok_or_else(|| needs_identity(source))?;
        open(source, (&plain, file), identities, watch)?;
    } else {
        copy(source, (&plain, file), watch)?;
    }
    let contents = check_backup(&plain, watch)?;
    give_to_user_of(folder_of(database), &plain).map_err(Error::of(database))?;
    if !is_there {
        publish(plain, database)?;
        return Ok(Restored { contents, kept: None });
    }
    let kept = keep_aside(database)?;
    replace(&plain, database)?;
    Ok(Restored { contents, kept: Some(kept) })
}

/// A database in use is two files, of which one alone is not what it was.
fn check_alone(source: &Path) -> Result<(), Error> {
    let log = with_ending(source, "-wal");
    if log.metadata().is_ok_and(|file| file.len() > 0) {
        let message =
            format!("{} is no backup, but a database in use: part of it is in {}", source.display(), log.display());
        return Err(Error::Sealed(message));
    }
    Ok(())
}

/// Gives the old database a second name, companions and all, before any of it loses its own: however this is cut off, all of it is there.
/// Then the companions go, because SQLite would take them for those of the restored one.
fn keep_aside(database: &Path) -> Result<PathBuf, Error> {
    let kept = free_name(database);
    let mut linked = Vec::new();
    if let Err(error) = link(database, &kept, &mut linked) {
        // Nothing has changed; what can't be removed is a name too many.
        for aside in &linked {
            let _ = remove_file(aside);
        }
        return Err(error);
    }
    sync_folder(database).map_err(Error::of(database))?;
    for companion in COMPANIONS.map(|ending| with_ending(database, ending)).iter().filter(|file| file.exists()) {
        remove_file(companion).map_err(Error::of(companion))?;
    }
    Ok(kept)
}

/// A name that neither the database nor a companion of it has been kept by before, in this second either.
fn free_name(database: &Path) -> PathBuf {
    let stamp = Utc::now().format(STAMP).to_string();
    let mut kept = with_ending(database, &format!(".replaced-{stamp}"));
    for number in 2_u32.. {
        if files(&kept).all(|file| file.symlink_metadata().is_err()) {
            break;
        }
        kept = with_ending(database, &format!(".replaced-{stamp}-{number}"));
    }
    kept
}

/// `linked` gets the names that were made.
fn link(database: &Path, kept: &Path, linked: &mut Vec<PathBuf>) -> Result<(), Error> {
    for (file, aside) in files(database).zip(files(kept)).filter(|(file, _)| file.symlink_metadata().is_ok()) {
        hard_link(file, &aside).map_err(Error::of(&aside))?;
        linked.push(aside);
    }
    Ok(())
}

fn files(database: &Path) -> impl Iterator<Item = PathBuf> {
    [database.to_owned()].into_iter().chain(COMPANIONS.map(|ending| with_ending(database, ending)))
}
