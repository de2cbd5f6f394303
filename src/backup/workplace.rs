//! Private folders in which files are made before they get their names. A folder is inside the one
//! that its files are for, and is removed with all its contents.

use super::Error;
use crate::private_files::{options, sync_folder};
use std::fs::{File, remove_dir_all};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::{Builder, TempDir, TempPath};

const PREFIX: &str = ".patchbay-unfinished-";

/// Folders of this age are leftovers of an interrupted program.
const LEFT_BEHIND: Duration = Duration::from_hours(24);

/// A folder for unfinished files. It is removed when dropped.
pub struct Workplace(TempDir);

impl Workplace {
    /// Creates one in `folder`, and removes the leftovers of interrupted programs there.
    pub fn new(folder: &Path) -> Result<Self, Error> {
        sweep(folder);
        let mut builder = Builder::new();
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        builder.prefix(PREFIX).tempdir_in(folder).map(Self).map_err(|error| match error.kind() {
            ErrorKind::NotFound => Error::NoFolder(folder.to_owned()),
            _ => Error::of(folder)(error),
        })
    }

    /// Creates an empty file that only the user can read.
    pub fn file(&self, name: &str) -> Result<(PathBuf, File), Error> {
        let path = self.0.path().join(name);
        let file = options().write(true).create_new(true).open(&path).map_err(Error::of(&path))?;
        Ok((path, file))
    }
}

/// Gives a finished file its name, unless that is in use. Once this returns, the name survives a
/// power cut.
pub fn publish(finished: PathBuf, target: &Path) -> Result<(), Error> {
    sync(&finished)?;
    let finished = TempPath::try_from_path(finished).map_err(Error::of(target))?;
    finished.persist_noclobber(target).map_err(|failed| match failed.error.kind() {
        ErrorKind::AlreadyExists => Error::Exists(target.to_owned()),
        _ => Error::of(target)(failed.error),
    })?;
    sync_folder(target).map_err(Error::of(target))
}

/// Gives a finished file, which is on disk, its name, and replaces a file of that name. Once this
/// returns, the name survives a power cut.
pub fn replace(finished: &Path, target: &Path) -> Result<(), Error> {
    std::fs::rename(finished, target).and_then(|()| sync_folder(target)).map_err(Error::of(target))
}

/// Waits until the content of a file is on disk.
pub fn sync(path: &Path) -> Result<(), Error> {
    options().write(true).open(path).and_then(|file| file.sync_all()).map_err(Error::of(path))
}

/// The folder that contains a file.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Removes leftovers. One that can't be removed does no harm, so this never fails.
fn sweep(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in
        entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX))
    {
        let age =
            entry.metadata().and_then(|metadata| metadata.modified()).map(|time| time.elapsed());
        if age.is_ok_and(|age| age.is_ok_and(|age| age > LEFT_BEHIND))
            && remove_dir_all(entry.path()).is_ok()
        {
            tracing::info!(
                path = %entry.path().display(),
                "removed the leftovers of an interrupted backup"
            );
        }
    }
}
