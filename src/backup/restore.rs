//! Restores a backup in place of a database.

use super::age_file::{Identities, copy, is_sealed, open};
use super::examine::{Contents, check_backup, needs_identity};
use super::take::STAMP;
use super::workplace::{Workplace, folder_of, publish, replace, sync};
use super::{Error, Watch};
use crate::private_files::{give_to_user_of, sync_folder, with_ending, write_file};
use crate::store::restoring;
use chrono::Utc;
use std::fs::{hard_link, read_to_string, remove_file};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// What to do with a database that already exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// Keep it, and restore nothing.
    Stays,
    /// Keep it beside the restored one, under a name with the date.
    IsKeptAside,
}

/// A restored database.
#[derive(Debug)]
pub struct Restored {
    /// Its contents.
    pub contents: Contents,
    /// Where the previous database is kept.
    pub kept: Option<PathBuf>,
}

/// The files that SQLite keeps beside a database. The write-ahead log is part of the data.
const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Restores the backup `source` to `database`, in a folder that exists and that no server uses. The
/// backup is checked before anything changes.
///
/// # Errors
/// [`Error::HasDatabase`] if there is a database that must stay; [`Error::Sealed`],
/// [`Error::Unusable`] or [`Error::Unsound`] if the backup can't be used; [`Error::File`] or
/// [`Error::NoFolder`] if a file can't be read or written. Then nothing has changed.
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
    let contents = check_backup(&plain, watch).map_err(|error| error.said_of(source))?;
    give_to_user_of(folder_of(database), &plain).map_err(Error::of(database))?;
    if !is_there {
        publish(plain, database)?;
        return Ok(Restored { contents, kept: None });
    }
    sync(&plain)?;
    let kept = take_place(&plain, database)?;
    Ok(Restored { contents, kept: Some(kept) })
}

/// Refuses a database in use: it consists of two files, and one alone is outdated.
fn check_alone(source: &Path) -> Result<(), Error> {
    let log = with_ending(source, "-wal");
    if log.metadata().is_ok_and(|file| file.len() > 0) {
        let message = format!(
            "{} is not a backup but a database in use: part of it is in {}; use patchbay backup to \
             copy it",
            source.display(),
            log.display()
        );
        return Err(Error::Sealed(message));
    }
    Ok(())
}

/// Replaces the old database by `plain`, and returns the name under which the old one is kept. If
/// this is interrupted, the database may lie without its log, so a mark keeps every program from
/// using it. While the mark is empty, the old database is complete in its place; then it is
/// complete under the name that the mark contains.
fn take_place(plain: &Path, database: &Path) -> Result<PathBuf, Error> {
    let (kept, mark) = (free_name(database), restoring(database));
    let earlier = marked(&mark)?;
    if earlier.is_none() {
        write_mark(&mark, b"").inspect_err(|_| {
            // The mark may exist despite the error, and nothing has changed yet.
            let _ = remove_file(&mark);
        })?;
    }
    let placed = keep_aside(database, &kept)
        .and_then(|()| if earlier.is_none() { write_mark(&mark, name_of(&kept)) } else { Ok(()) })
        .and_then(|()| remove_companions(database))
        .and_then(|()| replace(plain, database));
    if let Err(error) = placed {
        // The new database has its name already if `plain` is gone; only that name may not be on
        // disk yet.
        if plain.exists() {
            put_back(database, &kept)?;
            // If an earlier restore was interrupted, its mark must stay.
            if earlier.is_none() {
                remove_file(&mark).map_err(Error::of(&mark))?;
            }
        }
        return Err(error);
    }
    // A program that had the old database open before the mark existed may have created them again.
    remove_companions(database)?;
    remove_file(&mark).and_then(|()| sync_folder(&mark)).map_err(Error::of(&mark))?;
    Ok(earlier.filter(|earlier| earlier.is_file()).unwrap_or(kept))
}

/// Belongs to the user of the folder, so that this user can repeat a restore that root began.
fn write_mark(mark: &Path, content: &[u8]) -> Result<(), Error> {
    write_file(mark, content)
        .and_then(|()| give_to_user_of(folder_of(mark), mark))
        .map_err(Error::of(mark))
}

/// The name under which an interrupted restore has kept the old database, if it got that far. The
/// file may have been moved since.
fn marked(mark: &Path) -> Result<Option<PathBuf>, Error> {
    match read_to_string(mark) {
        Ok(name) => Ok((!name.is_empty()).then(|| mark.with_file_name(name))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::of(mark)(error)),
    }
}

fn name_of(path: &Path) -> &[u8] {
    path.file_name().unwrap_or_default().as_encoded_bytes()
}

/// Links the old database and its companions under second names, before any of them loses its own.
fn keep_aside(database: &Path, kept: &Path) -> Result<(), Error> {
    link(files(database).zip(files(kept)))?;
    sync_folder(database).map_err(Error::of(database))
}

/// Removes the companions: SQLite would take them for those of the restored database.
fn remove_companions(database: &Path) -> Result<(), Error> {
    for companion in
        COMPANIONS.map(|ending| with_ending(database, ending)).iter().filter(|file| file.exists())
    {
        remove_file(companion).map_err(Error::of(companion))?;
    }
    Ok(())
}

/// Links the companions of the old database under their own names again, and removes the names that
/// would have kept it.
fn put_back(database: &Path, kept: &Path) -> Result<(), Error> {
    let lost =
        files(kept).zip(files(database)).skip(1).filter(|(_, own)| own.symlink_metadata().is_err());
    link(lost)?;
    sync_folder(database).map_err(Error::of(database))?;
    for aside in files(kept).filter(|file| file.symlink_metadata().is_ok()) {
        remove_file(&aside).map_err(Error::of(&aside))?;
    }
    Ok(())
}

/// A name under which neither a database nor a companion is kept, even from the same second.
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

/// Links each existing file under the other name as well.
fn link(mut names: impl Iterator<Item = (PathBuf, PathBuf)>) -> Result<(), Error> {
    names.try_for_each(|(file, other)| match file.symlink_metadata() {
        Ok(_) => hard_link(file, &other).map_err(Error::of(&other)),
        Err(_) => Ok(()),
    })
}

fn files(database: &Path) -> impl Iterator<Item = PathBuf> {
    [database.to_owned()].into_iter().chain(COMPANIONS.map(|ending| with_ending(database, ending)))
}
