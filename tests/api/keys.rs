//! Rotation of data keys and changes of the master key: sealed values stay readable, whatever
//! happens in between.

use crate::support::credentials::{password, with_password};
use crate::support::databases::uses;
use crate::support::machine::{command, fails, patchbay, says};
use crate::support::operations_door::{get, metric, start_in};
use crate::support::{Client, Server, wait_until};
use rusqlite::Connection;
use serde_json::json;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

fn terms(data: &Path) -> Vec<u32> {
    uses(data).into_iter().map(|(term, _)| term).collect()
}

/// Creates that many connections with passwords, in one request.
fn many(client: &Client, count: usize) {
    let body: Vec<_> = (0..count)
        .map(|number| {
            json!({
                "name": format!("c{number}"), "connectionstring": "x", "type": "y", "password": "p"
            })
        })
        .collect();
    client.post("/dataconnection/many", &json!(body)).expect(201);
}

fn rotate(data: &Path) -> Command {
    let mut command = command(data, &["key", "rotate"]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// How many passwords are read during one rotation, and after all. For three rotations, that is
/// below the 600 a minute that the server allows a user.
const READS_BESIDE_A_ROTATION: usize = 130;
const READ_AFTERWARDS: usize = 150;

#[test]
fn a_rotation_beside_the_server_fails_no_read_and_reseals_every_value() {
    let server = Server::start();
    let client = server.repository();
    let old = with_password(&client, "old");
    let version = client.get(&format!("/dataconnection/{old}")).expect(200).json();
    let is_over = AtomicBool::new(false);
    let mut reads = 0;
    thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut made = Vec::new();
            while !is_over.load(Ordering::Relaxed) || made.len() < 20 {
                made.push(with_password(&client, &format!("c{}", made.len())));
            }
            made
        });
        for rotation in 1..=3 {
            let rotated = scope.spawn(|| patchbay(&server.data(), &["key", "rotate"]));
            // The server gives a user at most 600 passwords a minute, which a fast machine would
            // exceed.
            while !rotated.is_finished() && reads < rotation * READS_BESIDE_A_ROTATION {
                assert_eq!(password(&server, &old), "secret of old");
                reads += 1;
            }
            says(
                &rotated.join().unwrap(),
                &["secrets sealed again by the data key of term", "older data keys removed: 1"],
            );
        }
        is_over.store(true, Ordering::Relaxed);
        let made: Vec<_> = writer.join().unwrap().into_iter().enumerate().collect();
        for (number, id) in made.iter().step_by(made.len().div_ceil(READ_AFTERWARDS)) {
            assert_eq!(password(&server, id), format!("secret of c{number}"));
        }
    });
    assert!(reads > 0, "a password was read beside the rotations");
    assert_eq!(terms(&server.data()), [4]);
    assert_eq!(
        client.get(&format!("/dataconnection/{old}")).expect(200).json(),
        version,
        "the version is the same"
    );
    let entries = client.get("/auditentry?filter=action%20eq%20'seal%20anew'").expect(200).json();
    assert_eq!(entries.as_array().unwrap().len(), 3);
    says(&patchbay(&server.data(), &["verify"]), &["sound", "data keys: 1"]);
}

#[test]
fn a_killed_rotation_is_completed_by_the_next_one() {
    let server = Server::start();
    let client = server.repository();
    many(&client, 1_500);
    let one = with_password(&client, "one");
    let mut cut_off = 0;
    for turn in 0..8 {
        let mut process = rotate(&server.data()).spawn().unwrap();
        // On a machine of any speed: some time after the new key was stored.
        while terms(&server.data()).len() < 2 && process.try_wait().unwrap().is_none() {}
        thread::sleep(Duration::from_millis(4 * turn));
        process.kill().unwrap();
        process.wait().unwrap();
        cut_off += usize::from(terms(&server.data()).len() > 1);
        assert_eq!(password(&server, &one), "secret of one");
    }
    assert!(cut_off > 0, "none of them was cut off in the middle");
    assert!(rotate(&server.data()).status().unwrap().success());
    assert_eq!(terms(&server.data()).len(), 1);
    says(&patchbay(&server.data(), &["verify"]), &["1501 of 1501 sealed values open"]);
}

