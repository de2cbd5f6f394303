//! Two people change the same entity: the console merges the slower user's input with the stored
//! version, field by field.

use crate::support::browser::{Browser, fields, has};
use crate::support::id;
use crate::support::two_editors::{Scene, THEM, names};
use serde_json::{Value as Json, json};

#[test]
fn fields_that_only_one_side_changed_are_merged_and_the_page_says_by_whom_and_when() {
    let mut scene = Scene::new();
    let definition = json!({
        "name": "stage", "choiceValues": ["dev", "prod"], "objectTypes": ["DataConnection"]
    });
    let definition = id(&scene.them.create("custompropertydefinition", &definition));
    let path = scene.connection(&json!({"password": "hunter2"}));
    let form = scene.open(&path);
    let value = json!([{"value": "prod", "definition": {"id": definition}}]);
    scene.they_change(
        &path,
        &json!({"type": "theirs", "architecture": 1, "customProperties": value}),
    );
    let date = scene.date(&path);
    let saved = scene.save(&path, &form, &[("username", "mine"), ("logOn", "1")]).expect_page(200);
    let message = format!(
        "Saved. It was changed after you opened it, last by {THEM} at {date}. Kept from others: \
         Custom property stage, Type, Architecture."
    );
    has(&saved, &[&message, "role=\"status\"", "value=\"mine\"", "value=\"theirs\""]);
    let stored = scene.stored(&path);
    assert_eq!((&stored["username"], &stored["logOn"]), (&json!("mine"), &json!(1)));
    assert_eq!((&stored["type"], &stored["architecture"]), (&json!("theirs"), &json!(1)));
    assert_eq!(
        (names(&stored["customProperties"], "value"), scene.password(&path)),
        (vec!["prod".to_owned()], "hunter2".to_owned())
    );
    // The page with the message is a form of the new version.
    let again = fields(&saved.text);
    assert_eq!(scene.save(&path, &again, &[("username", "mine again")]).status, 303);
    assert_eq!(scene.stored(&path)["type"], "theirs");
    // An unchanged form changes nothing, even if its version is old.
    let before = scene.stored(&path);
    let unchanged = format!("/console{path}?saved=Nothing+was+changed.");
    assert!(scene.save(&path, &form, &[]).header("location").starts_with(&unchanged));
    assert_eq!(scene.stored(&path), before);
}

#[test]
fn the_page_names_the_last_of_several_people_as_the_last() {
    let mut scene = Scene::new();
    let path = scene.connection(&json!({}));
    let form = scene.open(&path);
    scene.they_change(&path, &json!({"type": "folder"}));
    let third = scene.open(&path);
    assert_eq!(scene.save(&path, &third, &[("architecture", "1")]).status, 303);
    let (last, date) =
        (scene.stored(&path)["modifiedByUserName"].as_str().unwrap().to_owned(), scene.date(&path));
    assert_ne!(last, THEM);
    let by_whom = format!("It was changed after you opened it, last by {last} at {date}.");
    let same = scene.save(&path, &form, &[("type", "folder")]).expect_page(200);
    let conflicts =
        scene.save(&path, &form, &[("type", "internet2"), ("name", "mine")]).expect_page(409);
    let saved = scene.save(&path, &form, &[("name", "mine")]).expect_page(200);
    has(&same, &["There was nothing left to save", &by_whom]);
    has(&conflicts, &[&format!("was changed after you opened it, last by {last} at {date}")]);
    has(&conflicts, &["Also changed by others, and kept: Architecture."]);
    has(&saved, &[&format!("Saved. {by_whom} Kept from others: Type, Architecture.")]);
    for page in [same, conflicts, saved] {
        assert!(
            !page.text.contains(&format!("{last} changed"))
                && !page.text.contains(&format!("by {last}, "))
        );
    }
}

#[test]
fn the_same_change_by_both_is_no_conflict() {
    let mut scene = Scene::new();
    let path = scene.connection(&json!({}));
    let form = scene.open(&path);
    scene.they_change(
        &path,
        &json!({"username": "same", "owner": {"userDirectory": "INTERNAL", "userId": "sa_api"}}),
    );
    let (before, date) = (scene.stored(&path), scene.date(&path));
    let changes = [("username", "same"), ("owner", "internal\\SA_API")];
    let page = scene.save(&path, &form, &changes).expect_page(200);
    has(&page, &["There was nothing left to save", &format!("last by {THEM} at {date}.")]);
    assert_eq!(scene.stored(&path), before);
    let page = scene
        .save(&path, &form, &[("username", "same"), ("connectionstring", "lib://mine")])
        .expect_page(200);
    has(&page, &["Saved. It was changed", "Kept from others: Owner, User name."]);
    assert_eq!(scene.stored(&path)["connectionstring"], "lib://mine");
}

