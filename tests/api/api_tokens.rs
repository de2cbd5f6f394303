//! API tokens, with which programs authenticate at the front door.

use crate::support::machine::{patchbay, says};
use crate::support::visitor::{PASSWORD, Visitor, set_password, start, start_in};
use crate::support::{Reply, connection, id};
use serde_json::{Value as Json, json};

#[test]
fn a_token_signs_a_machine_in_until_it_is_revoked() {
    let (server, front) = start(&[]);
    assert!(set_password(&server.data(), "LAB\\anna", PASSWORD));
    let mut anna = Visitor::new(&server, &front);
    anna.login("LAB\\anna", PASSWORD);
    let make = |body: &Json| Reply::of(anna.request("POST", "/tokens").json(body));
    let all = make(&json!({"name": "ci"})).expect(201).json();
    let read = make(&json!({"name": "reports", "scope": "READ", "days": 1})).expect(201).json();
    assert_eq!((&all["scope"], &read["scope"]), (&json!("all"), &json!("read")));
    let machine = Visitor::new(&server, &front);
    let ask = |method: &str, path: &str, token: &Json| {
        let bearer = format!("Bearer {}", token["token"].as_str().unwrap());
        machine.request(method, path).header("Authorization", bearer)
    };
    let created = Reply::of(ask("POST", "/qrs/dataconnection", &all).json(&connection("hers")))
        .expect(201)
        .json();
    assert_eq!(created["owner"]["userId"], "anna");
    let path = format!("/qrs/dataconnection/{}", id(&created));
    for token in [&all, &read] {
        Reply::of(ask("GET", &path, token)).expect(200);
    }
    for (method, path) in [("POST", "/qrs/dataconnection".to_owned()), ("DELETE", path.clone())] {
        let refused = Reply::of(ask(method, &path, &read).json(&connection("more"))).expect(403);
        refused.says(&["for reading only"]);
    }
    // A read-only request changes nothing, although it is a POST.
    let preview =
        ask("POST", "/qrs/dataconnection/previewcreateprivilege", &read).json(&connection("more"));
    assert_eq!(Reply::of(preview).expect(201).json(), true);
    let table = ask("POST", "/qrs/dataconnection/table", &read);
    Reply::of(table.json(&json!({
        "entity": "DataConnection",
        "columns": [{"name": "n", "columnType": "Property", "definition": "name"}]
    })))
    .expect(201);
    // A token can create no token and end no session, and its secret is shown once.
    for (method, path) in [("POST", "/tokens"), ("GET", "/tokens"), ("GET", "/sessions")] {
        Reply::of(ask(method, path, &all).json(&json!({"name": "x"})))
            .expect(403)
            .says(&["needs a session"]);
    }
    let tokens = anna.get("/tokens").expect(200);
    assert_eq!(tokens.json().as_array().unwrap().len(), 2);
    for token in [&all, &read] {
        let token = token["token"].as_str().unwrap();
        assert!(
            token.starts_with("pbt_")
                && !tokens.text.contains(token)
                && !server.log().contains(token)
        );
    }
    Reply::of(anna.request("DELETE", &format!("/tokens/{}", id(&all)))).expect_empty(204);
    Reply::of(ask("GET", &path, &all)).expect(401).says(&["revoked"]);
    Reply::of(ask("GET", &path, &read)).expect(200);
    // A new password revokes the tokens as well.
    assert!(set_password(&server.data(), "LAB\\anna", PASSWORD));
    Reply::of(ask("GET", &path, &read)).expect(401);
    anna.login("LAB\\anna", PASSWORD);
    let make = |body: &Json| Reply::of(anna.request("POST", "/tokens").json(body));
    let wrong = machine.request("GET", "/qrs/tag").header("Authorization", "Basic x");
    Reply::of(wrong).expect(401);
    for (body, parts) in [
        (json!({}), vec!["name"]),
        (json!({"name": " "}), vec!["name", "1 to 255"]),
        (json!({"name": "x", "scope": "raed"}), vec!["scope", "did you mean 'read'"]),
        (
            json!({"name": "x", "context": "managment"}),
            vec!["context", "did you mean 'management'"],
        ),
        (json!({"name": "x", "days": 0}), vec!["days", "1 to 366"]),
        (json!({"name": "x", "colour": "red"}), vec!["colour"]),
    ] {
        make(&body).expect(400).says(&parts);
    }
}

