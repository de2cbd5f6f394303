//! Explanations of access for administrators: who may do what, and why.

use crate::support::rules::{rule, site, user};
use crate::support::{Client, Reply, Server, UNKNOWN_ID, encode, id};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

/// The id of the connection with that name.
fn connection(client: &Client, name: &str) -> String {
    id(&client.get(&format!("/dataconnection?filter=name eq '{name}'")).expect(200).json()[0])
}

fn list(json: &Json) -> &[Json] {
    json.as_array().unwrap()
}

#[test]
fn explain_returns_the_result_of_each_rule() {
    let server = Server::start();
    let client = server.repository();
    site(&client);
    client.create(
        "systemrule",
        &rule(
            "By team",
            "resource.@Department = user.@Department and resource.type != \"internet\"",
            2,
        ),
    );
    let mut off = rule("Off", "", 2);
    off["disabled"] = json!(true);
    client.create("systemrule", &off);
    let connection = |name: &str| connection(&client, name);
    let ask = |asker: &Client, user: &str, action: &str, resource: &str| {
        asker.get(
            &format!(
                "/systemrule/explain?user=LAB%5C{user}&action={action}&resource=DataConnection_{resource}"
            )
        )
    };
    let find = |answer: &Json, name: &str| {
        answer["rules"]
            .as_array()
            .unwrap()
            .iter()
            .find(|rule| rule["name"] == name)
            .unwrap()
            .clone()
    };
    let answer = ask(&client, "bert", "read", &connection("a")).expect(200).json();
    assert_eq!((&answer["user"], &answer["allowed"]), (&json!("LAB\\bert"), &json!(false)));
    let by_team = find(&answer, "By team");
    assert_eq!(
        (&by_team["grants"], &by_team["why"]),
        (&json!(false), &json!("the condition is false"))
    );
    assert_eq!(
        by_team["terms"],
        json!([
            {"term": "resource.@Department = user.@Department", "holds": true},
            {"term": "resource.type != \"internet\"", "holds": false},
        ])
    );
    for (name, why) in [
        ("Off", "disabled"),
        ("DataConnection", "does not grant this action"),
        ("ReadTagsAndCustomProperties", "does not cover"),
        ("RootAdmin", "condition is false"),
    ] {
        assert!(find(&answer, name)["why"].as_str().unwrap().contains(why), "{name}: {answer}");
    }
    let answer = ask(&client, "bert", "READ", &connection("b")).expect(200).json();
    assert_eq!(
        (&answer["allowed"], &find(&answer, "By team")["grants"]),
        (&json!(true), &json!(true))
    );
    // Explanations match the actual access, for every user, action and connection.
    for user_id in ["anna", "bert", "carla", "dora"] {
        let own = server.user(user_id).get("/dataconnection?privileges=true").expect(200).json();
        for name in ["a", "b", "c"] {
            let row = own.as_array().unwrap().iter().find(|row| row["name"] == name);
            for action in ["create", "read", "update", "delete", "changeowner"] {
                let answer = ask(&client, user_id, action, &connection(name)).expect(200).json();
                let grants =
                    answer["rules"].as_array().unwrap().iter().any(|rule| rule["grants"] == true);
                assert_eq!(answer["allowed"], grants, "{answer}");
                let listed = row.is_some_and(|row| {
                    row["privileges"].as_array().unwrap().contains(&json!(action))
                });
                assert!(
                    row.is_none() || answer["allowed"] == listed,
                    "{user_id} {action} {name}: {answer}"
                );
            }
        }
    }
    ask(&server.user("bert"), "anna", "read", &connection("b")).expect(404);
    let own = ask(&server.user("bert"), "bert", "read", &connection("b")).expect(200).json();
    assert_eq!((&own["allowed"], &own["rules"]), (&json!(true), &json!([])));
    for (query, parts) in [
        ("action=read&resource=Tag_x", ["user", "LAB\\anna"]),
        ("user=anna&action=read&resource=Tag_x", ["user", "DIRECTORY\\userid"]),
        (
            "user=LAB%5Canna&action=raed&resource=Tag_00000000-0000-4000-8000-000000000000",
            ["raed", "did you mean 'read'"],
        ),
        ("user=LAB%5Canna&action=read&resource=Tga_x", ["Tga", "did you mean 'Tag'"]),
        ("user=LAB%5Canna&action=read&resource=Tag_x", ["resource", "DataConnection_<id>"]),
    ] {
        client.get(&format!("/systemrule/explain?{query}")).expect(400).says(&parts);
    }
    ask(&client, "anna", "read", UNKNOWN_ID).expect(404);
}

/// The site, with a rule that shares connections within a department.
fn shared_site(client: &Client) {
    site(client);
    client.create("systemrule", &rule("By team", "resource.@Department = user.@Department", 2));
}

