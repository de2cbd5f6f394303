//! The operations address: health, readiness and metrics.

use crate::support::machine::{patchbay, says};
use crate::support::operations_door::{get, metric, start_in};
use crate::support::visitor::{PASSWORD, Visitor, set_password};
use crate::support::{Client, Reply, Server, id, send_signal, wait_until};
use rusqlite::Connection;
use serde_json::{Value as Json, json};
use std::fs;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

fn start(adjust: &[&str]) -> (Server, String) {
    start_in(tempfile::tempdir().unwrap(), adjust)
}

#[test]
fn a_working_server_is_ready() {
    let (server, url) = start(&[]);
    assert_eq!(get(&server, &format!("{url}/health")).expect(200).json(), json!({"status": "up"}));
    let ready = get(&server, &format!("{url}/ready")).expect(200).json();
    let expected = json!({
        "ready": true, "database": "writable", "masterKey": "present", "certificate": "valid",
        "certificateDaysLeft": ready["certificateDaysLeft"], "eventLoops": "running"
    });
    assert_eq!(ready, expected);
    let days = ready["certificateDaysLeft"].as_i64().unwrap();
    assert!((815..=821).contains(&days), "{days}");
    // The API is not available here, nor these endpoints at the other doors.
    get(&server, &format!("{url}/qrs/about")).expect(404).says(&["/metrics"]);
    Reply::of(server.stranger().raw("POST", &format!("{url}/ready"))).expect(405);
    Reply::of(server.repository().raw("GET", &format!("{}/ready", server.base))).expect(404);
}

/// A page of another site could resolve its own host name to this address, and read the metrics.
#[test]
fn requests_with_a_foreign_host_name_are_refused() {
    let (server, url) = start(&["--host", "patchbay.example.com"]);
    let stranger = server.stranger();
    for path in ["/health", "/ready", "/metrics", "/nothing"] {
        let ask = |host: &str| {
            Reply::of(stranger.raw("GET", &format!("{url}{path}")).header("Host", host))
        };
        for host in ["evil.com", "localhost.evil.com:9464", "not a name"] {
            ask(host).expect(400).says(&["setting host"]);
        }
        for host in ["localhost", "127.0.0.1:9464", "[::1]", "Patchbay.Example.com:9464"] {
            assert!([200, 404].contains(&ask(host).status), "{path} {host}");
        }
    }
}

#[test]
fn a_server_without_its_master_key_is_alive_and_not_ready() {
    let (server, _) = start(&[]);
    let folder = server.stop();
    fs::remove_file(folder.path().join("data/master.key")).unwrap();
    let (server, url) = start_in(folder, &[]);
    get(&server, &format!("{url}/health")).expect(200);
    let reply = get(&server, &format!("{url}/ready"));
    assert_eq!(
        (reply.status, &reply.json()["ready"], &reply.json()["masterKey"]),
        (503, &json!(false), &json!("missing"))
    );
}

