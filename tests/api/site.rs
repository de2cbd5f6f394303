//! The rules of a whole site: 100 users, 500 connections, rules that people have published and
//! rules that are common on sites. The expected access is written out by hand below; no code here
//! computes it.
//!
//! How to check it: each of the five groups has the users 01 to 20 and the connections 000 to 099.
//! Connection *i* of a group
//! - belongs to user *i* mod 20 + 1 of the group: 000 to 01, 014 to 15, 021 to 02;
//! - has a type by its range: 00-19 ODBC, 20-39 REST, 40-59 folder, 60-79 internet, 80-99 Custom;
//! - has a custom property by its last digit: 0 `DataConnectionType` = QVD, 1 `DevGroup` = the
//!   group, 2 `Group` = the group, 3 `Team` = the next group in capitals (Marketing's is SALES);
//!   with last digit 4, it has the tag "archive" instead.
//!
//! Each user has the group as an attribute and as the custom property `Department`; users 01 to 10
//! also have it as `Group`. So sales15 sees 5 own connections (last digit 4), 50 QVD of all groups,
//! 10 of `DevGroup` Sales, 10 of Marketing for the team Sales, and in the QMC two by name: 77.
//! sales15 can update the 5 own ones and the 10 of `DevGroup`: 15.

use crate::support::{Client, Reply, Server, connection, id};
use serde_json::{Value as Json, json};

const GROUPS: [&str; 5] = ["Sales", "Finance", "HR", "IT", "Marketing"];
const TYPES: [&str; 5] =
    ["QvOdbcConnectorPackage.exe", "QvRestConnector.exe", "folder", "internet", "Custom"];
const HUB: &str = "Context=AppAccess";
const QMC: &str = "Context=ManagementAccess";

/// Additional roles. The users 01 have roles as well, and administrate their departments. User 20
/// of each group is also in Sydney.
const ROLES: [(&str, &str); 4] = [
    ("sales05", "Cleaner"),
    ("finance02", "ContentAdmin"),
    ("hr03", "Steward"),
    ("marketing09", "Auditor"),
];