#[test]
fn the_listed_users_of_a_resource_are_those_who_have_access() {
    let server = Server::start();
    let client = server.repository();
    shared_site(&client);
    for name in ["a", "b", "c"] {
        let resource = connection(&client, name);
        let path = format!("/systemrule/explain/users?resource=DataConnection_{resource}");
        let response = client.get(&path).expect(200).json();
        for user_id in ["anna", "bert", "carla", "dora"] {
            let entry =
                list(&response).iter().find(|entry| entry["user"] == format!("LAB\\{user_id}"));
            let privileges = entry.map_or(json!([]), |entry| entry["privileges"].clone());
            let own =
                server.user(user_id).get(&format!("/dataconnection/{resource}?privileges=true"));
            if own.status == 200 {
                assert_eq!(own.json()["privileges"], privileges, "{user_id} {name}");
            } else {
                assert!(!list(&privileges).contains(&json!("read")), "{user_id} {name}");
            }
        }
        let may_delete = client.get(&format!("{path}&action=Delete")).expect(200).json();
        assert!(
            list(&may_delete)
                .iter()
                .all(|entry| list(&entry["privileges"]).contains(&json!("delete")))
        );
        assert!(list(&may_delete).iter().any(|entry| entry["user"] == "LAB\\anna"));
        let filter = encode("userDirectory eq 'lab' and roles eq 'AuditAdmin'");
        let auditors = client.get(&format!("{path}&filter={filter}")).expect(200).json();
        assert_eq!((list(&auditors).len(), &auditors[0]["user"]), (1, &json!("LAB\\dora")));
    }
    let of_anna = connection(&client, "c");
    // A user who may read only their own user sees only themselves.
    let response = server
        .user("anna")
        .get(&format!("/systemrule/explain/users?resource=DataConnection_{of_anna}"));
    let response = response.expect(200).json();
    assert_eq!((list(&response).len(), &response[0]["user"]), (1, &json!("LAB\\anna")));
    server
        .user("bert")
        .get(&format!("/systemrule/explain/users?resource=DataConnection_{of_anna}"))
        .expect(404);
}

#[test]
fn the_listed_resources_of_a_user_match_the_users_own_privileges() {
    let server = Server::start();
    let client = server.repository();
    shared_site(&client);
    for user_id in ["anna", "bert", "carla", "dora"] {
        for (kind, entity) in
            [("DataConnection", "dataconnection"), ("Tag", "tag"), ("User", "user")]
        {
            let path = format!(
                "/systemrule/explain/resources?user=LAB%5C{user_id}&type={kind}&action=read"
            );
            let response = client.get(&path).expect(200).json();
            let own =
                server.user(user_id).get(&format!("/{entity}?privileges=true")).expect(200).json();
            let response: Vec<(String, Json)> = list(&response)
                .iter()
                .map(|entry| {
                    (entry["resource"].as_str().unwrap().to_owned(), entry["privileges"].clone())
                })
                .collect();
            let own: Vec<(String, Json)> = list(&own)
                .iter()
                .map(|row| (format!("{kind}_{}", id(row)), row["privileges"].clone()))
                .collect();
            assert_eq!(response, own, "{user_id} {kind}");
        }
    }
    let filtered =
        "/systemrule/explain/resources?user=LAB%5Canna&type=dataconnection&filter=name eq 'B'";
    assert_eq!(client.get(filtered).expect(200).json()[0]["name"], "b");
    for (query, parts) in [
        ("user=LAB%5Canna", ["type", "DataConnection"]),
        ("user=LAB%5Canna&type=Tga", ["Tga", "did you mean 'Tag'"]),
        ("user=LAB%5Canna&type=Tag&action=raed", ["raed", "did you mean 'read'"]),
        ("user=LAB%5Canna&type=Tag&filter=nmae eq 'x'", ["position 1", "did you mean 'name'"]),
    ] {
        client.get(&format!("/systemrule/explain/resources?{query}")).expect(400).says(&parts);
    }
    client.get("/systemrule/explain/resources?user=LAB%5Cnobody&type=Tag").expect(404);
}

/// All access to connections of all users, as lines, in each context.
fn access(client: &Client) -> [Vec<String>; 2] {
    ["AppAccess", "ManagementAccess"].map(|context| {
        let mut lines = Vec::new();
        for user_id in ["anna", "bert", "carla", "dora"] {
            let path =
                format!("/systemrule/explain/resources?user=LAB%5C{user_id}&type=DataConnection");
            let path = format!("{path}&environmentAttributes=Context%3D{context}");
            for entry in list(&client.get(&path).expect(200).json()) {
                lines.extend(
                    list(&entry["privileges"])
                        .iter()
                        .map(|action| line(user_id, &entry["name"], action)),
                );
            }
        }
        lines
    })
}

fn line(user_id: &str, name: &Json, action: &Json) -> String {
    format!("{user_id} {} {}", action.as_str().unwrap(), name.as_str().unwrap())
}

fn lines(triples: &Json) -> Vec<String> {
    let user_id = |triple: &Json| {
        triple["user"].as_str().unwrap().split('\\').next_back().unwrap().to_owned()
    };
    let mut lines: Vec<String> = list(triples)
        .iter()
        .filter(|triple| triple["user"].as_str().unwrap().starts_with("LAB"))
        .map(|triple| line(&user_id(triple), &triple["name"], &triple["action"]))
        .collect();
    lines.sort();
    lines
}

