//! Texts with a special meaning elsewhere: in SQL, patterns, headers, logs, pages, shells or paths.
//! Each is stored and returned unchanged, or refused with the name of its field; none is ever
//! interpreted.

use crate::support::browser::Browser;
use crate::support::machine::{patchbay, says};
use crate::support::visitor::{PASSWORD, Visitor, set_password, start};
use crate::support::{Client, Reply, Server, XRFKEY, connection, encode, id, wait_until};
use serde_json::{Value as Json, json};

const HOSTILE: [&str; 19] = [
    "'; DROP TABLE tags; --",
    "\" OR \"\"=\"",
    "x' UNION SELECT hash FROM passwords --",
    "%",
    "_____",
    "100\\%\\",
    "*?[a-z]",
    "a\r\nX-Injected: yes\r\n\r\nbody",
    "a\n{\"level\":\"ERROR\",\"message\":\"forged\"}",
    "a\n2026-01-01T00:00:00Z ERROR forged",
    "\u{1b}[2J\u{1b}]0;owned\u{7}",
    "\u{9b}31m\u{85}\u{2028}\u{202e}dlrow",
    "\u{0}nul",
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "../../../etc/passwd",
    "..\\..\\boot.ini%00.pem",
    "$(touch owned)`touch owned`;|&",
];

/// An input for text: its endpoint, the name of the field in refusals, and a body with the text.
type Input = (&'static str, &'static str, fn(&str) -> Json);

const INPUTS: [Input; 19] = [
    (
        "dataconnection",
        "name",
        |text| json!({"name": text, "connectionstring": "x", "type": "folder"}),
    ),
    ("dataconnection", "connectionstring", |text| of_connection("connectionstring", text)),
    ("dataconnection", "type", |text| of_connection("type", text)),
    ("dataconnection", "username", |text| of_connection("username", text)),
    ("dataconnection", "engineObjectId", |text| of_connection("engineObjectId", text)),
    ("dataconnection", "customProperties[0].value", |text| {
        let mut body = of_connection("username", "x");
        body["customProperties"] = json!([{"value": text, "definition": {"name": "note"}}]);
        body
    }),
    ("tag", "name", |text| json!({ "name": text })),
    ("custompropertydefinition", "name", |text| json!({"name": text, "objectTypes": ["Tag"]})),
    ("custompropertydefinition", "description", |text| of_definition("description", &json!(text))),
    ("custompropertydefinition", "choiceValues[0]", |text| {
        of_definition("choiceValues", &json!([text]))
    }),
    ("custompropertydefinition", "objectTypes[0]", |text| {
        of_definition("objectTypes", &json!([text]))
    }),
    ("user", "userId", |text| json!({"userDirectory": "LAB", "userId": text})),
    ("user", "userDirectory", |text| json!({"userDirectory": text, "userId": "anna"})),
    ("user", "roles[0]", |text| of_user("roles", &json!([text]))),
    ("user", "attributes[0].attributeValue", |text| {
        of_user("attributes", &json!([{"attributeType": "group", "attributeValue": text}]))
    }),
    ("systemrule", "name", |text| of_rule("name", text)),
    ("systemrule", "comment", |text| of_rule("comment", text)),
    ("systemrule", "rule", |text| of_rule("rule", text)),
    ("systemrule", "resourceFilter", |text| of_rule("resourceFilter", text)),
];

fn fresh() -> String {
    uuid::Uuid::new_v4().to_string()
}

fn of_connection(field: &str, text: &str) -> Json {
    let mut body = connection(&fresh());
    body[field] = text.into();
    body
}

fn of_definition(field: &str, value: &Json) -> Json {
    let mut body =
        json!({"name": format!("d{}", fresh().replace('-', "")), "objectTypes": ["Tag"]});
    body[field] = value.clone();
    body
}

fn of_user(field: &str, value: &Json) -> Json {
    json!({"userDirectory": "LAB", "userId": fresh(), field: value})
}

fn of_rule(field: &str, text: &str) -> Json {
    let mut body = json!({
        "name": "r", "resourceFilter": "Tag_*", "actions": 2, "rule": "user.name = \"nobody\""
    });
    body[field] = text.into();
    body
}

/// The value at a path such as `attributes[0].attributeValue`.
fn at<'j>(entity: &'j Json, field: &str) -> &'j Json {
    entity.pointer(&format!("/{}", field.replace(['.', '['], "/").replace(']', ""))).unwrap()
}

/// A text as a filter literal.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

fn with_note(client: &Client) {
    client.create(
        "custompropertydefinition",
        &json!({"name": "note", "objectTypes": ["DataConnection"]}),
    );
}

/// Each line of the log is whole and has no control characters: no line is forged, and no terminal
/// receives escape sequences.
fn assert_clean_log(server: &Server, is_whole: impl Fn(&str) -> bool) {
    wait_until(|| server.log().lines().count() > 50);
    let log = server.log();
    for line in log.lines() {
        assert!(is_whole(line), "{line}");
        assert!(!line.contains(char::is_control), "{line:?}");
    }
}

