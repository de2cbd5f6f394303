//! The front door: who signs in with a password, and how long he stays.

use crate::browser::Browser;
use crate::support::{Reply, Server, XRFKEY, connection, id};
use crate::visitor::{PASSWORD, Visitor, refusal, set_password, start};
use serde_json::json;
use std::process::Command;

#[test]
fn who_knows_the_password_is_in_until_he_signs_out() {
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
    let made = Reply::of(anna.request("POST", "/qrs/dataconnection").json(&connection("hers"))).expect(201).json();
    assert_eq!(made["owner"]["userId"], "anna");
    for path in ["/qrs/dataconnection/count", "/hub/qrs/dataconnection/count", "/x/QRS/DataConnection/Count/"] {
        assert_eq!(anna.get(path).expect(200).json()["value"], 1, "{path}");
    }
    anna.get("/qrs/about").expect(200);
    let sessions = anna.get("/sessions").expect(200).json();
    assert_eq!((sessions.as_array().unwrap().len(), &sessions[0]["address"]), (1, &json!("127.0.0.1")));
    Reply::of(anna.request("POST", "/logout")).expect_empty(204);
    anna.get("/qrs/dataconnection").expect(401).says(&["has ended"]);
}

#[test]
fn nobody_says_himself_who_he_is_at_the_front_door() {
    let (server, front) = start(&[]);
    let client = server.repository();
    client.connection("theirs");
    assert!(set_password(&server.data(), "LAB\\anna", PASSWORD));
    let rule = json!({"name": "g", "resourceFilter": "DataConnection_*", "actions": 2, "rule": "user.group = \"g\""});
    client.create("systemrule", &rule);
    let direct = server.user("anna").request("GET", "/dataconnection/count").header("X-Qlik-Security", "group=g");
    assert_eq!(Reply::of(direct).expect(200).json()["value"], 1);
    let mut anna = Visitor::new(&server, &front);
    anna.login("LAB\\anna", PASSWORD);
    let count = |header: &str, value: &str| {
        let request = anna.request("GET", "/qrs/dataconnection/count").header(header, value);
        Reply::of(request).expect(200).json()["value"].clone()
    };
    assert_eq!(count("X-Qlik-User", "UserDirectory=INTERNAL; UserId=sa_repository"), 0);
    assert_eq!(count("X-Qlik-Security", "group=g"), 0);
    // A wrong Xrfkey, or a cookie that nobody gave out, lets nobody in.
    let url = format!("{front}/qrs/tag?xrfkey={XRFKEY}");
    let cookie = anna.cookie.clone().unwrap();
    Reply::of(anna.client.raw("GET", &url).header("Cookie", &cookie)).expect(401).says(&["XSRF"]);
    for wrong in ["X-Qlik-Session=", "X-Qlik-Session=AAAA", "x", &format!("{cookie}; X-Qlik-Session=AAAA")] {
        Reply::of(anna.client.raw("GET", &url).header("X-Qlik-Xrfkey", XRFKEY).header("Cookie", wrong)).expect(401);
    }
    // The client certificate means nothing here, and the password nothing at the direct door.
    Reply::of(client.raw("GET", &url).header("X-Qlik-Xrfkey", XRFKEY)).expect(401);
    Reply::of(client.raw("POST", &format!("{}/login", server.base))).expect(404);
}

#[test]
fn administrators_are_such_in_the_management_context_only() {
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
        let mut command = Command::new(env!("CARGO_BIN_EXE_patchbay"));
        assert!(
            command.args(["user", "grant-root", "LAB\\root", "--data"]).arg(&data).output().unwrap().status.success()
        );
        let mut root = Visitor::new(&server, &front);
        root.login("LAB\\root", PASSWORD);
        let mut request = root.request("GET", "/qrs/dataconnection/count");
        if let Some(header) = header {
            request = request.header("X-Qlik-Security", header);
        }
        assert_eq!(Reply::of(request).expect(200).json()["value"], expected, "{arguments:?} {header:?}");
    }
}

