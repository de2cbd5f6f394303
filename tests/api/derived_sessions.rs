//! A sign-in with a trusted header or a JSON Web Token sets a session cookie, which suffices for
//! later requests.

use crate::support::databases::number_in;
use crate::support::jwt::{Issuer, claims};
use crate::support::sessions::{
    HEADER, by_header, by_jwt, cookie, cookies, seconds, sign_in, with_cookie, within_an_hour,
};
use crate::support::visitor::{PASSWORD, Visitor, set_password, start, start_in, start_with};
use crate::support::{Reply, Server, connection, id, wait_until};
use serde_json::{Value as Json, json};

const SECRET: (&str, &str) = ("PATCHBAY_FRONT_HEADER_SECRET", "a-secret-of-the-proxy,-long-enough");

#[test]
fn a_sign_in_with_a_header_or_a_jwt_sets_a_cookie_that_suffices() {
    let issuer = Issuer::new();
    let (server, front) = start(&[HEADER, &["--front-jwt-key", issuer.key()]].concat());
    let stranger = Visitor::new(&server, &front);
    let bearer = issuer.bearer(&claims(&json!({"userId": "bert", "group": ["it", "sales"]})));
    // This holds for a user's first request as well, even if it concerns no entities.
    for (reply, user, kind) in [
        (Reply::of(by_header(&stranger, "anna", "GET", "/qrs/about")), "anna", "header"),
        (by_jwt(&stranger, &bearer, "/qrs/about"), "bert", "jwt"),
    ] {
        let reply = reply.expect(200);
        let set = reply.header("set-cookie").to_owned();
        for part in [
            "X-Qlik-Session=",
            "; HttpOnly",
            "; SameSite=Strict",
            "; Secure",
            "; Path=/",
            "; Max-Age=",
        ] {
            assert!(set.contains(part), "{part} is not in {set}");
        }
        assert_eq!(reply.header("cache-control"), "private");
        let visitor = with_cookie(&server, &front, &cookie(&reply));
        let made =
            Reply::of(visitor.request("POST", "/qrs/dataconnection").json(&connection(kind)))
                .expect(201);
        assert_eq!(made.json()["owner"]["userId"], user);
        assert!(cookies(&made).is_empty());
        assert_eq!(
            number_in(&server, &format!("SELECT count(*) FROM sessions WHERE kind = '{kind}'")),
            1
        );
    }
    // The database stores only the token's hash, and neither the data folder nor the log contains
    // the token.
    let session = sign_in(&server, &front, "anna");
    let token = session.split('=').nth(1).unwrap();
    let files = ["patchbay.db", "patchbay.db-wal"]
        .map(|file| std::fs::read(server.data().join(file)).unwrap_or_default());
    assert!(!files.iter().any(|file| String::from_utf8_lossy(file).contains(token)));
    assert!(!server.log().contains(token));
    // Cookies over plain HTTP on this machine are not marked as secure, unless the proxy uses TLS.
    let (server, front) = start(&[HEADER, &["--front-tls", "off"]].concat());
    let proxy = Visitor::new(&server, &front);
    let plain = Reply::of(by_header(&proxy, "anna", "GET", "/qrs/tag"));
    assert!(!plain.header("set-cookie").contains("Secure"));
    let behind = Reply::of(
        by_header(&proxy, "anna", "GET", "/qrs/tag").header("X-Forwarded-Proto", "https"),
    );
    assert!(behind.header("set-cookie").contains("; Secure"));
}

#[test]
fn the_cookie_alone_carries_the_user_attributes_of_the_jwt() {
    let issuer = Issuer::new();
    let (server, front) = start(&["--front-jwt-key", issuer.key()]);
    let client = server.repository();
    client.connection("theirs");
    let rule = json!({"name": "g", "resourceFilter": "DataConnection_*", "actions": 2,
        "rule": "user.group = \"sales\" and user.environment.level = \"3\""});
    client.create("systemrule", &rule);
    let machine = Visitor::new(&server, &front);
    for (more, expected) in [
        (json!({"group": ["it", "sales"], "level": 3}), 1),
        (json!({"group": "it", "level": 3}), 0),
        (json!({}), 0),
    ] {
        let reply = by_jwt(&machine, &issuer.bearer(&claims(&more)), "/qrs/dataconnection/count")
            .expect(200);
        assert_eq!(reply.json()["value"], expected, "{more}");
        let alone = with_cookie(&server, &front, &cookie(&reply));
        // A request header adds no attributes.
        let request = alone
            .request("GET", "/qrs/dataconnection/count")
            .header("X-Qlik-Security", "group=sales; level=3");
        assert_eq!(Reply::of(request).expect(200).json()["value"], expected, "{more}");
    }
}