#[test]
fn a_value_that_does_not_open_keeps_the_old_key() {
    let server = Server::start();
    let [one, other] = ["one", "other"].map(|name| with_password(&server.repository(), name));
    let database = Connection::open(server.data().join("patchbay.db")).unwrap();
    let swap = "UPDATE data_connections SET password = (SELECT password FROM data_connections \
                WHERE id = ?1) WHERE id = ?2";
    database.execute(swap, [&one, &other]).unwrap();
    fails(&patchbay(&server.data(), &["key", "rotate"]), &other);
    assert_eq!(terms(&server.data()), [1, 2]);
    assert_eq!(password(&server, &one), "secret of one");
    // An explicit rotation creates a new key, whatever keeps the old ones.
    fails(&patchbay(&server.data(), &["key", "rotate"]), &other);
    assert_eq!(terms(&server.data()), [1, 2, 3]);
    assert_eq!(password(&server, &one), "secret of one");
}

#[test]
fn lost_data_keys_are_not_replaced_while_values_need_them() {
    let server = Server::start();
    with_password(&server.repository(), "one");
    let folder = server.stop();
    let data = folder.path().join("data");
    Connection::open(data.join("patchbay.db"))
        .unwrap()
        .execute("DELETE FROM data_keys", [])
        .unwrap();
    fails(
        &patchbay(&data, &["serve", "--listen", "127.0.0.1:0"]),
        "1 sealed values, but no data keys",
    );
}

#[test]
fn the_master_key_can_be_changed_while_the_server_does_not_run() {
    let server = Server::start();
    let one = with_password(&server.repository(), "one");
    fails(&patchbay(&server.data(), &["key", "rekey"]), "another Patchbay is serving");
    fails(
        &patchbay(&server.data(), &["key", "rotate", "--master-key-file", "nowhere"]),
        "there is no master key in nowhere",
    );
    let folder = server.stop();
    let data = folder.path().join("data");
    let old = fs::read(data.join("master.key")).unwrap();
    says(&patchbay(&data, &["backup", "--to", "before.db"]), &["saved in"]);
    says(
        &patchbay(&data, &["key", "rekey"]),
        &["the new master key is in", "master.key", "master.key.replaced-1"],
    );
    let new = fs::read(data.join("master.key")).unwrap();
    assert!(new != old && !data.join("master.key.new").exists());
    // The old key is kept for the backups that it unseals, readable by the user alone.
    let kept = data.join("master.key.replaced-1");
    assert_eq!(
        (fs::read(&kept).unwrap(), kept.metadata().unwrap().mode() & 0o777),
        (old.clone(), 0o600)
    );
    fails(&patchbay(&data, &["verify", "before.db"]), "has a fault");
    let kept = kept.to_str().unwrap();
    says(
        &patchbay(&data, &["verify", "before.db", "--master-key-file", kept]),
        &["1 of 1 sealed values open"],
    );
    let server = Server::start_in(folder, |_| {});
    assert_eq!(password(&server, &one), "secret of one");
    let folder = server.stop();
    // The old key no longer opens anything.
    fs::write(data.join("master.key"), &old).unwrap();
    fails(&patchbay(&data, &["key", "rotate"]), "the master key is not the one");
    // The state after a crash before the new key replaced the old one.
    fs::rename(data.join("master.key"), folder.path().join("old")).unwrap();
    fs::write(data.join("master.key.new"), &new).unwrap();
    fs::copy(folder.path().join("old"), data.join("master.key")).unwrap();
    for file in ["master.key", "master.key.new"] {
        fs::set_permissions(data.join(file), std::os::unix::fs::PermissionsExt::from_mode(0o600))
            .unwrap();
    }
    let server = Server::start_in(folder, |_| {});
    assert_eq!(password(&server, &one), "secret of one");
    assert_eq!(fs::read(data.join("master.key")).unwrap(), new);
    // The master key changes from a file to a passphrase.
    let folder = server.stop();
    let output = rekey_to(&data, "four words of it").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let server = Server::start_in(folder, |command| {
        command.env("PATCHBAY_PASSPHRASE", "four words of it");
    });
    assert_eq!(password(&server, &one), "secret of one");
}

