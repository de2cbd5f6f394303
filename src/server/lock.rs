//! The lock that keeps a second server out of a data folder and its database.

use crate::command_error::CommandError;
use crate::config::DATABASE;
use crate::private_files::{check_regular, give_to_user_of, options};
use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The file in the data folder that keeps a second server out.
pub const LOCK: &str = "patchbay.lock";

/// The locked files. They keep a second server out while they are open.
pub struct Lock {
    _files: Vec<File>,
}

/// Locks the folder against a second server. If its database is a link, the database behind the
/// link is locked as well, so that a server in another folder can't open it.
///
/// # Errors
/// [`CommandError::Failure`] if another program has locked it, or it can't be locked.
pub fn lock(data: &Path) -> Result<Lock, CommandError> {
    let failed = |error: std::io::Error| {
        CommandError::Failure(format!("can't lock {}: {error}", data.display()))
    };
    let data = data.canonicalize().map_err(failed)?;
    let real = follow_links(&data.join(DATABASE)).map_err(failed)?;
    let mut files = vec![lock_file(&data.join(LOCK))?];
    let other = real.with_extension("lock");
    if other != data.join(LOCK) {
        check_same_owner(&data, &other)?;
        files.push(lock_file(&other)?);
    }
    Ok(Lock { _files: files })
}

/// Refuses a link into a folder of another user: root must not create files there.
#[cfg(unix)]
fn check_same_owner(data: &Path, path: &Path) -> Result<(), CommandError> {
    use std::os::unix::fs::MetadataExt;
    let folder = path.parent().unwrap_or(path);
    let owner = |path: &Path| path.metadata().map(|file| file.uid()).ok();
    if path.exists() || owner(data) == owner(folder) {
        return Ok(());
    }
    Err(CommandError::Failure(format!(
        "{DATABASE} is a link into {}, which belongs to another user",
        folder.display()
    )))
}

#[cfg(not(unix))]
fn check_same_owner(_: &Path, _: &Path) -> Result<(), CommandError> {
    Ok(())
}

/// Returns the full path of the file behind a path, whether the file exists or not.
fn follow_links(path: &Path) -> std::io::Result<PathBuf> {
    match path.canonicalize() {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        found => return found,
    }
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    match path.read_link() {
        Ok(target) => follow_links(&folder.join(target)),
        Err(_) => Ok(folder.canonicalize()?.join(path.file_name().unwrap_or_default())),
    }
}

fn lock_file(path: &Path) -> Result<File, CommandError> {
    let data = path.parent().unwrap_or(path);
    let failed = |error: std::io::Error| {
        CommandError::Failure(format!("can't lock {}: {error}", path.display()))
    };
    let file = open_lock(data, path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(CommandError::Failure(format!(
            "another Patchbay is serving from {}; stop it first, or choose another folder with \
             --data",
            data.display()
        ))),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

/// Opens the lock file. A new one belongs to the user of the folder, also if root restores a
/// backup. No link is followed to create it.
fn open_lock(data: &Path, path: &Path) -> std::io::Result<File> {
    match options().append(true).create_new(true).open(path) {
        Ok(file) => give_to_user_of(data, path).map(|()| file),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            check_regular(path)?;
            options().append(true).open(path)
        }
        Err(error) => Err(error),
    }
}