#[test]
fn the_same_credential_leads_to_the_same_cookie_and_another_to_another() {
    let issuer = Issuer::new();
    let arguments = [HEADER, &["--front-jwt-key", issuer.key()]].concat();
    let (server, front) = start(&arguments);
    let machine = Visitor::new(&server, &front);
    let end = seconds() + 600;
    let ask = |visitor: &Visitor, more: &Json| {
        let mut claims = claims(more);
        claims["exp"] = json!(more["exp"].as_u64().unwrap_or(end));
        cookie(&by_jwt(visitor, &issuer.bearer(&claims), "/qrs/tag").expect(200))
    };
    let named = json!({"jti": "1", "group": "it"});
    let first = ask(&machine, &named);
    assert_eq!(ask(&machine, &named), first);
    // A client that sends the cookie does not receive it again.
    let has_it = with_cookie(&server, &front, &first);
    let mut claims_again = claims(&named);
    claims_again["exp"] = json!(end);
    assert!(
        cookies(&by_jwt(&has_it, &issuer.bearer(&claims_again), "/qrs/tag").expect(200)).is_empty()
    );
    // The client receives no new cookie for another token with the same claims either.
    claims_again["jti"] = json!("3");
    assert!(
        cookies(&by_jwt(&has_it, &issuer.bearer(&claims_again), "/qrs/tag").expect(200)).is_empty()
    );
    assert_eq!(number_in(&server, "SELECT count(*) FROM sessions"), 1);
    claims_again["group"] = json!("sales");
    assert_ne!(
        cookie(&by_jwt(&has_it, &issuer.bearer(&claims_again), "/qrs/tag").expect(200)),
        first
    );
    for other in [
        json!({"jti": "2", "group": "it"}),
        json!({"jti": "1", "group": "sales"}),
        json!({"jti": "1", "group": "it", "userId": "bert"}),
        json!({"jti": "1", "group": "it", "exp": end + 1}),
    ] {
        assert_ne!(ask(&machine, &other), first, "{other}");
    }
    within_an_hour(|| {
        assert_eq!(ask(&machine, &json!({})), ask(&machine, &json!({})));
        assert_eq!(sign_in(&server, &front, "anna"), sign_in(&server, &front, "anna"));
    });
    // A restart makes no difference.
    let before = ask(&machine, &named);
    let (server, front) = start_in(server.stop(), &arguments, &[]);
    assert_eq!(ask(&Visitor::new(&server, &front), &named), before);
    with_cookie(&server, &front, &before).get("/qrs/tag").expect(200);
}

/// `PATCHBAY_HEADER_REQUESTS` sets the number of requests.
#[test]
fn thousands_of_sign_ins_without_a_cookie_create_one_session_with_one_write() {
    let requests: i64 =
        std::env::var("PATCHBAY_HEADER_REQUESTS").map_or(1_000, |number| number.parse().unwrap());
    let (server, front) = start(HEADER);
    within_an_hour(|| {
        let user = format!("u{}", seconds());
        // The first requests are concurrent.
        std::thread::scope(|scope| {
            let ask = || sign_in(&server, &front, &user);
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
            let cookies: Vec<String> =
                threads.into_iter().map(|thread| thread.join().unwrap()).collect();
            assert!(cookies.iter().all(|cookie| *cookie == cookies[0]), "{cookies:?}");
        });
        let last_entry = "SELECT last_number FROM audit_bounds";
        let entries = number_in(&server, last_entry);
        let proxy = Visitor::new(&server, &front);
        for _ in 0..requests {
            Reply::of(by_header(&proxy, &user, "GET", "/qrs/tag/count")).expect(200);
        }
        let rows = format!(
            "SELECT count(*) FROM sessions AS s JOIN users AS u ON u.id = s.user_id WHERE \
             u.user_id = '{user}'"
        );
        assert_eq!((number_in(&server, &rows), number_in(&server, last_entry)), (1, entries));
    });
}

#[test]
fn a_session_expires_with_its_jwt() {
    let issuer = Issuer::new();
    let (server, front) = start(&["--front-jwt-key", issuer.key()]);
    let machine = Visitor::new(&server, &front);
    // Clocks may differ by a minute.
    let bearer = issuer.bearer(&claims(&json!({"exp": seconds() - 55})));
    let reply = by_jwt(&machine, &bearer, "/qrs/tag").expect(200);
    let seconds =
        reply.header("set-cookie").split("Max-Age=").nth(1).unwrap().parse::<u64>().unwrap();
    assert!(seconds <= 5, "{seconds}");
    let alone = with_cookie(&server, &front, &cookie(&reply));
    alone.get("/qrs/tag").expect(200);
    wait_until(|| alone.get("/qrs/tag").status == 401);
    // The session ended no later than the token, which expires at a whole second.
    wait_until(|| by_jwt(&machine, &bearer, "/qrs/tag").status == 401);
    // A token that is valid for years begins a session of twelve hours.
    let years = issuer.bearer(&claims(&json!({"exp": 4_102_444_800_u64})));
    assert!(
        by_jwt(&machine, &years, "/qrs/tag")
            .expect(200)
            .header("set-cookie")
            .contains("Max-Age=4319")
    );
}

