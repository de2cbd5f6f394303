//! The request log, and the replies to internal errors.

use crate::support::{Reply, Server, connection, id, wait_until};
use serde_json::{Value as Json, json};

fn log_lines(server: &Server) -> Vec<Json> {
    server.log().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn each_request_has_one_log_line_with_its_user_path_and_status() {
    let server = Server::start();
    server.repository().get("/tag?filter=name eq 'confidential'").expect(200);
    let created = server.user("anna").connection("c");
    let reply = server.user("anna").get(&format!("/dataconnection/{}", id(&created))).expect(200);
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    server.stranger().get("/tag").expect(401);
    // A separate thread writes the log.
    wait_until(|| server.log().matches("\"message\":\"request\"").count() == 4);
    let log = server.log();
    assert!(!log.contains("confidential"));
    let lines = log_lines(&server);
    let requests: Vec<&Json> = lines.iter().filter(|line| line["message"] == "request").collect();
    assert_eq!(requests.len(), 4);
    for (line, (user, method, route, status)) in requests.iter().zip([
        ("INTERNAL\\sa_repository", "GET", "/qrs/tag", 200),
        ("LAB\\anna", "POST", "/qrs/dataconnection", 201),
        ("LAB\\anna", "GET", "/qrs/dataconnection/{id}", 200),
        ("-", "GET", "/qrs/tag", 401),
    ]) {
        assert_eq!(line["user"], user);
        assert_eq!(line["method"], method);
        assert_eq!(line["route"], route);
        assert_eq!(line["status"], status);
        assert!(line["duration_ms"].as_f64().unwrap() >= 0.0);
    }
    assert_eq!(requests[2]["id"], reply.header("x-request-id"));
}

#[test]
fn an_internal_error_has_an_id_that_the_log_explains() {
    let server = Server::start();
    let client = server.repository();
    client.connection("c");
    let database = rusqlite::Connection::open(server.data().join("patchbay.db")).unwrap();
    database
        .execute_batch(
            "PRAGMA foreign_keys = OFF; ALTER TABLE data_connections RENAME COLUMN username TO \
             lost",
        )
        .unwrap();
    let reply = client.get("/dataconnection/full").expect(500);
    let message = reply.message();
    assert!(
        !message.to_lowercase().contains("select") && !message.contains("username"),
        "{message}"
    );
    let error_id = message.split_whitespace().nth(2).unwrap().trim_end_matches(';').to_owned();
    // A separate thread writes the log.
    wait_until(|| server.log().contains(&error_id));
    let log = server.log();
    let line = log.lines().find(|line| line.contains(&error_id)).unwrap();
    assert!(line.contains("username"), "{line}");
    // The line has the id of the request, whichever thread the error occurred on.
    for reply in [reply, client.post("/dataconnection", &connection("d")).expect(500)] {
        let of_request = |line: &Json| line["span"]["id"] == reply.header("x-request-id");
        wait_until(|| {
            log_lines(&server).iter().any(|line| of_request(line) && line["error_id"].is_string())
        });
    }
    database.execute_batch("ALTER TABLE data_connections RENAME COLUMN lost TO username").unwrap();
    client.get("/dataconnection/full").expect(200);
    client.connection("d");
}

#[test]
fn malformed_requests_get_json_replies_and_cause_no_internal_error() {
    let server = Server::start();
    let client = server.repository();
    for path in ["/%00", "/dataconnection/%ff", "/dataconnection/..%2f..", "/tag//x", "//tag"] {
        let reply = Reply::of(client.request("GET", path));
        assert!((400..500).contains(&reply.status), "{path}: {}", reply.status);
        assert!(reply.json()["message"].is_string());
    }
    for body in [json!(null), json!(1), json!("x"), json!([[]])] {
        for path in [
            "/dataconnection",
            "/dataconnection/many",
            "/user",
            "/tag",
            "/custompropertydefinition",
        ] {
            client.post(path, &body).expect(400);
        }
    }
}
