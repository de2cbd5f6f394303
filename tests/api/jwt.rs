//! Signing in with a JSON Web Token of a trusted issuer.

use crate::support::jwt::{Issuer, claims, file, now};
use crate::support::look_alikes::{LOOK_ALIKES, SPELT_OTHERWISE};
use crate::support::visitor::{Visitor, refusal, start};
use crate::support::{Reply, connection, encode, id};
use serde_json::{Value as Json, json};
use std::time::Duration;
use tempfile::NamedTempFile;

/// Counts the data connections that the bearer of the token may read.
fn count(visitor: &Visitor, bearer: &str) -> Reply {
    Reply::of(visitor.request("GET", "/qrs/dataconnection/count").header("Authorization", bearer))
}

#[test]
fn the_token_names_the_user_and_the_attributes() {
    let issuer = Issuer::new();
    let (server, front) = issuer.start(&[]);
    let machine = Visitor::new(&server, &front);
    let client = server.repository();
    client.connection("theirs");
    let rule = json!({
        "name": "g", "resourceFilter": "DataConnection_*", "actions": 2,
        "rule": "user.group = \"sales\" and user.level = \"3\""
    });
    client.create("systemrule", &rule);
    let bearer = issuer.bearer(&claims(&json!({})));
    let request =
        machine.request("POST", "/qrs/dataconnection").header("Authorization", bearer.as_str());
    assert_eq!(
        Reply::of(request.json(&connection("hers"))).expect(201).json()["owner"]["userId"],
        "anna"
    );
    for (attributes, expected) in [
        (json!({}), 1),
        (json!({"group": "sales"}), 1),
        (json!({"group": ["it", "sales"], "level": 3}), 2),
        (json!({"group": {"name": "sales"}, "level": 3}), 1),
        // A token can't set what Patchbay itself decides: the user's roles and the context.
        (json!({"roles": ["RootAdmin"], "Context": "ManagementAccess"}), 1),
    ] {
        let reply = count(&machine, &issuer.bearer(&claims(&attributes))).expect(200);
        assert_eq!(reply.json()["value"], expected, "{attributes}");
    }
    // The claims are not stored.
    let user = client.get("/user/full?filter=userId eq 'anna'").json()[0].clone();
    assert_eq!((&user["attributes"], &user["roles"]), (&json!([]), &json!([])));
    // The token takes precedence over another user's cookie.
    let with_cookie =
        machine.request("GET", "/qrs/dataconnection/count").header("Cookie", "X-Qlik-Session=x");
    Reply::of(with_cookie.header("Authorization", bearer.as_str())).expect(200);
}

#[test]
fn a_token_that_can_not_be_trusted_is_refused_with_the_reason() {
    let (issuer, other) = (Issuer::new(), Issuer::new());
    let arguments =
        ["--front-jwt-issuer", "https://issuer.example.com", "--front-jwt-audience", "patchbay"];
    let (server, front) = issuer.start(&arguments);
    let machine = Visitor::new(&server, &front);
    let good = claims(&json!({"iss": "https://issuer.example.com", "aud": "patchbay"}));
    count(&machine, &issuer.bearer(&good)).expect(200);
    let with = |name: &str, value: Json| {
        let mut claims = good.clone();
        claims[name] = value;
        issuer.bearer(&claims)
    };
    for (bearer, part) in [
        (other.bearer(&good), "not signed by any of the keys"),
        (with("exp", json!(now() - 100)), "expired"),
        (with("exp", Json::Null), "claim exp"),
        (with("nbf", json!(now() + 100)), "not valid yet"),
        (with("iss", json!("https://elsewhere.example.com")), "the wrong issuer"),
        (with("aud", json!(["others"])), "the wrong audience"),
        (with("aud", Json::Null), "claim aud"),
        (with("userId", Json::Null), "claim userId"),
        (with("userId", json!(["anna"])), "claim userId"),
        (with("userId", json!("")), "1 to 255 characters"),
        (with("userDirectory", json!("x".repeat(256))), "1 to 255 characters"),
        (with("userDirectory", json!("Internal")), "the directory INTERNAL"),
        (with("group", json!("x".repeat(1_025))), "1024 characters"),
        (with("group", json!(vec!["x"; 1_001])), "more than 1000 attributes"),
        (with("group", json!("x".repeat(20_000))), "longer than 16384 bytes"),
        (issuer.bearer(&json!([])), "not a JSON Web Token"),
        ("Bearer a.b.c".to_owned(), "not a JSON Web Token"),
        ("Bearer pbt_x".to_owned(), "revoked"),
        ("Bearer".to_owned(), "'Bearer' and a token"),
    ] {
        count(&machine, &bearer).expect(401).says(&[part]);
    }
    assert_eq!(
        server.repository().get("/user/count?filter=userDirectory eq 'LAB'").json()["value"],
        1
    );
    // Without a key, JSON Web Tokens are refused; at the direct door, they always are.
    let (server, front) = start(&[]);
    count(&Visitor::new(&server, &front), &issuer.bearer(&good)).expect(401);
    let direct =
        server.stranger().request("GET", "/tag").header("Authorization", issuer.bearer(&good));
    Reply::of(direct).expect(401).says(&["certificate"]);
}