/// A session depends on the settings that vouch for its user. Once it has ended, restoring the
/// setting does not revive it.
#[test]
fn a_session_ends_with_the_settings_that_vouch_for_its_user() {
    let (issuer, other) = (Issuer::new(), Issuer::new());
    let both = ["--front-jwt-key", issuer.key(), "--front-jwt-key", other.key()];
    let only_other = ["--front-jwt-key", other.key()];
    let audience = [&both[..], &["--front-jwt-audience", "patchbay"]].concat();
    let mapped = [&both[..], &["--front-jwt-attribute", "group"]].concat();
    let off = [HEADER, &both, &["--front-sessions", "off"]].concat();
    let all = [HEADER, &both].concat();
    let otherwise_named = ["--front-header", "X-User", "--front-header-from", "127.0.0.1"];
    for (then, header_holds, jwt_holds) in [
        (all.clone(), true, true),
        ([HEADER, &only_other].concat(), true, false),
        (both.to_vec(), false, true),
        ([HEADER, &audience].concat(), true, false),
        ([HEADER, &mapped].concat(), true, false),
        ([&otherwise_named[..], &both].concat(), false, true),
        (off, false, false),
        (vec![], false, false),
    ] {
        let (server, front) = start(&all);
        let bearer = issuer.bearer(&claims(&json!({"userId": "bert"})));
        let of_jwt =
            cookie(&by_jwt(&Visitor::new(&server, &front), &bearer, "/qrs/tag").expect(200));
        let of_header = sign_in(&server, &front, "anna");
        let (server, front) = start_in(server.stop(), &then, &[]);
        let status = |server: &Server, front: &str| {
            [&of_header, &of_jwt]
                .map(|cookie| with_cookie(server, front, cookie).get("/qrs/tag").status)
        };
        let expected = [header_holds, jwt_holds].map(|holds| if holds { 200 } else { 401 });
        assert_eq!(status(&server, &front), expected, "{then:?}");
        let (server, front) = start_in(server.stop(), &all, &[]);
        assert_eq!(status(&server, &front), expected, "{then:?}, and back");
    }
}

#[test]
fn a_session_of_a_header_is_accepted_only_from_addresses_of_the_proxy() {
    let by_secret = ["--front-header", "X-Remote-User"];
    let (server, front) = start_with(&by_secret, &[SECRET]);
    let proxy = Visitor::new(&server, &front);
    let reply = Reply::of(
        by_header(&proxy, "anna", "GET", "/qrs/tag").header("X-Patchbay-Secret", SECRET.1),
    );
    let alone = with_cookie(&server, &front, &cookie(&reply.expect(200)));
    let with_secret = |secret: &str| {
        Reply::of(alone.request("GET", "/qrs/tag").header("X-Patchbay-Secret", secret))
    };
    with_secret(SECRET.1).expect(200);
    with_secret("another secret of about that length")
        .expect(401)
        .says(&["not accepted from here"]);
    alone.get("/qrs/tag").expect(401).says(&["not accepted from here"]);
    alone.get("/console/tag").expect_empty(303);
    // From now on, the proxy must also have a trusted address.
    for (from, status) in [("127.0.0.1", 200), ("192.0.2.7", 401)] {
        let (server, front) = start(HEADER);
        let cookie = sign_in(&server, &front, "anna");
        let arguments = ["--front-header", "X-Remote-User", "--front-header-from", from];
        let (server, front) = start_in(server.stop(), &arguments, &[]);
        assert_eq!(with_cookie(&server, &front, &cookie).get("/qrs/tag").status, status, "{from}");
    }
}

/// Ends the session of a cookie.
type EndSession<'a> = &'a dyn Fn(&str);

