//! The documentation in a browser without a network.

use crate::support::{Client, Reply, Server};

fn fetch(client: &Client, url: &str) -> Reply {
    Reply::of(client.raw("GET", url))
}

#[test]
fn the_page_is_served_whole_and_asks_nobody_else() {
    let server = Server::start();
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
        assert!(!part.contains("//"), "{part} is on another server");
        let reply = fetch(&browser, &format!("{}/docs/{part}", server.base));
        assert_eq!(reply.status, 200, "{part}");
        assert!(!reply.text.is_empty());
    }
    let start = fetch(&browser, &format!("{}/docs/swagger-initializer.js", server.base)).text;
    assert!(start.contains("/openapi.json") && start.contains("\"validatorUrl\": \"none\""), "{start}");
}

#[test]
fn the_document_is_the_same_at_both_places() {
    let server = Server::start();
    let open = fetch(&server.stranger(), &format!("{}/openapi.json", server.base)).expect(200);
    let api = server.repository().get("/about/openapi").expect(200);
    assert_eq!(open.json(), api.json());
    assert_eq!(open.json()["openapi"], "3.1.0");
}

#[test]
fn about_tells_the_version() {
    let server = Server::start();
    let about = server.repository().get("/about").expect(200).json();
    assert_eq!(about["buildVersion"], env!("CARGO_PKG_VERSION"));
    assert_eq!(about["schemaPath"], "About");
}
