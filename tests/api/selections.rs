//! Selections: several entities at once, as the QMC edits them.

use crate::support::{Client, Reply, Server, UNKNOWN_ID, connection, copy_connection, encode, id};
use serde_json::{Value as Json, json};

/// Five connections of the repository's account, the first two with tags.
fn site(client: &Client) -> (Vec<Json>, Vec<String>) {
    client.create(
        "custompropertydefinition",
        &json!({"name": "Stage", "objectTypes": ["DataConnection"]}),
    );
    let tags: Vec<String> =
        ["red", "blue"].map(|name| id(&client.create("tag", &json!({"name": name})))).to_vec();
    let make = |(index, name): (usize, &str)| {
        let mut body = connection(name);
        if index < 2 {
            body["tags"] = json!([{"id": tags[0]}]);
            body["customProperties"] = json!([{"value": "prod", "definition": {"name": "Stage"}}]);
        }
        client.create("dataconnection", &body)
    };
    (["a", "b", "c", "d", "e"].into_iter().enumerate().map(make).collect(), tags)
}

fn select(client: &Client, filter: &str) -> String {
    let reply =
        client.post(&format!("/selection/dataconnection?filter={}", encode(filter)), &json!({}));
    id(&reply.expect(201).json())
}

fn names(client: &Client, path: &str) -> String {
    let list = client.get(path).expect(200).json();
    list.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect()
}

#[test]
fn the_selected_entities_can_be_listed_counted_and_shown_as_a_table() {
    let server = Server::start();
    let client = server.repository();
    let (made, _) = site(&client);
    let item = |index: usize| json!({"type": "DataConnection", "objectID": made[index]["id"]});
    let body = json!({"items": [item(3), item(0), {"type": "Tag", "objectID": UNKNOWN_ID}]});
    let selection = client.post("/selection", &body).expect(201).json();
    assert_eq!(
        (&selection["schemaPath"], &selection["items"][0]["schemaPath"]),
        (&json!("Selection"), &json!("SelectionItem"))
    );
    let values: Vec<&Json> =
        selection["items"].as_array().unwrap().iter().map(|item| &item["objectName"]).collect();
    assert!(
        values.contains(&&json!("a"))
            && values.contains(&&json!("d"))
            && values.contains(&&json!(""))
    );
    let path = format!("/selection/{}", id(&selection));
    assert_eq!(client.get(&path).expect(200).json(), selection);
    let under = format!("{path}/dataconnection");
    assert_eq!(names(&client, &format!("{under}?orderby=name")), "ad");
    assert_eq!(names(&client, &format!("{under}/full?filter=name eq 'D'")), "d");
    assert_eq!(client.get(&format!("{under}/count")).expect(200).json()["value"], 2);
    assert_eq!(client.get(&format!("{path}/tag/count")).expect(200).json()["value"], 0);
    let table = json!({"columns": [{"name": "n", "columnType": "Property", "definition": "name"}]});
    let table = client.post(&format!("{under}/table?sortcolumn=n"), &table).expect(201).json();
    assert_eq!(table["rows"], json!([["a"], ["d"]]));

    // A single item is a valid selection, and PUT replaces the items.
    let one = client.post("/Selection", &item(4)).expect(201).json();
    assert_eq!(one["items"][0]["objectName"], "e");
    client.put(&path, &json!({"items": [item(1)]})).expect(200);
    assert_eq!(names(&client, &under), "b");
    client.delete(&path).expect(204);
    for gone in
        [path.clone(), under.clone(), format!("{under}/count"), format!("{under}/synthetic")]
    {
        client.get(&gone).expect(404);
    }
    assert_eq!(client.get("/dataconnection/count").json()["value"], 5);
}