#[test]
fn sessions_and_tokens_expire_and_only_the_owner_of_a_token_sees_it() {
    let (server, front) = start(&[]);
    for user in ["LAB\\anna", "LAB\\bert"] {
        assert!(set_password(&server.data(), user, PASSWORD));
    }
    let (mut anna, mut bert) = (Visitor::new(&server, &front), Visitor::new(&server, &front));
    anna.login("LAB\\anna", PASSWORD);
    bert.login("LAB\\bert", PASSWORD);
    let token =
        Reply::of(anna.request("POST", "/tokens").json(&json!({"name": "ci"}))).expect(201).json();
    // Another user's token gives 404, and is kept.
    let path = format!("/tokens/{}", id(&token));
    assert_eq!(bert.get("/tokens").expect(200).json(), json!([]));
    Reply::of(bert.request("DELETE", &path)).expect(404);
    let bearer = format!("Bearer {}", token["token"].as_str().unwrap());
    let with_token = |visitor: &Visitor| {
        let request =
            visitor.request("POST", "/qrs/dataconnection").header("Authorization", bearer.as_str());
        Reply::of(request.json(&connection(&uuid::Uuid::new_v4().to_string())))
    };
    // A token takes precedence over a cookie: the program sends the token deliberately, while the
    // cookie is attached automatically.
    assert_eq!(with_token(&bert).expect(201).json()["owner"]["userId"], "anna");
    let database = rusqlite::Connection::open(server.data().join("patchbay.db")).unwrap();
    database.execute("UPDATE api_tokens SET expires_date = 1", []).unwrap();
    with_token(&bert).expect(401).says(&["has expired or was revoked"]);
    bert.get("/qrs/tag").expect(200);
    assert_eq!(
        anna.get("/tokens").expect(200).json()[0]["expiresDate"],
        "1970-01-01T00:00:00.001Z"
    );
    database.execute("UPDATE sessions SET expires_date = 1", []).unwrap();
    for path in ["/qrs/tag", "/sessions", "/tokens"] {
        bert.get(path).expect(401).says(&["sign in"]);
    }
}

/// The contexts of the visitor's tokens.
fn contexts(visitor: &Visitor) -> Vec<Json> {
    let tokens = visitor.get("/tokens").expect(200).json();
    tokens.as_array().unwrap().iter().map(|token| token["context"].clone()).collect()
}

/// An administrator whose script sees only part of the site, with status 200, must be able to find
/// out why.
#[test]
fn a_token_has_the_context_it_was_created_for_and_replies_name_the_context() {
    let (server, front) = start(&[]);
    says(&patchbay(&server.data(), &["user", "grant-root", "--create", "LAB\\anna"]), &[]);
    for user in ["LAB\\anna", "LAB\\bert"] {
        assert!(set_password(&server.data(), user, PASSWORD));
    }
    for name in ["a", "b", "c"] {
        server.repository().connection(name);
    }
    let sign_in = |user: &str| {
        let mut visitor = Visitor::new(&server, &front);
        visitor.login(user, PASSWORD);
        visitor
    };
    let (anna, bert) = (sign_in("LAB\\anna"), sign_in("LAB\\bert"));
    let make = |visitor: &Visitor, body: Json| {
        Reply::of(visitor.request("POST", "/tokens").json(&body)).expect(201).json()
    };
    let machine = Visitor::new(&server, &front);
    // Returns how many connections the token sees, and which context the reply names.
    let sees = |token: &Json, security: Option<&str>| {
        let bearer = format!("Bearer {}", token["token"].as_str().unwrap());
        let request = machine.request("GET", "/qrs/dataconnection").header("Authorization", bearer);
        let reply = Reply::of(match security {
            Some(security) => request.header("X-Qlik-Security", security),
            None => request,
        });
        let context = reply
            .headers
            .get("x-patchbay-context")
            .map(|context| context.to_str().unwrap().to_owned());
        (reply.expect(200).json().as_array().unwrap().len(), context)
    };
    let hub = Some("AppAccess".to_owned());
    let management = Some("Context=ManagementAccess");
    let cases = [
        (json!({"name": "m", "context": "Management"}), "management", (3, None)),
        (json!({"name": "h", "context": "hub"}), "hub", (0, hub.clone())),
        (json!({"name": "d"}), "hub", (0, hub.clone())),
    ];
    for (body, context, expected) in cases {
        let token = make(&anna, body);
        assert_eq!(token["context"], context);
        assert_eq!(sees(&token, None), expected, "{token}");
        // A context in the request takes precedence.
        assert_eq!(sees(&token, management), (3, None));
        assert_eq!(sees(&token, Some("Context=AppAccess")), (0, hub.clone()));
    }
    assert_eq!(contexts(&anna), ["management", "hub", "hub"]);
    // The same holds for a session, for writes and for refusals.
    let header = |reply: &Reply| reply.headers.get("x-patchbay-context").is_some();
    let written =
        Reply::of(anna.request("POST", "/qrs/dataconnection").json(&connection("own"))).expect(201);
    let refused =
        Reply::of(anna.request("POST", "/qrs/tag").json(&json!({"name": "t"}))).expect(403);
    assert!(header(&written) && header(&refused));
    // Rules for administrators depend on roles.
    let token = make(&bert, json!({"name": "b"}));
    assert_eq!(sees(&token, None), (0, None));
    assert!(!header(&bert.get("/qrs/dataconnection/count")));
    // A token of an earlier version uses the context of the door.
    let database = rusqlite::Connection::open(server.data().join("patchbay.db")).unwrap();
    database.execute("UPDATE api_tokens SET context = '' WHERE name = 'm'", []).unwrap();
    assert_eq!(anna.get("/tokens").expect(200).json()[0]["context"], "hub");
    drop(database);
    let (server, front) = start_in(server.stop(), &["--front-context", "management"], &[]);
    let mut anna = Visitor::new(&server, &front);
    anna.login("LAB\\anna", PASSWORD);
    assert_eq!(contexts(&anna), ["management", "hub", "hub"]);
    assert_eq!(make(&anna, json!({"name": "n"}))["context"], "management");
}