#[test]
fn every_refusal_has_the_same_words_and_many_make_wait() {
    let (server, front) = start(&[]);
    let client = server.repository();
    for user in ["anna", "bert"] {
        assert!(set_password(&server.data(), &format!("LAB\\{user}"), PASSWORD));
    }
    client.create("user", &json!({"userDirectory": "LAB", "userId": "without"}));
    let bert = client.get("/user?filter=userId eq 'bert'").json()[0].clone();
    let barred = client.request("PUT", &format!("/user/{}", id(&bert))).header("If-Match", "*");
    Reply::of(barred.json(&json!({"inactive": true}))).expect(200);
    let visitor = Visitor::new(&server, &front);
    let words: Vec<String> = [
        ("LAB\\anna", "wrong password"),
        ("LAB\\nobody", PASSWORD),
        ("LAB\\without", PASSWORD),
        ("LAB\\bert", PASSWORD),
        ("x", PASSWORD),
    ]
    .iter()
    .map(|(user, password)| visitor.try_login(user, password).expect(401).message())
    .collect();
    assert!(words.iter().all(|own| *own == words[0]), "{words:?}");
    // Five failures of one user make him wait, and nobody else; this machine's address may stand for everybody.
    for _ in 0..4 {
        visitor.try_login("LAB\\anna", "wrong password").expect(401);
    }
    let reply = visitor.try_login("lab\\ANNA", PASSWORD).expect(429);
    assert!((1..=2).contains(&reply.header("retry-after").parse::<u64>().unwrap()));
    reply.says(&["try again in"]);
    assert!(set_password(&server.data(), "LAB\\carla", PASSWORD));
    visitor.try_login("LAB\\carla", PASSWORD).expect(200);
    // Once he has waited he is in, and his failures are forgotten.
    std::thread::sleep(std::time::Duration::from_millis(2_100));
    visitor.try_login("LAB\\anna", PASSWORD).expect(200);
    for _ in 0..4 {
        visitor.try_login("LAB\\anna", "wrong password").expect(401);
    }
    visitor.try_login("LAB\\anna", PASSWORD).expect(200);
    for body in [json!({}), json!({"user": "LAB\\anna", "password": 5}), json!([])] {
        let message = Reply::of(visitor.request("POST", "/login").json(&body)).expect(400).message();
        assert_eq!(message, "the body must have the texts user and password");
    }
    let long = json!({"user": "x".repeat(20_000), "password": "x"});
    Reply::of(visitor.request("POST", "/login").json(&long)).expect(413);
    let url = format!("{front}/login");
    let without_key = visitor.client.raw("POST", &url).json(&json!({"user": "LAB\\anna", "password": PASSWORD}));
    Reply::of(without_key).expect(401).says(&["XSRF"]);
    assert!(!server.log().contains(PASSWORD));
}

fn anna_again(server: &Server, front: &str) -> Visitor {
    let mut anna = Visitor::new(server, front);
    anna.login("LAB\\anna", "another good password");
    anna
}

#[test]
fn a_session_ends_with_the_password_the_user_or_his_rights() {
    let (server, front) = start(&[]);
    let client = server.repository();
    let data = server.data();
    let path = |user: &str| format!("/user/{}", id(&client.get(&format!("/user?filter=userId eq '{user}'")).json()[0]));
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
    let barred = client.request("PUT", &path("carla")).header("If-Match", "*").json(&json!({"blacklisted": true}));
    Reply::of(barred).expect(200);
    carla.get("/qrs/tag").expect(401).says(&["has ended"]);
    carla.get("/qrs/about").expect(401);
    // It stays ended when he is let in again.
    let let_in = client.request("PUT", &path("carla")).header("If-Match", "*").json(&json!({"blacklisted": false}));
    Reply::of(let_in).expect(200);
    carla.get("/qrs/tag").expect(401);

    let (dora, elsewhere) = (signed_in("dora"), signed_in("dora"));
    let sessions = dora.get("/sessions").expect(200).json();
    assert_eq!(sessions.as_array().unwrap().len(), 2);
    let first = format!("/sessions/{}", id(&sessions[1]));
    // Who was barred can make no token either, which would outlive that.
    for (method, path) in [("DELETE", first.as_str()), ("GET", "/sessions"), ("POST", "/tokens"), ("GET", "/tokens")] {
        Reply::of(carla.request(method, path).json(&json!({"name": "x"}))).expect(401).says(&["has ended"]);
    }
    Reply::of(anna_again(&server, &front).request("DELETE", &first)).expect(404);
    Reply::of(elsewhere.request("DELETE", &first)).expect_empty(204);
    dora.get("/qrs/tag").expect(401);
    elsewhere.get("/qrs/tag").expect(200);
    // What is in the database can't be used as a session.
    let bytes = std::fs::read(data.join("patchbay.db")).unwrap();
    let log = std::fs::read(data.join("patchbay.db-wal")).unwrap_or_default();
    let token = elsewhere.cookie.clone().unwrap().split('=').nth(1).unwrap().to_owned();
    for file in [bytes, log] {
        let text = String::from_utf8_lossy(&file).into_owned();
        assert!(!text.contains(&token) && !text.contains(PASSWORD));
    }
}

