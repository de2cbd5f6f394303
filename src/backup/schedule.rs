//! Backups that the server makes regularly, on a thread of its own.

use super::age_file::Recipients;
use super::examine::Counts;
use super::take::{STAMP, Target, name, take};
use super::{Error, Saved};
use crate::private_files::create_folder;
use chrono::{DateTime, NaiveDateTime, Utc};
use std::cmp::Reverse;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

/// The start of the names of scheduled backups. No other files are ever removed.
const PREFIX: &str = "patchbay-scheduled-";

/// The number of faults that a log line names.
const LOGGED: usize = 5;

/// The end of the name, before the ending of the file, if the database has faults.
const FAULTY: &str = "-faulty";

/// When and where backups are made, and how many are kept.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The folder for the backups; created if it does not exist.
    pub folder: PathBuf,
    /// The time between two backups.
    pub every: Duration,
    /// How many are kept, at least one.
    pub keep: usize,
    /// The public keys that they are encrypted for.
    pub recipients: Recipients,
}

/// The thread that makes the backups.
pub struct Schedule {
    stop: Option<Sender<()>>,
    is_stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Schedule {
    /// Starts backups of `database`. The first is made when the latest existing one is old enough.
    ///
    /// # Errors
    /// The error of the operating system if it can't start a thread.
    pub fn start(plan: Plan, database: PathBuf) -> std::io::Result<Self> {
        let (stop, stopped) = channel();
        let is_stopped = Arc::new(AtomicBool::new(false));
        let work = Worker { plan, database, is_stopped: Arc::clone(&is_stopped) };
        let thread = Builder::new().name("backup".to_owned()).spawn(move || work.run(&stopped))?;
        Ok(Self { stop: Some(stop), is_stopped, thread: Some(thread) })
    }
}

/// Stops a backup that is being made; it leaves nothing behind.
impl Drop for Schedule {
    fn drop(&mut self) {
        self.is_stopped.store(true, Ordering::Relaxed);
        drop(self.stop.take());
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the backup thread panicked; check that recent backups exist");
        }
    }
}

struct Worker {
    plan: Plan,
    database: PathBuf,
    is_stopped: Arc<AtomicBool>,
}

impl Worker {
    fn run(&self, stop: &Receiver<()>) {
        let mut wait = self.first_wait();
        // The other side never sends: it disconnects.
        while stop.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
            match self.make() {
                Ok(saved) => self.note(&saved),
                Err(Error::Stopped) => return,
                Err(error) => self.complain(&error),
            }
            wait = self.plan.every;
        }
    }

    /// The time until the first backup: zero if there is none yet, or the latest is too old.
    fn first_wait(&self) -> Duration {
        let last = self.earlier().into_iter().next();
        let age = last.and_then(|last| (Utc::now() - last.moment).to_std().ok());
        age.map_or(Duration::ZERO, |age| self.plan.every.saturating_sub(age))
    }

    fn make(&self) -> Result<Saved, Error> {
        let folder = &self.plan.folder;
        create_folder(folder).map_err(Error::of(folder))?;
        let sound = folder.join(name(PREFIX, Utc::now(), &self.plan.recipients));
        let target = Target { faulty: faulty(&sound), sound };
        take(&self.database, target, &self.plan.recipients, &mut |_| {
            if self.is_stopped.load(Ordering::Relaxed) { Err(Error::Stopped) } else { Ok(()) }
        })
    }

    fn note(&self, saved: &Saved) {
        let contents = Counts(&saved.contents.counts);
        tracing::info!(
            path = %saved.path.display(),
            bytes = saved.bytes,
            "made and checked a backup: {contents}"
        );
        if saved.contents.faults.is_empty() {
            return self.remove_old(&saved.path, Soundness::Sound);
        }
        tracing::error!(
            faults = saved.contents.faults.first(LOGGED).collect::<Vec<_>>().join("; "),
            "the database that was backed up has faults, so no backup without faults is removed; \
             run patchbay verify for details"
        );
        self.remove_old(&saved.path, Soundness::Faulty);
    }

    /// Removes the oldest backups of a kind, but never the one just made, whatever the clock says.
    /// Backups with and without faults are counted apart, so that faulty ones neither displace
    /// sound ones nor fill the disk.
    fn remove_old(&self, made: &Path, soundness: Soundness) {
        let of_kind = self.earlier().into_iter().filter(|earlier| earlier.soundness == soundness);
        let others = of_kind.map(|earlier| earlier.path).filter(|path| path != made);
        for old in others.skip(self.plan.keep.saturating_sub(1)) {
            match std::fs::remove_file(&old) {
                Ok(()) => tracing::info!(path = %old.display(), "removed an old backup"),
                Err(error) => {
                    tracing::error!(
                        path = %old.display(),
                        %error,
                        "an old backup can't be removed; remove it by hand"
                    );
                }
            }
        }
    }

    fn complain(&self, error: &Error) {
        let advice = match error {
            Error::Unsound(_) => {
                "run patchbay verify, and restore the last backup if the database is damaged"
            }
            Error::Store(_) => "make sure that the disk has free space, and run patchbay verify",
            _ => "make sure that backup-folder has free space and that Patchbay may write to it",
        };
        let interval = humantime::format_duration(self.plan.every);
        let folder = self.plan.folder.display();
        tracing::error!(%folder, %error, "the backup failed, and no old one was removed; {advice}. \
                                          The next attempt is in {interval}");
    }

    /// The backups that a schedule has made in the folder, newest first. Those dated in the future
    /// come last, because the clock was wrong then.
    fn earlier(&self) -> Vec<Earlier> {
        let entries = std::fs::read_dir(&self.plan.folder).into_iter().flatten().flatten();
        let is_file = |path: &Path| path.symlink_metadata().is_ok_and(|file| file.is_file());
        let mut found: Vec<_> = entries
            .filter_map(|entry| {
                let (moment, soundness) = read_name(entry.file_name().to_str()?)?;
                Some(Earlier { moment, soundness, path: entry.path() })
            })
            .filter(|earlier| is_file(&earlier.path))
            .collect();
        let now = Utc::now();
        found.sort_by_key(|earlier| {
            Reverse((earlier.moment <= now, earlier.moment, earlier.path.clone()))
        });
        found
    }
}

