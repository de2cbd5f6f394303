//! Bodies as QRS clients send them, and invalid ones.

use crate::support::{Reply, Server, UNKNOWN_ID, connection, id};
use serde_json::{Value as Json, json};

#[test]
fn field_names_ignore_case_and_numbers_can_have_any_form() {
    let server = Server::start();
    let client = server.repository();
    for (index, (log_on, architecture)) in [
        (json!(1), json!(2)),
        (json!("1"), json!("2")),
        (json!(1.0), json!(2e0)),
        (json!("LOG_ON_CURRENT_USER"), json!("X64")),
        (json!("currentuser"), json!("x64")),
    ]
    .into_iter()
    .enumerate()
    {
        let created = client.create(
            "dataconnection",
            &json!({
                "Name": format!("c{index}"), "ConnectionString": "x", "TYPE": "folder",
                "LogOn": log_on, "Architecture": architecture
            }),
        );
        assert_eq!(created["logOn"], 1);
        assert_eq!(created["architecture"], 2);
        assert_eq!(created["name"], format!("c{index}"));
    }
}

#[test]
fn unknown_fields_and_fields_that_only_the_server_sets_are_ignored() {
    let server = Server::start();
    let mut body = connection("c");
    for (name, value) in [
        ("impactSecurityAccess", json!(false)),
        ("references", json!([])),
        ("operational", json!({"id": "x"})),
        ("schemaPath", json!("Something")),
        ("privileges", json!(["read"])),
        ("createdDate", json!("1999-01-01T00:00:00.000Z")),
        ("modifiedDate", json!("1999-01-01T00:00:00.000Z")),
        ("modifiedByUserName", json!("X\\y")),
        ("tags", json!(null)),
        ("username", json!(null)),
    ] {
        body[name] = value;
    }
    let created = server.repository().create("dataconnection", &body);
    assert_eq!(created["schemaPath"], "DataConnection");
    assert_eq!(created["modifiedByUserName"], "INTERNAL\\sa_repository");
    assert!(created["createdDate"].as_str().unwrap() > "2020");
    assert_eq!(created["username"], "");
    assert_eq!(created["engineObjectId"], created["id"]);
}

#[test]
fn a_byte_order_mark_chunks_and_charsets_are_accepted() {
    let server = Server::start();
    let client = server.repository();
    let text = |name: &str| connection(name).to_string();
    client
        .send(
            "POST",
            "/dataconnection",
            "application/json; charset=UTF-8",
            format!("\u{feff}{}", text("a")),
        )
        .expect(201);
    client
        .send("POST", "/dataconnection", "application/json;charset=\"utf-8\"", text("b"))
        .expect(201);
    client.send("POST", "/dataconnection", "APPLICATION/JSON", text("c")).expect(201);
    let chunked = reqwest::blocking::Body::new(std::io::Cursor::new(text("d").into_bytes()));
    client.send("POST", "/dataconnection", "application/json", chunked).expect(201);
    Reply::of(client.request("POST", "/dataconnection").body(text("e"))).expect(201);
    client
        .send("POST", "/dataconnection", "application/json; charset=latin1", text("f"))
        .expect(400)
        .says(&["charset", "latin1"]);
}

