//! System rules: they are managed like other entities, take effect immediately, and are checked
//! when they are saved.

use crate::support::rules::{rule, site, user};
use crate::support::{Reply, Server, connection, id};
use serde_json::{Value as Json, json};

#[test]
fn conditions_grant_access_to_the_matching_connections() {
    let server = Server::start();
    let client = server.repository();
    site(&client);
    let eve = server.user("eve");
    for (condition, seen) in [
        ("", vec!["a", "b", "c"]),
        ("user.userId = \"EVE\"", vec!["a", "b", "c"]),
        ("user.userId == \"EVE\"", vec![]),
        ("user.userId == \"eve\" and user.userDirectory = \"lab\"", vec!["a", "b", "c"]),
        ("resource.type = \"INTERNET\"", vec!["a"]),
        ("resource.type == \"INTERNET\"", vec![]),
        ("resource.type == \"internet\"", vec!["a"]),
        ("resource.type != \"folder\"", vec!["a", "b"]),
        ("resource.type !== \"Folder\"", vec!["a", "b", "c"]),
        ("resource.type = {\"internet\", \"folder\"}", vec!["a", "c"]),
        ("resource.type like \"qv*.e?e\"", vec!["b"]),
        ("resource.type like \"q*\" || resource.name = \"c\"", vec!["b", "c"]),
        ("resource.type matches \"(internet|fold.+)\"", vec!["a", "c"]),
        ("resource.type matches \"intern\"", vec![]),
        ("!(resource.type = \"folder\") && not resource.name = \"a\"", vec!["b"]),
        ("resource.@Department = \"east\"", vec!["a"]),
        ("resource.@Department != \"east\"", vec!["b", "c"]),
        ("resource.@Department.Empty()", vec!["c"]),
        ("!resource.@Department.empty()", vec!["a", "b"]),
        ("resource.@Nothing = \"x\"", vec![]),
        ("resource.owner.userId = \"anna\" and resource.IsOwned()", vec!["a", "b", "c"]),
        (
            "resource.owner.group = \"sales\" and resource.owner.group = \"europe\"",
            vec!["a", "b", "c"],
        ),
        ("resource.owner.@Department = \"East\"", vec!["a", "b", "c"]),
        ("resource.owner.@Department = resource.name", vec![]),
        ("resource.owner = user", vec![]),
        ("user.IsAnonymous()", vec![]),
        ("user.group.Empty()", vec!["a", "b", "c"]),
        ("user.group != \"Sydney\"", vec!["a", "b", "c"]),
        ("user.group = \"Sydney\"", vec![]),
        ("resource.resourcetype = \"DataConnection\"", vec!["a", "b", "c"]),
        ("resource.HasPrivilege(\"update\")", vec![]),
        ("resource.owner.HasPrivilege(\"read\")", vec![]),
        ("user.environment.ip = \"10.0.0.1\"", vec![]),
        (
            "resource.name = \"a\" or resource.name = \"b\" and resource.type = \"folder\"",
            vec!["a"],
        ),
        (
            "(resource.name = \"a\" or resource.name = \"b\")\n\tand resource.type = \"folder\"",
            vec![],
        ),
    ] {
        let body = rule("test", condition, 2);
        let reply = client.post("/systemrule", &body);
        if condition == "resource.owner.@Department = resource.name" {
            reply.expect(400).says(&["two properties of the resource"]);
            continue;
        }
        let created = reply.expect(201).json();
        assert_eq!(eve.names("dataconnection", ""), seen, "{condition}");
        let count = eve.get("/dataconnection/count").json()["value"].as_u64().unwrap();
        assert_eq!(count, seen.len() as u64, "{condition}");
        client.delete(&format!("/systemrule/{}", id(&created))).expect(204);
        assert!(eve.names("dataconnection", "").is_empty());
    }
}

/// The privileges of each user of the site on each connection, written by hand.
#[test]
fn the_default_rules_and_two_more_give_exactly_this_access() {
    let server = Server::start();
    let client = server.repository();
    site(&client);
    client.create(
        "systemrule",
        &rule("Read by department", "resource.@Department = user.@Department", 2),
    );
    let department =
        "user.roles = \"DepartmentAdmin\" and resource.owner.@Department = user.@Department";
    client.create("systemrule", &rule("Department administrators", department, 12));
    for (user_id, expected) in [
        ("anna", [Some("crudo"), Some("crudo"), Some("rudo")]),
        ("bert", [Some("crud"), Some("crud"), None]),
        ("carla", [Some("crudo"), Some("crudo"), Some("crudo")]),
        ("dora", [Some("cr"), Some("cr"), Some("r")]),
        ("eve", [None, None, None]),
    ] {
        let list = server.user(user_id).get("/dataconnection?privileges=true").expect(200).json();
        for (name, expected) in ["a", "b", "c"].iter().zip(expected) {
            let row = list.as_array().unwrap().iter().find(|row| row["name"] == *name);
            let letters = row.map(|row| letters(&row["privileges"]));
            assert_eq!(letters.as_deref(), expected, "{user_id} on {name}");
        }
    }
}

