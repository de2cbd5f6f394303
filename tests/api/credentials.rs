//! Credentials for those who open data connections: who receives them, how often, and which traces
//! they leave.

use crate::support::credentials::{ask, beside, engine, redeem, token};
use crate::support::{Client, Reply, Server, UNKNOWN_ID, connection, id};
use rusqlite::Connection;
use serde_json::{Value as Json, json};

const SECRET: &str = "canary of a password";

fn with_password(client: &Client, name: &str) -> Json {
    let mut body = connection(name);
    body["username"] = "reader".into();
    body["password"] = SECRET.into();
    client.create("dataconnection", &body)
}

#[test]
fn the_engine_receives_a_password_once_for_each_token() {
    let server = Server::start();
    let client = server.repository();
    let made = with_password(&client, "sales");
    let engine = engine(&server);
    let reply = ask(&server, &engine, &id(&made)).expect(201);
    assert_eq!(reply.header("cache-control"), "no-store");
    let token = reply.json()["token"].as_str().unwrap().to_owned();
    let reply = redeem(&server, &engine, &token).expect(200);
    assert_eq!(reply.header("cache-control"), "no-store");
    let credentials =
        json!({"id": id(&made), "name": "sales", "username": "reader", "password": SECRET});
    assert_eq!(reply.json(), credentials);
    redeem(&server, &engine, &token).expect(401).says(&["was used"]);
    redeem(&server, &engine, "x").expect(401);
    // Another client may redeem the token; a connection without a password has an empty one.
    let open = client.connection("open");
    let token = self::token(&server, &engine, &id(&open));
    let reply = redeem(&server, &server.user("connector"), &token).expect(200).json();
    assert_eq!((&reply["username"], &reply["password"]), (&json!(""), &json!("")));

    let entries = client
        .get("/auditentry/full?filter=type%20eq%20'DataConnection'%20and%20action%20ne%20'create'")
        .expect(200)
        .json();
    let recorded: Vec<[&str; 4]> = entries
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            ["userName", "action", "objectName", "outcome"]
                .map(|name| entry[name].as_str().unwrap())
        })
        .collect();
    let expected = [
        ["INTERNAL\\sa_engine", "ask for credentials", "sales", "done"],
        ["INTERNAL\\sa_engine", "reveal", "sales", "done"],
        ["INTERNAL\\sa_engine", "ask for credentials", "open", "done"],
        ["LAB\\connector", "reveal", "open", "done"],
    ];
    assert_eq!(recorded, expected);
    assert!(!entries.to_string().contains("canary") && !server.log().contains("canary"));
}

#[test]
fn only_the_engine_receives_passwords_unless_a_rule_allows_others() {
    let server = Server::start();
    let client = server.repository();
    let anna = server.user("anna");
    let made = with_password(&anna, "hers");
    client
        .create("user", &json!({"userDirectory": "LAB", "userId": "root", "roles": ["RootAdmin"]}));
    // The owner, an administrator, the repository's account, and a user who can't see the
    // connection.
    ask(&server, &anna, &id(&made)).expect(403).says(&["LAB\\anna", "reveal"]);
    ask(&server, &server.user("root"), &id(&made)).expect(403);
    ask(&server, &client, &id(&made)).expect(403);
    ask(&server, &server.user("eve"), &id(&made)).expect(404);
    ask(&server, &engine(&server), UNKNOWN_ID).expect(404);
    assert!(!made["privileges"].to_string().contains("reveal"));

    let rule = json!({
        "name": "own", "resourceFilter": "DataConnection_*", "actions": 8192,
        "rule": "resource.owner = user"
    });
    client.create("systemrule", &rule);
    let shown =
        anna.get(&format!("/dataconnection/{}?privileges=true", id(&made))).expect(200).json();
    assert!(shown["privileges"].as_array().unwrap().contains(&json!("reveal")));
    let token = token(&server, &anna, &id(&made));
    assert_eq!(redeem(&server, &anna, &token).expect(200).json()["password"], SECRET);
}

type Change<'a> = (&'a str, Box<dyn Fn(&Json) + 'a>);

