//! Folders and files that only their user can read.

#[cfg(unix)]
use std::fs::Permissions;
use std::fs::{DirBuilder, File, FileType, OpenOptions, remove_file, rename};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

/// Creates a folder, and those above it, if they don't exist. Once this returns, the folder and
/// later files in it survive a power cut.
///
/// # Errors
/// The folder can't be created.
pub fn create_folder(path: &Path) -> io::Result<()> {
    let is_missing = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.exists();
    let missing: Vec<&Path> = path.ancestors().skip(1).take_while(is_missing).collect();
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => io::Error::new(error.kind(), "there is a file of that name"),
        _ => error,
    })?;
    // Also if it exists: the program that created it may have been killed before this.
    [path].into_iter().chain(missing).try_for_each(|folder| match sync_folder(folder) {
        // A user who may not list the folder above may still create one in it.
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Ok(()),
        synced => synced,
    })
}

/// The rights of other users to a file.
const OF_OTHERS: u32 = 0o077;

/// Of these, the rights to change something.
const WRITING: u32 = 0o022;

/// Refuses a file to which other users have any right. A file that does not exist passes. `content`
/// names what it contains.
///
/// # Errors
/// A message of one line, which says what to do, if others have rights or the rights can't be read.
pub fn check_file(path: &Path, content: &str) -> Result<(), String> {
    // Advice about rights would be wrong for these.
    if path.is_dir() {
        return Err(format!("{} is a folder, not the file with {content}", path.display()));
    }
    refuse_irregular(path)?;
    check(path, OF_OTHERS, |path| {
        format!("other users can read {content} in {path}; run: chmod 600 {path}")
    })
}

/// Opens a regular file to read it. Any other kind, such as a FIFO, could block the program or
/// never end.
///
/// # Errors
/// The file can't be opened, or is not a regular file; then nothing was read from it.
pub fn open_regular(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true);
    // Without it, opening a FIFO waits for a writer.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(
        &mut options,
        rustix::fs::OFlags::NONBLOCK.bits().cast_signed(),
    );
    // A socket can't be opened, and the error does not say why.
    check_regular(path)?;
    let file = options.open(path)?;
    check_kind(file.metadata()?.file_type())?;
    Ok(file)
}

/// Reads a whole regular file.
///
/// # Errors
/// As [`open_regular`], or the file can't be read.
pub fn read_regular(path: &Path) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    open_regular(path)?.read_to_end(&mut content)?;
    Ok(content)
}

/// Reads a whole regular text file.
///
/// # Errors
/// As [`read_regular`], or the content is not UTF-8.
pub fn read_regular_text(path: &Path) -> io::Result<String> {
    let mut content = String::new();
    open_regular(path)?.read_to_string(&mut content)?;
    Ok(content)
}

/// Reads a file that the program trusts, such as its settings: a regular file that other users
/// can't change.
///
/// # Errors
/// A message of one line, which says what to do, if it is another kind of file, can be changed or
/// can't be read.
pub fn read_trusted(path: &Path) -> Result<Vec<u8>, String> {
    let content =
        read_regular(path).map_err(|error| format!("can't read {}: {error}", path.display()))?;
    check_unwritable(path)?;
    Ok(content)
}

/// Refuses a file that is not regular, without opening it.
///
/// # Errors
/// The file does not exist, or is not a regular file.
pub fn check_regular(path: &Path) -> io::Result<()> {
    check_kind(path.metadata()?.file_type())
}

fn check_kind(kind: FileType) -> io::Result<()> {
    if kind.is_file() {
        return Ok(());
    }
    Err(io::Error::new(
        ErrorKind::InvalidInput,
        format!("it is {}, not a regular file", name_of(kind)),
    ))
}

#[cfg(unix)]
fn name_of(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    match kind {
        kind if kind.is_dir() => "a folder",
        kind if kind.is_fifo() => "a FIFO",
        kind if kind.is_socket() => "a socket",
        _ => "a device",
    }
}

#[cfg(not(unix))]
fn name_of(kind: FileType) -> &'static str {
    if kind.is_dir() { "a folder" } else { "something else" }
}

/// Refuses a folder in which other users can create and replace files.
///
/// # Errors
/// A message of one line, which says what to do, if they can or the rights can't be read.
pub fn check_folder(path: &Path) -> Result<(), String> {
    check(path, WRITING, |path| {
        format!(
            "other users can write to the folder {path}, and so replace files in it; run: chmod \
             go-w {path}"
        )
    })
}

/// Refuses a file that other users can change.
///
/// # Errors
/// A message of one line, which says what to do, if they can or the rights can't be read.
pub fn check_unwritable(path: &Path) -> Result<(), String> {
    refuse_irregular(path)?;
    check(path, WRITING, |path| format!("other users can write to {path}; run: chmod go-w {path}"))
}

