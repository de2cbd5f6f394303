//! Changing and deleting several entities in the console: a form with a checkbox for each change, a
//! preview, and then the change.

use crate::support::browser::{Browser, unescape};
use crate::support::bulk::{PATH, Site, change, has, press, press_on};
use crate::support::rules::rule;
use crate::support::{encode, id};
use serde_json::{Value as Json, json};

#[test]
fn each_change_is_shown_for_each_entity_before_it_is_made() {
    let mut site = Site::new();
    site.set_stage(&["b"], "dev");
    let (finance, old, stage) = (site.finance.clone(), site.old.clone(), site.stage.clone());
    change(&site.client, "dataconnection", &site.ids[1].clone(), &json!({"tags": [{"id": old}]}));
    let page = site.send(2, "", &[]).expect_page(200);
    has(
        &page,
        &["2 selected", "finance", "stage", "Give them to another owner", "Remove all values"],
    );
    for (ticked, shown, filter) in [
        (
            vec![("change", "add-tags"), ("add", finance.as_str())],
            vec![">–<", ">finance<", ">old, finance<"],
            "tags.name eq 'finance'",
        ),
        (
            vec![("change", "remove-tags"), ("remove", &finance)],
            vec![">old, finance<", ">old<"],
            "not tags.name eq 'finance'",
        ),
        (
            vec![("change", "owner"), ("owner", "INTERNAL\\sa_api")],
            vec![">INTERNAL\\sa_repository<", ">INTERNAL\\sa_api<"],
            "owner.userId eq 'sa_api'",
        ),
        (
            vec![("change", "set-value"), ("definition", &stage), ("value", "prod")],
            vec![">–<", ">stage=dev<", ">stage=prod<"],
            "@stage eq 'prod'",
        ),
        (
            vec![("change", "remove-values"), ("cleared", &stage)],
            vec![">stage=prod<", ">–<"],
            "not @stage eq 'prod'",
        ),
    ] {
        let before = site.stored();
        let preview = site.send(2, "preview", &ticked).expect_page(200);
        has(
            &preview,
            &[
                "Change 2 data connections?",
                "Nothing is changed yet",
                ">a</a>",
                ">b</a>",
                "Apply to 2",
            ],
        );
        has(&preview, &shown);
        assert!(!preview.text.contains("Modified"), "{}", preview.text);
        assert_eq!(site.stored(), before, "{ticked:?}");
        let done = press_on(&mut site.browser, &preview, "apply");
        assert_eq!(done.status, 303, "{ticked:?}: {}", done.text);
        let mut changed = site.client.names("dataconnection", filter);
        changed.retain(|name| name != "c");
        assert_eq!(changed, ["a", "b"], "{ticked:?}");
        // Values that an entity has already are listed, and not written again.
        let again = site.send(2, "preview", &ticked).expect_page(200);
        has(&again, &["Nothing would change"]);
        assert!(!again.text.contains("Apply to"));
    }
}

