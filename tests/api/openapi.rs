//! The OpenAPI document compared with its snapshot in the repository, the facts of the contract,
//! and the handlers.

use crate::support::Server;
use crate::support::types::types;
use serde_json::Value as Json;
use std::collections::BTreeSet;

fn document() -> Json {
    serde_json::from_str(&patchbay::openapi::document().to_json().unwrap()).unwrap()
}

/// Resolves `json` if it is a reference.
fn resolve<'a>(document: &'a Json, json: &'a Json) -> &'a Json {
    match json.get("$ref").and_then(Json::as_str) {
        Some(reference) => {
            let found = document
                .pointer(reference.trim_start_matches('#'))
                .unwrap_or_else(|| panic!("{reference} is not there"));
            resolve(document, found)
        }
        None => match json.get("allOf").and_then(Json::as_array).map(Vec::as_slice) {
            Some([only]) => resolve(document, only),
            _ => json,
        },
    }
}

#[test]
fn the_snapshot_is_up_to_date() {
    let snapshot = include_str!("../../openapi/patchbay.json");
    let current = patchbay::openapi::document().to_pretty_json().unwrap();
    assert!(snapshot.trim() == current.trim(), "run: cargo run -- openapi > openapi/patchbay.json");
}

/// Asserts that `actual` has every fact of the contract; it may have more.
fn assert_contains(document: &Json, facts: &Json, actual: &Json, place: &str) {
    let actual = resolve(document, actual);
    match facts {
        Json::Object(fields) => {
            for (name, fact) in fields {
                let place = format!("{place}/{name}");
                let found = actual.get(name).unwrap_or_else(|| panic!("{place} is missing"));
                assert_contains(document, fact, found, &place);
            }
        }
        Json::Array(items) if place.ends_with("/required") => {
            let (facts, actual) = (items.iter().collect::<Vec<_>>(), actual.as_array().unwrap());
            assert_eq!(facts, actual.iter().collect::<Vec<_>>(), "{place}: what must be sent");
        }
        fact => assert_eq!(fact, actual, "{place}"),
    }
}

