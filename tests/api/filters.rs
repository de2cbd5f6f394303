//! Filters and orders, on a small site.

use crate::support::{Client, Server, connection, encode, id};
use serde_json::json;

const CORPUS: &str = include_str!("../corpus/filters.txt");
const TYPES: [&str; 4] = ["dataconnection", "tag", "custompropertydefinition", "user"];

/// Four connections: two of bert's, one tagged twice, one in another environment.
fn site(client: &Client) {
    let bert = client
        .create("user", &json!({"userDirectory": "LAB", "userId": "bert", "name": "Bert Berg"}));
    client.create(
        "user",
        &json!({"userDirectory": "LAB", "userId": "anna", "name": "Ärna", "roles": ["RootAdmin"]}),
    );
    let finance = client.create("tag", &json!({"name": "Finance"}));
    let research = client.create("tag", &json!({"name": "R&D"}));
    for (name, kind) in
        [("env", "DataConnection"), ("owner_group", "DataConnection"), ("keep", "User")]
    {
        client.create(
            "custompropertydefinition",
            &json!({"name": name, "objectTypes": [kind], "choiceValues": []}),
        );
    }
    let value =
        |definition: &str, value: &str| json!({"value": value, "definition": {"name": definition}});
    for (name, kind, owner, tags, values) in [
        (
            "Sales",
            "QvOdbcConnectorPackage.exe",
            &bert,
            vec![&finance, &research],
            vec![value("env", "prod"), value("owner_group", "a")],
        ),
        (
            "sales archive",
            "folder",
            &bert,
            vec![&finance],
            vec![value("env", "test"), value("owner_group", "prod")],
        ),
        (
            "Q1'25",
            "internet",
            &json!({}),
            vec![&research],
            vec![value("env", "prod"), value("env", "test")],
        ),
        ("Straße_50%", "internet", &json!({}), vec![], vec![]),
    ] {
        let mut body = connection(name);
        body["type"] = json!(kind);
        body["owner"] = owner.clone();
        body["tags"] = tags.into_iter().map(|tag| json!({"id": tag["id"]})).collect();
        body["customProperties"] = values.into();
        client.create("dataconnection", &body);
    }
}

const SALES: &str = "Sales";
const ARCHIVE: &str = "sales archive";
const QUARTER: &str = "Q1'25";
const STREET: &str = "Straße_50%";

