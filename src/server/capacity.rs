//! How many threads, connections and files the server uses, and how many long reads run at a time.

use super::process_limits::allow_open_files;
use crate::command_error::CommandError;
use crate::config::Settings;
use crate::service::list_sink::Backlog;
use crate::service::turns::{ReadQueue, ReadQueues};
use crate::store::{Readers, Store};
use std::time::Duration;

/// Lists, counts and questions about access that run at a time; others wait for their turn. Lists
/// have their own connections to the database, because a slow client occupies one. Scans by the
/// server itself, such as those of changed rules, do not wait for a turn.
const STREAMS: u32 = 8;
const SCANS: u32 = 4;
const QUESTIONS: u32 = 2;
const OWN_SCANS: u32 = 1;

/// Open files other than connections of clients: those of the database, once for each connection to
/// it, those of backups, and temporary files.
const OTHER_FILES: usize = 256;

/// The least number of open files: of the process with its listeners, of a connection to the
/// database, of an event loop with its listeners, and of some clients at each door.
const FILES_OF_PROCESS: usize = 24;
const FILES_OF_DATABASE: usize = 3;
const FILES_OF_EVENT_LOOP: usize = 8;
const FEW_CONNECTIONS: usize = 8;

/// Connections to the database that do not read for requests: of the writer, of a backup, and of
/// the checkpoints of the write-ahead log.
const DATABASES_BESIDE: usize = 3;

/// The connections that read.
pub fn readers(settings: &Settings, workers: usize) -> Readers {
    // Each door has that many threads.
    let points = u32::try_from(workers * number_of_doors(settings)).unwrap_or(1);
    Readers { points, scans: SCANS + OWN_SCANS, streams: STREAMS, questions: QUESTIONS }
}

/// The backlog of replies to slow clients, with the turns of lists.
pub fn backlog(settings: &Settings, store: &Store) -> Backlog {
    Backlog::new(
        queue(settings, store, STREAMS, "lists"),
        Duration::from_secs(settings.limits.list_seconds),
    )
}

/// The turns of other long reads.
pub fn queues(settings: &Settings, store: &Store) -> ReadQueues {
    ReadQueues {
        scans: queue(settings, store, SCANS, "counts and selections"),
        questions: queue(settings, store, QUESTIONS, "questions about access"),
    }
}

/// A queue in which `reads` reads run at a time.
fn queue(settings: &Settings, store: &Store, reads: u32, what: &'static str) -> ReadQueue {
    let seconds = settings.limits.read_seconds;
    ReadQueue::new(
        reads,
        what,
        (seconds > 0).then(|| Duration::from_secs(seconds)),
        store.wal_pressure(),
    )
}

/// The number of doors for requests of the API: the direct door, and the front door if there is
/// one.
fn number_of_doors(settings: &Settings) -> usize {
    1 + usize::from(settings.front.is_some())
}

/// The event loops: one for each worker of a door, of which the door for operations has one, and
/// one for the signals on the main thread.
pub fn number_of_event_loops(settings: &Settings, workers: usize) -> usize {
    workers * number_of_doors(settings) + usize::from(settings.operations.is_some()) + 1
}

/// The number of threads at each door that answer requests.
pub fn number_of_workers() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The limit of open files is lower than `max-connections` needs.
pub struct TooFewFiles {
    allowed: usize,
    needed: usize,
}

impl TooFewFiles {
    /// Logs a warning.
    pub fn warn(&self) {
        let Self { allowed, needed } = self;
        tracing::warn!(
            allowed,
            needed,
            "the limit of open files is too low for max-connections: when it is reached, \
             connections wait and backups fail; raise the limit (ulimit -n, LimitNOFILE=) or lower \
             max-connections"
        );
    }
}

/// Raises the limit of open files as far as needed: each connection is a file, and each door has
/// `max-connections`.
///
/// # Errors
/// [`CommandError::Usage`] if the limit is too low to start and to answer some clients.
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
            "this process can open {allowed} files and needs at least {least}; raise the limit \
             (ulimit -n, LimitNOFILE=)"
        )));
    }
    Ok(Some(TooFewFiles { allowed, needed }))
}

fn to_number(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
