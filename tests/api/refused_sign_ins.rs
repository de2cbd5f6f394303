//! Refused sign-ins at the front door: they have the same message and timing, and the waits lock
//! out no other user.

use crate::support::browser::Browser;
use crate::support::visitor::{PASSWORD, Visitor, refusal, set_password, start};
use crate::support::{Reply, Server, id, wait_until};
use serde_json::json;

#[test]
fn every_refusal_has_the_same_message_and_repeated_ones_lead_to_a_wait() {
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
    // Five failures of one user make that user wait, and no other; this machine's address may stand
    // for many clients.
    for _ in 0..4 {
        visitor.try_login("LAB\\anna", "wrong password").expect(401);
    }
    let reply = visitor.try_login("lab\\ANNA", PASSWORD).expect(429);
    assert!((1..=2).contains(&reply.header("retry-after").parse::<u64>().unwrap()));
    reply.says(&["try again in"]);
    assert!(set_password(&server.data(), "LAB\\carla", PASSWORD));
    visitor.try_login("LAB\\carla", PASSWORD).expect(200);
    // After the wait, the right password is accepted.
    wait_until(|| visitor.try_login("LAB\\anna", PASSWORD).status == 200);
    for body in [
        json!({}),
        json!({"user": "LAB\\anna", "password": 5}),
        json!([]),
        json!(["LAB\\anna", PASSWORD]),
    ] {
        let message =
            Reply::of(visitor.request("POST", "/login").json(&body)).expect(400).message();
        assert_eq!(message, "the body must have the strings user and password");
    }
    let long = json!({"user": "x".repeat(20_000), "password": "x"});
    Reply::of(visitor.request("POST", "/login").json(&long)).expect(413);
    let url = format!("{front}/login");
    let without_key =
        visitor.client.raw("POST", &url).json(&json!({"user": "LAB\\anna", "password": PASSWORD}));
    Reply::of(without_key).expect(401).says(&["XSRF"]);
    assert!(!server.log().contains(PASSWORD));
}

/// The device cookie, which identifies the browser from now on.
fn mark(reply: &Reply) -> String {
    let cookies = reply.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    let cookie =
        cookies.into_iter().find(|cookie| cookie.starts_with("X-Patchbay-Device=")).unwrap();
    for part in ["; HttpOnly", "; Secure", "; SameSite=Strict", "; Path=/; Max-Age=15552000"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    cookie.split(';').next().unwrap().to_owned()
}

/// Simulates failures that went on until the wait is the longest.
fn as_if_guessed_for_long(server: &Server) {
    let database = rusqlite::Connection::open(server.data().join("patchbay.db")).unwrap();
    assert!(database.execute("UPDATE sign_in_failures SET failures = 20", []).unwrap() > 0);
}

#[test]
fn guesses_at_a_users_password_do_not_lock_out_the_users_own_browser() {
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
    // A user with the right password in an unknown browser must wait, like all other clients from
    // there.
    let name = of_anna.split(['=', '.']).nth(1).unwrap();
    let made_up = format!("X-Patchbay-Device={name}.AAAA");
    for cookie in [None, Some(of_bert.as_str()), Some("X-Patchbay-Device=x"), Some(&made_up)] {
        let reply = sign_in(cookie, "LAB\\anna", PASSWORD).expect(429);
        // All programs of this machine share its address, so the wait for it is short.
        let seconds: u64 = reply.header("retry-after").parse().unwrap();
        assert!((3..=40).contains(&seconds), "{seconds}");
    }
    // The user's own browser is admitted, and keeps its cookie.
    let again = mark(&sign_in(Some(&of_anna), "lab\\ANNA", PASSWORD).expect(200));
    assert_eq!(again, of_anna);
    sign_in(None, "LAB\\anna", PASSWORD).expect(429);
    // Guesses in a known browser lead to a wait as well, but only in that browser.
    for _ in 0..5 {
        sign_in(Some(&of_bert), "LAB\\bert", "a guess").expect(401);
    }
    let reply = sign_in(Some(&of_bert), "LAB\\bert", PASSWORD).expect(429);
    assert!((1..=2).contains(&reply.header("retry-after").parse::<u64>().unwrap()));
    sign_in(None, "LAB\\bert", PASSWORD).expect(200);
    // A new password invalidates the device cookie.
    let new_password = "another good password";
    assert!(set_password(&server.data(), "LAB\\anna", new_password));
    sign_in(None, "LAB\\anna", "a guess").expect(401);
    as_if_guessed_for_long(&server);
    sign_in(Some(&of_anna), "LAB\\anna", new_password).expect(429);
}

#[test]
fn a_users_sign_ins_do_not_reset_the_count_of_guesses_from_elsewhere() {
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
        // The user signs in from a known browser, and, until the first wait, also with a script
        // that keeps no cookies.
        sign_in(Some(&of_anna), PASSWORD).expect(200);
        if round < 4 {
            sign_in(None, PASSWORD).expect(200);
        }
        guess
    });
    let made = guesses.filter(|status| *status == 401).count();
    // Five guesses are free; after that, the wait doubles.
    let most = 5 + usize::try_from(start.elapsed().as_secs()).unwrap() / 2;
    assert!((5..=most).contains(&made), "{made} guesses in {:?}", start.elapsed());
    wait_until(|| {
        [sign_in(None, "a guess"), sign_in(None, PASSWORD)].iter().all(|reply| reply.status == 429)
    });
    // A sign-in in the known browser clears that browser's failures.
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
    // As if failures had been counted for another address as well.
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