/// `patchbay key rekey` to a passphrase.
fn rekey_to(data: &Path, phrase: &str) -> Command {
    let mut command = command(data, &["key", "rekey"]);
    command.env("PATCHBAY_NEW_PASSPHRASE", phrase);
    command
}

#[test]
fn a_rotation_during_a_change_of_the_master_key_leaves_no_key_under_the_old_one() {
    let phrase = "four words of it";
    let server = Server::start();
    many(&server.repository(), 3);
    let folder = server.stop();
    let data = folder.path().join("data");
    // Deriving the key from the passphrase takes a while, during which the data key changes.
    let mut process = rekey_to(&data, phrase).stdout(Stdio::null()).spawn().unwrap();
    let mut rotated = 0;
    while process.try_wait().unwrap().is_none() {
        rotated += u32::from(rotate(&data).status().unwrap().success());
    }
    assert!(process.wait().unwrap().success() && rotated > 0);
    let verified = command(&data, &["verify"]).env("PATCHBAY_PASSPHRASE", phrase).output().unwrap();
    says(&verified, &["3 of 3 sealed values open"]);
}

#[test]
fn a_killed_change_of_the_master_key_leaves_a_key_that_opens_everything() {
    let server = Server::start();
    many(&server.repository(), 3);
    let folder = server.stop();
    let data = folder.path().join("data");
    let rekey = || {
        command(&data, &["key", "rekey"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    };
    let start = Instant::now();
    assert!(rekey().wait().unwrap().success());
    let duration = start.elapsed();
    let mut cut_off = 0;
    for turn in 0..24 {
        let mut process = rekey();
        thread::sleep(duration * turn / 22);
        process.kill().unwrap();
        cut_off += u32::from(!process.wait().unwrap().success());
        says(&patchbay(&data, &["verify"]), &["3 of 3 sealed values open"]);
    }
    assert!(cut_off > 4, "{cut_off} of them were cut off");
}

/// Files that an interrupted change of the master key has left, which may have been modified since.
#[test]
fn files_of_an_interrupted_change_matter_only_if_they_are_needed() {
    let server = Server::start();
    let one = with_password(&server.repository(), "one");
    let folder = server.stop();
    let data = folder.path().join("data");
    let [key, new] = ["master.key", "master.key.new"].map(|name| data.join(name));
    fs::write(&new, "no key").unwrap();
    fs::set_permissions(&new, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    says(&patchbay(&data, &["verify"]), &["1 of 1 sealed values open", "sound"]);
    let server = Server::start_in(folder, |_| {});
    assert_eq!(password(&server, &one), "secret of one");
    let folder = server.stop();
    // A change that is interrupted repeatedly keeps the old key once.
    let old = fs::read(&key).unwrap();
    says(&patchbay(&data, &["key", "rekey"]), &["master.key.replaced-1"]);
    let kept = data.join("master.key.replaced-1");
    fs::rename(&key, &new).unwrap();
    fs::copy(&kept, &key).unwrap();
    // A command that does not lock the folder only reads.
    assert!(rotate(&data).status().unwrap().success());
    assert!(new.exists() && fs::read(&key).unwrap() == old);
    let server = Server::start_in(folder, |_| {});
    assert_eq!(password(&server, &one), "secret of one");
    assert!(!new.exists() && !data.join("master.key.replaced-2").exists());
    assert_eq!(fs::read(&kept).unwrap(), old);
}

#[test]
fn each_use_of_a_key_is_counted_in_its_transaction() {
    let server = Server::start();
    let (client, data) = (server.repository(), server.data());
    assert_eq!(uses(&data), [(1, 0)]);
    let one = with_password(&client, "one");
    many(&client, 10);
    assert_eq!(uses(&data), [(1, 11)]);
    let path = format!("/dataconnection/{one}");
    let mut changed = client.get(&path).expect(200).json();
    changed["password"] = json!("another");
    client.put(&path, &changed).expect(200);
    assert_eq!(uses(&data), [(1, 12)]);
    // Keeping or clearing the password, or a refused request, seals nothing.
    let mut kept = client.get(&path).expect(200).json();
    client.put(&path, &kept).expect(200);
    client.put(&path, &changed).expect(409);
    kept = client.get(&path).expect(200).json();
    kept["password"] = json!("");
    client.put(&path, &kept).expect(200);
    client.connection("without");
    assert_eq!(uses(&data), [(1, 12)]);
    // A rotation uses the new key once for each sealed value.
    says(&patchbay(&data, &["key", "rotate"]), &["by the data key of term 2: 10"]);
    assert_eq!(uses(&data), [(2, 10)]);
}

#[test]
fn the_server_rotates_a_data_key_that_was_used_often_enough() {
    let (server, url) = start_in(tempfile::tempdir().unwrap(), &["--rotate-key-after", "5"]);
    let (client, data) = (server.repository(), server.data());
    let figures = || get(&server, &format!("{url}/metrics")).text;
    let one = with_password(&client, "one");
    many(&client, 3);
    let text = figures();
    assert!((metric(&text, "patchbay_data_key_uses{term=\"1\"}") - 4.0).abs() < f64::EPSILON);
    let five = with_password(&client, "five");
    wait_until(|| terms(&data) == [2]);
    assert_eq!(uses(&data), [(2, 5)]);
    assert_eq!(password(&server, &one), "secret of one");
    assert_eq!(password(&server, &five), "secret of five");
    let entries =
        client.get("/auditentry/full?filter=action%20eq%20'seal%20anew'").expect(200).json();
    assert_eq!(
        (entries.as_array().unwrap().len(), &entries[0]["userName"]),
        (1, &json!("patchbay serve"))
    );
    wait_until(|| figures().contains("patchbay_sealed_values{term=\"2\"} 5\n"));
    let text = figures();
    assert!((metric(&text, "patchbay_data_key_uses{term=\"2\"}") - 5.0).abs() < f64::EPSILON);
    assert!(!text.contains("term=\"1\""), "{text}");
    says(&patchbay(&data, &["verify"]), &["sound", "5 of 5 sealed values open"]);
}

#[test]
fn a_killed_rotation_of_the_server_is_completed_at_its_next_start() {
    let server = Server::start();
    many(&server.repository(), 1_500);
    let one = with_password(&server.repository(), "one");
    let data = server.data();
    let mut folder = server.stop();
    let mut cut_off = 0;
    for turn in 0..6 {
        let before = terms(&data);
        let server = Server::start_in(folder, |command| {
            command.args(["--rotate-key-after", "1000"]);
        });
        // The server resumes the interrupted rotation first; otherwise it would create another key.
        let start = Instant::now();
        while before.len() == 1 && terms(&data) == before {
            assert!(start.elapsed() < Duration::from_secs(20), "no rotation begins");
        }
        thread::sleep(Duration::from_millis(4 * turn));
        folder = server.kill();
        cut_off += usize::from(terms(&data).len() > 1);
    }
    assert!(cut_off > 0, "none of them was cut off in the middle");
    let server = Server::start_in(folder, |_| {});
    wait_until(|| terms(&data).len() == 1);
    assert_eq!(password(&server, &one), "secret of one");
    says(&patchbay(&data, &["verify"]), &["sound", "1501 of 1501 sealed values open"]);
}
