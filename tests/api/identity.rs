//! Authentication at the direct door, and the user of a request.

use crate::support::{Reply, Server, XRFKEY};
use serde_json::json;

#[test]
fn every_method_requires_the_same_xrfkey_in_header_and_query() {
    let server = Server::start();
    let client = server.repository();
    let url = |query: &str| format!("{}/qrs/tag{query}", server.base);
    for method in ["GET", "POST", "PUT", "DELETE"] {
        for (query, header) in [
            ("", Some(XRFKEY)),
            ("?xrfkey=0123456789abcdef", None),
            ("?xrfkey=0123456789abcdef", Some("fedcba9876543210")),
            ("?xrfkey=short", Some("short")),
            ("?xrfkey=0123456789abcdefg", Some("0123456789abcdefg")),
        ] {
            let path = if method == "PUT" || method == "DELETE" {
                format!("/{}", crate::support::UNKNOWN_ID)
            } else {
                String::new()
            };
            let mut request = client.raw(method, &url(&format!("{path}{query}")));
            if let Some(header) = header {
                request = request.header("X-Qlik-Xrfkey", header);
            }
            Reply::of(request)
                .expect(401)
                .says(&["XSRF prevention check failed. Possible XSRF discovered", "16 characters"]);
        }
    }
    for key in ["examplexrfkey123", "ABCDEFG123456789", "0123456789ABCDEF"] {
        let request =
            client.raw("GET", &url(&format!("?Xrfkey={key}&filter="))).header("X-Qlik-Xrfkey", key);
        Reply::of(request).expect(200);
    }
}

#[test]
fn without_a_client_certificate_only_the_documentation_is_available() {
    let server = Server::start();
    let stranger = server.stranger();
    for path in ["/dataconnection", "/tag/count", "/about", "/about/openapi"] {
        stranger.get(path).expect(401).says(&["client certificate"]);
    }
    Reply::of(stranger.raw("GET", &format!("{}/openapi.json", server.base))).expect(200);
}

#[test]
fn a_certificate_of_another_authority_ends_the_handshake() {
    let (server, other) = (Server::start(), Server::start_new());
    let read = |name: &str| std::fs::read(other.data().join("certs").join(name)).unwrap();
    let pem = [read("client.pem"), read("client_key.pem")].concat();
    let root = std::fs::read(server.data().join("certs/root.pem")).unwrap();
    let client = reqwest::blocking::Client::builder()
        .tls_certs_only([reqwest::Certificate::from_pem(&root).unwrap()])
        .identity(reqwest::Identity::from_pem(&pem).unwrap())
        .build()
        .unwrap();
    assert!(client.get(format!("{}/openapi.json", server.base)).send().is_err());
}

#[test]
fn a_user_is_created_by_their_first_request_of_any_kind() {
    let server = Server::start();
    let repository = server.repository();
    let count = || {
        repository.get("/user/count?filter=userDirectory eq 'LAB'").expect(200).json()["value"]
            .clone()
    };
    assert_eq!(count(), 0);
    server.user("anna").get("/dataconnection").expect(200);
    assert_eq!(count(), 1);
    server.user("ANNA").get("/dataconnection/count").expect(200);
    server.user("bert").get(&format!("/tag/{}", crate::support::UNKNOWN_ID)).expect(404);
    assert_eq!(count(), 2);
    let folder = serde_json::json!({"name": "f", "connectionstring": "/", "type": "folder"});
    server.user("dora").post("/dataconnection", &folder).expect(403);
    assert_eq!(count(), 3);
    server.user("carla").connection("c");
    let carla = repository.get("/user/full?filter=userId eq carla").expect(200).json();
    assert_eq!(carla[0]["name"], "carla");
    assert_eq!(carla[0]["userDirectory"], "LAB");
    assert_eq!(carla[0]["roles"], json!([]));
    let made = repository.get("/dataconnection/full").expect(200).json();
    assert_eq!(made[0]["owner"]["userId"], "carla");
    assert_eq!(made[0]["modifiedByUserName"], "LAB\\carla");
}

#[test]
fn the_user_header_can_be_spelled_in_several_ways() {
    let server = Server::start();
    let client = server.repository();
    for (header, user_id) in [
        ("UserDirectory=INTERNAL; UserId=sa_api", "sa_api"),
        ("UserDirectory=internal;UserID=SA_API", "sa_api"),
        ("userid=sa_api;userdirectory=Internal", "sa_api"),
        ("UserDirectory=LAB; UserId=J%C3%BCrgen", "Jürgen"),
    ] {
        let own = Reply::of(
            client
                .request("GET", &format!("/user?filter=userId eq '{user_id}'"))
                .header("X-Qlik-User", header),
        );
        assert_eq!(own.expect(200).json()[0]["userId"], user_id, "{header}");
    }
    for header in [
        "",
        "anna",
        "UserDirectory=LAB",
        "UserDirectory=LAB; UserId=",
        "UserDirectory=LAB; UserId=%ff",
    ] {
        let refused = Reply::of(client.request("GET", "/user").header("X-Qlik-User", header));
        refused.expect(401).says(&["X-Qlik-User", "UserDirectory=INTERNAL; UserId=sa_repository"]);
    }
}

#[test]
fn contradictory_headers_are_refused() {
    let server = Server::start();
    let client = server.repository();
    let twice = client.request("GET", "/user").header("X-Qlik-Xrfkey", "fedcba9876543210");
    Reply::of(twice).expect(401).says(&["twice"]);
    let two = client.request("GET", "/user").header("X-Qlik-User", "UserDirectory=LAB; UserId=a");
    Reply::of(two.header("X-Qlik-User", "UserDirectory=LAB; UserId=b"))
        .expect(401)
        .says(&["twice"]);
}

#[test]
fn an_inactive_user_is_barred_and_a_service_account_can_not_be() {
    let server = Server::start();
    let repository = server.repository();
    for (property, user_id) in [("inactive", "anna"), ("blacklisted", "bert")] {
        let user = repository
            .create("user", &json!({"userDirectory": "LAB", "userId": user_id, property: true}));
        assert_eq!(user[property], true);
        for path in ["/tag", "/tag/count", "/tag/00000000-0000-4000-8000-000000000000"] {
            server.user(user_id).get(path).expect(403).says(&["Your account is inactive"]);
        }
        server.user(user_id).post("/dataconnection", &crate::support::connection("c")).expect(403);
    }
    let own =
        repository.get("/user/full?filter=userId eq sa_repository").expect(200).json()[0].clone();
    let mut body = own.clone();
    body["inactive"] = json!(true);
    let reply = repository.put(&format!("/user/{}", crate::support::id(&own)), &body);
    reply.expect(409).says(&["service account"]);
    repository.get("/tag").expect(200);
}
