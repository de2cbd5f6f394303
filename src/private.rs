//! Folders and files that only the user can look into.

use std::fs::{DirBuilder, File, OpenOptions, remove_file, rename};
use std::io::{ErrorKind, Result, Write};
use std::path::{Path, PathBuf};

/// Makes a folder, with those above it, unless it is there. Once this returns, it survives a power cut, as what is written into it will.
///
/// # Errors
/// It can't be made.
pub fn create_folder(path: &Path) -> Result<()> {
    let is_missing = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.exists();
    let missing: Vec<&Path> = path.ancestors().skip(1).take_while(is_missing).collect();
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    // Also if it was there: who made it may have been killed before this.
    [path].into_iter().chain(missing).try_for_each(|folder| match sync_folder(folder) {
        // Who may not list the folder above may still make one in it.
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Ok(()),
        synced => synced,
    })
}

/// Options to open a file that is private if it has to be made.
#[must_use]
pub fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Writes a file in place of one that may be there. Whatever happens, there is the old or the new one and never a part, and once
/// this returns, the new one survives a power cut.
///
/// # Errors
/// It can't be written.
pub fn write_file(path: &Path, content: &[u8]) -> Result<()> {
    let beside = beside(path);
    if let Err(error) = remove_file(&beside)
        && error.kind() != ErrorKind::NotFound
    {
        return Err(error);
    }
    let mut file = options().write(true).create_new(true).open(&beside)?;
    file.write_all(content)?;
    file.sync_all()?;
    rename(&beside, path)?;
    sync_folder(path)
}

/// A name of our own in the same folder.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".patchbay-new");
    path.with_file_name(name)
}

/// Makes the name of a file, given or taken away, survive a power cut.
///
/// # Errors
/// Its folder can't be written to disk.
#[cfg(unix)]
pub fn sync_folder(path: &Path) -> Result<()> {
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => File::open(folder)?.sync_all(),
        None => File::open(".")?.sync_all(),
    }
}

/// Makes the name of a file survive a power cut, which is the affair of the system here.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn sync_folder(_: &Path) -> Result<()> {
    Ok(())
}