/// The privileges that apply to connections, one letter each.
fn letters(privileges: &Json) -> String {
    let names =
        [("create", 'c'), ("read", 'r'), ("update", 'u'), ("delete", 'd'), ("changeowner", 'o')];
    let privilege_names: Vec<&str> =
        privileges.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    names
        .iter()
        .filter(|(name, _)| privilege_names.contains(name))
        .map(|(_, letter)| *letter)
        .collect()
}

#[test]
fn in_the_hub_administrators_have_no_additional_rights() {
    let server = Server::start();
    let client = server.repository();
    site(&client);
    user(&client, "root", &["RootAdmin"], &[], &[]);
    for user_id in ["root", "carla", "dora"] {
        let ask = |context: &str| {
            let request = server.user(user_id).request("GET", "/dataconnection/count");
            Reply::of(
                request.header("X-Qlik-Security", format!("OS=x; Context={context}; group=Sales")),
            )
            .expect(200)
            .json()
        };
        assert_eq!(ask("ManagementAccess")["value"], 3, "{user_id}");
        assert_eq!(ask("AppAccess")["value"], 0, "{user_id}");
    }
    client.create(
        "systemrule",
        &rule("By header", "user.group = \"sales\" and user.environment.os = \"x\"", 2),
    );
    let request = server.user("eve").request("GET", "/dataconnection/count");
    let with = Reply::of(request.header("X-Qlik-Security", "OS=X;Context=AppAccess;group=Sales"));
    assert_eq!(with.expect(200).json()["value"], 3);
    assert_eq!(server.user("eve").get("/dataconnection/count").json()["value"], 0);
}

