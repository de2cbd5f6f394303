//! Updates: concurrent changes, omitted and replaced fields, and references that prevent a
//! deletion.

use crate::support::{Reply, Server, connection, id};
use serde_json::{Value as Json, json};

#[test]
fn a_date_after_the_stored_one_is_accepted_and_an_earlier_one_is_not() {
    let server = Server::start();
    let client = server.repository();
    let created = client.connection("c");
    let path = format!("/dataconnection/{}", id(&created));
    let put = |date: Json| client.put(&path, &json!({"modifiedDate": date}));
    let stored = || client.get(&path).json()["modifiedDate"].as_str().unwrap().to_owned();
    put(json!(stored())).expect(200);
    for later in
        ["2199-12-31T23:59:59.999Z", "2199-12-31 23:59", "2199-12-31T23:59:59.9999999+01:00"]
    {
        put(json!(later)).expect(200);
    }
    for earlier in ["1753-01-01T00:00:00.000Z", created["modifiedDate"].as_str().unwrap()] {
        put(json!(earlier)).expect(409).says(&[&stored(), "changed after", earlier]);
    }
    client
        .put(&path, &json!({"name": "d"}))
        .expect(409)
        .says(&["modifiedDate is missing", &stored()]);
    assert_eq!(client.get(&path).json()["name"], "c");
}

#[test]
fn exactly_one_of_two_writers_of_the_same_version_succeeds() {
    let server = Server::start();
    let client = server.repository();
    let created = client.connection("c");
    let path = format!("/dataconnection/{}", id(&created));
    for round in 0..20 {
        let seen = client.get(&path).expect(200).json();
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let (client, path, mut body) = (client.clone(), path.clone(), seen.clone());
                body["username"] = json!(format!("{round}/{writer}"));
                std::thread::spawn(move || {
                    (client.put(&path, &body).status, body["username"].clone())
                })
            })
            .collect();
        let results: Vec<_> = writers.into_iter().map(|writer| writer.join().unwrap()).collect();
        let winners: Vec<_> = results.iter().filter(|(status, _)| *status == 200).collect();
        assert_eq!(winners.len(), 1, "{results:?}");
        assert!(results.iter().all(|(status, _)| [200, 409].contains(status)), "{results:?}");
        assert_eq!(client.get(&path).json()["username"], winners[0].1);
    }
}

#[test]
fn the_modified_date_always_increases() {
    let server = Server::start();
    let client = server.repository();
    let mut entity = client.connection("c");
    let path = format!("/dataconnection/{}", id(&entity));
    for _ in 0..50 {
        let updated = client.put(&path, &entity).expect(200).json();
        assert!(updated["modifiedDate"].as_str() > entity["modifiedDate"].as_str());
        assert_eq!(updated["createdDate"], entity["createdDate"]);
        entity = updated;
    }
}

#[test]
fn an_etag_can_replace_the_date() {
    let server = Server::start();
    let client = server.repository();
    let reply = client.post("/dataconnection", &connection("c")).expect(201);
    let path = format!("/dataconnection/{}", id(&reply.json()));
    let etag = reply.header("etag").to_owned();
    let put = |etag: &str, body: &Json| {
        Reply::of(client.request("PUT", &path).header("If-Match", etag).json(body))
    };
    let updated = put(&etag, &json!({"name": "d"})).expect(200);
    assert_ne!(updated.header("etag"), etag);
    put(&etag, &json!({"name": "e"})).expect(412).says(&[updated.header("etag")]);
    // If both are given, both must match.
    let old = reply.json()["modifiedDate"].clone();
    put(updated.header("etag"), &json!({"name": "e", "modifiedDate": old})).expect(409);
    assert_eq!(client.get(&path).json()["name"], "d");
    Reply::of(client.request("DELETE", &path).header("If-Match", &etag)).expect(412);
    Reply::of(client.request("DELETE", &path).header("If-Match", updated.header("etag")))
        .expect(204);
}

#[test]
fn omitted_fields_are_kept_and_lists_are_replaced() {
    let server = Server::start();
    let client = server.repository();
    client.create(
        "custompropertydefinition",
        &json!({"name": "env", "objectTypes": ["DataConnection"], "choiceValues": ["a", "b"]}),
    );
    let tags: Vec<Json> =
        ["x", "y"].iter().map(|name| client.create("tag", &json!({"name": name}))).collect();
    let value = |value: &str| json!({"value": value, "definition": {"name": "env"}});
    let mut body = connection("c");
    body["username"] = json!("u");
    body["tags"] = json!(tags);
    body["customProperties"] = json!([value("a")]);
    let created = client.create("dataconnection", &body);
    let path = format!("/dataconnection/{}", id(&created));
    let put = |mut body: Json| {
        body["modifiedDate"] = client.get(&path).json()["modifiedDate"].clone();
        client.put(&path, &body).expect(200).json()
    };
    for nothing in [
        json!({}),
        json!({
            "tags": null, "customProperties": null, "username": null, "name": null, "owner": {}
        }),
    ] {
        let mut updated = put(nothing);
        updated["modifiedDate"] = created["modifiedDate"].clone();
        assert_eq!(updated, created);
    }
    let kept = created["customProperties"][0].clone();
    let both = put(json!({"customProperties": [value("b"), value("a")]}));
    assert_eq!(both["customProperties"].as_array().unwrap().len(), 2);
    assert!(
        both["customProperties"].as_array().unwrap().contains(&kept),
        "an unchanged value keeps its id and dates"
    );
    let renamed = put(json!({
        "customProperties": [{"id": kept["id"], "value": "b", "definition": {"name": "env"}}]
    }));
    assert_eq!(renamed["customProperties"][0]["value"], "b");
    assert_eq!(renamed["customProperties"].as_array().unwrap().len(), 1);
    assert_eq!(
        put(json!({"tags": [{"id": tags[1]["id"]}]}))["tags"],
        json!([{"id": tags[1]["id"], "name": "y"}])
    );
    let emptied = put(json!({"tags": [], "customProperties": []}));
    assert_eq!((&emptied["tags"], &emptied["customProperties"]), (&json!([]), &json!([])));
    assert_eq!(emptied["username"], "u");
}

