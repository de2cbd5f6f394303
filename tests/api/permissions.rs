//! Files that other users of the machine could read or plant: they are refused with advice, or
//! their permissions are tightened.

#![cfg(unix)]

use crate::support::machine::{patchbay, says};
use crate::support::{Server, connection, program};
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;
use std::process::Output;
use tempfile::TempDir;

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// A start that must fail.
fn start(folder: &TempDir) -> Output {
    let mut command = program();
    command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(folder.path().join("data"));
    command.output().unwrap()
}

#[test]
fn keys_that_others_can_read_and_folders_that_they_can_write_to_are_refused() {
    let mut folder = Server::start().stop();
    for name in ["nightly", "monkey"] {
        says(&patchbay(&folder.path().join("data"), &["cert", "issue", name]), &[]);
    }
    // This is a certificate, which is not secret.
    set_mode(&folder.path().join("data/certs/clients/monkey.pem"), 0o644);
    for (name, wrong, right, help) in [
        ("master.key", 0o644, 0o600, "other users can read the master key in"),
        ("master.key", 0o640, 0o600, "run: chmod 600"),
        ("certs/root_key.pem", 0o604, 0o600, "other users can read the private key in"),
        ("certs/server_key.pem", 0o660, 0o600, "run: chmod 600"),
        ("certs/client_key.pem", 0o640, 0o400, "certs/client_key.pem"),
        ("", 0o770, 0o700, "other users can write to the folder"),
        ("", 0o702, 0o755, "run: chmod go-w"),
        ("certs", 0o777, 0o750, "data/certs"),
        // A user who can change these files decides who is authenticated.
        ("certs/root.pem", 0o666, 0o644, "other users can write to"),
        ("certs/server.pem", 0o620, 0o640, "run: chmod go-w"),
        ("certs/clients", 0o777, 0o755, "other users can write to the folder"),
        ("certs/clients/nightly_key.pem", 0o644, 0o600, "other users can read the private key in"),
        ("certs/clients/nightly.pem", 0o646, 0o644, "clients/nightly.pem"),
    ] {
        let path = folder.path().join("data").join(name);
        set_mode(&path, wrong);
        let output = start(&folder);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{name} {wrong:o}");
        let line = error.lines().last().unwrap();
        assert!(
            line.starts_with("patchbay: other users can ") && line.contains(help),
            "{name} {wrong:o}: {error}"
        );
        assert_eq!(mode(&path), wrong, "{name} was changed");
        set_mode(&path, right);
        folder = Server::start_in(folder, |_| {}).stop();
    }
}

#[test]
fn a_database_that_others_can_read_is_made_private() {
    let server = Server::start();
    server.repository().create("dataconnection", &connection("kept"));
    // A kill leaves the write-ahead log next to the database.
    let folder = server.kill();
    let files = ["patchbay.db", "patchbay.db-wal", "patchbay.db-shm"]
        .map(|name| folder.path().join("data").join(name));
    for file in &files {
        set_mode(file, 0o666);
    }
    let server = Server::start_in(folder, |_| {});
    assert_eq!(files.each_ref().map(|file| mode(file)), [0o600; 3]);
    assert_eq!(server.repository().names("dataconnection", ""), ["kept"]);
}

/// A server with a user of its own could not read files of root.
#[test]
fn files_that_root_creates_in_a_users_folder_belong_to_that_user() {
    let folder = Server::start().stop();
    let data = folder.path().join("data");
    let backup = folder.path().join("backup.db");
    says(&patchbay(&data, &["backup", "--to", backup.to_str().unwrap()]), &[]);
    let (database, key) = (data.join("patchbay.db"), data.join("master.key"));
    // Only root can change the owner.
    fs::remove_file(data.join("patchbay.lock")).unwrap();
    if [&data, &database, &key].iter().any(|path| chown(path, Some(65_534), Some(65_534)).is_err())
    {
        return;
    }
    says(&patchbay(&data, &["restore", backup.to_str().unwrap(), "--force"]), &["patchbay.db"]);
    says(&patchbay(&data, &["key", "rekey"]), &["the new master key is in"]);
    for path in [database, key, data.join("patchbay.lock")] {
        let file = path.metadata().unwrap();
        assert_eq!((file.uid(), file.mode() & 0o777), (65_534, 0o600), "{}", path.display());
    }
    // The target of a link of that user is neither given away nor created.
    let roots = folder.path().join("roots");
    fs::write(&roots, "x").unwrap();
    for target in [roots.clone(), folder.path().join("not there")] {
        fs::remove_file(data.join("patchbay.lock")).unwrap();
        std::os::unix::fs::symlink(&target, data.join("patchbay.lock")).unwrap();
        patchbay(&data, &["restore", backup.to_str().unwrap(), "--force"]);
    }
    assert_eq!(roots.metadata().unwrap().uid(), 0);
    assert!(!folder.path().join("not there").exists());
}