#[test]
fn filters_return_the_matching_entities() {
    let server = Server::start();
    let client = server.repository();
    site(&client);
    for (filter, expected) in [
        ("name eq 'SALES'", vec![SALES]),
        ("name ne 'sales'", vec![ARCHIVE, QUARTER, STREET]),
        ("name sw 'sal'", vec![SALES, ARCHIVE]),
        ("name ew 'ARCHIVE'", vec![ARCHIVE]),
        ("name so 'a'", vec![SALES, ARCHIVE, STREET]),
        (r"name eq 'Q1\'25'", vec![QUARTER]),
        ("name eq 'Q1''25'", vec![QUARTER]),
        ("name eq 'STRAẞE_50%'", vec![STREET]),
        ("name eq 'STRASSE_50%'", vec![]),
        ("name so '_5'", vec![STREET]),
        ("name so '%'", vec![STREET]),
        ("name so '?'", vec![]),
        ("name sw ''", vec![SALES, ARCHIVE, QUARTER, STREET]),
        ("type eq internet", vec![QUARTER, STREET]),
        ("not type eq internet", vec![SALES, ARCHIVE]),
        ("type eq 'folder' or type eq 'internet' and name sw 'Q'", vec![ARCHIVE, QUARTER]),
        ("(type eq 'folder' or type eq 'internet') and name sw 'Q'", vec![QUARTER]),
        ("owner.userId eq 'bert'", vec![SALES, ARCHIVE]),
        ("owner.userId ne 'bert' and owner.userDirectory eq internal", vec![QUARTER, STREET]),
        ("owner.name so 'berg' and owner.userDirectory eq 'lab'", vec![SALES, ARCHIVE]),
        ("(tags.name eq 'R&D')", vec![SALES, QUARTER]),
        ("(tags.name eq 'Finance' or tags.name eq 'R&D')", vec![SALES, ARCHIVE, QUARTER]),
        ("tags.name eq 'finance' and tags.name eq 'r&d'", vec![SALES]),
        ("tags.name eq 'Finance' and tags.name ne 'R&D'", vec![ARCHIVE]),
        ("tags.name ne 'R&D' and tags.name eq 'Finance'", vec![ARCHIVE]),
        ("(tags.name eq 'Finance' or tags.name eq 'old') and tags.name eq 'R&D'", vec![SALES]),
        (
            "(tags.name eq 'Finance' or tags.name eq 'x') and (tags.name eq 'y' or tags.name eq \
             'R&D')",
            vec![SALES],
        ),
        ("tags.name ne 'Finance'", vec![QUARTER, STREET]),
        ("@2024 eq 'x'", vec![]),
        ("@2024 ne 'x'", vec![SALES, ARCHIVE, QUARTER, STREET]),
        ("tags eq null", vec![STREET]),
        ("tags ne null", vec![SALES, ARCHIVE, QUARTER]),
        (
            "customProperties.definition.name eq 'env' and customProperties.value eq 'prod'",
            vec![SALES, QUARTER],
        ),
        (
            "(customProperties.definition.name eq 'env') and (customProperties.value eq 'prod')",
            vec![SALES, QUARTER],
        ),
        ("customProperties.value eq 'prod'", vec![SALES, ARCHIVE, QUARTER]),
        (
            "customProperties.definition.name eq 'env' and customProperties.value ne 'prod'",
            vec![ARCHIVE, QUARTER],
        ),
        (
            "customProperties.definition.name eq 'owner_group' and customProperties.value ne null",
            vec![SALES, ARCHIVE],
        ),
        ("@env eq 'prod'", vec![SALES, QUARTER]),
        ("@ENV sw 't'", vec![ARCHIVE, QUARTER]),
        ("@env eq 'prod' and @env eq 'test'", vec![QUARTER]),
        ("@env ne 'prod'", vec![ARCHIVE, STREET]),
        ("@unheard eq 'x'", vec![]),
        ("@unheard ne 'x'", vec![SALES, ARCHIVE, QUARTER, STREET]),
        ("owner.roles eq 'RootAdmin'", vec![]),
        ("createdDate ge '2024-01-01T00:00:00.000Z'", vec![SALES, ARCHIVE, QUARTER, STREET]),
        ("createdDate lt '2024-01-01 00:00:00'", vec![]),
        ("modifiedDate gt '2099-01-01'", vec![]),
        ("modifiedByUserName eq 'internal\\\\sa_repository' and name eq 'Sales'", vec![SALES]),
        (r"modifiedByUserName eq 'INTERNAL\sa_repository' and name eq 'Sales'", vec![SALES]),
        ("createdDate gt '9/20/2013 10:09:00 AM' and name eq 'Sales'", vec![SALES]),
        ("createdDate lt '/Date(1895975200000+0200)/' and name eq 'Sales'", vec![SALES]),
        ("logOn eq 1", vec![]),
        ("logOn lt 1 and architecture eq Undefined and name sw 's' and name ew 's'", vec![SALES]),
        ("name eq null", vec![]),
        ("   ", vec![SALES, ARCHIVE, QUARTER, STREET]),
    ] {
        assert_eq!(client.names("dataconnection", filter), expected, "{filter}");
        let count = client
            .get(&format!("/dataconnection/count?filter={}", encode(filter)))
            .expect(200)
            .json();
        assert_eq!(count["value"], expected.len(), "{filter}");
    }
}

