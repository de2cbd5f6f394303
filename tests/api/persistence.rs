//! What survives: restarts, hard stops, and requests that are under way when the server is told to stop.

use crate::support::{Server, connection, id, terminate};
use serde_json::json;
use std::fs;
use std::path::Path;

/// Everything that the server shows.
fn everything(server: &Server) -> Vec<String> {
    let types = ["dataconnection", "tag", "custompropertydefinition", "user"];
    types.map(|entity| server.repository().get(&format!("/{entity}/full?privileges=true")).expect(200).text).to_vec()
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
fn a_restart_finds_everything_again() {
    let server = Server::start();
    fill(&server);
    let before = everything(&server);
    let root = fs::read(server.data().join("certs/root.pem")).unwrap();
    let folder = server.stop();
    let wal = folder.path().join("data/patchbay.db-wal");
    assert!(!wal.exists() || fs::metadata(&wal).unwrap().len() == 0, "the log was folded into the database");
    let server = Server::start_in(folder, |_| {});
    assert_eq!(everything(&server), before);
    assert_eq!(fs::read(server.data().join("certs/root.pem")).unwrap(), root);
}

#[test]
fn a_hard_stop_loses_nothing_that_was_acknowledged() {
    let server = Server::start();
    fill(&server);
    let before = everything(&server);
    let folder = server.kill();
    let server = Server::start_in(folder, |_| {});
    assert_eq!(everything(&server), before);
}

#[test]
fn requests_under_way_finish_before_the_server_stops() {
    let server = Server::start();
    let client = server.repository();
    let bodies: Vec<_> = (0..2000).map(|number| connection(&format!("c{number}"))).collect();
    let writer = std::thread::spawn(move || client.post("/dataconnection/many", &json!(bodies)).status);
    std::thread::sleep(std::time::Duration::from_millis(150));
    terminate(server.process_id());
    assert_eq!(writer.join().unwrap(), 201);
    let folder = server.stopped();
    let server = Server::start_in(folder, |_| {});
    assert_eq!(server.repository().get("/dataconnection/count").json()["value"], 2000);
}

#[test]
fn a_second_server_on_the_same_folder_is_refused() {
    let server = Server::start();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_patchbay"))
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
