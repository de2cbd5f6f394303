//! Two people change the same entity: the console merges the slower user's input with the stored
//! version, field by field.

use crate::support::browser::{Browser, fields, has};
use crate::support::id;
use crate::support::two_editors::{Scene, THEM, conflicting_fields, names};
use serde_json::{Value as Json, json};
use std::thread;

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
fn a_missing_forged_or_too_long_base_loses_no_change() {
    let mut scene = Scene::new();
    let path = scene.connection(&json!({}));
    let form = scene.open(&path);
    scene.they_change(&path, &json!({"connectionstring": "lib://theirs"}));
    for base in [
        "",
        "%",
        "bnVsbA",
        "e30",
        "eyJ1c2VybmFtZSI6WzFdLCJ0YWdzIjoxLCJjdXN0b21Qcm9wZXJ0aWVzIjpbMSx7fV19",
    ] {
        let stored = scene.stored(&path);
        let page =
            scene.save(&path, &form, &[("base", base), ("username", "mine")]).expect_page(409);
        // The page asks about each difference from the stored version, because it can't know which
        // side changed it.
        let conflicts = conflicting_fields(&page);
        assert!(
            conflicts.contains(&"username".to_owned())
                && conflicts.contains(&"connectionstring".to_owned()),
            "{conflicts:?}"
        );
        assert_eq!(scene.stored(&path), stored, "{base}");
    }
    let mut page = scene.save(&path, &form, &[("base", ""), ("username", "mine")]).expect_page(409);
    has(&page, &["Before: <span class=\"text\">not known</span>"]);
    let choices = [("choose connectionstring", "theirs"), ("choose username", "mine")];
    page = scene.save(&path, &fields(&page.text), &choices);
    assert_eq!(page.status, 303, "{}", page.text);
    let stored = scene.stored(&path);
    assert_eq!(
        (&stored["username"], &stored["connectionstring"]),
        (&json!("mine"), &json!("lib://theirs"))
    );
    // A form of the current version needs no base.
    let form = scene.open(&path);
    assert_eq!(scene.save(&path, &form, &[("base", ""), ("username", "last")]).status, 303);
    let choices: Vec<String> =
        (0..250).map(|number| format!("{number} {}", "x".repeat(900))).collect();
    let body = json!({
        "name": "d", "choiceValues": choices, "objectTypes": ["User"], "description": "before"
    });
    let path = scene.create("custompropertydefinition", &body);
    let form = scene.open(&path);
    assert!(form.contains(&("base".to_owned(), String::new())));
    scene.they_change(&path, &json!({"description": "theirs"}));
    let page = scene.save(&path, &form, &[("name", "mine")]).expect_page(409);
    assert_eq!(conflicting_fields(&page), ["name", "description"]);
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

#[test]
fn a_form_that_is_shown_again_keeps_the_version_that_was_opened() {
    let mut scene = Scene::new();
    let rule =
        json!({"name": "r", "resourceFilter": "Tag_*", "actions": 2, "rule": "user.name = \"x\""});
    let path = scene.create("systemrule", &rule);
    let form = scene.open(&path);
    scene.they_change(&path, &json!({"comment": "theirs"}));
    // After a preview of the merged rule, and after a fault.
    let looked =
        scene.save(&path, &form, &[("name", "mine"), ("action", "preview")]).expect_page(200);
    has(&looked, &["What would change", "value=\"mine\""]);
    let form = fields(&looked.text);
    let slip = scene.save(&path, &form, &[("rule", "user.nmae =")]).expect_page(400);
    let form = fields(&slip.text);
    let page = scene.save(&path, &form, &[("rule", "user.name = \"y\"")]).expect_page(200);
    has(&page, &["Kept from others: Comment."]);
    let stored = scene.stored(&path);
    assert_eq!((&stored["comment"], &stored["name"]), (&json!("theirs"), &json!("mine")));
    assert_eq!(stored["rule"], "user.name = \"y\"");
    // After choosing another page of a custom property's choices.
    let choices: Vec<String> = (0..150).map(|number| format!("choice {number:03}")).collect();
    let definition =
        json!({"name": "many", "choiceValues": choices, "objectTypes": ["DataConnection"]});
    let field = format!("@{}", id(&scene.them.create("custompropertydefinition", &definition)));
    let path = scene.connection(&json!({}));
    let form = scene.open(&path);
    scene.they_change(&path, &json!({"architecture": 1}));
    let turned =
        [("username", "mine"), (&field, "choice 007"), ("action", &format!("choices {field} 100"))];
    let page = scene.save(&path, &form, &turned).expect_page(200);
    has(&page, &["Choices 101 to 150 of 150", "choice 007"]);
    let form = fields(&page.text);
    scene.they_change(&path, &json!({"username": "theirs"}));
    let page = scene
        .save(&path, &form, &[(&field, "choice 007"), (&field, "choice 149"), ("action", "save")])
        .expect_page(409);
    assert_eq!(conflicting_fields(&page), ["username"]);
    let form = fields(&page.text);
    assert_eq!(scene.save(&path, &form, &[("choose username", "mine")]).status, 303);
    let stored = scene.stored(&path);
    assert_eq!(names(&stored["customProperties"], "value"), ["choice 007", "choice 149"]);
    assert_eq!((&stored["username"], &stored["architecture"]), (&json!("mine"), &json!(1)));
    // A refused form is shown again, and the next save reverts no change of theirs.
    scene.them.connection("Taken");
    let form = scene.open(&path);
    scene.they_change(&path, &json!({"connectionstring": "lib://later"}));
    let refused = scene.save(&path, &form, &[("name", "taken")]).expect_page(409);
    let form = fields(&refused.text);
    scene.save(&path, &form, &[("name", "free")]).expect_page(200);
    let stored = scene.stored(&path);
    assert_eq!(
        (&stored["name"], &stored["connectionstring"]),
        (&json!("free"), &json!("lib://later"))
    );
}

#[test]
fn concurrent_saves_lose_no_change() {
    const BROWSERS: usize = 4;
    const SAVES: usize = 5;
    let mut scene = Scene::new();
    let path =
        scene.create("user", &json!({"userDirectory": "LAB", "userId": "u", "roles": ["first"]}));
    let form = scene.open(&path);
    let sign_in = |number: usize| {
        let user = format!("admin{number}");
        scene.them.create(
            "user",
            &json!({"userDirectory": "LAB", "userId": user, "roles": ["RootAdmin"]}),
        );
        Browser::signed_in(&scene.server, &scene.front, &format!("LAB\\{user}"))
    };
    let mut browsers: Vec<Browser> = (0..BROWSERS).map(sign_in).collect();
    thread::scope(|scope| {
        for (number, browser) in browsers.iter_mut().enumerate() {
            let (form, path) = (&form, format!("/console{path}"));
            scope.spawn(move || {
                for save in 0..SAVES {
                    // Each form is of the first version, and adds one role.
                    let role = format!("first\r\n{number} {save}");
                    let kept = form.iter().filter(|(name, _)| name != "roles");
                    let mut all: Vec<(&str, &str)> =
                        kept.map(|(name, text)| (name.as_str(), text.as_str())).collect();
                    all.push(("roles", &role));
                    // After some rounds, the server gives up with a message.
                    let mut reply = browser.post(&path, &all);
                    while reply.status == 503 {
                        has(&reply, &["Nothing was saved, because others kept changing this"]);
                        reply = browser.post(&path, &all);
                    }
                    assert!([200, 303].contains(&reply.status), "{}", reply.text);
                }
            });
        }
    });
    let roles = scene.stored(&path)["roles"].as_array().unwrap().len();
    assert_eq!(roles, 1 + BROWSERS * SAVES);
}

/// This is how a conflict continues after a sign-in: the plain form of the entity has no choices,
/// and would overwrite the changes of others.
#[test]
fn a_conflict_submitted_in_a_new_session_is_shown_again_with_its_choices() {
    let mut scene = Scene::new();
    let path = scene.connection(&json!({}));
    let form = scene.open(&path);
    scene.they_change(&path, &json!({"connectionstring": "theirs"}));
    let conflict = scene.save(&path, &form, &[("connectionstring", "mine")]).expect_page(409);
    for chosen in ["theirs", ""] {
        let mut sent = fields(&conflict.text);
        sent.retain(|(name, _)| name != "choose connectionstring");
        if !chosen.is_empty() {
            sent.push(("choose connectionstring".to_owned(), chosen.to_owned()));
        }
        let pairs: Vec<(&str, &str)> =
            sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let again = scene
            .browser
            .post_with(&format!("/console{path}"), "of another session", &pairs)
            .expect_page(409);
        assert_eq!(conflicting_fields(&again), ["connectionstring"], "{}", again.text);
        let answers = fields(&again.text);
        let kept = answers
            .iter()
            .find(|(name, _)| name == "choose connectionstring")
            .map(|(_, value)| value.as_str());
        assert_eq!(kept, Some(chosen).filter(|chosen| !chosen.is_empty()));
        if kept.is_some() {
            assert_eq!(scene.save(&path, &answers, &[]).status, 303);
        }
        assert_eq!(scene.stored(&path)["connectionstring"], "theirs");
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