/// Refuses a file that is not regular, because advice about its rights would be wrong. A file that
/// does not exist passes.
fn refuse_irregular(path: &Path) -> Result<(), String> {
    match check_regular(path) {
        Err(error) if error.kind() == ErrorKind::InvalidInput => {
            Err(format!("{}: {error}", path.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn check(
    path: &Path,
    rights: u32,
    refusal: impl FnOnce(std::path::Display<'_>) -> String,
) -> Result<(), String> {
    match mode(path) {
        Ok(mode) if mode & rights == 0 => Ok(()),
        Ok(_) => Err(refusal(path.display())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(format!("{}: {error}", path.display())),
    }
}

#[cfg(not(unix))]
fn check(_: &Path, _: u32, _: impl FnOnce(std::path::Display<'_>) -> String) -> Result<(), String> {
    Ok(())
}

#[cfg(unix)]
fn mode(path: &Path) -> io::Result<u32> {
    use std::os::unix::fs::PermissionsExt;
    Ok(path.metadata()?.permissions().mode())
}

/// Removes the rights of other users to a file, if it exists.
///
/// # Errors
/// The rights can't be read or changed.
#[cfg(unix)]
pub fn close_file(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    match mode(path) {
        Ok(mode) if mode & OF_OTHERS == 0 => Ok(()),
        Ok(mode) => std::fs::set_permissions(path, Permissions::from_mode(mode & 0o7700)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Does nothing: the rights to files are left to this operating system.
///
/// # Errors
/// Never fails.
#[cfg(not(unix))]
pub fn close_file(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Gives a file to the owner of `like`, if that is another user: root may work for a user who could
/// not read the file otherwise.
///
/// # Errors
/// The owner can't be read or changed.
#[cfg(unix)]
pub fn give_to_user_of(like: &Path, path: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, lchown};
    // If the file has become a link, the target of the link keeps its owner.
    let (user, own) = (like.metadata()?, path.symlink_metadata()?);
    if user.uid() == own.uid() { Ok(()) } else { lchown(path, Some(user.uid()), Some(user.gid())) }
}

/// Does nothing: the owners of files are left to this operating system.
///
/// # Errors
/// Never fails.
#[cfg(not(unix))]
pub fn give_to_user_of(_: &Path, _: &Path) -> io::Result<()> {
    Ok(())
}

/// Options to open a file that is private if it has to be created.
#[must_use]
pub fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Writes a file, and replaces an existing one. Whatever happens, the old or the new file is there,
/// never a part; once this returns, the new one survives a power cut.
///
/// # Errors
/// The file can't be written.
pub fn write_file(path: &Path, content: &[u8]) -> io::Result<()> {
    write_files([(path, content)])
}

/// Writes files that belong together, each as [`write_file`] does. All are on disk before the first
/// takes its place.
///
/// # Errors
/// A file can't be written.
pub fn write_files<const N: usize>(files: [(&Path, &[u8]); N]) -> io::Result<()> {
    for (path, content) in files {
        write_new(&beside(path), content)?;
    }
    for (path, _) in files {
        rename(beside(path), path)?;
    }
    files.iter().try_for_each(|(path, _)| sync_folder(path))
}

fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    // Any existing file is a leftover of an interrupted program.
    if let Err(error) = remove_file(path)
        && error.kind() != ErrorKind::NotFound
    {
        return Err(error);
    }
    let mut file = options().write(true).create_new(true).open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// A temporary name in the same folder.
fn beside(path: &Path) -> PathBuf {
    with_ending(path, ".patchbay-new")
}

/// The path with `ending` added to its name.
#[must_use]
pub fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// A name under which a file can be kept when another replaces it: `.replaced-1`, or the first
/// number whose name is free or whose file fulfils `is_it`.
pub fn name_aside(path: &Path, is_it: impl Fn(&Path) -> bool) -> PathBuf {
    let name = |number: u32| with_ending(path, &format!(".replaced-{number}"));
    let mut number = 1;
    while name(number).symlink_metadata().is_ok() && !is_it(&name(number)) {
        number += 1;
    }
    name(number)
}

/// Makes the creation or removal of a file name survive a power cut.
///
/// # Errors
/// The folder can't be written to disk.
#[cfg(unix)]
pub fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => File::open(folder)?.sync_all(),
        None => File::open(".")?.sync_all(),
    }
}

/// Does nothing: the names of files are left to this operating system.
///
/// # Errors
/// Never fails.
#[cfg(not(unix))]
pub fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