#[test]
fn other_types_have_the_same_filters() {
    let server = Server::start();
    let client = server.repository();
    site(&client);
    for (entity, filter, expected) in [
        ("custompropertydefinition", "objectTypes eq 'DataConnection'", vec!["env", "owner_group"]),
        ("custompropertydefinition", "objectTypes ne 'DataConnection'", vec!["keep"]),
        ("user", "roles eq 'rootadmin'", vec!["Ärna"]),
        ("user", "name eq 'ÄRNA'", vec!["Ärna"]),
        ("user", "userid eq 'bert' and userdirectory eq 'Lab'", vec!["Bert Berg"]),
        ("user", "userDirectory ne 'INTERNAL'", vec!["Bert Berg", "Ärna"]),
        ("user", "deleteProhibited eq True and userId eq sa_repository", vec!["sa_repository"]),
        ("user", "@KeepUser ne 'keep' and userDirectory eq 'LAB'", vec!["Bert Berg", "Ärna"]),
        ("tag", "name so '&'", vec!["R&D"]),
    ] {
        assert_eq!(client.names(entity, filter), expected, "{entity}: {filter}");
    }
}

/// The corpus lists the filters by the types that accept them; other types refuse an unknown name.
#[test]
fn every_filter_that_clients_send_parses() {
    let server = Server::start();
    let client = server.repository();
    let mut understood_by = Vec::new();
    let mut requests = 0;
    for line in CORPUS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(heading) = line.strip_prefix('[') {
            understood_by = heading.trim_end_matches(']').split(' ').collect();
            continue;
        }
        for entity in TYPES {
            let reply = client.get(&format!("/{entity}/count?filter={}", encode(line)));
            if understood_by.contains(&entity) {
                assert!(reply.expect(200).json()["value"].is_u64(), "{entity}: {line}");
            } else {
                let message = reply.expect(400).message();
                assert!(
                    message.contains("has no property")
                        || message.contains("has no custom properties"),
                    "{message}"
                );
            }
        }
        requests += 1;
    }
    assert!(requests > 70);
}

#[test]
fn an_unencoded_value_is_explained() {
    let server = Server::start();
    let client = server.repository();
    client
        .get("/dataconnection?filter=tags.name eq 'R&D'")
        .expect(400)
        .says(&["Missing parameter value(s)", "%26"]);
    client.get("/dataconnection?filter=%ff").expect(400).says(&["UTF-8"]);
    client.get("/dataconnection?filter=a&filter=b").expect(400).says(&["filter", "twice"]);
    for nul in ["name so '%00'", "name ew '%00x'", "name eq '%00'"] {
        client
            .get(&format!("/dataconnection?filter={nul}"))
            .expect(400)
            .says(&["position 10", "NUL"]);
    }
    client.get("/dataconnection?filter=()").expect(400).says(&["Invalid expression"]);
    client
        .get("/dataconnection?filter=name eq \"x\"")
        .expect(400)
        .says(&["Cannot parse the expression:", "position 9"]);
}

#[test]
fn filters_beyond_a_limit_are_refused_with_the_limit() {
    let server = Server::start();
    let client = server.repository();
    let many = |count: usize| {
        encode(&vec![format!("id eq {}", crate::support::UNKNOWN_ID); count].join(" or "))
    };
    client.get(&format!("/dataconnection/count?filter={}", many(150))).expect(200);
    client.get(&format!("/dataconnection/count?filter={}", many(190))).expect(400).says(&["8192"]);
    let deep = format!("{}logOn eq 1{}", "(".repeat(65), ")".repeat(65));
    client
        .get(&format!("/dataconnection/count?filter={}", encode(&deep)))
        .expect(400)
        .says(&["64 deep"]);
}

#[test]
fn lists_can_be_sorted_by_several_properties_and_along_references() {
    let server = Server::start();
    let client = server.repository();
    site(&client);
    for (order, expected) in [
        ("name", [QUARTER, SALES, ARCHIVE, STREET]),
        ("name desc", [STREET, ARCHIVE, SALES, QUARTER]),
        ("type,name DESC", [ARCHIVE, STREET, QUARTER, SALES]),
        ("owner.userId desc, name asc", [QUARTER, STREET, SALES, ARCHIVE]),
        ("logOn", [SALES, ARCHIVE, QUARTER, STREET]),
        ("", [SALES, ARCHIVE, QUARTER, STREET]),
    ] {
        for form in ["", "/full"] {
            let list = client
                .get(&format!("/dataconnection{form}?orderby={}", encode(order)))
                .expect(200)
                .json();
            let names: Vec<&str> = list
                .as_array()
                .unwrap()
                .iter()
                .map(|item| item["name"].as_str().unwrap())
                .collect();
            assert_eq!(names, expected, "{order}");
        }
    }
    client
        .get("/dataconnection?orderby=tags.name")
        .expect(400)
        .says(&["tags.name", "used for sorting"]);
}

