//! The single writer. Requests that arrive during a commit share the next one. Each has a savepoint
//! of its own and is answered only once the commit is on disk, so full durability costs one sync
//! for a group instead of one for each request.

use super::allowance::Added;
use super::audit_sealer::Sealer;
use super::error::Error;
use super::snapshot::Snapshot;
use super::sqlite::disk_watchdog::{Disk, time_to_write};
use super::sqlite::file_identity::OpenFiles;
use super::sqlite::progress::watch_time;
use super::sqlite::statement_cache::CachedConnection;
use super::sqlite::statistics::Statistics;
use super::sqlite::wal::{self, Log};
use super::submitted::{Progress, Submitted};
use super::time_limit::TimeLimit;
use super::write::Write;
use super::write_meter::{Bounds, Meter};
use super::write_origin::Origin;
use super::writer_turns::{Turn, WriterTurns};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use tracing::Span;

/// The number of requests that may wait; further ones get the error that the server is busy.
const QUEUE: usize = 1024;

/// The maximum number of requests that share a commit.
const GROUP: usize = 256;

/// After this time a group accepts no further requests: all of them wait for the last one.
const GROUP_TIME: Duration = Duration::from_millis(20);

/// The writer thread and its queue.
pub struct Writer {
    /// `None` once the writer was asked to finish.
    queue: RwLock<Option<SyncSender<Box<dyn Job>>>>,
    /// The number of requests that wait.
    waiting: Arc<AtomicUsize>,
    turns: WriterTurns,
    disk: Disk,
    thread: Mutex<Option<JoinHandle<()>>>,
    sealer: Option<Arc<dyn Sealer>>,
}

impl Writer {
    /// Starts the thread.
    pub fn start(
        connection: CachedConnection,
        log: Log,
        files: OpenFiles,
        sealer: Option<Arc<dyn Sealer>>,
    ) -> Result<Self, Error> {
        let mut statistics = Statistics::start(&connection);
        let (queue, jobs) = sync_channel(QUEUE);
        let waiting = Arc::<AtomicUsize>::default();
        let disk = Disk::default();
        let thread = Builder::new()
            .name("writer".to_owned())
            .spawn({
                let (waiting, disk) = (Arc::clone(&waiting), disk.clone());
                let jobs = Jobs { queue: jobs, kept_back: None, waiting, disk };
                move || run(Database { connection, files }, jobs, &mut statistics, log)
            })
            .map_err(|error| Error::Unusable(format!("can't start the writer thread: {error}")))?;
        let (queue, thread) = (RwLock::new(Some(queue)), Mutex::new(Some(thread)));
        Ok(Self { queue, waiting, turns: WriterTurns::default(), disk, thread, sealer })
    }

    /// Waits until a write within `bounds` may be submitted. It keeps its turn until its work is
    /// done.
    ///
    /// # Errors
    /// [`Error::Hangs`] if the disk does not respond.
    pub async fn turn(&self, bounds: Option<&Bounds>) -> Result<Option<Turn>, Error> {
        let Some(bounds) = bounds else { return Ok(None) };
        tokio::select! {
            biased;
            turn = self.turns.take(bounds.allowance.payer(), bounds.expected) => turn.map(Some),
            () = self.hang() => Err(Error::Hangs),
        }
    }

    /// Submits work. The result is available once the changes are on disk.
    ///
    /// # Errors
    /// [`Error::Busy`] if the queue is full, [`Error::Stopped`] if the writer has ended.
    pub fn submit<T, E, W>(
        &self,
        origin: Origin,
        bounds: Option<Bounds>,
        work: W,
    ) -> Result<Submitted<T, E>, Error>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        W: FnOnce(&Write<'_>) -> Result<T, E> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let progress = Arc::<Progress>::default();
        let job: Box<dyn Job> = Box::new(Request {
            span: Span::current(),
            progress: Arc::clone(&progress),
            origin,
            sealer: self.sealer.clone(),
            bounds,
            work: Some(work),
            result: None,
            charged: Added::default(),
            written: 0,
            has_lost_transaction: false,
            reply,
        });
        let queue = self.queue.read().unwrap_or_else(PoisonError::into_inner);
        // Counted before it is in the queue: otherwise the writer could take it before it is
        // counted.
        self.waiting.fetch_add(1, Ordering::Relaxed);
        match queue.as_ref().map(|queue| queue.try_send(job)) {
            Some(Ok(())) => Ok(Submitted::new(answer, progress)),
            Some(Err(TrySendError::Full(_))) => Err(Error::Busy),
            Some(Err(TrySendError::Disconnected(_))) | None => Err(Error::Stopped),
        }
        .inspect_err(|_| {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
        })
    }
}