/// Name, resource filter, actions, context (0 both, 1 hub, 2 QMC) and condition. `<name>` stands
/// for the id of a connection.
const RULES: [(&str, &str, i64, i64, &str); 18] = [
    // Rules that people who run Qlik Sense have published.
    (
        "All but REST",
        "DataConnection_*",
        15,
        0,
        r#"resource.type!="QvRestConnector.exe" and (user.group="IT")"#,
    ),
    ("QVD for all", "DataConnection_*", 2, 0, r#"resource.@DataConnectionType="QVD""#),
    (
        "Developers",
        "Stream*,App*,Tag*,DataConnection*",
        46,
        0,
        r#"resource.resourcetype="DataConnection" and resource.@DevGroup = user.group"#,
    ),
    ("By group", "DataConnection_*", 2, 0, "((user.@Group=resource.@Group))"),
    (
        "DataConnection in Sydney",
        "DataConnection_*",
        1,
        1,
        r#"((resource.type!="folder" and resource.type!="Custom") and (user.group="Sydney"))"#,
    ),
    ("One for a guest", "DataConnection_<it-021>", 2, 0, r#"user.name="Olga Guest""#),
    // Further rules that sites have.
    ("Share by team", "DataConnection_*", 2, 0, "resource.@Team = user.group"),
    (
        "Department administrators",
        "DataConnection_*",
        14,
        0,
        r#"user.roles = "DepartmentAdmin" and resource.owner.@Department = user.@Department"#,
    ),
    (
        "Colleagues",
        "User_*",
        2,
        0,
        r#"user.roles = "DepartmentAdmin" and resource.group = user.group"#,
    ),
    ("Auditors", "DataConnection_*", 2, 2, r#"user.roles = "auditor""#),
    (
        "HR in the hub",
        "DataConnection_*",
        2,
        1,
        r#"resource.type = "Internet" and user.group = "HR""#,
    ),
    // Create is among its actions, but a rule on a single connection can't grant it.
    ("One to work on", "DataConnection_<finance-065>", 7, 0, r#"user.userId = "sales05""#),
    (
        "Stewards",
        "DataConnection_*",
        70,
        0,
        r#"user.roles = "Steward" and resource.name like "HR-0?5""#,
    ),
    (
        "Cleaners",
        "DataConnection_*",
        8,
        0,
        r#"user.roles = "Cleaner" and resource.HasPrivilege("update")"#,
    ),
    (
        "Partners",
        "DataConnection_*",
        2,
        0,
        r#"user.email matches ".*@partner\.example" and resource.name matches "marketing-09\d""#,
    ),
    (
        "Marketing sees teams",
        "Data*",
        2,
        0,
        r#"user.group = "Marketing" and !resource.@Team.Empty()"#,
    ),
    (
        "Deputy",
        "DataConnection_*",
        6,
        0,
        "user.userId = \"finance07\"\n\tand resource.owner.userId = \"finance08\"",
    ),
    (
        "Two by name",
        "DataConnection_*",
        2,
        2,
        r#"user.group = "Sales" && resource.name = {"it-042", "it-062"}"#,
    ),
];

/// The connections of the tables below, with their owner, type and other properties that rules use.
const SHOWN: [&str; 10] = [
    "sales-014",     // sales15, ODBC
    "sales-021",     // sales02, REST, DevGroup Sales
    "sales-060",     // sales01, internet, QVD
    "finance-007",   // finance08, ODBC
    "finance-065",   // finance06, internet
    "hr-045",        // hr06, folder
    "hr-023",        // hr04, REST, Team IT
    "it-021",        // it02, REST, DevGroup IT
    "it-042",        // it03, folder, Group IT
    "marketing-092", // marketing13, Custom, Group Marketing
];

/// The user, how many connections the user can see and update, and the user's rights on those of
/// [`SHOWN`]: create, read, update, delete, change owner, or `-` if the user can't see it.
type Access = (&'static str, usize, usize, &'static str);

/// IT has no access to the 20 REST connections of each of five groups, which leaves 400, plus 17 by
/// other rules for it04 (10 QVD, 2 `DevGroup`, 2 `Group`, 2 `Team`, 1 own) and 15 for it20, who has
/// no `Group`.
#[rustfmt::skip]
const IN_QMC: [Access; 12] = [
    ("sales01",     152, 100, "rud   rud   rudo  -     -     -     -     -     r     -"),
    ("sales05",      88,  16, "-     rud   r     -     rud   -     -     -     r     -"),
    ("sales15",      77,  15, "rudo  rud   r     -     -     -     -     -     r     -"),
    ("finance02",   500, 500, "crudo crudo crudo crudo crudo crudo crudo crudo crudo crudo"),
    ("finance07",    90,  20, "-     -     r     ru    -     -     -     -     -     -"),
    ("hr03",         90,  25, "-     -     r     -     -     ruo   -     -     -     -"),
    ("hr12",         71,  10, "-     -     r     -     -     -     -     r     -     -"),
    ("it04",        417, 403, "crud  -     crud  crud  crud  crud  r     rud   crud  crud"),
    ("it20",        415, 403, "crud  -     crud  crud  crud  crud  r     rud   crud  crud"),
    ("marketing09", 500,  15, "r     r     r     r     r     r     r     r     r     r"),
    ("marketing12", 117,  10, "-     -     r     -     -     -     r     -     -     r"),
    ("marketing20", 115,  15, "-     -     r     -     -     -     r     -     -     -"),
];

/// In the hub, the administrator and the auditor have no additional rights, and Sales lacks two
/// connections by name. HR sees 100 of type internet: for hr03, 18 of them are among the 90
/// already, for hr12, 14 among the 71. Users in Sydney may create.
#[rustfmt::skip]
const IN_HUB: [Access; 12] = [
    ("sales01",     150, 100, "rud   rud   rudo  -     -     -     -     -     -     -"),
    ("sales05",      86,  16, "-     rud   r     -     rud   -     -     -     -     -"),
    ("sales15",      75,  15, "rudo  rud   r     -     -     -     -     -     -     -"),
    ("finance02",    80,  10, "-     -     r     -     -     -     -     -     -     -"),
    ("finance07",    90,  20, "-     -     r     ru    -     -     -     -     -     -"),
    ("hr03",        172,  25, "-     -     r     -     r     ruo   -     -     -     -"),
    ("hr12",        157,  10, "-     -     r     -     r     -     -     r     -     -"),
    ("it04",        417, 403, "crud  -     crud  crud  crud  crud  r     rud   crud  crud"),
    ("it20",        415, 403, "crud  -     crud  crud  crud  crud  cr    crud  crud  crud"),
    ("marketing09", 125,  15, "-     -     r     -     -     -     r     -     -     r"),
    ("marketing12", 117,  10, "-     -     r     -     -     -     r     -     -     r"),
    ("marketing20", 115,  15, "-     -     cr    -     -     -     cr    -     -     -"),
];

/// Who may create connections of which type. The default rule that allows it to all users is
/// disabled, as the authors of the rule for Sydney advise.
const CREATING: [(&str, &str, &str, u16); 14] = [
    ("sales15", QMC, "internet", 403),
    ("sales15", HUB, "internet", 403),
    ("marketing20", HUB, "internet", 201),
    ("marketing20", HUB, "QvRestConnector.exe", 201),
    ("marketing20", HUB, "Folder", 403),
    ("marketing20", HUB, "custom", 403),
    ("marketing20", QMC, "internet", 403),
    ("it04", QMC, "folder", 201),
    ("it04", HUB, "QvRestConnector.exe", 403),
    ("it20", HUB, "QvRestConnector.exe", 201),
    ("finance02", QMC, "internet", 201),
    ("finance02", QMC, "folder", 201),
    ("finance02", HUB, "folder", 201),
    ("finance02", HUB, "internet", 403),
];

fn custom_property(name: &str, value: &str) -> Json {
    json!({"value": value, "definition": {"name": name}})
}

fn user(group: &str, number: usize) -> Json {
    let user_id = format!("{}{number:02}", group.to_lowercase());
    let attribute =
        |kind: &str, value: &str| json!({"attributeType": kind, "attributeValue": value});
    let mut attributes = vec![attribute("group", group)];
    let mut properties = vec![custom_property("Department", group)];
    if number == 20 {
        attributes.push(attribute("Group", "Sydney"));
    }
    if user_id == "marketing12" {
        attributes.push(attribute("email", "Mary@Partner.example"));
    }
    if number <= 10 {
        properties.push(custom_property("Group", group));
    }
    let mut roles: Vec<&str> =
        ROLES.iter().filter(|(name, _)| *name == user_id).map(|(_, role)| *role).collect();
    if number == 1 {
        roles.push("DepartmentAdmin");
    }
    let name = if user_id == "hr12" { "Olga Guest" } else { &user_id };
    json!({
        "userDirectory": "LAB", "userId": user_id, "name": name, "roles": roles,
        "attributes": attributes,
        "customProperties": properties,
    })
}

fn connection_of(group: usize, number: usize, tag: &str) -> Json {
    let (name, next) = (GROUPS[group], GROUPS[(group + 1) % 5].to_uppercase());
    let mut body = connection(&format!("{}-{number:03}", name.to_lowercase()));
    body["type"] = json!(TYPES[number / 20]);
    body["owner"] = json!({
        "userDirectory": "LAB",
        "userId": format!("{}{:02}", name.to_lowercase(), number % 20 + 1)
    });
    match number % 10 {
        0 => body["customProperties"] = json!([custom_property("DataConnectionType", "QVD")]),
        1 => body["customProperties"] = json!([custom_property("DevGroup", name)]),
        2 => body["customProperties"] = json!([custom_property("Group", name)]),
        3 => body["customProperties"] = json!([custom_property("Team", &next)]),
        4 => body["tags"] = json!([{"id": tag}]),
        _ => {}
    }
    body
}

/// The rules of the table, a disabled one and one of another category: 20.
fn rules(connections: &Json) -> Json {
    let id_of = |name: &str| {
        id(connections.as_array().unwrap().iter().find(|row| row["name"] == name).unwrap())
    };
    let filter = |text: &str| match text.split_once('<') {
        Some((kind, name)) => format!("{kind}{}", id_of(name.trim_end_matches('>'))),
        None => text.to_owned(),
    };
    let mut rules: Vec<Json> = RULES
        .iter()
        .map(|(name, resources, actions, context, condition)| {
            json!({
                "name": name, "resourceFilter": filter(resources), "actions": actions,
                "ruleContext": context,
                "rule": condition,
            })
        })
        .collect();
    rules.push(json!({"name": "Off", "resourceFilter": "*", "actions": 8191, "disabled": true}));
    rules.push(
        json!({"name": "Licenses", "resourceFilter": "*", "actions": 8191, "category": "License"}),
    );
    json!(rules)
}

fn site() -> Server {
    let server = Server::start();
    let client = server.repository();
    let definitions: Vec<Json> = ["Department", "Group", "DataConnectionType", "DevGroup", "Team"]
        .iter()
        .map(|name| json!({"name": name, "objectTypes": ["User", "DataConnection"]}))
        .collect();
    client.create("custompropertydefinition/many", &json!(definitions));
    let tag = id(&client.create("tag/many", &json!([{"name": "archive"}]))[0]);
    let users = GROUPS.iter().flat_map(|group| (1..=20).map(|number| user(group, number)));
    client.create("user/many", &users.collect());
    let connections = (0..5).flat_map(|group| (0..100).map(move |number| (group, number)));
    let connections =
        connections.map(|(group, number)| connection_of(group, number, &tag)).collect();
    let connections = client.create("dataconnection/many", &connections);
    assert_eq!(connections.as_array().unwrap().len(), 500);
    client.create("systemrule/many", &rules(&connections));
    let found = client.get("/systemrule?filter=name eq 'DataConnection'").expect(200).json();
    let request =
        client.request("PUT", &format!("/systemrule/{}", id(&found[0]))).header("If-Match", "*");
    Reply::of(request.json(&json!({"disabled": true}))).expect(200);
    server
}

fn get(client: &Client, context: &str, path: &str) -> Json {
    Reply::of(client.request("GET", path).header("X-Qlik-Security", context)).expect(200).json()
}

/// The privileges that apply to connections, one letter each.
fn letters(row: &Json) -> String {
    let names =
        [("create", 'c'), ("read", 'r'), ("update", 'u'), ("delete", 'd'), ("changeowner", 'o')];
    let privileges = row["privileges"].as_array().unwrap();
    names
        .iter()
        .filter(|(name, _)| privileges.contains(&json!(name)))
        .map(|(_, letter)| *letter)
        .collect()
}

fn check(client: &Client, context: &str, (user_id, seen, updated, shown): Access) {
    let list = get(client, context, "/dataconnection?privileges=true");
    let rows = list.as_array().unwrap();
    for (name, expected) in SHOWN.iter().zip(shown.split_whitespace()) {
        let row = rows.iter().find(|row| row["name"] == *name);
        assert_eq!(row.map_or("-".to_owned(), letters), expected, "{user_id} on {name}, {context}");
    }
    let updatable = rows.iter().filter(|row| letters(row).contains('u')).count();
    assert_eq!((rows.len(), updatable), (seen, updated), "{user_id}, {context}");
    assert_eq!(
        get(client, context, "/dataconnection/count")["value"],
        seen,
        "{user_id}, {context}"
    );
}

#[test]
fn every_user_has_exactly_the_access_in_these_tables() {
    let server = site();
    for (context, table) in [(QMC, IN_QMC), (HUB, IN_HUB)] {
        for access in table {
            check(&server.user(access.0), context, access);
        }
    }
    for (number, (user_id, context, kind, expected)) in CREATING.into_iter().enumerate() {
        let mut body = connection(&format!("new {number}"));
        body["type"] = json!(kind);
        let request = server
            .user(user_id)
            .request("POST", "/dataconnection")
            .header("X-Qlik-Security", context);
        assert_eq!(Reply::of(request.json(&body)).status, expected, "{user_id} {context} {kind}");
    }
}

/// Filters see only the owners that a rule makes readable: colleagues for department
/// administrators, otherwise oneself.
#[test]
fn filters_see_only_owners_that_rules_make_readable() {
    let server = site();
    for (user_id, owner, expected) in [
        ("sales01", "sales01", 5),
        ("sales01", "sales15", 5),
        // The user's connections are for the team Sales: sales01 sees them, but can't filter them
        // by their owner.
        ("sales01", "marketing04", 0),
        ("sales15", "sales15", 5),
        ("sales15", "sales02", 0),
        ("finance07", "finance08", 0),
        ("finance02", "finance08", 5),
        ("finance02", "it20", 5),
    ] {
        let path = format!("/dataconnection/count?filter=owner.userId eq '{owner}'");
        assert_eq!(
            get(&server.user(user_id), QMC, &path)["value"],
            expected,
            "{user_id} on {owner}"
        );
    }
    let tagged = |user_id: &str| {
        get(&server.user(user_id), QMC, "/dataconnection/count?filter=tags.name eq 'archive'")
    };
    // All connections with the last digit 4: of the whole site, of Sales, and the user's own.
    assert_eq!(tagged("finance02")["value"], 50);
    assert_eq!(tagged("sales01")["value"], 10);
    assert_eq!(tagged("sales15")["value"], 5);
}
