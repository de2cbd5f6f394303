//! A server that runs sealed receives its master key while it runs.
#![cfg(unix)]

use crate::support::credentials::{password, with_password};
use crate::support::machine::{fails, patchbay, says};
use crate::support::operations_door::{get, start_in};
use crate::support::{Server, connection, output_with_input, program, wait_until};
use serde_json::{Value as Json, json};
use std::fs;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Output;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A sealed server with a stored password, its master key in a file next to the data folder, and
/// the address for operations.
fn sealed() -> (Server, String, String) {
    let server = Server::start();
    let one = with_password(&server.repository(), "one");
    let folder = server.stop();
    fs::rename(folder.path().join("data/master.key"), folder.path().join("away")).unwrap();
    let (server, url) = start_in(folder, &[]);
    (server, url, one)
}

/// Runs `patchbay unseal` with a variable and standard input.
fn unseal(data: &Path, variable: (&str, &str), input: &str) -> Output {
    let mut command = program();
    command.args(["unseal", "--data"]).arg(data).env(variable.0, variable.1);
    output_with_input(&mut command, input)
}

/// The outcome and detail of each attempt in the audit log.
fn attempts(server: &Server) -> Vec<(String, String)> {
    let entries = server
        .repository()
        .get("/auditentry/full?filter=action%20eq%20'unseal'")
        .expect(200)
        .json();
    let text = |entry: &Json, name: &str| entry[name].as_str().unwrap().to_owned();
    let entries = entries.as_array().unwrap().iter();
    entries
        .inspect(|entry| assert_eq!(entry["userName"], "patchbay unseal"))
        .map(|entry| (text(entry, "outcome"), text(entry, "detail")))
        .collect()
}

#[test]
fn a_sealed_server_works_again_once_it_has_its_master_key_and_is_ready() {
    let (server, url, one) = sealed();
    let data = server.data();
    assert_eq!(get(&server, &format!("{url}/ready")).json()["masterKey"], json!("missing"));
    let socket = data.join("unseal.sock");
    assert_eq!(socket.metadata().unwrap().mode() & 0o777, 0o600);
    fails(&patchbay(&data, &["unseal"]), "there is no master key in");
    says(&patchbay(&data, &["unseal", "--master-key-file", "away"]), &["unsealed"]);
    let ready = get(&server, &format!("{url}/ready")).expect(200).json();
    assert_eq!((&ready["ready"], &ready["masterKey"]), (&json!(true), &json!("present")));
    assert!(get(&server, &format!("{url}/metrics")).text.contains("patchbay_sealed 0\n"));
    assert_eq!(password(&server, &one), "secret of one");
    let two = with_password(&server.repository(), "two");
    assert_eq!(password(&server, &two), "secret of two");
    let recorded = attempts(&server);
    assert!(matches!(
        &recorded[..],
        [(outcome, detail)] if outcome == "done" && detail.starts_with("by the user ")
    ));
    // The second attempt is refused.
    assert!(!socket.exists());
    fails(&patchbay(&data, &["unseal", "--master-key-file", "away"]), "no sealed server runs");
}

#[test]
fn an_interrupted_change_of_the_master_key_does_not_keep_a_server_sealed() {
    let (server, _, one) = sealed();
    let folder = server.stop();
    let [old, new, away] = ["old", "away.new", "away"].map(|name| folder.path().join(name));
    fs::copy(&away, &old).unwrap();
    says(
        &patchbay(&folder.path().join("data"), &["key", "rekey", "--master-key-file", "away"]),
        &["away.replaced-1"],
    );
    // The state after a crash before the new key replaced the old one.
    fs::rename(&away, &new).unwrap();
    fs::rename(&old, &away).unwrap();
    let (server, _) = start_in(folder, &[]);
    says(&patchbay(&server.data(), &["unseal", "--master-key-file", "away"]), &["unsealed"]);
    assert_eq!(password(&server, &one), "secret of one");
}