#[test]
fn only_the_ticked_changes_are_made_and_all_together() {
    let mut site = Site::new();
    let (finance, stage) = (site.finance.clone(), site.stage.clone());
    change(
        &site.client,
        "dataconnection",
        &site.ids[1].clone(),
        &json!({"tags": [{"id": finance}]}),
    );
    let ticked = [
        ("change", "add-tags"),
        ("add", finance.as_str()),
        ("change", "set-value"),
        ("definition", &stage),
        ("value", "prod"),
        ("change", "owner"),
        ("owner", "internal\\SA_API"),
    ];
    let preview = site.send(2, "preview", &ticked).expect_page(200);
    has(&preview, &["rowspan=\"3\"", "rowspan=\"2\""]);
    // The form keeps its input.
    let form = press_on(&mut site.browser, &preview, "edit").expect_page(200);
    has(&form, &["value=\"internal\\SA_API\"", "value=\"prod\""]);
    assert_eq!(form.text.matches(" checked>").count(), 4, "{}", form.text);
    let preview = press_on(&mut site.browser, &form, "preview").expect_page(200);
    let done = press_on(&mut site.browser, &preview, "apply");
    assert_eq!(done.status, 303);
    let filter = "tags.name eq 'finance' and @stage eq 'prod' and owner.userId eq 'sa_api'";
    assert_eq!(site.client.names("dataconnection", filter), ["a", "b"]);
    let list = site.browser.get(done.header("location")).expect_page(200);
    has(
        &list,
        &["Changed: 2 data connections (tags added, owner changed, custom property value set)."],
    );
    // A checkbox that is sent twice counts once.
    let twice = [&ticked[..], &[("change", "add-tags"), ("change", "owner")]].concat();
    let preview = site.send(2, "preview", &twice).expect_page(200);
    assert_eq!(preview.text.matches("name=\"change\"").count(), 3, "{}", preview.text);
    // One of the changes fails, so none is made.
    let wrong = [
        ("change", "set-value"),
        ("definition", &*stage),
        ("value", "moon"),
        ("change", "remove-tags"),
        ("remove", &finance),
    ];
    let refused = site.send(2, "preview", &wrong).expect_page(400);
    has(
        &refused,
        &["Nothing was changed.", "role=\"alert\" id=\"set-value-fault\"", "value=\"moon\""],
    );
    assert_eq!(site.client.names("dataconnection", filter), ["a", "b"]);
}

#[test]
fn ticked_changes_without_a_value_and_values_of_unticked_changes_are_pointed_out() {
    let mut site = Site::new();
    site.set_stage(&["a", "b"], "prod");
    let before = site.stored();
    let (finance, stage) = (site.finance.clone(), site.stage.clone());
    for (sent, part) in [
        (vec![], "Tick at least one change."),
        (
            vec![("change", "set-value"), ("definition", stage.as_str()), ("value", "")],
            "The value must not be empty.",
        ),
        (
            vec![("change", "set-value"), ("definition", &stage), ("value", "  ")],
            "The value must not be empty.",
        ),
        (vec![("change", "set-value"), ("value", "dev")], "Choose the custom property."),
        (vec![("change", "remove-values")], "Choose the custom property."),
        (vec![("change", "add-tags")], "Choose a tag."),
        (vec![("change", "remove-tags")], "Choose a tag."),
        (vec![("change", "owner")], "DIRECTORY\\userid"),
        (vec![("change", "owner"), ("owner", "nobody")], "DIRECTORY\\userid"),
        (vec![("change", "owner"), ("owner", "LAB\\nobody")], "id=\"owner-fault\""),
        (vec![("change", "owner"), ("owner", "LAB\\nobody")], ">There is no user with"),
        (
            vec![
                ("change", "add-tags"),
                ("add", &finance),
                ("change", "remove-tags"),
                ("remove", &finance),
            ],
            "both added and removed",
        ),
        (
            vec![
                ("change", "set-value"),
                ("definition", &stage),
                ("value", "dev"),
                ("change", "remove-values"),
                ("cleared", &stage),
            ],
            "You set this custom property above",
        ),
        (
            vec![("change", "add-tags"), ("add", &finance), ("owner", "INTERNAL\\sa_api")],
            "its box is not ticked",
        ),
        (
            vec![("change", "add-tags"), ("add", &finance), ("value", "dev")],
            "its box is not ticked",
        ),
        (
            vec![("change", "add-tags"), ("add", &finance), ("definition", &stage)],
            "its box is not ticked",
        ),
        (
            vec![("change", "add-tags"), ("add", &finance), ("cleared", &stage)],
            "its box is not ticked",
        ),
        (
            vec![("change", "add-tags"), ("add", &finance), ("remove", &finance)],
            "its box is not ticked",
        ),
        (
            vec![("change", "owner"), ("owner", "INTERNAL\\sa_api"), ("add", &finance)],
            "its box is not ticked",
        ),
    ] {
        for action in ["preview", "apply"] {
            let page = site.send(2, action, &sent).expect_page(400);
            has(&page, &["Nothing was changed.", "role=\"alert\"", part]);
        }
    }
    // A deletion keeps the form's input as well.
    for action in ["ask to delete", "delete"] {
        let page = site.send(2, action, &[("owner", "INTERNAL\\sa_api")]).expect_page(400);
        has(&page, &["Nothing was deleted.", "value=\"INTERNAL\\sa_api\""]);
    }
    assert_eq!(site.stored(), before);
    has(&site.send(0, "preview", &[]).expect_page(400), &["Select 1 to"]);
}