#[test]
fn an_owner_can_be_named_in_each_form() {
    let server = Server::start();
    let client = server.repository();
    let bert = client.create("user", &json!({"userDirectory": "LAB", "userId": "bert"}));
    for (index, (owner, expected)) in [
        (json!({"id": bert["id"]}), "bert"),
        (bert.clone(), "bert"),
        (json!({"userDirectory": "lab", "userId": "BERT"}), "bert"),
        (json!({"UserId": "bert", "UserDirectory": "LAB", "ID": null}), "bert"),
        (json!({}), "sa_repository"),
        (json!(null), "sa_repository"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut body = connection(&format!("c{index}"));
        body["owner"] = owner;
        assert_eq!(client.create("dataconnection", &body)["owner"]["userId"], expected, "{body}");
    }
    for (owner, part) in [
        (json!({"id": UNKNOWN_ID}), UNKNOWN_ID),
        (json!({"userDirectory": "LAB", "userId": "nobody"}), "nobody"),
        (json!({"name": "bert"}), "id or userDirectory and userId"),
        (json!("bert"), "must be an object"),
        (json!("@{id=1}"), "ConvertTo-Json"),
        (json!({"id": 5}), "must be a GUID, not '5'"),
    ] {
        let mut body = connection("wrong");
        body["owner"] = owner;
        client.post("/dataconnection", &body).expect(400).says(&["owner", part]);
    }
}

#[test]
fn tags_can_be_sent_back_as_they_were_received() {
    let server = Server::start();
    let client = server.repository();
    let tag = client.create("tag", &json!({"name": "prod"}));
    let mut body = connection("c");
    body["tags"] = json!([{"id": tag["id"]}, tag, {"ID": tag["id"], "name": "other"}]);
    let created = client.create("dataconnection", &body);
    assert_eq!(created["tags"], json!([{"id": tag["id"], "name": "prod"}]));
    for (tags, parts) in [
        (json!([{"id": UNKNOWN_ID}]), ["tags[0]", UNKNOWN_ID]),
        (json!([{"id": tag["id"]}, {"name": "prod"}]), ["tags[1]", "by id"]),
        (json!([{}]), ["tags[0]", "by id"]),
        (json!(["prod"]), ["tags[0]", "must be an object"]),
        (json!({"id": tag["id"]}), ["tags", "must be an array"]),
    ] {
        body["name"] = json!("d");
        body["tags"] = tags;
        client.post("/dataconnection", &body).expect(400).says(&parts);
    }
}

#[test]
fn custom_properties_are_checked_against_their_definition() {
    let server = Server::start();
    let client = server.repository();
    let choice = client.create(
        "custompropertydefinition",
        &json!({
            "name": "env", "choiceValues": ["prod", "test"], "objectTypes": ["dataconnection"]
        }),
    );
    client.create(
        "custompropertydefinition",
        &json!({"name": "free", "objectTypes": ["DataConnection", "User"]}),
    );
    client
        .create("custompropertydefinition", &json!({"name": "streams", "objectTypes": ["Stream"]}));
    let mut body = connection("c");
    body["customProperties"] = json!([
        {"value": "prod", "definition": {"id": choice["id"]}},
        {"value": "test", "definition": choice},
        {"value": "anything", "definition": {"name": "FREE"}},
    ]);
    let created = client.create("dataconnection", &body);
    let values = created["customProperties"].as_array().unwrap();
    assert_eq!(
        values.iter().map(|value| value["value"].as_str().unwrap()).collect::<Vec<_>>(),
        ["prod", "test", "anything"]
    );
    assert_eq!(values[0]["schemaPath"], "CustomPropertyValue");
    assert_eq!(values[0]["definition"]["name"], "env");
    for (property, parts) in [
        (
            json!({"value": "prd", "definition": {"name": "env"}}),
            ["customProperties[0].value", "did you mean 'prod'"],
        ),
        (
            json!({"value": "x", "definition": {"name": "streams"}}),
            ["customProperties[0].definition", "Stream"],
        ),
        (
            json!({"value": "x", "definition": {"name": "nope"}}),
            ["customProperties[0].definition", "nope"],
        ),
        (json!({"value": "x"}), ["customProperties[0].definition", "required"]),
        (json!({"definition": {"name": "env"}}), ["customProperties[0].value", "required"]),
        (
            json!({"value": "", "definition": {"name": "free"}}),
            ["customProperties[0].value", "empty"],
        ),
        (
            json!({"value": [1], "definition": {"name": "free"}}),
            ["customProperties[0].value", "must be a string"],
        ),
    ] {
        let mut body = connection("d");
        body["customProperties"] = json!([property]);
        client.post("/dataconnection", &body).expect(400).says(&parts);
    }
    let user = client.create(
        "user",
        &json!({"userDirectory": "LAB", "userId": "u", "roles": ["RootAdmin", "Other"],
            "attributes": [{"attributeType": "group", "attributeValue": "finance"}],
            "customProperties": [{"value": "x", "definition": {"name": "free"}}]}),
    );
    assert_eq!(user["roles"], json!(["RootAdmin", "Other"]));
    assert_eq!(user["attributes"][0]["attributeValue"], "finance");
    assert_eq!(user["customProperties"][0]["definition"]["name"], "free");
}

#[test]
fn one_refusal_names_all_wrong_fields() {
    let server = Server::start();
    let body = json!({
        "name": "x".repeat(257), "connectionstring": ["x"], "logOn": 9, "architecture": "arm",
        "username": {},
        "engineObjectId": "x\u{0}y", "type": " ",
    });
    server.repository().post("/dataconnection", &body).expect(400).says(&[
        "name: is too long: it has 257 characters, but at most 256 are allowed",
        "connectionstring: must be a string, not an array",
        "logOn: must be one of 0 (LOG_ON_SERVICE_USER",
        "architecture: must be one of",
        "username: must be a string, not an object",
        "engineObjectId: must not contain the NUL character",
        "type: must not be empty",
    ]);
    server
        .repository()
        .post("/dataconnection", &json!({}))
        .expect(400)
        .says(&["name: is required", "type: is required"]);
}

#[test]
fn length_limits_count_characters() {
    let server = Server::start();
    let client = server.repository();
    client.connection(&"ä".repeat(256));
    client.create("tag", &json!({"name": "t".repeat(255)}));
    let mut body = connection("long");
    body["connectionstring"] = json!("x".repeat(100_000));
    client.create("dataconnection", &body);
    body["connectionstring"] = json!("x".repeat(100_001));
    client.post("/dataconnection", &body).expect(400).says(&["connectionstring", "100000"]);
}

#[test]
fn a_body_over_the_limit_is_413() {
    let server = Server::start_in(tempfile::tempdir().unwrap(), |command| {
        command.args(["--max-body-bytes", "2000"]);
    });
    let client = server.repository();
    client.connection("fits");
    let mut body = connection("too long");
    body["connectionstring"] = json!("x".repeat(2000));
    client.post("/dataconnection", &body).expect(413).says(&["2000"]);
    let deep = format!("{}{}", "[".repeat(900), "]".repeat(900));
    client.send("POST", "/dataconnection", "application/json", deep).expect(400);
}

#[test]
fn all_text_comes_back_as_it_was_sent() {
    let server = Server::start();
    let client = server.repository();
    for (index, text) in [
        "'; DROP TABLE users; --",
        "\"quoted\" \\ \u{1}\n\t",
        "日本語 🎉 ß",
        "<script>alert(1)</script>",
        "{{7*7}}",
        "%_%",
    ]
    .into_iter()
    .enumerate()
    {
        let kind = text.replace(char::is_control, "");
        let body = json!({
            "name": format!("{index}{text}"), "connectionstring": text, "type": kind,
            "username": text
        });
        let created = client.create("dataconnection", &body);
        let read = client.get(&format!("/dataconnection/{}", id(&created))).expect(200).json();
        for name in ["connectionstring", "username"] {
            assert_eq!(read[name], Json::from(text));
        }
        assert_eq!(read["type"], Json::from(kind));
    }
}

#[test]
fn lists_have_limits_which_the_refusal_states() {
    let server = Server::start();
    let client = server.repository();
    let attributes = |count: usize| -> Vec<Json> {
        (0..count)
            .map(|number| json!({"attributeType": "group", "attributeValue": format!("g{number}")}))
            .collect()
    };
    let body = |count: usize| {
        json!({
            "userDirectory": "LAB", "userId": "anna", "attributes": attributes(count)
        })
    };
    client.create("user", &body(1000));
    client.post("/user", &body(1001)).expect(400).says(&["attributes", "1001", "1000"]);
    let tags: Vec<Json> = (0..10_001).map(|number| json!({"name": format!("t{number}")})).collect();
    client.post("/tag/many", &json!(tags)).expect(400).says(&["10001", "10000"]);
    assert_eq!(client.get("/tag/count").json()["value"], 0);
}

/// A wrong value with very many choices is refused quickly, with a short message.
#[test]
fn messages_about_very_many_choices_stay_short_and_quick() {
    let server = Server::start();
    let client = server.repository();
    let choices: Vec<String> = (0..1000).map(|number| format!("{number:0>1000}")).collect();
    client.create(
        "custompropertydefinition",
        &json!({"name": "env", "objectTypes": ["DataConnection"], "choiceValues": choices}),
    );
    let mut body = connection("c");
    body["customProperties"] = json!([{"value": "9".repeat(1000), "definition": {"name": "env"}}]);
    let start = std::time::Instant::now();
    let reply = client
        .post("/dataconnection", &body)
        .expect(400)
        .says(&["customProperties[0].value", "and 980 more"]);
    assert!(reply.text.len() < 4000);
    assert!(start.elapsed() < std::time::Duration::from_secs(5));
}

#[test]
fn a_create_ignores_any_modified_date() {
    let server = Server::start();
    for (index, date) in [json!(""), json!("then"), json!(5), json!({})].into_iter().enumerate() {
        let mut body = connection(&format!("c{index}"));
        body["modifiedDate"] = date;
        server.repository().create("dataconnection", &body);
    }
}

#[test]
fn the_engine_object_id_is_a_guid() {
    let server = Server::start();
    let client = server.repository();
    let mut body = connection("c");
    body["engineObjectId"] = json!("");
    let created = client.create("dataconnection", &body);
    assert_eq!(created["engineObjectId"], created["id"]);
    body["name"] = json!("d");
    body["engineObjectId"] = json!(UNKNOWN_ID.to_uppercase());
    assert_eq!(client.create("dataconnection", &body)["engineObjectId"], UNKNOWN_ID);
    body["engineObjectId"] = json!("five");
    client.post("/dataconnection", &body).expect(400).says(&["engineObjectId", "GUID"]);
}

#[test]
fn bodies_in_single_quotes_are_parsed_as_dotnet_does() {
    let server = Server::start();
    let client = server.repository();
    let body =
        "{'name': 'it\\'s \"mine\"', connectionstring: 'lib://x', 'type': 'folder', 'tags': [],}";
    let made = client.send("POST", "/dataconnection", "application/json", body).expect(201).json();
    assert_eq!((&made["name"], &made["type"]), (&json!("it's \"mine\""), &json!("folder")));
    for wrong in ["{'name': secret}", "{'name' 'secret'}", "{'name': 'secret'"] {
        let message = client.send("POST", "/tag", "application/json", wrong).expect(400).message();
        assert!(message.contains("not valid JSON") && !message.contains("secret"), "{message}");
    }
}
