//! The rights of users without roles, and the correctness of `privileges`.

use crate::support::{Client, Server, connection, id};
use serde_json::{Value as Json, json};

const ALL: [&str; 13] = [
    "create",
    "read",
    "update",
    "delete",
    "export",
    "publish",
    "changeowner",
    "changerole",
    "exportdata",
    "offlineaccess",
    "distribute",
    "duplicate",
    "approve",
];

fn privileges(entity: &Json) -> Vec<&str> {
    entity["privileges"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect()
}

#[test]
fn a_user_has_access_to_own_connections_only() {
    let server = Server::start();
    let (repository, anna, bert) = (server.repository(), server.user("anna"), server.user("bert"));
    let own = anna.connection("own");
    bert.connection("other");
    repository.connection("site");
    assert_eq!(anna.names("dataconnection", ""), ["own"]);
    assert_eq!(anna.get("/dataconnection/count").json()["value"], 1);
    assert_eq!(repository.get("/dataconnection/count").json()["value"], 3);
    let full = anna.get("/dataconnection/full?privileges=true").expect(200).json();
    assert_eq!(privileges(&full[0]), ALL);
    let path = format!("/dataconnection/{}", id(&own));
    assert_eq!(privileges(&anna.get(&format!("{path}?privileges=true")).json()), ALL);
    assert!(anna.get(&path).json().get("privileges").is_none());
    let mut body = own.clone();
    body["name"] = json!("renamed");
    let updated = anna.put(&format!("{path}?privileges=true"), &body).expect(200).json();
    assert_eq!(privileges(&updated), ALL);
    anna.delete(&path).expect(204);
}

#[test]
fn folders_are_for_administrators() {
    let server = Server::start();
    let (repository, anna) = (server.repository(), server.user("anna"));
    let folder = |name: &str| json!({"name": name, "connectionstring": "/data", "type": "Folder"});
    anna.post("/dataconnection", &folder("f")).expect(403).says(&[
        "LAB\\anna",
        "create",
        "data connection",
    ]);
    anna.post("/dataconnection/many", &json!([connection("c"), folder("f")]))
        .expect(403)
        .says(&["[1]"]);
    assert_eq!(repository.get("/dataconnection/count").json()["value"], 0);
    let mut for_anna = folder("given");
    for_anna["owner"] = json!({"userDirectory": "LAB", "userId": "anna"});
    let for_anna = repository.create("dataconnection", &for_anna);
    let seen =
        anna.get(&format!("/dataconnection/{}?privileges=true", id(&for_anna))).expect(200).json();
    assert_eq!(privileges(&seen), ALL[1..]);
    let user = repository.get("/user/full?filter=userId eq anna").json()[0].clone();
    let mut admin = user.clone();
    admin["roles"] = json!(["rootadmin"]);
    repository.put(&format!("/user/{}", id(&user)), &admin).expect(200);
    anna.post("/dataconnection", &folder("f")).expect(201);
    assert_eq!(anna.get("/dataconnection/count").json()["value"], 2);
}

#[test]
fn every_user_can_read_tags_definitions_and_their_own_user() {
    let server = Server::start();
    let (repository, anna) = (server.repository(), server.user("anna"));
    repository.create("tag", &json!({"name": "t"}));
    repository.create("custompropertydefinition", &json!({"name": "p"}));
    server.user("bert").get("/tag").expect(200);
    for (path, expected) in
        [("tag", vec!["t"]), ("custompropertydefinition", vec!["p"]), ("user", vec!["anna"])]
    {
        assert_eq!(anna.names(path, ""), expected);
        let list = anna.get(&format!("/{path}?privileges=true")).json();
        assert_eq!(privileges(&list[0]), ["read"], "{path}");
    }
    assert_eq!(privileges(&repository.get("/tag?privileges=true").json()[0]), ALL);
}

/// Each of the four privileges that can be tested is listed exactly if the action succeeds.
#[test]
fn privileges_list_exactly_the_actions_that_succeed() {
    let server = Server::start();
    let (repository, anna) = (server.repository(), server.user("anna"));
    let own = anna.connection("own");
    let folder = repository.create(
        "dataconnection",
        &json!({
            "name": "f", "connectionstring": "/", "type": "folder",
            "owner": {"userDirectory": "LAB", "userId": "anna"}
        }),
    );
    let tag = repository.create("tag", &json!({"name": "t"}));
    let definition = repository.create("custompropertydefinition", &json!({"name": "p"}));
    let myself = anna.get("/user/full").json()[0].clone();
    for (path, entity) in [
        ("dataconnection", own),
        ("dataconnection", folder),
        ("tag", tag),
        ("custompropertydefinition", definition),
        ("user", myself),
    ] {
        let item = format!("/{path}/{}", id(&entity));
        let shown = anna.get(&format!("{item}?privileges=true")).expect(200).json();
        for (action, succeeded) in try_all(&anna, path, &entity) {
            assert_eq!(privileges(&shown).contains(&action), succeeded, "{action} {path}");
        }
    }
}

fn try_all(client: &Client, path: &str, entity: &Json) -> [(&'static str, bool); 4] {
    let item = format!("/{path}/{}", id(entity));
    let mut copy = entity.clone();
    copy["id"] = json!(null);
    let key = if path == "user" { "userId" } else { "name" };
    copy[key] = json!("copy");
    [
        ("read", client.get(&item).status == 200),
        ("create", client.post(&format!("/{path}"), &copy).status == 201),
        ("update", client.put(&item, entity).status == 200),
        ("delete", client.delete(&item).status == 204),
    ]
}

#[test]
fn filters_and_orders_reveal_nothing_hidden() {
    let server = Server::start();
    let (repository, anna) = (server.repository(), server.user("anna"));
    anna.connection("own");
    let bert = repository.create("user", &json!({"userDirectory": "LAB", "userId": "bert"}));
    assert_eq!(anna.names("user", "userId eq 'bert'"), Vec::<String>::new());
    let count = |filter: &str| {
        anna.get(&format!("/dataconnection/count?filter={filter}")).json()["value"].clone()
    };
    for user_id in ["bert", "nobody"] {
        assert_eq!(count(&format!("owner.userId eq '{user_id}'")), 0);
        assert_eq!(count(&format!("owner.userId ne '{user_id}'")), 1);
    }
    let mut body = connection("gift");
    body["owner"] = json!({"id": bert["id"]});
    anna.post("/dataconnection", &body).expect(400).says(&["owner"]);
    anna.get("/dataconnection?orderby=owner.name").expect(200);
}

#[test]
fn a_user_without_the_right_to_create_does_not_learn_which_names_exist() {
    let server = Server::start();
    let (repository, anna) = (server.repository(), server.user("anna"));
    let bert = repository.create("user", &json!({"userDirectory": "LAB", "userId": "bert"}));
    for user_id in ["bert", "nobody"] {
        anna.post("/user", &json!({"userDirectory": "LAB", "userId": user_id})).expect(403);
    }
    anna.post("/user", &json!({"userDirectory": "LAB", "userId": "x", "id": bert["id"]}))
        .expect(403);
}

/// Sorting by hidden data has no effect: the order of creation remains.
#[test]
fn an_order_by_hidden_data_has_no_effect() {
    let server = Server::start();
    let (repository, anna) = (server.repository(), server.user("anna"));
    anna.get("/tag").expect(200);
    for (user_id, connection_name) in [("zoe", "first"), ("bert", "second"), ("mia", "third")] {
        repository.create("user", &json!({"userDirectory": "LAB", "userId": user_id}));
        let mut body = connection(connection_name);
        body["owner"] = json!({"userDirectory": "LAB", "userId": user_id});
        repository.create("dataconnection", &body);
    }
    repository.create(
        "systemrule",
        &json!({"name": "all", "resourceFilter": "DataConnection_*", "actions": 2}),
    );
    for order in ["owner.userId", "owner.userId%20desc"] {
        let list = anna.get(&format!("/dataconnection?orderby={order}")).expect(200).json();
        let names: Vec<&str> =
            list.as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["first", "second", "third"], "{order}");
    }
    let list = repository.get("/dataconnection?orderby=owner.userId").json();
    assert_eq!(list[0]["name"], "second");
}

#[test]
fn previews_show_the_privileges_and_store_nothing() {
    let server = Server::start();
    let (repository, anna) = (server.repository(), server.user("anna"));
    let may_create = |client: &Client, path: &str, body: &Json| {
        client.post(&format!("/{path}/previewcreateprivilege"), body).expect(201).json()
    };
    let mut folder = connection("f");
    folder["type"] = json!("folder");
    folder["password"] = json!("secret");
    assert_eq!(may_create(&anna, "dataconnection", &connection("c")), true);
    assert_eq!(may_create(&anna, "dataconnection", &json!({})), true);
    assert_eq!(may_create(&anna, "dataconnection", &folder), false);
    assert_eq!(may_create(&repository, "dataconnection", &folder), true);
    assert_eq!(may_create(&anna, "tag", &json!({})), false);
    assert_eq!(may_create(&anna, "systemrule", &json!({})), false);
    let preview = |body: &Json, mask: &str| {
        anna.post(&format!("/dataconnection/previewprivileges?privilegesfilter={mask}"), body)
            .expect(201)
            .json()
    };
    assert_eq!(preview(&connection("c"), ""), json!(ALL));
    assert_eq!(preview(&connection("c"), "4294967295"), json!(ALL));
    assert_eq!(preview(&connection("c"), "10"), json!(["read", "delete"]));
    assert_eq!(preview(&folder, "3"), json!(["read"]));
    assert_eq!(repository.get("/dataconnection/count").json()["value"], 0);
    // For a stored connection, the preview uses the stored values.
    let mut own = anna.connection("own");
    own["type"] = json!("folder");
    assert_eq!(preview(&own, "1"), json!(["create"]));
    assert_eq!(anna.get(&format!("/dataconnection/{}", id(&own))).json()["type"], "internet");
    anna.post("/dataconnection/previewprivileges?privilegesfilter=all", &json!({}))
        .expect(400)
        .says(&["privilegesfilter"]);
    anna.post("/dataconnection/previewprivileges", &json!([])).expect(400);
}

#[test]
fn a_preview_with_a_taken_name_is_refused_like_its_creation() {
    let server = Server::start();
    let anna = server.user("anna");
    anna.connection("taken");
    let body = connection("taken");
    let refused = anna.post("/dataconnection", &body).expect(400).json();
    for path in ["previewprivileges", "previewcreateprivilege"] {
        assert_eq!(
            anna.post(&format!("/dataconnection/{path}"), &body).expect(400).json(),
            refused,
            "{path}"
        );
    }
}