#[test]
fn a_change_by_another_user_after_the_preview_leads_to_a_new_preview() {
    let mut site = Site::new();
    let ticked = [("change", "add-tags"), ("add", &*site.finance.clone())];
    let preview = site.send(2, "preview", &ticked).expect_page(200);
    let their_change = json!({"tags": [{"id": site.old}], "name": "b2"});
    change(&site.client, "dataconnection", &site.ids[1].clone(), &their_change);
    let conflict = press_on(&mut site.browser, &preview, "apply").expect_page(409);
    has(
        &conflict,
        &[
            "Nothing was changed.",
            "INTERNAL\\sa_repository changed b2 after you opened this page.",
            ">old, finance<",
            "role=\"alert\"",
        ],
    );
    assert!(site.client.names("dataconnection", "tags.name eq 'finance'").is_empty());
    assert_eq!(press_on(&mut site.browser, &conflict, "apply").status, 303);
    assert_eq!(site.client.names("dataconnection", "tags.name eq 'finance'"), ["a", "b2"]);
    // A change to an entity that the preview left unchanged counts as well.
    let all = site.send(3, "preview", &ticked).expect_page(200);
    has(&all, &["Unchanged: 2", "Apply to 1"]);
    change(&site.client, "dataconnection", &site.ids[0].clone(), &json!({"tags": []}));
    let conflict = press_on(&mut site.browser, &all, "apply").expect_page(409);
    has(&conflict, &["Apply to 2"]);
    // A deleted entity is no longer shown.
    site.client.delete(&format!("/dataconnection/{}", site.ids[0])).expect(204);
    let gone = press_on(&mut site.browser, &conflict, "apply").expect_page(404);
    has(&gone, &["Nothing was changed.", "2 selected"]);
    let preview = press_on(&mut site.browser, &gone, "preview").expect_page(200);
    assert_eq!(press_on(&mut site.browser, &preview, "apply").status, 303);
    assert_eq!(site.client.names("dataconnection", "tags.name eq 'finance'"), ["b2", "c"]);
}

#[test]
fn a_deletion_asks_first_and_deletes_the_entities_that_it_showed() {
    let mut site = Site::new();
    for action in ["ask to delete", "delete"] {
        let page = site.send(2, action, &[]).expect_page(200);
        has(
            &page,
            &["Delete 2 data connections?", "deleted for good", ">a</a>", ">b</a>", "Delete 2<"],
        );
    }
    let page = site.send(2, "ask to delete", &[]).expect_page(200);
    change(&site.client, "dataconnection", &site.ids[1].clone(), &json!({"username": "later"}));
    let conflict = press_on(&mut site.browser, &page, "delete").expect_page(409);
    has(
        &conflict,
        &[
            "Nothing was deleted.",
            "changed b after you opened this page",
            "Delete 2 data connections?",
        ],
    );
    assert_eq!(site.client.names("dataconnection", ""), ["a", "b", "c"]);
    let form = press_on(&mut site.browser, &conflict, "edit").expect_page(200);
    has(&form, &["2 selected"]);
    let done = press_on(&mut site.browser, &conflict, "delete");
    assert_eq!(done.status, 303, "{}", done.text);
    has(
        &site.browser.get(done.header("location")).expect_page(200),
        &["Deleted: 2 data connections."],
    );
    assert_eq!(site.client.names("dataconnection", ""), ["c"]);
    // An entity that can't be deleted is reported before the confirmation.
    let owner = id(&site.client.get("/user?filter=userId eq 'sa_repository'").json()[0]);
    let refused = press(
        &mut site.browser,
        "/console/user/selected",
        vec![("id".to_owned(), owner)],
        "ask to delete",
    );
    has(&refused.expect_page(409), &["Nothing was deleted."]);
}

