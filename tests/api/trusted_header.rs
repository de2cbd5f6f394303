//! Header authentication: a proxy names the user.

use crate::support::visitor::{PASSWORD, Visitor, refusal, set_password, start, start_with};
use crate::support::{Reply, XRFKEY, connection, id};
use serde_json::{Value as Json, json};

const HERE: &[&str] =
    &["--front-header", "X-Remote-User", "--front-header-from", "192.0.2.0/24,127.0.0.1"];
const SECRET: (&str, &str) = ("PATCHBAY_FRONT_HEADER_SECRET", "a-secret-of-the-proxy,-long-enough");

#[test]
fn the_proxy_names_the_user_who_is_created_by_the_first_request() {
    let (server, front) = start(HERE);
    let proxy = Visitor::new(&server, &front);
    let ask = |user: &str, method: &str, path: &str| {
        proxy.request(method, path).header("x-remote-user", user)
    };
    let made = Reply::of(ask("LAB\\anna", "POST", "/qrs/dataconnection").json(&connection("hers")))
        .expect(201)
        .json();
    assert_eq!(
        (&made["owner"]["userId"], &made["owner"]["userDirectory"]),
        (&json!("anna"), &json!("LAB"))
    );
    for (user, expected) in [("lab\\ANNA", 1), ("LAB\\Jürgen", 0)] {
        assert_eq!(
            Reply::of(ask(user, "GET", "/qrs/dataconnection/count")).expect(200).json()["value"],
            expected
        );
    }
    assert_eq!(server.repository().get("/user/count?filter=userId eq 'Jürgen'").json()["value"], 1);
    for user in ["anna", "", "\\anna", "LAB\\", "LAB\\x\ty"] {
        Reply::of(ask(user, "GET", "/qrs/tag"))
            .expect(401)
            .says(&["x-remote-user", "DIRECTORY\\userid"]);
    }
    for user in ["INTERNAL\\sa_repository", "internal\\x"] {
        Reply::of(ask(user, "GET", "/qrs/tag")).expect(401).says(&["the directory INTERNAL"]);
    }
    Reply::of(ask("LAB\\anna", "GET", "/qrs/tag").header("X-Remote-User", "LAB\\bert"))
        .expect(401)
        .says(&["twice"]);
    // The Xrfkey is required here as well, and other user headers are ignored as always.
    let url = format!("{front}/qrs/tag?xrfkey={XRFKEY}");
    Reply::of(proxy.client.raw("GET", &url).header("X-Remote-User", "LAB\\anna"))
        .expect(401)
        .says(&["XSRF"]);
    let other = ask("LAB\\bert", "GET", "/qrs/dataconnection/count");
    let other = other
        .header("X-Qlik-User", "UserDirectory=LAB; UserId=anna")
        .header("X-Qlik-Security", "group=g");
    assert_eq!(Reply::of(other).expect(200).json()["value"], 0);
    proxy.get("/qrs/tag").expect(401).says(&["sign in"]);
}

#[test]
fn a_barred_user_is_refused_and_a_deleted_user_returns_without_rights() {
    let (server, front) = start(HERE);
    let proxy = Visitor::new(&server, &front);
    let anna =
        |method: &str, path: &str| proxy.request(method, path).header("X-Remote-User", "LAB\\anna");
    Reply::of(anna("GET", "/qrs/tag")).expect(200);
    let client = server.repository();
    let user = client.get("/user?filter=userId eq 'anna'").json()[0].clone();
    let path = format!("/user/{}", id(&user));
    let change = |body: &Json| {
        Reply::of(client.request("PUT", &path).header("If-Match", "*").json(body)).expect(200)
    };
    change(&json!({"inactive": true}));
    for (method, path) in [("GET", "/qrs/tag"), ("GET", "/tokens"), ("POST", "/tokens")] {
        Reply::of(anna(method, path).json(&json!({"name": "x"}))).expect(403).says(&["inactive"]);
    }
    change(&json!({"inactive": false, "roles": ["RootAdmin"]}));
    let count = || {
        let request =
            anna("GET", "/qrs/user/count").header("X-Qlik-Security", "Context=ManagementAccess");
        Reply::of(request).expect(200).json()["value"].as_i64().unwrap()
    };
    assert!(count() > 1);
    client.delete(&path).expect(204);
    assert_eq!(count(), 1);
    assert_ne!(client.get("/user?filter=userId eq 'anna'").json()[0]["id"], user["id"]);
}

#[test]
fn a_user_from_a_proxy_has_own_sessions_and_tokens() {
    let (server, front) = start(HERE);
    let proxy = Visitor::new(&server, &front);
    let anna =
        |method: &str, path: &str| proxy.request(method, path).header("X-Remote-User", "LAB\\anna");
    assert_eq!(Reply::of(anna("GET", "/sessions")).expect(200).json(), json!([]));
    let token = Reply::of(anna("POST", "/tokens").json(&json!({"name": "ci"}))).expect(201).json();
    let bearer = format!("Bearer {}", token["token"].as_str().unwrap());
    let machine = |user: Option<&str>| {
        let request =
            proxy.request("POST", "/qrs/dataconnection").header("Authorization", bearer.as_str());
        let request = match user {
            Some(user) => request.header("X-Remote-User", user),
            None => request,
        };
        let name = uuid::Uuid::new_v4().to_string();
        let reply = Reply::of(request.json(&connection(&name))).expect(201);
        reply.json()["owner"]["userId"].clone()
    };
    assert_eq!(machine(None), "anna");
    // The header of the proxy takes precedence over a token and a session.
    assert_eq!(machine(Some("LAB\\bert")), "bert");
    assert!(set_password(&server.data(), "LAB\\carla", PASSWORD));
    let mut carla = Visitor::new(&server, &front);
    carla.login("LAB\\carla", PASSWORD);
    let both = carla.request("POST", "/qrs/dataconnection").header("X-Remote-User", "LAB\\bert");
    assert_eq!(
        Reply::of(both.json(&connection("both"))).expect(201).json()["owner"]["userId"],
        "bert"
    );
}

