//! Sites with the quirks of real QRS servers: each alone, and all together. The site is a small
//! fake (tests/quirky).

use crate::support::machine::{fails, patchbay, says};
use crate::support::quirky::Quirky;
use crate::support::{Client, Server};
use serde_json::{Value as Json, json};

const SALES: &str = "5a1e5000-0000-4000-8000-000000000001";
const ANNA: &str = "5a1e5000-0000-4000-8000-000000000002";
const FINANCE: &str = "5a1e5000-0000-4000-8000-000000000003";
const STAGE: &str = "5a1e5000-0000-4000-8000-000000000004";

fn anna() -> Json {
    json!({"id": ANNA, "userId": "anna", "userDirectory": "CORP", "name": "Anna"})
}

/// The entities of a small site.
fn site() -> Json {
    let date = "2026-11-20T08:00:00.000Z";
    let dated = |mut entity: Json| {
        for (name, value) in
            [("createdDate", date), ("modifiedDate", date), ("modifiedByUserName", r"CORP\anna")]
        {
            entity[name] = value.into();
        }
        entity
    };
    let mut user = anna();
    user["roles"] = json!(["ContentAdmin"]);
    user["attributes"] = json!([{"attributeType": "group", "attributeValue": "Sales"}]);
    let value = dated(json!({
        "id": "5a1e5000-0000-4000-8000-000000000005", "value": "test",
        "definition": {"id": STAGE, "name": "stage", "valueType": "Text"}
    }));
    json!({
        "tag": [dated(json!({"id": FINANCE, "name": "finance"}))],
        "custompropertydefinition": [dated(json!({
            "id": STAGE, "name": "stage", "valueType": "Text", "choiceValues": ["test", "prod"],
            "objectTypes": ["DataConnection"]
        }))],
        "user": [dated(user)],
        "dataconnection": [dated(json!({
            "id": SALES, "name": "Sales", "connectionstring": "host=db", "type": "folder",
            "username": "reader", "logOn": 1, "architecture": 2, "owner": anna(),
            "tags": [{"id": FINANCE, "name": "finance"}], "customProperties": [value]
        }))],
        "systemrule": [
            dated(json!({
                "id": "5a1e5000-0000-4000-8000-000000000006", "name": "Read Sales",
                "category": "Security", "type": "Custom", "rule": "user.group = \"Sales\"",
                "resourceFilter": format!("DataConnection_{SALES}"), "actions": 2, "ruleContext": 2,
                "disabled": false, "seedId": "00000000-0000-0000-0000-000000000000"
            })),
            dated(json!({
                "id": "5a1e5000-0000-4000-8000-000000000007", "name": "Night shift",
                "category": "Security", "type": "Custom", "rule": "hour() > 20",
                "resourceFilter": "DataConnection_*", "actions": 2, "disabled": false
            })),
            dated(json!({
                "id": "5a1e5000-0000-4000-8000-000000000008", "name": "Old night shift",
                "category": "Security", "type": "Custom", "rule": "hour() > 22",
                "resourceFilter": "DataConnection_*", "actions": 2, "disabled": true
            }))
        ]
    })
}

/// What a pull brings in, without dates and ids of elements.
fn pulled(client: &Client) -> Json {
    let one = |path: &str| client.get(path).expect(200).json();
    let connection = one(&format!("/dataconnection/{SALES}"));
    let user = one(&format!("/user/{ANNA}"));
    let rules = one("/systemrule/full?filter=type eq 'Custom'&orderby=name");
    let rules = rules.as_array().unwrap().iter();
    let rules: Vec<Json> = rules
        .map(|rule| {
            json!([
                rule["name"],
                rule["rule"],
                rule["actions"],
                rule["ruleContext"],
                rule["disabled"]
            ])
        })
        .collect();
    let values = ["name", "connectionstring", "username", "logOn", "architecture"]
        .map(|name| connection[name].clone());
    json!({
        "tags": one("/tag"),
        "stage": [
            one(&format!("/custompropertydefinition/{STAGE}"))["choiceValues"],
            connection["customProperties"][0]["value"],
        ],
        "user": [user["userId"], user["roles"], user["attributes"][0]["attributeValue"]],
        "connection": values,
        "owner": connection["owner"]["id"],
        "rules": rules,
    })
}