#[test]
fn a_token_is_invalidated_by_changes_of_rules_or_of_its_connection_and_by_time() {
    let server = Server::start();
    let client = server.repository();
    let engine = engine(&server);
    let rule =
        json!({"name": "r", "resourceFilter": "Tag_*", "actions": 2, "rule": "user.name = \"x\""});
    let changes: [Change<'_>; 6] = [
        ("another rule", Box::new(|_| drop(client.create("systemrule", &rule)))),
        (
            "another version of the connection",
            Box::new(|made| {
                let change = json!({
                    "modifiedDate": made["modifiedDate"], "comment": "", "username": "other"
                });
                client.put(&format!("/dataconnection/{}", id(made)), &change).expect(200);
            }),
        ),
        (
            "no connection",
            Box::new(|made| {
                drop(client.delete(&format!("/dataconnection/{}", id(made))).expect_empty(204));
            }),
        ),
        (
            "a tag that is gone",
            Box::new(|_| {
                let tag = client.create("tag", &json!({"name": "t"}));
                let token = token(&server, &engine, &id(&client.connection("tagged")));
                client.delete(&format!("/tag/{}", id(&tag))).expect_empty(204);
                redeem(&server, &engine, &token).expect(401);
            }),
        ),
        (
            "a token from a time to come",
            Box::new(|_| {
                let database = Connection::open(server.data().join("patchbay.db")).unwrap();
                database
                    .execute("UPDATE credential_tokens SET created_date = created_date + 60000", [])
                    .unwrap();
            }),
        ),
        (
            "an old one",
            Box::new(|_| {
                let database = Connection::open(server.data().join("patchbay.db")).unwrap();
                database
                    .execute("UPDATE credential_tokens SET created_date = created_date - 60000", [])
                    .unwrap();
            }),
        ),
    ];
    for (name, change) in changes {
        let made = with_password(&client, name);
        let token = token(&server, &engine, &id(&made));
        change(&made);
        redeem(&server, &engine, &token).expect(401);
    }
}

#[test]
fn credentials_are_rate_limited_per_minute() {
    let server = Server::start();
    let made = with_password(&server.repository(), "c");
    let engine = engine(&server);
    for _ in 0..600 {
        ask(&server, &engine, &id(&made)).expect(201);
    }
    let reply = ask(&server, &engine, &id(&made)).expect(429);
    assert!((1..=60).contains(&reply.header("retry-after").parse::<u32>().unwrap()));
}

#[test]
fn a_refusal_says_what_is_wrong() {
    let server = Server::start();
    let client = server.repository();
    let made = with_password(&client, "c");
    let engine = engine(&server);
    Reply::of(engine.raw("POST", &format!("{}/credentials/{}/token", server.base, id(&made))))
        .expect(401)
        .says(&["XSRF"]);
    ask(&server, &engine, "no-guid").expect(404);
    Reply::of(beside(&server, &engine, "/credentials/redeem").json(&json!({"tocken": "x"})))
        .expect(400)
        .says(&["tocken"]);
    Reply::of(engine.raw("GET", &format!("{}/credentials/redeem", server.base))).expect(405);
    // A password moved from another connection does not open, and the audit log records the reason.
    let other = with_password(&client, "other");
    let database = Connection::open(server.data().join("patchbay.db")).unwrap();
    let swap = "UPDATE data_connections SET password = (SELECT password FROM data_connections \
                WHERE name = 'c') WHERE id = ?1";
    assert_eq!(database.execute(swap, [id(&other)]).unwrap(), 1);
    let token = token(&server, &engine, &id(&other));
    let reply = redeem(&server, &engine, &token).expect(409).says(&["be decrypted"]);
    assert!(!reply.text.contains("canary"));
    let entries = client.get("/auditentry/full?filter=action%20eq%20'reveal'").expect(200).json();
    assert_eq!(
        (&entries[0]["outcome"], &entries[0]["objectName"]),
        (&json!("refused"), &json!("other"))
    );
    // Without the master key, no credentials are given out.
    let folder = server.stop();
    std::fs::remove_file(folder.path().join("data/master.key")).unwrap();
    let server = Server::start_in(folder, |_| {});
    ask(&server, &self::engine(&server), &id(&made)).expect(503).says(&["master key"]);
}