fn is_json(line: &str) -> bool {
    serde_json::from_str::<Json>(line).is_ok_and(|line| line["message"] != "forged")
}

fn is_dated(line: &str) -> bool {
    line.starts_with("20") && line.contains('T') && !line.starts_with("2026-01-01")
}

#[test]
fn every_text_is_stored_unchanged_or_refused_with_the_name_of_its_field() {
    let server = Server::start_in(tempfile::tempdir().unwrap(), |command| {
        command.args(["--log-level", "trace"]);
    });
    let client = server.repository();
    with_note(&client);
    let mut stored = 0;
    for (entity, field, body) in INPUTS {
        for text in HOSTILE {
            let reply = client.post(&format!("/{entity}"), &body(text));
            if reply.status == 400 {
                reply.says(&[field.split('[').next().unwrap()]);
                continue;
            }
            let created = reply.expect(201).json();
            assert_eq!(at(&created, field), text, "{entity}.{field}");
            let path = format!("/{entity}/{}", id(&created));
            let again = client.get(&path).expect(200);
            assert_eq!(at(&again.json(), field), text, "{entity}.{field}");
            assert!(!again.headers.contains_key("x-injected"));
            let (filter, is_found) = found_by(&client, entity, field, text, &created);
            assert!(is_found, "{filter} does not return exactly this entity");
            client.delete(&path).expect(204);
            stored += 1;
        }
    }
    assert!(stored > 200, "{stored}");
    let export = patchbay(&server.data(), &["audit", "export"]);
    assert!(says(&export, &["DROP TABLE"]).lines().all(is_json));
    says(&patchbay(&server.data(), &["verify"]), &[]);
    assert_clean_log(&server, is_json);
}

/// Whether filters for the text, as a whole and as a substring, return exactly that entity.
fn found_by(
    client: &Client,
    entity: &str,
    field: &str,
    text: &str,
    created: &Json,
) -> (String, bool) {
    let path = match field {
        "roles[0]" => "roles",
        "choiceValues[0]" => "choiceValues",
        "objectTypes[0]" => "objectTypes",
        field => &field.replace("[0]", ""),
    };
    let filter = ["eq", "so", "sw"]
        .map(|operator| format!("{path} {operator} {}", quoted(text)))
        .join(" and ");
    let found = client.get(&format!("/{entity}?filter={}", encode(&filter))).expect(200).json();
    (filter, found.as_array().unwrap().len() == 1 && found[0]["id"] == created["id"])
}

/// Bodies of requests that store nothing.
#[test]
fn queries_and_sign_ins_with_hostile_texts_are_answered_or_refused() {
    let (server, front) = start(&["--log-level", "trace"]);
    let client = server.repository();
    client.connection("only");
    assert!(set_password(&server.data(), "LAB\\anna", PASSWORD));
    let mut anna = Visitor::new(&server, &front);
    anna.login("LAB\\anna", PASSWORD);
    for text in HOSTILE {
        let draft = json!({"name": text, "resourceFilter": text, "actions": 2, "rule": text});
        let column = json!({"name": text, "columnType": "Property", "definition": text});
        for (path, body, allowed) in [
            (
                "/dataconnection/table",
                json!({"entity": "DataConnection", "columns": [column]}),
                &[400][..],
            ),
            ("/dataconnection/table", json!({"entity": text, "columns": []}), &[201, 400]),
            ("/systemrule/security/audit", json!({ "resourceType": text }), &[400]),
            (
                "/systemrule/security/audit",
                json!({"resourceType": "Tag", "userFilter": text}),
                &[400],
            ),
            (
                "/systemrule/security/audit/matrix",
                json!({"resourceType": "Tag", "environmentAttributes": text}),
                &[201, 400],
            ),
            (
                "/systemrule/security/audit/accessibleobjects",
                json!({"resourceType": text, "userID": text, "action": text}),
                &[400],
            ),
            ("/systemrule/explain/changes", json!({ "rules": [draft] }), &[201, 400]),
            ("/systemrule/import", json!([draft]), &[201, 400]),
            ("/selection", json!({"items": [{"type": text, "objectID": text}]}), &[400]),
            ("/tag", json!({"id": text, "name": "x"}), &[400]),
            (
                "/dataconnection/previewprivileges",
                json!({"name": text, "type": text, "connectionstring": text}),
                &[201, 400],
            ),
        ] {
            let reply = client.post(path, &body);
            assert!(
                allowed.contains(&reply.status),
                "{path} {body}: {} {}",
                reply.status,
                reply.text
            );
        }
        let refused = anna.try_login(text, text);
        assert!([401, 429].contains(&refused.status), "{text:?}: {}", refused.text);
        let token = Reply::of(anna.request("POST", "/tokens").json(&json!({ "name": text })));
        match token.status {
            201 => assert_eq!(token.json()["name"], text),
            _ => drop(token.expect(400).says(&["name"])),
        }
        let redeemed =
            client.raw("POST", &format!("{}/credentials/redeem?xrfkey={XRFKEY}", server.base));
        Reply::of(redeemed.header("X-Qlik-Xrfkey", XRFKEY).json(&json!({ "token": text })))
            .expect(401);
    }
    assert_eq!(client.names("dataconnection", ""), ["only"]);
    assert_clean_log(&server, is_json);
}