fn expected() -> Json {
    json!({
        "tags": [{"id": FINANCE, "name": "finance"}],
        "stage": [["test", "prod"], "test"],
        "user": ["anna", ["ContentAdmin"], "Sales"],
        "connection": ["Sales", "host=db", "reader", 1, 2],
        "owner": ANNA,
        "rules": [
            ["Night shift", "hour() > 20", 2, 0, true],
            ["Old night shift", "hour() > 22", 2, 0, true],
            ["Read Sales", "user.group = \"Sales\"", 2, 2, false],
        ],
    })
}

/// A pull brings everything in, and the next one nothing.
#[track_caller]
fn is_pulled(here: &Server, quirks: &[&str]) {
    let output = patchbay(&here.data(), &["pull", "prod"]);
    let text = says(&output, &["new here: 1 tag", "system rule \"Night shift\" is disabled here"]);
    assert!(!text.contains("canary"), "{text}");
    assert_eq!(pulled(&here.repository()), expected(), "{quirks:?}");
    let again = says(&patchbay(&here.data(), &["pull", "prod"]), &[]);
    assert_eq!(again, "nothing new on prod\n", "{quirks:?}");
}

/// The quirks with which a site can be read as any other.
const HARMLESS: [&str; 17] = [
    "bom",
    "pascal-case",
    "enum-names",
    "texts",
    "unknown-fields",
    "no-privileges",
    "unordered",
    "dates",
    "passwords",
    "masked-passwords",
    "pieces",
    "closes",
    "busy",
    "drops",
    "slow",
    "no-previews",
    "tls12",
];

#[test]
#[ignore = "takes long; .ci/run long-tests runs it"]
fn each_quirk_alone_changes_nothing() {
    for quirk in HARMLESS {
        let site = Quirky::start(&site(), &[quirk]);
        is_pulled(&site.known_to_patchbay(), &[quirk]);
    }
}

#[test]
fn all_quirks_together_change_nothing() {
    let site = Quirky::start(&site(), &HARMLESS);
    is_pulled(&site.known_to_patchbay(), &HARMLESS);
}

#[test]
fn a_site_that_breaks_off_keeps_what_was_pulled_and_the_next_pull_goes_on() {
    let site = Quirky::start(&site(), &["breaks-off"]);
    let here = site.known_to_patchbay();
    let output = patchbay(&here.data(), &["pull", "prod"]);
    let so_far = "new here: 1 tag, 1 custom property definition, 1 user\n";
    assert_eq!(String::from_utf8(output.stdout.clone()).unwrap(), so_far);
    assert_eq!(output.status.code(), Some(1));
    fails(&output, "dataconnection/full broke off");
    fails(&output, "what was pulled so far is kept, and patchbay pull prod goes on");
    let rest = says(&patchbay(&here.data(), &["pull", "prod"]), &[]);
    assert!(rest.starts_with("new here: 1 data connection, 3 system rules\n"), "{rest}");
    assert_eq!(pulled(&here.repository()), expected());
}

#[test]
fn a_site_that_leads_elsewhere_or_answers_with_pages_is_named() {
    for (quirk, parts) in [
        ("redirects", ["does not accept the sign-in", "https://localhost/login/"]),
        ("html-errors", ["has nothing at /qrs/about (404); ", "check the url"]),
    ] {
        let site = Quirky::start(&json!({}), &[quirk]);
        let path = if quirk == "html-errors" { "/x" } else { "" };
        let output = site.add_to(&Server::start(), path);
        for part in parts {
            fails(&output, part);
        }
    }
}

