//! Creating, changing and deleting entities in the console.

use crate::support::browser::{Browser, fields};
use crate::support::visitor::start;
use crate::support::{Reply, id};
use serde_json::{Value as Json, json};

#[test]
fn a_connection_is_made_changed_and_removed() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let client = server.repository();
    let tag = client.create("tag", &json!({"name": "finance"}));
    let definition = json!({
        "name": "stage", "choiceValues": ["dev", "prod"], "objectTypes": ["DataConnection"]
    });
    let stage = id(&client.create("custompropertydefinition", &definition));
    let note = json!({"name": "note", "objectTypes": ["DataConnection"]});
    let note = id(&client.create("custompropertydefinition", &note));
    let page = browser.get("/console/dataconnection/new").expect_page(200);
    assert!(page.text.contains("Custom property stage") && page.text.contains("finance"));
    let missing = browser.post(
        "/console/dataconnection/new",
        &[("name", ""), ("type", "folder"), ("connectionstring", "x")],
    );
    let missing = missing.expect_page(400);
    assert!(missing.text.contains("required") && missing.text.contains("value=\"folder\""));
    let fields = [
        ("name", "Sales"),
        ("type", "internet"),
        ("connectionstring", "https://example.com"),
        ("password", "hunter2"),
        ("tags", &id(&tag)),
        ("offered", &format!("@{stage}")),
        ("offered", &format!("@{note}")),
        ("offered", "tags"),
        (&format!("@{stage}"), "prod"),
        (&format!("@{note}"), "one\r\ntwo"),
        ("logOn", "1"),
    ];
    let reply = browser.post("/console/dataconnection/new", &fields);
    assert_eq!(reply.status, 303, "{}", reply.text);
    let path = reply.header("location").split('?').next().unwrap().to_owned();
    let full =
        || client.get("/dataconnection/full?filter=name sw 'Sales'").expect(200).json()[0].clone();
    let stored = full();
    assert_eq!((&stored["owner"]["userId"], &stored["logOn"]), (&json!("root"), &json!(1)));
    assert_eq!(stored["tags"][0]["name"], "finance");
    let values: Vec<&Json> = stored["customProperties"]
        .as_array()
        .unwrap()
        .iter()
        .map(|value| &value["value"])
        .collect();
    // Custom properties are listed by name.
    assert_eq!(values, ["one", "two", "prod"]);
    let page = browser.get(reply.header("location")).expect_page(200);
    assert!(page.text.contains("Saved.") && !page.text.contains("hunter2"));
    // An unchanged form changes nothing, and a changed field changes only itself.
    assert_eq!(browser.fill_in(&path, &[]).status, 303);
    assert_eq!(full(), stored);
    assert_eq!(
        browser.fill_in(&path, &[("username", "reader"), ("owner", "INTERNAL\\sa_api")]).status,
        303
    );
    let changed = full();
    assert_eq!(
        (&changed["username"], &changed["owner"]["userId"]),
        (&json!("reader"), &json!("sa_api"))
    );
    assert_eq!(changed["customProperties"], stored["customProperties"]);
    for (field, value, part) in [
        ("owner", "nobody", "must be a user, written as DIRECTORY\\userid"),
        ("owner", "LAB\\nobody", "owner"),
        ("engineObjectId", "x", "must be a GUID"),
        ("name", "", "must not be empty"),
    ] {
        let reply = browser.fill_in(&path, &[(field, value)]).expect_page(400);
        assert!(
            reply.text.contains(part) && reply.text.contains("role=\"alert\""),
            "{field}: {}",
            reply.text
        );
    }
    client.connection("Taken");
    let taken = browser.fill_in(&path, &[("name", "taken")]).expect_page(409);
    assert!(taken.text.contains("name"), "{}", taken.text);
    let page = browser.get(&format!("{path}/delete")).expect_page(200);
    assert!(page.text.contains("Delete Sales?"));
    let version = page
        .text
        .split("name=\"version\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let changed =
        client.request("PUT", path.trim_start_matches("/console")).header("If-Match", "*");
    Reply::of(changed.json(&json!({"username": "later"}))).expect(200);
    let late = browser.post(&format!("{path}/delete"), &[("version", &version)]).expect_page(412);
    let now = client.get(path.trim_start_matches("/console")).expect(200).json();
    let date = now["modifiedDate"].as_str().unwrap().replace('T', " ").replace('Z', "");
    let author_and_date = format!(
        "{} changed it at {date}, after you opened",
        now["modifiedByUserName"].as_str().unwrap()
    );
    assert!(late.text.contains(&author_and_date), "{author_and_date} is not in {}", late.text);
    browser.get(&format!("{path}/delete")).expect_page(200);
    let reply = browser.post(&format!("{path}/delete"), &[]);
    assert!(
        reply.status == 303
            && reply.header("location").starts_with("/console/dataconnection?saved=Deleted")
    );
    assert!(
        browser
            .get(reply.header("location"))
            .expect_page(200)
            .text
            .contains("Deleted: 1 data connection.")
    );
    browser.get(&path).expect_page(404);
}