#[test]
fn a_selection_is_visible_to_its_creator_only() {
    let server = Server::start();
    let client = server.repository();
    site(&client);
    let path =
        format!("/selection/{}", select(&client, "name eq 'a' or name eq 'b' or name eq 'c'"));
    assert_eq!(names(&client, &format!("{path}/dataconnection")), "abc");
    let eve = server.user("eve");
    for under in ["", "/dataconnection", "/dataconnection/count", "/dataconnection/synthetic"] {
        eve.get(&format!("{path}{under}")).expect(404);
    }
    eve.delete(&path).expect(404);
    eve.delete(&format!("{path}/dataconnection")).expect(404);
    eve.put(&path, &json!({"items": []})).expect(404);
    let change = json!({"properties": [], "latestModifiedDate": "2199-01-01T00:00:00.000Z"});
    eve.put(&format!("{path}/dataconnection/synthetic"), &change).expect(404);
    let table = json!({"columns": [{"name": "n", "definition": "name"}]});
    eve.post(&format!("{path}/dataconnection/table"), &table).expect(404);
    eve.get(&format!(
        "/user/ownedresources?userselection={}",
        path.trim_start_matches("/selection/")
    ))
    .expect(404);
    assert_eq!(client.get(&format!("{path}/dataconnection/count")).json()["value"], 3);
    // Entities that a user may not read do not become part of the selection.
    let own = select(&eve, "");
    assert_eq!(
        eve.get(&format!("/selection/{own}/dataconnection/count")).expect(200).json()["value"],
        0
    );
}

#[test]
fn all_selected_entities_are_deleted_or_none() {
    let server = Server::start();
    let client = server.repository();
    site(&client);
    server.user("anna").connection("hers");
    let some =
        json!({"name": "some", "resourceFilter": "DataConnection_*", "actions": 2, "rule": ""});
    client.create("systemrule", &some);
    let anna = server.user("anna");
    let all = select(&anna, "");
    anna.delete(&format!("/selection/{all}/dataconnection")).expect(403);
    assert_eq!(client.get("/dataconnection/count").json()["value"], 6);
    let own = select(&anna, "name eq 'hers'");
    anna.delete(&format!("/selection/{own}/dataconnection")).expect(204);
    let others = select(&client, "name ne 'a'");
    client.delete(&format!("/selection/{others}/dataconnection?filter=name ne 'b'")).expect(204);
    assert_eq!(names(&client, "/dataconnection?orderby=name"), "ab");
}

fn property(synthetic: &Json, name: &str) -> Json {
    synthetic["properties"]
        .as_array()
        .unwrap()
        .iter()
        .find(|property| property["name"] == name)
        .unwrap()
        .clone()
}

#[test]
fn a_synthetic_entity_shows_the_common_values() {
    let server = Server::start();
    let client = server.repository();
    let (made, tags) = site(&client);
    let definition = id(&client.get("/custompropertydefinition").json()[0]);
    let two = format!(
        "/selection/{}/dataconnection/synthetic",
        select(&client, "name eq 'a' or name eq 'b'")
    );
    let synthetic = client.get(&two).expect(200).json();
    assert_eq!(
        (&synthetic["type"], &synthetic["schemaPath"]),
        (&json!("DataConnection"), &json!("SyntheticRootEntity"))
    );
    assert_eq!(synthetic["latestModifiedDate"], made[1]["modifiedDate"]);
    let common = |name: &str| {
        let property = property(&synthetic, name);
        (property["value"].clone(), property["valueIsDifferent"].as_bool().unwrap())
    };
    assert_eq!(common("type"), (json!("internet"), false));
    assert_eq!(common("name"), (Json::Null, true));
    assert_eq!(common("owner"), (made[0]["owner"]["id"].clone(), false));
    assert_eq!(common("password"), (Json::Null, false));
    assert_eq!(common("refList_Tag").0["values"], json!([tags[0]]));
    assert_eq!(common(&format!("@{definition}")).0["values"], json!(["prod"]));
    let all = format!("/selection/{}/dataconnection/synthetic", select(&client, ""));
    let synthetic = client.get(&all).expect(200).json();
    for name in ["refList_Tag".to_owned(), format!("@{definition}")] {
        let property = property(&synthetic, &name);
        assert_eq!(
            (&property["value"]["values"], &property["valueIsDifferent"]),
            (&json!([]), &json!(true)),
            "{name}"
        );
    }
}

