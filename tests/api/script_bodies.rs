//! Bodies as scripts, spreadsheets and PowerShell write them.

use crate::support::{Reply, Server, connection, id};
use serde_json::{Value as Json, json};

/// PowerShell writes files in UTF-16 by default.
#[test]
fn a_body_in_utf_16_needs_a_byte_order_mark_and_the_refusal_says_so() {
    let server = Server::start();
    let client = server.repository();
    let send = |content_type: &str, bytes: Vec<u8>| {
        client.send("POST", "/dataconnection", content_type, bytes)
    };
    let encoded = |text: &str, unit: fn(u16) -> [u8; 2]| {
        text.encode_utf16().flat_map(unit).collect::<Vec<u8>>()
    };
    for (index, unit) in
        [u16::to_le_bytes as fn(u16) -> [u8; 2], u16::to_be_bytes].into_iter().enumerate()
    {
        let name = format!("Größe 𝄞 {index}");
        let text = connection(&name).to_string();
        let created =
            send("application/json", encoded(&format!("\u{feff}{text}"), unit)).expect(201).json();
        assert_eq!(created["name"], name);
        let long = json!({
            "name": format!("long {index}"), "type": "x", "connectionstring": "ü".repeat(90_000)
        });
        let created =
            send("application/json; charset=utf-16", encoded(&format!("\u{feff}{long}"), unit))
                .expect(201)
                .json();
        assert_eq!(created["connectionstring"], long["connectionstring"]);
        send("application/json", encoded(&text, unit))
            .expect(400)
            .says(&["UTF-16 without a byte order mark", "UTF-8"]);
        let mut cut = encoded(&format!("\u{feff}{text}"), unit);
        cut.pop();
        send("application/json", cut)
            .expect(400)
            .says(&["ends in the middle of a UTF-16 character"]);
        let mut alone = encoded("\u{feff}[", unit);
        alone.extend(unit(0xD800));
        send("application/json", alone).expect(400).says(&["not valid UTF-16"]);
    }
    send("application/json", vec![0xff, 0xfe, 0, 0, b'[', 0, 0, 0]).expect(400).says(&["UTF-32"]);
}