#[test]
fn sessions_outlive_a_restart_and_plain_http_is_for_this_machine_only() {
    let (server, front) = start(&["--front-tls", "off"]);
    assert!(front.starts_with("http://127.0.0.1:"));
    assert!(set_password(&server.data(), "LAB\\anna", PASSWORD));
    let mut anna = Visitor::new(&server, &front);
    let cookie = anna.login("LAB\\anna", PASSWORD);
    assert!(!cookie.header("set-cookie").contains("Secure"));
    let behind = anna.request("POST", "/login").header("X-Forwarded-Proto", "https");
    let behind = Reply::of(behind.json(&json!({"user": "LAB\\anna", "password": PASSWORD}))).expect(200);
    assert!(behind.header("set-cookie").contains("; Secure"));
    let port = front.rsplit(':').next().unwrap().to_owned();
    let server = Server::start_in(server.stop(), |command| {
        command.args(["--front", &format!("127.0.0.1:{port}"), "--front-tls", "off"]);
    });
    anna.get("/qrs/tag").expect(200);
    drop(server);
    for (arguments, part) in [
        (&["--front", "0.0.0.0:0", "--front-tls", "off"][..], "front-tls can be off on a loopback address only"),
        (&["--front-tls", "off"], "front-tls needs front"),
        (&["--front", "nowhere"], "front must be an address"),
        (&["--front", "127.0.0.1:0", "--front-context", "moon"], "front-context must be hub or management"),
    ] {
        refusal(arguments, &[], part);
    }
}

#[test]
fn many_who_know_the_password_sign_in_at_once() {
    let (server, front) = start(&[]);
    assert!(set_password(&server.data(), "LAB\\ci", PASSWORD));
    // More than are checked in the time for which a wait is waited for.
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..64)
            .map(|_| scope.spawn(|| Visitor::new(&server, &front).try_login("LAB\\ci", PASSWORD).status))
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(statuses.iter().all(|status| *status == 200), "{statuses:?}");
    let database = rusqlite::Connection::open(server.data().join("patchbay.db")).unwrap();
    let left: i64 = database.query_row("SELECT count(*) FROM sign_in_failures", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
}

#[test]
fn cookies_of_other_programs_hide_no_session_and_the_hub_says_so() {
    let (server, front) = start(&[]);
    assert!(set_password(&server.data(), "LAB\\anna", PASSWORD));
    let mut anna = Visitor::new(&server, &front);
    anna.login("LAB\\anna", PASSWORD);
    anna.cookie = Some(format!("other=\u{e4}; {}", anna.cookie.unwrap()));
    anna.get("/qrs/tag").expect(200);
    let refused = Reply::of(anna.request("POST", "/qrs/tag").json(&json!({"name": "x"})));
    refused.expect(403).says(&["may not create", "Context=ManagementAccess"]);
    let twice = anna.request("GET", "/qrs/tag").header("Authorization", "Bearer a").header("Authorization", "Bearer b");
    Reply::of(twice).expect(401).says(&["authorization", "twice"]);
}

