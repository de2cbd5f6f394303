//! Streams, the example entity type of docs/adding-an-entity.md. The program itself has no streams:
//! `adding_an_entity.rs` runs these tests with a program that has.

use crate::support::browser::Browser;
use crate::support::visitor::start;
use crate::support::{Client, Reply, Server, encode, id, program};
use serde_json::{Value as Json, json};

/// A tag and a custom property for streams.
fn site(client: &Client) -> (String, String) {
    let tag = client.create("tag", &json!({"name": "finance"}));
    let definition =
        json!({"name": "Stage", "choiceValues": ["test", "prod"], "objectTypes": ["Stream"]});
    let definition = client.create("custompropertydefinition", &definition);
    assert!(definition.get("warnings").is_none(), "{definition}");
    (id(&tag), id(&definition))
}

/// A stream with that name, and every property set.
fn full(name: &str) -> Json {
    json!({
        "name": name,
        "owner": {"userDirectory": "LAB", "userId": "anna"},
        "tags": [{"name": "finance"}],
        "customProperties": [{"value": "prod", "definition": {"name": "Stage"}}],
    })
}

/// The streams `a`, which is anna's and has every property set, `b`, which is anna's, and `c`.
fn streams(server: &Server) -> (Client, Client, Vec<Json>) {
    let (client, anna) = (server.repository(), server.user("anna"));
    let tag = site(&client).0;
    anna.get("/user").expect(200);
    let mut a = full("a");
    a["tags"] = json!([{"id": tag}]);
    let b = json!({"name": "b", "owner": {"userDirectory": "LAB", "userId": "anna"}});
    let made = [a, b, json!({"name": "c"})].map(|body| client.create("stream", &body));
    (client, anna, made.to_vec())
}

fn rule(condition: &str, actions: u32) -> Json {
    json!({"name": "streams", "resourceFilter": "Stream_*", "actions": actions, "rule": condition})
}

fn names(client: &Client, path: &str) -> String {
    let list = client.get(path).expect(200).json();
    list.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect()
}

#[test]
#[ignore = "adding_an_entity.rs runs it with a program that has streams"]
fn a_stream_has_the_properties_of_its_declaration() {
    let server = Server::start();
    let (client, _, made) = streams(&server);
    let shown = client.get(&format!("/stream/{}", id(&made[0]))).expect(200).json();
    assert_eq!(shown, made[0]);
    assert_eq!(
        (&shown["schemaPath"], &shown["owner"]["userId"]),
        (&json!("Stream"), &json!("anna"))
    );
    assert_eq!(
        (&shown["tags"][0]["name"], &shown["customProperties"][0]["value"]),
        (&json!("finance"), &json!("prod"))
    );
    assert_eq!(made[2]["owner"]["userId"], "sa_repository");
    client.post("/stream", &json!({"name": "A"})).expect(400).says(&["name"]);
    let wrong = json!({
        "name": "d", "customProperties": [{"value": "dev", "definition": {"name": "Stage"}}]
    });
    client.post("/stream", &wrong).expect(400).says(&["choices"]);
    let table = json!({"columns": [
        {"name": "n", "columnType": "Property", "definition": "name"},
        {"name": "o", "columnType": "Property", "definition": "owner.userId"},
    ]});
    let table = client.post("/stream/table?sortColumn=n", &table).expect(201).json();
    assert_eq!(table["rows"], json!([["a", "anna"], ["b", "anna"], ["c", "sa_repository"]]));
}

#[test]
#[ignore = "adding_an_entity.rs runs it with a program that has streams"]
fn a_stream_can_be_changed_only_from_its_current_version() {
    let server = Server::start();
    let (client, _, made) = streams(&server);
    let path = format!("/stream/{}", id(&made[0]));
    let mut body = made[0].clone();
    body["tags"] = json!([]);
    body["customProperties"] = json!([{"value": "test", "definition": {"name": "Stage"}}]);
    let changed = client.put(&path, &body).expect(200).json();
    assert_eq!(
        (&changed["tags"], &changed["customProperties"][0]["value"]),
        (&json!([]), &json!("test"))
    );
    client.put(&path, &body).expect(409);
    let etag = client.get(&path).header("etag").to_owned();
    Reply::of(client.request("PUT", &path).header("If-Match", &etag).json(&json!({"name": "z"})))
        .expect(200);
    Reply::of(client.request("DELETE", &path).header("If-Match", &etag)).expect(412);
    client.delete(&path).expect(204);
    let entries =
        client.get("/auditentry?filter=type eq 'Stream' and objectName eq 'z'").expect(200).json();
    assert_eq!(entries.as_array().unwrap().len(), 2, "{entries}");
    // The owners of streams are kept, and tags and custom properties are removed from them.
    let anna = client.get("/user?filter=userId eq 'anna'").json()[0].clone();
    client.delete(&format!("/user/{}", id(&anna))).expect(409).says(&["owner", "'b'"]);
    let tag = id(&client.get("/tag").json()[0]);
    client.delete(&format!("/tag/{tag}")).expect(204);
}