#[test]
fn one_entity_that_may_not_be_changed_prevents_all_changes() {
    let mut site = Site::new();
    let anna = site.server.user("anna");
    let own_id = id(&anna.connection("hers"));
    site.client.create("systemrule", &rule("Anna reads", "user.userId = \"anna\"", 2));
    let mut browser = Browser::signed_in(&site.server, &site.front, "LAB\\anna");
    browser.get("/console/dataconnection").expect_page(200);
    let stage = site.stage.clone();
    let fields = |ids: &[&str]| {
        let ids = ids.iter().map(|id| ("id", *id));
        let fields =
            ids.chain([("change", "set-value"), ("definition", stage.as_str()), ("value", "prod")]);
        fields.map(|(name, text)| (name.to_owned(), text.to_owned())).collect::<Vec<_>>()
    };
    let both = fields(&[&own_id, &site.ids[0]]);
    let refused = press(&mut browser, PATH, both, "preview").expect_page(403);
    has(&refused, &["Nothing was changed.", "a: LAB\\anna may not update this data connection"]);
    let own = press(&mut browser, PATH, fields(&[&own_id]), "preview").expect_page(200);
    has(&own, &["To see whose rights change, you must be allowed to read"]);
    // The user loses the right after the preview.
    change(
        &site.client,
        "dataconnection",
        &own_id,
        &json!({"owner": {"userDirectory": "INTERNAL", "userId": "sa_api"}}),
    );
    let late = press_on(&mut browser, &own, "apply").expect_page(403);
    has(&late, &["Nothing was changed."]);
    assert!(site.client.names("dataconnection", "@stage eq 'prod'").is_empty());
    site.browser.get("/console/dataconnection").expect_page(200);
}

#[test]
fn after_a_change_the_same_page_of_the_list_is_shown() {
    let mut site = Site::new();
    let many: Vec<Json> =
        (0..60).map(|number| crate::support::connection(&format!("m{number:02}"))).collect();
    site.client.post("/dataconnection/many", &json!(many)).expect(201);
    let query =
        format!("filter={}&orderby=name+desc&column=name&column=id&skip=50", encode("name sw 'm'"));
    let page = site.browser.get(&format!("/console/dataconnection?{query}")).expect_page(200);
    let list = page.text.split("name=\"list\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let chosen = page
        .text
        .split("name=\"id\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let finance = site.finance.clone();
    let fields = |list: &str| {
        let fields =
            [("id", chosen.as_str()), ("list", list), ("change", "add-tags"), ("add", &finance)];
        fields.map(|(name, text)| (name.to_owned(), text.to_owned())).to_vec()
    };
    let list = unescape(list);
    let form = press(&mut site.browser, PATH, fields(&list)[..2].to_vec(), "").expect_page(200);
    has(&form, &["orderby=name+desc", ">Back to the list<"]);
    let preview = press(&mut site.browser, PATH, fields(&list), "preview").expect_page(200);
    let done = press_on(&mut site.browser, &preview, "apply");
    assert_eq!(done.status, 303);
    let back = site.browser.get(done.header("location")).expect_page(200);
    has(
        &back,
        &[
            "Changed: 1 data connection (tags added).",
            "51 to 60 of 60",
            "aria-sort=\"descending\"",
            "value=\"name sw &#39;m&#39;\"",
        ],
    );
    // Forged values lead to no other site.
    for hostile in [
        "https://evil.example/",
        "//evil.example",
        "?next=https://evil.example",
        "filter=\r\nLocation: https://evil.example",
        "/../../evil.example",
        &format!("filter={}", "x".repeat(100_000)),
        "skip=evil.example",
    ] {
        site.client
            .put(
                &format!("/dataconnection/{chosen}"),
                &json!({"tags": [], "modifiedDate": "2199-01-01T00:00:00.000Z"}),
            )
            .expect(200);
        let preview = press(&mut site.browser, PATH, fields(hostile), "preview").expect_page(200);
        let done = press_on(&mut site.browser, &preview, "apply");
        assert_eq!(done.status, 303, "{hostile}");
        let path = done.header("location");
        let rest = path.strip_prefix("/console/dataconnection?").unwrap();
        assert!(!rest.contains("//") && !rest.contains('\n') && rest.len() < 1_000, "{path}");
    }
}
