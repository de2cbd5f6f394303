//! Folders and files that only the user can look into.

#[cfg(unix)]
use std::fs::Permissions;
use std::fs::{DirBuilder, File, FileType, OpenOptions, remove_file, rename};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

/// Makes a folder, with those above it, unless it is there. Once this returns, it survives a power
/// cut, as what is written into it will.
///
/// # Errors
/// It can't be made.
pub fn create_folder(path: &Path) -> io::Result<()> {
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

/// The rights of others than its user to a file.
const OF_OTHERS: u32 = 0o077;

/// Those of them to change something.
const WRITING: u32 = 0o022;

/// Refuses a file that others have any right to; one that is not there is fine. What it holds is
/// `what`.
///
/// # Errors
/// They have, or nobody can tell. The message is one line, and says what to do.
pub fn check_file(path: &Path, what: &str) -> Result<(), String> {
    // What to do about its rights is no advice for these.
    if path.is_dir() {
        return Err(format!("{} is a folder, not the file with {what}", path.display()));
    }
    refuse_irregular(path)?;
    check(path, OF_OTHERS, |path| {
        format!("other users can read {what} in {path}; run: chmod 600 {path}")
    })
}

/// Opens a regular file to read it. Anything else, such as a FIFO, could keep the program waiting
/// or never end.
///
/// # Errors
/// It can't be opened, or is no regular file; then nothing was read from it.
pub fn open_regular(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true);
    // Without it, opening a FIFO waits for somebody to write to it.
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
/// As [`open_regular`], or it can't be read.
pub fn read_regular(path: &Path) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    open_regular(path)?.read_to_end(&mut content)?;
    Ok(content)
}

/// Reads a whole regular file that is text.
///
/// # Errors
/// As [`read_regular`], or it is not UTF-8.
pub fn read_regular_text(path: &Path) -> io::Result<String> {
    let mut content = String::new();
    open_regular(path)?.read_to_string(&mut content)?;
    Ok(content)
}

/// Reads a file that says whom to trust or what to do: a regular one that others can't change.
///
/// # Errors
/// It is another one, or can't be read. The message is one line, and says what to do.
pub fn read_trusted(path: &Path) -> Result<Vec<u8>, String> {
    let content =
        read_regular(path).map_err(|error| format!("can't read {}: {error}", path.display()))?;
    check_unwritable(path)?;
    Ok(content)
}

/// Refuses what is no regular file, before it is opened.
///
/// # Errors
/// There is none, or something else.
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

/// Refuses a folder in which others can put and replace files.
///
/// # Errors
/// They can, or nobody can tell. The message is one line, and says what to do.
pub fn check_folder(path: &Path) -> Result<(), String> {
    check(path, WRITING, |path| {
        format!(
            "other users can write to the folder {path}, and so replace files in it; run: chmod \
             go-w {path}"
        )
    })
}

/// Refuses a file that others can change.
///
/// # Errors
/// They can, or nobody can tell. The message is one line, and says what to do.
pub fn check_unwritable(path: &Path) -> Result<(), String> {
    refuse_irregular(path)?;
    check(path, WRITING, |path| format!("other users can write to {path}; run: chmod go-w {path}"))
}

/// What is no regular file is refused as such: what to do about its rights is no advice then. One
/// that is not there is fine.
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

/// Takes a file that may be there already away from others.
///
/// # Errors
/// They have rights to it, and it is not ours to take them away.
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

/// Takes a file away from others, which is the affair of the system here.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn close_file(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Gives a file to the user who has `like`, if that is somebody else: root may work for him, and he
/// could not read it.
///
/// # Errors
/// It can't be given away.
#[cfg(unix)]
pub fn give_to_user_of(like: &Path, path: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, lchown};
    // Where it is a link by now, what that leads to is not given away.
    let (user, own) = (like.metadata()?, path.symlink_metadata()?);
    if user.uid() == own.uid() { Ok(()) } else { lchown(path, Some(user.uid()), Some(user.gid())) }
}

/// Gives a file to the user who has `like`, which is the affair of the system here.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn give_to_user_of(_: &Path, _: &Path) -> io::Result<()> {
    Ok(())
}

/// Options to open a file that is private if it has to be made.
#[must_use]
pub fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Writes a file in place of one that may be there. Whatever happens, there is the old or the new
/// one and never a part, and once this returns, the new one survives a power cut.
///
/// # Errors
/// It can't be written.
pub fn write_file(path: &Path, content: &[u8]) -> io::Result<()> {
    write_files([(path, content)])
}

/// Writes files that belong together, each as [`write_file`] does. None takes its place before all
/// are on disk.
///
/// # Errors
/// One can't be written.
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
    // What is there was left by one that was cut off.
    if let Err(error) = remove_file(path)
        && error.kind() != ErrorKind::NotFound
    {
        return Err(error);
    }
    let mut file = options().write(true).create_new(true).open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// A name of our own in the same folder.
fn beside(path: &Path) -> PathBuf {
    with_ending(path, ".patchbay-new")
}

/// The file whose name is that of another with an ending more.
#[must_use]
pub fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// A name beside a file by which it can be kept when another takes its place: `.replaced-1`, or the
/// first number that is free, or whose file `is_it`.
pub fn name_aside(path: &Path, is_it: impl Fn(&Path) -> bool) -> PathBuf {
    let name = |number: u32| with_ending(path, &format!(".replaced-{number}"));
    let mut number = 1;
    while name(number).symlink_metadata().is_ok() && !is_it(&name(number)) {
        number += 1;
    }
    name(number)
}

/// Makes the name of a file, given or taken away, survive a power cut.
///
/// # Errors
/// Its folder can't be written to disk.
#[cfg(unix)]
pub fn sync_folder(path: &Path) -> io::Result<()> {
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
pub fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
