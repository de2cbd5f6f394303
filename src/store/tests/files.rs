//! Which files are opened as a database, and how.

use super::*;

#[test]
fn a_foreign_database_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("foreign.db");
    rusqlite::Connection::open(&path).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    let before = std::fs::read(&path).unwrap();
    assert!(Store::open(&path, READERS, u64::MAX).is_err());
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn readers_can_not_write() {
    let (_folder, store) = open();
    let written = store.scan(|snapshot| {
        Write {
            connection: snapshot.connection,
            origin: &Origin::command("test"),
            sealer: None,
            meter: &write_meter::Meter::default(),
        }
        .add_data_key(&StoredKey { term: 1, sealed_key: String::new() })
    });
    assert!(matches!(written, Err(Error::Unreachable(_))));
}

#[test]
fn a_newer_or_a_foreign_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let newer = folder.path().join("newer.db");
    drop(Store::open(&newer, READERS, u64::MAX).unwrap());
    rusqlite::Connection::open(&newer).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let foreign = folder.path().join("foreign.db");
    rusqlite::Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    let not_a_database = folder.path().join("none.db");
    std::fs::write(&not_a_database, "this is not a database".repeat(100)).unwrap();
    for (path, words) in [
        (newer, "newer version"),
        (foreign, "another program"),
        (not_a_database, "is not a SQLite database"),
    ] {
        let Err(error) = Store::open(&path, READERS, u64::MAX) else {
            panic!("{} was opened", path.display())
        };
        assert!(error.to_string().contains(words), "{error}");
    }
}
