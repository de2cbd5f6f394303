//! Rules that can apply, on this site or on another one, are stored without a warning: among them
//! the rules of a new site, of the demo and of the documentation.

use crate::support::jwt::{Issuer, claims};
use crate::support::rule_warnings::{pointed_out, site, with_filter};
use crate::support::rules::rule;
use crate::support::visitor::{Visitor, start};
use crate::support::{Client, Reply, Server};
use serde_json::{Value as Json, json};

#[test]
fn rules_that_can_apply_here_or_on_another_site_have_no_warnings() {
    let server = Server::start();
    let client = server.repository();
    site(&client);
    for (filter, condition) in [
        ("*", ""),
        ("DataConnection_*", "((resource.type!=\"folder\"))"),
        (
            "DataConnection_*",
            r#"((resource.type!="folder" and resource.type!="Custom") and (user.group="Sydney"))"#,
        ),
        (
            "DataConnection_*",
            r#"user.name="Username" or user.userDirectory="INTERNAL" and user.userId="sa_api""#,
        ),
        (
            "DataConnection_*",
            r#"user.costcentre = "7" or resource.owner.CostCentre = user.COSTCENTRE"#,
        ),
        (
            "DataConnection_*",
            "resource.@Department = user.@Department and resource.owner.@Department = user.group",
        ),
        (
            "DataConnection_*",
            r#"resource.@stage = {"DEV", "prod"} and resource.@Contact = "anybody""#,
        ),
        (
            "DataConnection_*",
            r#"resource.@Department like "Fin*" or resource.@Department matches "s.*""#,
        ),
        (
            "DataConnection_*",
            r#"user.roles = "HubAdmin" or user.roles = "DepartmentAdmin"
               or user.roles = "librarian""#,
        ),
        (
            "DataConnection_*",
            r#"user.environment.ip like "10.*" and user.environment.osVersion = "11""#,
        ),
        (
            "DataConnection_*",
            r#"user.environment.level = "3" and user.environment.group = "Sales""#,
        ),
        ("DataConnection_*", r#"user.environment.context = "managementaccess""#),
        (
            "DataConnection_*",
            r#"resource.HasPrivilege("update") and resource.owner.HasPrivilege("read")"#,
        ),
        ("DataConnection_*", "user.IsAnonymous() or user.email.Empty()"),
        (
            "Stream*,App*,Tag*,DataConnection*",
            r#"resource.resourcetype="DataConnection" and resource.@DevGroup = user.group"#,
        ),
        (
            "App*,ReloadTask_*",
            r#"resource.stream.@Whatever = user.whatever and resource.published = "true""#,
        ),
        (
            "*",
            r#"resource.resourcetype = "App.Object" and resource.objectType = "sheet"
               and resource.stream.Empty()"#,
        ),
        // Other types of a site have these properties, whose names are short.
        (
            "App*,DataConnection*",
            r#"resource.node.name = "x" or resource.date = "x" or resource.size = "1""#,
        ),
        ("*", r#"resource.node.name = "x" or resource.username = "x" or resource.directory = "x""#),
        ("License_*,TermsAcceptance_*,QmcSection_DataConnection", r#"user.roles="AuditAdmin""#),
        ("User_*", "resource = user or resource.group = user.group"),
        ("AuditEntry_*", r#"user.roles = "AuditAdmin""#),
    ] {
        assert_eq!(
            pointed_out(&client, &with_filter(filter, condition, 2)),
            [],
            "{filter}: {condition}"
        );
    }
    let mut sync = with_filter("ServerNodeConfiguration_*,Nothing", "user.grup = user.grop", 0);
    sync["category"] = json!("Sync");
    assert_eq!(pointed_out(&client, &sync), []);
}

/// Asserts that none of the rules of a new server has a warning.
#[track_caller]
fn has_no_warnings(client: &Client) {
    let rules = client.get("/systemrule/full").expect(200).json();
    assert!(rules.as_array().unwrap().len() >= 11);
    for path in ["/systemrule/import", "/systemrule/import?dryRun=true"] {
        let reply = client.post(path, &rules).expect(201);
        assert!(!reply.text.contains("warnings"), "{}", reply.text);
    }
    let connection =
        client.get("/dataconnection").expect(200).json()[0]["id"].as_str().unwrap().to_owned();
    let path = format!(
        "/systemrule/explain?user=INTERNAL%5Csa_api&action=read&resource=DataConnection_{connection}"
    );
    let reply = client.get(&path).expect(200);
    assert!(!reply.text.contains("warnings"), "{}", reply.text);
}

#[test]
fn the_rules_of_a_new_site_and_of_the_demo_have_no_warnings() {
    let server = Server::start();
    server.repository().connection("one");
    has_no_warnings(&server.repository());
    let demo = Server::start_command(tempfile::tempdir().unwrap(), "demo", |command| {
        command.args(["--front", "127.0.0.1:0"]);
    });
    has_no_warnings(&demo.repository());
}

/// The three examples of docs/security-rules.md, and its text about sharing rules.
#[test]
fn the_examples_of_the_documentation_have_no_warnings_once_their_properties_exist() {
    let server = Server::start();
    let client = server.repository();
    site(&client);
    client.create(
        "custompropertydefinition",
        &json!({"name": "Team", "objectTypes": ["DataConnection"]}),
    );
    let text = std::fs::read_to_string("docs/security-rules.md").unwrap();
    let examples = text.split("## Three examples").nth(1).unwrap().split("```json").skip(1);
    let examples: Vec<Json> = examples
        .map(|part| serde_json::from_str(part.split("```").next().unwrap()).unwrap())
        .collect();
    assert_eq!(examples.len(), 2);
    for example in &examples {
        assert_eq!(pointed_out(&client, example), [], "{example}");
    }
}

/// An attribute from an earlier token is known to the site.
#[test]
fn attributes_from_sessions_are_not_pointed_out() {
    let issuer = Issuer::new();
    let (server, front) = start(&["--front-jwt-key", issuer.key()]);
    let client = server.repository();
    let level = rule("r", r#"user.level = "3" and user.environment.level = user.level"#, 2);
    assert_eq!(pointed_out(&client, &level).len(), 1);
    let bearer = issuer.bearer(&claims(&json!({"level": "3"})));
    Reply::of(
        Visitor::new(&server, &front).request("GET", "/qrs/tag").header("Authorization", bearer),
    )
    .expect(200);
    assert_eq!(pointed_out(&client, &level), []);
}
