//! Lists of entities, as exported by another site.

use crate::support::{Server, UNKNOWN_ID, connection, id};
use serde_json::{Value as Json, json};

#[test]
fn a_reference_with_an_unknown_id_is_resolved_by_its_name() {
    let server = Server::start();
    let client = server.repository();
    let anna = client.create("user", &json!({"userDirectory": "LAB", "userId": "anna"}));
    let bert = client.create("user", &json!({"userDirectory": "LAB", "userId": "bert"}));
    client.create(
        "custompropertydefinition",
        &json!({"name": "Stage", "objectTypes": ["DataConnection"]}),
    );
    let of = |name: &str, owner: Json, definition: Json| {
        let mut body = connection(name);
        body["owner"] = owner;
        body["customProperties"] = json!([{"value": "prod", "definition": definition}]);
        body
    };
    let foreign =
        json!({"id": UNKNOWN_ID, "userDirectory": "LAB", "userId": "anna", "name": "Anna"});
    let stage = json!({"id": UNKNOWN_ID, "name": "Stage", "valueType": "Text"});
    let all = json!([
        of("a", foreign.clone(), stage.clone()),
        // The id takes precedence if it exists on this site.
        of("b", json!({"id": bert["id"], "userDirectory": "LAB", "userId": "anna"}), stage.clone()),
        of(
            "c",
            json!({"id": anna["id"], "userDirectory": 7, "userId": null}),
            json!({"name": "Stage"})
        ),
    ]);
    let made = client.post("/dataconnection/many", &all).expect(201).json();
    for (index, owner) in ["anna", "bert", "anna"].iter().enumerate() {
        assert_eq!(made[index]["owner"]["userId"], *owner);
        assert_eq!(made[index]["customProperties"][0]["definition"]["name"], "Stage");
    }
    let path = format!("/dataconnection/{}", id(&made[1]));
    let change = json!({"owner": foreign, "modifiedDate": made[1]["modifiedDate"]});
    assert_eq!(client.put(&path, &change).expect(200).json()["owner"]["userId"], "anna");

    let nowhere = json!({"id": UNKNOWN_ID, "userDirectory": "LAB", "userId": "nobody"});
    let refused = client.post("/dataconnection", &of("d", nowhere, stage.clone())).expect(400);
    refused.says(&[
        "owner: there is no user with id",
        UNKNOWN_ID,
        "userDirectory 'LAB', userId 'nobody'",
    ]);
}

/// An owner whom the caller may not read is treated like one that does not exist.
#[test]
fn references_to_hidden_entities_are_refused_like_missing_ones() {
    let server = Server::start();
    let client = server.repository();
    let anna = client.create("user", &json!({"userDirectory": "LAB", "userId": "anna"}));
    let eve = server.user("eve");
    let with_owner = |name: &str, owner: &Json| {
        let mut body = connection(name);
        body["owner"] = owner.clone();
        eve.post("/dataconnection", &body)
            .expect(400)
            .message()
            .replace(&id(&anna), "ID")
            .replace(UNKNOWN_ID, "ID")
            .replace("nobody", "NAME")
            .replace("anna", "NAME")
    };
    let hidden =
        with_owner("a", &json!({"id": anna["id"], "userDirectory": "LAB", "userId": "anna"}));
    let missing =
        with_owner("b", &json!({"id": UNKNOWN_ID, "userDirectory": "LAB", "userId": "nobody"}));
    assert_eq!(hidden, missing);
}

#[test]
fn a_refusal_names_all_taken_entities_and_they_can_be_kept() {
    let server = Server::start();
    let client = server.repository();
    let exported = client.get("/user/full").expect(200).json();
    let accounts = exported.as_array().unwrap().len();
    let mut list = exported.as_array().unwrap().clone();
    list.push(json!({"userDirectory": "LAB", "userId": "anna"}));
    let list = Json::from(list);
    let refused = client.post("/user/many", &list).expect(400);
    for account in exported.as_array().unwrap() {
        assert!(
            refused.message().contains(account["userId"].as_str().unwrap()),
            "{}",
            refused.message()
        );
    }
    refused.says(&["[0]", "existing=keep"]);
    assert!(client.names("user", "userId eq 'anna'").is_empty());

    let kept = client.post("/user/many?existing=keep", &list).expect(201).json();
    assert_eq!(kept.as_array().unwrap().len(), accounts + 1);
    for (before, now) in exported.as_array().unwrap().iter().zip(kept.as_array().unwrap()) {
        assert_eq!(before, now);
    }
    assert_eq!(client.get("/user/full").expect(200).json().as_array().unwrap().len(), accounts + 1);
    client.post("/user/many?existing=replace", &list).expect(400).says(&["existing must be keep"]);
}

