//! Rules and users beyond the usual size: excess is refused or skipped with a message, and nothing
//! fails.

use crate::support::rules::rule;
use crate::support::{Client, Reply, Server, connection, encode, id};
use serde_json::{Value as Json, json};

fn many(client: &Client, number: usize, make: impl Fn(usize) -> Json) {
    client.post("/systemrule/many", &(0..number).map(make).collect()).expect(201);
}

fn with_groups(client: &Client, user_id: &str, number: usize) {
    let groups: Vec<Json> = (0..number)
        .map(|group| json!({"attributeType": "group", "attributeValue": format!("g{group}")}))
        .collect();
    client
        .create("user", &json!({"userDirectory": "LAB", "userId": user_id, "attributes": groups}));
}

/// Sends every kind of query about a connection that the user can see.
fn send_all_queries(client: &Client, asker: &Client, user_id: &str, resource: &str) {
    for path in ["/dataconnection", "/dataconnection/full?privileges=true", "/dataconnection/count"]
    {
        asker.get(path).expect(200);
    }
    let user = format!("user=LAB%5C{user_id}");
    client
        .get(&format!("/systemrule/explain?{user}&action=read&resource=DataConnection_{resource}"))
        .expect(200);
    client
        .get(&format!("/systemrule/explain/users?resource=DataConnection_{resource}"))
        .expect(200);
    client.get(&format!("/systemrule/explain/resources?{user}&type=DataConnection")).expect(200);
    let body =
        json!({"resourceType": "DataConnection", "userFilter": format!("userId eq '{user_id}'")});
    client.post("/systemrule/security/audit", &body).expect(201);
    client.post("/systemrule/security/audit/matrix", &body).expect(201);
    let user =
        id(&client.get(&format!("/user?filter=userId eq '{user_id}'")).expect(200).json()[0]);
    let body = json!({"resourceType": "DataConnection", "userID": user, "action": 2});
    client.post("/systemrule/security/audit/accessibleobjects", &body).expect(201);
    let draft = json!({"rules": [rule("x", "", 2)]});
    client.post("/systemrule/explain/changes", &draft).expect(201);
}

#[test]
#[ignore = "takes long; .ci/run long-tests runs it"]
fn rules_with_a_thousand_alternatives_work() {
    let server = Server::start();
    let client = server.repository();
    let resource = id(&client.connection("c"));
    many(&client, 600, |number| {
        rule(&format!("r{number}"), &format!("resource.@T{number} = \"t{number}\""), 8191)
    });
    let eve = server.user("eve");
    eve.connection("hers");
    send_all_queries(&client, &eve, "eve", &resource);
    assert_eq!(eve.names("dataconnection", ""), ["hers"]);
    // A rule that depends on the caller alone has no weight, wherever it comes in the order.
    client.create("systemrule", &rule("last", "user.userId = \"eve\"", 2));
    assert_eq!(eve.names("dataconnection", ""), ["c", "hers"]);
    // A skipped rule has a message.
    client.create("systemrule", &rule("too much", "resource.@Last = \"x\"", 4));
    let path = format!(
        "/systemrule/explain?user=LAB%5Ceve&action=update&resource=DataConnection_{resource}"
    );
    let response = client.get(&path).expect(200).json();
    let verdict = response["rules"]
        .as_array()
        .unwrap()
        .iter()
        .find(|rule| rule["name"] == "too much")
        .unwrap()
        .clone();
    assert_eq!((&response["allowed"], &verdict["grants"]), (&json!(false), &json!(false)));
    assert!(verdict["why"].as_str().unwrap().contains("more than 1000 comparisons"), "{verdict}");
}

/// Each action has its own guard, and each list of values is one parameter.
#[test]
#[ignore = "takes long; .ci/run long-tests runs it"]
fn thirteen_guards_with_many_lists_work() {
    let server = Server::start();
    let client = server.repository();
    let resource = id(&client.connection("c"));
    for bit in 0..13 {
        client.create(
            "systemrule",
            &rule(&format!("own {bit}"), &format!("resource.name = \"n{bit}\""), 1 << bit),
        );
    }
    many(&client, 499, |number| {
        let condition = format!(
            "resource.name = {{\"a{number}\",\"b\",\"c\",\"d\"}} and resource.type = \
             {{\"e{number}\",\"f\",\"g\",\"internet\"}}"
        );
        rule(&format!("r{number}"), &condition, 8191)
    });
    let eve = server.user("eve");
    let list = eve.get("/dataconnection?privileges=true").expect(200).json();
    assert_eq!(list[0]["privileges"].as_array().unwrap().len(), 13);
    send_all_queries(&client, &eve, "eve", &resource);
}

