//! Large bodies share a bounded memory, and refused requests are answered before their bodies
//! arrive.

#![cfg(target_os = "linux")]

use crate::support::jwt::{Issuer, claims};
use crate::support::visitor::{PASSWORD, Visitor, answer, set_password, start};
use crate::support::{Client, Reply, Server, XRFKEY, id, wait_until};
use serde_json::json;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::scope;
use std::time::{Duration, Instant};
use uuid::Uuid;

const MIB: usize = 1 << 20;

/// A memory figure of the process, in KiB.
fn memory(server: &Server, name: &str) -> usize {
    let status = fs::read_to_string(format!("/proc/{}/status", server.process_id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim_start_matches(':').trim().trim_end_matches(" kB").parse().unwrap()
}

/// A list of 8 MiB of that item.
fn list_of(item: &str) -> String {
    format!("[{}]", vec![item; (8 * MIB - 2) / (item.len() + 1)].join(","))
}

/// The same, in lists of the longest allowed length.
fn lists_of(item: &str) -> String {
    list_of(&format!("[{}]", vec![item; 10_000].join(",")))
}

/// Sends a body eight times concurrently, or as often as `PATCHBAY_LARGE_BODIES` says, with small
/// ones in parallel.
fn send_at_once(server: &Server, path: &str, body: &str) {
    let times = std::env::var("PATCHBAY_LARGE_BODIES").map_or(8, |times| times.parse().unwrap());
    let (left, mut slowest, mut small) = (AtomicUsize::new(times), Duration::ZERO, 0);
    scope(|scope| {
        for number in 0..times {
            let (client, left) = (server.user(&format!("u{}", number % 4)), &left);
            scope.spawn(move || {
                let reply = client.send("POST", path, "application/json", body.to_owned());
                left.fetch_sub(1, Ordering::Relaxed);
                assert!(
                    [400, 413, 503].contains(&reply.status),
                    "{}: {}",
                    reply.status,
                    reply.text
                );
                assert!(reply.text.len() < 4_000, "{}", reply.text.len());
                if reply.status == 503 {
                    reply.says(&["other large request bodies"]).header("retry-after");
                }
            });
        }
        let client = server.user("zoe");
        while left.load(Ordering::Relaxed) > 0 {
            let start = Instant::now();
            client.connection(&Uuid::new_v4().to_string());
            (slowest, small) = (slowest.max(start.elapsed()), small + 1);
        }
    });
    println!(
        "{path}: {small} small requests beside {times} large ones, the slowest in {slowest:?}"
    );
    assert!(small > 0 && slowest < Duration::from_secs(5), "{small}, {slowest:?}");
}

#[test]
#[ignore = "takes long; .ci/run long-tests runs it"]
fn eight_large_bodies_stay_within_their_memory() {
    let server = Server::start();
    server.user("zoe").connection("first");
    let idle = memory(&server, "VmRSS");
    let tags = format!(
        r#"{{"name":"x","type":"x","connectionstring":"x","tags":[{}]}}"#,
        ["1"; 1_000].join(",")
    );
    let mut bodies = vec![
        ("/tag/table", list_of(r#"{"":0}"#)),
        ("/tag/many", lists_of(r#"{"":0}"#)),
        // A short text that causes very many faults.
        ("/dataconnection/many", list_of(&tags)),
    ];
    if std::env::var("PATCHBAY_LARGE_BODIES").is_ok() {
        bodies.extend([
            ("/tag/many", lists_of("{'':0}")),
            ("/tag/table", lists_of("[0]")),
            ("/systemrule/import", lists_of("''")),
            ("/systemrule/explain/changes", lists_of("{x:{}}")),
        ]);
    }
    for (path, body) in bodies {
        send_at_once(&server, path, &body);
        let above = memory(&server, "VmHWM").saturating_sub(idle) / 1024;
        println!("{path}: {above} MiB above idle at the peak");
        assert!(above < 256, "{path}: {above} MiB");
    }
}

/// The head of a request with a body of that length.
fn head(path: &str, more: &str, length: usize) -> String {
    let separator = if path.contains('?') { '&' } else { '?' };
    format!(
        "POST {path}{separator}xrfkey={XRFKEY} HTTP/1.1\r\nHost: localhost\r\nX-Qlik-Xrfkey: \
         {XRFKEY}\r\n{more}Content-Length: {length}\r\n\r\n"
    )
}

#[test]
fn a_request_that_is_refused_is_answered_before_its_body_comes() {
    let issuer = Issuer::new();
    let (server, front) = start(&[
        "--front-tls",
        "off",
        "--front-jwt-key",
        issuer.key(),
        "--max-request-seconds",
        "60",
    ]);
    let bar = |user_id: &str| {
        server
            .repository()
            .create("user", &json!({"userDirectory": "LAB", "userId": user_id, "inactive": true}))
    };
    bar("anna");
    assert!(set_password(&server.data(), "LAB\\bert", PASSWORD));
    let mut bert = Visitor::new(&server, &front);
    bert.login("LAB\\bert", PASSWORD);
    let token =
        Reply::of(bert.request("POST", "/tokens").json(&json!({"name": "t", "scope": "read"})))
            .expect(201)
            .json();
    let cookie = bert.cookie.unwrap();
    let barred = format!("Authorization: {}\r\n", issuer.bearer(&claims(&json!({}))));
    let reader = format!("Authorization: Bearer {}\r\n", token["token"].as_str().unwrap());
    let ended = format!("Authorization: {}\r\n", issuer.bearer(&claims(&json!({"exp": 1_000}))));
    let known = format!("Cookie: {cookie}\r\n");
    let idle = memory(&server, "VmHWM");
    let refusals = [
        ("/qrs/tag/table", &barred, 403, "inactive"),
        ("/qrs/tag/many", &barred, 403, "inactive"),
        ("/qrs/tag/previewprivileges", &barred, 403, "inactive"),
        ("/qrs/systemrule/explain/changes", &barred, 403, "inactive"),
        ("/qrs/tag/many", &reader, 403, "for reading only"),
        ("/qrs/tag", &reader, 403, "for reading only"),
        ("/qrs/selection", &reader, 403, "for reading only"),
        ("/qrs/systemrule/import", &reader, 403, "for reading only"),
        ("/tokens", &reader, 403, "needs a session"),
        ("/qrs/tag/many", &ended, 401, ""),
        ("/qrs/tag/many", &"Authorization: Bearer pbt_none\r\n".to_owned(), 401, ""),
        ("/qrs/tag/many", &"Cookie: X-Qlik-Session=none\r\n".to_owned(), 401, ""),
        ("/qrs/nothing", &known, 404, ""),
        ("/qrs/tag/count", &known, 405, ""),
        // A body that is too long is refused by the length in its head.
        ("/login", &String::new(), 413, "16384 bytes"),
        (
            "/console/login",
            &"Content-Type: application/x-www-form-urlencoded\r\n".to_owned(),
            413,
            "",
        ),
    ];
    scope(|scope| {
        for (path, who, status, part) in refusals {
            let front = &front;
            scope.spawn(move || {
                let check = |request: &str| {
                    let (text, time) = answer(front, request.as_bytes());
                    assert!(
                        text.starts_with(&format!("HTTP/1.1 {status} ")) && text.contains(part),
                        "{path} {who}: {text}"
                    );
                    assert!(text.contains("connection: close"), "{path} {who}: {text}");
                    assert!(time < Duration::from_secs(15), "{path} {who}: {time:?}");
                };
                // Nothing of the body arrives, or all of it.
                let head = head(path, who, 8 * MIB);
                check(&head);
                check(&(head.clone() + &" ".repeat(8 * MIB)));
                // A body without an end does not keep the connection open either.
                if status != 413 {
                    let chunked =
                        head.replace("Content-Length: 8388608", "Transfer-Encoding: chunked");
                    check(&(chunked + "400\r\n" + &" ".repeat(1_024)));
                }
            });
        }
    });
    let above = memory(&server, "VmHWM") - idle;
    println!("{above} KiB above idle at the peak");
    assert!(above < 16 * 1024, "{above} KiB");
    assert!(!server.log().contains("ERROR"), "{}", server.log());
}

/// At the direct door, and in a form of the console.
#[test]
fn a_barred_user_is_refused_before_the_body_at_each_door() {
    let (server, front) = start(&[
        "--front-tls",
        "off",
        "--front-header",
        "X-User",
        "--front-header-from",
        "127.0.0.1",
    ]);
    let client = server.repository();
    let anna = client.create("user", &json!({"userDirectory": "LAB", "userId": "anna"}));
    let tag = id(&client.create("tag", &json!({"name": "t"})));
    let bar = client.request("PUT", &format!("/user/{}", id(&anna))).header("If-Match", "*");
    Reply::of(bar.json(&json!({"blacklisted": true}))).expect(200);
    let refused = |client: &Client, method: &str, path: &str| {
        client.send(method, path, "application/json", "no JSON").expect(403).says(&["inactive"]);
    };
    for (method, path) in [
        ("POST", "/tag".to_owned()),
        ("POST", "/tag/many".to_owned()),
        ("POST", "/tag/table".to_owned()),
        ("PUT", format!("/tag/{tag}")),
        ("POST", "/selection".to_owned()),
        ("PUT", format!("/selection/{tag}")),
        ("PUT", format!("/selection/{tag}/tag/synthetic")),
        ("POST", "/systemrule/import".to_owned()),
        ("POST", "/systemrule/security/audit".to_owned()),
        ("POST", "/systemrule/security/audit/matrix".to_owned()),
        ("POST", "/systemrule/security/audit/accessibleobjects".to_owned()),
        ("POST", "/tag/previewcreateprivilege".to_owned()),
    ] {
        refused(&server.user("anna"), method, &path);
    }
    let form = "X-User: LAB\\anna\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    let (text, _) = answer(&front, head("/console/tag/new", form, MIB).as_bytes());
    assert!(text.starts_with("HTTP/1.1 403 ") && text.contains("inactive"), "{text}");
}

/// Two users reserve all memory with bodies that they never send. It is taken from them when
/// another body waits for it.
#[test]
#[ignore = "takes long; .ci/run long-tests runs it"]
fn slow_senders_are_cut_off_for_a_body_that_waits() {
    let arguments =
        ["--front-tls", "off", "--body-memory-bytes", "16777216", "--max-request-seconds", "600"];
    let arguments =
        [&arguments[..], &["--front-header", "X-User", "--front-header-from", "127.0.0.1"]]
            .concat();
    let (server, front) = start(&arguments);
    let slow = ["anna", "bert"].map(|user_id| {
        let head = head("/qrs/tag/many", &format!("X-User: LAB\\{user_id}\r\n"), 4 * MIB);
        let mut stream = TcpStream::connect(front.trim_start_matches("http://")).unwrap();
        stream.write_all((head + &" ".repeat(200_000)).as_bytes()).unwrap();
        stream
    });
    let client = server.repository();
    let tags = json!([{"name": "x".repeat(255)}]).to_string() + &" ".repeat(3 * MIB);
    let start = Instant::now();
    // On a busy machine the body may wait for longer than the server allows, which is a 503.
    wait_until(|| {
        let reply = client.send("POST", "/tag/many", "application/json", tags.clone());
        assert!([201, 503].contains(&reply.status), "{}", reply.text);
        reply.status == 201
    });
    println!("the body that waited was taken after {:?}", start.elapsed());
    // At least one of the slow senders was cut off.
    let answers = slow.map(|mut stream| {
        stream.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
        let mut text = [0; 12];
        stream.read_exact(&mut text).is_ok().then(|| String::from_utf8_lossy(&text).into_owned())
    });
    assert!(answers.iter().flatten().any(|text| text == "HTTP/1.1 408"), "{answers:?}");
    // A short body never waits, whoever uses the memory.
    let start = Instant::now();
    server.user("anna").connection("small");
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
}

/// Formerly, each spelling of a name had a share of its own.
#[test]
fn a_user_has_one_share_of_the_memory_in_every_spelling_of_the_name() {
    let arguments =
        ["--front-tls", "off", "--body-memory-bytes", "16777216", "--max-request-seconds", "600"];
    let arguments =
        [&arguments[..], &["--front-header", "X-User", "--front-header-from", "127.0.0.1"]]
            .concat();
    let (server, front) = start(&arguments);
    server.user("gina").connection("first");
    let send = |name: &str| {
        let head = head("/qrs/tag/many", &format!("X-User: {name}\r\n"), 4 * MIB);
        let mut stream = TcpStream::connect(front.trim_start_matches("http://")).unwrap();
        stream.write_all((head + &" ".repeat(200_000)).as_bytes()).unwrap();
        stream
    };
    let names = ["LAB\\gina", "lab\\GINA", "Lab\\Gina", "LAB\\GINA", "lab\\gina", "lAB\\gINA"];
    let slow = names.map(send);
    let tags = json!([{"name": "x".repeat(255)}]).to_string() + &" ".repeat(2 * MIB);
    server.repository().send("POST", "/tag/many", "application/json", tags).expect(201);
    // None of the senders was cut off.
    for mut stream in slow {
        stream.set_read_timeout(Some(Duration::from_millis(10))).unwrap();
        let mut text = [0; 12];
        let is_answered = stream.read_exact(&mut text).is_ok();
        assert!(
            !is_answered || &text != b"HTTP/1.1 408",
            "a slow body was cut off for that of the same user"
        );
    }
}

/// A request to switch protocols is answered like any other, with the length in its head.
#[test]
#[ignore = "takes long; .ci/run long-tests runs it"]
fn an_upgrade_request_with_a_body_is_answered_immediately() {
    let (server, front) = start(&["--front-tls", "off", "--operations", "127.0.0.1:0"]);
    let operations =
        server.welcome.iter().find_map(|line| line.strip_prefix("For operations: ")).unwrap();
    let operations = operations.strip_suffix("/ready").unwrap();
    let body = r#"{"user": "LAB\\anna", "password": "wrong"}"#;
    let json = "Content-Type: application/json\r\n";
    let chunks = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    let chunked = |upgrade: &str| {
        head("/login", &format!("{json}{upgrade}"), 0)
            .replace("Content-Length: 0", "Transfer-Encoding: chunked")
            + &chunks
    };
    for upgrade in [
        "Connection: Upgrade\r\n",
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: \
         AAMAAABkAAQAoAAAAAIAAAAA\r\n",
        "Connection: Upgrade\r\nUpgrade: websocket\r\n",
        "Upgrade: websocket\r\n",
        "Connection: close, Upgrade\r\nUpgrade: websocket\r\n",
    ] {
        let sized = head("/login", &format!("{json}{upgrade}"), body.len()) + body;
        // The bytes that follow are not parsed as a request, since the client asked for another
        // protocol.
        let followed = sized.clone() + "GET /qrs/about HTTP/1.1\r\nHost: localhost\r\n\r\n";
        let get = format!("GET /qrs/about HTTP/1.1\r\nHost: localhost\r\n{upgrade}\r\n");
        for (address, request, statuses) in [
            (front.as_str(), sized, [401, 429]),
            (&front, followed, [401, 429]),
            (&front, chunked(upgrade), [401, 429]),
            (&front, get.clone(), [401, 401]),
            (operations, get.replace("/qrs/about", "/health"), [200, 200]),
            (operations, head("/health", upgrade, body.len()) + body, [405, 405]),
        ] {
            let (text, time) = answer(address, request.as_bytes());
            let status: u16 = text.get(9..12).unwrap_or_default().parse().unwrap_or_default();
            assert!(statuses.contains(&status), "{request}\n{text}");
            // Without the `Connection` header, `Upgrade` has no effect.
            let is_plain = !upgrade.contains("Connection") && request.contains("chunked");
            assert!(text.contains("connection: close") || is_plain, "{request}\n{text}");
            assert!(!text.contains("connection: upgrade"), "{request}\n{text}");
            assert!(
                text.matches("HTTP/1.1 ").count() == 1 || !upgrade.contains("websocket"),
                "{request}\n{text}"
            );
            assert!(time < Duration::from_secs(8), "{request}: {time:?}");
        }
    }
}
