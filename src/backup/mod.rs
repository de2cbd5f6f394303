//! Backups: one file with the whole database, checked before it gets its name; and restoring them.
//!
//! The master key is in no backup. A backup can be encrypted by age
//! (<https://age-encryption.org/v1>) for the public keys of those who may restore it. Only this
//! room uses that crate.

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

/// What a backup or a restore is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Copies the database.
    Copying,
    /// Checks the copy.
    Checking,
    /// Encrypts the backup.
    Sealing,
    /// Reads the encrypted backup back.
    ReadingBack,
    /// Decrypts a backup.
    Opening,
}

/// The progress of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The current step.
    pub work: Work,
    /// The bytes or pages that are done.
    pub done: u64,
    /// The bytes or pages in total; 0 if unknown.
    pub total: u64,
}

/// Receives the progress, and ends the operation by returning an error.
pub type Watch<'w> = dyn FnMut(Progress) -> Result<(), Error> + 'w;

/// Why a backup or a restore failed. The message is one line.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database can't be read, or the copy can't be written.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A file can't be read or written.
    #[error("{}: {source}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// A file is not a database, or is damaged.
    #[error("{} is not a usable backup: {source}", .path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: store::Error,
    },
    /// A file is empty.
    #[error("{} is empty, so it is not a backup", .0.display())]
    Empty(PathBuf),
    /// The folder for a new file does not exist.
    #[error("the folder {} does not exist; create it first", .0.display())]
    NoFolder(PathBuf),
    /// The file for the backup already exists.
    #[error("{} already exists and is not overwritten; choose another name", .0.display())]
    Exists(PathBuf),
    /// There is already a database where one would be restored.
    #[error("there is already a database at {}; --force replaces it with the backup and keeps the \
             old one beside it", .0.display())]
    HasDatabase(PathBuf),
    /// The copy is damaged, and so most probably is the original.
    #[error("{}", unsound(.0))]
    Unsound(Findings),
    /// A backup can't be encrypted or decrypted.
    #[error("{0}")]
    Sealed(String),
    /// The caller stopped the operation.
    #[error("stopped before the end; nothing was written")]
    Stopped,
}

impl Error {
    /// Names the file that an operation failed on.
    fn of(path: &Path) -> impl Fn(std::io::Error) -> Self {
        move |source| Self::File { path: path.to_owned(), source }
    }

    /// Names the file that the user gave, instead of the copy that the operation failed on.
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