#[test]
#[ignore = "takes long; .ci/run long-tests runs it"]
fn users_in_hundreds_of_groups_work_like_others() {
    let server = Server::start();
    let client = server.repository();
    with_groups(&client, "bert", 700);
    for name in ["Team", "Crew"] {
        client.create(
            "custompropertydefinition",
            &json!({"name": name, "objectTypes": ["DataConnection"]}),
        );
    }
    let mut body = connection("c");
    body["customProperties"] = json!([{"value": "G699", "definition": {"name": "Team"}}]);
    let resource = id(&client.create("dataconnection", &body));
    many(&client, 60, |number| {
        rule(&format!("r{number}"), &format!("resource.@S{number} = user.group"), 8191)
    });
    let bert = server.user("bert");
    send_all_queries(&client, &bert, "bert", &resource);
    assert!(bert.names("dataconnection", "").is_empty());
    client.create("systemrule", &rule("team", "resource.@Team = user.group", 2));
    assert_eq!(bert.names("dataconnection", ""), ["c"]);
    client.create(
        "systemrule",
        &rule("crew", "resource.name == user.group or resource.name like user.group", 2),
    );
    bert.get("/dataconnection").expect(200);
}

#[test]
fn the_user_attributes_of_a_request_are_limited() {
    let server = Server::start();
    let client = server.repository();
    client.create("systemrule", &rule("like", "resource.name like user.x", 2));
    let ask = |header: &str| {
        Reply::of(
            server.user("eve").request("GET", "/dataconnection").header("X-Qlik-Security", header),
        )
    };
    ask(&"x=a;".repeat(1_000)).expect(200);
    ask(&"x=a;".repeat(1_001)).expect(400).says(&["X-Qlik-Security", "more than 1000 attributes"]);
    ask(&format!("x={}", "a".repeat(2_000))).expect(400).says(&["1024 characters"]);
    ask("Context=Hub").expect(400).says(&["Context=AppAccess or Context=ManagementAccess"]);
    let matrix = |attributes: String| {
        let body = json!({"resourceType": "Tag", "environmentAttributes": attributes});
        client.post("/systemrule/security/audit/matrix", &body)
    };
    matrix("x=a;".repeat(1_000)).expect(201);
    matrix("x=a;".repeat(1_001)).expect(400).says(&["environmentAttributes", "more than 1000"]);
    matrix(format!("x={}", "a".repeat(60_000))).expect(400).says(&["1024 characters"]);
}

#[test]
fn audits_that_are_too_large_are_refused_before_they_start() {
    let server = Server::start();
    let client = server.repository();
    let user = |number: usize| json!({"userDirectory": "LAB", "userId": format!("u{number}")});
    client.post("/user/many", &(0..200).map(user).collect()).expect(201);
    let named = |number: usize| json!({"name": format!("t{number}")});
    client.post("/tag/many", &(0..60).map(named).collect()).expect(201);
    let audit = |body: Json| client.post("/systemrule/security/audit", &body);
    audit(json!({"resourceType": "Tag", "userTake": 4_000_000_000_u32}))
        .expect(400)
        .says(&["pairs"]);
    audit(json!({"resourceType": "Tag"})).expect(201);
    many(&client, 20, |number| rule(&format!("r{number}"), "", 2));
    audit(json!({"resourceType": "Tag"}))
        .expect(400)
        .says(&["users, 60 resources and 32 rules are too many"]);
    audit(json!({"resourceType": "Tag", "userTake": 10})).expect(201);
    let matrix = |body: Json| client.post("/systemrule/security/audit/matrix", &body);
    matrix(json!({"resourceType": "Tag"}))
        .expect(400)
        .says(&["206 users and 60 resources are too many"]);
    let too_many: Vec<&str> = vec!["x"; 101];
    let subject = json!({"resourceFilter": "userId eq 'u1'"});
    matrix(json!({"resourceType": "Tag", "subjectRef": subject, "subjectProperties": too_many}))
        .expect(400)
        .says(&["subjectProperties has more than 100"]);
    let drafts: Vec<Json> = (0..1_001).map(|_| rule("x", "", 2)).collect();
    client
        .post("/systemrule/explain/changes", &json!({"rules": drafts}))
        .expect(400)
        .says(&["at most 1000 rules"]);
    let filter = encode("userId sw 'u'");
    let resource = id(&client.get("/tag").json()[0]);
    let users = client
        .get(&format!("/systemrule/explain/users?resource=Tag_{resource}&filter={filter}"))
        .expect(200);
    assert_eq!(users.json().as_array().unwrap().len(), 200);
}