#[test]
fn an_ended_session_stays_ended_when_the_header_signs_in_again() {
    let (server, front) = start(HEADER);
    let proxy = Visitor::new(&server, &front);
    let client = server.repository();
    let mut ended: Vec<String> = Vec::new();
    let ways: [(&str, EndSession<'_>); 5] = [
        ("logout", &|cookie| {
            let reply = Reply::of(with_cookie(&server, &front, cookie).request("POST", "/logout"));
            assert!(cookies(&reply) == ["X-Qlik-Session="] && reply.status == 204);
        }),
        ("logout with the header", &|cookie| {
            let reply = Reply::of(by_header(
                &with_cookie(&server, &front, cookie),
                "anna",
                "POST",
                "/logout",
            ));
            assert!(cookies(&reply) == ["X-Qlik-Session="] && reply.status == 204);
        }),
        ("its end", &|cookie| {
            let sessions = with_cookie(&server, &front, cookie).get("/sessions").expect(200).json();
            let sessions = sessions.as_array().unwrap();
            assert!(sessions.len() == 1 && sessions[0]["kind"] == "header", "{sessions:?}");
            let path = format!("/sessions/{}", id(&sessions[0]));
            Reply::of(by_header(&proxy, "anna", "DELETE", &path)).expect_empty(204);
        }),
        // By another process.
        ("a password", &|_| assert!(set_password(&server.data(), "LAB\\anna", PASSWORD))),
        ("a bar", &|_| {
            let path =
                format!("/user/{}", id(&client.get("/user?filter=userId eq 'anna'").json()[0]));
            for inactive in [true, false] {
                let request = client.request("PUT", &path).header("If-Match", "*");
                Reply::of(request.json(&json!({ "inactive": inactive }))).expect(200);
            }
        }),
    ];
    for (way, end) in ways {
        let cookie = sign_in(&server, &front, "anna");
        assert!(!ended.contains(&cookie), "{way}");
        with_cookie(&server, &front, &cookie).get("/qrs/tag").expect(200);
        end(&cookie);
        with_cookie(&server, &front, &cookie).get("/qrs/tag").expect(401).says(&["has expired"]);
        let again = sign_in(&server, &front, "anna");
        assert_ne!(again, cookie, "{way}");
        with_cookie(&server, &front, &again).get("/qrs/tag").expect(200);
        ended.push(cookie);
        for cookie in &ended {
            with_cookie(&server, &front, cookie).get("/qrs/tag").expect(401);
        }
        Reply::of(with_cookie(&server, &front, &again).request("POST", "/logout"))
            .expect_empty(204);
    }
}

#[test]
fn the_name_of_the_cookie_ends_with_the_prefix_of_the_path() {
    let (server, front) = start(HEADER);
    let proxy = Visitor::new(&server, &front);
    let set = |path: &str| cookies(&Reply::of(by_header(&proxy, "anna", "GET", path)).expect(200));
    let names = |path: &str| -> Vec<String> {
        set(path).iter().map(|cookie| cookie.split('=').next().unwrap().to_owned()).collect()
    };
    for (path, name) in [
        ("/qrs/tag", "X-Qlik-Session"),
        ("/hub/qrs/tag", "X-Qlik-Session-hub"),
        ("/HUB/QRS/Tag/", "X-Qlik-Session-hub"),
        ("/%68ub/qrs/tag", "X-Qlik-Session-hub"),
        ("/my.site-1/qrs/about", "X-Qlik-Session-my.site-1"),
    ] {
        assert_eq!(names(path), [name], "{path}");
    }
    for path in ["/a%20b/qrs/tag", "/a%3Bb/qrs/tag", &format!("/{}/qrs/tag", "x".repeat(65))] {
        assert!(names(path).is_empty(), "{path}");
    }
    let cookie = set("/hub/qrs/tag").remove(0);
    let alone = with_cookie(&server, &front, &cookie);
    alone.get("/hub/qrs/tag").expect(200);
    // Elsewhere this cookie has no meaning; below the prefix it takes precedence over the one
    // without a prefix.
    alone.get("/qrs/tag").expect(401);
    alone.get("/other/qrs/tag").expect(401);
    let mut both = Visitor::new(&server, &front);
    assert!(set_password(&server.data(), "LAB\\bert", PASSWORD));
    both.login("LAB\\bert", PASSWORD);
    both.cookie = Some(format!("{}; {cookie}", both.cookie.unwrap()));
    for (path, user) in [("/qrs/dataconnection", "bert"), ("/hub/qrs/dataconnection", "anna")] {
        let made = Reply::of(both.request("POST", path).json(&connection(user))).expect(201);
        assert_eq!(made.json()["owner"]["userId"], user);
    }
    // Signing out ends both sessions.
    let gone = Reply::of(both.request("POST", "/logout"));
    assert_eq!(cookies(&gone), ["X-Qlik-Session=", "X-Qlik-Session-hub="]);
    both.get("/qrs/tag").expect(401);
    alone.get("/hub/qrs/tag").expect(401);
}