/// The mark by which the browser is known from then on.
fn mark(reply: &Reply) -> String {
    let cookies = reply.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    let cookie = cookies.into_iter().find(|cookie| cookie.starts_with("X-Patchbay-Device=")).unwrap();
    for part in ["; HttpOnly", "; Secure", "; SameSite=Strict", "; Path=/; Max-Age=15552000"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    cookie.split(';').next().unwrap().to_owned()
}

/// As if who has failed had gone on until the wait is the longest.
fn as_if_guessed_for_long(server: &Server) {
    let database = rusqlite::Connection::open(server.data().join("patchbay.db")).unwrap();
    assert!(database.execute("UPDATE sign_in_failures SET failures = 20", []).unwrap() > 0);
}

#[test]
fn who_guesses_in_a_users_name_does_not_keep_his_browser_out() {
    let (server, front) = start(&[]);
    for user in ["LAB\\anna", "LAB\\bert"] {
        assert!(set_password(&server.data(), user, PASSWORD));
    }
    let sign_in = |cookie: Option<&str>, user: &str, password: &str| {
        let visitor = Visitor { cookie: cookie.map(str::to_owned), ..Visitor::new(&server, &front) };
        visitor.try_login(user, password)
    };
    let of_anna = mark(&sign_in(None, "LAB\\anna", PASSWORD).expect(200));
    let of_bert = mark(&sign_in(None, "LAB\\bert", PASSWORD).expect(200));
    sign_in(None, "LAB\\anna", "a guess").expect(401);
    as_if_guessed_for_long(&server);
    // Who knows the password, but comes by a browser that is not known, must wait with all others from there.
    let name = of_anna.split(['=', '.']).nth(1).unwrap();
    let made_up = format!("X-Patchbay-Device={name}.AAAA");
    for cookie in [None, Some(of_bert.as_str()), Some("X-Patchbay-Device=x"), Some(&made_up)] {
        let reply = sign_in(cookie, "LAB\\anna", PASSWORD).expect(429);
        // All of this machine have its address, so nobody keeps others out for long from there.
        let seconds: u64 = reply.header("retry-after").parse().unwrap();
        assert!((3..=40).contains(&seconds), "{seconds}");
    }
    // His own browser is let in, and keeps its name.
    let again = mark(&sign_in(Some(&of_anna), "lab\\ANNA", PASSWORD).expect(200));
    assert_eq!(again, of_anna);
    sign_in(None, "LAB\\anna", PASSWORD).expect(429);
    // In it nobody guesses for long either, and that makes nobody wait elsewhere.
    for _ in 0..5 {
        sign_in(Some(&of_bert), "LAB\\bert", "a guess").expect(401);
    }
    let reply = sign_in(Some(&of_bert), "LAB\\bert", PASSWORD).expect(429);
    assert!((1..=2).contains(&reply.header("retry-after").parse::<u64>().unwrap()));
    sign_in(None, "LAB\\bert", PASSWORD).expect(200);
    // A new password makes the mark worthless.
    let another = "another good password";
    assert!(set_password(&server.data(), "LAB\\anna", another));
    sign_in(Some(&of_anna), "LAB\\anna", another).expect(429);
}

#[test]
fn the_console_marks_browsers_too() {
    let (server, front) = start(&[]);
    let mut browser = Browser::signed_in(&server, &front, "LAB\\anna");
    let stranger = Visitor::new(&server, &front);
    stranger.try_login("LAB\\anna", "a guess").expect(401);
    as_if_guessed_for_long(&server);
    stranger.try_login("LAB\\anna", PASSWORD).expect(429);
    let fields = [("user", "LAB\\anna"), ("password", PASSWORD)];
    browser.get("/console/login").expect_page(200);
    assert_eq!(browser.post("/console/login", &fields).status, 303);
    let mut other = Browser::new(&server, &front);
    other.get("/console/login").expect_page(200);
    other.post("/console/login", &fields).expect_page(429);
}

/// A page elsewhere can make its own name point to this machine; the browser says that name.
#[test]
fn the_door_is_called_by_its_own_names_only() {
    let (server, front) = start(&["--front-tls", "off", "--host", "qlik.example.com,*.lab.example.com"]);
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
            for (path, status) in [("/qrs/tag", 401), ("/console/login", 200), ("/openapi.json", 200)] {
                let reply = Reply::of(visitor.request("GET", path).header("Host", &host));
                assert_eq!(reply.status, if is_ours { status } else { 400 }, "{host} {path}: {}", reply.text);
                if !is_ours && !host.contains(' ') {
                    reply.says(&["is not called", host.split(':').next().unwrap(), "host"]);
                }
            }
        }
    }
    // Services call the direct door as they like: they show a certificate, and no page can.
    Reply::of(server.repository().request("GET", "/tag").header("Host", "evil.example.com")).expect(200);
}

