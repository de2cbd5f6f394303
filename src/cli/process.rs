//! What the system is told of this process: that nobody looks into its memory, and how many files it may have open.

#[cfg(unix)]
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Keeps what is in memory, keys among it, out of core dumps. On Linux other processes of the same user can't look into it either.
///
/// # Errors
/// The system does not allow it. The message is one line.
#[cfg(unix)]
pub fn keep_memory_private() -> Result<(), String> {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    // Where it is so already, the system may not allow to say it again.
    let limited = if getrlimit(Resource::Core) == none { Ok(()) } else { setrlimit(Resource::Core, none) };
    #[cfg(target_os = "linux")]
    let limited = limited.and(rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable));
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

/// Sees to it that this process may have so many files open, and tells how many it may have if that is fewer.
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
    let raised = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum: limit.maximum });
    let allowed = if raised.is_ok() { wanted } else { current };
    (allowed < needed).then(|| usize::try_from(allowed).unwrap_or(usize::MAX))
}

/// Sees to it that this process may have so many files open, for which there is no such limit here.
#[cfg(not(unix))]
pub fn allow_open_files(_: usize) -> Option<usize> {
    None
}