#[test]
fn a_condensed_item_can_be_sent_back() {
    let server = Server::start();
    let client = server.repository();
    let created = client.connection("c");
    let mut item = client.get("/dataconnection").json()[0].clone();
    item["modifiedDate"] = json!("2199-12-31T23:59:59.999Z");
    item["connectionstring"] = json!("lib://other");
    let updated =
        client.put(&format!("/dataconnection/{}", id(&created)), &item).expect(200).json();
    assert_eq!(updated["connectionstring"], "lib://other");
    assert_eq!(updated["owner"], created["owner"]);
}

#[test]
fn an_owner_can_be_changed_with_the_right() {
    let server = Server::start();
    let (repository, anna) = (server.repository(), server.user("anna"));
    let created = anna.connection("c");
    let bert = repository.create("user", &json!({"userDirectory": "LAB", "userId": "bert"}));
    let path = format!("/dataconnection/{}", id(&created));
    // anna can't see bert, so for her this user does not exist.
    let mut body = created.clone();
    body["owner"] = json!({"id": bert["id"]});
    anna.put(&path, &body).expect(400).says(&["owner", &id(&bert)]);
    assert_eq!(repository.put(&path, &body).expect(200).json()["owner"]["userId"], "bert");
    anna.get(&path).expect(404);
    server.user("bert").get(&path).expect(200);
}

#[test]
fn names_are_unique_among_all_owners_regardless_of_case() {
    let server = Server::start();
    let (anna, bert) = (server.user("anna"), server.user("bert"));
    anna.connection("Größe");
    bert.post("/dataconnection", &connection("GRÖẞE")).expect(400).says(&["name 'GRÖẞE'"]);
    bert.connection("GRÖSSE");
    let other = bert.connection("other");
    let mut body = other.clone();
    body["name"] = json!("größe");
    bert.put(&format!("/dataconnection/{}", id(&other)), &body).expect(409).says(&["größe"]);
    body["name"] = json!("OTHER");
    bert.put(&format!("/dataconnection/{}", id(&other)), &body).expect(200);
}

#[test]
fn the_directory_and_id_of_a_user_never_change() {
    let server = Server::start();
    let client = server.repository();
    let user = client.create("user", &json!({"userDirectory": "LAB", "userId": "anna"}));
    let path = format!("/user/{}", id(&user));
    let mut body = user.clone();
    body["userId"] = json!("bert");
    client.put(&path, &body).expect(400).says(&["userId", "'anna'"]);
    body["userId"] = json!("anna");
    body["name"] = json!("Anna A.");
    body["deleteProhibited"] = json!(true);
    let updated = client.put(&path, &body).expect(200).json();
    assert_eq!(
        (&updated["name"], &updated["deleteProhibited"]),
        (&json!("Anna A."), &json!(false))
    );
}

#[test]
fn deleting_a_tag_or_a_definition_removes_it_from_all_entities() {
    let server = Server::start();
    let client = server.repository();
    let tag = client.create("tag", &json!({"name": "x"}));
    let definition = client.create(
        "custompropertydefinition",
        &json!({"name": "env", "objectTypes": ["DataConnection"]}),
    );
    let mut body = connection("c");
    body["tags"] = json!([{"id": tag["id"]}]);
    body["customProperties"] = json!([{"value": "a", "definition": {"id": definition["id"]}}]);
    let created = client.create("dataconnection", &body);
    client.delete(&format!("/tag/{}", id(&tag))).expect(204);
    client.delete(&format!("/custompropertydefinition/{}", id(&definition))).expect(204);
    let left = client.get(&format!("/dataconnection/{}", id(&created))).expect(200).json();
    assert_eq!((&left["tags"], &left["customProperties"]), (&json!([]), &json!([])));
}

