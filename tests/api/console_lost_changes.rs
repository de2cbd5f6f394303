//! Two people change the same entity: the console loses no change if a form has no base, is shown
//! again, is sent in a new session, or if several are sent at the same time.

use crate::support::browser::{Browser, fields, has};
use crate::support::id;
use crate::support::two_editors::{Scene, conflicting_fields, names};
use serde_json::json;
use std::thread;

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
