//! Two people make incompatible changes to the same entity: the console asks the slower one which
//! values to keep.

use crate::support::browser::{fields, has};
use crate::support::id;
use crate::support::two_editors::{Scene, THEM, conflicting_fields, names};
use serde_json::{Value as Json, json};

/// Each property with a single value: the entity type, the property, the original value, the slower
/// user's input and the faster user's value; then how a page shows these.
fn collisions() -> Vec<(&'static str, &'static str, [Json; 2], [&'static str; 2])> {
    let user = |name: &str| json!({"userDirectory": "INTERNAL", "userId": name});
    let guid = "00000000-0000-0000-0000-00000000000";
    vec![
        ("dataconnection", "name", [json!("a"), json!("theirs <b>")], ["mine", "mine"]),
        (
            "dataconnection",
            "connectionstring",
            [json!("a"), json!("theirs\r\n2")],
            ["mine\r\n2", "mine\n2"],
        ),
        ("dataconnection", "type", [json!("a"), json!("theirs")], ["mine", "mine"]),
        (
            "dataconnection",
            "engineObjectId",
            [json!(format!("{guid}1")), json!(format!("{guid}2"))],
            ["00000000-0000-0000-0000-000000000003", "00000000-0000-0000-0000-000000000003"],
        ),
        ("dataconnection", "username", [json!("a"), json!("")], ["mine", "mine"]),
        ("dataconnection", "architecture", [json!(0), json!(1)], ["2", "x64"]),
        (
            "dataconnection",
            "owner",
            [user("sa_api"), user("sa_engine")],
            ["INTERNAL\\sa_proxy", "INTERNAL\\sa_proxy"],
        ),
        ("user", "name", [json!("a"), json!("theirs")], ["mine", "mine"]),
        ("user", "userDirectoryConnectorName", [json!("a"), json!("theirs")], ["mine", "mine"]),
        ("systemrule", "name", [json!("a"), json!("theirs")], ["mine", "mine"]),
        (
            "systemrule",
            "rule",
            [json!("user.name = \"a\""), json!("user.name = \"b\"")],
            ["user.name = \"c\"", "user.name = &#34;c&#34;"],
        ),
        ("systemrule", "resourceFilter", [json!("Tag_*"), json!("User_*")], ["App_*", "App_*"]),
        ("systemrule", "comment", [json!("a"), json!("theirs")], ["mine", "mine"]),
        ("systemrule", "subcategory", [json!("a"), json!("theirs")], ["mine", "mine"]),
        ("systemrule", "category", [json!("Security"), json!("License")], ["Sync", "Sync"]),
        ("systemrule", "ruleContext", [json!(0), json!(1)], ["2", "QMCOnly"]),
        ("tag", "name", [json!("a"), json!("theirs")], ["mine", "mine"]),
        ("custompropertydefinition", "name", [json!("a"), json!("theirs")], ["mine", "mine"]),
        (
            "custompropertydefinition",
            "description",
            [json!("a"), json!("theirs")],
            ["mine", "mine"],
        ),
        (
            "custompropertydefinition",
            "choiceValues",
            [json!(["a", "b", "c"]), json!(["c", "b", "a"])],
            ["b\r\na\r\nc", "b, a, c"],
        ),
    ]
}

#[test]
fn a_value_that_both_changed_can_be_chosen_from_either_side() {
    let mut scene = Scene::new();
    for (number, (kind, property, [before, theirs], [mine, shown])) in
        collisions().into_iter().enumerate()
    {
        for choice in ["mine", "theirs"] {
            let mut body = match kind {
                "dataconnection" => {
                    json!({
                        "name": format!("c{number}{choice}"), "type": "folder",
                        "connectionstring": "x"
                    })
                }
                "user" => json!({"userDirectory": "LAB", "userId": format!("u{number}{choice}")}),
                "systemrule" => {
                    json!({
                        "name": "r", "resourceFilter": "Tag_*", "actions": 2,
                        "rule": "user.name = \"x\"", "disabled": true
                    })
                }
                "tag" => json!({"name": "t"}),
                _ => json!({"name": format!("d{number}{choice}"), "objectTypes": ["User"]}),
            };
            body[property] = before.clone();
            let path = scene.create(kind, &body);
            let form = scene.open(&path);
            scene.they_change(&path, &json!({ property: theirs.clone() }));
            let (stored, date) = (scene.stored(&path), scene.date(&path));
            let page = scene.save(&path, &form, &[(property, mine)]).expect_page(409);
            has(
                &page,
                &[
                    &format!("last by {THEM} at {date}"),
                    "role=\"alert\"",
                    "<legend>",
                    "Save with these choices",
                ],
            );
            has(&page, &[&format!("Yours: <span class=\"text\">{shown}</span>")]);
            assert_eq!(
                (conflicting_fields(&page), scene.stored(&path)),
                (vec![property.to_owned()], stored.clone()),
                "{kind} {property}"
            );
            assert!(!page.text.contains("checked") && !page.text.contains("<b>"), "{}", page.text);
            let form = fields(&page.text);
            // Without a choice, nothing is saved, and the page asks again.
            let page = scene.save(&path, &form, &[]).expect_page(400);
            has(
                &page,
                &[
                    "a choice is missing",
                    "choose one of the two",
                    &format!("Yours: <span class=\"text\">{shown}</span>"),
                ],
            );
            assert_eq!(
                (conflicting_fields(&page), scene.stored(&path)),
                (vec![property.to_owned()], stored.clone())
            );
            let form = fields(&page.text);
            let reply = scene.save(&path, &form, &[(&format!("choose {property}"), choice)]);
            assert_eq!(reply.status, 303, "{kind} {property} {choice}: {}", reply.text);
            let now = scene.stored(&path);
            if choice == "theirs" {
                assert_eq!(now, stored, "{kind} {property}");
            } else {
                let text = form.iter().find(|(name, _)| name == property).unwrap().1.clone();
                let again = scene.open(&path);
                let shown: Vec<_> = again.iter().filter(|(name, _)| name == property).collect();
                assert_eq!(
                    shown[0].1.replace("\r\n", "\n"),
                    text.replace("\r\n", "\n"),
                    "{kind} {property}"
                );
                assert_ne!(now[property], stored[property]);
            }
            if property == "name" && kind != "user" {
                scene.them.delete(&path).expect_empty(204);
            }
        }
    }
}

#[test]
fn the_page_asks_only_about_conflicting_fields_and_merges_the_rest() {
    let mut scene = Scene::new();
    let tag = id(&scene.them.create("tag", &json!({"name": "finance"})));
    let path = scene.connection(&json!({}));
    let form = scene.open(&path);
    scene.they_change(&path, &json!({"username": "theirs", "architecture": 1}));
    let changes = [("username", "mine"), ("type", "folder"), ("tags", tag.as_str())];
    let page = scene.save(&path, &form, &changes).expect_page(409);
    assert_eq!(conflicting_fields(&page), ["username"]);
    has(
        &page,
        &[
            "Also changed by others, and kept: Architecture.",
            "Also changed by you, and saved together with your choices: Type, Tags.",
            "Before: <span class=\"text\">before</span>",
            "Yours: <span class=\"text\">mine</span>",
            "Stored now: <span class=\"text\">theirs</span>",
        ],
    );
    let form = fields(&page.text);
    assert_eq!(scene.save(&path, &form, &[("choose username", "theirs")]).status, 303);
    let stored = scene.stored(&path);
    assert_eq!((&stored["username"], &stored["architecture"]), (&json!("theirs"), &json!(1)));
    assert_eq!(
        (&stored["type"], names(&stored["tags"], "name")),
        (&json!("folder"), vec!["finance".to_owned()])
    );
}

#[test]
fn a_third_version_is_merged_again() {
    let mut scene = Scene::new();
    let path = scene.connection(&json!({}));
    let form = scene.open(&path);
    scene.they_change(&path, &json!({"username": "theirs"}));
    let page =
        scene.save(&path, &form, &[("username", "mine"), ("type", "folder")]).expect_page(409);
    let form = fields(&page.text);
    // A choice refers to the value that was shown, and is kept as long as that value is.
    scene.they_change(&path, &json!({"architecture": 1}));
    let page = scene.save(&path, &form, &[("choose username", "mine")]).expect_page(200);
    has(&page, &["Kept from others: Architecture."]);
    let stored = scene.stored(&path);
    assert_eq!((&stored["username"], &stored["architecture"]), (&json!("mine"), &json!(1)));
    assert_eq!(stored["type"], "folder");
    // A third value needs a new choice; choosing their value makes no change of one's own.
    for (choice, status) in [("mine", 409), ("theirs", 303)] {
        scene.they_change(&path, &json!({"username": "before"}));
        let form = scene.open(&path);
        scene.they_change(&path, &json!({"username": "theirs"}));
        let form = fields(&scene.save(&path, &form, &[("username", "mine")]).expect_page(409).text);
        scene.they_change(&path, &json!({"username": "third"}));
        let reply = scene.save(&path, &form, &[("choose username", choice)]);
        assert_eq!(reply.status, status, "{}", reply.text);
        assert_eq!(scene.stored(&path)["username"], "third");
        if status == 409 {
            has(
                &reply,
                &[
                    "Before: <span class=\"text\">theirs</span>",
                    "Stored now: <span class=\"text\">third</span>",
                ],
            );
        }
    }
}

#[test]
fn the_page_asks_about_each_list_item_that_both_replaced_and_merges_the_rest() {
    let mut scene = Scene::new();
    let define = |name: &str| {
        let definition =
            json!({"name": name, "choiceValues": ["dev", "test", "prod"], "objectTypes": ["User"]});
        id(&scene.them.create("custompropertydefinition", &definition))
    };
    let (stage, other) = (define("stage"), define("other"));
    let value =
        |definition: &str, value: &str| json!({"value": value, "definition": {"id": definition}});
    let attribute =
        |kind: &str, value: &str| json!({"attributeType": kind, "attributeValue": value});
    let path = scene.create(
        "user",
        &json!({
            "userDirectory": "LAB", "userId": "u", "roles": ["a"],
            "customProperties": [value(&stage, "dev")], "attributes": [
                attribute("group", "dev"),
                attribute("site", "x")
            ],
        }),
    );
    let (stage_field, other_field) = (format!("@{stage}"), format!("@{other}"));
    let names_of =
        [format!("customProperties {stage}"), "roles".to_owned(), "attributes group".to_owned()];
    for (choice, wanted) in [
        (
            "mine",
            [json!(["mine"]), json!(["test", "test"]), json!(["site", "group=sales", "mail"])],
        ),
        (
            "theirs",
            [json!(["theirs"]), json!(["prod", "test"]), json!(["site", "group=finance", "mail"])],
        ),
    ] {
        let before = json!({
            "roles": ["a"], "customProperties": [value(&stage, "dev")],
            "attributes": [attribute("group", "dev"), attribute("site", "x")],
        });
        scene.they_change(&path, &before);
        let form = scene.open(&path);
        scene.they_change(
            &path,
            &json!({
                "roles": ["theirs"], "customProperties": [value(&stage, "prod")],
                "attributes": [attribute("group", "finance"), attribute("site", "x")],
            }),
        );
        let stored = scene.stored(&path);
        let changes = [
            ("roles", "mine"),
            (&stage_field, "test"),
            (&other_field, "test"),
            ("attributes", "group=sales\r\nsite=x\r\nmail=m"),
        ];
        let page = scene.save(&path, &form, &changes).expect_page(409);
        assert_eq!((conflicting_fields(&page), scene.stored(&path)), (names_of.to_vec(), stored));
        has(
            &page,
            &[
                "<legend>Custom property stage</legend>",
                "<legend>Attribute group</legend>",
                "<legend>Roles</legend>",
            ],
        );
        has(
            &page,
            &[
                "Yours: <span class=\"text\">stage=test<",
                "Stored now: <span class=\"text\">stage=prod<",
            ],
        );
        has(
            &page,
            &[
                "Before: <span class=\"text\">group=dev<",
                "with your choices: Custom property other, Attribute mail.",
            ],
        );
        let form = fields(&page.text);
        let choices: Vec<String> = names_of.iter().map(|name| format!("choose {name}")).collect();
        let choices: Vec<(&str, &str)> =
            choices.iter().map(|name| (name.as_str(), choice)).collect();
        scene.save(&path, &form, &choices[1..]).expect_page(400);
        let reply = scene.save(&path, &form, &choices);
        assert_eq!(reply.status, 303, "{}", reply.text);
        let now = scene.stored(&path);
        let attributes: Vec<String> = now["attributes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|own| {
                let [kind, value] =
                    ["attributeType", "attributeValue"].map(|name| own[name].as_str().unwrap());
                if kind == "group" { format!("{kind}={value}") } else { kind.to_owned() }
            })
            .collect();
        let sorted = |list: &Json| {
            let mut list: Vec<String> = serde_json::from_value(list.clone()).unwrap();
            list.sort();
            list
        };
        let [roles, held, owned] = wanted;
        assert_eq!(now["roles"], roles);
        assert_eq!(names(&now["customProperties"], "value"), sorted(&held));
        assert_eq!(sorted(&json!(attributes)), sorted(&owned));
    }
}
