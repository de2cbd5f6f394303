//! Checks whether the files of a database are still the ones that were opened. A database that is
//! moved or deleted while the server runs could still be written to, and the changes would be lost.

use crate::private_files::with_ending;
use crate::store::error::Error;
use std::fs::Metadata;
use std::path::{Path, PathBuf};

/// Device and inode of a file. Where files have no such numbers, all ids are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FileId(u64, u64);

impl FileId {
    #[cfg(unix)]
    fn of(file: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self(file.dev(), file.ino())
    }

    #[cfg(not(unix))]
    fn of(_: &Metadata) -> Self {
        Self(0, 0)
    }

    /// `None` if the file does not exist or can't be read.
    fn at(path: &Path) -> Option<Self> {
        path.metadata().ok().as_ref().map(Self::of)
    }
}

/// A file that SQLite keeps beside a database. Once it exists, it stays as long as any program has
/// the database open.
#[derive(Debug)]
struct Companion {
    path: PathBuf,
    id: Option<FileId>,
}

impl Companion {
    fn of(database: &Path, ending: &str) -> Self {
        let path = with_ending(database, ending);
        let id = FileId::at(&path);
        Self { path, id }
    }

    fn check(&mut self) -> Result<(), Error> {
        let now = FileId::at(&self.path);
        if self.id.is_some() && self.id != now {
            return Err(Error::Moved);
        }
        self.id = now;
        Ok(())
    }
}

/// The files of an open database.
#[derive(Debug)]
pub struct OpenFiles {
    database: (PathBuf, FileId),
    /// The write-ahead log.
    log: Companion,
    /// The index of the log, with the locks of all readers and writers. If this file is removed, a
    /// program that opens the database creates another one, and then neither program sees the locks
    /// and frames of the other.
    index: Companion,
}

impl OpenFiles {
    /// The files of the open database at `path`. A link is followed: SQLite puts the other files
    /// beside the file itself.
    ///
    /// # Errors
    /// [`Error::Moved`] if there is no such file.
    pub fn of(path: &Path) -> Result<Self, Error> {
        let real = path.canonicalize().map_err(|_| Error::Moved)?;
        let id = FileId::at(path).ok_or(Error::Moved)?;
        let [log, index] = ["-wal", "-shm"].map(|ending| Companion::of(&real, ending));
        Ok(Self { database: (path.to_owned(), id), log, index })
    }

    /// The path of the write-ahead log.
    pub fn log(&self) -> &Path {
        &self.log.path
    }

    /// Checks that the files are where they were.
    ///
    /// # Errors
    /// [`Error::Moved`] if one is missing or was replaced.
    pub fn check(&mut self) -> Result<(), Error> {
        let (path, id) = &self.database;
        if FileId::at(path) != Some(*id) {
            return Err(Error::Moved);
        }
        self.log.check()?;
        self.index.check()
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs::{File, remove_file, rename};

    #[test]
    fn a_missing_or_replaced_file_is_detected_until_it_is_back() {
        let folder = tempfile::tempdir().unwrap();
        let [path, log, index, aside] =
            ["a.db", "a.db-wal", "a.db-shm", "aside"].map(|name| folder.path().join(name));
        assert!(matches!(OpenFiles::of(&path), Err(Error::Moved)));
        File::create(&path).unwrap();
        let mut files = OpenFiles::of(&path).unwrap();
        files.check().unwrap();
        // The first write creates the log and its index.
        for file in [&log, &index] {
            File::create(file).unwrap();
            files.check().unwrap();
        }
        for file in [&path, &log, &index] {
            rename(file, &aside).unwrap();
            assert!(matches!(files.check(), Err(Error::Moved)));
            File::create(file).unwrap();
            assert!(matches!(files.check(), Err(Error::Moved)));
            remove_file(file).unwrap();
            rename(&aside, file).unwrap();
            files.check().unwrap();
        }
    }

    #[test]
    fn the_log_of_a_linked_database_is_beside_the_file_itself() {
        let folder = tempfile::tempdir().unwrap();
        let [path, link] = ["real.db", "link.db"].map(|name| folder.path().join(name));
        File::create(&path).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        let files = OpenFiles::of(&link).unwrap();
        assert_eq!(files.log().file_name(), Some("real.db-wal".as_ref()));
    }
}
