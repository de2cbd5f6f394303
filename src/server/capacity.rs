//! How many threads, connections and files the server uses, and how many reads that are not short
//! go on at a time.

use super::process_limits::allow_open_files;
use crate::command_error::CommandError;
use crate::config::Settings;
use crate::service::list_sink::Backlog;
use crate::service::turns::{ReadQueue, ReadQueues};
use crate::store::{Readers, Store};
use std::time::Duration;

/// Lists at a time, counts, and questions about access; more wait for their turn. Lists have
/// connections of their own, because a client that reads slowly keeps one. What the server itself
/// has to scan, such as rules that have changed, waits for no turn.
const STREAMS: u32 = 8;
const SCANS: u32 = 4;
const QUESTIONS: u32 = 2;
const OWN_SCANS: u32 = 1;

/// Files beside connections that may be open: the database's, once for each of its connections,
/// those of backups and temporary ones.
const OTHER_FILES: usize = 256;

/// Files that a server has open at least: its own and those of its listeners; for a connection to
/// the database, for an event loop with what listens for it, and for some clients at each door.
const FILES_OF_PROCESS: usize = 24;
const FILES_OF_DATABASE: usize = 3;
const FILES_OF_EVENT_LOOP: usize = 8;
const FEW_CONNECTIONS: usize = 8;

/// Connections to the database beside those that read: of the writer, of a backup, and of what
/// looks after the log.
const DATABASES_BESIDE: usize = 3;

/// The connections that read.
pub fn readers(settings: &Settings, workers: usize) -> Readers {
    // Each door has as many threads that answer requests.
    let points = u32::try_from(workers * number_of_doors(settings)).unwrap_or(1);
    Readers { points, scans: SCANS + OWN_SCANS, streams: STREAMS, questions: QUESTIONS }
}

/// What waits for slow clients, with the turns of lists.
pub fn backlog(settings: &Settings, store: &Store) -> Backlog {
    Backlog::new(
        queue(settings, store, STREAMS, "lists"),
        Duration::from_secs(settings.limits.list_seconds),
    )
}

/// The turns of other reads that are not short.
pub fn queues(settings: &Settings, store: &Store) -> ReadQueues {
    ReadQueues {
        scans: queue(settings, store, SCANS, "counts and selections"),
        questions: queue(settings, store, QUESTIONS, "questions about access"),
    }
}

/// The turns of so many reads at a time.
fn queue(settings: &Settings, store: &Store, reads: u32, what: &'static str) -> ReadQueue {
    let seconds = settings.limits.read_seconds;
    ReadQueue::new(reads, what, (seconds > 0).then(|| Duration::from_secs(seconds)), store.hurry())
}

/// The direct door, and the front door if there is one.
fn number_of_doors(settings: &Settings) -> usize {
    1 + usize::from(settings.front.is_some())
}

/// Those of the workers of each door, of which the one for operations has one, and that of the main
/// thread, which hears the signals.
pub fn number_of_event_loops(settings: &Settings, workers: usize) -> usize {
    workers * number_of_doors(settings) + usize::from(settings.operations.is_some()) + 1
}

/// Threads that answer requests, at each door.
pub fn number_of_workers() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Fewer files may be open than all connections need.
pub struct TooFewFiles {
    allowed: usize,
    needed: usize,
}

impl TooFewFiles {
    /// Logs it.
    pub fn warn(&self) {
        let Self { allowed, needed } = self;
        tracing::warn!(
            allowed,
            needed,
            "this process may have fewer files open than max-connections needs: once they are used \
             up, connections wait and backups fail; raise the limit (ulimit -n, LimitNOFILE=) or \
             lower max-connections"
        );
    }
}

/// Sees to it that enough files may be open: each connection is one, and each door takes as many
/// connections.
///
/// # Errors
/// [`CommandError::Usage`] if they are too few even to start, and to answer some.
pub fn make_room_for_files(settings: &Settings) -> Result<Option<TooFewFiles>, CommandError> {
    let (doors, workers) = (number_of_doors(settings), number_of_workers());
    let needed = settings.limits.connections * doors + OTHER_FILES;
    let Some(allowed) = allow_open_files(needed) else { return Ok(None) };
    let databases =
        to_number(SCANS + OWN_SCANS + STREAMS + QUESTIONS) + workers * doors + DATABASES_BESIDE;
    let loops = number_of_event_loops(settings, workers);
    let least = FILES_OF_PROCESS
        + databases * FILES_OF_DATABASE
        + loops * FILES_OF_EVENT_LOOP
        + doors * FEW_CONNECTIONS;
    if allowed < least {
        return Err(CommandError::Usage(format!(
            "this process may have {allowed} files open, and needs {least} at least; raise the \
             limit (ulimit -n, LimitNOFILE=)"
        )));
    }
    Ok(Some(TooFewFiles { allowed, needed }))
}

fn to_number(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