#[test]
fn an_unchanged_form_changes_nothing() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let client = server.repository();
    let tag = client.create("tag", &json!({"name": "a\nb"}));
    let of = |name: &str, choices: Json| {
        json!({
            "name": name, "choiceValues": choices, "objectTypes": ["DataConnection", "User"],
            "description": "one\ntwo"
        })
    };
    let [chosen, free] = [of("Chosen", json!([" a", "b\nc", "d "])), of("Free", json!([]))]
        .map(|definition| id(&client.create("custompropertydefinition", &definition)));
    let value =
        |value: &str, definition: &str| json!({"value": value, "definition": {"id": definition}});
    let values = json!([
        value(" a", &chosen),
        value("b\nc", &chosen),
        value("one\ntwo", &free),
        value(" three ", &free)
    ]);
    let odd = " odd \r\n text\twith\nends ";
    let common = json!({"tags": [tag], "customProperties": values});
    let with = |more: Json| {
        let mut body = common.clone();
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let attributes = json!([
        {"attributeType": "group", "attributeValue": "it", "externalId": "E1"},
        {"attributeType": "a=b", "attributeValue": "c=d", "externalId": "E2"},
        {"attributeType": "x", "attributeValue": "one\ntwo"},
    ]);
    let mut paths = Vec::new();
    for (kind, body) in [
        (
            "dataconnection",
            with(json!({
                "name": "n\nm", "type": " odd type ", "connectionstring": odd, "username": odd,
                "logOn": 1, "architecture": 2, "password": "x"
            })),
        ),
        (
            "user",
            with(json!({
                "userId": "u", "userDirectory": "LAB", "name": " odd name ",
                "roles": [" r ", "s\nt"], "attributes": attributes, "removedExternally": true
            })),
        ),
        (
            "systemrule",
            json!({
                "name": odd, "resourceFilter": "Tag_*,\nUser_*", "actions": 4097,
                "rule": "user.name = \"x\"\r\nor user.name = \"y\"", "comment": odd,
                "ruleContext": 1, "disabled": true
            }),
        ),
        ("tag", json!({"name": odd})),
        (
            "custompropertydefinition",
            json!({
                "name": "P", "choiceValues": [" x ", "y\nz"], "objectTypes": ["User"],
                "description": odd
            }),
        ),
    ] {
        let path = format!("/{kind}/{}", id(&client.create(kind, &body)));
        // The warnings in a reply to a write are not stored.
        let stored = client.get(&path).expect(200).json();
        paths.push((path, stored));
    }
    for (path, stored) in paths {
        let reply = browser.fill_in(&format!("/console{path}"), &[]);
        assert_eq!(reply.status, 303, "{path}: {}", reply.text);
        let now = client.get(&path).expect(200).json();
        assert_eq!(now, stored, "{path}");
    }
}

