//! The audit entry of a deletion names the entities that lose a reference or value by it, so that
//! the deletion can be undone.

use crate::support::audit::{only, part};
use crate::support::{Client, Server, connection, copy_connection, id};
use rusqlite::Connection;
use serde_json::{Value as Json, json};
use std::time::Instant;

/// The values that other entities lost, by the audit entry of the deletion.
fn lost(client: &Client, entity: &Json) -> Json {
    let entry = only(client, &format!("objectID eq '{}' and action eq 'delete'", id(entity)));
    part(&entry, "before")["removedFrom"].clone()
}

fn sorted(mut ids: Vec<String>) -> Json {
    ids.sort();
    json!(ids)
}

#[test]
fn the_entry_of_a_deleted_tag_names_the_entities_that_had_it() {
    let server = Server::start();
    let client = server.repository();
    let tag = client.create("tag", &json!({"name": "prod"}));
    let other = client.create("tag", &json!({"name": "other"}));
    let with_tag = |mut body: Json| {
        body["tags"] = json!([{"id": id(&tag)}, {"id": id(&other)}]);
        body
    };
    let connections =
        ["a", "b"].map(|name| client.create("dataconnection", &with_tag(connection(name))));
    let user = client.create("user", &with_tag(json!({"userDirectory": "LAB", "userId": "anna"})));
    let rule =
        json!({"name": "r", "resourceFilter": "App_*", "actions": 2, "rule": "user.name = \"x\""});
    let rule = client.create("systemrule", &with_tag(rule));
    client.delete(&format!("/tag/{}", id(&tag))).expect(204);
    let lost_tags = lost(&client, &tag);
    let of = |kind: &str| {
        lost_tags.as_array().unwrap().iter().find(|one| one["type"] == kind).cloned().unwrap()
    };
    let both = sorted(connections.iter().map(id).collect());
    assert_eq!(
        of("DataConnection"),
        json!({"type": "DataConnection", "property": "tags", "entities": both})
    );
    assert_eq!(of("User"), json!({"type": "User", "property": "tags", "entities": [id(&user)]}));
    assert_eq!(
        of("SystemRule"),
        json!({"type": "SystemRule", "property": "tags", "entities": [id(&rule)]})
    );
    assert_eq!(lost_tags.as_array().unwrap().len(), 3);
    // Deleting an unused tag affects no other entity.
    let unused = client.create("tag", &json!({"name": "unused"}));
    client.delete(&format!("/tag/{}", id(&unused))).expect(204);
    assert_eq!(lost(&client, &unused), Json::Null);
}

#[test]
fn the_entry_of_a_deleted_definition_has_the_values_of_each_entity() {
    let server = Server::start();
    let client = server.repository();
    let body =
        json!({"name": "stage", "objectTypes": ["DataConnection", "User"], "choiceValues": []});
    let definition = client.create("custompropertydefinition", &body);
    let with_values = |mut body: Json, values: &[&str]| {
        let values = values
            .iter()
            .map(|value| json!({"value": value, "definition": {"id": id(&definition)}}));
        body["customProperties"] = values.collect();
        body
    };
    let [a, b] = [("a", &["prod", "eu"][..]), ("b", &["prod"])].map(|(name, values)| {
        client.create("dataconnection", &with_values(connection(name), values))
    });
    let secret =
        with_values(json!({"userDirectory": "LAB", "userId": "anna"}), &["pwd=hunter2-canary"]);
    let user = client.create("user", &secret);
    client.delete(&format!("/custompropertydefinition/{}", id(&definition))).expect(204);
    let of = |kind: &str, value: &str, entities: Json| {
        json!({
            "type": kind, "property": "customProperties", "value": value, "entities": entities
        })
    };
    let expected = json!([
        of("DataConnection", "eu", json!([id(&a)])),
        of("DataConnection", "prod", sorted(vec![id(&a), id(&b)])),
        of("User", "pwd=***", json!([id(&user)])),
    ]);
    let shown = lost(&client, &definition);
    let listed = shown.as_array().unwrap();
    assert!(expected.as_array().unwrap().iter().all(|one| listed.contains(one)), "{shown}");
    assert_eq!(listed.len(), 3);
    // The lost values can be restored.
    let body =
        json!({"name": "stage", "objectTypes": ["DataConnection", "User"], "id": id(&definition)});
    client.create("custompropertydefinition", &body);
    let stored = client.get(&format!("/dataconnection/{}", id(&b))).expect(200).json();
    let restored = with_values(stored, &["prod"]);
    client.put(&format!("/dataconnection/{}", id(&b)), &restored).expect(200);
    assert_eq!(client.names("dataconnection", "@stage eq 'prod'"), ["b"]);
}

/// Creates a tag on that many connections, and a user who may delete tags.
fn widely_used_tag(server: &Server, connections: u32) -> (Client, Json) {
    let client = server.repository();
    let rule = json!({
        "name": "tags", "resourceFilter": "Tag_*", "actions": 10, "rule": "resource.name like \"*\""
    });
    client.create("systemrule", &rule);
    client.connection("one");
    copy_connection(server, "one", connections, "lib://x");
    let tag = client.create("tag", &json!({"name": "everywhere"}));
    let database = Connection::open(server.data().join("patchbay.db")).unwrap();
    let links = "INSERT INTO data_connection_tags (entity_id, target_id) SELECT id, ?1 FROM \
                 data_connections";
    assert_eq!(database.execute(links, [id(&tag)]).unwrap(), connections as usize + 1);
    (client, tag)
}

#[test]
fn deleting_a_widely_used_tag_is_weighed_before_it_reaches_the_writer() {
    let server = Server::start_with(&["--max-write-milliseconds", "20"]);
    let (client, tag) = widely_used_tag(&server, 5_000);
    let path = format!("/tag/{}", id(&tag));
    server.user("anna").delete(&path).expect(413).says(&[
        "max-write-milliseconds",
        "20 ms",
        "take them off",
    ]);
    client.get(&path).expect(200);
    // The repository's own account has no limit.
    client.delete(&path).expect(204);
    assert_eq!(lost(&client, &tag)[0]["entities"].as_array().unwrap().len(), 5_001);
}

/// `cargo test --test api -- --ignored --nocapture the_cost_of_removing_a_tag`
#[test]
#[ignore = "it measures"]
fn the_cost_of_removing_a_tag_from_ten_thousand() {
    for _ in 0..5 {
        let server = Server::start();
        let (client, tag) = widely_used_tag(&server, 10_000);
        let start = Instant::now();
        client.delete(&format!("/tag/{}", id(&tag))).expect(204);
        println!("{:?}", start.elapsed());
    }
}