#[test]
fn kept_entities_are_matched_by_id_or_unique_property_in_every_type() {
    let server = Server::start();
    let client = server.repository();
    for (path, body, change) in [
        (
            "dataconnection",
            json!({"name": "Taken", "type": "x", "connectionstring": "x"}),
            json!({"name": "TAKEN", "connectionstring": "y"}),
        ),
        (
            "custompropertydefinition",
            json!({"name": "Taken"}),
            json!({"name": "TAKEN", "description": "y"}),
        ),
        (
            "user",
            json!({"userDirectory": "L", "userId": "taken"}),
            json!({"userDirectory": "l", "userId": "TAKEN", "name": "y"}),
        ),
        ("tag", json!({"name": "Taken"}), json!({"name": "y"})),
    ] {
        let made = client.create(path, &body);
        let mut by_name = body.clone();
        by_name.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let mut by_id = by_name.clone();
        by_id["id"] = made["id"].clone();
        let lists = if path == "tag" { vec![by_id] } else { vec![by_name, by_id] };
        for one in lists {
            let kept = client
                .post(&format!("/{path}/many?existing=keep"), &json!([one]))
                .expect(201)
                .json();
            assert_eq!(kept, json!([made]));
        }
        assert_eq!(client.get(&format!("/{path}/{}", id(&made))).expect(200).json(), made);
    }
    // Entities that the caller may not read stay refused, with the message for a taken id or name.
    let eve = server.user("eve");
    let hidden = json!([{"name": "Taken", "type": "x", "connectionstring": "x"}]);
    eve.post("/dataconnection/many?existing=keep", &hidden).expect(400).says(&["Taken", "already"]);
}

/// The console of the real site sends the user name as null when it clears both.
#[test]
fn a_user_name_of_null_is_cleared_with_the_password_and_only_then() {
    let server = Server::start();
    let client = server.repository();
    let changes = [
        (json!({"username": null, "password": ""}), "", false),
        (json!({"UserName": null, "Password": ""}), "", false),
        (json!({"username": null, "password": null}), "joe", true),
        (json!({"username": null}), "joe", true),
        (json!({"username": null, "password": "new"}), "joe", true),
        (json!({"password": ""}), "joe", false),
        (json!({"username": "", "password": ""}), "", false),
    ];
    for (index, (change, username, has_password)) in changes.into_iter().enumerate() {
        let mut body = connection(&index.to_string());
        body["username"] = json!("joe");
        body["password"] = json!("secret");
        let made = client.create("dataconnection", &body);
        let path = format!("/dataconnection/{}", id(&made));
        let mut full_body = made.clone();
        let (fields, change_fields) =
            (full_body.as_object_mut().unwrap(), change.as_object().unwrap());
        fields
            .retain(|name, _| !change_fields.keys().any(|other| other.eq_ignore_ascii_case(name)));
        fields.extend(change_fields.clone());
        assert_eq!(
            client.put(&path, &full_body).expect(200).json()["username"],
            username,
            "{change}"
        );
        assert_eq!(has_sealed_password(&server, &id(&made)), has_password, "{change}");
    }
}

fn has_sealed_password(server: &Server, id: &str) -> bool {
    let database = rusqlite::Connection::open(server.data().join("patchbay.db")).unwrap();
    let sql = "SELECT password <> '' FROM data_connections WHERE id = ?1";
    database.query_row(sql, [id], |row| row.get(0)).unwrap()
}

#[test]
fn rules_of_categories_other_than_security_are_stored_unchanged() {
    let server = Server::start();
    let client = server.repository();
    client.connection("one");
    let balancing = "((node.@NodeType=resource.@NodeType))";
    for (index, category) in ["Sync", "License", "sync"].into_iter().enumerate() {
        let rule = json!({
            "name": format!("r{index}"), "category": category, "rule": balancing,
            "resourceFilter": "App_*", "actions": 512
        });
        let made = client.create("systemrule", &rule);
        assert_eq!(
            (&made["rule"], &made["disabled"], &made["error"]),
            (&json!(balancing), &json!(false), &json!(""))
        );
        let change = json!({
            "comment": "x", "rule": "node.name like (", "modifiedDate": made["modifiedDate"]
        });
        let changed = client.put(&format!("/systemrule/{}", id(&made)), &change).expect(200).json();
        assert_eq!(
            (&changed["rule"], &changed["disabled"]),
            (&json!("node.name like ("), &json!(false))
        );
        let secure = json!({"category": "Security", "modifiedDate": changed["modifiedDate"]});
        client
            .put(&format!("/systemrule/{}", id(&made)), &secure)
            .expect(400)
            .says(&["rule: at position"]);
    }
    let exported = json!([
        {
            "id": UNKNOWN_ID, "name": "balance", "category": "Sync", "type": "Custom",
            "rule": balancing, "resourceFilter": "App_*", "actions": 512, "disabled": false
        }
    ]);
    let imported = client.post("/systemrule/import", &exported).expect(201).json();
    assert_eq!(imported[0]["outcome"], "imported", "{imported}");
    let stored = client.get(&format!("/systemrule/{UNKNOWN_ID}")).expect(200).json();
    assert_eq!((&stored["rule"], &stored["disabled"]), (&json!(balancing), &json!(false)));
    // They grant nothing, whatever their condition.
    client.create(
        "systemrule",
        &json!({
            "name": "all", "category": "Sync", "rule": "", "resourceFilter": "*", "actions": 16383
        }),
    );
    assert!(server.user("eve").names("dataconnection", "").is_empty());
}

#[test]
fn a_list_with_the_same_entity_twice_is_refused() {
    let server = Server::start();
    let client = server.repository();
    let (one, two) = (connection("one"), connection("two"));
    client.create("dataconnection", &one);
    for list in [json!([one, two, connection("ONE")]), json!([two, one, connection("TWO")])] {
        let refused = client.post("/dataconnection/many?existing=keep", &list).expect(400);
        refused.says(&["[2]", "is the same entity as [0]"]);
    }
    assert!(client.names("dataconnection", "name eq 'two'").is_empty());
}
