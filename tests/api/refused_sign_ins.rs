//! Refused sign-ins at the front door: the same words, the same time, and waits that keep nobody
//! else out.

use crate::browser::Browser;
use crate::support::{Reply, Server, id};
use crate::visitor::{PASSWORD, Visitor, refusal, set_password, start};
use serde_json::json;

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
    // Five failures of one user make him wait, and nobody else; this machine's address may stand
    // for everybody.
    for _ in 0..4 {
        visitor.try_login("LAB\\anna", "wrong password").expect(401);
    }
    let reply = visitor.try_login("lab\\ANNA", PASSWORD).expect(429);
    assert!((1..=2).contains(&reply.header("retry-after").parse::<u64>().unwrap()));
    reply.says(&["try again in"]);
    assert!(set_password(&server.data(), "LAB\\carla", PASSWORD));
    visitor.try_login("LAB\\carla", PASSWORD).expect(200);
    // After the wait the right password signs in.
    std::thread::sleep(std::time::Duration::from_millis(2_100));
    visitor.try_login("LAB\\anna", PASSWORD).expect(200);
    for body in [json!({}), json!({"user": "LAB\\anna", "password": 5}), json!([])] {
        let message =
            Reply::of(visitor.request("POST", "/login").json(&body)).expect(400).message();
        assert_eq!(message, "the body must have the texts user and password");
    }
    let long = json!({"user": "x".repeat(20_000), "password": "x"});
    Reply::of(visitor.request("POST", "/login").json(&long)).expect(413);
    let url = format!("{front}/login");
    let without_key =
        visitor.client.raw("POST", &url).json(&json!({"user": "LAB\\anna", "password": PASSWORD}));
    Reply::of(without_key).expect(401).says(&["XSRF"]);
    assert!(!server.log().contains(PASSWORD));
}

/// The mark by which the browser is known from then on.
fn mark(reply: &Reply) -> String {
    let cookies = reply.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    let cookie =
        cookies.into_iter().find(|cookie| cookie.starts_with("X-Patchbay-Device=")).unwrap();
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
        let visitor =
            Visitor { cookie: cookie.map(str::to_owned), ..Visitor::new(&server, &front) };
        visitor.try_login(user, password)
    };
    let of_anna = mark(&sign_in(None, "LAB\\anna", PASSWORD).expect(200));
    let of_bert = mark(&sign_in(None, "LAB\\bert", PASSWORD).expect(200));
    sign_in(None, "LAB\\anna", "a guess").expect(401);
    as_if_guessed_for_long(&server);
    // Who knows the password, but comes by a browser that is not known, must wait with all others
    // from there.
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
    sign_in(None, "LAB\\anna", "a guess").expect(401);
    as_if_guessed_for_long(&server);
    sign_in(Some(&of_anna), "LAB\\anna", another).expect(429);
}

#[test]
fn a_user_who_signs_in_makes_no_guesses_free_that_come_from_elsewhere() {
    let (server, front) = start(&[]);
    assert!(set_password(&server.data(), "LAB\\anna", PASSWORD));
    let sign_in = |cookie: Option<&str>, password: &str| {
        let visitor =
            Visitor { cookie: cookie.map(str::to_owned), ..Visitor::new(&server, &front) };
        visitor.try_login("LAB\\anna", password)
    };
    let of_anna = mark(&sign_in(None, PASSWORD).expect(200));
    let start = std::time::Instant::now();
    let guesses = (0..24).map(|round| {
        let guess = sign_in(None, "a guess").status;
        // By a known browser, and while nobody has to wait also by a script that keeps no cookies.
        sign_in(Some(&of_anna), PASSWORD).expect(200);
        if round < 4 {
            sign_in(None, PASSWORD).expect(200);
        }
        guess
    });
    let made = guesses.filter(|status| *status == 401).count();
    // Five are free, and after these the wait doubles.
    let most = 5 + usize::try_from(start.elapsed().as_secs()).unwrap() / 2;
    assert!((5..=most).contains(&made), "{made} guesses in {:?}", start.elapsed());
    sign_in(None, PASSWORD).expect(429);
    // In the known browser, failures of one's own are forgotten.
    for _ in 0..3 {
        for _ in 0..4 {
            sign_in(Some(&of_anna), "mistyped").expect(401);
        }
        sign_in(Some(&of_anna), PASSWORD).expect(200);
    }
}

