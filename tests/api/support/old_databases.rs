//! Databases of earlier versions (tests/upgrade/README.md).

use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub fn file(version: usize) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/upgrade/v{version}.sql"))
}

/// A data folder with the database of a version.
pub fn site(version: usize) -> TempDir {
    let text = fs::read_to_string(file(version)).unwrap_or_else(|_| {
        panic!(
            "there is no database of version {version} yet; tests/upgrade/README.md says how to \
             create it"
        )
    });
    assert!(text.len() < 100_000);
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("data")).unwrap();
    let database = rusqlite::Connection::open(folder.path().join("data/patchbay.db")).unwrap();
    database.execute_batch(&text).unwrap();
    let stored: i64 = database.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert_eq!(usize::try_from(stored), Ok(version));
    folder
}
