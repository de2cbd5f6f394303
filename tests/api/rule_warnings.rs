//! Rules that can never grant anything because they name something that does not exist: they are
//! stored with a warning that suggests the name that was probably intended.

use crate::support::rule_warnings::{pointed_out, site, with_filter};
use crate::support::rules::rule;
use crate::support::{Reply, Server, UNKNOWN_ID, id, program};
use serde_json::{Value as Json, json};

#[test]
fn missing_names_in_a_condition_are_pointed_out() {
    let server = Server::start();
    let client = server.repository();
    site(&client);
    for (condition, position, message) in [
        (r#"user.grup = "Sales""#, 6, "no user has an attribute grup; did you mean group?"),
        (
            r#"user.group = "Sales" and "x" = user.groupp"#,
            37,
            "no user has an attribute groupp; did you mean group?",
        ),
        (
            "!(user.constCentre.Empty())",
            8,
            "no user has an attribute constCentre; did you mean costCentre?",
        ),
        (r#"user.role = "Librarian""#, 6, "no user has an attribute role; did you mean roles?"),
        (
            r#"user.mail like "*@example.com""#,
            6,
            "no user has an attribute mail; did you mean email?",
        ),
        (r#"user.os = "Windows""#, 6, "no user has an attribute os; did you mean environment.OS?"),
        (
            r#"user.level = "3""#,
            6,
            "no user has an attribute level; only a session could provide it",
        ),
        (r#"user.username = "anna""#, 6, "no user has an attribute username; did you mean userId?"),
        (
            r#"user.Directory = "LAB""#,
            6,
            "no user has an attribute Directory; did you mean userDirectory?",
        ),
        (
            r#"resource.owner.userName = "x""#,
            16,
            "no user has an attribute userName; did you mean userId?",
        ),
        (
            r#"resource.owner.directory = "x""#,
            16,
            "no user has an attribute directory; did you mean userDirectory?",
        ),
        (
            "resource.owner.grup = user.group",
            16,
            "no user has an attribute grup; did you mean group?",
        ),
        (r#"resource.owner.nmae = "x""#, 16, "no user has an attribute nmae; did you mean name?"),
        (r#"resource.owner.level = "3""#, 16, "no user has an attribute level"),
        (
            r#"user.environment.gruop = "Sales""#,
            18,
            "no session is known to provide an attribute gruop; did you mean group?",
        ),
        (
            r#"user.environment.context = "Hub""#,
            18,
            "user.environment.context is ManagementAccess or AppAccess, never Hub",
        ),
        (
            "resource.@Departement = user.group",
            10,
            "there is no custom property Departement; did you mean Department?",
        ),
        (
            r#"user.@departmnt = "Sales""#,
            6,
            "there is no custom property departmnt; did you mean Department?",
        ),
        (r#"resource.owner.@Team = "x""#, 16, "there is no custom property Team"),
        ("resource.@Nothing.Empty()", 10, "there is no custom property Nothing"),
        (r#"user.@Stage = "dev""#, 6, "the custom property Stage is not for User"),
        (
            r#"resource.@Department != "Finanse""#,
            10,
            "the custom property Department has no value Finanse; did you mean Finance?",
        ),
        (
            r#"resource.@department = {"sales", "Purchasing"}"#,
            10,
            "the custom property Department has no value Purchasing",
        ),
        (
            r#"user.@Department == "Region 2""#,
            6,
            "the custom property Department has no value Region 2",
        ),
        (
            r#"user.roles = "Contnetadmin""#,
            6,
            "no user has the role Contnetadmin; did you mean ContentAdmin?",
        ),
        (
            r#"user.roles = {"librarian", "Librarien"}"#,
            6,
            "no user has the role Librarien; did you mean Librarian?",
        ),
        (
            r#"resource.resourcetype = "DataConection""#,
            10,
            "there is no resource type DataConection; did you mean DataConnection?",
        ),
    ] {
        let expected = [("rule".to_owned(), Some(position), message.to_owned())];
        assert_eq!(pointed_out(&client, &rule("r", condition, 2)), expected, "{condition}");
    }
}

#[test]
fn missing_types_and_entities_in_a_resource_filter_are_pointed_out() {
    let server = Server::start();
    let client = server.repository();
    site(&client);
    let one = format!("DataConnection_{}", id(&client.connection("one")));
    let gone = format!("DataConnection_{UNKNOWN_ID}");
    let filter = "resourceFilter";
    for (rule, field, position, message) in [
        (
            with_filter("DataConection_*", r#"user.grup = "x""#, 2),
            filter,
            Some(1),
            "there is no resource type DataConection; did you mean DataConnection_*?",
        ),
        (
            with_filter("Tag_*, DataConnection", "", 2),
            filter,
            Some(8),
            "DataConnection alone matches no resource; did you mean DataConnection_*?",
        ),
        (
            with_filter("DataConection", "", 2),
            filter,
            Some(1),
            "there is no resource type DataConection; did you mean DataConnection_*?",
        ),
        (
            with_filter("CustomProperty_*", "", 2),
            filter,
            Some(1),
            "there is no resource type CustomProperty; did you mean CustomPropertyDefinition_*?",
        ),
        (
            with_filter(&format!("{one},{gone}"), "", 2),
            filter,
            Some(53),
            "there is no data connection with the id 00000000-0000-4000-8000-000000000000",
        ),
        (with_filter("*", "", 0), "actions", None, "the rule has no actions, so it grants nothing"),
        (
            with_filter(&one, "", 1),
            "actions",
            None,
            "a new resource has no id yet, so a rule about single resources can't grant \
             create",
        ),
        (
            with_filter("Tag_*", r#"resource.@Stage = "dev""#, 2),
            "rule",
            Some(10),
            "no Tag has custom properties",
        ),
        (
            with_filter("User_*", r#"resource.@Stage = "dev""#, 2),
            "rule",
            Some(10),
            "the custom property Stage is not for User",
        ),
        (
            with_filter("User_*", r#"resource.grup = "Sales""#, 2),
            "rule",
            Some(10),
            "no user has an attribute grup; did you mean group?",
        ),
        (
            with_filter("DataConnect*", r#"resource.nmae = "x""#, 2),
            "rule",
            Some(10),
            "no DataConnection has a property nmae; did you mean name?",
        ),
        (
            with_filter("App*,DataConnection*", r#"resource.nmae = "x""#, 2),
            "rule",
            Some(10),
            "no DataConnection has a property nmae; did you mean name?",
        ),
        (
            with_filter("User_*", r#"resource.username = "x""#, 2),
            "rule",
            Some(10),
            "no user has an attribute username; did you mean userId?",
        ),
        (
            with_filter("*", r#"resource.nmae = "x""#, 2),
            "rule",
            Some(10),
            "no resource has a property nmae; did you mean name?",
        ),
        (
            with_filter("Tag_*", "resource.IsOwned() and user.group = \"Sales\"", 2),
            "rule",
            None,
            "the condition can't be true for any resource that the rule covers",
        ),
    ] {
        let expected = [(field.to_owned(), position, message.to_owned())];
        assert_eq!(pointed_out(&client, &rule), expected, "{rule}");
    }
}

#[test]
fn every_reply_to_a_write_of_a_rule_has_its_warnings() {
    let server = Server::start();
    let client = server.repository();
    site(&client);
    let expected = json!([
        {
            "field": "rule", "position": 6,
            "message": "no user has an attribute grup; did you mean group?"
        }
    ]);
    let (wrong, right) =
        (rule("wrong", "user.grup = \"x\"", 2), rule("right", "user.group = \"x\"", 2));
    let mut made = client.create("systemrule", &wrong);
    assert_eq!(made["warnings"], expected);
    let path = format!("/systemrule/{}", id(&made));
    let stored = client.get(&path).expect(200).json();
    assert!(stored.get("warnings").is_none(), "{stored}");
    // A client may send a reply back.
    made["comment"] = json!("sent back");
    let reply = client.put(&path, &made).expect(200);
    assert_eq!(reply.json()["warnings"], expected);
    assert!(reply.headers.get("X-Patchbay-Ignored").is_none(), "{:?}", reply.headers);
    // A change has the warnings about the resulting rule, including its unchanged parts.
    let change =
        |body: Json| Reply::of(client.request("PUT", &path).header("If-Match", "*").json(&body));
    assert_eq!(change(json!({"comment": "x"})).expect(200).json()["warnings"], expected);
    assert!(
        change(json!({"rule": "user.group = \"x\""})).expect(200).json().get("warnings").is_none()
    );
    assert_eq!(
        change(json!({"rule": "user.grup = \"x\"",
            "disabled": true}))
        .expect(200)
        .json()["warnings"],
        expected
    );
    let many = client
        .post("/systemrule/many?privileges=true", &json!([right, wrong, right]))
        .expect(201)
        .json();
    let warnings: Vec<&Json> =
        many.as_array().unwrap().iter().map(|made| &made["warnings"]).collect();
    assert_eq!(warnings, [&Json::Null, &expected, &Json::Null]);
    let list = json!([right, wrong, rule("broken", "user.grup =", 2), {"name": "refused"}, made]);
    let dry = client.post("/systemrule/import?dryRun=true", &list).expect(201).json();
    for outcomes in
        [dry["rules"].clone(), client.post("/systemrule/import", &list).expect(201).json()]
    {
        let warnings: Vec<&Json> =
            outcomes.as_array().unwrap().iter().map(|one| &one["warnings"]).collect();
        assert_eq!(
            warnings,
            [&Json::Null, &expected, &Json::Null, &Json::Null, &expected],
            "{outcomes}"
        );
    }
    let draft = json!({"rules": [right, wrong]});
    let changes = client.post("/systemrule/explain/changes", &draft).expect(201).json();
    let warning =
        json!([{"index": 1, "field": "rule", "position": 6, "message": expected[0]["message"]}]);
    assert_eq!(changes["warnings"], warning);
    // Other entities have no such field.
    assert!(client.connection("c").get("warnings").is_none());
}

#[test]
fn explain_points_out_faults_of_a_rule_in_the_api_and_on_the_command_line() {
    let server = Server::start();
    let client = server.repository();
    site(&client);
    client.create("systemrule", &rule("By team", "resource.@Departement = user.@Department", 2));
    let resource = format!("DataConnection_{}", id(&client.connection("c")));
    let message = "there is no custom property Departement; did you mean Department?";
    let path = format!("/systemrule/explain?user=LAB%5Canna&action=update&resource={resource}");
    let why = client.get(&path).expect(200).json();
    for shown in why["rules"].as_array().unwrap() {
        let expected = json!([{"field": "rule", "position": 10, "message": message}]);
        let expected = if shown["name"] == "By team" { Some(&expected) } else { None };
        assert_eq!(shown.get("warnings"), expected, "{shown}");
    }
    let draft = server.data().join("draft.json");
    std::fs::write(&draft, json!({"rules": [with_filter("DataConection_*", "", 2)]}).to_string())
        .unwrap();
    for (arguments, expected) in [
        (
            vec!["--user", "LAB\\anna", "--action", "read", "--resource", &resource],
            format!("note   rule: at position 10: {message}"),
        ),
        (
            vec!["--changes", draft.to_str().unwrap()],
            "note: rules[0].resourceFilter: at position 1: there is no resource type \
             DataConection; did you mean DataConnection_*?"
                .to_owned(),
        ),
    ] {
        let mut command = program();
        let output = command
            .arg("explain")
            .args(arguments)
            .arg("--data")
            .arg(server.data())
            .output()
            .unwrap();
        let shown = String::from_utf8(output.stdout).unwrap();
        assert!(shown.lines().any(|line| line.trim() == expected), "{shown}");
    }
}