#[test]
fn a_new_password_clears_the_failures_of_its_user() {
    let (server, front) = start(&[]);
    for user in ["LAB\\anna", "LAB\\bert"] {
        assert!(set_password(&server.data(), user, PASSWORD));
    }
    let visitor = Visitor::new(&server, &front);
    for user in ["LAB\\anna", "LAB\\bert"] {
        visitor.try_login(user, "a guess").expect(401);
    }
    as_if_guessed_for_long(&server);
    // As if it had been counted at another address, too.
    let database = rusqlite::Connection::open(server.data().join("patchbay.db")).unwrap();
    let copied = "INSERT INTO sign_in_failures SELECT key || ' from 192.0.2.1', 20, last_date FROM \
                  sign_in_failures";
    assert_eq!(database.execute(copied, []).unwrap(), 2);
    visitor.try_login("LAB\\anna", PASSWORD).expect(429);
    assert!(set_password(&server.data(), "lab\\ANNA", "another good password"));
    visitor.try_login("LAB\\anna", "another good password").expect(200);
    visitor.try_login("LAB\\bert", PASSWORD).expect(429);
    let left = "SELECT count(*) FROM sign_in_failures WHERE key LIKE '%anna%'";
    assert_eq!(database.query_row(left, [], |row| row.get::<_, i64>(0)).unwrap(), 0);
}

/// Nobody has signed in by such a name, so anybody can have counts of any such names kept.
#[test]
fn the_count_of_a_long_name_is_no_longer_than_others() {
    let (server, front) = start(&[]);
    let name =
        |last: &str| format!("{}\\{}{last}", "\u{1f600}".repeat(255), "\u{e000}".repeat(254));
    let (anna, bert) = (name("a"), name("b"));
    let visitor = Visitor::new(&server, &front);
    for _ in 0..5 {
        visitor.try_login(&anna, "a guess").expect(401);
    }
    visitor.try_login(&anna, "a guess").expect(429);
    // Another name is counted by itself.
    visitor.try_login(&bert, "a guess").expect(401);
    let database = rusqlite::Connection::open(server.data().join("patchbay.db")).unwrap();
    let counts = "SELECT count(*), max(octet_length(key)) FROM sign_in_failures";
    let (number, longest): (i64, i64) =
        database.query_row(counts, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert!(number == 2 && longest <= 128, "{number} counts, {longest} bytes");
    // A new password finds it.
    assert!(set_password(&server.data(), &anna, PASSWORD));
    visitor.try_login(&anna.to_uppercase(), PASSWORD).expect(200);
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
            "sign-in-user-failures must be 1 to 100, not '0'",
        ),
        (
            &["--front", "127.0.0.1:0", "--sign-in-address-failures", "0"],
            "sign-in-address-failures must be 1 to 10000",
        ),
        (
            &["--front", "127.0.0.1:0", "--sign-in-wait-seconds", "90000"],
            "sign-in-wait-seconds must be 1 to 86400",
        ),
        (&["--sign-in-address-failures", "9"], "sign-in-address-failures needs front"),
    ] {
        refusal(arguments, &[], part);
    }
}

/// How long `/login` takes to refuse who is unknown, who mistyped, who has no password and who is
/// barred: 250 tries of each, in turn. A longer run, because what it compares is time:
/// `cargo test --test api -- --ignored takes_as_long`.
#[test]
#[ignore = "takes a minute, and measures time"]
fn refusing_takes_as_long_whoever_is_meant() {
    const USERS: usize = 125;
    let (server, front) = start(&[]);
    let client = server.repository();
    let kinds = ["unknown", "known", "without", "barred"];
    let names = |kind: &str| (0..USERS).map(|number| format!("{kind}{number}")).collect::<Vec<_>>();
    for kind in &kinds[1..] {
        let users = names(kind).into_iter().map(|user_id| {
            json!({
                "userDirectory": "LAB", "userId": user_id, "inactive": *kind == "barred"
            })
        });
        client.post("/user/many", &users.collect()).expect(201);
    }
    assert!(set_password(&server.data(), "LAB\\known0", PASSWORD));
    let database = rusqlite::Connection::open(server.data().join("patchbay.db")).unwrap();
    let copied = "INSERT INTO passwords SELECT u.id, p.hash, p.changed_date FROM users AS u, \
                  passwords AS p WHERE u.user_directory = 'LAB' AND u.user_id <> 'known0' AND \
                  u.user_id NOT LIKE 'without%'";
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
