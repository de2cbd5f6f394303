//! The limits of sessions that begin with a trusted header or a JSON Web Token: what they may do,
//! and how many there are.

use crate::support::databases::number_in;
use crate::support::jwt::{Issuer, claims};
use crate::support::sessions::{
    HEADER, by_header, by_jwt, cookie, cookies, seconds, sign_in, with_cookie, within_an_hour,
};
use crate::support::visitor::{PASSWORD, Visitor, refusal, set_password, start};
use crate::support::{Reply, Server, XRFKEY, connection, id, program};
use serde_json::{Value as Json, json};

fn grant_root(server: &Server, user: &str) {
    let mut command = program();
    let output = command
        .args(["user", "grant-root", "--create", user, "--data"])
        .arg(server.data())
        .output()
        .unwrap();
    assert!(output.status.success());
}

fn form(visitor: &Visitor, path: &str, fields: &[(&str, &str)]) -> Reply {
    let mut body = form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(fields);
    let request = visitor.client.raw("POST", &format!("{}{path}", visitor.front));
    let request = request.header("Cookie", visitor.cookie.as_deref().unwrap_or_default());
    Reply::of(
        request.header("Content-Type", "application/x-www-form-urlencoded").body(body.finish()),
    )
}

fn token_of(page: &Reply) -> String {
    page.text.split("name=\"token\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

#[test]
fn a_session_of_a_header_can_create_no_token_password_or_certificate() {
    let (server, front) = start(HEADER);
    assert!(set_password(&server.data(), "LAB\\root", PASSWORD));
    grant_root(&server, "LAB\\root");
    server.repository().create("user", &json!({"userDirectory": "LAB", "userId": "anna"}));
    let alone = with_cookie(&server, &front, &sign_in(&server, &front, "root"));
    let refused =
        Reply::of(alone.request("POST", "/tokens").json(&json!({"name": "x"}))).expect(403);
    refused.says(&["API token", "sign in with a password"]);
    assert_eq!(alone.get("/tokens").expect(200).json(), json!([]));
    // The console works with the session, including its forms.
    let page = alone.get("/console/tag/new").expect_page(200);
    let token = token_of(&page);
    assert_eq!(
        form(&alone, "/console/tag/new", &[("token", &token), ("name", "finance")]).status,
        303
    );
    assert_eq!(form(&alone, "/console/tag/new", &[("token", "x"), ("name", "other")]).status, 403);
    assert_eq!(server.repository().names("tag", ""), ["finance"]);
    let page = alone.get("/console/account").expect_page(200);
    assert!(page.text.contains("<td>header</td>"), "{}", page.text);
    for offer in ["Download client.pem", "Create a token", "Change your password"] {
        assert!(!page.text.contains(offer), "{offer}");
    }
    let anna = id(&server.repository().get("/user?filter=userId eq 'anna'").json()[0]);
    for (path, more) in [
        (
            "/console/account/tokens".to_owned(),
            vec![("name", "x"), ("scope", "all"), ("days", "1")],
        ),
        ("/console/account/client.pem".to_owned(), vec![("current", PASSWORD)]),
        ("/console/account/password".to_owned(), vec![("current", PASSWORD)]),
        (format!("/console/user/{anna}/password"), vec![]),
    ] {
        let new_password = "another good password";
        let fields = [
            &[("token", token.as_str()), ("password", new_password), ("again", new_password)],
            &more[..],
        ]
        .concat();
        let reply = form(&alone, &path, &fields).expect_page(403);
        assert!(
            reply.text.contains("set passwords or download certificates"),
            "{path}: {}",
            reply.text
        );
        if path.ends_with("password") {
            alone.get(&path).expect_page(403);
        }
    }
    assert_eq!(number_in(&server, "SELECT count(*) FROM api_tokens"), 0);
    assert_eq!(number_in(&server, "SELECT count(*) FROM passwords"), 1);
    // The header itself and the password are not restricted.
    let proxy = Visitor::new(&server, &front);
    Reply::of(by_header(&proxy, "root", "POST", "/tokens").json(&json!({"name": "x"}))).expect(201);
}

#[test]
fn a_session_of_a_jwt_has_the_rights_of_the_jwt() {
    let issuer = Issuer::new();
    let (server, front) = start(&["--front-jwt-key", issuer.key()]);
    let bearer = issuer.bearer(&claims(&json!({})));
    let machine = Visitor::new(&server, &front);
    let alone =
        with_cookie(&server, &front, &cookie(&by_jwt(&machine, &bearer, "/qrs/tag").expect(200)));
    let session = id(&{
        let mut anna = Visitor::new(&server, &front);
        assert!(set_password(&server.data(), "LAB\\other", PASSWORD));
        anna.login("LAB\\other", PASSWORD);
        anna.get("/sessions").expect(200).json()[0].clone()
    });
    for (method, path) in [
        ("POST", "/tokens"),
        ("GET", "/tokens"),
        ("GET", "/sessions"),
        ("DELETE", &format!("/sessions/{session}")),
    ] {
        let body = json!({"name": "x"});
        Reply::of(alone.request(method, path).json(&body)).expect(403).says(&["JSON Web Token"]);
        Reply::of(machine.request(method, path).header("Authorization", &bearer).json(&body))
            .expect(403);
    }
    // The console accepts no tokens, so it accepts no session of a token.
    for path in ["/console/tag", "/console/account", "/console/account/password"] {
        assert!(alone.get(path).header("location").starts_with("/console/login"), "{path}");
    }
    // The contexts are those of the token.
    for header in ["Context=AppAccess", "Context=ManagementAccess"] {
        Reply::of(alone.request("GET", "/qrs/tag").header("X-Qlik-Security", header)).expect(200);
    }
    // The session can end itself.
    Reply::of(alone.request("POST", "/logout")).expect_empty(204);
    alone.get("/qrs/tag").expect(401);
    by_jwt(&machine, &bearer, "/qrs/tag").expect(200);
}

#[test]
fn barring_a_user_and_changed_rights_apply_to_the_next_request() {
    let (server, front) = start(HEADER);
    let client = server.repository();
    client.connection("theirs");
    let alone = with_cookie(&server, &front, &sign_in(&server, &front, "anna"));
    let count = || {
        let request = alone.request("GET", "/qrs/dataconnection/count");
        let request = request.header("X-Qlik-Security", "Context=ManagementAccess");
        Reply::of(request).expect(200).json()["value"].clone()
    };
    let path = format!("/user/{}", id(&client.get("/user?filter=userId eq 'anna'").json()[0]));
    let change = |body: &Json| {
        Reply::of(client.request("PUT", &path).header("If-Match", "*").json(body)).expect(200)
    };
    assert_eq!(count(), 0);
    change(&json!({"roles": ["RootAdmin"]}));
    assert_eq!(count(), 1);
    change(&json!({"roles": []}));
    assert_eq!(count(), 0);
    change(&json!({"blacklisted": true}));
    alone.get("/qrs/tag").expect(401).says(&["has expired"]);
    let barred =
        Reply::of(by_header(&Visitor::new(&server, &front), "anna", "GET", "/qrs/tag")).expect(403);
    assert!(cookies(&barred).is_empty());
    let bert = with_cookie(&server, &front, &sign_in(&server, &front, "bert"));
    client
        .delete(&format!("/user/{}", id(&client.get("/user?filter=userId eq 'bert'").json()[0])))
        .expect(204);
    bert.get("/qrs/tag").expect(401);
}

#[test]
fn requests_that_do_not_sign_in_get_no_cookie() {
    let issuer = Issuer::new();
    let (server, front) = start(&[HEADER, &["--front-jwt-key", issuer.key()]].concat());
    let machine = Visitor::new(&server, &front);
    let url = format!("{front}/qrs/tag?xrfkey={XRFKEY}");
    // A page of another site can't send the Xrfkey header.
    let forged =
        Reply::of(machine.client.raw("GET", &url).header("X-Remote-User", "LAB\\anna")).expect(401);
    let expired =
        by_jwt(&machine, &issuer.bearer(&claims(&json!({"exp": seconds() - 100}))), "/qrs/tag")
            .expect(401);
    let long =
        by_jwt(&machine, &issuer.bearer(&claims(&json!({"group": "x".repeat(1_025)}))), "/qrs/tag")
            .expect(401);
    for reply in [
        forged,
        expired,
        long,
        Reply::of(machine.client.raw("GET", &format!("{front}/openapi.json"))),
    ] {
        assert!(cookies(&reply).is_empty(), "{:?}", reply.headers);
    }
    assert_eq!(number_in(&server, "SELECT count(*) FROM sessions"), 0);
    // The cookie requires the Xrfkey, like any other session.
    let session = sign_in(&server, &front, "anna");
    Reply::of(machine.client.raw("GET", &url).header("Cookie", &session))
        .expect(401)
        .says(&["XSRF"]);
    // A request that is authenticated and then refused sets the cookie.
    assert_eq!(
        cookies(&Reply::of(by_header(&machine, "anna", "GET", "/qrs/tag?filter=x")).expect(400))
            .len(),
        1
    );
    // The direct door sets no cookie, whatever a header says.
    let direct = server.user("anna").request("GET", "/tag").header("X-Remote-User", "LAB\\anna");
    assert!(cookies(&Reply::of(direct).expect(200)).is_empty());
}

#[test]
fn a_user_has_at_most_five_derived_sessions_and_a_new_one_ends_the_oldest() {
    let issuer = Issuer::new();
    let (server, front) = start(&["--front-jwt-key", issuer.key()]);
    let machine = Visitor::new(&server, &front);
    assert!(set_password(&server.data(), "LAB\\anna", PASSWORD));
    let mut by_password = Visitor::new(&server, &front);
    by_password.login("LAB\\anna", PASSWORD);
    let ask = |name: usize| {
        let bearer = issuer.bearer(&claims(&json!({"jti": name.to_string()})));
        by_jwt(&machine, &bearer, "/qrs/tag").expect(200)
    };
    let sessions: Vec<String> = (0..8).map(|name| cookie(&ask(name))).collect();
    let statuses: Vec<u16> = sessions
        .iter()
        .map(|cookie| with_cookie(&server, &front, cookie).get("/qrs/tag").status)
        .collect();
    assert_eq!(statuses, [401, 401, 401, 200, 200, 200, 200, 200]);
    let kinds = by_password.get("/sessions").expect(200).json();
    let of = |kind: &str| {
        kinds.as_array().unwrap().iter().filter(|session| session["kind"] == kind).count()
    };
    assert_eq!((of("jwt"), of("password")), (5, 1));
    // A client that uses a new token for each request goes on without cookies, and causes few
    // writes.
    let with_cookies = (8..100).filter(|name| !cookies(&ask(*name)).is_empty()).count();
    assert!((52..=54).contains(&with_cookies), "{with_cookies}");
    assert_eq!(number_in(&server, "SELECT count(*) FROM sessions WHERE kind = 'jwt'"), 5);
    let entries = number_in(&server, "SELECT count(*) FROM audit_entries WHERE action = 'sign in'");
    assert!((61..=63).contains(&entries), "{entries}");
}

#[test]
fn a_token_with_claims_above_4_kib_works_but_gets_no_cookie() {
    let issuer = Issuer::new();
    let (server, front) = start(&["--front-jwt-key", issuer.key()]);
    let machine = Visitor::new(&server, &front);
    let groups = |length: usize| {
        let texts = [900, 900, 900, 900, length].map(|length| "x".repeat(length));
        by_jwt(&machine, &issuer.bearer(&claims(&json!({ "group": texts }))), "/qrs/tag")
            .expect(200)
    };
    let most = 4_096 - 4 * 900 - 5 * "[\"group\",\"\"]".len() - "[,,,,]".len();
    assert!(cookies(&groups(most + 1)).is_empty());
    let alone = with_cookie(&server, &front, &cookie(&groups(most)));
    alone.get("/qrs/tag").expect(200);
    assert_eq!(number_in(&server, "SELECT max(length(claims)) FROM sessions"), 4_096);
}

#[test]
fn a_session_that_began_with_a_password_is_never_replaced() {
    let (server, front) = start(HEADER);
    for user in ["anna", "bert"] {
        assert!(set_password(&server.data(), &format!("LAB\\{user}"), PASSWORD));
    }
    let mut anna = Visitor::new(&server, &front);
    anna.login("LAB\\anna", PASSWORD);
    assert!(
        cookies(&Reply::of(by_header(&anna, "anna", "GET", "/qrs/tag")).expect(200)).is_empty()
    );
    assert!(
        cookies(&Reply::of(by_header(&anna, "ANNA", "GET", "/hub/qrs/tag")).expect(200)).len() == 1
    );
    Reply::of(anna.request("POST", "/tokens").json(&json!({"name": "ci"}))).expect(201);
    // The cookie belonged to another user; the client has now signed in as this one.
    assert_eq!(
        cookies(&Reply::of(by_header(&anna, "bert", "GET", "/qrs/tag")).expect(200)).len(),
        1
    );
}

#[test]
fn derived_sessions_can_be_switched_off_and_a_sealed_server_begins_none() {
    let (server, front) = start(&[HEADER, &["--front-sessions", "off"]].concat());
    let proxy = Visitor::new(&server, &front);
    assert!(
        cookies(&Reply::of(by_header(&proxy, "anna", "GET", "/qrs/tag")).expect(200)).is_empty()
    );
    assert_eq!(number_in(&server, "SELECT count(*) FROM sessions"), 0);
    let data = server.data();
    let folder = server.stop();
    std::fs::rename(data.join("master.key"), folder.path().join("away")).unwrap();
    let (server, front) = crate::support::visitor::start_in(folder, HEADER, &[]);
    let proxy = Visitor::new(&server, &front);
    let made = Reply::of(
        by_header(&proxy, "anna", "POST", "/qrs/dataconnection").json(&connection("hers")),
    );
    assert!(cookies(&made.expect(201)).is_empty());
    let front = ["--front", "127.0.0.1:0"];
    for (arguments, part) in [
        (
            [&front[..], HEADER, &["--front-sessions", "maybe"]].concat(),
            "front-sessions must be on or off",
        ),
        (
            [&front[..], &["--front-sessions", "off"]].concat(),
            "front-sessions needs front-header or front-jwt-key",
        ),
        (vec!["--front-sessions", "on"], "front-sessions needs front, the address"),
    ] {
        refusal(&arguments, &[], part);
    }
}

#[test]
fn a_cookie_with_a_changed_letter_is_invalid_and_an_hour_has_one_cookie() {
    let (server, front) = start(HEADER);
    within_an_hour(|| {
        let session = sign_in(&server, &front, "anna");
        assert_eq!(session.len(), "X-Qlik-Session=".len() + 43);
        assert_ne!(sign_in(&server, &front, "bert"), session);
        let last = session.len() - 2;
        let letter = if session.as_bytes()[last] == b'A' { 'B' } else { 'A' };
        let changed = format!("{}{letter}{}", &session[..last], &session[last + 1..]);
        with_cookie(&server, &front, &changed).get("/qrs/tag").expect(401);
        assert_eq!(sign_in(&server, &front, "anna"), session);
    });
}