/// The announced effect of a draft equals the effect of the actual change.
#[test]
fn a_change_preview_announces_the_effect_of_the_change() {
    let server = Server::start();
    let client = server.repository();
    site(&client);
    let shared =
        client.create("systemrule", &rule("By team", "resource.@Department = user.@Department", 2));
    let find = |name: &str| {
        client.get(&format!("/systemrule/full?filter=name eq '{name}'")).expect(200).json()[0]
            .clone()
    };
    let mut wider = shared.clone();
    wider["actions"] = json!(6);
    wider["rule"] = json!("resource.@Department = user.@Department and resource.name != \"a\"");
    let auditors = json!({"id": find("AuditAdmin")["id"], "disabled": true});
    for (rules, removed, gained) in [
        (
            json!([rule("All read", "", 2)]),
            json!([]),
            Some(
                "bert read c, carla read a, carla read b, carla read c, dora read a, dora read b, \
                 dora read c"
                    .split(", ")
                    .collect(),
            ),
        ),
        (json!([wider]), json!([]), None),
        (json!([auditors]), json!([]), Some(vec![])),
        (json!([]), json!([shared["id"]]), Some(vec![])),
        (json!([rule("Of the owner's", "resource.HasPrivilege(\"read\")", 8)]), json!([]), None),
    ] {
        let before = access(&client);
        let draft = json!({"rules": rules, "removed": removed, "resourceType": "DataConnection"});
        let response = client.post("/systemrule/explain/changes", &draft).expect(201).json();
        assert_eq!(access(&client), before, "a question changes nothing");
        let mut undo = Vec::new();
        for rule in list(&rules) {
            match rule["id"].as_str() {
                Some(id) => {
                    let path = format!("/systemrule/{id}");
                    let mut before = client.get(&path).expect(200).json();
                    before.as_object_mut().unwrap().remove("modifiedDate");
                    undo.push((path.clone(), Some(before)));
                    let change = client.request("PUT", &path).header("If-Match", "*").json(rule);
                    Reply::of(change).expect(200);
                }
                None => undo.push((
                    format!("/systemrule/{}", id(&client.create("systemrule", rule))),
                    None,
                )),
            }
        }
        for id in list(&removed) {
            client.delete(&format!("/systemrule/{}", id.as_str().unwrap())).expect(204);
        }
        let after = access(&client);
        let only = |these: &[Vec<String>], those: &[Vec<String>]| -> Vec<String> {
            let contexts = these.iter().zip(those);
            let lines = contexts
                .flat_map(|(these, those)| these.iter().filter(|line| !those.contains(line)));
            lines.cloned().collect::<BTreeSet<_>>().into_iter().collect()
        };
        assert_eq!(lines(&response["gained"]), only(&after, &before), "{draft}");
        assert_eq!(lines(&response["lost"]), only(&before, &after), "{draft}");
        assert_eq!(response["complete"], true);
        assert_eq!(response["gainedCount"], list(&response["gained"]).len());
        if let Some(gained) = gained {
            assert_eq!(lines(&response["gained"]), gained);
        }
        for (path, before) in undo {
            match before {
                Some(before) => {
                    Reply::of(client.request("PUT", &path).header("If-Match", "*").json(&before))
                        .expect(200);
                }
                None => {
                    client.delete(&path).expect(204);
                }
            }
        }
        if list(&removed).contains(&shared["id"]) {
            client.create("systemrule", &shared);
        }
    }
}

#[test]
fn an_invalid_draft_is_refused_with_the_position_of_its_fault() {
    let server = Server::start();
    let client = server.repository();
    site(&client);
    for (draft, parts) in [
        (json!({}), vec!["rules and removed are both empty"]),
        (json!({"rule": []}), vec!["unknown field `rule`"]),
        (
            json!({"rules": [rule("x", "resource.nmae = \"a\"", 2)]}),
            vec!["rules[0].rule: at position 10", "'name'"],
        ),
        (json!({"rules": [{"name": "x"}]}), vec!["rules[0]", "resourceFilter", "required"]),
        (json!({"rules": [rule("x", "", 2)], "resourceType": "Tga"}), vec!["did you mean 'Tag'"]),
        (
            json!({"rules": [rule("x", "", 2)], "resourceFilter": "name eq 'x'"}),
            vec!["needs a resourceType"],
        ),
        (json!({"rules": [rule("x", "", 2)], "userFilter": "nmae eq 'x'"}), vec!["position 1"]),
        (json!({"removed": ["x"]}), vec!["UUID"]),
        (json!([]), vec!["must be a JSON object"]),
    ] {
        client.post("/systemrule/explain/changes", &draft).expect(400).says(&parts);
    }
    client.post("/systemrule/explain/changes", &json!({"removed": [UNKNOWN_ID]})).expect(404);
    // A draft can contain any rule, so its effect could reveal data that its author may not read.
    let draft = json!({"rules": [rule("x", "resource.owner.group = \"Sales\"", 2)]});
    server.user("anna").post("/systemrule/explain/changes", &draft).expect(403);
}

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
