//! Faults in a form are reported by the labels and lines of the form, not by the fields of the API.

use crate::support::browser::{Browser, unescape};
use crate::support::visitor::start;
use crate::support::{connection, id};
use serde_json::json;

#[test]
fn a_fault_names_the_field_and_the_line_that_the_form_shows() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let client = server.repository();
    let definition = json!({
        "name": "stage", "choiceValues": ["dev", "prod"], "objectTypes": ["DataConnection"]
    });
    let stage = id(&client.create("custompropertydefinition", &definition));
    let note =
        json!({"name": "note", "choiceValues": [], "objectTypes": ["DataConnection", "User"]});
    let note = id(&client.create("custompropertydefinition", &note));
    let mut body = connection("a");
    body["customProperties"] = json!([
        {"value": "x", "definition": {"id": note}},
        {"value": "y", "definition": {"id": note}},
        {"value": "dev", "definition": {"id": stage}},
    ]);
    let made = id(&client.create("dataconnection", &body));
    let user = id(&client.create("user", &json!({"userDirectory": "LAB", "userId": "anna"})));
    let (stage, long) = (format!("@{stage}"), "x".repeat(2_000));
    for (path, sent, shown) in [
        (
            format!("dataconnection/{made}"),
            (&*stage, "prd"),
            "Custom property stage: 'prd' is not one of the choices of the custom property",
        ),
        (
            "dataconnection/new".to_owned(),
            (&*stage, "prd"),
            "Custom property stage: 'prd' is not one of the choices of the custom property",
        ),
        (
            format!("user/{user}"),
            ("attributes", &*format!("group=a\r\ngroup={long}")),
            "Attributes, line 2: ",
        ),
        (format!("user/{user}"), ("roles", &*format!("A\r\nB\r\n{long}")), "Roles, line 3: "),
    ] {
        let named = [("name", "new"), ("connectionstring", "lib://x"), ("type", "folder"), sent];
        let page = browser.fill_in(
            &format!("/console/{path}"),
            if path.ends_with("new") { &named } else { &named[3..] },
        );
        let text = unescape(&page.expect_page(400).text);
        assert!(text.contains(shown), "{shown} is not in {text}");
        for word in ["customProperties", "choiceValues", "attributes[", "roles["] {
            assert!(!text.contains(word), "{word} is in {text}");
        }
    }
}

/// Messages repeat the input, which must not be mistaken for a position.
#[test]
fn a_character_is_marked_only_if_the_fault_has_a_position() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let made = id(&server.repository().connection("a"));
    let path = format!("/console/dataconnection/{made}");
    let page = browser.fill_in(&path, &[("owner", "at position 3")]).expect_page(400);
    let text = unescape(&page.text);
    assert!(
        text.contains("Owner: must be a user, written as DIRECTORY\\userid, not 'at position 3'"),
        "{text}"
    );
    assert!(!text.contains("class=\"marked\""), "{text}");
    let page = browser.get("/console/dataconnection?column=at+position+3").expect_page(400);
    assert!(
        page.text.contains("there is no column at position 3")
            && !page.text.contains("class=\"marked\"")
    );
    browser.get("/console/systemrule/new").expect_page(200);
    for (action, filter, rule, label) in [
        ("save", "DataConnection_*", "resource.nmae = \"at position 3\"", "Rule: at position 10: "),
        (
            "preview",
            "DataConnection_*",
            "resource.nmae = \"at position 3\"",
            "Rule: at position 10: ",
        ),
        ("save", "DataConnection_*, ?", "", "Resource filter: at position 19: "),
        ("preview", "DataConnection_*, ?", "", "Resource filter: at position 19: "),
    ] {
        let reported =
            [("name", "r"), ("resourceFilter", filter), ("rule", rule), ("offered", "actions")];
        let sent = [&reported[..], &[("actions", "2"), ("action", action)]].concat();
        let page = browser.post("/console/systemrule/new", &sent).expect_page(400);
        let marked = unescape(
            page.text.split("class=\"marked\">").nth(1).unwrap().split("</pre>").next().unwrap(),
        );
        assert!(unescape(&page.text).contains(label), "{label} is not in {}", page.text);
        let expected = if rule.is_empty() {
            "DataConnection_*, <mark>?</mark>"
        } else {
            "resource.<mark>n</mark>mae = \"at position 3\""
        };
        assert_eq!(marked, expected);
    }
}
