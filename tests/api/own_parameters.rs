//! Patchbay's own endpoints refuse unknown query parameters: a typing error must not cause an
//! unintended action.

use crate::support::Server;
use crate::support::rules::rule;
use crate::support::visitor::{PASSWORD, Visitor, set_password, start};
use serde_json::{Value as Json, json};

#[test]
fn an_endpoint_of_patchbays_own_refuses_an_unknown_query_parameter() {
    let server = Server::start();
    let client = server.repository();
    let list = json!([rule("Imported", "user.userId = \"dev\"", 2)]);
    let refused = client.post("/systemrule/import?dryrn=true", &list).expect(400);
    refused.says(&["'dryrn'", "did you mean dryRun?", "dryRun, Xrfkey"]);
    assert!(client.names("systemrule", "name eq 'Imported'").is_empty());
    client.post("/systemrule/import?DRYRUN=true", &list).expect(201);
    assert!(client.names("systemrule", "name eq 'Imported'").is_empty());
    client.post("/systemrule/import", &list).expect(201);
    assert_eq!(client.names("systemrule", "name eq 'Imported'"), ["Imported"]);
    client
        .post("/systemrule/explain/changes?userFilter=name eq 'x'", &json!({}))
        .expect(400)
        .says(&["'userFilter'"]);
    for path in [
        "/about/openapi?x=1",
        "/auditentry?filtr=x eq 1",
        "/auditentry/count?x=1",
        "/auditentry/full?x=1",
    ] {
        client.get(path).expect(400).says(&["this endpoint has no query parameter"]);
    }
    // Endpoints of QRS ignore them, as QRS does.
    for path in [
        "/dataconnection?filtr=x",
        "/systemrule/full?x=1",
        "/about?x=1",
        "/systemrule/security/referenduserroles?x=1",
    ] {
        let reply = client.get(path);
        assert_ne!(reply.status, 400, "{path}: {}", reply.text);
    }
}

/// The endpoints accept the parameters that the OpenAPI document declares.
#[test]
fn each_documented_query_parameter_is_accepted() {
    let server = Server::start();
    let client = server.repository();
    let document = client.get("/about/openapi").expect(200).json();
    let mut seen = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        let is_own = ["/systemrule/import", "/systemrule/explain", "/auditentry", "/about/openapi"];
        if !is_own.iter().any(|own| path.trim_start_matches("/qrs").starts_with(own)) {
            continue;
        }
        for (method, operation) in item
            .as_object()
            .unwrap()
            .iter()
            .filter(|(method, _)| ["get", "post"].contains(&method.as_str()))
        {
            let parameters =
                operation["parameters"].as_array().into_iter().flatten().map(|parameter| {
                    let name = parameter["$ref"]
                        .as_str()
                        .map(|reference| reference.rsplit('/').next().unwrap());
                    name.map_or(parameter, |name| &document["components"]["parameters"][name])
                });
            let in_query = parameters.filter(|parameter| parameter["in"] == "query");
            for name in in_query.filter_map(|parameter| parameter["name"].as_str()) {
                let path =
                    path.trim_start_matches("/qrs").replace("{id}", crate::support::UNKNOWN_ID);
                let path = if name.eq_ignore_ascii_case("xrfkey") {
                    path
                } else {
                    format!("{path}?{name}=")
                };
                let reply = if method == "get" {
                    client.get(&path)
                } else {
                    client.post(&path, &Json::Null)
                };
                assert!(
                    !reply.text.contains("this endpoint has no query parameter"),
                    "{method} {path}: {}",
                    reply.text
                );
                seen += 1;
            }
        }
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn the_endpoints_of_the_front_door_refuse_an_unknown_query_parameter() {
    let (server, front) = start(&[]);
    server.user("anna");
    assert!(set_password(&server.data(), "LAB\\anna", PASSWORD));
    let mut visitor = Visitor::new(&server, &front);
    visitor.login("LAB\\anna", PASSWORD);
    for path in ["/sessions", "/tokens"] {
        visitor.get(path).expect(200);
        visitor.get(&format!("{path}?x=1")).expect(400).says(&["'x'", "Xrfkey"]);
    }
}
