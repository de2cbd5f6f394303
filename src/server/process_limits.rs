//! Limits of this process: no core dumps, and the number of open files.

#[cfg(unix)]
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
#[cfg(unix)]
use std::fs::File;

/// Keeps the memory, with its keys, out of core dumps. On Linux other processes of the same user
/// can't read it either.
///
/// # Errors
/// A message of one line if the system does not allow it.
#[cfg(unix)]
pub fn keep_memory_private() -> Result<(), String> {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    // If the limit is set already, the system may refuse to set it again.
    let limited =
        if getrlimit(Resource::Core) == none { Ok(()) } else { setrlimit(Resource::Core, none) };
    #[cfg(target_os = "linux")]
    let limited = limited.and(rustix::process::set_dumpable_behavior(
        rustix::process::DumpableBehavior::NotDumpable,
    ));
    limited.map_err(|error| format!("can't switch off core dumps: {error}"))
}

/// Does nothing: this system has no such limit.
///
/// # Errors
/// Never fails.
#[cfg(not(unix))]
pub fn keep_memory_private() -> Result<(), String> {
    Ok(())
}

/// Raises the limit of open files to `needed`. Returns the limit if it stays lower.
#[cfg(unix)]
pub fn allow_open_files(needed: usize) -> Option<usize> {
    let needed = u64::try_from(needed).unwrap_or(u64::MAX);
    let limit = getrlimit(Resource::Nofile);
    // No limit is more than any number.
    let [current, most] = [limit.current, limit.maximum].map(|limit| limit.unwrap_or(u64::MAX));
    if current >= needed {
        return None;
    }
    let wanted = needed.min(most);
    let raised =
        setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum: limit.maximum });
    let allowed = if raised.is_ok() { wanted } else { current };
    (allowed < needed).then(|| usize::try_from(allowed).unwrap_or(usize::MAX))
}

/// Does nothing: this system has no such limit.
#[cfg(not(unix))]
pub fn allow_open_files(_: usize) -> Option<usize> {
    None
}

/// Files that a command may open, with some in reserve. A backup needs 13.
#[cfg(unix)]
const FILES_OF_COMMAND: usize = 20;

/// Checks that this process can open as many files as a command needs. Libraries panic if they
/// can't listen for signals.
///
/// # Errors
/// A message of one line if it can't.
#[cfg(unix)]
pub fn check_free_files() -> Result<(), String> {
    let enough_in_any_case = 1_024;
    let _ = allow_open_files(enough_in_any_case);
    // Files that were open at the start count as well, so the limit alone is not enough to know.
    let free: Vec<File> =
        (0..FILES_OF_COMMAND).map_while(|_| File::open("/dev/null").ok()).collect();
    if free.len() == FILES_OF_COMMAND {
        return Ok(());
    }
    let free = free.len();
    Err(format!(
        "this process can open {free} files, and needs {FILES_OF_COMMAND}; raise the limit (ulimit \
         -n, LimitNOFILE=)"
    ))
}

/// Does nothing: this system has no such limit.
///
/// # Errors
/// Never fails.
#[cfg(not(unix))]
pub fn check_free_files() -> Result<(), String> {
    Ok(())
}