#[test]
fn a_user_keeps_attributes_and_custom_properties_that_were_not_changed() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let client = server.repository();
    let definition = client
        .create("custompropertydefinition", &json!({"name": "note", "objectTypes": ["User"]}));
    let attributes =
        json!([{"attributeType": "group", "attributeValue": "it", "externalId": "E1"}]);
    let values = json!([{"value": "kept", "definition": {"id": id(&definition)}}]);
    let user = json!({
        "userId": "u", "userDirectory": "LAB", "attributes": attributes, "customProperties": values
    });
    let user = client.create("user", &user);
    let path = format!("/console/user/{}", id(&user));
    let stored = || client.get(&format!("/user/{}", id(&user))).expect(200).json();
    let slip = browser.fill_in(&path, &[("attributes", "group=it\r\nfoo")]).expect_page(400);
    assert!(
        slip.text.contains("group=it\nfoo") && slip.text.contains("type=value"),
        "{}",
        slip.text
    );
    assert_eq!(
        browser.fill_in(&path, &[("attributes", "group=it\r\nmail=x"), ("inactive", "yes")]).status,
        303
    );
    let now = stored();
    assert_eq!(
        (now["attributes"].as_array().unwrap().len(), &now["attributes"][0]["externalId"]),
        (2, &json!("E1"))
    );
    assert_eq!((&now["inactive"], &now["userId"]), (&json!(true), &json!("u")));
    // A custom property that is renamed while the form is open, and one that was created since.
    let page = browser.get(&path).expect_page(200);
    let open = fields(&page.text);
    let renamed = client.request("PUT", &format!("/custompropertydefinition/{}", id(&definition)));
    Reply::of(renamed.header("If-Match", "*").json(&json!({"name": "renamed"}))).expect(200);
    client.create("custompropertydefinition", &json!({"name": "later", "objectTypes": ["User"]}));
    let open: Vec<(&str, &str)> =
        open.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(browser.post(&path, &open).status, 303);
    assert_eq!(stored()["customProperties"][0]["value"], "kept");
}

/// A line is short to send, and takes much more memory.
#[test]
fn a_form_has_limits_of_fields_lines_and_bytes() {
    let (server, front) = start(&[]);
    let mut browser = Browser::signed_in(&server, &front, "LAB\\anna");
    let attributes = |lines: usize| "a=\r\n".repeat(lines);
    for (text, status, part) in [
        (attributes(900), 403, "may not create"),
        (attributes(4_000), 400, "has 4000 items, but at most 1000 are allowed"),
        (attributes(20_000), 400, "more than 20000 lines and fields"),
        ("x".repeat(1024 * 1024), 413, "1048576 bytes"),
    ] {
        let fields = [("userDirectory", "LAB"), ("userId", "bert"), ("attributes", &text)];
        let reply = browser.post("/console/user/new", &fields).expect_page(status);
        assert!(reply.text.contains(part), "{part}: {}", reply.text);
    }
    let tags = vec![("tags", "x"); 5_001];
    let reply = browser.post("/console/dataconnection/new", &tags).expect_page(400);
    assert!(reply.text.contains("more than 5000 fields"));
}

#[test]
fn a_refused_form_asks_for_its_secret_again() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let stored = server.repository().connection("a");
    let path = format!("/console/dataconnection/{}", id(&stored));
    let refused = browser.fill_in(&path, &[("password", "hunter2"), ("name", "")]).expect_page(400);
    assert!(refused.text.contains("type it again") && !refused.text.contains("hunter2"));
    let both = browser
        .fill_in(&path, &[("password", "hunter2"), ("clear password", "yes")])
        .expect_page(400);
    assert!(both.text.contains("be both changed and removed") && !both.text.contains("hunter2"));
}