#[test]
fn lists_longer_than_one_chunk_arrive_whole() {
    let server = Server::start();
    let client = server.repository();
    let tag = client.create("tag", &json!({"name": "many"}));
    let bodies: Vec<_> = (0..1500)
        .map(|number| {
            let mut body = connection(&format!("c{number:04}"));
            body["tags"] = json!([{"id": tag["id"]}]);
            body
        })
        .collect();
    client.post("/dataconnection/many", &json!(bodies)).expect(201);
    let list = client.get("/dataconnection/full?orderby=name").expect(200).json();
    let list = list.as_array().unwrap();
    assert_eq!(list.len(), 1500);
    for (number, item) in list.iter().enumerate() {
        assert_eq!(item["name"], format!("c{number:04}"));
        assert_eq!(item["tags"][0]["id"], id(&tag));
    }
    let condensed = client.get("/dataconnection").expect(200).json();
    assert_eq!(condensed.as_array().unwrap().len(), 1500);
}

#[test]
fn a_backslash_escapes_only_a_quote_and_a_backslash() {
    let server = Server::start();
    let client = server.repository();
    for (name, text) in [
        ("drive", r"C:\data\new"),
        ("share", r"\\fs01\share$"),
        ("quote", r"it's \'"),
        ("end", r"x\"),
    ] {
        let mut body = connection(name);
        body["connectionstring"] = json!(text);
        client.create("dataconnection", &body);
    }
    for (filter, expected) in [
        (r"connectionstring sw 'C:\data'", vec!["drive"]),
        (r"connectionstring eq 'c:\\data\\new'", vec!["drive"]),
        (r"connectionstring so '\new'", vec!["drive"]),
        (r"connectionstring so '\\fs01\share$'", vec!["share"]),
        (r"connectionstring eq '\\\\fs01\\share$'", vec!["share"]),
        (r"connectionstring sw '\\\fs01'", vec!["share"]),
        (r"connectionstring eq 'it\'s \\\''", vec!["quote"]),
        (r"connectionstring ew '\\'", vec!["end"]),
        (r"connectionstring so '\%'", vec![]),
        (r"connectionstring so '\_'", vec![]),
    ] {
        assert_eq!(client.names("dataconnection", filter), expected, "{filter}");
    }
    let filter = encode(r"connectionstring eq 'x\'");
    client
        .get(&format!("/dataconnection?filter={filter}"))
        .expect(400)
        .says(&["never closed", r"a backslash at the end as \\"]);
}

#[test]
fn a_look_alike_character_is_named_in_the_message() {
    let server = Server::start();
    let client = server.repository();
    let filters = [
        ("name\u{a0}eq 'x'", "U+00A0 (a no-break space"),
        ("name eq\u{a0}'x'", "U+00A0"),
        ("name eq 'x'\u{202f}and name eq 'y'", "U+202F"),
        ("name eq 'x' and \u{feff}name eq 'y'", "U+FEFF"),
        ("name eq \u{2018}x\u{2019}", "U+2018, a typographic quote"),
        ("name eq \u{201c}x\u{201d}", "U+201C"),
        ("name eq \"x\"", "a double quote"),
    ];
    for (filter, part) in filters {
        client.get(&format!("/dataconnection?filter={}", encode(filter))).expect(400).says(&[part]);
    }
    for (rule, part) in [
        ("user.name\u{a0}= \"x\"", "U+00A0 (a no-break space"),
        ("user.name =\u{a0}\"x\"", "U+00A0"),
        ("user.name = \u{201c}x\u{201d}", "U+201C, a typographic quote"),
        ("user.name = \u{201e}x\u{201c}", "U+201E"),
        ("user.name = \"x\" and\u{200b} user.name = \"y\"", "U+200B"),
    ] {
        client
            .post("/systemrule", &crate::support::rules::rule("r", rule, 2))
            .expect(400)
            .says(&["rule: at position", part]);
    }
}