/// A rule that can't be evaluated here is disabled, and in force as soon as the site has one that
/// can.
#[test]
fn a_rule_that_becomes_valid_is_enabled() {
    let mut entities = site();
    let first = Quirky::start(&entities, &[]);
    let here = first.known_to_patchbay();
    is_pulled(&here, &[]);
    let rules = entities["systemrule"].as_array_mut().unwrap();
    for rule in &mut rules[1..] {
        rule["rule"] = json!("user.group = \"Night\"");
    }
    let second = Quirky::start(&entities, &[]);
    second.become_known_to(&here);
    let changed = says(&patchbay(&here.data(), &["pull", "prod"]), &[]);
    assert_eq!(changed, "changed here: 2 system rules\n");
    let rules =
        here.repository().get("/systemrule/full?filter=name so 'night'&orderby=name").json();
    let states: Vec<Json> = rules
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| json!([rule["name"], rule["disabled"], rule["error"]]))
        .collect();
    assert_eq!(states, [json!(["Night shift", false, ""]), json!(["Old night shift", true, ""])]);
    assert_eq!(says(&patchbay(&here.data(), &["pull", "prod"]), &[]), "nothing new on prod\n");
}

/// Users of a site can have names that are one name here, and tags can have the same name.
#[test]
fn names_that_are_one_here_are_to_be_decided() {
    let mut entities = site();
    let users = entities["user"].as_array_mut().unwrap();
    let mut other = users[0].clone();
    other["id"] = json!("5a1e5000-0000-4000-8000-000000000012");
    other["userId"] = json!("ANNA");
    users.push(other.clone());
    let tags = entities["tag"].as_array_mut().unwrap();
    let mut tag = tags[0].clone();
    tag["id"] = json!("5a1e5000-0000-4000-8000-000000000013");
    tags.push(tag);
    let connections = entities["dataconnection"].as_array_mut().unwrap();
    let mut second = connections[0].clone();
    second["id"] = json!("5a1e5000-0000-4000-8000-000000000014");
    second["name"] = json!("Second");
    second["owner"] = other;
    connections.push(second);
    let site = Quirky::start(&entities, &[]);
    let here = site.known_to_patchbay();
    let output = patchbay(&here.data(), &["pull", "prod"]);
    assert_eq!(output.status.code(), Some(4));
    let printed = String::from_utf8(output.stdout).unwrap();
    for part in [
        "new here: 2 tags",
        r#"! user "CORP\ANNA": the user of this name here is the counterpart of another one"#,
        r#"data connection "Second" can't be stored here: owner: "#,
    ] {
        assert!(printed.contains(part), "{part}: {printed}");
    }
    let client = here.repository();
    assert_eq!(client.names("dataconnection", ""), ["Sales"]);
}

/// Values that can't be stored here are named, and everything else is pulled.
#[test]
fn what_can_not_be_stored_here_is_named() {
    let mut entities = site();
    let connections = entities["dataconnection"].as_array_mut().unwrap();
    for (number, (name, field, value)) in [
        ("long", "connectionstring", json!("x".repeat(100_001))),
        ("number", "logOn", json!(7)),
        (
            "unknown value",
            "customProperties",
            json!([{"value": "live", "definition": {"id": STAGE, "name": "stage"}}]),
        ),
        ("no type", "type", Json::Null),
        ("no id", "id", json!("7")),
    ]
    .into_iter()
    .enumerate()
    {
        let mut connection = connections[0].clone();
        connection["id"] = json!(format!("5a1e5000-0000-4000-8000-0000000001{number:02}"));
        connection["name"] = json!(name);
        connection[field] = value;
        connections.push(connection);
    }
    let site = Quirky::start(&entities, &[]);
    let here = site.known_to_patchbay();
    let output = patchbay(&here.data(), &["pull", "prod"]);
    assert_eq!(output.status.code(), Some(4));
    fails(&output, "5 entities can't be stored here");
    let printed = String::from_utf8(output.stdout).unwrap();
    for part in [
        "\"long\" can't be stored here: connectionstring: is too long",
        "\"number\" can't be stored here: logOn: ",
        "\"unknown value\" can't be stored here: customProperties",
        "\"no type\" can't be stored here: type: is required",
        "\"no id\" can't be stored here: the site shows it without a valid id",
    ] {
        assert!(printed.contains(part), "{part}: {printed}");
    }
    assert_eq!(here.repository().names("dataconnection", ""), ["Sales"]);
}
