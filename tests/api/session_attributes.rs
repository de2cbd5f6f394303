//! The attributes of a session in rules: from `X-Qlik-Security`, from the claims of a token, and
//! from an audit's `environmentAttributes`.

use crate::support::jwt::{Issuer, claims};
use crate::support::rules::rule;
use crate::support::visitor::Visitor;
use crate::support::{Client, Reply, Server, connection, encode, id};
use serde_json::json;

/// The number of data connections that `user` may read with this rule as the only one about them.
fn count(server: &Server, client: &Client, condition: &str, header: Option<&str>) -> i64 {
    let made = client.create("systemrule", &rule("session", condition, 2));
    let mut request = server.user("anna").request("GET", "/dataconnection/count");
    if let Some(header) = header {
        request = request.header("X-Qlik-Security", header);
    }
    let count = Reply::of(request).expect(200).json()["value"].as_i64().unwrap();
    client.delete(&format!("/systemrule/{}", id(&made))).expect_empty(204);
    count
}

#[test]
fn the_environment_has_all_session_attributes_and_the_user_those_not_of_the_device() {
    let server = Server::start();
    let client = server.repository();
    client.connection("Sales");
    client.connection("IT");
    let session = Some("OS=Windows; osVersion=11; IP=10.0.0.1; group=Sales; level=3");
    for (condition, header, expected) in [
        (r#"user.environment.group = "sales""#, session, 2),
        (r#"user.group = "sales""#, session, 2),
        (r#"user.environment.group = "IT""#, session, 0),
        (r#"user.environment.group != "Sales""#, session, 0),
        ("user.environment.group.Empty()", session, 0),
        ("user.environment.group.Empty()", None, 2),
        ("resource.name = user.environment.group", session, 1),
        ("resource.name = user.group", session, 1),
        (r#"user.environment.level = "3" and user.level = "3""#, session, 2),
        (r#"user.environment.osVersion = "11""#, session, 2),
        (r#"user.environment.OS = "windows""#, session, 2),
        (r#"user.environment.ip = "10.0.0.1""#, session, 2),
        // Attributes of the device are not attributes of the user.
        (r#"user.os = "windows""#, session, 0),
        (r#"user.environment.context = "ManagementAccess""#, session, 2),
        (r#"user.environment.context = "ManagementAccess""#, None, 2),
        (r#"user.environment.context = "AppAccess""#, None, 0),
        (r#"user.environment.context = "AppAccess""#, Some("Context=AppAccess"), 2),
        ("user.environment.context.Empty()", None, 0),
        ("user.context.Empty()", session, 2),
    ] {
        assert_eq!(
            count(&server, &client, condition, header),
            expected,
            "{condition} with {header:?}"
        );
    }
}

/// Stored attributes of the user are not attributes of the session.
#[test]
fn the_environment_does_not_have_stored_attributes() {
    let server = Server::start();
    let client = server.repository();
    client.connection("one");
    let attributes = json!([{"attributeType": "group", "attributeValue": "Sales"}]);
    client.create(
        "user",
        &json!({"userDirectory": "LAB", "userId": "anna", "attributes": attributes}),
    );
    assert_eq!(count(&server, &client, r#"user.environment.group = "Sales""#, None), 0);
    assert_eq!(count(&server, &client, r#"user.group = "Sales""#, None), 1);
}

#[test]
fn the_claims_of_a_token_are_in_the_environment() {
    let issuer = Issuer::new();
    let (server, front) = crate::support::visitor::start(&["--front-jwt-key", issuer.key()]);
    let client = server.repository();
    client.connection("one");
    let visitor = Visitor::new(&server, &front);
    let condition = r#"user.environment.group = "sales" and user.group = "sales"
        and user.environment.context = "AppAccess""#;
    client.create("systemrule", &rule("session", condition, 2));
    for (group, expected) in [("Sales", 1), ("IT", 0)] {
        let bearer = issuer.bearer(&claims(&json!({"group": group})));
        let request =
            visitor.request("GET", "/qrs/dataconnection/count").header("Authorization", bearer);
        assert_eq!(Reply::of(request).expect(200).json()["value"], expected, "{group}");
    }
}

#[test]
fn an_audit_uses_its_environment_attributes() {
    let server = Server::start();
    let client = server.repository();
    let made = client.create("dataconnection", &connection("one"));
    server.user("anna").get("/about").expect(200);
    server.user("anna").get("/tag/count").expect(200);
    client.create(
        "systemrule",
        &rule(
            "session",
            r#"user.environment.group = "Sales" and user.environment.osVersion = "11""#,
            2,
        ),
    );
    for (attributes, expected) in [
        ("group=Sales;osVersion=11", true),
        ("group=Sales", false),
        ("group=IT;osVersion=11", false),
    ] {
        let question = format!(
            "/systemrule/explain?user=LAB%5Canna&action=read&resource=DataConnection_{}&environmentAttributes={}",
            id(&made),
            encode(attributes)
        );
        assert_eq!(client.get(&question).expect(200).json()["allowed"], expected, "{attributes}");
    }
}

#[test]
fn a_value_that_does_not_decode_to_printable_text_is_kept_as_it_was_sent() {
    let server = Server::start();
    let client = server.repository();
    client.connection("one");
    for (sent, expected) in [
        ("IP=fe80::1%85", r#"user.environment.ip = "fe80::1%85""#),
        ("IP=fe80::1%14", r#"user.environment.ip = "fe80::1%14""#),
        ("group=50%ab", r#"user.group = "50%ab""#),
        ("group=100%", r#"user.group = "100%""#),
        ("group=a%0Ab", r#"user.group = "a%0Ab""#),
        ("group=Sales%20EU", r#"user.group = "Sales EU""#),
        ("group=J%C3%BCrgen", r#"user.group = "Jürgen""#),
    ] {
        assert_eq!(count(&server, &client, expected, Some(sent)), 1, "{sent}");
    }
}
