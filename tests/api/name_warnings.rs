//! Warnings about users and custom property definitions that are valid but probably mistaken: roles
//! that no rule mentions, and types that do not exist.

use crate::support::browser::{Browser, unescape};
use crate::support::rules::rule;
use crate::support::visitor::start;
use crate::support::{Reply, Server, id};
use serde_json::{Value as Json, json};

fn messages(entity: &Json) -> Vec<String> {
    let warnings = entity["warnings"].as_array().into_iter().flatten();
    warnings
        .map(|warning| format!("{}: {}", warning["field"], warning["message"]).replace('"', ""))
        .collect()
}

const ROTADMIN: &str =
    "roles: no rule mentions the role RotAdmin, so it grants nothing; did you mean RootAdmin?";
const CONECTION: &str =
    "objectTypes: there is no resource type DataConection; did you mean DataConnection?";

#[test]
fn replies_point_out_roles_that_no_rule_mentions() {
    let server = Server::start();
    let client = server.repository();
    client.create("systemrule", &rule("Of readers", "user.roles like \"Read*\"", 2));
    let user = |user_id: &str, roles: &Json| {
        json!({
            "userDirectory": "LAB", "userId": user_id, "roles": roles
        })
    };
    let made = client.create(
        "user",
        &user("anna", &json!(["RotAdmin", "rootadmin", "ReaderOne", "Reader", "Guest"])),
    );
    assert_eq!(
        messages(&made),
        [ROTADMIN, "roles: no rule mentions the role Guest, so it grants nothing"]
    );
    assert_eq!(made["roles"], json!(["RotAdmin", "rootadmin", "ReaderOne", "Reader", "Guest"]));
    // Each user of a list has its own warnings, and a change has the warnings about its new values.
    let many = [
        user("bert", &json!(["ContentAdmin"])),
        user("cora", &json!(["RotAdmin"])),
        user("dora", &json!([])),
    ];
    let made_many = client.post("/user/many", &json!(many)).expect(201).json();
    assert_eq!(
        made_many.as_array().unwrap().iter().map(messages).collect::<Vec<_>>(),
        [vec![], vec![ROTADMIN], vec![]]
    );
    let change = |body: &Json| {
        let put = client
            .request("PUT", &format!("/user/{}", id(&made)))
            .header("If-Match", "*")
            .json(body);
        Reply::of(put).expect(200)
    };
    assert_eq!(messages(&change(&json!({"roles": ["RotAdmin"]})).json()), [ROTADMIN]);
    assert!(messages(&change(&json!({"name": "Anna"})).json()).is_empty());
    // A client may send back a reply, and gets no message about the field.
    let back = change(&json!({"roles": ["RootAdmin"], "warnings": made["warnings"]}));
    assert!(messages(&back.json()).is_empty() && !back.headers.contains_key("x-patchbay-ignored"));
    // Warnings are not stored, and callers who may not read all rules get none.
    assert!(messages(&client.get(&format!("/user/{}", id(&made))).json()).is_empty());
    let mut makes = rule("Makes users", "user.userId = \"maker\"", 1 + 2 + 4);
    makes["resourceFilter"] = json!("User_*");
    client.create("systemrule", &makes);
    let made = server.user("maker").post("/user", &user("emil", &json!([]))).expect(201).json();
    assert!(messages(&made).is_empty());
}

#[test]
fn replies_point_out_object_types_that_do_not_exist() {
    let server = Server::start();
    let client = server.repository();
    let of = |name: &str, types: &Json| json!({"name": name, "objectTypes": types});
    let made = client.create(
        "custompropertydefinition",
        &of("one", &json!(["DataConection", "user", "App", "Stream"])),
    );
    assert_eq!(messages(&made), [CONECTION]);
    assert_eq!(made["objectTypes"], json!(["DataConection", "user", "App", "Stream"]));
    let known = [
        "DataConnection",
        "User",
        "App",
        "ReloadTask",
        "Stream",
        "EngineService",
        "ContentLibrary",
        "Airplane",
    ];
    let made = client.create("custompropertydefinition", &of("two", &json!(known)));
    assert_eq!(messages(&made), ["objectTypes: there is no resource type Airplane"]);
    let put = client
        .request("PUT", &format!("/custompropertydefinition/{}", id(&made)))
        .header("If-Match", "*");
    let changed =
        Reply::of(put.json(&json!({"objectTypes": ["DataConection"]}))).expect(200).json();
    assert_eq!(messages(&changed), [CONECTION]);
    let many: Vec<Json> =
        (0..30).map(|number| of(&format!("m{number}"), &json!(vec!["Airplane"; 1]))).collect();
    let made = client.post("/custompropertydefinition/many", &json!(many)).expect(201).json();
    assert_eq!(
        made.as_array().unwrap().iter().map(messages).map(|all| all.len()).sum::<usize>(),
        30
    );
}

#[test]
fn the_console_points_out_object_types_that_do_not_exist() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let client = server.repository();
    let made = client.create(
        "custompropertydefinition",
        &json!({"name": "one", "objectTypes": ["DataConection", "App"]}),
    );
    let page =
        browser.get(&format!("/console/custompropertydefinition/{}", id(&made))).expect_page(200);
    let text = unescape(&page.text);
    let warning = "there is no resource type DataConection; did you mean DataConnection?";
    assert!(text.contains(warning) && !text.contains("no resource type App"), "{text}");
}

/// Users who remove their own rights by mistake may no longer read rules afterwards, so the
/// warnings are determined before the change.
#[test]
fn the_console_points_out_a_role_without_rules_that_visitors_give_themselves() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let client = server.repository();
    client.create(
        "user",
        &json!({"userDirectory": "LAB", "userId": "second", "roles": ["RootAdmin"]}),
    );
    let own = id(&client.get("/user?filter=userId eq 'root'").json()[0]);
    let path = format!("/console/user/{own}");
    let saved = browser.fill_in(&path, &[("roles", "RotAdmin")]).expect_page(200);
    let text = unescape(&saved.text);
    for part in [
        "Saved.",
        "no rule mentions the role RotAdmin, so it grants nothing; did you mean RootAdmin?",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert_eq!(client.get(&format!("/user/{own}")).json()["roles"], json!(["RotAdmin"]));
}
