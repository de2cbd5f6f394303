//! Privilege escalation: users can't give themselves roles, read hidden data through explanations,
//! or gain rights indirectly.

use crate::support::rules::{rule, site};
use crate::support::{Client, Reply, Server, connection, encode, id};
use serde_json::{Value as Json, json};

fn rule_about(filter: &str, name: &str, condition: &str, actions: i64) -> Json {
    let mut body = rule(name, condition, actions);
    body["resourceFilter"] = json!(filter);
    body
}

fn change(client: &Client, path: &str, body: &Json) -> Reply {
    Reply::of(client.request("PUT", path).header("If-Match", "*").json(body))
}

#[test]
fn only_users_who_may_change_roles_can_give_roles() {
    let server = Server::start();
    let client = server.repository();
    site(&client);
    client.create("systemrule", &rule_about("User_*", "Helpdesk", "user.userId = \"eve\"", 7));
    let eve = server.user("eve");
    let own =
        eve.get("/user/full?filter=userId eq 'eve'&privileges=true").expect(200).json()[0].clone();
    assert!(!own["privileges"].as_array().unwrap().contains(&json!("changerole")));
    let path = format!("/user/{}", id(&own));
    let root = json!({"roles": ["RootAdmin"]});
    change(&eve, &path, &root).expect(403).says(&["roles", "changerole"]);
    let new = json!({"userDirectory": "LAB", "userId": "fritz", "roles": ["RootAdmin"]});
    eve.post("/user", &new).expect(403).says(&["roles", "changerole"]);
    client.get("/user/count?filter=userId eq 'fritz'").expect(200);
    assert!(client.names("user", "userId eq 'fritz'").is_empty());
    // Existing roles can be sent back, and everything else can be changed.
    change(&eve, &path, &json!({"roles": [], "name": "Eve"})).expect(200);
    for administrator in ["carla", "dora"] {
        let user =
            client.get(&format!("/user?filter=userId eq '{administrator}'")).json()[0].clone();
        let reply = change(&server.user(administrator), &format!("/user/{}", id(&user)), &root);
        assert!([403, 404].contains(&reply.status), "{administrator}: {}", reply.text);
    }
    client.create("systemrule", &rule_about("User_*", "Roles", "user.userId = \"eve\"", 128));
    change(&eve, &path, &root).expect(200);
}

#[test]
fn rules_for_the_hub_alone_can_not_depend_on_each_other_in_a_cycle() {
    let server = Server::start();
    let client = server.repository();
    let hub = |name: &str, condition: &str, actions: i64| {
        let mut body = rule(name, condition, actions);
        body["ruleContext"] = json!(1);
        body
    };
    client.create("systemrule", &hub("read if update", "resource.HasPrivilege(\"update\")", 2));
    client
        .post("/systemrule", &hub("update if read", "resource.HasPrivilege(\"read\")", 4))
        .expect(400)
        .says(&["refers to itself"]);
}

#[test]
fn an_audit_evaluates_a_rule_for_the_actions_that_it_grants() {
    let server = Server::start();
    let client = server.repository();
    site(&client);
    client.create("systemrule", &rule("Update what is read", "resource.HasPrivilege(\"read\")", 4));
    client.create("systemrule", &rule("Read a", "resource.name = \"a\"", 2));
    let request = json!({
        "resourceType": "DataConnection", "userFilter": "userId eq 'bert'",
        "includeNonGrantingRules": true
    });
    let audit = client.post("/systemrule/security/audit", &request).expect(201).json();
    let find = |list: &str, name: &str| {
        let found = audit[list].as_array().unwrap().iter().find(|one| one["name"] == name);
        found.unwrap()["id"].clone()
    };
    for (connection, allowed) in [("a", true), ("b", false)] {
        let (rule, resource) =
            (find("rules", "Update what is read"), find("resources", connection));
        let applications = audit["ruleApplication"].as_array().unwrap();
        let one = applications
            .iter()
            .find(|one| one["ruleID"] == rule && one["resourceID"] == resource)
            .unwrap();
        assert_eq!(
            (&one["allowed"], &one["evaluationState"]),
            (&json!(allowed), &json!(0)),
            "{connection}"
        );
    }
}