#[test]
fn a_synthetic_entity_changes_all_selected_entities_or_none() {
    let server = Server::start();
    let client = server.repository();
    let (_, tags) = site(&client);
    let definition = id(&client.get("/custompropertydefinition").json()[0]);
    let user = client.create("user", &json!({"userDirectory": "LAB", "userId": "anna"}));
    let path = format!(
        "/selection/{}/dataconnection/synthetic",
        select(&client, "name eq 'a' or name eq 'b' or name eq 'c'")
    );
    let modified =
        |name: &str, value: Json| json!({"name": name, "value": value, "valueIsModified": true});
    let latest = client.get(&path).expect(200).json()["latestModifiedDate"].clone();
    let body = json!({"type": "DataConnection", "latestModifiedDate": latest, "properties": [
        modified("owner", user["id"].clone()),
        modified("username", json!("reader")),
        modified("password", json!("hunter2")),
        modified("refList_Tag", json!({"added": [tags[1]], "removed": [tags[0]]})),
        modified(&format!("@{definition}"), json!({"added": ["test"], "removed": ["prod"]})),
        {"name": "type", "value": "left as it is", "valueIsModified": false},
    ]});
    let mut stale = body.clone();
    stale["latestModifiedDate"] = json!("2020-01-01T00:00:00.000Z");
    client.put(&path, &stale).expect(409);
    let mut wrong = body.clone();
    wrong["properties"].as_array_mut().unwrap().push(modified("nmae", json!("x")));
    client.put(&path, &wrong).expect(400).says(&["nmae"]);
    assert!(
        names(&client, "/dataconnection?filter=username eq 'reader'").is_empty(),
        "a refused change must change nothing"
    );

    Reply::of(client.request("PUT", &path).json(&body)).expect(204);
    let changed = client
        .get("/dataconnection/full?filter=username eq 'reader'&orderby=name")
        .expect(200)
        .json();
    assert_eq!(changed.as_array().unwrap().len(), 3);
    for row in changed.as_array().unwrap() {
        assert_eq!((&row["owner"]["userId"], &row["type"]), (&json!("anna"), &json!("internet")));
        assert_eq!(row["tags"], json!([{"id": tags[1], "name": "blue"}]));
        assert_eq!(
            (
                &row["customProperties"][0]["value"],
                row["customProperties"].as_array().unwrap().len()
            ),
            (&json!("test"), 1)
        );
    }
    // Ids can be in any spelling, and a list can occur twice. Properties that the synthetic entity
    // doesn't show are refused.
    let upper = |id: &str| id.to_uppercase();
    let body = json!({"latestModifiedDate": "2199-01-01T00:00:00.999Z", "properties": [
        modified("refList_Tag", json!({"removed": [upper(&tags[1])]})),
        modified("refList_Tag", json!({"added": [tags[0]]})),
        modified(&format!("@{}", upper(&definition)), json!({"added": ["test"]})),
    ]});
    Reply::of(client.request("PUT", &path).json(&body)).expect(204);
    for row in
        client.get("/dataconnection/full?filter=username eq 'reader'").json().as_array().unwrap()
    {
        assert_eq!(row["tags"], json!([{"id": tags[0], "name": "red"}]));
        assert_eq!(row["customProperties"].as_array().unwrap().len(), 1);
    }
    for name in ["tags", "customProperties", "id", "@x"] {
        let body = json!({
            "latestModifiedDate": "2199-01-01T00:00:00.999Z",
            "properties": [modified(name, json!([]))]
        });
        client.put(&path, &body).expect(400).says(&[name]);
    }
    // Field names ignore case, as elsewhere.
    let body = json!({"LATESTMODIFIEDDATE": "2199-01-01T00:00:00.999Z", "Properties": [
        {"Name": "USERNAME", "Value": "READER", "ValueIsModified": true},
    ]});
    client.put(&path, &body).expect(204);
    assert_eq!(names(&client, "/dataconnection?filter=username eq 'READER'&orderby=name"), "abc");
    // A script's body, with single quotes and a date in the far future.
    let text = "{'properties':[{'name':'username','value':'other','valueIsDifferent':true,'valueIsModified':true}],'latestModifiedDate':'2199-01-01T00:00:00.999Z'}";
    client.send("PUT", &path, "application/json", text).expect(204);
    assert_eq!(names(&client, "/dataconnection?filter=username eq 'other'&orderby=name"), "abc");
    // A user who may not change one of them changes none.
    let some =
        json!({"name": "some", "resourceFilter": "DataConnection_*", "actions": 2, "rule": ""});
    client.create("systemrule", &some);
    let anna = server.user("anna");
    let all = format!("/selection/{}/dataconnection/synthetic", select(&anna, ""));
    anna.send("PUT", &all, "application/json", text.replace("other", "hers"))
        .expect(403)
        .says(&["d: "]);
    assert!(names(&client, "/dataconnection?filter=username eq 'hers'").is_empty());
}

