//! Writing to standard error past the lock of the standard library: a thread that waits there,
//! because nobody reads, must keep no other waiting.

use std::io::{ErrorKind, Result, stderr};
use std::panic::{PanicHookInfo, set_hook};
use std::time::{Duration, Instant};

/// Bytes that a pipe takes without waiting once it takes anything (the least that POSIX allows
/// `PIPE_BUF` to be).
const PIECE: usize = 512;

/// How long a panic waits for somebody to read it.
const PATIENCE_OF_PANICS: Duration = Duration::from_millis(100);

/// Writes all of it, and waits as long as that takes.
///
/// # Errors
/// Nobody will ever read it.
pub fn write(mut text: &[u8]) -> Result<()> {
    while !text.is_empty() {
        match write_some(text) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(written) => text = &text[written..],
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // Another program that has it too may have said that it does not wait.
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                is_ready(Duration::from_secs(1));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Writes it, or as much as is read within that time.
pub fn write_within(text: &str, patience: Duration) {
    let start = Instant::now();
    for piece in text.as_bytes().chunks(PIECE) {
        if !is_ready(patience.saturating_sub(start.elapsed())) || write(piece).is_err() {
            return;
        }
    }
}

/// Has panics said in one line each from now on, also where nobody reads it: a thread that waits
/// for that would answer nothing any more.
pub fn say_panics() {
    set_hook(Box::new(|panic| write_within(&line(panic), PATIENCE_OF_PANICS)));
}

fn line(panic: &PanicHookInfo<'_>) -> String {
    let thread = std::thread::current().name().unwrap_or("of no name").to_owned();
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let message = panic.payload_as_str().unwrap_or_default().replace('\n', " ");
    let trace = std::backtrace::Backtrace::capture();
    let trace = if trace.status() == std::backtrace::BacktraceStatus::Captured {
        format!("\n{trace}")
    } else {
        String::new()
    };
    format!("patchbay: the thread {thread} panicked at {place}: {message}{trace}\n")
}

#[cfg(unix)]
fn write_some(text: &[u8]) -> Result<usize> {
    Ok(rustix::io::write(stderr(), text)?)
}

#[cfg(not(unix))]
fn write_some(text: &[u8]) -> Result<usize> {
    std::io::Write::write(&mut stderr(), text)
}

/// Whether it takes something within that time.
#[cfg(unix)]
fn is_ready(patience: Duration) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let stderr = stderr();
    let mut polled = [PollFd::new(&stderr, PollFlags::OUT)];
    let patience = Timespec::try_from(patience).ok();
    poll(&mut polled, patience.as_ref()).is_ok_and(|ready| ready > 0)
}

/// The system does not say.
#[cfg(not(unix))]
fn is_ready(_: Duration) -> bool {
    true
}