#[test]
fn the_user_header_is_accepted_from_the_proxy_only() {
    let elsewhere: &[&str] =
        &["--front-header", "X-Remote-User", "--front-header-from", "192.0.2.7"];
    let by_secret: &[&str] = &["--front-header", "X-Remote-User"];
    let (right, wrong) = (Some(SECRET.1), Some("another secret of about that length"));
    for (arguments, secret, shown, is_in) in [
        (elsewhere, None, None, false),
        (elsewhere, Some(SECRET), right, false),
        (by_secret, Some(SECRET), None, false),
        (by_secret, Some(SECRET), Some(""), false),
        (by_secret, Some(SECRET), wrong, false),
        (by_secret, Some(SECRET), right, true),
        (HERE, Some(SECRET), wrong, false),
        (HERE, Some(SECRET), right, true),
    ] {
        let (server, front) = start_with(arguments, secret.as_slice());
        let visitor = Visitor::new(&server, &front);
        let mut request = visitor.request("GET", "/qrs/tag").header("X-Remote-User", "LAB\\anna");
        if let Some(shown) = shown {
            request = request.header("X-Patchbay-Secret", shown);
        }
        let reply = Reply::of(request);
        if is_in {
            reply.expect(200);
        } else {
            reply.expect(401).says(&["x-remote-user", "only"]);
            assert_eq!(
                server.repository().get("/user/count?filter=userId eq 'anna'").json()["value"],
                0
            );
        }
        assert!(!server.log().contains(SECRET.1));
    }
    // The setting is off by default, and never applies to the direct door.
    let (server, front) = start(&[]);
    let visitor = Visitor::new(&server, &front);
    Reply::of(visitor.request("GET", "/qrs/tag").header("X-Remote-User", "LAB\\anna")).expect(401);
    let (server, _) = start(HERE);
    let direct = format!("{}/qrs/tag?xrfkey={XRFKEY}", server.base);
    let stranger = server.stranger().raw("GET", &direct).header("X-Qlik-Xrfkey", XRFKEY);
    Reply::of(stranger.header("X-Remote-User", "LAB\\anna")).expect(401).says(&["certificate"]);
}

#[test]
fn a_fixed_directory_leaves_the_user_id_to_the_header() {
    let (server, front) = start(&[HERE, &["--front-directory", "LAB"]].concat());
    let proxy = Visitor::new(&server, &front);
    let ask =
        |user: &str| Reply::of(proxy.request("GET", "/qrs/user").header("X-Remote-User", user));
    assert_eq!(ask("anna").expect(200).json()[0]["userDirectory"], "LAB");
    ask("OTHER\\anna").expect(401).says(&["as userid"]);
}

#[test]
fn settings_without_effect_or_that_admit_anybody_are_refused() {
    let front = ["--front", "127.0.0.1:0"];
    let with = |more: &[&'static str]| [&front, more].concat();
    let from = "--front-header-from";
    for (arguments, variables, part) in [
        (vec!["--front-header", "X-User", from, "::1"], &[][..], "front-header needs front"),
        (with(&["--front-header", "X-User"]), &[], "front-header needs front-header-from"),
        (with(&["--front-header", "X-User", from, "nowhere"]), &[], "not 'nowhere'"),
        (with(&["--front-header", "X-User", from, "10.0.0.0/33"]), &[], "not '10.0.0.0/33'"),
        (
            with(&["--front-header", "X-User", from, "::ffff:10.0.0.0/104"]),
            &[],
            "not '::ffff:10.0.0.0/104'",
        ),
        (
            with(&["--front-header", "X-User", from, "::1,0.0.0.0/0"]),
            &[],
            "would trust every address",
        ),
        (with(&["--front-header", "If-Match", from, "::1"]), &[], "without another meaning"),
        (
            with(&["--front-header", "X-User"]),
            &[("PATCHBAY_FRONT_HEADER_SECRET", "a secret that ends with a newline, so\n")],
            "without spaces",
        ),
        (with(&["--front-header", "X User", from, "::1"]), &[], "not 'X User'"),
        (with(&["--front-header", "X-Qlik-User", from, "::1"]), &[], "without another meaning"),
        (with(&["--front-header", "Authorization", from, "::1"]), &[], "without another meaning"),
        (with(&[from, "::1"]), &[], "front-header-from needs front-header"),
        (
            with(&["--front-header", "X-User"]),
            &[("PATCHBAY_FRONT_HEADER_SECRET", "short")],
            "at least 32",
        ),
        (with(&[]), &[SECRET], "PATCHBAY_FRONT_HEADER_SECRET needs front-header"),
        (vec![], &[SECRET], "needs front"),
        (with(&["--front-directory", "LAB"]), &[], "front-directory needs"),
        (
            with(&["--front-header", "X-User", from, "::1", "--front-directory", "internal"]),
            &[],
            "must not be INTERNAL",
        ),
    ] {
        refusal(&arguments, variables, part);
    }
}
