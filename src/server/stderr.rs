//! Writes to standard error without the lock of the standard library: a thread that blocks because
//! standard error is not read must not block other threads.

use std::io::{ErrorKind, Result, stderr};
use std::panic::{PanicHookInfo, set_hook};
use std::time::{Duration, Instant};

/// Bytes that a writable pipe accepts without blocking (the least value of `PIPE_BUF` in POSIX).
const PIECE: usize = 512;

/// How long a panic waits until its message is read.
const PATIENCE_OF_PANICS: Duration = Duration::from_millis(100);

/// Writes the whole text, and waits as long as that takes.
///
/// # Errors
/// An error of the system if standard error is closed.
pub fn write(mut text: &[u8]) -> Result<()> {
    while !text.is_empty() {
        match write_some(text) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(written) => text = &text[written..],
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // Another program with the same file may have made it non-blocking.
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                is_ready(Duration::from_secs(1));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Writes the text, or as much of it as is read within `patience`.
pub fn write_within(text: &str, patience: Duration) {
    let start = Instant::now();
    for piece in text.as_bytes().chunks(PIECE) {
        if !is_ready(patience.saturating_sub(start.elapsed())) || write(piece).is_err() {
            return;
        }
    }
}

/// Makes each panic write one line, and never block if standard error is not read: the thread would
/// not answer any more.
pub fn say_panics() {
    set_hook(Box::new(|panic| write_within(&line(panic), PATIENCE_OF_PANICS)));
}

fn line(panic: &PanicHookInfo<'_>) -> String {
    let thread = std::thread::current().name().unwrap_or("without a name").to_owned();
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

/// Whether standard error is writable within that time.
#[cfg(unix)]
fn is_ready(patience: Duration) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let stderr = stderr();
    let mut polled = [PollFd::new(&stderr, PollFlags::OUT)];
    let patience = Timespec::try_from(patience).ok();
    poll(&mut polled, patience.as_ref()).is_ok_and(|ready| ready > 0)
}

/// This system can't say.
#[cfg(not(unix))]
fn is_ready(_: Duration) -> bool {
    true
}
