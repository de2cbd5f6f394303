//! Replies that are not entities have exactly the fields of the OpenAPI document, with its types.

use crate::support::credentials::{ask, engine, redeem};
use crate::support::rules::{rule, site};
use crate::support::visitor::{PASSWORD, Visitor, set_password, start};
use crate::support::{Reply, connection, id};
use serde_json::{Value as Json, json};

/// Fields that are omitted when there is nothing to report.
const OPTIONAL: [&str; 2] = ["position", "warnings"];

/// Returns how a reply differs from a schema.
fn fault(document: &Json, schema: &Json, reply: &Json) -> Result<(), String> {
    if let Some(reference) = schema["$ref"].as_str() {
        return fault(document, document.pointer(&reference[1..]).unwrap(), reply);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let faults: Vec<String> =
            choices.iter().filter_map(|choice| fault(document, choice, reply).err()).collect();
        return if faults.len() + 1 == choices.len() {
            Ok(())
        } else {
            Err(format!("not one of several: {faults:?}"))
        };
    }
    let types = schema["type"].as_array().cloned().unwrap_or_else(|| vec![schema["type"].clone()]);
    let kind = match reply {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(_) => "integer",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    };
    if !types.iter().any(|own| own == kind) {
        return Err(format!("{reply} is not of the type {types:?}"));
    }
    if schema["enum"].as_array().is_some_and(|all| !all.contains(reply)) {
        return Err(format!("{reply} is not one of {}", schema["enum"]));
    }
    if schema["format"] == "uuid" && reply.as_str().is_some_and(|text| text.len() != 36) {
        return Err(format!("{reply} is no GUID"));
    }
    match reply {
        Json::Array(items) => {
            items.iter().try_for_each(|item| fault(document, &schema["items"], item))
        }
        Json::Object(fields) => of_object(document, schema, fields),
        _ => Ok(()),
    }
}

fn of_object(
    document: &Json,
    schema: &Json,
    fields: &serde_json::Map<String, Json>,
) -> Result<(), String> {
    let Some(properties) = schema["properties"].as_object() else {
        let values = &schema["additionalProperties"];
        return if values.is_object() {
            fields.values().try_for_each(|value| fault(document, values, value))
        } else {
            Ok(())
        };
    };
    if let Some(missing) = properties
        .keys()
        .find(|name| !fields.contains_key(*name) && !OPTIONAL.contains(&name.as_str()))
    {
        return Err(format!("{missing} is missing in {fields:?}"));
    }
    fields.iter().try_for_each(|(name, value)| {
        let property = properties.get(name).ok_or_else(|| format!("{name} is not documented"))?;
        fault(document, property, value).map_err(|fault| format!("{name}: {fault}"))
    })
}

#[test]
fn replies_have_exactly_the_documented_fields() {
    let document: Json =
        serde_json::from_str(&patchbay::openapi::document().to_json().unwrap()).unwrap();
    let check = |path: &str, method: &str, reply: &Reply| {
        let status = reply.status.to_string();
        let mut documented = &document["paths"][path][method]["responses"][&status];
        if let Some(reference) = documented["$ref"].as_str() {
            documented = document.pointer(&reference[1..]).unwrap();
        }
        let schema = &documented["content"]["application/json"]["schema"];
        assert!(schema.is_object(), "{method} {path} has no documented reply {status}");
        if let Err(fault) = fault(&document, schema, &reply.json()) {
            panic!("{method} {path}: {fault}");
        }
    };
    let (server, front) = start(&[]);
    let client = server.repository();
    site(&client);
    let mut body = connection("secret");
    (body["username"], body["password"]) = ("reader".into(), "x".into());
    let made = id(&client.create("dataconnection", &body));
    let of_anna = format!("user=LAB%5Canna&action=read&resource=DataConnection_{made}");
    for (path, query) in [
        ("/about", ""),
        ("/tag/count", ""),
        ("/tag", "?filter=x"),
        ("/systemrule/explain", &*format!("?{of_anna}")),
        ("/systemrule/explain/users", &format!("?{of_anna}")),
        ("/systemrule/explain/resources", "?user=LAB%5Canna&type=DataConnection"),
        ("/systemrule/security/referenceduserroles", ""),
    ] {
        check(path, "get", &client.get(&format!("{path}{query}")));
    }
    // An imported rule, one with a warning, one that can't be evaluated, and one that can't be
    // stored.
    let rules = json!([
        rule("a", "", 2),
        rule("b", "user.roles = \"Ghost\"", 2),
        rule("c", "resource.nmae = \"x\"", 2),
        {}
    ]);
    let audit = json!({"resourceType": "DataConnection", "includeNonGrantingRules": true});
    let matrix = json!({
        "resourceType": "DataConnection", "resourceProperties": ["name"],
        "subjectProperties": ["userId"], "outputObjectsPrivileges": 2,
    });
    for (path, query, body) in [
        ("/systemrule/explain/changes", "", json!({"rules": [rules[0], rules[1]]})),
        ("/systemrule/security/audit", "", audit),
        ("/systemrule/security/audit/matrix", "", matrix),
        ("/systemrule/import", "?dryRun=true", rules.clone()),
        ("/systemrule/import", "", rules),
    ] {
        let reply = client.post(&format!("{path}{query}"), &body).expect(201);
        assert!(reply.text.len() > 100, "{path}: {}", reply.text);
        check(path, "post", &reply);
    }
    let engine = engine(&server);
    let token = ask(&server, &engine, &made).expect(201);
    check("/credentials/{id}/token", "post", &token);
    let token = token.json()["token"].as_str().unwrap().to_owned();
    check("/credentials/redeem", "post", &redeem(&server, &engine, &token).expect(200));
    assert!(set_password(&server.data(), "LAB\\anna", PASSWORD));
    let mut anna = Visitor::new(&server, &front);
    check("/login", "post", &anna.login("LAB\\anna", PASSWORD));
    check("/sessions", "get", &anna.get("/sessions").expect(200));
    let made = Reply::of(anna.request("POST", "/tokens").json(&json!({"name": "ci"})));
    check("/tokens", "post", &made.expect(201));
    check("/tokens", "get", &anna.get("/tokens").expect(200));
}

#[test]
fn bodies_can_be_null_where_the_openapi_document_says_so() {
    let document: Json =
        serde_json::from_str(&patchbay::openapi::document().to_json().unwrap()).unwrap();
    let server = crate::support::Server::start();
    let client = server.repository();
    let anna = client.create("user", &json!({"userDirectory": "LAB", "userId": "anna"}));
    let mut seen = 0;
    for (path, required) in [
        ("/systemrule/security/audit", json!({"resourceType": "DataConnection"})),
        ("/systemrule/security/audit/matrix", json!({"resourceType": "DataConnection"})),
        (
            "/systemrule/security/audit/accessibleobjects",
            json!({"resourceType": "DataConnection", "userID": id(&anna), "action": 2}),
        ),
    ] {
        let schema = &document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
            ["schema"];
        let mut body = required.clone();
        for (name, property) in schema["properties"].as_object().unwrap() {
            let can_be_null = fault(&document, property, &Json::Null).is_ok();
            assert_ne!(can_be_null, required.get(name).is_some(), "{path}: {name}");
            if can_be_null {
                body[name] = Json::Null;
                seen += 1;
            }
        }
        client.post(path, &body).expect(201);
    }
    assert_eq!(seen, 18);
}