/// Parameters by location and name, so that their order does not matter.
fn parameters_by_name(document: &Json, operation: &Json) -> Json {
    let parameters = operation["parameters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|parameter| resolve(document, parameter));
    let named = parameters.map(|parameter| {
        let name = format!(
            "{} {}",
            parameter["in"].as_str().unwrap(),
            parameter["name"].as_str().unwrap()
        );
        (name, parameter.clone())
    });
    Json::Object(named.collect())
}

#[test]
fn every_fact_of_the_contract_is_in_the_document() {
    let contract: Json = serde_json::from_str(include_str!("../contract.json")).unwrap();
    let document = document();
    let operations = contract["operations"].as_object().unwrap();
    assert_eq!(operations.len(), 7);
    for (name, facts) in operations {
        let (method, path) = name.split_once(' ').unwrap();
        let operation = &document["paths"][path][method];
        assert!(operation.is_object(), "{name} is missing");
        let mut actual = operation.clone();
        actual["parameters"] = parameters_by_name(&document, operation);
        assert_contains(&document, facts, &actual, name);
    }
    for (name, facts) in contract["schemas"].as_object().unwrap() {
        assert_contains(&document, facts, &document["components"]["schemas"][name], name);
    }
    for (name, facts) in contract["securitySchemes"].as_object().unwrap() {
        assert_contains(&document, facts, &document["components"]["securitySchemes"][name], name);
    }
}

#[test]
fn every_reference_can_be_resolved_and_operation_ids_are_unique() {
    fn walk(document: &Json, json: &Json, ids: &mut Vec<String>) {
        resolve(document, json);
        match json {
            Json::Object(fields) => {
                ids.extend(fields.get("operationId").and_then(Json::as_str).map(str::to_owned));
                fields.values().for_each(|value| walk(document, value, ids));
            }
            Json::Array(items) => items.iter().for_each(|item| walk(document, item, ids)),
            _ => {}
        }
    }
    let document = document();
    let mut ids = Vec::new();
    walk(&document, &document, &mut ids);
    assert!(ids.len() > 30);
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
}

/// The JSON of each entity type has exactly the properties of its schema, in the full and in the
/// condensed form.
#[test]
fn replies_have_exactly_the_properties_of_their_schema() {
    let server = Server::start();
    let client = server.repository();
    client.create(
        "custompropertydefinition",
        &serde_json::json!({"name": "p", "objectTypes": ["DataConnection"]}),
    );
    client.create("tag", &serde_json::json!({"name": "t"}));
    client.create(
        "dataconnection",
        &serde_json::json!({
            "name": "c", "connectionstring": "x", "type": "y",
            "customProperties": [{"value": "v", "definition": {"name": "p"}}]
        }),
    );
    let document = document();
    let properties = |schema: &str| {
        document["components"]["schemas"][schema]["properties"].as_object().unwrap().clone()
    };
    // The reply to a write has additional properties.
    let rule = serde_json::json!({"name": "r", "resourceFilter": "*", "actions": 0});
    let written = client.post("/systemrule?privileges=true", &rule).expect(201).json();
    let of_rules = properties("SystemRule");
    assert!(
        written.as_object().unwrap().keys().collect::<BTreeSet<_>>() == of_rules.keys().collect(),
        "{written}"
    );
    for kind in types() {
        if client.get(&format!("/{}/count", kind.path)).json()["value"] == 0 {
            client.create(&kind.path, &(kind.body)(1));
        }
        for (sub, schema) in
            [("", format!("{}Condensed", kind.schema_path)), ("/full", kind.schema_path.clone())]
        {
            let list =
                client.get(&format!("/{}{sub}?privileges=true", kind.path)).expect(200).json();
            let item = list[0].as_object().unwrap();
            let properties = properties(&schema);
            let is_included = |(name, property): &(&String, &Json)| {
                property["writeOnly"] != true && *name != "warnings"
            };
            let included: BTreeSet<&String> =
                properties.iter().filter(is_included).map(|(name, _)| name).collect();
            assert_eq!(item.keys().collect::<BTreeSet<_>>(), included, "{schema}");
        }
    }
}

#[test]
fn passwords_have_no_examples() {
    let text = document().to_string();
    assert!(!text.contains("\"example"), "there must be no examples, which could hold secrets");
}

#[test]
fn each_operation_names_its_authentication_and_each_list_its_limit() {
    let document = document();
    let ways = |path: &str, method: &str| {
        let operation = &document["paths"][path][method];
        let ways = operation.get("security").unwrap_or(&document["security"]).as_array().unwrap();
        let names = ways
            .iter()
            .map(|way| way.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join("+"));
        names.collect::<BTreeSet<String>>().into_iter().collect::<Vec<_>>().join(", ")
    };
    for (path, method, expected) in [
        ("/login", "post", "xrfkey"),
        ("/logout", "post", "session+xrfkey, xrfkey"),
        ("/sessions", "get", "proxy+xrfkey, session+xrfkey"),
        ("/sessions/{id}", "delete", "proxy+xrfkey, session+xrfkey"),
        ("/tokens", "post", "proxy+xrfkey, session+xrfkey"),
        (
            "/dataconnection",
            "get",
            "certificate+xrfkey, jwt+xrfkey, proxy+xrfkey, session+xrfkey, token+xrfkey",
        ),
    ] {
        assert_eq!(ways(path, method), expected, "{method} {path}");
    }
    for path in ["/dataconnection", "/tag/full", "/selection/{selection}/tag"] {
        let reply = &document["paths"][path]["get"]["responses"]["200"];
        assert_eq!(reply["headers"]["X-Total-Count"]["schema"]["type"], "integer", "{path}");
    }
}

/// Values within the documented bounds are accepted, and values just outside are refused.
#[test]
fn numbers_have_the_documented_bounds() {
    let server = Server::start();
    let client = server.repository();
    let document = document();
    for (component, path, body) in [
        ("SkipParam", "/tag?skip", None),
        ("TakeParam", "/tag/full?take", None),
        (
            "PrivilegesFilterParam",
            "/tag/previewprivileges?privilegesfilter",
            Some(serde_json::json!({"name": "t"})),
        ),
    ] {
        let schema = &document["components"]["parameters"][component]["schema"];
        let [min, max] = ["minimum", "maximum"].map(|bound| schema[bound].as_i64().unwrap());
        for (value, is_right) in [(min - 1, false), (min, true), (max, true), (max + 1, false)] {
            let path = format!("{path}={value}");
            match (&body, is_right) {
                (None, true) => client.get(&path).expect(200),
                (None, false) => client.get(&path).expect(400),
                (Some(body), true) => client.post(&path, body).expect(201),
                (Some(body), false) => client.post(&path, body).expect(400),
            };
        }
    }
}

/// A rule that is not imported has no id here, and the document says so.
#[test]
fn an_imported_rule_may_have_no_id() {
    let server = Server::start();
    let imported =
        server.repository().post("/systemrule/import", &serde_json::json!([{}])).expect(201).json();
    assert_eq!((&imported[0]["id"], &imported[0]["outcome"]), (&Json::Null, &"refused".into()));
    let reply = &document()["paths"]["/systemrule/import"]["post"]["responses"]["201"];
    let id =
        &reply["content"]["application/json"]["schema"]["oneOf"][0]["items"]["properties"]["id"];
    assert_eq!(id["type"], serde_json::json!(["string", "null"]));
}