impl Writer {
    /// The number of requests that wait for the writer.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Returns once the disk hangs.
    pub async fn hang(&self) {
        self.disk.hang().await;
    }

    /// Finishes the submitted work, and checkpoints the write-ahead log.
    pub fn finish(&self) {
        drop(self.queue.write().unwrap_or_else(PoisonError::into_inner).take());
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the writer thread panicked");
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.finish();
    }
}

/// The queue, from the side of the writer.
struct Jobs {
    queue: Receiver<Box<dyn Job>>,
    /// The next job, if it is too long to share a commit with those before it.
    kept_back: Option<Box<dyn Job>>,
    waiting: Arc<AtomicUsize>,
    disk: Disk,
}

impl Jobs {
    /// Waits for the next job; `None` when there are no more.
    fn next(&mut self) -> Option<Box<dyn Job>> {
        self.kept_back.take().or_else(|| self.queue.recv().ok()).inspect(|_| self.count())
    }

    /// The next job, if one is waiting.
    fn next_at_once(&mut self) -> Option<Box<dyn Job>> {
        self.kept_back.take().or_else(|| self.queue.try_recv().ok()).inspect(|_| self.count())
    }

    /// The next job, if one is waiting that may share a commit. A long one may not, because the
    /// others would wait for it.
    fn next_of_group(&mut self) -> Option<Box<dyn Job>> {
        if self.kept_back.is_none() {
            self.kept_back = self.queue.try_recv().ok();
        }
        let is_long = self.kept_back.as_ref().is_some_and(|job| job.is_long());
        if is_long { None } else { self.kept_back.take().inspect(|_| self.count()) }
    }