#[test]
fn a_user_who_owns_entities_can_not_be_deleted() {
    let server = Server::start();
    let client = server.repository();
    let user = client.create("user", &json!({"userDirectory": "LAB", "userId": "anna"}));
    let owned: Vec<Json> =
        ["b", "a"].iter().map(|name| server.user("anna").connection(name)).collect();
    let path = format!("/user/{}", id(&user));
    client.delete(&path).expect(409).says(&["owner of 2 data connections", "'a', 'b'"]);
    // Users who may not see the connections do not learn how many there are.
    let some = json!({
        "name": "some", "resourceFilter": "User_*", "actions": 10, "rule": "user.userId = \"eve\""
    });
    client.create("systemrule", &some);
    let eve = server.user("eve");
    let hidden = eve.delete(&path).expect(409);
    assert_eq!(
        hidden.json()["message"],
        "the user is the owner of data connections that you may not see; ask an administrator to \
         change that first"
    );
    let one = json!({
        "name": "one", "resourceFilter": "DataConnection_*", "actions": 2,
        "rule": "resource.name = \"a\""
    });
    client.create("systemrule", &one);
    eve.delete(&path).expect(409).says(&["owner of 1 data connection ('a')"]);
    for owned in owned {
        client.delete(&format!("/dataconnection/{}", id(&owned))).expect(204);
    }
    client.delete(&path).expect(204);
    let account = client.get("/user?filter=userId eq sa_repository").json()[0].clone();
    client.delete(&format!("/user/{}", id(&account))).expect(409).says(&["service account"]);
}

#[test]
fn changing_the_choices_keeps_existing_values() {
    let server = Server::start();
    let client = server.repository();
    let definition = client.create(
        "custompropertydefinition",
        &json!({"name": "env", "objectTypes": ["DataConnection"], "choiceValues": ["a"]}),
    );
    let mut body = connection("c");
    body["customProperties"] = json!([{"value": "a", "definition": {"name": "env"}}]);
    let created = client.create("dataconnection", &body);
    let mut changed = definition.clone();
    changed["choiceValues"] = json!(["b"]);
    client.put(&format!("/custompropertydefinition/{}", id(&definition)), &changed).expect(200);
    let path = format!("/dataconnection/{}", id(&created));
    let updated = client.put(&path, &created).expect(200).json();
    assert_eq!(updated["customProperties"], created["customProperties"]);
}

/// The stored values, and the values of the update.
type Case<'a> = (&'a [&'a str], &'a [(Option<usize>, &'a str)]);

/// The stored values, the values of the update (the numbers refer to the stored values), and the
/// result.
#[test]
fn elements_can_be_swapped_repeated_and_moved() {
    let server = Server::start();
    let client = server.repository();
    client.create(
        "custompropertydefinition",
        &json!({"name": "env", "objectTypes": ["DataConnection"]}),
    );
    let value = |value: &str| json!({"value": value, "definition": {"name": "env"}});
    let cases: [Case<'_>; 6] = [
        (&["a"], &[(Some(0), "b"), (None, "a")]),
        (&["a", "b"], &[(Some(0), "b"), (Some(1), "a")]),
        (&["a", "b"], &[(Some(0), "b")]),
        (&["a", "a"], &[(Some(0), "a"), (Some(1), "a")]),
        (&["a"], &[(None, "a"), (None, "a")]),
        (&["a", "b", "c"], &[(None, "c"), (Some(0), "a")]),
    ];
    for (index, (stored, put)) in cases.into_iter().enumerate() {
        let mut body = connection(&format!("c{index}"));
        body["customProperties"] = stored.iter().map(|text| value(text)).collect();
        let created = client.create("dataconnection", &body);
        let items: Vec<Json> = put
            .iter()
            .map(|(from, text)| {
                let mut item = value(text);
                if let Some(from) = from {
                    item["id"] = created["customProperties"][from]["id"].clone();
                }
                item
            })
            .collect();
        let update = json!({"customProperties": items, "modifiedDate": created["modifiedDate"]});
        let updated =
            client.put(&format!("/dataconnection/{}", id(&created)), &update).expect(200).json();
        let left = updated["customProperties"].as_array().unwrap();
        let mut texts: Vec<&str> =
            left.iter().map(|item| item["value"].as_str().unwrap()).collect();
        let mut expected: Vec<&str> = put.iter().map(|(_, text)| *text).collect();
        texts.sort_unstable();
        expected.sort_unstable();
        assert_eq!(texts, expected, "case {index}");
        for (from, text) in put {
            let Some(from) = from else { continue };
            let kept = left
                .iter()
                .find(|item| item["id"] == created["customProperties"][from]["id"])
                .expect("the id is kept");
            assert_eq!(kept["value"], *text, "case {index}");
        }
    }
}

#[test]
fn an_update_can_not_produce_an_entity_that_may_not_be_created() {
    let server = Server::start();
    let anna = server.user("anna");
    let mut body = anna.connection("c");
    let path = format!("/dataconnection/{}", id(&body));
    body["type"] = json!("Folder");
    anna.put(&path, &body).expect(403).says(&["LAB\\anna", "may not create"]);
    assert_eq!(anna.get(&path).json()["type"], "internet");
    server.repository().put(&path, &body).expect(200);
    // A connection that is already a folder may stay one.
    let mut body = anna.get(&path).json();
    body["username"] = json!("u");
    anna.put(&path, &body).expect(200);
}