/// Anyone can cause counts for unknown user names of any length.
#[test]
fn the_count_of_a_long_name_takes_no_more_space_than_others() {
    let (server, front) = start(&[]);
    let name =
        |last: &str| format!("{}\\{}{last}", "\u{1f600}".repeat(255), "\u{e000}".repeat(254));
    let (anna, bert) = (name("a"), name("b"));
    let visitor = Visitor::new(&server, &front);
    for _ in 0..5 {
        visitor.try_login(&anna, "a guess").expect(401);
    }
    visitor.try_login(&anna, "a guess").expect(429);
    // Another name has its own count.
    visitor.try_login(&bert, "a guess").expect(401);
    let database = rusqlite::Connection::open(server.data().join("patchbay.db")).unwrap();
    let counts = "SELECT count(*), max(octet_length(key)) FROM sign_in_failures";
    let (number, longest): (i64, i64) =
        database.query_row(counts, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert!(number == 2 && longest <= 128, "{number} counts, {longest} bytes");
    // A new password clears the count.
    assert!(set_password(&server.data(), &anna, PASSWORD));
    visitor.try_login(&anna.to_uppercase(), PASSWORD).expect(200);
}

#[test]
fn the_console_sets_the_device_cookie_as_well() {
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
fn the_number_of_free_failures_and_the_longest_wait_can_be_set() {
    let (server, front) = start(&["--sign-in-user-failures", "2", "--sign-in-wait-seconds", "1"]);
    assert!(set_password(&server.data(), "LAB\\anna", PASSWORD));
    let visitor = Visitor::new(&server, &front);
    for _ in 0..2 {
        visitor.try_login("LAB\\anna", "a guess").expect(401);
    }
    // A wait this short is served by delaying the response, and later waits are no longer than
    // that.
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

/// How long `/login` takes to refuse an unknown user, a wrong password, a user without a password
/// and a barred user: 250 attempts of each, interleaved. It compares times and thus takes long:
/// `cargo test --test api -- --ignored takes_as_long`.
#[test]
#[ignore = "takes a minute, and measures time"]
fn refusing_takes_as_long_for_every_kind_of_user() {
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
        // In shuffled order, so that none always follows the same other.
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