#[test]
fn every_explanation_says_that_a_barred_user_has_no_rights() {
    let server = Server::start();
    let client = server.repository();
    site(&client);
    let resource = id(&client.get("/dataconnection?filter=name eq 'a'").json()[0]);
    let carla = id(&client.get("/user?filter=userId eq 'carla'").json()[0]);
    let explain_query = format!(
        "/systemrule/explain?user=LAB%5Ccarla&action=read&resource=DataConnection_{resource}"
    );
    let users_query = format!(
        "/systemrule/explain/users?resource=DataConnection_{resource}&filter=userDirectory eq 'LAB'"
    );
    let resources_query = "/systemrule/explain/resources?user=LAB%5Ccarla&type=DataConnection";
    let users = || {
        let list = client.get(&users_query).expect(200).json();
        list.as_array()
            .unwrap()
            .iter()
            .map(|one| one["user"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(client.get(&explain_query).expect(200).json()["allowed"], true);
    assert!(users().contains(&"LAB\\carla".to_owned()));
    change(&client, &format!("/user/{carla}"), &json!({"inactive": true})).expect(200);
    let response = client.get(&explain_query).expect(200).json();
    assert_eq!((&response["allowed"], &response["barred"]), (&json!(false), &json!(true)));
    assert!(!users().contains(&"LAB\\carla".to_owned()));
    assert_eq!(client.get(resources_query).expect(200).json(), json!([]));
}

/// Reading a rule reveals nothing about an owner whom the caller may not read.
#[test]
fn explanations_omit_terms_about_a_hidden_owner() {
    let server = Server::start();
    let client = server.repository();
    site(&client);
    client.create(
        "systemrule",
        &rule_about("SystemRule_*", "Read rules", "user.userId = \"eve\"", 2),
    );
    let condition = "resource.owner.group = \"Sales\" and user.userId = \"eve\"";
    let group = client.create("systemrule", &rule("Of Sales", condition, 2));
    let eve = server.user("eve");
    let resource = id(&eve.get("/dataconnection").expect(200).json()[0]);
    let ask = |asker: &Client| {
        let path = format!(
            "/systemrule/explain?user=LAB%5Ceve&action=read&resource=DataConnection_{resource}"
        );
        let response = asker.get(&path).expect(200).json();
        let rule = response["rules"]
            .as_array()
            .unwrap()
            .iter()
            .find(|rule| rule["id"] == group["id"])
            .unwrap()
            .clone();
        rule["terms"]
            .as_array()
            .unwrap()
            .iter()
            .map(|term| term["holds"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(ask(&eve), [Json::Null, json!(true)]);
    let path = format!(
        "/systemrule/explain?user=LAB%5Ceve&action=read&resource=DataConnection_{resource}"
    );
    let response = eve.get(&path).expect(200).json();
    let verdict = response["rules"]
        .as_array()
        .unwrap()
        .iter()
        .find(|rule| rule["id"] == group["id"])
        .unwrap()
        .clone();
    assert_eq!(
        (&verdict["grants"], &verdict["why"]),
        (&Json::Null, &json!("the condition depends on an owner that you may not see"))
    );
    // QRS's audit does not reveal it either.
    let audited = |asker: &Client| {
        let body = json!({
            "resourceType": "DataConnection", "userFilter": "userId eq 'eve'",
            "includeNonGrantingRules": true
        });
        let response = asker.post("/systemrule/security/audit", &body).expect(201).json();
        let of_group = |application: &&Json| {
            application["ruleID"] == group["id"] && application["resourceID"] == json!(resource)
        };
        let application =
            response["ruleApplication"].as_array().unwrap().iter().find(of_group).unwrap().clone();
        (
            application["allowed"].clone(),
            application["evaluationState"].clone(),
            application["errorMessage"].clone(),
        )
    };
    let hidden = json!("the condition depends on an owner that you may not see");
    assert_eq!(audited(&eve), (json!(false), json!(2), hidden));
    assert_eq!(audited(&client), (json!(true), json!(0), json!("")));
    eve.get(&format!("{path}&environmentAttributes=group%3DSales")).expect(403);
    assert_eq!(ask(&client), [json!(true), json!(true)]);
    // A caller who may read no rules learns only how many rules are withheld.
    let own = server.user("anna").get(&format!(
        "/systemrule/explain?user=LAB%5Canna&action=read&resource=DataConnection_{resource}"
    ));
    let number = client.get("/systemrule/count").json()["value"].clone();
    assert_eq!(own.expect(200).json()["hiddenRules"], number);
}

#[test]
fn explanations_can_assume_attributes_of_a_session() {
    let server = Server::start();
    let client = server.repository();
    let resource = id(&client.connection("c"));
    server.user("eve").get("/tag/count").expect(200);
    client.create(
        "systemrule",
        &rule("By group", "user.group = \"g1\" and user.environment.os = \"x\"", 2),
    );
    let ask = |asker: &Client, attributes: &str| {
        let attributes = encode(attributes);
        asker.get(&format!(
            "/systemrule/explain?user=LAB%5Ceve&action=read&resource=DataConnection_{resource}&environmentAttributes={attributes}"
        ))
    };
    assert_eq!(ask(&client, "group=g1; OS=x").expect(200).json()["allowed"], true);
    assert_eq!(ask(&client, "group=g1").expect(200).json()["allowed"], false);
    ask(&client, "Context=Hub").expect(400).says(&["environmentAttributes", "Context=AppAccess"]);
    // Made-up attributes could reveal the content of rules that the caller may not read.
    let own = server.user("eve").connection("hers");
    let path =
        "/systemrule/explain/resources?user=LAB%5Ceve&type=DataConnection&environmentAttributes=";
    server.user("eve").get(&format!("{path}group=g1")).expect(403).says(&["attributes"]);
    let response = server.user("eve").get(&format!("{path}Context%3DAppAccess")).expect(200).json();
    assert_eq!(response[0]["resource"], format!("DataConnection_{}", id(&own)));
}

#[test]
fn the_content_of_a_reply_can_be_sent_back_without_further_rights() {
    let server = Server::start();
    let client = server.repository();
    client.create(
        "custompropertydefinition",
        &json!({"name": "Stage", "objectTypes": ["DataConnection"]}),
    );
    let tags = ["red", "blue"].map(|name| id(&client.create("tag", &json!({"name": name}))));
    let anna = server.user("anna");
    let mut body = connection("c");
    body["tags"] = json!([{"id": tags[0]}]);
    body["customProperties"] = json!([{"value": "prod", "definition": {"name": "Stage"}}]);
    let made = anna.create("dataconnection", &body);
    let reading =
        client.get("/systemrule?filter=name eq 'ReadTagsAndCustomProperties'").json()[0].clone();
    change(&client, &format!("/systemrule/{}", id(&reading)), &json!({"disabled": true}))
        .expect(200);
    let path = format!("/dataconnection/{}", id(&made));
    let mut shown = anna.get(&path).expect(200).json();
    shown["username"] = json!("other");
    let mut changed = anna.put(&path, &shown).expect(200).json();
    assert_eq!(
        (&changed["tags"], &changed["customProperties"][0]["value"]),
        (&shown["tags"], &json!("prod"))
    );
    // A definition that she may not read does not accept new values from her, nor reveal its
    // choices.
    let mut more = changed.clone();
    let definition = shown["customProperties"][0]["definition"]["id"].clone();
    for values in [json!(["prod", "test"]), json!(["test"])] {
        let values = values.as_array().unwrap().iter();
        more["customProperties"] =
            values.map(|value| json!({"value": value, "definition": {"id": definition}})).collect();
        let message = anna.put(&path, &more).expect(400).message();
        assert!(
            message.contains("no custom property definition") && !message.contains("prod"),
            "{message}"
        );
    }
    // For her, values that were not there before do not exist.
    changed["tags"] = json!([{"id": tags[0]}, {"id": tags[1]}]);
    anna.put(&path, &changed).expect(400).says(&["tags[1]", "no tag"]);
}

#[test]
fn previews_reveal_nothing_hidden() {
    let server = Server::start();
    let client = server.repository();
    site(&client);
    let anna = server.user("anna");
    client.create("systemrule", &rule_about("User_*", "Helpdesk", "user.userId = \"eve\"", 7));
    let root = json!({"userDirectory": "LAB", "userId": "new", "roles": ["RootAdmin"]});
    assert_eq!(
        server.user("eve").post("/user/previewcreateprivilege", &root).expect(201).json(),
        false
    );
    for user_id in ["bert", "nobody"] {
        let body = json!({"userDirectory": "LAB", "userId": user_id});
        assert_eq!(anna.post("/user/previewcreateprivilege", &body).expect(201).json(), false);
        assert_eq!(anna.post("/user/previewprivileges", &body).expect(201).json(), json!([]));
    }
}

#[test]
fn only_users_who_may_create_any_rule_can_preview_rules() {
    let server = Server::start();
    let client = server.repository();
    site(&client);
    client.create(
        "systemrule",
        &rule_about(
            "SystemRule_*",
            "Some rules",
            "user.userId = \"eve\" and resource.name like \"d*\"",
            3,
        ),
    );
    let draft = json!({"rules": [rule("d1", "resource.owner.group = \"Sales\"", 2)]});
    server.user("eve").post("/systemrule/explain/changes", &draft).expect(403);
    let find = |name: &str| {
        client.get(&format!("/systemrule?filter=name eq '{name}'")).json()[0]["id"].clone()
    };
    let change = |draft: Json| client.post("/systemrule/explain/changes", &draft);
    change(json!({"removed": [find("Owner")]})).expect(404).says(&["or you may not change it"]);
    change(json!({
        "rules": [{"id": find("AuditAdmin"), "disabled": true}], "removed": [find("AuditAdmin")]
    }))
    .expect(400)
    .says(&["named twice"]);
    let mut broken = rule("broken", "resource.nmae = \"x\"", 2);
    broken["disabled"] = json!(true);
    let response = change(json!({"rules": [broken]})).expect(201).json();
    assert_eq!((&response["gainedCount"], &response["lostCount"]), (&json!(0), &json!(0)));
}

/// An owner that stays the same is no change, however it is named.
#[test]
fn the_same_owner_in_another_spelling_is_no_change() {
    let server = Server::start();
    let client = server.repository();
    site(&client);
    client.create("systemrule", &rule("All but giving away", "user.userId = \"bert\"", 6));
    client.create("systemrule", &rule_about("User_*", "See users", "user.userId = \"bert\"", 2));
    let bert = server.user("bert");
    let path = format!(
        "/dataconnection/{}",
        id(&client.get("/dataconnection?filter=name eq 'a'").json()[0])
    );
    let owner = |user_id: &str| json!({"owner": {"userDirectory": "LAB", "userId": user_id}});
    change(&bert, &path, &owner("ANNA")).expect(200);
    change(&bert, &path, &owner("carla")).expect(403).says(&["owner", "changeowner"]);
}