#[test]
fn claims_can_have_other_names_and_keys_can_change() {
    let (old, new) = (Issuer::new(), Issuer::new());
    let arguments = [
        "--front-jwt-user-id",
        "sub",
        "--front-directory",
        "LAB",
        "--front-jwt-attribute",
        "group=teams",
    ];
    let (server, front) = old.start(&[&["--front-jwt-key", new.key()], &arguments[..]].concat());
    let machine = Visitor::new(&server, &front);
    server.repository().connection("theirs");
    let rule = json!({
        "name": "g", "resourceFilter": "DataConnection_*", "actions": 2,
        "rule": "user.group = \"sales\" or user.level = \"3\""
    });
    server.repository().create("systemrule", &rule);
    for (issuer, more, expected) in [
        (&old, json!({"teams": ["sales"]}), 1),
        (&new, json!({"group": "sales", "level": 3, "userDirectory": "ELSEWHERE"}), 0),
    ] {
        let mut claims = claims(&more);
        claims["sub"] = json!("bert");
        assert_eq!(
            count(&machine, &issuer.bearer(&claims)).expect(200).json()["value"],
            expected,
            "{more}"
        );
    }
    let user = server.repository().get("/user?filter=userId eq 'bert'").json();
    assert_eq!((user.as_array().unwrap().len(), &user[0]["userDirectory"]), (1, &json!("LAB")));
}

#[test]
fn a_look_alike_name_in_a_token_is_another_user() {
    let issuer = Issuer::new();
    let (server, front) = issuer.start(&[]);
    let machine = Visitor::new(&server, &front);
    let ask = |directory: &str, user: &str| {
        count(
            &machine,
            &issuer.bearer(&claims(&json!({"userId": user, "userDirectory": directory}))),
        )
    };
    for own in LOOK_ALIKES {
        server.named("LAB", &encode(own.name)).connection(&format!("of {}", own.name));
        for (user, expected) in [(own.name, 1), (own.also, 1), (own.other, 0), (own.name, 1)] {
            assert_eq!(ask("lab", user).expect(200).json()["value"], expected, "{user}");
            assert_eq!(ask(user, "x").expect(200).json()["value"], 0, "{user}");
        }
    }
    for (own, other) in SPELT_OTHERWISE {
        ask("LAB", own).expect(200);
        ask("LAB", other).expect(401).says(&["the spelling of a letter"]);
        ask(own, "y").expect(200);
        ask(other, "y").expect(401).says(&["the spelling of a letter"]);
    }
    for user in ["anna\n", "an\u{1b}na", "anna\u{2028}"] {
        ask("LAB", user).expect(401).says(&["control characters"]);
        ask(user, "anna").expect(401).says(&["control characters"]);
    }
    let slash = issuer.bearer(&claims(&json!({"userDirectory": "LAB\\x"})));
    count(&machine, &slash).expect(401);
}

#[test]
fn tokens_of_another_implementation_are_accepted() {
    let vectors: Json =
        serde_json::from_str(include_str!("../vectors/json_web_tokens.json")).unwrap();
    let key = &vectors["keys"][0];
    let certificate = file(key["certificate"].as_str().unwrap());
    let (server, front) = start(&[
        "--front-jwt-key",
        certificate.path().to_str().unwrap(),
        "--front-jwt-audience",
        "patchbay",
    ]);
    let machine = Visitor::new(&server, &front);
    for token in key["tokens"].as_object().unwrap().values() {
        count(&machine, &format!("Bearer {}", token.as_str().unwrap())).expect(200);
    }
}

