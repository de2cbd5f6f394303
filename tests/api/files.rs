//! Unusual files at the paths of the program, and files that disappear while the server runs.

#![cfg(unix)]

use crate::support::credentials::{password, with_password};
use crate::support::databases::uses;
use crate::support::machine::{command, fails, patchbay, says};
use crate::support::operations_door::{get, start_in};
use crate::support::{Server, connection, wait, wait_until};
use serde_json::json;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// Runs a command that must end by itself: the test fails if it blocks.
fn ends(data: &Path, arguments: &[&str]) -> Output {
    let mut process =
        command(data, arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    wait(&mut process);
    process.wait_with_output().unwrap()
}

/// Replaces a file while `work` runs.
fn in_place_of(path: &Path, make: impl FnOnce(&Path), work: impl FnOnce()) {
    let aside = path.with_extension("aside");
    let was_there = fs::rename(path, &aside).is_ok();
    make(path);
    work();
    if path.is_dir() {
        fs::remove_dir(path).unwrap();
    } else {
        fs::remove_file(path).unwrap();
    }
    if was_there {
        fs::rename(aside, path).unwrap();
    }
}

fn fifo(path: &Path) {
    assert!(Command::new("mkfifo").args(["-m", "600"]).arg(path).status().unwrap().success());
}

const SERVE: [&str; 3] = ["serve", "--listen", "127.0.0.1:0"];

#[test]
fn files_that_are_not_regular_are_refused_without_blocking() {
    let folder = Server::start().stop();
    let data = folder.path().join("data");
    let outside = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (config, jwt, identity) = (outside("p.toml"), outside("jwt.pem"), outside("identity.key"));
    let serve_with =
        |more: &[&str]| [&SERVE[..], more].concat().iter().map(|text| (*text).to_owned()).collect();
    let in_data = |name: &str| data.join(name);
    let cases: [(PathBuf, Vec<String>); 8] = [
        (in_data("master.key"), serve_with(&[])),
        (in_data("certs/root.pem"), serve_with(&[])),
        (in_data("certs/server_key.pem"), serve_with(&[])),
        (in_data("certs/crl.pem"), serve_with(&[])),
        (in_data("patchbay.lock"), serve_with(&[])),
        (PathBuf::from(&config), serve_with(&["--config", &config])),
        (PathBuf::from(&jwt), serve_with(&["--front", "127.0.0.1:0", "--front-jwt-key", &jwt])),
        (
            PathBuf::from(&identity),
            ["verify", "b.db", "--identity", &identity].map(str::to_owned).to_vec(),
        ),
    ];
    for (path, arguments) in &cases {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let fails_with = |part: &str| {
            let output = ends(&data, &arguments);
            let error = String::from_utf8(output.stderr).unwrap();
            let line = error.lines().last().unwrap_or_default();
            let name = path.file_name().unwrap().to_str().unwrap();
            assert!(!output.status.success() && line.starts_with("patchbay: "), "{name}: {error}");
            assert!(line.contains(part) && line.contains(name), "{name}, {part}: {error}");
        };
        in_place_of(path, fifo, || fails_with("a FIFO, not a regular file"));
        in_place_of(
            path,
            |path| drop(UnixListener::bind(path).unwrap()),
            || fails_with("a socket"),
        );
        in_place_of(path, |path| symlink("/dev/zero", path).unwrap(), || fails_with("a device"));
        in_place_of(path, |path| fs::create_dir(path).unwrap(), || fails_with("a folder"));
    }
    // Nothing has changed.
    Server::start_in(folder, |_| {}).stop();
}

#[test]
fn settings_and_keys_that_others_can_write_to_are_refused() {
    let folder = Server::start().stop();
    let data = folder.path().join("data");
    let (config, jwt) = (folder.path().join("p.toml"), folder.path().join("jwt.pem"));
    fs::write(&config, "log-level = \"warn\"\n").unwrap();
    fs::copy(data.join("certs/root.pem"), &jwt).unwrap();
    let with_config = [&SERVE[..], &["--config", config.to_str().unwrap()]].concat();
    let with_key =
        [&SERVE[..], &["--front", "127.0.0.1:0", "--front-jwt-key", jwt.to_str().unwrap()]]
            .concat();
    for (path, arguments) in [(&config, &with_config), (&jwt, &with_key)] {
        for mode in [0o666, 0o664, 0o602, 0o420] {
            fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
            let part = format!("other users can write to {0}; run: chmod go-w {0}", path.display());
            fails(&ends(&data, arguments), &part);
        }
        fs::set_permissions(path, Permissions::from_mode(0o644)).unwrap();
    }
    // The check of the settings file is the same for each command.
    fs::set_permissions(&config, Permissions::from_mode(0o622)).unwrap();
    fails(
        &patchbay(&data, &["verify", "--config", config.to_str().unwrap()]),
        "other users can write to",
    );
    fs::set_permissions(&config, Permissions::from_mode(0o644)).unwrap();
    says(&patchbay(&data, &["verify", "--config", config.to_str().unwrap()]), &["sound"]);
}

/// A data folder whose database is a link to the database of another folder.
fn linked(data: &Path) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("data");
    fs::create_dir(&other).unwrap();
    fs::set_permissions(&other, Permissions::from_mode(0o700)).unwrap();
    symlink(data.join("patchbay.db"), other.join("patchbay.db")).unwrap();
    fs::copy(data.join("master.key"), other.join("master.key")).unwrap();
    folder
}

