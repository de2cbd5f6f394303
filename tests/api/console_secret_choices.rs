//! Two people change secrets, or fields that belong together such as a connection string and its
//! password: the console shows no secret, and mixes their changes only as one of them chooses.

use crate::support::Reply;
use crate::support::browser::{fields, has};
use crate::support::two_editors::{Scene, conflicting_fields};
use serde_json::json;

#[test]
fn secrets_are_merged_and_never_shown_lost_or_cleared() {
    let mut scene = Scene::new();
    let path = scene.connection(&json!({"password": "secret one"}));
    let is_silent = |page: &Reply| assert!(!page.text.contains("secret "), "{}", page.text);
    // First, only they change it; then, only the visitor does.
    let form = scene.open(&path);
    scene.they_change(&path, &json!({"password": "secret two"}));
    let page = scene.save(&path, &form, &[("architecture", "2")]).expect_page(200);
    has(&page, &["Kept from others: Password."]);
    is_silent(&page);
    assert_eq!(scene.password(&path), "secret two");
    let form = scene.open(&path);
    scene.they_change(&path, &json!({"architecture": 1}));
    is_silent(&scene.save(&path, &form, &[("password", "secret three")]).expect_page(200));
    assert_eq!(scene.password(&path), "secret three");
    // Both change it.
    for (own, choice, typed, wanted) in [
        (("password", "secret mine"), "mine", "secret mine", "secret mine"),
        (("password", "secret mine"), "theirs", "", "secret theirs"),
        (("password", "secret mine"), "theirs", "secret mine", "secret theirs"),
        (("clear password", "yes"), "mine", "", ""),
        (("clear password", "yes"), "theirs", "", "secret theirs"),
    ] {
        let form = scene.open(&path);
        scene.they_change(&path, &json!({"password": "secret theirs"}));
        let page = scene.save(&path, &form, &[own, ("type", "folder")]).expect_page(409);
        is_silent(&page);
        assert_eq!(conflicting_fields(&page), ["password"]);
        let form = fields(&page.text);
        let reply = scene.save(&path, &form, &[("choose password", choice), ("password", typed)]);
        assert_eq!(reply.status, 303, "{}", reply.text);
        assert_eq!(scene.password(&path), wanted, "{own:?} {choice}");
    }
    // A typed secret has to be typed again if the page asks about another field; the page says so.
    let form = scene.open(&path);
    scene.they_change(&path, &json!({"name": "theirs again"}));
    let page =
        scene.save(&path, &form, &[("password", "secret four"), ("name", "mine")]).expect_page(409);
    is_silent(&page);
    assert_eq!(conflicting_fields(&page), ["name", "password"]);
    has(&page, &["Only you changed it"]);
    let form = fields(&page.text);
    let choices = [("choose password", "mine"), ("choose name", "mine")];
    let page = scene.save(&path, &form, &choices).expect_page(400);
    has(
        &page,
        &["Password: type it below, or keep the stored one", "value=\"mine\" required checked"],
    );
    assert_eq!(scene.stored(&path)["name"], "theirs again");
    let form = fields(&page.text);
    assert_eq!(scene.save(&path, &form, &[("password", "secret four")]).status, 303);
    assert_eq!(
        (scene.password(&path).as_str(), &scene.stored(&path)["name"]),
        ("secret four", &json!("mine"))
    );
}

#[test]
fn fields_that_belong_together_are_never_mixed_without_a_choice() {
    let mut scene = Scene::new();
    let path = scene.connection(&json!({"password": "secret one"}));
    // The visitor's new password is sent to their server only if the visitor confirms it.
    let form = scene.open(&path);
    scene.they_change(&path, &json!({"connectionstring": "host=evil", "architecture": 1}));
    let stored = scene.stored(&path);
    let page = scene
        .save(&path, &form, &[("password", "secret two"), ("type", "folder")])
        .expect_page(409);
    assert_eq!(
        (conflicting_fields(&page), scene.stored(&path)),
        (vec!["connectionstring".to_owned(), "password".to_owned()], stored)
    );
    assert_eq!(scene.password(&path), "secret one");
    has(
        &page,
        &["Yours: <span class=\"text\">lib://c<", "Stored now: <span class=\"text\">host=evil<"],
    );
    let form = fields(&page.text);
    let choices = [
        ("choose connectionstring", "mine"),
        ("choose password", "mine"),
        ("password", "secret two"),
    ];
    assert_eq!(scene.save(&path, &form, &choices).status, 303);
    let stored = scene.stored(&path);
    assert_eq!(
        (&stored["connectionstring"], &stored["architecture"]),
        (&json!("lib://c"), &json!(1))
    );
    assert_eq!(scene.password(&path), "secret two");
    // Their new password is not sent to the visitor's server either. The previous password is no
    // longer available, so another one has to be typed.
    let form = scene.open(&path);
    scene.they_change(&path, &json!({"password": "secret theirs"}));
    let page = scene.save(&path, &form, &[("connectionstring", "host=mine")]).expect_page(409);
    assert_eq!(conflicting_fields(&page), ["connectionstring", "password"]);
    let form = fields(&page.text);
    let choices = [("choose connectionstring", "mine"), ("choose password", "mine")];
    let page = scene.save(&path, &form, &choices).expect_page(400);
    has(&page, &["Password: type it below, or keep the stored one"]);
    assert_eq!(
        scene
            .save(
                &path,
                &form,
                &[("choose connectionstring", "theirs"), ("choose password", "theirs")]
            )
            .status,
        303
    );
    assert_eq!(
        (scene.password(&path).as_str(), &scene.stored(&path)["connectionstring"]),
        ("secret theirs", &json!("lib://c"))
    );
    // A rule's condition, resources and actions together define access.
    let rule = json!({
        "name": "r", "resourceFilter": "Tag_*", "actions": 2, "rule": "user.name = \"x\"",
        "disabled": true
    });
    let path = scene.create("systemrule", &rule);
    let form = scene.open(&path);
    scene.they_change(&path, &json!({"actions": 6, "comment": "theirs"}));
    let page = scene
        .save(&path, &form, &[("rule", "user.name = \"y\""), ("name", "mine")])
        .expect_page(409);
    assert_eq!(conflicting_fields(&page), ["rule", "actions"]);
    let form = fields(&page.text);
    assert_eq!(
        scene.save(&path, &form, &[("choose rule", "mine"), ("choose actions", "mine")]).status,
        303
    );
    let stored = scene.stored(&path);
    assert_eq!((&stored["rule"], &stored["actions"]), (&json!("user.name = \"y\""), &json!(2)));
    assert_eq!((&stored["name"], &stored["comment"]), (&json!("mine"), &json!("theirs")));
}