#[test]
fn a_barred_user_is_refused_immediately_and_a_token_creates_no_token() {
    let issuer = Issuer::new();
    let (server, front) = issuer.start(&[]);
    let machine = Visitor::new(&server, &front);
    let bearer = issuer.bearer(&claims(&json!({})));
    count(&machine, &bearer).expect(200);
    for (method, path) in [("POST", "/tokens"), ("GET", "/tokens"), ("GET", "/sessions")] {
        let request = machine.request(method, path).header("Authorization", bearer.as_str());
        Reply::of(request.json(&json!({"name": "x"})))
            .expect(403)
            .says(&["session", "not a token"]);
    }
    let client = server.repository();
    let path = format!("/user/{}", id(&client.get("/user?filter=userId eq 'anna'").json()[0]));
    let barred =
        client.request("PUT", &path).header("If-Match", "*").json(&json!({"inactive": true}));
    Reply::of(barred).expect(200);
    count(&machine, &bearer).expect(403).says(&["inactive"]);
    for path in ["/qrs/about", "/qrs/ssl/ping", "/qrs/about/api/enums"] {
        Reply::of(machine.request("GET", path).header("Authorization", bearer.as_str()))
            .expect(403)
            .says(&["inactive"]);
    }
}

/// The token is valid when the request arrives, and has expired, by more than the minute's
/// tolerance for clocks, when the body is complete.
#[test]
fn a_token_that_expires_before_the_body_is_complete_writes_nothing() {
    let issuer = Issuer::new();
    let (server, front) = issuer.start(&[]);
    let machine = Visitor::new(&server, &front);
    let bearer = issuer.bearer(&claims(&json!({"exp": now() - 57})));
    let body = reqwest::blocking::Body::new(Slow(connection("late").to_string().into_bytes()));
    let request = machine.request("POST", "/qrs/dataconnection").header("Authorization", bearer);
    Reply::of(request.header("Content-Type", "application/json").body(body))
        .expect(401)
        .says(&["is no longer valid"]);
    assert_eq!(server.repository().get("/dataconnection/count").json()["value"], 0);
}

/// A body that arrives slowly.
struct Slow(Vec<u8>);

impl std::io::Read for Slow {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        std::thread::sleep(Duration::from_secs(5));
        let count = self.0.as_slice().read(buffer)?;
        self.0.drain(..count);
        Ok(count)
    }
}

#[test]
fn settings_without_effect_or_with_an_invalid_key_are_refused() {
    let front = ["--front", "127.0.0.1:0"];
    let with =
        |more: &[&str]| [&front, more].concat().iter().map(ToString::to_string).collect::<Vec<_>>();
    let issuer = Issuer::new();
    let nonsense = file("nonsense");
    let private = file(&rcgen::KeyPair::generate().unwrap().serialize_pem());
    let path = |file: &NamedTempFile| file.path().to_str().unwrap().to_owned();
    let key = ["--front-jwt-key", issuer.key()];
    for (arguments, part) in [
        (with(&["--front-jwt-key", "nowhere.pem"]), "can't read nowhere.pem"),
        (with(&["--front-jwt-key", &path(&nonsense)]), "is not a public key"),
        (
            with(&["--front-jwt-key", issuer.key(), "--front-jwt-key", &path(&private)]),
            "is a private key",
        ),
        (with(&["--front-jwt-issuer", "x"]), "front-jwt-issuer needs front-jwt-key"),
        (
            with(&[&key[..], &["--front-jwt-audience", ""]].concat()),
            "front-jwt-audience must be an audience",
        ),
        (
            with(&[&key[..], &["--front-directory", "a\\b"]].concat()),
            "must not contain a backslash",
        ),
        (with(&[&key[..], &["--front-jwt-attribute", "=x"]].concat()), "not '=x'"),
        (with(&[&key[..], &["--front-jwt-attribute", "Roles=groups"]].concat()), "can't be Roles"),
        (
            with(
                &[&key[..], &["--front-directory", "x", "--front-jwt-user-directory", "y"]]
                    .concat(),
            ),
            "front-jwt-user-directory can't be set together with front-directory",
        ),
        (key.map(ToString::to_string).to_vec(), "front-jwt-key needs front"),
    ] {
        refusal(&arguments.iter().map(String::as_str).collect::<Vec<_>>(), &[], part);
    }
}
