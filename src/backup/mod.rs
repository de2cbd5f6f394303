//! Backups: one file with the whole database, checked before it gets its name, and the way back.
//!
//! The master key is in no backup. A backup can be sealed to the public keys of who may restore it,
//! by age (<https://age-encryption.org/v1>); this room alone knows that crate.

mod age_file;
mod examine;
mod restore;
mod schedule;
mod take;
mod workplace;

pub use age_file::{Identities, Recipients};
pub use examine::{Contents, Counts, Examined, Sealed, examine, examine_file};
pub use restore::{Existing, Restored, restore};
pub use schedule::{Plan, Schedule};
pub use take::{Saved, Target, new_name, take};

use crate::store::{self, Findings};
use std::path::{Path, PathBuf};

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// The database is copied.
    Copying,
    /// The copy is checked.
    Checking,
    /// It is sealed to its recipients.
    Sealing,
    /// What was sealed is read again.
    ReadingBack,
    /// A sealed backup is opened.
    Opening,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub work: Work,
    /// How much of it is done.
    pub done: u64,
    /// How much it is; 0 if that is not known.
    pub total: u64,
}

/// Hears how far it is, and ends it by failing.
pub type Watch<'w> = dyn FnMut(Progress) -> Result<(), Error> + 'w;

/// Why there is no backup, or none that can be used. The message is one line.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database could not be read, or the copy not be written.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A file can't be read or written.
    #[error("{}: {source}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// What is in a file is no database, or is damaged.
    #[error("{} is not a usable backup: {source}", .path.display())]
    Unusable {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        source: store::Error,
    },
    /// A file has nothing in it.
    #[error("{} is empty, so it is not a backup", .0.display())]
    Empty(PathBuf),
    /// The folder that a file is to be in is not there.
    #[error("the folder {} does not exist; create it first", .0.display())]
    NoFolder(PathBuf),
    /// There is a file already where the backup is to be.
    #[error("{} already exists and is not overwritten; choose another name", .0.display())]
    Exists(PathBuf),
    /// There is a database already where one is to be restored.
    #[error("there is already a database at {}; --force replaces it with the backup and keeps the \
             old one beside it", .0.display())]
    HasDatabase(PathBuf),
    /// The copy is damaged. What it was made of most probably is, too.
    #[error("{}", unsound(.0))]
    Unsound(Findings),
    /// A backup can't be sealed or opened.
    #[error("{0}")]
    Sealed(String),
    /// Whoever asked for it wants it no longer.
    #[error("stopped before the end; nothing was written")]
    Stopped,
}

impl Error {
    /// Names the file that an operation failed on.
    fn of(path: &Path) -> impl Fn(std::io::Error) -> Self {
        move |source| Self::File { path: path.to_owned(), source }
    }

    /// Names the file that somebody gave, rather than the copy of it that an operation failed on.
    fn said_of(self, path: &Path) -> Self {
        match self {
            Self::Store(source) => Self::Unusable { path: path.to_owned(), source },
            other => other,
        }
    }
}

fn unsound(faults: &Findings) -> String {
    let first = faults.lines().next().unwrap_or_default();
    match faults.count() {
        0 | 1 => format!("the database is damaged: {first}"),
        more => format!("the database is damaged: {first} (and {} more faults)", more - 1),
    }
}
