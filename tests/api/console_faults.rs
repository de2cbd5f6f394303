//! What is wrong with a form is said by the names and lines that the form shows, and not by those of the API.

use crate::browser::{Browser, unescape};
use crate::support::{connection, id};
use crate::visitor::start;
use serde_json::json;

#[test]
fn a_fault_names_the_field_and_the_line_that_the_form_shows() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let client = server.repository();
    let definition = json!({"name": "stage", "choiceValues": ["dev", "prod"], "objectTypes": ["DataConnection"]});
    let stage = id(&client.create("custompropertydefinition", &definition));
    let note = json!({"name": "note", "choiceValues": [], "objectTypes": ["DataConnection", "User"]});
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
        (format!("user/{user}"), ("attributes", &*format!("group=a\r\ngroup={long}")), "Attributes, line 2: "),
        (format!("user/{user}"), ("roles", &*format!("A\r\nB\r\n{long}")), "Roles, line 3: "),
    ] {
        let named = [("name", "new"), ("connectionstring", "lib://x"), ("type", "folder"), sent];
        let page =
            browser.fill_in(&format!("/console/{path}"), if path.ends_with("new") { &named } else { &named[3..] });
        let text = unescape(&page.expect_page(400).text);
        assert!(text.contains(shown), "{shown} is not in {text}");
        for word in ["customProperties", "choiceValues", "attributes[", "roles["] {
            assert!(!text.contains(word), "{word} is in {text}");
        }
    }
}
