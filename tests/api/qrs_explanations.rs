//! Explanations of access as QRS gives them, below `/systemrule/security`: the audit of rules, its
//! matrix, the roles that rules mention, and conditions as trees.

use crate::support::explanations::{connection, list, shared_site};
use crate::support::rules::{rule, user};
use crate::support::{Server, encode};
use serde_json::json;

#[test]
fn the_audit_of_qrs_has_its_documented_shape() {
    let server = Server::start();
    let client = server.repository();
    shared_site(&client);
    let request = json!({
        "resourceType": "DataConnection", "resourceFilter": "name ne 'c'",
        "userFilter": "userId eq 'bert'",
        "environmentAttributes": null, "userSkip": 0, "userTake": 10, "resourceSkip": 0,
        "resourceTake": 10,
        "includeNonGrantingRules": false,
    });
    let audit = client.post("/SystemRule/Security/audit", &request).expect(201).json();
    assert_eq!((list(&audit["users"]).len(), &audit["users"][0]["userId"]), (1, &json!("bert")));
    assert_eq!(list(&audit["resources"]).len(), 2);
    let rules: Vec<&str> =
        list(&audit["rules"]).iter().map(|rule| rule["name"].as_str().unwrap()).collect();
    assert_eq!(rules, ["DataConnection", "By team"]);
    let application = &audit["ruleApplication"][1];
    assert_eq!(application["userID"], audit["users"][0]["id"]);
    assert_eq!(application["resourceID"], audit["resources"][0]["id"]);
    assert_eq!(application["ruleID"], audit["rules"][1]["id"]);
    assert_eq!((&application["allowed"], &application["errorAt"]), (&json!(true), &json!(0)));
    assert_eq!(list(&audit["ruleApplication"]).len(), 4);
    let mut every = request.clone();
    every["includeNonGrantingRules"] = json!(true);
    let every = client.post("/systemrule/security/audit", &every).expect(201).json();
    let number = client.get("/systemrule/count").json()["value"].as_u64().unwrap();
    assert_eq!(list(&every["rules"]).len() as u64, number);
    assert_eq!(list(&every["ruleApplication"]).len() as u64, number * 2);
    for (field, value, part) in [
        ("resourceType", json!(null), "resourceType is missing"),
        ("resourceType", json!("App"), "no resource type 'App'"),
        ("userFilter", json!("nmae eq 'x'"), "did you mean 'name'"),
        ("userTake", json!("many"), "invalid type"),
    ] {
        let mut wrong = request.clone();
        wrong[field] = value;
        client.post("/systemrule/security/audit", &wrong).expect(400).says(&[part]);
    }
}

#[test]
fn the_audit_matrix_of_qrs_returns_access_in_bits() {
    let server = Server::start();
    let client = server.repository();
    shared_site(&client);
    let request = json!({
        "resourceType": "DataConnection", "resourceRef": {}, "subjectRef": {
            "resourceFilter": "userDirectory eq 'LAB'"
        },
        "actions": 46, "environmentAttributes": "", "subjectProperties": [
            "id",
            "name",
            "userId",
            "userDirectory"
        ],
        "resourceProperties": ["name"], "auditLimit": 1000, "outputObjectsPrivileges": 4,
    });
    let matrix = client.post("/systemrule/security/audit/matrix", &request).expect(201).json();
    let of = |user_id: &str, name: &str| {
        list(&matrix["matrix"])
            .iter()
            .find(|cell| {
                let [subject_id, resource_id] =
                    ["subjectId", "resourceId"].map(|name| cell[name].as_str().unwrap());
                let subject = &matrix["subjects"][subject_id]["subjectProperties"];
                let resource = &matrix["resources"][resource_id]["resourceProperties"];
                subject["userid"] == user_id && resource["name"] == name
            })
            .map(|cell| cell["audit"]["access"].as_i64().unwrap())
    };
    // The result has bits for read (2), update (4), delete (8) and publish (32); the request does
    // not ask for create (1).
    assert_eq!((of("anna", "a"), of("bert", "a"), of("bert", "c")), (Some(46), Some(2), None));
    assert_eq!((of("carla", "c"), of("dora", "c")), (Some(14), Some(2)));
    let first = connection(&client, "a");
    assert!(list(&matrix["resources"][&first]["privileges"]).contains(&json!("read")));
    let mut hub = request.clone();
    hub["environmentAttributes"] = json!("context=AppAccess;");
    let hub = client.post("/systemrule/security/audit/matrix", &hub).expect(201).json();
    let subjects: Vec<&str> = hub["subjects"]
        .as_object()
        .unwrap()
        .values()
        .map(|subject| subject["subjectProperties"]["userid"].as_str().unwrap())
        .collect();
    assert!(subjects.contains(&"bert") && !subjects.contains(&"carla"), "{subjects:?}");
}

#[test]
fn roles_are_those_that_rules_mention_and_users_have() {
    let server = Server::start();
    let client = server.repository();
    user(&client, "anna", &["Painter"], &[], &[]);
    client.create(
        "systemrule",
        &rule("x", "user.roles = {\"Gardener\", \"Cook\"} and \"Baker\" = user.roles", 2),
    );
    let roles = client.get("/systemrule/security/referenceduserroles").expect(200).json();
    for role in ["RootAdmin", "ContentAdmin", "AuditAdmin", "Painter", "Gardener", "Cook", "Baker"]
    {
        assert!(list(&roles).contains(&json!(role)), "{role}: {roles}");
    }
    let own =
        server.user("anna").get("/systemrule/security/referenceduserroles").expect(200).json();
    assert_eq!(own, json!(["Painter"]));
}

#[test]
fn a_condition_is_shown_as_a_tree() {
    let server = Server::start();
    let client = server.repository();
    let rule = encode("!user.IsAnonymous() and resource.@Team = {\"a\", \"b\"}");
    let tree =
        client.get(&format!("/systemrule/security/parsetree?rule={rule}")).expect(200).json();
    assert_eq!(
        tree,
        json!({"operator": "and", "operands": [
            {
                "operator": "not",
                "operands": [{"function": "IsAnonymous", "subject": "user", "argument": null}]
            },
            {
                "operator": "=", "left": {"reference": "resource.@Team"},
                "right": {"values": ["a", "b"]}
            },
        ]})
    );
    client
        .get("/systemrule/security/parsetree?rule=user.name")
        .expect(400)
        .says(&["rule: at position 10"]);
    client.get("/systemrule/security/parsetree").expect(400).says(&["rule is missing"]);
}