#[test]
fn a_wrong_master_key_is_refused_slowly_and_recorded() {
    let (server, _, one) = sealed();
    let data = server.data();
    let start = Instant::now();
    for _ in 0..3 {
        let other = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
        fails(&unseal(&data, ("PATCHBAY_MASTER_KEY", other), ""), "the master key is not the one");
    }
    assert!(start.elapsed() >= Duration::from_secs(2), "{:?}", start.elapsed());
    // Invalid data that a client sends to the socket directly is refused as well.
    for nonsense in [&b"no key"[..], &[0xff; 40], &[b'A'; 400], b""] {
        let mut stream = UnixStream::connect(data.join("unseal.sock")).unwrap();
        // Bytes beyond a key's length are not read, so the write may be incomplete.
        let _ = stream.write_all(nonsense);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = String::new();
        let _ = std::io::Read::read_to_string(&mut stream, &mut answer);
        assert!(!answer.contains("unsealed"), "{answer}");
    }
    server
        .repository()
        .post(
            "/dataconnection",
            &json!({"name": "x", "connectionstring": "x", "type": "x", "password": "p"}),
        )
        .expect(503);
    let key = fs::read_to_string(data.parent().unwrap().join("away")).unwrap();
    says(&unseal(&data, ("PATCHBAY_MASTER_KEY", key.trim()), ""), &["unsealed"]);
    assert_eq!(password(&server, &one), "secret of one");
    let recorded = attempts(&server);
    let outcomes: Vec<&str> = recorded.iter().map(|(outcome, _)| outcome.as_str()).collect();
    assert_eq!(outcomes, [&["refused"; 7][..], &["done"]].concat());
    assert!(recorded[0].1.contains("the master key is not the one"), "{}", recorded[0].1);
    assert!(!server.log().contains(key.trim()));
}

#[test]
fn a_passphrase_unseals_a_server_that_was_set_up_with_it() {
    let phrase = "four words of it";
    let server = Server::start_in(tempfile::tempdir().unwrap(), |command| {
        command.env("PATCHBAY_PASSPHRASE", phrase);
    });
    let one = with_password(&server.repository(), "one");
    let seal = |folder: TempDir| Server::start_in(folder, |_| {});
    let server = seal(server.stop());
    let data = server.data();
    fails(
        &unseal(&data, ("LANG", "C"), "four words of another\n"),
        "the master key is not the one",
    );
    says(&unseal(&data, ("LANG", "C"), &format!("{phrase}\r\n")), &["unsealed"]);
    assert_eq!(password(&server, &one), "secret of one");
    let server = seal(server.stop());
    says(&unseal(&data, ("PATCHBAY_PASSPHRASE", phrase), ""), &["unsealed"]);
    assert_eq!(password(&server, &one), "secret of one");
}

#[test]
fn unseal_is_refused_without_a_sealed_server() {
    let server = Server::start();
    let data = server.data();
    fails(&patchbay(&data, &["unseal"]), "no sealed server runs");
    fails(&patchbay(&data.join("elsewhere"), &["unseal"]), "no sealed server runs");
    server.repository().create("dataconnection", &connection("c"));
    // The socket that a killed sealed server leaves is not usable, and the next server replaces it.
    let folder = server.stop();
    fs::rename(data.join("master.key"), folder.path().join("away")).unwrap();
    let folder = Server::start_in(folder, |_| {}).kill();
    assert!(data.join("unseal.sock").exists());
    fails(&patchbay(&data, &["unseal", "--master-key-file", "away"]), "no sealed server runs");
    let server = Server::start_in(folder, |_| {});
    says(&patchbay(&data, &["unseal", "--master-key-file", "away"]), &["unsealed"]);
    let folder = Server::start_in(server.stop(), |_| {}).stop();
    assert!(!folder.path().join("data/unseal.sock").exists());
}

#[test]
fn a_server_starts_although_its_path_is_too_long_for_a_socket() {
    let folder = Server::start_in(
        tempfile::Builder::new().prefix(&"x".repeat(100)).tempdir().unwrap(),
        |_| {},
    )
    .stop();
    fs::rename(folder.path().join("data/master.key"), folder.path().join("away")).unwrap();
    let server = Server::start_in(folder, |_| {});
    server.repository().create("dataconnection", &connection("c"));
    wait_until(|| server.log().contains("patchbay unseal can't reach this server"));
    fails(
        &patchbay(&server.data(), &["unseal", "--master-key-file", "away"]),
        "no sealed server runs",
    );
}
