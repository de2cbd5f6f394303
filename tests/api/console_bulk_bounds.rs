//! Changing several entities in the console with much to show: the page stays small, and says what
//! it omits.

use crate::support::bulk::{Site, change, has, press};
use crate::support::rules::rule;
use crate::support::{connection, id};
use serde_json::{Value as Json, json};

#[test]
fn a_preview_of_long_lists_stays_a_small_page() {
    let mut site = Site::new();
    let definition = json!({"name": "note", "choiceValues": [], "objectTypes": ["DataConnection"]});
    let note = id(&site.client.create("custompropertydefinition", &definition));
    let value = |number: usize| {
        json!({
            "value": format!("{number:03} {}", "x".repeat(1_000)), "definition": {"id": note}
        })
    };
    let values: Vec<Json> = (0..100).map(value).collect();
    let many: Vec<Json> = (0..20)
        .map(|number| {
            let mut body = connection(&format!("m{number:02}"));
            body["customProperties"] = json!(values);
            body
        })
        .collect();
    let made = site.client.post("/dataconnection/many", &json!(many)).expect(201).json();
    site.ids = made.as_array().unwrap().iter().map(id).collect();
    for ticked in [
        vec![("change", "remove-values"), ("cleared", note.as_str())],
        vec![("change", "set-value"), ("definition", &note), ("value", "new")],
    ] {
        let preview = site.send(20, "preview", &ticked).expect_page(200);
        has(
            &preview,
            &["Change 20 data connections?", ">m19</a>", "note=000 xxx", "90 more", "Apply to 20"],
        );
        assert!(preview.text.len() < 200_000, "{}", preview.text.len());
    }
    // Several hundred entities with long texts are too much for one page; it lists all of them by
    // name.
    let long = json!({"value": "y".repeat(1_000), "definition": {"id": note}});
    let many: Vec<Json> = (0..600)
        .map(|number| {
            let mut body = connection(&format!("n{number:03}"));
            body["customProperties"] = json!(vec![&long; 1]);
            body
        })
        .collect();
    let made = site.client.post("/dataconnection/many", &json!(many)).expect(201).json();
    site.ids = made.as_array().unwrap().iter().map(id).collect();
    let value = "z".repeat(1_000);
    let set = [("change", "set-value"), ("definition", note.as_str()), ("value", value.as_str())];
    let preview = site.send(600, "preview", &set).expect_page(200);
    has(&preview, &["Apply to 600", ">n599</a>", "zzz…"]);
    assert!(
        !preview.text.contains(&"z".repeat(1_001)) && preview.text.len() < 1_000_000,
        "{}",
        preview.text.len()
    );
}

#[test]
#[ignore = "takes long; .ci/run long-tests runs it"]
fn deleting_a_rule_shows_changed_rights_of_the_first_of_many_users() {
    let mut site = Site::new();
    id(&site.client.create("user", &json!({"userDirectory": "LAB", "userId": "dev"})));
    let database = rusqlite::Connection::open(site.server.data().join("patchbay.db")).unwrap();
    let columns = "created_date, modified_date, modified_by_user_name, \
                   modified_by_user_name_folded, user_directory, user_directory_folded, \
                   user_directory_connector_name, user_directory_connector_name_folded, name, \
                   name_folded, inactive, removed_externally, blacklisted, delete_prohibited";
    let copies = format!(
        "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 10100) \
         INSERT INTO users (id, user_id, user_id_folded, {columns}) \
         SELECT printf('ffffffff-0000-4000-8000-%012d', i), 'u' || i, 'u' || i, {columns} FROM \
         users, n WHERE user_id = 'dev'"
    );
    assert_eq!(database.execute(&copies, ()).unwrap(), 10_100);
    let mut of_tags = rule("Of tags", "user.userId = \"dev\"", 4);
    of_tags["resourceFilter"] = json!("Tag_*");
    let made = id(&site.client.create("systemrule", &of_tags));
    change(&site.client, "systemrule", &made, &json!({"ruleContext": 1}));
    let path = "/console/systemrule/selected";
    let page =
        press(&mut site.browser, path, vec![("id".to_owned(), made.clone())], "ask to delete")
            .expect_page(200);
    has(&page, &["This is not complete: there is too much to compare.", "Lost: 2<"]);
    assert!(!page.text.contains("use a filter"));
    // The same applies to imports and edits of rules, and to the API unless a filter selects the
    // users.
    let list = json!([rule("Others", "user.userId = \"dev\"", 2)]).to_string();
    let import = [("list", list.as_str()), ("action", "preview")];
    let proposed = site.browser.post("/console/systemrule/import", &import).expect_page(200);
    has(&proposed, &["This is not complete: there is too much to compare.", "Gained: 3<"]);
    let disabled = [("disabled", "true"), ("action", "preview")];
    let edited =
        site.browser.fill_in(&format!("/console/systemrule/{made}"), &disabled).expect_page(200);
    has(&edited, &["This is not complete: there is too much to compare.", "Lost: 2<"]);
    let path = "/systemrule/explain/changes";
    let reply = site.client.post(path, &json!({"removed": [made]})).expect(201).json();
    assert_eq!((&reply["lostCount"], &reply["complete"]), (&json!(2), &json!(false)));
    let filtered =
        |filter: &str| site.client.post(path, &json!({"removed": [made], "userFilter": filter}));
    assert_eq!(filtered("userId eq 'dev'").expect(201).json()["complete"], true);
    filtered("userDirectory eq 'LAB'").expect(400).says(&["use a filter"]);
}