#[test]
fn an_invalid_rule_is_refused_and_not_stored() {
    let server = Server::start();
    let client = server.repository();
    let before = client.get("/systemrule/count").json()["value"].clone();
    for (condition, parts) in [
        ("resource.nmae = \"x\"", vec!["position 10", "did you mean 'name'"]),
        ("user.group = \u{201c}Sales\u{201d}", vec!["position 14", "typographic quote"]),
        ("user.group = \"Sales", vec!["position 14", "never closed"]),
        ("(user.group = \"Sales\"", vec!["position 22", "')'"]),
        ("user.group = \"a\" user.group = \"b\"", vec!["position 18", "'and', 'or'"]),
        ("user.group ~ \"a\"", vec!["position 12", "like or matches"]),
        ("resource.HasPrivelage(\"read\")", vec!["position 10", "did you mean 'HasPrivilege'"]),
        ("resource.HasPrivilege(\"raed\")", vec!["position 10", "did you mean 'read'"]),
        ("resource.HasPrivilege(\"read\")", vec!["refers to itself"]),
        ("resource.type matches \"(\"", vec!["position 15", "regular expression"]),
        ("resource.type matches \"a)|(b\"", vec!["regular expression"]),
        (r#"!(user.userId matches "\p{Lu}.*")"#, vec![r"'\p{Lu}' at character 1", "[A-Z"]),
        (r#"user.userId matches "[a\P{Ll}]""#, vec![r"'\P{Ll}' at character 3"]),
        ("resource.type matches resource.name", vec!["pattern"]),
        ("subject.name = \"x\"", vec!["position 1", "user or resource"]),
        ("resource.password = \"x\"", vec!["position 10", "password"]),
        ("resource.connectionstring = \"x\"", vec!["position 10", "connectionstring"]),
        ("resource.name.first = \"x\"", vec!["position 15", "no attributes"]),
    ] {
        client
            .post("/systemrule", &rule("wrong", condition, 2))
            .expect(400)
            .says(&["rule: at"])
            .says(&parts);
    }
    let long = format!("user.name = \"{}\"", "x".repeat(2048));
    client.post("/systemrule", &rule("wrong", &long, 2)).expect(400).says(&["rule", "2048"]);
    let deep = format!("{}user.name = \"x\"{}", "(".repeat(65), ")".repeat(65));
    client.post("/systemrule", &rule("wrong", &deep, 2)).expect(400).says(&["64 deep"]);
    for (field, value, part) in [
        ("resourceFilter", json!("Tag_*, ?"), "position 8"),
        ("actions", json!(16_384), "0 to 16383"),
        ("actions", json!("all"), "whole number"),
        ("ruleContext", json!(3), "BothQlikSenseAndQMC"),
        ("category", json!("Other"), "Security, License, Sync"),
    ] {
        let mut body = rule("wrong", "", 2);
        body[field] = value;
        client.post("/systemrule", &body).expect(400).says(&[field, part]);
    }
    assert_eq!(client.get("/systemrule/count").json()["value"], before);
    let circle = client
        .post("/systemrule", &rule("circle", "resource.HasPrivilege(\"read\")", 7))
        .expect(400);
    assert_eq!(circle.message().matches("at position").count(), 1, "{}", circle.message());
    // A name must belong to one of the rule's types.
    for (filter, condition, is_known) in [
        ("DataConnection_*,Tag_*", "resource.type != \"folder\"", true),
        ("DataConnection_*, Tag_*", "resource.owner = user", true),
        ("DataConnection_*,Tag_*", "resource.tpye != \"folder\"", false),
        ("Tag_*", "resource.type != \"folder\"", false),
        (
            "DataConnection_*,User_*",
            "resource.owner.userId = \"anna\" or resource.group = \"Sales\"",
            true,
        ),
        ("DataConnection_*", "resource.group = \"Sales\"", false),
    ] {
        let mut body = rule("names", condition, 2);
        body["resourceFilter"] = json!(filter);
        let reply = client.post("/systemrule", &body);
        if is_known {
            client.delete(&format!("/systemrule/{}", id(&reply.expect(201).json()))).expect(204);
        } else {
            reply.expect(400).says(&["rule: at position 10"]);
        }
    }
    // The names in a rule about types that are not stored here can't be checked.
    let mut foreign = rule(
        "foreign",
        "resource.published = \"true\" and resource.stream.HasPrivilege(\"read\")",
        2,
    );
    foreign["resourceFilter"] = json!("App_*,Stream_*,Data*");
    client.create("systemrule", &foreign);
}

#[test]
fn two_rules_can_not_depend_on_each_other() {
    let server = Server::start();
    let client = server.repository();
    client.create("systemrule", &rule("update if delete", "resource.HasPrivilege(\"delete\")", 4));
    client
        .post("/systemrule", &rule("delete if update", "resource.HasPrivilege(\"update\")", 8))
        .expect(400)
        .says(&["refers to itself"]);
    client.create("systemrule", &rule("export if update", "resource.HasPrivilege(\"update\")", 16));
}

#[test]
fn read_only_rules_can_not_be_changed_and_default_rules_become_custom() {
    let server = Server::start();
    let client = server.repository();
    let find = |name: &str| {
        client.get(&format!("/systemrule/full?filter=name eq '{name}'")).expect(200).json()[0]
            .clone()
    };
    let owner = find("Owner");
    assert_eq!(owner["type"], "ReadOnly");
    let path = format!("/systemrule/{}", id(&owner));
    let mut body = owner.clone();
    body["disabled"] = json!(true);
    client.put(&path, &body).expect(403).says(&["read-only"]);
    client.delete(&path).expect(403).says(&["read-only"]);
    server.user("eve").put(&path, &body).expect(404);

    let creating = find("DataConnection");
    let mut body = creating.clone();
    body["disabled"] = json!(true);
    body["type"] = json!("ReadOnly");
    let changed = client.put(&format!("/systemrule/{}", id(&creating)), &body).expect(200).json();
    assert_eq!((&changed["type"], &changed["seedId"]), (&json!("Custom"), &creating["seedId"]));
    server.user("eve").post("/dataconnection", &connection("c")).expect(403);
}

#[test]
fn only_enabled_security_rules_grant_rights_and_changes_apply_immediately() {
    let server = Server::start();
    let client = server.repository();
    client.connection("c");
    let eve = server.user("eve");
    let seen = || eve.get("/dataconnection/count").expect(200).json()["value"].as_i64().unwrap();
    let mut created = client.create("systemrule", &rule("all", "", 2));
    let path = format!("/systemrule/{}", id(&created));
    assert_eq!(seen(), 1);
    for (field, value, expected) in [
        ("disabled", json!(true), 0),
        ("disabled", json!(false), 1),
        ("category", json!("License"), 0),
        ("category", json!("security"), 1),
        ("actions", json!(4), 0),
        ("actions", json!("6"), 1),
        ("resourceFilter", json!("Tag_*"), 0),
        ("resourceFilter", json!("*"), 1),
        ("ruleContext", json!("QlikSenseOnly"), 0),
        ("ruleContext", json!("QMCOnly"), 1),
        ("rule", json!("user.userId = \"anna\""), 0),
    ] {
        created[field] = value.clone();
        created = client.put(&path, &created).expect(200).json();
        assert_eq!(seen(), expected, "{field} {value}");
    }
}

#[test]
fn users_who_may_not_edit_rules_can_not_raise_their_own_rights() {
    let server = Server::start();
    let client = server.repository();
    let anna = server.user("anna");
    anna.post("/systemrule", &rule("all", "", 8191)).expect(403);
    assert!(anna.names("systemrule", "").is_empty());
    let own = anna.get("/user/full").json()[0].clone();
    let mut root = own.clone();
    root["roles"] = json!(["RootAdmin"]);
    anna.put(&format!("/user/{}", id(&own)), &root).expect(403);
    client.put(&format!("/user/{}", id(&own)), &root).expect(200);
    anna.post("/systemrule", &rule("all", "", 8191)).expect(201);
}

#[test]
fn changes_of_users_affect_their_rights_immediately() {
    let server = Server::start();
    let client = server.repository();
    client.connection("c");
    let definition = client
        .create("custompropertydefinition", &json!({"name": "Team", "objectTypes": ["User"]}));
    client.create(
        "systemrule",
        &rule(
            "test",
            "user.group = \"g\" or user.roles = \"r\" or user.@Team = \"t\" or user.name = \"n\"",
            2,
        ),
    );
    let eve = server.user("eve");
    let sees = || eve.get("/dataconnection/count").expect(200).json()["value"] == 1;
    assert!(!sees());
    let path = format!("/user/{}", id(&eve.get("/user").json()[0]));
    let value = json!({"value": "t", "definition": {"name": "Team"}});
    for (field, matching, other) in [
        ("attributes", json!([{"attributeType": "Group", "attributeValue": "G"}]), json!([])),
        ("roles", json!(["R"]), json!([])),
        ("customProperties", json!([value]), json!([])),
        ("name", json!("N"), json!("eve")),
    ] {
        for (value, seen) in
            [(&matching, true), (&other, false), (&matching, true), (&other, false)]
        {
            let change =
                client.request("PUT", &path).header("If-Match", "*").json(&json!({ field: value }));
            Reply::of(change).expect(200);
            assert_eq!(sees(), seen, "{field} {value}");
        }
    }
    Reply::of(
        client
            .request("PUT", &path)
            .header("If-Match", "*")
            .json(&json!({"customProperties": [value]})),
    )
    .expect(200);
    assert!(sees());
    let definition_path = format!("/custompropertydefinition/{}", id(&definition));
    let mut renamed = definition.clone();
    renamed["name"] = json!("Crew");
    let mut renamed = client.put(&definition_path, &renamed).expect(200).json();
    assert!(!sees());
    renamed["name"] = json!("Team");
    client.put(&definition_path, &renamed).expect(200);
    assert!(sees());
    client.delete(&definition_path).expect(204);
    assert!(!sees());
}

#[test]
fn an_id_in_a_condition_is_compared_as_text() {
    let server = Server::start();
    let client = server.repository();
    let anna = user(&client, "anna", &[], &[], &[]);
    let mut body = connection("hers");
    body["owner"] = json!({"id": anna["id"]});
    body["id"] = json!("beef5c40-0000-4000-8000-00000000000a");
    client.create("dataconnection", &body);
    client.connection("other");
    let owner = id(&anna);
    let like_owner = format!("resource.owner.id like \"{}*\"", owner[..20].to_uppercase());
    let matches_owner = format!("resource.owner.id matches \"{}.*\"", &owner[..20]);
    for (condition, expected) in [
        ("resource.id like \"beef*\"", vec!["hers"]),
        ("resource.id like \"BEEF5C40-????-4*\"", vec!["hers"]),
        ("resource.id like \"beef\"", vec![]),
        ("resource.id matches \"beef5c.{30}\"", vec!["hers"]),
        ("resource.id matches \"BEEF.*\"", vec!["hers"]),
        ("resource.id matches \"a\"", vec![]),
        (like_owner.as_str(), vec!["hers"]),
        (matches_owner.as_str(), vec!["hers"]),
        ("resource.id like {\"9*\", \"beef*\"}", vec!["hers"]),
        ("!(resource.id like \"beef*\")", vec!["other"]),
    ] {
        let made = client.create("systemrule", &rule("ids", condition, 2));
        assert_eq!(server.user("bert").names("dataconnection", ""), expected, "{condition}");
        client.delete(&format!("/systemrule/{}", id(&made))).expect_empty(204);
    }
    client
        .post("/systemrule", &rule("object", "resource.owner like \"x*\"", 2))
        .expect(400)
        .says(&["texts and ids"]);
}