/// All rows are checked for a change, not only the first thousands.
#[test]
#[ignore = "takes long; .ci/run long-tests runs it"]
fn a_change_preview_counts_more_than_it_shows() {
    let server = Server::start();
    let client = server.repository();
    let named = |number: usize| json!({"name": format!("t{number}")});
    client.post("/tag/many", &(0..6_000).map(named).collect()).expect(201);
    server.user("anna").get("/tag/count").expect(200);
    let mut draft = rule("update", "user.userDirectory = \"LAB\"", 4);
    draft["resourceFilter"] = json!("Tag_*");
    let response =
        client.post("/systemrule/explain/changes", &json!({"rules": [draft]})).expect(201).json();
    assert_eq!((&response["gainedCount"], &response["complete"]), (&json!(6_000), &json!(true)));
    assert_eq!(response["gained"].as_array().unwrap().len(), 1_000);
    let reading =
        client.get("/systemrule/full?filter=name eq 'ReadTagsAndCustomProperties'").json()[0]
            .clone();
    let draft = json!({"rules": [{"id": reading["id"], "disabled": true}], "resourceType": "Tag"});
    let response = client.post("/systemrule/explain/changes", &draft).expect(201).json();
    assert_eq!((&response["lostCount"], &response["gainedCount"]), (&json!(6_000), &json!(0)));
}

/// Whether few rows match a part of a filter is estimated once for each part, however deeply it is
/// nested.
#[test]
fn a_deeply_nested_filter_is_answered_quickly() {
    let server = Server::start();
    let client = server.repository();
    client.connection("a");
    let filter = (0..60).fold("name eq 'a'".to_owned(), |inner, number| {
        format!("name eq 'b{number}' or name ne 'z' and ({inner})")
    });
    assert_eq!(client.names("dataconnection", &filter), ["a"]);
}

/// Each filter term that refers to another entity repeats the rules of that type, and so does each
/// order.
#[test]
fn filters_and_orders_that_repeat_many_rules_too_often_are_refused() {
    let server = Server::start();
    let client = server.repository();
    client.connection("c");
    for kind in ["User", "DataConnection"] {
        let conditions: Vec<String> =
            (0..60).map(|number| format!("resource.name like \"a{number}*\"")).collect();
        for bit in [2, 4, 8, 16, 32, 64] {
            let mut wide = rule(&format!("{kind} {bit}"), &conditions.join(" or "), bit);
            wide["resourceFilter"] = json!(format!("{kind}_*"));
            client.create("systemrule", &wide);
        }
    }
    let eve = server.user("eve");
    let filter = |terms: usize| {
        let terms: Vec<String> =
            (0..terms).map(|number| format!("owner.name ne 'a{number}'")).collect();
        eve.get(&format!("/dataconnection?filter={}", encode(&terms.join(" and "))))
    };
    filter(20).expect(200);
    filter(190).expect(400).says(&["too many terms look into other entities"]);
    let orders = ["owner.name"; 16].join(",");
    let terms = vec!["owner.name ne 'a'"; 80].join(" and ");
    let all =
        format!("/dataconnection/full?privileges=true&orderby={orders}&filter={}", encode(&terms));
    assert!([200, 400].contains(&eve.get(&all).status));
}

#[test]
fn rules_that_depend_on_each_other_too_deeply_cause_no_failure() {
    const ACTIONS: [&str; 8] = [
        "read",
        "update",
        "delete",
        "export",
        "publish",
        "changeowner",
        "changerole",
        "exportdata",
    ];
    let server = Server::start();
    let client = server.repository();
    let resource = id(&client.connection("c"));
    let deep = |last: &str| {
        (0..31).fold(last.to_owned(), |inner, level| {
            format!("!(resource.name = \"{level}\" and {inner})")
        })
    };
    for (kind, onward) in [("DataConnection", "resource.owner"), ("User", "resource")] {
        for (index, action) in ACTIONS.iter().enumerate() {
            let next = match ACTIONS.get(index + 1) {
                Some(next) => format!("resource.HasPrivilege(\"{next}\")"),
                None if kind == "DataConnection" => format!("{onward}.HasPrivilege(\"read\")"),
                None => "resource.name = \"last\"".to_owned(),
            };
            let mut chained = rule(&format!("{kind} {action}"), &deep(&next), 2 << index);
            chained["resourceFilter"] = json!(format!("{kind}_*"));
            client.create("systemrule", &chained);
        }
    }
    let eve = server.user("eve");
    for path in ["/dataconnection", "/dataconnection/full?privileges=true", "/user/count"] {
        eve.get(path).expect(200);
    }
    let path = format!(
        "/systemrule/explain?user=LAB%5Ceve&action=read&resource=DataConnection_{resource}"
    );
    let response = client.get(&path).expect(200).json();
    let rule = response["rules"]
        .as_array()
        .unwrap()
        .iter()
        .find(|rule| rule["name"] == "DataConnection read")
        .unwrap();
    assert!(rule["why"].as_str().unwrap().contains("more than 200 levels"), "{rule}");
}
