//! Passwords go in and stay in.

use crate::support::{Server, connection, id};
use serde_json::json;
use std::fs;
use std::path::Path;

const CANARY: &str = "canary-7f3a-Gr\u{fc}n-password";

/// Every file below a folder.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn assert_no_canary(name: &str, bytes: &[u8]) {
    for needle in [CANARY.as_bytes(), b"canary-7f3a", b"Y2FuYXJ5LTdmM2"] {
        assert!(!bytes.windows(needle.len()).any(|window| window == needle), "{name} holds the password");
    }
}

fn assert_no_canary_in(folder: &Path) {
    for file in files(folder) {
        assert_no_canary(&file.display().to_string(), &fs::read(&file).unwrap());
    }
}

#[test]
fn a_password_shows_nowhere() {
    let server = Server::start_in(tempfile::tempdir().unwrap(), |command| {
        command.args(["--log-level", "trace"]);
    });
    let client = server.repository();
    let mut replies = Vec::new();
    let mut body = connection("c");
    body["password"] = json!(CANARY);
    let created = client.post("/dataconnection?privileges=true", &body).expect(201);
    let path = format!("/dataconnection/{}", id(&created.json()));
    let mut changed = created.json();
    changed["password"] = json!(format!("{CANARY} two"));
    replies.push(created);
    replies.push(client.put(&path, &changed).expect(200));
    replies.push(client.post("/dataconnection", &body).expect(409));
    replies.push(client.put(&path, &changed).expect(409));
    replies.push(
        client
            .post(
                "/dataconnection/many",
                &json!([{"name": "d", "connectionstring": "x", "type": "y", "password": CANARY}]),
            )
            .expect(201),
    );
    body["name"] = json!("e");
    for password in [
        json!([CANARY]),
        json!({"value": CANARY}),
        json!(format!("{CANARY}\u{0}")),
        json!("x".repeat(524_289) + CANARY),
    ] {
        body["password"] = password;
        replies.push(client.post("/dataconnection", &body).expect(400).says(&["password"]));
    }
    body["password"] = json!(CANARY);
    body["type"] = json!(5);
    replies.push(client.post("/dataconnection", &body).expect(400));
    let broken = format!("{{\"password\": \"{CANARY}\" oops");
    replies.push(client.send("POST", "/dataconnection", "application/json", broken).expect(400));
    let twice = json!(json!({"name": "f", "password": CANARY}).to_string());
    replies.push(client.post("/dataconnection", &twice).expect(400).says(&["a string"]));
    replies.push(client.post("/dataconnection/many", &json!([twice])).expect(400).says(&["[0]", "a string"]));
    let filter = format!("/dataconnection?filter=password eq '{}'", "x");
    replies.push(client.get(&filter).expect(400).says(&["secret"]));
    replies.push(client.get("/dataconnection?orderby=password").expect(400));
    for path in ["/dataconnection/full?privileges=true", "/dataconnection", &path, "/about/openapi"] {
        replies.push(client.get(path).expect(200));
    }
    for reply in &replies {
        assert_no_canary("a reply", reply.text.as_bytes());
        assert_no_canary("a header", format!("{:?}", reply.headers).as_bytes());
    }
    let folder = server.data().parent().unwrap().to_owned();
    assert!(files(&folder).iter().any(|file| file.ends_with("patchbay.db-wal")));
    assert_no_canary_in(&folder);
    let folder = server.stop();
    assert_no_canary_in(folder.path());
}

#[test]
fn a_password_is_kept_until_it_is_replaced_or_cleared() {
    let server = Server::start();
    let client = server.repository();
    let mut body = connection("c");
    body["password"] = json!("one");
    let mut entity = client.create("dataconnection", &body);
    let path = format!("/dataconnection/{}", id(&entity));
    let stored = || -> String {
        let database = rusqlite::Connection::open(server.data().join("patchbay.db")).unwrap();
        database.query_row("SELECT password FROM data_connections", [], |row| row.get(0)).unwrap()
    };
    let first = stored();
    assert!(first.len() > 100);
    for kept in [json!(null), json!("absent")] {
        if kept.is_null() {
            entity["password"] = kept;
        } else {
            entity.as_object_mut().unwrap().remove("password");
        }
        entity = client.put(&path, &entity).expect(200).json();
        assert_eq!(stored(), first);
    }
    entity["Password"] = json!("two");
    let mut entity = client.put(&path, &entity).expect(200).json();
    assert_ne!(stored(), first);
    entity["password"] = json!("");
    client.put(&path, &entity).expect(200);
    assert_eq!(stored(), "");
}

/// What was sealed opens with the key that lies in the folder, and nowhere but in its own row.
#[test]
fn a_stored_password_opens_in_its_place_only() {
    use patchbay::secrets::{Key, KeyRing, Place};
    use secrecy::ExposeSecret;

    let server = Server::start();
    let client = server.repository();
    let mut ids = Vec::new();
    for name in ["a", "b"] {
        let mut body = connection(name);
        body["password"] = json!(format!("password of {name}"));
        ids.push(id(&client.create("dataconnection", &body)));
    }
    let database = rusqlite::Connection::open(server.data().join("patchbay.db")).unwrap();
    let sealed = |id: &str| -> String {
        database.query_row("SELECT password FROM data_connections WHERE id = ?", [id], |row| row.get(0)).unwrap()
    };
    let data_key: String =
        database.query_row("SELECT sealed_key FROM data_keys WHERE term = 1", [], |row| row.get(0)).unwrap();
    let master = fs::read_to_string(server.data().join("master.key")).unwrap();
    let master = Key::from_base64(&master.into()).unwrap();
    let ring = KeyRing::open(&master, [(1, data_key.as_str())].into_iter()).unwrap();
    let place = |id| Place { entity: "DataConnection", property: "password", id };
    assert_eq!(ring.unseal(place(&ids[0]), &sealed(&ids[0])).unwrap().expose_secret(), "password of a");
    assert!(ring.unseal(place(&ids[0]), &sealed(&ids[1])).is_err());
    assert!(ring.unseal(Place { property: "username", ..place(&ids[0]) }, &sealed(&ids[0])).is_err());
}

#[test]
fn without_its_master_key_the_server_runs_sealed() {
    let server = Server::start();
    let client = server.repository();
    let mut body = connection("c");
    body["password"] = json!("one");
    let entity = client.create("dataconnection", &body);
    let folder = server.stop();
    fs::rename(folder.path().join("data/master.key"), folder.path().join("away")).unwrap();
    let server = Server::start_in(folder, |_| {});
    let client = server.repository();
    assert!(server.log().contains("sealed"));
    let path = format!("/dataconnection/{}", id(&entity));
    let mut changed = client.get(&path).expect(200).json();
    changed["name"] = json!("renamed");
    let mut changed = client.put(&path, &changed).expect(200).json();
    changed["password"] = json!("two");
    client.put(&path, &changed).expect(503).says(&["password", "sealed"]);
    body["name"] = json!("d");
    let refused = client.post("/dataconnection", &body).expect(503);
    assert_eq!(refused.header("retry-after"), "1");
    client.connection("without a password");
}