/// A backup that a schedule has made.
struct Earlier {
    moment: DateTime<Utc>,
    soundness: Soundness,
    path: PathBuf,
}

/// Whether the database had faults, for example in its audit log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Soundness {
    Sound,
    Faulty,
}

/// The time and the soundness that the name of a backup states; `None` if no schedule made it.
fn read_name(name: &str) -> Option<(DateTime<Utc>, Soundness)> {
    let rest = name.strip_prefix(PREFIX)?;
    let stem = rest.strip_suffix(".db").or_else(|| rest.strip_suffix(".db.age"))?;
    let (stamp, soundness) = match stem.strip_suffix(FAULTY) {
        Some(stamp) => (stamp, Soundness::Faulty),
        None => (stem, Soundness::Sound),
    };
    Some((NaiveDateTime::parse_from_str(stamp, STAMP).ok()?.and_utc(), soundness))
}

/// The name for a backup of a database with faults.
fn faulty(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let (stem, ending) = name.split_once('.').unwrap_or((&name, ""));
    path.with_file_name(format!("{stem}{FAULTY}.{ending}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_scheduled_backups_are_recognised() {
        let moment_of = |name: &str| read_name(name).map(|(moment, _)| moment.to_rfc3339());
        let nine = Some("2026-11-24T09:00:00+00:00".to_owned());
        assert_eq!(moment_of("patchbay-scheduled-20261124T090000Z.db"), nine);
        assert_eq!(moment_of("patchbay-scheduled-20261124T090000Z.db.age"), nine);
        for name in
            ["patchbay-scheduled-20261124T090000Z.db", "patchbay-scheduled-20261124T090000Z.db.age"]
        {
            let marked = faulty(&Path::new("folder").join(name));
            let marked = marked.strip_prefix("folder").unwrap().to_str().unwrap();
            assert_eq!(moment_of(marked), nine);
            let kinds = [name, marked].map(|name| read_name(name).map(|(_, soundness)| soundness));
            assert_eq!(kinds, [Some(Soundness::Sound), Some(Soundness::Faulty)]);
        }
        for name in [
            "patchbay-20261124T090000Z.db",
            "patchbay-scheduled-20261124T090000Z.db.old",
            "patchbay-scheduled-20261124T090000Z",
            "patchbay-scheduled-20261324T090000Z.db",
            "patchbay-scheduled-.db",
            "my patchbay-scheduled-20261124T090000Z.db",
        ] {
            assert_eq!(moment_of(name), None, "{name}");
        }
    }
}