#[test]
fn two_servers_can_not_share_a_database_through_a_link() {
    let server = Server::start();
    server.repository().connection("c");
    let by_link = linked(&server.data());
    let data = by_link.path().join("data");
    fails(&ends(&data, &SERVE), "another Patchbay is serving");
    let backup = by_link.path().join("b.db");
    says(&patchbay(&data, &["backup", "--to", backup.to_str().unwrap()]), &["saved in"]);
    fails(
        &ends(&data, &["restore", backup.to_str().unwrap(), "--force"]),
        "another Patchbay is serving",
    );
    // The reverse order as well: whether the path is a link or a link to a link, only one server
    // can use the database.
    let original = server.stop();
    let again = linked(&data);
    let server = Server::start_in(by_link, |_| {});
    assert_eq!(server.repository().names("dataconnection", ""), ["c"]);
    fails(&ends(&original.path().join("data"), &SERVE), "another Patchbay is serving");
    fails(&ends(&again.path().join("data"), &SERVE), "another Patchbay is serving");
    server.stop();
    // A link to a file that does not exist yet counts as well.
    let empty = tempfile::tempdir().unwrap();
    fs::create_dir(empty.path().join("data")).unwrap();
    fs::set_permissions(empty.path().join("data"), Permissions::from_mode(0o700)).unwrap();
    symlink(original.path().join("new.db"), empty.path().join("data/patchbay.db")).unwrap();
    let server = Server::start_in(empty, |_| {});
    assert!(original.path().join("new.lock").exists() && original.path().join("new.db").exists());
    server.stop();
}

#[test]
fn a_moved_deleted_or_replaced_database_refuses_writes_until_it_is_back() {
    let (server, operations) = start_in(tempfile::tempdir().unwrap(), &[]);
    let client = server.repository();
    client.connection("before");
    let ready = format!("{operations}/ready");
    get(&server, &ready).expect(200);
    let data = server.data();
    let aside = data.with_file_name("aside");
    let mut expected = vec!["before".to_owned()];
    for file in ["patchbay.db", "patchbay.db-wal", "patchbay.db-shm"] {
        let path = data.join(file);
        let copy = fs::read(&path).unwrap();
        fs::rename(&path, &aside).unwrap();
        let refused = |name: &str| {
            let reply = client.post("/dataconnection", &connection(name)).expect(503);
            reply.says(&[
                "was moved, deleted or replaced under the running server",
                "put the file back",
            ]);
            let reply = get(&server, &ready);
            assert_eq!(
                (reply.status, &reply.json()["database"]),
                (503, &json!("can't be written to"))
            );
        };
        refused("moved");
        fs::write(&path, copy).unwrap();
        refused("replaced");
        fs::remove_file(&path).unwrap();
        refused("deleted");
        fs::rename(&aside, &path).unwrap();
        // Once the database is back, requests succeed again, and the refused writes left no trace.
        get(&server, &ready).expect(200);
        let name = format!("after {file}");
        client.connection(&name);
        expected.push(name);
        assert_eq!(client.names("dataconnection", ""), expected);
    }
    wait_until(|| server.log().contains("nothing can be written safely"));
    let server = Server::start_in(server.stop(), |_| {});
    assert_eq!(server.repository().names("dataconnection", ""), expected);
}

#[test]
fn without_its_wal_index_a_server_never_overwrites_the_writes_of_a_command() {
    let server = Server::start();
    let client = server.repository();
    let id = with_password(&client, "one");
    let data = server.data();
    fs::remove_file(data.join("patchbay.db-shm")).unwrap();
    // The command creates another index, and is unaware of the server.
    says(
        &patchbay(&data, &["key", "rotate"]),
        &["by the data key of term 2: 1; older data keys removed: 1"],
    );
    assert_eq!(uses(&data), [(2, 1)]);
    for name in ["two", "three"] {
        let reply = client.post("/dataconnection", &connection(name)).expect(503);
        reply.says(&[
            "was moved, deleted or replaced under the running server",
            "restart the server",
        ]);
    }
    assert_eq!(uses(&data), [(2, 1)]);
    let server = Server::start_in(server.stop(), |_| {});
    assert_eq!(uses(&data), [(2, 1)]);
    assert_eq!(password(&server, &id), "secret of one");
    assert_eq!(server.repository().names("dataconnection", ""), ["one"]);
    server.repository().connection("four");
    says(&patchbay(&data, &["verify"]), &["1 of 1 sealed values open", "sound"]);
}
