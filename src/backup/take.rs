//! Makes backups.

use super::age_file::{Recipients, seal};
use super::examine::{Contents, check_copy};
use super::workplace::{Workplace, folder_of, publish};
use super::{Error, Progress, Watch, Work};
use crate::store::{Copied, copy_at};
use chrono::{DateTime, Utc};
use std::path::{Path, PathBuf};

/// The format of the time in the name of a backup: such names sort by time.
pub const STAMP: &str = "%Y%m%dT%H%M%SZ";

/// Where a backup goes, which depends on what the check of the database finds.
#[derive(Clone, Debug)]
pub struct Target {
    /// The new file if the database has no faults.
    pub sound: PathBuf,
    /// The new file if it has faults, in the same folder.
    pub faulty: PathBuf,
}

impl Target {
    /// Uses the same file in both cases.
    #[must_use]
    pub fn one(path: PathBuf) -> Self {
        Self { sound: path.clone(), faulty: path }
    }

    fn check_free(&self) -> Result<(), Error> {
        let existing =
            [&self.sound, &self.faulty].into_iter().find(|path| path.symlink_metadata().is_ok());
        existing.map_or(Ok(()), |path| Err(Error::Exists(path.clone())))
    }
}

/// A finished backup.
#[derive(Debug)]
pub struct Saved {
    /// Its file.
    pub path: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its contents.
    pub contents: Contents,
}

/// A name for a backup that is made now: the time in UTC, with an ending that shows whether it is
/// encrypted.
#[must_use]
pub fn new_name(recipients: &Recipients) -> String {
    name("patchbay-", Utc::now(), recipients)
}

pub fn name(prefix: &str, moment: DateTime<Utc>, recipients: &Recipients) -> String {
    let ending = if recipients.is_empty() { ".db" } else { ".db.age" };
    format!("{prefix}{}{ending}", moment.format(STAMP))
}

/// Copies the database at `database`, which a server may be using, into a new file, encrypted if
/// there are recipients. The copy is checked before it gets its name, so a file of that name is
/// complete and has no more faults than the database.
///
/// # Errors
/// [`Error::Exists`] or [`Error::File`] if the file already exists or can't be written,
/// [`Error::Store`] if the database can't be read, [`Error::Unsound`] if it is damaged, or the
/// error of `watch`. Then no file is left.
pub fn take(
    database: &Path,
    target: Target,
    recipients: &Recipients,
    watch: &mut Watch<'_>,
) -> Result<Saved, Error> {
    target.check_free()?;
    // The unencrypted copy stays beside the database: the other folder may be on a shared disk.
    let place = if recipients.is_empty() { folder_of(&target.sound) } else { folder_of(database) };
    let work = Workplace::new(place)?;
    let (copy, file) = work.file("patchbay.db")?;
    // SQLite's locks belong to a file and a process, so the file must not be open twice.
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