    fn count(&self) {
        self.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Work on its way through the writer.
trait Job: Send {
    /// Whether it is expected to take long.
    fn is_long(&self) -> bool;
    /// Runs the work and returns whether its changes are kept.
    fn run(&mut self, connection: &CachedConnection) -> bool;
    /// The bytes that it has written to the database.
    fn written(&self) -> u64;
    /// Sends the result, or the failure of the group's commit instead.
    fn answer(self: Box<Self>, commit: &Result<(), Error>);
}

struct Request<T, E, W> {
    /// The span of the request, for log lines.
    span: Span,
    progress: Arc<Progress>,
    origin: Origin,
    sealer: Option<Arc<dyn Sealer>>,
    bounds: Option<Bounds>,
    work: Option<W>,
    result: Option<Result<T, E>>,
    /// The amount that was charged to the allowance.
    charged: Added,
    written: u64,
    /// Whether SQLite rolled the whole group back, as it does when the disk fails.
    has_lost_transaction: bool,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, W> Job for Request<T, E, W>
where
    T: Send,
    E: From<Error> + Send,
    W: FnOnce(&Write<'_>) -> Result<T, E> + Send,
{
    fn is_long(&self) -> bool {
        self.bounds.as_ref().is_some_and(|bounds| bounds.expected.is_long())
    }

    fn run(&mut self, connection: &CachedConnection) -> bool {
        if let Some(work) = self.work.take()
            && self.progress.begin()
        {
            let meter = Meter::new(self.bounds.as_ref());
            let write = Write {
                connection,
                origin: &self.origin,
                sealer: self.sealer.as_deref(),
                meter: &meter,
            };
            // A panic in one request must not end the writer, which all requests need.
            let work = AssertUnwindSafe(|| {
                self.span.in_scope(|| watch_time(connection, meter.time(), || work(&write)))
            });
            self.result = catch_unwind(work).ok();
            if let Some(refusal) = meter.time().and_then(TimeLimit::refusal) {
                // The work may have handled the error, but it is refused nevertheless.
                self.result = Some(Err(refusal.into()));
            }
            self.has_lost_transaction = !connection.is_in_transaction();
            self.written = meter.written();
            if let (Some(Ok(_)), Some(bounds)) = (&self.result, &self.bounds) {
                // Immediately, because the next request of the group may come from the same user.
                self.charged = meter.added();
                bounds.allowance.charge(self.charged);
            }
        }
        matches!(self.result, Some(Ok(_)))
    }

    fn written(&self) -> u64 {
        self.written
    }

    fn answer(self: Box<Self>, commit: &Result<(), Error>) {
        if let (Err(_), Some(bounds)) = (commit, &self.bounds) {
            bounds.allowance.refund(self.charged);
        }
        let result = match (self.result, commit) {
            (Some(Err(error)), Err(_)) if self.has_lost_transaction => Err(error),
            (_, Err(Error::Moved)) => Err(Error::Moved.into()),
            // A failure of its own may be caused by a change that is undone now.
            (_, Err(error)) => Err(Error::Commit(error.to_string()).into()),
            (Some(result), Ok(())) => result,
            (None, Ok(())) => Err(Error::Stopped.into()),
        };
        // A client that no longer waits does not need the answer.
        let _ = self.reply.send(result);
    }
}

/// The connection that writes, and its open files.
struct Database {
    connection: CachedConnection,
    files: OpenFiles,
}

fn run(mut database: Database, mut jobs: Jobs, statistics: &mut Statistics, mut log: Log) {
    while let Some(first) = jobs.next() {
        let mut group = Vec::with_capacity(1);
        let commit = run_group(&mut database, first, &mut jobs, log.backlog(), &mut group);
        let connection = &database.connection;
        if let Err(error) = &commit {
            tracing::error!(%error, "a group of writes failed");
            jobs.disk.watch(|| roll_back(connection));
        }
        for job in group {
            job.answer(&commit);
        }
        connection.trim();
        // If the files were replaced, these could overwrite what another program has written.
        if database.files.check().is_ok() {
            statistics.renew(connection, &jobs.disk);
            log.shorten(connection, &jobs.disk);
        }
    }
    finish(database);
}

/// Checkpoints the write-ahead log.
fn finish(mut database: Database) {
    if let Err(error) = database.files.check() {
        tracing::error!(
            %error,
            "the write-ahead log was not checkpointed; the next start does it"
        );
        // Closing the last connection would checkpoint the log and remove it, including what
        // another program has written to it.
        std::mem::forget(database.connection);
        return;
    }
    wal::fold(&database.connection);
}

fn run_group(
    Database { connection, files }: &mut Database,
    first: Box<dyn Job>,
    jobs: &mut Jobs,
    backlog: u64,
    group: &mut Vec<Box<dyn Job>>,
) -> Result<(), Error> {
    group.push(first);
    // A large transaction writes to the log before it is committed.
    let started =
        jobs.disk.watch(|| files.check()).and_then(|()| connection.control("BEGIN IMMEDIATE"));
    if let Err(error) = started {
        // If another program is writing, the waiting requests would each wait as long as this one,
        // one after the other.
        group.extend(std::iter::from_fn(|| jobs.next_at_once()).take(QUEUE));
        return Err(error);
    }
    let start = Instant::now();
    let mut next = 0;
    while next < group.len() {
        connection.control("SAVEPOINT request")?;
        let is_kept = group[next].run(connection);
        Snapshot::new(connection).check_transaction()?;
        if !is_kept {
            connection.control("ROLLBACK TO request")?;
        }
        connection.control("RELEASE request")?;
        next += 1;
        if next < GROUP && start.elapsed() < GROUP_TIME {
            group.extend(jobs.next_of_group());
        }
    }
    // The commit writes everything to the log, and may then checkpoint the log.
    let written: u64 = group.iter().map(|job| job.written()).sum();
    let timeout = time_to_write(backlog.saturating_add(written.saturating_mul(2)));
    jobs.disk.watch_after(timeout, || {
        files.check()?;
        connection.control("COMMIT")?;
        // The files may have been moved during the commit, and the changes would be lost.
        files.check()
    })
}

fn roll_back(connection: &CachedConnection) {
    if connection.is_in_transaction()
        && let Err(error) = connection.control("ROLLBACK")
    {
        tracing::error!(%error, "a failed group of writes could not be rolled back");
    }
}