/// Spreadsheets and scripts write text as numbers, which QRS accepts.
#[test]
fn numbers_and_booleans_are_accepted_as_their_json_texts() {
    let server = Server::start();
    let client = server.repository();
    let definition = json!({
        "name": 7, "choiceValues": [1, 7, 14.5, true, "x"], "objectTypes": ["DataConnection"]
    });
    let definition = client.create("custompropertydefinition", &definition);
    assert_eq!(
        (&definition["name"], &definition["choiceValues"]),
        (&json!("7"), &json!(["1", "7", "14.5", "true", "x"]))
    );
    let mut body = connection("c");
    body["username"] = json!(12);
    body["password"] = json!(34);
    body["customProperties"] = json!([{"value": 7, "definition": {"name": 7}}]);
    let made = client.create("dataconnection", &body);
    assert_eq!(
        (&made["username"], &made["customProperties"][0]["value"]),
        (&json!("12"), &json!("7"))
    );
    assert_eq!(client.create("tag", &json!({"name": false}))["name"], "false");
    for (sent, expected) in
        [(json!(0), false), (json!(1), true), (json!(-2), true), (json!("False"), false)]
    {
        let name = format!("u{sent}");
        let user = client
            .create("user", &json!({"userDirectory": 1, "userId": name, "blacklisted": sent}));
        assert_eq!(
            (&user["blacklisted"], &user["userDirectory"]),
            (&json!(expected), &json!("1")),
            "{sent}"
        );
    }
    // These values would not come back as they were sent.
    for number in ["12345678901234567890123", "1e300", "0.1234567890123456789"] {
        let body = format!(r#"{{"name": {number}}}"#);
        client
            .send("POST", "/tag", "application/json", body)
            .expect(400)
            .says(&["name: must be a string, not the number"]);
    }
    client
        .post("/user", &json!({"userDirectory": "L", "userId": "x", "blacklisted": 0.5}))
        .expect(400)
        .says(&["blacklisted"]);
}

#[test]
fn dates_in_the_format_of_powershell_are_accepted() {
    let server = Server::start();
    let client = server.repository();
    let made = client.create("dataconnection", &connection("c"));
    let path = format!("/dataconnection/{}", id(&made));
    for (index, date) in
        [r"\/Date(1895975200000)\/", r"\/Date(1895975200000+0200)\/", "1/30/2030 3:46:40 AM"]
            .iter()
            .enumerate()
    {
        let body = format!(r#"{{"name": "c{index}", "modifiedDate": "{date}"}}"#);
        client.send("PUT", &path, "application/json", body).expect(200);
    }
    client
        .send(
            "PUT",
            &path,
            "application/json",
            r#"{"name": "x", "modifiedDate": "\/Date(1000)\/"}"#,
        )
        .expect(409);
    client
        .send("PUT", &path, "application/json", r#"{"name": "x", "modifiedDate": "\/Date(x)\/"}"#)
        .expect(400)
        .says(&["modifiedDate"]);
}

#[test]
fn a_taken_name_is_400_for_a_post_and_409_for_a_put() {
    let server = Server::start();
    let client = server.repository();
    for (path, body, other) in [
        (
            "dataconnection",
            json!({"name": "taken", "type": "x", "connectionstring": "x"}),
            json!({"name": "other", "type": "x", "connectionstring": "x"}),
        ),
        ("custompropertydefinition", json!({"name": "taken"}), json!({"name": "other"})),
        (
            "user",
            json!({"userDirectory": "L", "userId": "taken"}),
            json!({"userDirectory": "L", "userId": "other"}),
        ),
    ] {
        let made = client.create(path, &body);
        client.post(&format!("/{path}"), &body).expect(400).says(&["taken", "already"]);
        client
            .post(&format!("/{path}/many"), &json!([other, body]))
            .expect(400)
            .says(&["[1]", "taken", "already"]);
        let with_id = json!({"id": made["id"]});
        let mut same_id = other.clone();
        same_id["id"] = with_id["id"].clone();
        client.post(&format!("/{path}"), &same_id).expect(400).says(&[&id(&made)]);
        if path != "user" {
            let other = client.create(path, &other);
            let change = json!({"name": "TAKEN", "modifiedDate": other["modifiedDate"]});
            client
                .put(&format!("/{path}/{}", id(&other)), &change)
                .expect(409)
                .says(&["TAKEN", "already"]);
        }
    }
}

/// QRS ignores such fields silently, so a misspelt name goes unnoticed.
#[test]
fn unknown_fields_are_ignored_and_named_in_a_header() {
    let server = Server::start();
    let client = server.repository();
    let named = |reply: &Reply| {
        reply.headers.get("x-patchbay-ignored").map(|names| names.to_str().unwrap().to_owned())
    };
    let with = |name: &str, more: &[(&str, Json)]| {
        let mut body = connection(name);
        body.as_object_mut()
            .unwrap()
            .extend(more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        body
    };
    let definition =
        json!({"name": "stage", "choiceValues": ["a"], "objectTypes": ["DataConnection"]});
    let definition = client.create("custompropertydefinition", &definition);
    let element =
        |name: &str| json!([{"value": "a", name: "a", "definition": {"name": "stage", "nmae": 1}}]);
    let long = "long".repeat(50);
    let cases = [
        (
            with(
                "known",
                &[
                    ("NAME", json!("known")),
                    ("createdDate", json!(null)),
                    ("privileges", json!(["read"])),
                ],
            ),
            None,
        ),
        (with("one", &[("typ", json!("folder"))]), Some("typ")),
        (
            with("two", &[("typ", json!(null)), ("Descripton", json!({"a": 1}))]),
            Some("Descripton, typ"),
        ),
        (
            with("elements", &[("customProperties", element("valeu"))]),
            Some("customProperties.valeu"),
        ),
        (with("of QRS", &[("customProperties", element("schemaPath"))]), None),
        (
            with("odd", &[("a, b", json!(1)), ("größe\r\nX-Evil: 1", json!(1)), ("", json!(1))]),
            Some(", a%2C%20b, gr%C3%B6%C3%9Fe%0D%0AX-Evil%3A%201"),
        ),
        (with("long", &[(&long, json!(1))]), Some(&long[..60])),
    ];
    for (body, expected) in &cases {
        let reply = client.post("/dataconnection", body).expect(201);
        assert_eq!(named(&reply).as_deref(), *expected, "{body}");
        // A response can be sent back unchanged.
        let entity = reply.json();
        let path = format!("/dataconnection/{}", id(&entity));
        let put_back = client.put(&path, &entity).expect(200);
        assert_eq!(named(&put_back), None, "{entity}");
        let mut changed = put_back.json();
        changed["nmae"] = json!("x");
        assert_eq!(named(&client.put(&path, &changed).expect(200)).as_deref(), Some("nmae"));
    }
    // The fields of all entities in a list, each once.
    let list = json!([
        with("a", &[("typ", json!(1))]),
        with("b", &[("typ", json!(1)), ("tipe", json!(1))]),
        connection("c")
    ]);
    assert_eq!(
        named(&client.post("/dataconnection/many", &list).expect(201)).as_deref(),
        Some("tipe, typ")
    );
    // Not more fields than a person would read.
    let many: Vec<(String, Json)> =
        (0..500).map(|number| (format!("x{number:03}"), json!(number))).collect();
    let many: Vec<(&str, Json)> =
        many.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    let twenty = named(&client.post("/dataconnection", &with("many", &many)).expect(201)).unwrap();
    assert_eq!(twenty.split(", ").count(), 20, "{twenty}");
    for (path, entity) in [
        ("tag", json!({"name": "t", "color": 1})),
        ("user", json!({"userId": "u", "userDirectory": "D", "color": 1})),
    ] {
        assert_eq!(
            named(&client.post(&format!("/{path}"), &entity).expect(201)).as_deref(),
            Some("color"),
            "{path}"
        );
    }
    let path = format!("/custompropertydefinition/{}", id(&definition));
    assert_eq!(named(&client.put(&path, &definition).expect(200)), None);
}
