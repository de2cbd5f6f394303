//! The front door: sign-ins with a password, and sessions.

use crate::support::visitor::{PASSWORD, Visitor, refusal, set_password, start};
use crate::support::{Reply, Server, XRFKEY, connection, id, program};
use serde_json::json;

#[test]
fn a_user_with_the_password_stays_signed_in_until_signing_out() {
    let (server, front) = start(&[]);
    assert!(front.starts_with("https://"));
    assert!(set_password(&server.data(), "LAB\\anna", PASSWORD));
    let mut anna = Visitor::new(&server, &front);
    anna.get("/qrs/dataconnection").expect(401).says(&["sign in"]);
    let reply = anna.login("lab\\ANNA", PASSWORD);
    assert_eq!(reply.json()["user"], "LAB\\anna");
    let cookie = reply.header("set-cookie");
    for part in ["X-Qlik-Session=", "; HttpOnly", "; Secure", "; SameSite=Strict", "; Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let made = Reply::of(anna.request("POST", "/qrs/dataconnection").json(&connection("hers")))
        .expect(201)
        .json();
    assert_eq!(made["owner"]["userId"], "anna");
    for path in [
        "/qrs/dataconnection/count",
        "/hub/qrs/dataconnection/count",
        "/x/QRS/DataConnection/Count/",
    ] {
        assert_eq!(anna.get(path).expect(200).json()["value"], 1, "{path}");
    }
    anna.get("/qrs/about").expect(200);
    let sessions = anna.get("/sessions").expect(200).json();
    assert_eq!(
        (sessions.as_array().unwrap().len(), &sessions[0]["address"]),
        (1, &json!("127.0.0.1"))
    );
    Reply::of(anna.request("POST", "/logout")).expect_empty(204);
    anna.get("/qrs/dataconnection").expect(401).says(&["has expired"]);
}

#[test]
fn the_front_door_ignores_user_headers_and_unknown_cookies() {
    let (server, front) = start(&[]);
    let client = server.repository();
    client.connection("theirs");
    assert!(set_password(&server.data(), "LAB\\anna", PASSWORD));
    let rule = json!({
        "name": "g", "resourceFilter": "DataConnection_*", "actions": 2,
        "rule": "user.group = \"g\""
    });
    client.create("systemrule", &rule);
    let direct = server
        .user("anna")
        .request("GET", "/dataconnection/count")
        .header("X-Qlik-Security", "group=g");
    assert_eq!(Reply::of(direct).expect(200).json()["value"], 1);
    let mut anna = Visitor::new(&server, &front);
    anna.login("LAB\\anna", PASSWORD);
    let count = |header: &str, value: &str| {
        let request = anna.request("GET", "/qrs/dataconnection/count").header(header, value);
        Reply::of(request).expect(200).json()["value"].clone()
    };
    assert_eq!(count("X-Qlik-User", "UserDirectory=INTERNAL; UserId=sa_repository"), 0);
    assert_eq!(count("X-Qlik-Security", "group=g"), 0);
    // A request with a wrong Xrfkey or an unknown cookie is refused.
    let url = format!("{front}/qrs/tag?xrfkey={XRFKEY}");
    let cookie = anna.cookie.clone().unwrap();
    Reply::of(anna.client.raw("GET", &url).header("Cookie", &cookie)).expect(401).says(&["XSRF"]);
    for wrong in
        ["X-Qlik-Session=", "X-Qlik-Session=AAAA", "x", &format!("{cookie}; X-Qlik-Session=AAAA")]
    {
        Reply::of(
            anna.client.raw("GET", &url).header("X-Qlik-Xrfkey", XRFKEY).header("Cookie", wrong),
        )
        .expect(401);
    }
    // The front door ignores the client certificate, and the direct door ignores the password.
    Reply::of(client.raw("GET", &url).header("X-Qlik-Xrfkey", XRFKEY)).expect(401);
    Reply::of(client.raw("POST", &format!("{}/login", server.base))).expect(404);
}

#[test]
fn administrators_have_their_rights_in_the_management_context_only() {
    for (arguments, header, expected) in [
        (&[][..], None, 0),
        (&[], Some("Context=ManagementAccess"), 1),
        (&["--front-context", "management"], None, 1),
        (&["--front-context", "management"], Some("Context=AppAccess"), 0),
    ] {
        let (server, front) = start(arguments);
        server.repository().connection("c");
        let data = server.data();
        assert!(set_password(&data, "LAB\\root", PASSWORD));
        let mut command = program();
        assert!(
            command
                .args(["user", "grant-root", "--create", "LAB\\root", "--data"])
                .arg(&data)
                .output()
                .unwrap()
                .status
                .success()
        );
        let mut root = Visitor::new(&server, &front);
        root.login("LAB\\root", PASSWORD);
        let mut request = root.request("GET", "/qrs/dataconnection/count");
        if let Some(header) = header {
            request = request.header("X-Qlik-Security", header);
        }
        assert_eq!(
            Reply::of(request).expect(200).json()["value"],
            expected,
            "{arguments:?} {header:?}"
        );
    }
}

fn anna_again(server: &Server, front: &str) -> Visitor {
    let mut anna = Visitor::new(server, front);
    anna.login("LAB\\anna", "another good password");
    anna
}

#[test]
fn a_session_ends_when_the_password_changes_or_the_user_is_barred_or_deleted() {
    let (server, front) = start(&[]);
    let client = server.repository();
    let data = server.data();
    let path = |user: &str| {
        format!("/user/{}", id(&client.get(&format!("/user?filter=userId eq '{user}'")).json()[0]))
    };
    for user in ["anna", "bert", "carla", "dora"] {
        assert!(set_password(&data, &format!("LAB\\{user}"), PASSWORD));
    }
    let signed_in = |user: &str| {
        let mut visitor = Visitor::new(&server, &front);
        visitor.login(&format!("LAB\\{user}"), PASSWORD);
        visitor.get("/qrs/tag").expect(200);
        visitor
    };
    let anna = signed_in("anna");
    assert!(set_password(&data, "LAB\\anna", "another good password"));
    anna.get("/qrs/tag").expect(401);
    anna.try_login("LAB\\anna", PASSWORD).expect(401);

    let bert = signed_in("bert");
    client.delete(&path("bert")).expect(204);
    bert.get("/qrs/tag").expect(401);

    let carla = signed_in("carla");
    let barred = client
        .request("PUT", &path("carla"))
        .header("If-Match", "*")
        .json(&json!({"blacklisted": true}));
    Reply::of(barred).expect(200);
    carla.get("/qrs/tag").expect(401).says(&["has expired"]);
    carla.get("/qrs/about").expect(401);
    // The session stays ended when the user is no longer barred.
    let let_in = client
        .request("PUT", &path("carla"))
        .header("If-Match", "*")
        .json(&json!({"blacklisted": false}));
    Reply::of(let_in).expect(200);
    carla.get("/qrs/tag").expect(401);

    let (dora, elsewhere) = (signed_in("dora"), signed_in("dora"));
    let sessions = dora.get("/sessions").expect(200).json();
    assert_eq!(sessions.as_array().unwrap().len(), 2);
    let first = format!("/sessions/{}", id(&sessions[1]));
    // A barred user can't create a token either, which would outlive the bar.
    for (method, path) in
        [("DELETE", first.as_str()), ("GET", "/sessions"), ("POST", "/tokens"), ("GET", "/tokens")]
    {
        Reply::of(carla.request(method, path).json(&json!({"name": "x"})))
            .expect(401)
            .says(&["has expired"]);
    }
    Reply::of(anna_again(&server, &front).request("DELETE", &first)).expect(404);
    Reply::of(elsewhere.request("DELETE", &first)).expect_empty(204);
    dora.get("/qrs/tag").expect(401);
    elsewhere.get("/qrs/tag").expect(200);
    // The files of the database contain neither the session token nor the password.
    let bytes = std::fs::read(data.join("patchbay.db")).unwrap();
    let log = std::fs::read(data.join("patchbay.db-wal")).unwrap_or_default();
    let token = elsewhere.cookie.clone().unwrap().split('=').nth(1).unwrap().to_owned();
    for file in [bytes, log] {
        let text = String::from_utf8_lossy(&file).into_owned();
        assert!(!text.contains(&token) && !text.contains(PASSWORD));
    }
}

#[test]
fn sessions_survive_a_restart_and_plain_http_is_limited_to_this_machine() {
    let (server, front) = start(&["--front-tls", "off"]);
    assert!(front.starts_with("http://127.0.0.1:"));
    assert!(set_password(&server.data(), "LAB\\anna", PASSWORD));
    let mut anna = Visitor::new(&server, &front);
    let cookie = anna.login("LAB\\anna", PASSWORD);
    assert!(!cookie.header("set-cookie").contains("Secure"));
    let behind = anna.request("POST", "/login").header("X-Forwarded-Proto", "https");
    let behind =
        Reply::of(behind.json(&json!({"user": "LAB\\anna", "password": PASSWORD}))).expect(200);
    assert!(behind.header("set-cookie").contains("; Secure"));
    let port = front.rsplit(':').next().unwrap().to_owned();
    let server = Server::start_in(server.stop(), |command| {
        command.args(["--front", &format!("127.0.0.1:{port}"), "--front-tls", "off"]);
    });
    anna.get("/qrs/tag").expect(200);
    drop(server);
    for (arguments, part) in [
        (
            &["--front", "0.0.0.0:0", "--front-tls", "off"][..],
            "front-tls can be off on a loopback address only",
        ),
        (&["--front-tls", "off"], "front-tls needs front"),
        (&["--front", "nowhere"], "front must be an address"),
        (
            &["--front", "127.0.0.1:0", "--front-context", "moon"],
            "front-context must be hub or management",
        ),
    ] {
        refusal(arguments, &[], part);
    }
}

#[test]
fn many_users_can_sign_in_at_the_same_time() {
    let (server, front) = start(&[]);
    assert!(set_password(&server.data(), "LAB\\ci", PASSWORD));
    // There are more sign-ins than can be checked before a queued sign-in times out.
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..64)
            .map(|_| {
                scope.spawn(|| Visitor::new(&server, &front).try_login("LAB\\ci", PASSWORD).status)
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(statuses.iter().all(|status| *status == 200), "{statuses:?}");
    let database = rusqlite::Connection::open(server.data().join("patchbay.db")).unwrap();
    let left: i64 =
        database.query_row("SELECT count(*) FROM sign_in_failures", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
}

#[test]
fn cookies_of_other_programs_do_not_hide_the_session_and_hub_refusals_name_the_context() {
    let (server, front) = start(&[]);
    assert!(set_password(&server.data(), "LAB\\anna", PASSWORD));
    let mut anna = Visitor::new(&server, &front);
    anna.login("LAB\\anna", PASSWORD);
    anna.cookie = Some(format!("other=\u{e4}; {}", anna.cookie.unwrap()));
    anna.get("/qrs/tag").expect(200);
    let refused = Reply::of(anna.request("POST", "/qrs/tag").json(&json!({"name": "x"})));
    refused.expect(403).says(&["may not create", "Context=ManagementAccess"]);
    let twice = anna
        .request("GET", "/qrs/tag")
        .header("Authorization", "Bearer a")
        .header("Authorization", "Bearer b");
    Reply::of(twice).expect(401).says(&["authorization", "twice"]);
}

/// A page of another site can resolve its own host name to this machine; the browser sends that
/// name.
#[test]
fn requests_with_a_foreign_host_name_are_refused() {
    let (server, front) =
        start(&["--front-tls", "off", "--host", "qlik.example.com,*.lab.example.com"]);
    let visitor = Visitor::new(&server, &front);
    let port = front.rsplit(':').next().unwrap();
    for (host, is_ours) in [
        ("localhost", true),
        ("127.0.0.1", true),
        ("10.0.0.5", true),
        ("[::1]", true),
        ("QLIK.example.com", true),
        ("a.lab.example.com", true),
        ("evil.example.com", false),
        ("localhost.evil.example.com", false),
        ("a b", false),
    ] {
        for host in [host.to_owned(), format!("{host}:{port}")] {
            for (path, status) in
                [("/qrs/tag", 401), ("/console/login", 200), ("/openapi.json", 200)]
            {
                let reply = Reply::of(visitor.request("GET", path).header("Host", &host));
                assert_eq!(
                    reply.status,
                    if is_ours { status } else { 400 },
                    "{host} {path}: {}",
                    reply.text
                );
                if !is_ours && !host.contains(' ') {
                    reply.says(&[
                        "is not a name of this server",
                        host.split(':').next().unwrap(),
                        "host",
                    ]);
                }
            }
        }
    }
    // Services may use any host name at the direct door: they have a certificate, which no page of
    // another site can use.
    Reply::of(server.repository().request("GET", "/tag").header("Host", "evil.example.com"))
        .expect(200);
}

#[test]
fn a_password_must_be_long_enough() {
    let (server, _) = start(&[]);
    for (password, is_taken) in
        [("short", false), ("", false), (&"x".repeat(1_025), false), ("twelve chars", true)]
    {
        assert_eq!(
            set_password(&server.data(), "LAB\\anna", password),
            is_taken,
            "{}",
            password.len()
        );
    }
    // The repository's own accounts have no passwords: they can't sign in here.
    assert!(!set_password(&server.data(), "internal\\sa_repository", PASSWORD));
}
