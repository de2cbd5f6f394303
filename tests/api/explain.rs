//! Explanations of access for administrators: who may do what, and why.

use crate::support::explanations::{connection, list, shared_site};
use crate::support::rules::{rule, site};
use crate::support::{Client, Server, UNKNOWN_ID, encode, id};
use serde_json::{Value as Json, json};

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