/// A change that would occupy the only writer is refused before it gets there.
#[test]
fn a_synthetic_entity_that_changes_too_much_at_once_is_refused() {
    let server = Server::start();
    let client = server.repository();
    let users: Vec<Json> =
        (0..120).map(|n| json!({"userDirectory": "LAB", "userId": format!("u{n}")})).collect();
    client.post("/user/many", &json!(users)).expect(201);
    let selection =
        client.post("/selection/user?filter=userDirectory eq 'LAB'", &json!({})).expect(201).json();
    let path = format!("/selection/{}/user/synthetic", id(&selection));
    let put = |properties: Vec<Json>| {
        client.put(
            &path,
            &json!({"latestModifiedDate": "2199-01-01T00:00:00.000Z", "properties": properties}),
        )
    };
    let added = |name: &str, number: usize| {
        let values: Vec<String> = (0..number).map(|value| format!("{name} {value}")).collect();
        let name = format!("@{UNKNOWN_ID}");
        json!({"name": name, "value": {"added": values}, "valueIsModified": true})
    };
    put(vec![added("a", 500), added("b", 501)]).expect(400).says(&["properties", "at most 1000"]);
    put((0..101).map(|_| added("a", 1)).collect()).expect(400).says(&["properties", "at most 100"]);
    put(vec![added("a", 900)]).expect(400).says(&["900 items of 120 entities", "at most 100000"]);
    put(vec![json!({"name": "roles", "value": 1, "valueIsModified": "yes"})])
        .expect(400)
        .says(&["properties[0].valueIsModified", "true or false"]);
    let wrong =
        json!({"name": format!("@{UNKNOWN_ID}"), "value": {"added": [1]}, "valueIsModified": true});
    put(vec![wrong]).expect(400).says(&["value.added[0]", "the text of a value"]);
}

#[test]
fn the_resources_owned_by_users_can_be_listed_before_their_deletion() {
    let server = Server::start();
    let client = server.repository();
    site(&client);
    server.user("anna").connection("hers");
    let users =
        client.post(&format!("/selection/user?filter={}", encode("userId eq 'anna'")), &json!({}));
    let selection = id(&users.expect(201).json());
    let owned = client
        .get(&format!("/user/ownedresources?userselection={selection}&limit=-1"))
        .expect(200)
        .json();
    assert_eq!((owned.as_array().unwrap().len(), &owned[0]["name"]), (1, &json!("hers")));
    assert_eq!(owned[0]["type"], "DataConnection");
    client
        .get(&format!("/user/ownedresources?userselection={selection}&filter=name eq 'x'"))
        .expect(400)
        .says(&["filter"]);
    client
        .get(&format!("/user/ownedresources?userselection={selection}&limit=-5"))
        .expect(400)
        .says(&["whole number"]);
    let reply = client.get("/selection/dataconnection").expect(405);
    assert_eq!(reply.header("allow"), "POST");
    let path = format!("/user/ownedresources?userselection={selection}");
    copy_connection(&server, "hers", 10_000, "lib://sales");
    for limit in ["", "&limit=-1", "&limit=10001", "&limit=4294967295"] {
        client
            .get(&format!("{path}{limit}"))
            .expect(400)
            .says(&["more than 10000", "set a limit of at most 10000"]);
    }
    assert_eq!(
        client.get(&format!("{path}&limit=10000")).expect(200).json().as_array().unwrap().len(),
        10_000
    );
    client.get("/user/ownedresources?userselection=x").expect(400).says(&["userselection"]);
    client.get(&format!("/user/ownedresources?userselection={UNKNOWN_ID}")).expect(404);
    for (body, parts) in [
        (json!({"items": [{"type": "App", "objectID": UNKNOWN_ID}]}), vec!["items[0].type", "App"]),
        (json!({"items": [{"type": "Tag", "objectID": "x"}]}), vec!["items[0].objectID"]),
        (json!({"type": "Tag"}), vec!["objectID", "required"]),
        (json!([]), vec!["body"]),
    ] {
        client.post("/selection", &body).expect(400).says(&parts);
    }
}
