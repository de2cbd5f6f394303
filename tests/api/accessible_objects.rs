//! QRS's accessible objects: the resources on which a user has an action.

use crate::support::rules::{rule, site, user};
use crate::support::{Client, Reply, Server, UNKNOWN_ID, copy_connection, id};
use serde_json::{Value as Json, json};

const PATH: &str = "/systemrule/security/audit/accessibleobjects";

/// The actions that apply to connections, with their bits.
const ACTIONS: [(&str, i64); 5] =
    [("create", 1), ("read", 2), ("update", 4), ("delete", 8), ("changeowner", 64)];

fn user_id(client: &Client, name: &str) -> String {
    id(&client.get(&format!("/user?filter=userId eq '{name}'")).expect(200).json()[0])
}

fn request(user: &str, action: impl Into<Json>) -> Json {
    json!({"resourceType": "DataConnection", "userID": user, "action": action.into()})
}

fn names(reply: &Reply) -> Vec<String> {
    let list = reply.json();
    let mut names: Vec<String> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

fn started() -> (Server, Client) {
    let server = Server::start();
    let client = server.repository();
    site(&client);
    client.create("systemrule", &rule("By team", "resource.@Department = user.@Department", 2));
    (server, client)
}

#[test]
fn accessible_objects_are_those_on_which_the_user_has_the_action() {
    let (server, client) = started();
    for name in ["anna", "bert", "carla", "dora"] {
        let own = server.user(name).get("/dataconnection?privileges=true").expect(200).json();
        for (action, bit) in ACTIONS {
            let reply =
                names(&client.post(PATH, &request(&user_id(&client, name), bit)).expect(201));
            for row in own.as_array().unwrap() {
                let may = row["privileges"].as_array().unwrap().contains(&json!(action));
                assert_eq!(
                    reply.contains(&row["name"].as_str().unwrap().to_owned()),
                    may,
                    "{name} {action}: {row}"
                );
            }
            let readable = own.as_array().unwrap();
            assert!(action != "read" || reply.len() == readable.len(), "{name}: {reply:?}");
        }
    }
    // The entities are condensed, as in lists, and have privileges if the request asks for them.
    let bert = user_id(&client, "bert");
    let reply = client.post(PATH, &request(&bert, 2)).expect(201).json();
    let listed = client.get("/dataconnection?filter=name so 'a' or name so 'b'").expect(200).json();
    assert_eq!(reply, listed);
    let reply =
        client.post(&format!("{PATH}?privileges=true"), &request(&bert, 2)).expect(201).json();
    assert_eq!(
        reply,
        client.get("/dataconnection?privileges=true&filter=name ne 'c'").expect(200).json()
    );
}

#[test]
fn accessible_objects_can_be_of_every_type() {
    let (_server, client) = started();
    let service = id(&client.get("/user?filter=userId eq 'sa_repository'").expect(200).json()[0]);
    for (kind, path) in [
        ("DataConnection", "dataconnection"),
        ("SystemRule", "systemrule"),
        ("Tag", "tag"),
        ("User", "user"),
        ("CustomPropertyDefinition", "custompropertydefinition"),
    ] {
        let body = json!({"resourceType": kind, "userID": service, "action": 2});
        let reply = client.post(PATH, &body).expect(201).json();
        assert_eq!(reply, client.get(&format!("/{path}")).expect(200).json(), "{kind}");
    }
}

#[test]
fn field_names_of_audit_requests_ignore_case() {
    let (_server, client) = started();
    let bert = user_id(&client, "bert");
    let reply = |body: Json| {
        names(&client.post(&PATH.to_uppercase().replace("/SYSTEM", "/System"), &body).expect(201))
    };
    assert_eq!(
        reply(json!({"ResourceType": "dataconnection", "UserId": bert, "ACTION": "2"})),
        ["a", "b"]
    );
    assert_eq!(
        reply(json!({"resourcetype": "DATACONNECTION", "userid": bert, "Action": "Read"})),
        ["a", "b"]
    );
    let body = json!({
        "resourceType": "DataConnection", "userID": bert, "action": 2,
        "ResourceFilter": "name eq 'a'"
    });
    assert_eq!(reply(body), ["a"]);
    // The field names of the neighbouring endpoints ignore case as well.
    let audit = json!({
        "ResourceType": "DataConnection", "RESOURCEFILTER": "name eq 'a'",
        "userfilter": "userId eq 'bert'"
    });
    let reply = client.post("/systemrule/security/audit", &audit).expect(201).json();
    assert_eq!(
        (&reply["resources"][0]["name"], reply["resources"].as_array().unwrap().len()),
        (&json!("a"), 1)
    );
    assert_eq!(reply["users"].as_array().unwrap().len(), 1);
    let matrix = json!({
        "ResourceType": "DataConnection", "ResourceRef": {"ResourceFilter": "name eq 'a'"},
        "ACTIONS": 2,
        "subjectref": {"resourcefilter": "userId eq 'bert'"}, "ResourceProperties": ["name"],
        "SubjectProperties": ["id"],
    });
    let reply = client.post("/systemrule/security/audit/matrix", &matrix).expect(201).json();
    assert_eq!(reply["matrix"].as_array().unwrap().len(), 1);
    assert_eq!(reply["matrix"][0]["audit"]["access"], 2);
    let draft = json!({
        "Rules": [rule("all", "", 2)], "UserFilter": "userId eq 'bert'",
        "RESOURCETYPE": "DataConnection"
    });
    let reply = client.post("/systemrule/explain/changes", &draft).expect(201).json();
    assert_eq!(reply["gainedCount"], 1);
}

#[test]
fn a_wrong_request_for_accessible_objects_is_refused_with_its_fault() {
    let (_server, client) = started();
    let bert = user_id(&client, "bert");
    for (field, value, parts) in [
        ("resourceType", Json::Null, &["resourceType is missing", "such as DataConnection"][..]),
        (
            "resourceType",
            json!("DataConection"),
            &["no resource type 'DataConection'", "DataConnection"],
        ),
        ("resourceType", json!(7), &["resourceType", "string"]),
        ("userID", Json::Null, &["userID is missing", "the id of a user"]),
        ("userID", json!("LAB\\bert"), &["userID is not a GUID", "the id of a user"]),
        ("userID", json!(7), &["userID is not a string"]),
        ("action", Json::Null, &["action is missing", "2 (read)"]),
        ("action", json!(0), &["action is not the bit of one action", "4 (update)"]),
        ("action", json!(6), &["action is not the bit of one action"]),
        ("action", json!(2.5), &["action is not the bit of one action"]),
        ("action", json!([2]), &["action is not the bit of one action"]),
        ("action", json!("raed"), &["action is not the name of an action", "2 (read)"]),
        ("resourceFilter", json!("nmae eq 'x'"), &["resourceFilter", "did you mean 'name'"]),
        (
            "environmentAttributes",
            json!("Context=Hub"),
            &["environmentAttributes", "Context=AppAccess"],
        ),
    ] {
        let mut wrong = request(&bert, 2);
        wrong[field] = value;
        client.post(PATH, &wrong).expect(400).says(parts);
    }
    client.post(PATH, &json!([])).expect(400).says(&["must be a JSON object"]);
    client.post(PATH, &request(UNKNOWN_ID, 2)).expect(404).says(&["userID", UNKNOWN_ID]);
    client.get(PATH).expect(405);
}

#[test]
fn accessible_objects_show_only_what_the_caller_may_read() {
    let (server, client) = started();
    let (anna, bert) = (user_id(&client, "anna"), user_id(&client, "bert"));
    // bert sees the user bert and only the connections that bert may read.
    assert_eq!(names(&server.user("bert").post(PATH, &request(&bert, 2)).expect(201)), ["a", "b"]);
    server.user("bert").post(PATH, &request(&anna, 2)).expect(404).says(&["userID"]);
    let mut some = rule("users", "user.userId = \"bert\"", 2);
    some["resourceFilter"] = json!("User_*");
    client.create("systemrule", &some);
    assert_eq!(names(&client.post(PATH, &request(&anna, 2)).expect(201)), ["a", "b", "c"]);
    assert_eq!(names(&server.user("bert").post(PATH, &request(&anna, 2)).expect(201)), ["a", "b"]);
    // Only callers who may read all rules and users may ask about an attribute that the user does
    // not have.
    let body = |attributes: &str| {
        let mut body = request(&anna, 2);
        body["environmentAttributes"] = json!(attributes);
        body
    };
    server.user("bert").post(PATH, &body("group=Sales")).expect(403);
    client.create("systemrule", &rule("of it", "user.group = \"IT\"", 4));
    assert!(
        names(&client.post(PATH, &request(&user_id(&client, "carla"), 4)).expect(201)).len() == 3
    );
    let mut update = body("group=IT");
    (update["userID"], update["action"]) =
        (json!(user(&client, "emil", &[], &[], &[])["id"]), json!(4));
    assert_eq!(names(&client.post(PATH, &update).expect(201)), ["a", "b", "c"]);
    update["environmentAttributes"] = Json::Null;
    assert_eq!(names(&client.post(PATH, &update).expect(201)), [""; 0]);
    // A user in the hub context, where content administrators have no additional rights.
    let mut hub = body("context=AppAccess;");
    hub["userID"] = json!(user_id(&client, "carla"));
    assert_eq!(names(&client.post(PATH, &hub).expect(201)), [""; 0]);
    // A barred user has no rights.
    let change = client.request("PUT", &format!("/user/{anna}")).header("If-Match", "*");
    Reply::of(change.json(&json!({"inactive": true}))).expect(200);
    assert_eq!(names(&client.post(PATH, &request(&anna, 2)).expect(201)), [""; 0]);
    server.user("anna").post(PATH, &request(&anna, 2)).expect(403).says(&["inactive"]);
}

/// The reply is streamed, so the limit on resources does not apply.
#[test]
fn accessible_objects_may_be_any_number() {
    let (server, client) = started();
    copy_connection(&server, "a", 20_000, "lib://sales");
    client.create("systemrule", &rule("copies", "resource.name like \"copy*\"", 2));
    let reply = client.post(PATH, &request(&user_id(&client, "dora"), 2)).expect(201).json();
    assert_eq!(reply.as_array().unwrap().len(), 20_003);
    let reply = client.post(PATH, &request(&user_id(&client, "bert"), 2)).expect(201).json();
    assert_eq!(reply.as_array().unwrap().len(), 20_002);
}
