//! What the system is told of this process: that nobody looks into its memory, and how many files
//! it may have open.

#[cfg(unix)]
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
#[cfg(unix)]
use std::fs::File;

/// Keeps what is in memory, keys among it, out of core dumps. On Linux other processes of the same
/// user can't look into it either.
///
/// # Errors
/// The system does not allow it. The message is one line.
#[cfg(unix)]
pub fn keep_memory_private() -> Result<(), String> {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    // Where it is so already, the system may not allow to say it again.
    let limited =
        if getrlimit(Resource::Core) == none { Ok(()) } else { setrlimit(Resource::Core, none) };
    #[cfg(target_os = "linux")]
    let limited = limited.and(rustix::process::set_dumpable_behavior(
        rustix::process::DumpableBehavior::NotDumpable,
    ));
    limited.map_err(|error| format!("core dumps can't be switched off: {error}"))
}

/// Keeps what is in memory out of core dumps, which is the affair of the system here.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn keep_memory_private() -> Result<(), String> {
    Ok(())
}

/// Sees to it that this process may have so many files open, and tells how many it may have if that
/// is fewer.
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

/// Sees to it that this process may have so many files open, for which there is no such limit here.
#[cfg(not(unix))]
pub fn allow_open_files(_: usize) -> Option<usize> {
    None
}

/// Files that a command has open at most beside those that it was started with, and some more. A
/// backup needs 13.
#[cfg(unix)]
const FILES_OF_COMMAND: usize = 20;

/// Checks that this process can open as many files as a command needs. Libraries panic where they
/// can't listen for signals.
///
/// # Errors
/// It can't. The message is one line.
#[cfg(unix)]
pub fn check_free_files() -> Result<(), String> {
    let enough_in_any_case = 1_024;
    let _ = allow_open_files(enough_in_any_case);
    // What it was started with counts, too, so the limit alone does not say it.
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

/// Checks that this process can open as many files as a command needs, for which there is no such
/// limit here.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn check_free_files() -> Result<(), String> {
    Ok(())
}