#[test]
#[ignore = "adding_an_entity.rs runs it with a program that has streams"]
fn streams_can_be_filtered_by_name_owner_tag_and_custom_property() {
    let server = Server::start();
    let (client, ..) = streams(&server);
    for (filter, found) in [
        ("name eq 'B'", "b"),
        ("name so 'c' or name sw 'a'", "ac"),
        ("owner.userId eq 'anna'", "ab"),
        ("owner.name ne 'anna'", "c"),
        ("tags.name eq 'finance'", "a"),
        ("not tags.name eq 'finance'", "bc"),
        ("@Stage eq 'prod'", "a"),
        ("@Stage eq 'test'", ""),
        ("customProperties.value eq 'prod' and owner.userDirectory eq 'lab'", "a"),
    ] {
        let path = format!("/stream?orderby=name&filter={}", encode(filter));
        assert_eq!(names(&client, &path), found, "{filter}");
    }
    assert_eq!(names(&client, "/stream/full?orderby=owner.userId desc,name desc"), "cba");
    client.get("/stream?filter=path eq 'x'").expect(400).says(&["path"]);
}

#[test]
#[ignore = "adding_an_entity.rs runs it with a program that has streams"]
fn owners_and_rules_determine_the_access_to_streams() {
    let server = Server::start();
    let (client, anna, made) = streams(&server);
    let bert = server.user("bert");
    assert_eq!(
        (names(&anna, "/stream?orderby=name"), names(&bert, "/stream")),
        ("ab".to_owned(), String::new())
    );
    let own = anna.get(&format!("/stream/{}?privileges=true", id(&made[1]))).expect(200).json();
    let privileges: Vec<&str> =
        own["privileges"].as_array().unwrap().iter().filter_map(Json::as_str).collect();
    assert!(
        ["read", "update", "delete", "changeowner"].iter().all(|name| privileges.contains(name)),
        "{own}"
    );
    assert!(!privileges.contains(&"create"));
    bert.get(&format!("/stream/{}", id(&made[0]))).expect(404);
    bert.post("/stream", &json!({"name": "bert's"})).expect(403).says(&[
        "LAB\\bert",
        "create",
        "stream",
    ]);
    let preview = |client: &Client, name: &str| {
        client.post("/stream/previewcreateprivilege", &json!({ "name": name })).expect(201).json()
    };
    assert_eq!(preview(&bert, "team x"), false);
    for (condition, found) in [
        ("resource.@Stage = \"prod\"", "a"),
        ("resource.name like \"c*\"", "c"),
        ("resource.owner.userId = \"anna\" and user.userId = \"bert\"", "ab"),
        ("resource.resourcetype = \"Stream\"", "abc"),
    ] {
        let created = client.create("systemrule", &rule(condition, 2));
        assert!(created.get("warnings").is_none(), "{created}");
        assert_eq!(names(&bert, "/stream?orderby=name"), found, "{condition}");
        client.delete(&format!("/systemrule/{}", id(&created))).expect(204);
    }
    client.create("systemrule", &rule("resource.name like \"team*\"", 1));
    assert_eq!((preview(&bert, "team x"), preview(&bert, "other")), (json!(true), json!(false)));
    bert.post("/stream", &json!({"name": "team x"})).expect(201);
    client
        .post("/systemrule", &rule("resource.tags = \"x\"", 2))
        .expect(400)
        .says(&["tags", "stream"]);
}

#[test]
#[ignore = "adding_an_entity.rs runs it with a program that has streams"]
fn a_rule_for_streams_applies_in_its_context() {
    let server = Server::start();
    let (client, ..) = streams(&server);
    let mut hub = rule("", 2);
    hub["ruleContext"] = json!("QlikSenseOnly");
    client.create("systemrule", &hub);
    let bert = server.user("bert");
    for (context, number) in [("AppAccess", 3), ("ManagementAccess", 0)] {
        let request = bert
            .request("GET", "/stream/count")
            .header("X-Qlik-Security", format!("Context={context}"));
        assert_eq!(Reply::of(request).expect(200).json()["value"], number, "{context}");
    }
}

