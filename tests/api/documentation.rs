//! The documentation in a browser without a network.

use crate::support::{Client, Reply, Server};
use serde_json::{Value as Json, json};

fn fetch(client: &Client, url: &str) -> Reply {
    Reply::of(client.raw("GET", url))
}

#[test]
fn the_documentation_page_loads_only_files_of_this_server() {
    let server = Server::for_reading();
    let browser = server.stranger();
    for path in ["/", "/docs"] {
        let reply = fetch(&browser, &format!("{}{path}", server.base));
        assert_eq!((reply.status, reply.header("location")), (302, "/docs/"));
    }
    let page = fetch(&browser, &format!("{}/docs/", server.base));
    assert_eq!(page.status, 200);
    let is_file = |part: &&str| [".js", ".css", ".png"].iter().any(|ending| part.ends_with(ending));
    let parts: Vec<&str> = page.text.split('"').filter(is_file).collect();
    assert!(parts.len() >= 4);
    for part in parts {
        assert!(!part.contains("//"), "{part} loads from another server");
        let reply = fetch(&browser, &format!("{}/docs/{part}", server.base));
        assert_eq!(reply.status, 200, "{part}");
        assert!(!reply.text.is_empty());
    }
    let start = fetch(&browser, &format!("{}/docs/swagger-initializer.js", server.base)).text;
    fetch(&browser, &format!("{}/docs/nothing.js", server.base)).expect(404).says(&["nothing.js"]);
    assert!(
        start.contains("/openapi.json") && start.contains("\"validatorUrl\": \"none\""),
        "{start}"
    );
}

#[test]
fn the_openapi_document_is_the_same_at_both_addresses() {
    let server = Server::for_reading();
    let open = fetch(&server.stranger(), &format!("{}/openapi.json", server.base)).expect(200);
    let api = server.repository().get("/about/openapi").expect(200);
    assert_eq!(open.json(), api.json());
    assert_eq!(open.json()["openapi"], "3.1.0");
}

#[test]
fn about_returns_the_version() {
    let server = Server::for_reading();
    let about = server.repository().get("/about").expect(200).json();
    assert_eq!(about["patchbayVersion"], env!("CARGO_PKG_VERSION"));
    assert_eq!(about["buildVersion"], "34.16.0");
    assert_eq!(about["schemaPath"], "About");
}

#[test]
fn the_reported_qrs_version_can_be_set() {
    let server = Server::start_in(tempfile::tempdir().unwrap(), |command| {
        command.args(["--build-version", "31.9.1"]);
    });
    let about = server.repository().get("/about").expect(200).json();
    assert_eq!(about["buildVersion"], "31.9.1");
    let date = about["buildDate"].as_str().unwrap();
    assert!(date.contains('/') && (date.ends_with(" AM") || date.ends_with(" PM")), "{date}");
    assert_eq!(server.repository().get("/ssl/ping").expect(200).json(), true);
}

#[test]
fn ping_works_at_the_root_and_below_qrs() {
    let server = Server::for_reading();
    let client = server.repository();
    let root = &server.base;
    for path in ["/ssl/ping", "/SSL/Ping", "/qrs/ssl/ping"] {
        let ping = client.raw("GET", &format!("{root}{path}?xrfkey=0123456789abcdef"));
        let reply = Reply::of(ping.header("X-Qlik-Xrfkey", "0123456789abcdef"));
        assert_eq!(reply.expect(200).json(), true, "{path}");
    }
    let without_key = client.raw("GET", &format!("{root}/ssl/ping"));
    Reply::of(without_key).expect(401);
    let stranger =
        server.stranger().raw("GET", &format!("{root}/ssl/ping?xrfkey=0123456789abcdef"));
    Reply::of(stranger.header("X-Qlik-Xrfkey", "0123456789abcdef")).expect(401);
}

#[test]
fn the_api_description_endpoints_of_qrs_work() {
    let server = Server::for_reading();
    let client = server.repository();
    let lines = |path: &str| -> Vec<String> {
        let list = client.get(path).expect(200).json();
        list.as_array().unwrap().iter().map(|line| line.as_str().unwrap().to_owned()).collect()
    };
    let all = lines("/about/api/description");
    for line in [
        "GET     /qrs/about",
        "PUT     /qrs/dataconnection/{id}",
        "POST    /qrs/systemrule/security/audit",
    ] {
        assert!(all.iter().any(|own| own == line), "{line}");
    }
    let deletes = lines("/about/api/description?method=delete&extended=true&format=JSON");
    assert!(deletes.len() >= patchbay::model::REGISTRY.len());
    assert!(deletes.iter().all(|line| line.contains("\"method\":\"DELETE\"")), "{deletes:?}");
    assert!(deletes.contains(&json!({"method": "DELETE", "path": "/qrs/tag/{id}"}).to_string()));

    let enums = client.get("/about/api/enums").expect(200).json();
    for (usage, value) in [
        ("DataConnection.logOn", "0: LOG_ON_SERVICE_USER"),
        ("DataConnection.architecture", "2: x64"),
        ("SystemRule.ruleContext", "1: QlikSenseOnly"),
    ] {
        let holds = |one: &&Json| one["usages"].as_array().unwrap().contains(&json!(usage));
        let found = enums.as_object().unwrap().values().find(holds).unwrap();
        assert!(found["values"].as_array().unwrap().contains(&json!(value)), "{found}");
    }
    let relations = lines("/about/api/relations");
    for relation in [
        "DataConnection.owner > User",
        "DataConnection.tags > Tag",
        "User.customProperties > CustomPropertyValue",
        "CustomPropertyValue.definition > CustomPropertyDefinition",
    ] {
        assert!(relations.iter().any(|own| own == relation), "{relation}");
    }
    for entity in patchbay::model::REGISTRY.iter().copied() {
        let blank = client
            .get(&format!("/about/api/default/{}?listentries=true", entity.path))
            .expect(200)
            .json();
        assert_eq!(
            (&blank["id"], &blank["schemaPath"]),
            (&json!(crate::support::ZERO), &json!(entity.resource_type))
        );
        assert_eq!(blank["createdDate"], "1753-01-01T00:00:00.000Z");
    }
    let blank = client.get("/about/api/default/DataConnection").expect(200).json();
    assert_eq!(
        (&blank["tags"], &blank["owner"], &blank["password"]),
        (&json!([]), &Json::Null, &Json::Null)
    );
    client.get("/about/api/default/app").expect(404).says(&["no type 'app'"]);
}
