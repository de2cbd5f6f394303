//! Making a backup.

use super::age_file::{Recipients, seal};
use super::examine::{Contents, check_copy};
use super::workplace::{Workplace, folder_of, publish};
use super::{Error, Progress, Watch, Work};
use crate::store::{Copied, copy_at};
use chrono::{DateTime, Utc};
use std::path::{Path, PathBuf};

/// The form of the moment in the name of a backup: such names sort by time.
pub const STAMP: &str = "%Y%m%dT%H%M%SZ";

/// Where a backup goes, which is known once the database was looked at.
#[derive(Clone, Debug)]
pub struct Target {
    /// The new file, unless the database has faults.
    pub sound: PathBuf,
    /// The new file if it has, in the same folder.
    pub faulty: PathBuf,
}

impl Target {
    /// The same file in any case.
    #[must_use]
    pub fn one(path: PathBuf) -> Self {
        Self { sound: path.clone(), faulty: path }
    }

    fn check_free(&self) -> Result<(), Error> {
        let taken =
            [&self.sound, &self.faulty].into_iter().find(|path| path.symlink_metadata().is_ok());
        taken.map_or(Ok(()), |path| Err(Error::Exists(path.clone())))
    }
}

/// A backup that was made.
#[derive(Debug)]
pub struct Saved {
    /// Where it is.
    pub path: PathBuf,
    /// How long it is.
    pub bytes: u64,
    /// What is in it.
    pub contents: Contents,
}

/// A name for a backup that is made now: the moment in UTC, and how it is sealed.
#[must_use]
pub fn new_name(recipients: &Recipients) -> String {
    name("patchbay-", Utc::now(), recipients)
}

pub fn name(prefix: &str, moment: DateTime<Utc>, recipients: &Recipients) -> String {
    let ending = if recipients.is_empty() { ".db" } else { ".db.age" };
    format!("{prefix}{}{ending}", moment.format(STAMP))
}

/// Copies the database at `database`, which a server may be using, into a new file, sealed if there
/// are recipients. It is checked before it gets its name, so a file of that name is whole, and no
/// more is wrong with it than was with the database.
///
/// # Errors
/// The file is there already or can't be written, the database can't be read or is not sound, or
/// `watch` ends it. Then nothing is left.
pub fn take(
    database: &Path,
    target: Target,
    recipients: &Recipients,
    watch: &mut Watch<'_>,
) -> Result<Saved, Error> {
    target.check_free()?;
    // Where it is to be sealed, what is not sealed yet stays beside the database: the other folder
    // may be on a disk of others.
    let place = if recipients.is_empty() { folder_of(&target.sound) } else { folder_of(database) };
    let work = Workplace::new(place)?;
    let (copy, file) = work.file("patchbay.db")?;
    // SQLite locks by file and process: nobody else may have it open.
    drop(file);
    copy_at(database, &copy, |Copied { done, total }| {
        watch(Progress { work: Work::Copying, done, total })
    })?;
    let contents = check_copy(&copy, watch)?;
    let path = if contents.faults.is_empty() { target.sound } else { target.faulty };
    if recipients.is_empty() {
        publish(copy, &path)?;
    } else {
        let sealing = Workplace::new(folder_of(&path))?;
        let (sealed, file) = sealing.file("patchbay.db.age")?;
        seal(&copy, (&sealed, file), recipients, watch)?;
        publish(sealed, &path)?;
    }
    let bytes = path.metadata().map_err(Error::of(&path))?.len();
    Ok(Saved { path, bytes, contents })
}