#[test]
fn how_many_may_fail_and_how_long_they_wait_can_be_set() {
    let (server, front) = start(&["--sign-in-user-failures", "2", "--sign-in-wait-seconds", "1"]);
    assert!(set_password(&server.data(), "LAB\\anna", PASSWORD));
    let visitor = Visitor::new(&server, &front);
    for _ in 0..2 {
        visitor.try_login("LAB\\anna", "a guess").expect(401);
    }
    // So short a wait is waited for, and those after it are no longer.
    for _ in 0..3 {
        visitor.try_login("LAB\\anna", "a guess").expect(401);
    }
    assert_eq!(visitor.try_login("LAB\\anna", PASSWORD).expect(200).json()["user"], "LAB\\anna");
    for (arguments, part) in [
        (
            &["--front", "127.0.0.1:0", "--sign-in-user-failures", "0"][..],
            "sign-in-user-failures must be 1 to 100, not 0",
        ),
        (&["--front", "127.0.0.1:0", "--sign-in-address-failures", "0"], "sign-in-address-failures must be 1 to 10000"),
        (&["--front", "127.0.0.1:0", "--sign-in-wait-seconds", "90000"], "sign-in-wait-seconds must be 1 to 86400"),
        (&["--sign-in-address-failures", "9"], "sign-in-address-failures needs front"),
    ] {
        refusal(arguments, &[], part);
    }
}

#[test]
fn a_password_must_be_long_enough() {
    let (server, _) = start(&[]);
    for (password, is_taken) in [("short", false), ("", false), (&"x".repeat(1_025), false), ("twelve chars", true)] {
        assert_eq!(set_password(&server.data(), "LAB\\anna", password), is_taken, "{}", password.len());
    }
    // The site's own accounts have none: they don't sign in here.
    assert!(!set_password(&server.data(), "internal\\sa_repository", PASSWORD));
}

/// How long `/login` takes to refuse who is unknown, who mistyped, who has no password and who is barred: 250 tries of each, in turn. A longer run,
/// because what it compares is time: `cargo test --test api -- --ignored takes_as_long`.
#[test]
#[ignore = "takes a minute, and measures time"]
fn refusing_takes_as_long_whoever_is_meant() {
    const USERS: usize = 125;
    let (server, front) = start(&[]);
    let client = server.repository();
    let kinds = ["unknown", "known", "without", "barred"];
    let names = |kind: &str| (0..USERS).map(|number| format!("{kind}{number}")).collect::<Vec<_>>();
    for kind in &kinds[1..] {
        let users = names(kind)
            .into_iter()
            .map(|user_id| json!({"userDirectory": "LAB", "userId": user_id, "inactive": *kind == "barred"}));
        client.post("/user/many", &users.collect()).expect(201);
    }
    assert!(set_password(&server.data(), "LAB\\known0", PASSWORD));
    let database = rusqlite::Connection::open(server.data().join("patchbay.db")).unwrap();
    let copied = "INSERT INTO passwords SELECT u.id, p.hash, p.changed_date FROM users AS u, passwords AS p \
        WHERE u.user_directory = 'LAB' AND u.user_id <> 'known0' AND u.user_id NOT LIKE 'without%'";
    assert_eq!(database.execute(copied, []).unwrap(), 2 * USERS - 1);
    let visitor = Visitor::new(&server, &front);
    let mut times = kinds.map(|_| Vec::new());
    for round in 0..2 * USERS {
        // In any order, or each would always follow the same other.
        let mut places: Vec<usize> = (0..kinds.len()).collect();
        places.sort_by_cached_key(|_| uuid::Uuid::new_v4());
        for place in places {
            let (kind, times) = (kinds[place], &mut times[place]);
            let user = format!("LAB\\{kind}{}", round % USERS);
            let start = std::time::Instant::now();
            visitor.try_login(&user, "wrong password").expect(401);
            times.push(start.elapsed());
        }
    }
    let medians = times.map(|mut times| {
        times.sort();
        times[times.len() / 2].as_secs_f64()
    });
    println!("medians in seconds: {medians:?}");
    for (kind, median) in kinds.iter().zip(medians) {
        let ratio = median / medians[0];
        assert!((0.95..=1.05).contains(&ratio), "{kind} takes {ratio} times as long as unknown");
    }
}
