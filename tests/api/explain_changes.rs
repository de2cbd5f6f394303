//! Explanations of drafts of rules for administrators: which access a change would add and remove.

use crate::support::explanations::list;
use crate::support::rules::{rule, site};
use crate::support::{Client, Reply, Server, UNKNOWN_ID, id};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

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