#[test]
fn only_the_declared_parameters_of_a_request_have_an_effect() {
    for (form, is_whole) in [("json", is_json as fn(&str) -> bool), ("text", is_dated)] {
        let server = Server::start_in(tempfile::tempdir().unwrap(), |command| {
            command.args(["--log-level", "trace", "--log-format", form]);
        });
        let client = server.repository();
        client.connection("only");
        for text in HOSTILE {
            let encoded = encode(text).replace('+', "%20");
            for (path, allowed) in [
                (format!("/dataconnection?filter={encoded}"), &[400][..]),
                (format!("/dataconnection?filter=name%20eq%20'{encoded}'"), &[200, 400]),
                (format!("/dataconnection?orderby={encoded}"), &[400]),
                (format!("/dataconnection?skip={encoded}"), &[400]),
                (format!("/dataconnection?privileges={encoded}"), &[400]),
                (format!("/dataconnection/{encoded}"), &[404]),
                (format!("/{encoded}"), &[404]),
                (format!("/about/api/default/{encoded}"), &[404]),
                (format!("/selection/{encoded}/tag"), &[400, 404]),
                (
                    format!("/systemrule/explain?user={encoded}&action=read&resource=Tag_x"),
                    &[400, 404],
                ),
            ] {
                let reply = client.get(&path);
                assert!(allowed.contains(&reply.status), "{path}: {} {}", reply.status, reply.text);
                assert!(
                    !reply.headers.contains_key("x-injected")
                        && reply.header("content-type") == "application/json"
                );
            }
            for (header, value) in [
                ("X-Qlik-User", format!("UserDirectory=LAB; UserId={encoded}")),
                ("X-Qlik-User", format!("UserDirectory={encoded}; UserId=anna")),
                ("X-Qlik-Security", format!("Context=ManagementAccess; group={encoded}")),
                ("If-Match", format!("\"{encoded}\"")),
                ("Content-Type", encoded.clone()),
                ("Accept-Encoding", encoded.clone()),
            ] {
                let reply =
                    Reply::of(server.repository().request("GET", "/tag").header(header, &value));
                assert!(
                    [200, 400, 401].contains(&reply.status),
                    "{header}: {value}: {}",
                    reply.text
                );
            }
        }
        assert_eq!(client.names("dataconnection", ""), ["only"]);
        // A raw byte of this kind is not allowed in a header or path, and never reaches the
        // program's own code.
        assert_clean_log(&server, is_whole);
    }
}

#[test]
fn the_console_accepts_hostile_texts_in_forms_and_escapes_them() {
    let (server, front) = start(&["--log-level", "trace"]);
    let client = server.repository();
    let mut browser = Browser::administrator(&server, &front);
    for text in HOSTILE {
        browser.get("/console/tag/new").expect_page(200);
        let reply = browser.post("/console/tag/new", &[("name", text)]);
        if reply.status == 303 {
            let path = reply.header("location").split('?').next().unwrap().to_owned();
            let kept = client.get(path.trim_start_matches("/console")).expect(200).json();
            let name = kept["name"].as_str().unwrap().to_owned();
            // Browsers send their own line breaks.
            assert_eq!(name.replace("\r\n", "\n"), text.replace("\r\n", "\n"));
            assert_harmless(&browser.get(&path).expect_page(200));
        } else {
            let page = reply.expect_page(400);
            assert!(page.text.contains("name"), "{}", page.text);
            assert_harmless(&page);
        }
        for field in ["user", "password", "next"] {
            let mut stranger = Browser::new(&server, &front);
            stranger.get("/console/login").expect_page(200);
            let page = stranger.post("/console/login", &[(field, text)]);
            assert!([401, 429].contains(&page.status), "{}", page.text);
            assert_harmless(&page);
        }
        let encoded = encode(text);
        for path in [
            format!("/console/tag?filter={encoded}"),
            format!("/console/tag/{encoded}"),
            format!("/console/{encoded}"),
        ] {
            let page = browser.get(&path);
            assert!([400, 404].contains(&page.status), "{path}: {}", page.text);
            assert_harmless(&page);
        }
    }
    assert_harmless(&browser.get("/console/tag").expect_page(200));
    assert_clean_log(&server, is_json);
}

#[track_caller]
fn assert_harmless(page: &Reply) {
    for part in ["<script", "<img", "onerror=alert(1)>", "49${7*7}"] {
        assert!(!page.text.contains(part), "{part} is in {}", page.text);
    }
    assert!(!page.headers.contains_key("x-injected"));
}