#[test]
#[ignore = "adding_an_entity.rs runs it with a program that has streams"]
fn selected_streams_are_changed_and_deleted_together() {
    let server = Server::start();
    let (client, anna, made) = streams(&server);
    let tag = client.get("/tag").json()[0].clone();
    let selection =
        client.post("/selection/stream?filter=name ne 'c'", &json!({})).expect(201).json();
    let under = format!("/selection/{}/stream", id(&selection));
    assert_eq!(names(&client, &format!("{under}?orderby=name")), "ab");
    let synthetic = client.get(&format!("{under}/synthetic")).expect(200).json();
    assert_eq!(
        (&synthetic["type"], &synthetic["latestModifiedDate"]),
        (&json!("Stream"), &made[1]["modifiedDate"])
    );
    let change = json!({
        "latestModifiedDate": synthetic["latestModifiedDate"],
        "properties": [
            {
                "name": "refList_Tag", "valueIsModified": true,
                "value": {"added": [id(&tag)], "removed": []}
            }
        ],
    });
    client.put(&format!("{under}/synthetic"), &change).expect_empty(204);
    assert_eq!(names(&client, "/stream?orderby=name&filter=tags.name eq 'finance'"), "ab");
    let users =
        client.post("/selection/user?filter=userId eq 'anna'", &json!({})).expect(201).json();
    let owned = client
        .get(&format!("/user/ownedresources?userselection={}", id(&users)))
        .expect(200)
        .json();
    assert_eq!(owned.as_array().unwrap().iter().filter(|row| row["type"] == "Stream").count(), 2);
    anna.get(&under).expect(404);
    client.delete(&under).expect(204);
    assert_eq!(names(&client, "/stream"), "c");
}

#[test]
#[ignore = "adding_an_entity.rs runs it with a program that has streams"]
fn streams_are_part_of_the_api_descriptions() {
    let server = Server::start();
    let client = server.repository();
    let output = program().arg("openapi").output().unwrap();
    let document: Json = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(client.get("/about/openapi").expect(200).json(), document);
    let paths = |path: &str| -> Vec<String> {
        let all = document["paths"]
            .as_object()
            .unwrap()
            .keys()
            .filter(|own| own.split('/').any(|part| part == path));
        all.map(|own| own.replace(path, "…")).collect()
    };
    assert!(paths("stream").len() > 12 && paths("stream") == paths("tag"), "{:?}", paths("stream"));
    let schema = &document["components"]["schemas"]["Stream"]["properties"];
    let properties: Vec<&String> = schema.as_object().unwrap().keys().collect();
    for name in [
        "id",
        "createdDate",
        "modifiedDate",
        "modifiedByUserName",
        "customProperties",
        "owner",
        "name",
        "tags",
    ] {
        assert!(properties.iter().any(|own| *own == name), "{name}");
    }
    let relations = client.get("/about/api/relations").expect(200).json();
    assert!(relations.as_array().unwrap().contains(&json!("Stream.owner > User")));
    assert_eq!(client.get("/about/api/default/stream").expect(200).json()["schemaPath"], "Stream");
}

#[test]
#[ignore = "adding_an_entity.rs runs it with a program that has streams"]
fn a_stream_can_be_created_changed_and_deleted_in_the_console() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let client = server.repository();
    let (tag, definition) = site(&client);
    let page = browser.get("/console/stream/new").expect_page(200);
    assert!(
        page.text.contains("New stream") && page.text.contains("Custom property Stage"),
        "{}",
        page.text
    );
    let field = format!("@{definition}");
    let filled = [
        ("name", "Sales"),
        ("offered", "tags"),
        ("tags", &tag),
        ("offered", &field),
        (&field, "prod"),
    ];
    let reply = browser.post("/console/stream/new", &filled);
    assert_eq!(reply.status, 303, "{}", reply.text);
    let stored = client.get("/stream/full").expect(200).json()[0].clone();
    assert_eq!((&stored["name"], &stored["owner"]["userId"]), (&json!("Sales"), &json!("root")));
    assert_eq!(
        (&stored["tags"][0]["name"], &stored["customProperties"][0]["value"]),
        (&json!("finance"), &json!("prod"))
    );
    let path = format!("/console/stream/{}", id(&stored));
    assert_eq!(browser.fill_in(&path, &[("name", "Sales and more")]).status, 303);
    let list = browser.get("/console/stream?filter=name%20sw%20%27sales%27").expect_page(200);
    assert!(
        list.text.contains("Sales and more") && list.text.contains("1 to 1 of 1"),
        "{}",
        list.text
    );
    assert!(browser.get("/console/tag").expect_page(200).text.contains("href=\"/console/stream\""));
    browser.fill_in(&path, &[("name", "")]).expect_page(400);
    browser.get(&format!("{path}/delete")).expect_page(200);
    assert_eq!(browser.fill_in(&format!("{path}/delete"), &[]).status, 303);
    assert_eq!(names(&client, "/stream"), "");
}