#[test]
fn while_the_database_can_not_be_written_to_writes_fail_within_two_seconds_and_reads_succeed() {
    let (server, url) = start(&[]);
    let client = server.repository();
    client.connection("before");
    let other = Connection::open(server.data().join("patchbay.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let start = Instant::now();
    let ready = get(&server, &format!("{url}/ready"));
    assert_eq!((ready.status, &ready.json()["ready"]), (503, &json!(false)), "{}", ready.text);
    assert!(start.elapsed() < Duration::from_millis(2_500), "{:?}", start.elapsed());
    let start = Instant::now();
    client.post("/tag", &json!({"name": "t"})).expect(503);
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    // Any number of writes.
    std::thread::scope(|scope| {
        for number in 0..20 {
            let client = client.clone();
            scope.spawn(move || {
                let start = Instant::now();
                client.post("/tag", &json!({"name": number.to_string()})).expect(503);
                assert!(
                    start.elapsed() < Duration::from_secs(2),
                    "{number}: {:?}",
                    start.elapsed()
                );
            });
        }
    });
    client.get("/dataconnection").expect(200);
    other.execute_batch("ROLLBACK").unwrap();
    wait_until(|| get(&server, &format!("{url}/ready")).status == 200);
    client.post("/tag", &json!({"name": "t"})).expect(201);
}

#[test]
fn metrics_count_requests_by_route_and_describe_the_database() {
    let (server, url) = start(&["--front", "127.0.0.1:0"]);
    let client = server.repository();
    for number in 0..3 {
        client.connection(&format!("c{number}"));
    }
    client.get("/dataconnection/00000000-0000-4000-8000-000000000000").expect(404);
    client.get("/nothing/here").expect(404);
    let front = server.welcome.iter().find_map(|line| line.strip_prefix("Front door: ")).unwrap();
    assert!(set_password(&server.data(), "LAB\\anna", PASSWORD));
    let anna = Visitor::new(&server, front);
    let wrong: Json = json!({"user": "LAB\\anna", "password": "canary of a password"});
    Reply::of(anna.request("POST", "/login").json(&wrong)).expect(401);

    // The entry of a refusal is written after the response.
    let entries =
        || metric(&get(&server, &format!("{url}/metrics")).text, "patchbay_writes_waiting");
    wait_until(|| entries() < 1.0);
    let reply = get(&server, &format!("{url}/metrics"));
    assert_eq!(reply.header("x-request-id").len(), 36);
    assert_eq!(
        (reply.status, reply.header("content-type").starts_with("application/openmetrics-text")),
        (200, true)
    );
    let text = &reply.text;
    for (name, value) in [
        (
            "patchbay_requests_total{method=\"POST\",route=\"/qrs/dataconnection\",status=\"201\"}",
            3.0,
        ),
        (
            "patchbay_requests_total{method=\"GET\",route=\"/qrs/dataconnection/{id}\",status=\"404\"}",
            1.0,
        ),
        (
            "patchbay_request_duration_seconds_count{method=\"POST\",route=\"/qrs/dataconnection\"}",
            3.0,
        ),
        ("patchbay_sign_in_failures_total", 1.0),
        ("patchbay_sealed", 0.0),
        ("patchbay_writes_waiting", 0.0),
        ("patchbay_refusals_unrecorded_total", 0.0),
        ("patchbay_log_lines_dropped_total", 0.0),
        ("patchbay_event_loops_stalled", 0.0),
    ] {
        assert!((metric(text, name) - value).abs() < f64::EPSILON, "{name}: {text}");
    }
    assert!(metric(text, "patchbay_database_connections{pool=\"points\"}") >= 1.0);
    assert!(metric(text, "patchbay_wal_size_bytes") > 0.0);
    assert!(metric(text, "patchbay_audit_entry_last") >= 4.0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64();
    assert!((now - metric(text, "patchbay_audit_entry_last_timestamp_seconds")).abs() < 30.0);
    assert!(
        text.ends_with("# EOF\n")
            && !["anna", "canary", "/nothing/here"].iter().any(|word| text.contains(word))
    );
}

#[test]
fn refusals_without_an_audit_entry_are_counted() {
    let (server, url) = start(&["--front", "127.0.0.1:0"]);
    let stranger = server.stranger();
    for _ in 0..70 {
        Reply::of(stranger.request("GET", "/tag")).expect(401);
    }
    let unrecorded =
        metric(&get(&server, &format!("{url}/metrics")).text, "patchbay_refusals_unrecorded_total");
    assert!((1.0..=10.0).contains(&unrecorded), "{unrecorded}");
    // Flooding the queue does not hide a wrong password.
    let entries = || "/auditentry/count?filter=outcome%20eq%20'refused'%20and%20action%20eq%20'POST%20/login'";
    let front = server.welcome.iter().find_map(|line| line.strip_prefix("Front door: ")).unwrap();
    let wrong: Json = json!({"user": "LAB\\anna", "password": "wrong"});
    Reply::of(Visitor::new(&server, front).request("POST", "/login").json(&wrong)).expect(401);
    wait_until(|| server.repository().get(entries()).expect(200).json()["value"] == 1);
    // Entries of refusals are written asynchronously, and no request waits for them.
    let (client, count) =
        (server.repository(), "/auditentry/count?filter=outcome%20eq%20'refused'");
    let recorded = || client.get(count).expect(200).json()["value"].as_f64().unwrap();
    wait_until(|| (unrecorded + recorded() - 71.0).abs() < f64::EPSILON);
    // An entry whose commit fails is counted as well.
    let dora = server.user("dora");
    let connection = id(&dora.connection("c"));
    let other = Connection::open(server.data().join("patchbay.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let why = format!(
        "/systemrule/explain?user=LAB%5Cdora&action=read&resource=DataConnection_{connection}"
    );
    dora.get(&format!("{why}&environmentAttributes=group%3DSales")).expect(403);
    let now = || {
        metric(&get(&server, &format!("{url}/metrics")).text, "patchbay_refusals_unrecorded_total")
    };
    wait_until(|| (now() - unrecorded - 1.0).abs() < f64::EPSILON);
    other.execute_batch("ROLLBACK").unwrap();
    // The next entry reports the missing one.
    dora.get(&format!("{why}&environmentAttributes=group%3DSales")).expect(403);
    let entry_count_path = "/auditentry/count?filter=detail%20so%20'(1%20more%20before'%20and%20userName%20so%20'dora'";
    wait_until(|| client.get(entry_count_path).expect(200).json()["value"] == 1);
}

#[cfg(unix)]
#[test]
fn sighup_reloads_the_certificate_and_the_log_level_and_keeps_connections() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("patchbay.toml");
    fs::write(&file, "log-level = 'info'").unwrap();
    let server = Server::start_in(folder, |_| {});
    let client = server.repository();
    client.get("/tag").expect(200);
    let certificate = || fs::read(server.data().join("certs/server.pem")).unwrap();
    let shown = |client: &Client| {
        let url = format!("{}/qrs/about", server.base);
        let reply = client.raw("GET", &url).send().unwrap();
        let info = reply.extensions().get::<reqwest::tls::TlsInfo>().unwrap();
        info.peer_certificate().unwrap().to_vec()
    };
    let (old, old_shown) = (certificate(), shown(&client));
    wait_until(|| server.log().contains("\"request\""));
    fs::write(&file, "log-level = 'warn'").unwrap();
    says(
        &patchbay(&server.data(), &["cert", "renew", "--server"]),
        &["renewed Patchbay server", "SIGHUP"],
    );
    assert_ne!(certificate(), old);
    send_signal("HUP", server.process_id());
    // Existing connections stay open, and new ones get the new certificate.
    wait_until(|| shown(&server.repository()) != old_shown);
    assert_eq!(shown(&client), old_shown);
    let lines = server.log().lines().count();
    client.get("/tag").expect(200);
    assert_eq!(server.log().lines().count(), lines);
    // Invalid files change nothing.
    fs::write(&file, "log-level = 'loud'").unwrap();
    for name in ["root_key.pem", "server.pem"] {
        fs::write(server.data().join("certs").join(name), "none").unwrap();
    }
    send_signal("HUP", server.process_id());
    wait_until(|| server.log().contains("the old one stays"));
    wait_until(|| server.log().contains("the log level stays"));
    server.repository().get("/tag").expect(200);
}