#[test]
fn a_rule_shows_its_fault_under_the_character_and_what_it_would_change() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let client = server.repository();
    client.connection("theirs");
    client.create("user", &json!({"userDirectory": "LAB", "userId": "anna"}));
    browser.get("/console/systemrule/new").expect_page(200);
    let rule = |condition: &'static str| {
        [
            ("name", "r"),
            ("resourceFilter", "DataConnection_*"),
            ("rule", condition),
            ("offered", "actions"),
            ("actions", "2"),
            ("actions", "4"),
        ]
    };
    let wrong =
        browser.post("/console/systemrule/new", &rule("user.userId = anna")).expect_page(400);
    assert!(
        wrong.text.contains("<mark>") && wrong.text.contains("role=\"alert\""),
        "{}",
        wrong.text
    );
    let preview = [&rule("user.userId = \"anna\"")[..], &[("action", "preview")]].concat();
    let page = browser.post("/console/systemrule/new", &preview).expect_page(200);
    for part in ["Gained: 2", "Lost: 0", "LAB\\anna", "theirs", "update"] {
        assert!(page.text.contains(part), "{part} is not in {}", page.text);
    }
    assert_eq!(client.names("systemrule", "name eq 'r'"), Vec::<String>::new());
    let reply = browser.post("/console/systemrule/new", &rule("user.userId = \"anna\""));
    assert_eq!(reply.status, 303);
    let path = reply.header("location").split('?').next().unwrap().to_owned();
    let stored = client.get("/systemrule/full?filter=name eq 'r'").json()[0].clone();
    assert_eq!((&stored["actions"], &stored["type"]), (&json!(6), &json!("Custom")));
    let page =
        browser.fill_in(&path, &[("disabled", "yes"), ("action", "preview")]).expect_page(200);
    assert!(page.text.contains("Gained: 0") && page.text.contains("Lost: 2"), "{}", page.text);
    // A default rule that is saved unchanged stays a default rule.
    let default = client.get("/systemrule/full?filter=name eq 'ContentAdmin'").json()[0].clone();
    let saved = browser.fill_in(&format!("/console/systemrule/{}", id(&default)), &[]);
    assert!(saved.header("location").contains("?saved=Nothing+was+changed."));
    assert_eq!(client.get(&format!("/systemrule/{}", id(&default))).json(), default);
    // A read-only rule has no button to change it.
    let root = client.get("/systemrule?filter=name eq 'RootAdmin'").json()[0].clone();
    let path = format!("/console/systemrule/{}", id(&root));
    let page = browser.get(&path).expect_page(200);
    assert!(
        !page.text.contains(">Save<")
            && !page.text.contains("/delete")
            && !page.text.contains("<textarea")
    );
    let refused = browser.post(
        &path,
        &[("name", "x"), ("resourceFilter", "*"), ("version", "2026-01-01T00:00:00.000Z")],
    );
    assert!(refused.expect_page(403).text.contains("read-only"));
}

#[test]
fn a_visitor_sees_and_does_what_the_rules_allow() {
    let (server, front) = start(&[]);
    let client = server.repository();
    let hidden = client.connection("hidden");
    let mut anna = Browser::signed_in(&server, &front, "LAB\\anna");
    let page = anna.get("/console/dataconnection").expect_page(200);
    assert!(page.text.contains("There are none yet") && page.text.contains("New data connection"));
    assert!(!anna.get("/console/tag").expect_page(200).text.contains("New tag"));
    for rest in ["", "/delete"] {
        anna.get(&format!("/console/dataconnection/{}{rest}", id(&hidden))).expect_page(404);
    }
    let rule = json!({
        "name": "r", "resourceFilter": "DataConnection_*", "actions": 2,
        "rule": "user.userId = \"anna\""
    });
    client.create("systemrule", &rule);
    let path = format!("/console/dataconnection/{}", id(&hidden));
    let page = anna.get(&path).expect_page(200);
    assert!(
        page.text.contains("hidden")
            && !page.text.contains("<textarea")
            && !page.text.contains(">Save<")
    );
    assert!(
        anna.post(
            &path,
            &[
                ("name", "x"),
                ("connectionstring", "x"),
                ("type", "x"),
                ("version", "2026-01-01T00:00:00.000Z")
            ]
        )
        .expect_page(403)
        .text
        .contains("may not update")
    );
    assert!(
        anna.post(&format!("{path}/delete"), &[]).expect_page(403).text.contains("may not delete")
    );
    assert_eq!(client.names("dataconnection", ""), ["hidden"]);
}
