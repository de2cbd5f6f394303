//! Removes everything that was created in a folder of certificates, and nothing else.

use super::layout::{
    CLIENT, CLIENT_KEY, CLIENTS, ISSUED, LOCK, REVOKED, ROOT, ROOT_KEY, SERVER, SERVER_KEY,
};
use std::fs::{read_dir, remove_dir, remove_file};
use std::io::{self, ErrorKind};
use std::path::Path;

/// Removes an authority with all certificates that it issued, and then the folder if it is empty.
/// Links to folders are not followed.
///
/// # Errors
/// A file can't be removed.
pub fn remove_authority(folder: &Path) -> io::Result<()> {
    if !is_folder(folder) {
        return Ok(());
    }
    for name in [ROOT, ROOT_KEY, SERVER, SERVER_KEY, CLIENT, CLIENT_KEY, REVOKED, LOCK] {
        remove_if_there(&folder.join(name))?;
    }
    for inner in
        [ISSUED, CLIENTS].map(|name| folder.join(name)).iter().filter(|inner| is_folder(inner))
    {
        for entry in read_dir(inner)? {
            let path = entry?.path();
            if path.extension().is_some_and(|ending| ending == "pem") {
                remove_if_there(&path)?;
            }
        }
        remove_if_empty(inner)?;
    }
    remove_if_empty(folder)
}

fn is_folder(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|file| file.is_dir())
}

/// Removes a file. A folder with this name is not ours.
fn remove_if_there(path: &Path) -> io::Result<()> {
    if is_folder(path) {
        return Ok(());
    }
    remove_file(path)
        .or_else(|error| if error.kind() == ErrorKind::NotFound { Ok(()) } else { Err(error) })
}

fn remove_if_empty(folder: &Path) -> io::Result<()> {
    remove_dir(folder).or_else(|error| {
        if error.kind() == ErrorKind::DirectoryNotEmpty { Ok(()) } else { Err(error) }
    })
}