#[test]
fn lists_are_merged_by_the_items_each_side_added_and_removed() {
    let mut scene = Scene::new();
    let tags: Vec<String> = ["a", "b", "c", "d"]
        .map(|name| id(&scene.them.create("tag", &json!({"name": name}))))
        .to_vec();
    let define = |name: &str, choices: Json| {
        id(&scene.them.create(
            "custompropertydefinition",
            &json!({"name": name, "choiceValues": choices, "objectTypes": ["User"]}),
        ))
    };
    let (chosen, free) = (define("chosen", json!(["1", "2", "3", "4"])), define("free", json!([])));
    let (chosen_field, free_field) = (format!("@{chosen}"), format!("@{free}"));
    let linked = |tags: &[&String]| tags.iter().map(|tag| json!({"id": tag})).collect::<Json>();
    let value =
        |value: &str, definition: &str| json!({"value": value, "definition": {"id": definition}});
    let attribute = |kind: &str, external: &str| {
        json!({
            "attributeType": kind, "attributeValue": "v", "externalId": external
        })
    };
    let path = scene.create(
        "user",
        &json!({
            "userDirectory": "LAB", "userId": "u", "roles": ["a", "b"], "tags": linked(
                &[&tags[0], &tags[1]]
            ),
            "attributes": [attribute("a", "1"), attribute("b", "1")],
            "customProperties": [
                value("1", &chosen),
                value("2", &chosen),
                value("x", &free),
                value("y", &free)
            ],
        }),
    );
    let form = scene.open(&path);
    scene.they_change(
        &path,
        &json!({
            "roles": ["b", "c"], "tags": linked(&[&tags[1], &tags[2]]),
            "attributes": [attribute("a", "2"), attribute("b", "1"), attribute("c", "1")],
            "customProperties": [
                value("2", &chosen),
                value("y", &free),
                value("1", &chosen),
                value("3", &chosen),
                value("z", &free),
                value("x", &free)
            ],
        }),
    );
    let changes = [
        ("roles", "a\r\nd"),
        ("tags", tags[0].as_str()),
        ("tags", tags[3].as_str()),
        ("attributes", "a=v\r\nd=v"),
        (&chosen_field, "1"),
        (&chosen_field, "4"),
        (&free_field, "x\r\nw"),
    ];
    let page = scene.save(&path, &form, &changes).expect_page(200);
    has(
        &page,
        &["Kept from others: Custom property chosen, Custom property free, Roles, \
             Attribute a, Attribute c, Tags."],
    );
    let stored = scene.stored(&path);
    assert_eq!(
        (&stored["roles"], names(&stored["tags"], "name")),
        (&json!(["c", "d"]), vec!["c".to_owned(), "d".to_owned()])
    );
    assert_eq!(names(&stored["attributes"], "attributeType"), ["a", "c", "d"]);
    let attributes = stored["attributes"].as_array().unwrap();
    assert!(attributes.iter().any(|own| own["attributeType"] == "a" && own["externalId"] == "2"));
    assert_eq!(names(&stored["customProperties"], "value"), ["1", "3", "4", "w", "x", "z"]);
    // The order of strings matters, and one side can change it.
    let definition = json!({"name": "d", "choiceValues": ["a", "b", "c"], "objectTypes": ["User"]});
    let path = scene.create("custompropertydefinition", &definition);
    let form = scene.open(&path);
    scene.they_change(
        &path,
        &json!({"choiceValues": ["a", "b", "c", "d"], "objectTypes": ["User", "DataConnection"]}),
    );
    scene.save(&path, &form, &[("choiceValues", "c\r\nb\r\na")]).expect_page(200);
    let stored = scene.stored(&path);
    assert_eq!(
        (&stored["choiceValues"], &stored["objectTypes"]),
        (&json!(["c", "b", "a", "d"]), &json!(["User", "DataConnection"]))
    );
}

#[test]
fn saving_a_deleted_entity_shows_that_it_was_deleted() {
    let mut scene = Scene::new();
    for (kind, body) in [
        ("dataconnection", json!({"name": "c", "type": "folder", "connectionstring": "x"})),
        ("tag", json!({"name": "t"})),
    ] {
        let path = scene.create(kind, &body);
        let form = scene.open(&path);
        scene.them.delete(&path).expect_empty(204);
        let page = scene.save(&path, &form, &[("name", "mine")]).expect_page(404);
        has(&page, &["Nothing was saved", "was deleted after you opened it"]);
    }
}

/// If the entity can no longer be read after a save, the page still says that it was saved.
#[test]
fn a_saved_entity_that_can_no_longer_be_read_is_reported_as_saved() {
    let mut scene = Scene::new();
    let path = scene.connection(&json!({}));
    let condition = "user.userId = \"anna\" and resource.name != \"mine\"";
    let rule =
        json!({"name": "r", "resourceFilter": "DataConnection_*", "actions": 6, "rule": condition});
    scene.create("systemrule", &rule);
    scene.browser = Browser::signed_in(&scene.server, &scene.front, "LAB\\anna");
    let form = scene.open(&path);
    scene.they_change(&path, &json!({"type": "theirs"}));
    let saved = scene.save(&path, &form, &[("name", "mine")]);
    assert_eq!(
        (saved.status, &scene.stored(&path)["name"]),
        (303, &json!("mine")),
        "{}",
        saved.text
    );
    assert!(
        saved
            .header("location")
            .starts_with(&format!("/console{path}?saved=Saved.+It+was+changed"))
    );
}
