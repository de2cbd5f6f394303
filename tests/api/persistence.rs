//! Durability across restarts, hard stops, and shutdowns with requests under way.

use crate::support::{Server, connection, id, program, send_signal, wait_until};
use serde_json::json;
use std::fs;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};

/// All entities and settings that the server shows.
fn everything(server: &Server) -> Vec<String> {
    let types = ["dataconnection", "tag", "custompropertydefinition", "user"];
    types
        .map(|entity| {
            server.repository().get(&format!("/{entity}/full?privileges=true")).expect(200).text
        })
        .to_vec()
}

fn fill(server: &Server) {
    let client = server.repository();
    let tag = client.create("tag", &json!({"name": "t"}));
    client.create(
        "custompropertydefinition",
        &json!({"name": "p", "objectTypes": ["DataConnection"], "choiceValues": ["a"]}),
    );
    let mut body = connection("c");
    body["tags"] = json!([tag]);
    body["password"] = json!("secret");
    body["customProperties"] = json!([{"value": "a", "definition": {"name": "p"}}]);
    client.create("dataconnection", &body);
    server.user("anna").connection("of anna");
}

#[test]
fn a_restart_preserves_all_data() {
    let server = Server::start();
    fill(&server);
    let before = everything(&server);
    let root = fs::read(server.data().join("certs/root.pem")).unwrap();
    let folder = server.stop();
    let wal = folder.path().join("data/patchbay.db-wal");
    assert!(
        !wal.exists() || fs::metadata(&wal).unwrap().len() == 0,
        "the log was folded into the database"
    );
    let server = Server::start_in(folder, |_| {});
    assert_eq!(everything(&server), before);
    assert_eq!(fs::read(server.data().join("certs/root.pem")).unwrap(), root);
}

#[test]
fn a_hard_stop_loses_no_acknowledged_write() {
    let server = Server::start();
    fill(&server);
    let before = everything(&server);
    let folder = server.kill();
    let server = Server::start_in(folder, |_| {});
    assert_eq!(everything(&server), before);
}

/// For the signal of a service manager and for Ctrl-C, while a body is still arriving.
#[test]
fn requests_under_way_finish_before_the_server_stops() {
    for signal in ["TERM", "INT"] {
        let server = Server::start();
        let client = server.repository();
        // The connection is already open when the slow request arrives.
        client.get("/tag").expect(200);
        let (first_part_sent, wait) = channel();
        let (release, second_part) = channel();
        let rest = json!(connection("slow")).to_string().into_bytes();
        let body = SlowBody { rest, first_part_sent, second_part };
        let writer = std::thread::spawn(move || {
            client
                .send(
                    "POST",
                    "/dataconnection",
                    "application/json",
                    reqwest::blocking::Body::new(body),
                )
                .status
        });
        wait.recv().unwrap();
        // Nothing outside of the server shows that it has read the first part.
        std::thread::sleep(std::time::Duration::from_millis(500));
        send_signal(signal, server.process_id());
        wait_until(|| server.log().contains("stopping after the running requests"));
        release.send(()).unwrap();
        assert_eq!(writer.join().unwrap(), 201, "{signal}");
        let server = Server::start_in(server.stopped(), |_| {});
        assert_eq!(server.repository().get("/dataconnection/count").json()["value"], 1, "{signal}");
    }
}

/// A body in two parts, which signals when the first part was sent, and waits for a signal to send
/// the second one.
struct SlowBody {
    rest: Vec<u8>,
    first_part_sent: Sender<()>,
    second_part: Receiver<()>,
}

impl std::io::Read for SlowBody {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let is_first = self.rest.starts_with(b"{");
        if !is_first && !self.rest.is_empty() {
            self.first_part_sent.send(()).ok();
            self.second_part.recv().ok();
        }
        let length = if is_first { 1 } else { self.rest.len().min(buffer.len()) };
        buffer[..length].copy_from_slice(&self.rest[..length]);
        self.rest.drain(..length);
        Ok(length)
    }
}

#[test]
fn a_second_server_on_the_same_folder_is_refused() {
    let server = Server::start();
    let output = program()
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(server.data())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("another Patchbay is serving"));
    server.repository().get("/tag").expect(200);
}

#[cfg(unix)]
#[test]
fn the_data_folder_is_private_to_the_user() {
    use std::os::unix::fs::PermissionsExt;

    fn check(path: &Path) {
        let metadata = fs::metadata(path).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o077, 0, "{}", path.display());
        if metadata.is_dir() {
            for entry in fs::read_dir(path).unwrap() {
                check(&entry.unwrap().path());
            }
        }
    }
    let server = Server::start();
    fill(&server);
    check(&server.data());
    for name in ["client.pem", "client_key.pem", "root.pem", "server.pem", "server_key.pem"] {
        assert!(server.data().join("certs").join(name).exists(), "{name}");
    }
}

#[test]
fn a_client_certificate_works_after_a_restart() {
    let server = Server::start();
    let pem = fs::read(server.data().join("certs/client.pem")).unwrap();
    let created = server.repository().connection("c");
    let folder = server.stop();
    let server = Server::start_in(folder, |_| {});
    assert_eq!(fs::read(server.data().join("certs/client.pem")).unwrap(), pem);
    server.repository().get(&format!("/dataconnection/{}", id(&created))).expect(200);
}

#[test]
fn certificates_survive_an_interrupted_start_and_keys_that_were_moved_away() {
    let server = Server::start();
    let folder = server.stop();
    let certs = folder.path().join("data/certs");
    // The start was interrupted between the authority's key and its certificate: only the key
    // exists.
    for name in ["root.pem", "server.pem", "server_key.pem"] {
        fs::remove_file(certs.join(name)).unwrap();
    }
    let server = Server::start_in(folder, |_| {});
    server.repository().get("/tag").expect(200);
    let folder = server.stop();
    // The client's key was moved to the client: no new one is created.
    let client = fs::read(certs.join("client.pem")).unwrap();
    fs::remove_file(certs.join("client_key.pem")).unwrap();
    let folder = Server::start_in(folder, |_| {}).stop();
    assert_eq!(fs::read(certs.join("client.pem")).unwrap(), client);
    assert!(!certs.join("client_key.pem").exists());
    // The authority's key was moved away: the existing server certificate is used.
    fs::remove_file(certs.join("root_key.pem")).unwrap();
    let server = fs::read(certs.join("server.pem")).unwrap();
    drop(Server::start_in(folder, |_| {}));
    assert!(!certs.exists() || fs::read(certs.join("server.pem")).unwrap() == server);
}

/// A client that reads too slowly gets an error, never a partial list that looks complete; a client
/// that keeps reading gets all of it.
#[test]
fn a_long_list_read_slowly_arrives_whole() {
    use std::io::Read;
    let server = Server::start();
    let client = server.repository();
    let bodies: Vec<_> = (0..1000)
        .map(|number| {
            let mut body = connection(&format!("c{number}"));
            body["connectionstring"] = json!("x".repeat(6000));
            body
        })
        .collect();
    for part in bodies.chunks(500) {
        client.post("/dataconnection/many", &json!(part)).expect(201);
    }
    let mut response = client.request("GET", "/dataconnection/full").send().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(500));
    let mut text = String::new();
    response.read_to_string(&mut text).unwrap();
    assert_eq!(serde_json::from_str::<Vec<serde_json::Value>>(&text).unwrap().len(), 1000);
}
