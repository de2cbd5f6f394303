//! Two people change the same entity: what the slower one saves in the console is merged with what is stored, field by field.

use crate::browser::{Browser, fields};
use crate::credentials::{engine, redeem, token};
use crate::support::{Client, Reply, Server, id};
use crate::visitor::start;
use serde_json::{Value as Json, json};
use std::thread;

const THEM: &str = "INTERNAL\\sa_repository";

type Form = Vec<(String, String)>;

/// An administrator's browser, and another client that changes the same entity.
struct Scene {
    server: Server,
    front: String,
    browser: Browser,
    them: Client,
}

impl Scene {
    fn new() -> Self {
        let (server, front) = start(&[]);
        let browser = Browser::administrator(&server, &front);
        let them = server.repository();
        Self { server, front, browser, them }
    }

    /// Creates an entity, and gives its path below `/qrs`.
    fn create(&self, kind: &str, body: &Json) -> String {
        format!("/{kind}/{}", id(&self.them.create(kind, body)))
    }

    fn connection(&self, more: &Json) -> String {
        let mut body = json!({"name": "c", "type": "internet", "connectionstring": "lib://c", "username": "before"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.create("dataconnection", &body)
    }

    fn open(&mut self, path: &str) -> Form {
        fields(&self.browser.get(&format!("/console{path}")).expect_page(200).text)
    }

    /// Sends a form with these texts in the named fields, in place of all that they had.
    fn save(&mut self, path: &str, form: &Form, changes: &[(&str, &str)]) -> Reply {
        let is_kept = |(name, _): &&(String, String)| changes.iter().all(|(changed, _)| changed != name);
        let kept = form.iter().filter(is_kept).map(|(name, text)| (name.as_str(), text.as_str()));
        let all: Vec<(&str, &str)> = kept.chain(changes.iter().copied()).collect();
        self.browser.post(&format!("/console{path}"), &all)
    }

    /// They change it, whatever it is by now.
    fn they_change(&self, path: &str, body: &Json) {
        Reply::of(self.them.request("PUT", path).header("If-Match", "*").json(body)).expect(200);
    }

    fn stored(&self, path: &str) -> Json {
        self.them.get(path).expect(200).json()
    }

    /// When it was changed last, as pages show it.
    fn date(&self, path: &str) -> String {
        self.stored(path)["modifiedDate"].as_str().unwrap().replace('T', " ").replace('Z', "")
    }

    fn password(&self, path: &str) -> String {
        let engine = engine(&self.server);
        let token = token(&self.server, &engine, path.rsplit('/').next().unwrap());
        redeem(&self.server, &engine, &token).expect(200).json()["password"].as_str().unwrap().to_owned()
    }
}

#[track_caller]
fn has(page: &Reply, parts: &[&str]) {
    for part in parts {
        assert!(page.text.contains(part), "{part} is not in {}", page.text);
    }
}

/// The fields about which a page asks.
fn asked(page: &Reply) -> Vec<String> {
    fields(&page.text).iter().filter_map(|(name, _)| name.strip_prefix("before ")).map(ToOwned::to_owned).collect()
}

fn names(list: &Json, name: &str) -> Vec<String> {
    let mut names: Vec<String> =
        list.as_array().unwrap().iter().map(|item| item[name].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

#[test]
fn what_only_one_changed_is_taken_and_the_page_says_by_whom_and_when() {
    let mut scene = Scene::new();
    let definition = json!({"name": "stage", "choiceValues": ["dev", "prod"], "objectTypes": ["DataConnection"]});
    let definition = id(&scene.them.create("custompropertydefinition", &definition));
    let path = scene.connection(&json!({"password": "hunter2"}));
    let form = scene.open(&path);
    let value = json!([{"value": "prod", "definition": {"id": definition}}]);
    scene.they_change(&path, &json!({"connectionstring": "lib://theirs", "logOn": 1, "customProperties": value}));
    let date = scene.date(&path);
    let saved = scene.save(&path, &form, &[("username", "mine"), ("architecture", "2")]).expect_page(200);
    let said = format!(
        "Saved. Meanwhile {THEM} changed Custom property stage, Connection string, Log on at {date}; that is kept."
    );
    has(&saved, &[&said, "role=\"status\"", "value=\"mine\"", "lib://theirs</textarea>"]);
    let stored = scene.stored(&path);
    assert_eq!((&stored["username"], &stored["architecture"]), (&json!("mine"), &json!(2)));
    assert_eq!((&stored["connectionstring"], &stored["logOn"]), (&json!("lib://theirs"), &json!(1)));
    assert_eq!(
        (names(&stored["customProperties"], "value"), scene.password(&path)),
        (vec!["prod".to_owned()], "hunter2".to_owned())
    );
    // The page that says so is a form of the new version.
    let again = fields(&saved.text);
    assert_eq!(scene.save(&path, &again, &[("username", "mine again")]).status, 303);
    assert_eq!(scene.stored(&path)["connectionstring"], "lib://theirs");
    // Nothing is changed by a form that is sent as it stands, also if it is an old one.
    let before = scene.stored(&path);
    assert_eq!(scene.save(&path, &form, &[]).header("location"), format!("/console{path}?saved=nothing"));
    assert_eq!(scene.stored(&path), before);
}

#[test]
fn the_same_change_by_both_is_no_conflict() {
    let mut scene = Scene::new();
    let path = scene.connection(&json!({}));
    let form = scene.open(&path);
    scene.they_change(&path, &json!({"username": "same", "owner": {"userDirectory": "INTERNAL", "userId": "sa_api"}}));
    let (before, date) = (scene.stored(&path), scene.date(&path));
    let changes = [("username", "same"), ("owner", "internal\\SA_API")];
    let page = scene.save(&path, &form, &changes).expect_page(200);
    has(&page, &[&format!("Nothing was left to save: {THEM} made the same change at {date}.")]);
    assert_eq!(scene.stored(&path), before);
    let page = scene.save(&path, &form, &[("username", "same"), ("connectionstring", "lib://mine")]).expect_page(200);
    has(&page, &["Saved. Meanwhile", "changed Owner, User name at"]);
    assert_eq!(scene.stored(&path)["connectionstring"], "lib://mine");
}

/// Each property with one value: the type, the property, and the values before, of the slower one as typed, and of the faster one; then how a page
/// shows these.
fn collisions() -> Vec<(&'static str, &'static str, [Json; 2], [&'static str; 2])> {
    let user = |name: &str| json!({"userDirectory": "INTERNAL", "userId": name});
    let guid = "00000000-0000-0000-0000-00000000000";
    vec![
        ("dataconnection", "name", [json!("a"), json!("theirs <b>")], ["mine", "mine"]),
        ("dataconnection", "connectionstring", [json!("a"), json!("theirs\r\n2")], ["mine\r\n2", "mine\n2"]),
        ("dataconnection", "type", [json!("a"), json!("theirs")], ["mine", "mine"]),
        (
            "dataconnection",
            "engineObjectId",
            [json!(format!("{guid}1")), json!(format!("{guid}2"))],
            ["00000000-0000-0000-0000-000000000003", "00000000-0000-0000-0000-000000000003"],
        ),
        ("dataconnection", "username", [json!("a"), json!("")], ["mine", "mine"]),
        ("dataconnection", "architecture", [json!(0), json!(1)], ["2", "x64"]),
        ("dataconnection", "owner", [user("sa_api"), user("sa_engine")], ["INTERNAL\\sa_proxy", "INTERNAL\\sa_proxy"]),
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
        ("custompropertydefinition", "description", [json!("a"), json!("theirs")], ["mine", "mine"]),
        (
            "custompropertydefinition",
            "choiceValues",
            [json!(["a", "b", "c"]), json!(["c", "b", "a"])],
            ["b\r\na\r\nc", "b, a, c"],
        ),
    ]
}

#[test]
fn a_value_that_both_changed_is_asked_for_and_either_can_be_chosen() {
    let mut scene = Scene::new();
    for (number, (kind, property, [before, theirs], [mine, shown])) in collisions().into_iter().enumerate() {
        for choice in ["mine", "theirs"] {
            let mut body = match kind {
                "dataconnection" => {
                    json!({"name": format!("c{number}{choice}"), "type": "folder", "connectionstring": "x"})
                }
                "user" => json!({"userDirectory": "LAB", "userId": format!("u{number}{choice}")}),
                "systemrule" => {
                    json!({"name": "r", "resourceFilter": "Tag_*", "actions": 2, "rule": "user.name = \"x\"", "disabled": true})
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
                &[&format!("{THEM} changed this"), &date, "role=\"alert\"", "<legend>", "Save with these choices"],
            );
            has(&page, &[&format!("Yours: <span class=\"text\">{shown}</span>")]);
            assert_eq!(
                (asked(&page), scene.stored(&path)),
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
            assert_eq!((asked(&page), scene.stored(&path)), (vec![property.to_owned()], stored.clone()));
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
                assert_eq!(shown[0].1.replace("\r\n", "\n"), text.replace("\r\n", "\n"), "{kind} {property}");
                assert_ne!(now[property], stored[property]);
            }
            if property == "name" && kind != "user" {
                scene.them.delete(&path).expect_empty(204);
            }
        }
    }
}

#[test]
fn lists_are_merged_by_what_each_side_added_and_took_away() {
    let mut scene = Scene::new();
    let tags: Vec<String> =
        ["a", "b", "c", "d"].map(|name| id(&scene.them.create("tag", &json!({"name": name})))).to_vec();
    let define = |name: &str, choices: Json| {
        id(&scene.them.create(
            "custompropertydefinition",
            &json!({"name": name, "choiceValues": choices, "objectTypes": ["User"]}),
        ))
    };
    let (chosen, free) = (define("chosen", json!(["1", "2", "3", "4"])), define("free", json!([])));
    let (chosen_field, free_field) = (format!("@{chosen}"), format!("@{free}"));
    let linked = |tags: &[&String]| tags.iter().map(|tag| json!({"id": tag})).collect::<Json>();
    let value = |value: &str, definition: &str| json!({"value": value, "definition": {"id": definition}});
    let attribute =
        |kind: &str, external: &str| json!({"attributeType": kind, "attributeValue": "v", "externalId": external});
    let path = scene.create(
        "user",
        &json!({
            "userDirectory": "LAB", "userId": "u", "roles": ["a", "b"], "tags": linked(&[&tags[0], &tags[1]]),
            "attributes": [attribute("a", "1"), attribute("b", "1")],
            "customProperties": [value("1", &chosen), value("2", &chosen), value("x", &free), value("y", &free)],
        }),
    );
    let form = scene.open(&path);
    scene.they_change(
        &path,
        &json!({
            "roles": ["b", "c"], "tags": linked(&[&tags[1], &tags[2]]),
            "attributes": [attribute("a", "2"), attribute("b", "1"), attribute("c", "1")],
            "customProperties": [value("2", &chosen), value("3", &chosen), value("y", &free), value("z", &free)],
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
    has(&page, &["changed Custom property chosen, Custom property free, Roles, Attributes, Tags at"]);
    let stored = scene.stored(&path);
    assert_eq!(
        (&stored["roles"], names(&stored["tags"], "name")),
        (&json!(["c", "d"]), vec!["c".to_owned(), "d".to_owned()])
    );
    assert_eq!(names(&stored["attributes"], "attributeType"), ["a", "c", "d"]);
    let attributes = stored["attributes"].as_array().unwrap();
    assert!(attributes.iter().any(|own| own["attributeType"] == "a" && own["externalId"] == "2"));
    assert_eq!(names(&stored["customProperties"], "value"), ["3", "4", "w", "z"]);
    // The actions of a rule are a list of boxes, too.
    let rule = json!({"name": "r", "resourceFilter": "Tag_*", "actions": 0b0111, "rule": "user.name = \"x\""});
    let path = scene.create("systemrule", &rule);
    let form = scene.open(&path);
    scene.they_change(&path, &json!({"actions": 0b0110}));
    let reply = scene.save(&path, &form, &[("actions", "1"), ("actions", "2"), ("actions", "8")]).expect_page(200);
    has(&reply, &["changed Actions at"]);
    assert_eq!(scene.stored(&path)["actions"], 0b1010);
    // Strings have an order, which one side can change.
    let definition = json!({"name": "d", "choiceValues": ["a", "b", "c"], "objectTypes": ["User"]});
    let path = scene.create("custompropertydefinition", &definition);
    let form = scene.open(&path);
    scene.they_change(&path, &json!({"choiceValues": ["a", "b", "c", "d"], "objectTypes": ["User", "DataConnection"]}));
    scene.save(&path, &form, &[("choiceValues", "c\r\nb\r\na")]).expect_page(200);
    let stored = scene.stored(&path);
    assert_eq!(
        (&stored["choiceValues"], &stored["objectTypes"]),
        (&json!(["c", "b", "a", "d"]), &json!(["User", "DataConnection"]))
    );
}

#[test]
fn only_the_collision_is_asked_and_the_rest_is_merged() {
    let mut scene = Scene::new();
    let tag = id(&scene.them.create("tag", &json!({"name": "finance"})));
    let path = scene.connection(&json!({}));
    let form = scene.open(&path);
    scene.they_change(&path, &json!({"username": "theirs", "connectionstring": "lib://theirs"}));
    let changes = [("username", "mine"), ("type", "folder"), ("tags", tag.as_str())];
    let page = scene.save(&path, &form, &changes).expect_page(409);
    assert_eq!(asked(&page), ["username"]);
    has(
        &page,
        &[
            &format!("Also changed by {THEM}, and kept: Connection string."),
            "Also changed by you, and saved together with your choices: Type, Tags.",
            "Before: <span class=\"text\">before</span>",
            "Yours: <span class=\"text\">mine</span>",
            "Stored now: <span class=\"text\">theirs</span>",
        ],
    );
    let form = fields(&page.text);
    assert_eq!(scene.save(&path, &form, &[("choose username", "theirs")]).status, 303);
    let stored = scene.stored(&path);
    assert_eq!((&stored["username"], &stored["connectionstring"]), (&json!("theirs"), &json!("lib://theirs")));
    assert_eq!((&stored["type"], names(&stored["tags"], "name")), (&json!("folder"), vec!["finance".to_owned()]));
}

#[test]
fn yet_another_version_is_merged_again() {
    let mut scene = Scene::new();
    let path = scene.connection(&json!({}));
    let form = scene.open(&path);
    scene.they_change(&path, &json!({"username": "theirs"}));
    let page = scene.save(&path, &form, &[("username", "mine"), ("type", "folder")]).expect_page(409);
    let form = fields(&page.text);
    // A choice is about the value that was shown, and stands as long as that does.
    scene.they_change(&path, &json!({"connectionstring": "lib://third"}));
    let page = scene.save(&path, &form, &[("choose username", "mine")]).expect_page(200);
    has(&page, &["changed Connection string at"]);
    let stored = scene.stored(&path);
    assert_eq!((&stored["username"], &stored["connectionstring"]), (&json!("mine"), &json!("lib://third")));
    assert_eq!(stored["type"], "folder");
    // A third value is another question; a value of theirs that was chosen is no change of one's own.
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
                &["Before: <span class=\"text\">theirs</span>", "Stored now: <span class=\"text\">third</span>"],
            );
        }
    }
}

#[test]
fn secrets_are_merged_without_being_shown_lost_or_wiped() {
    let mut scene = Scene::new();
    let path = scene.connection(&json!({"password": "secret one"}));
    let is_silent = |page: &Reply| assert!(!page.text.contains("secret "), "{}", page.text);
    // Only they change it; then only I do.
    let form = scene.open(&path);
    scene.they_change(&path, &json!({"password": "secret two"}));
    let page = scene.save(&path, &form, &[("username", "mine")]).expect_page(200);
    has(&page, &["changed Password at"]);
    is_silent(&page);
    assert_eq!(scene.password(&path), "secret two");
    let form = scene.open(&path);
    scene.they_change(&path, &json!({"username": "theirs"}));
    is_silent(&scene.save(&path, &form, &[("password", "secret three")]).expect_page(200));
    assert_eq!(scene.password(&path), "secret three");
    // Both do.
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
        assert_eq!(asked(&page), ["password"]);
        let form = fields(&page.text);
        let reply = scene.save(&path, &form, &[("choose password", choice), ("password", typed)]);
        assert_eq!(reply.status, 303, "{}", reply.text);
        assert_eq!(scene.password(&path), wanted, "{own:?} {choice}");
    }
    // One that was typed has to be typed again where something else is asked, and is not forgotten.
    let form = scene.open(&path);
    scene.they_change(&path, &json!({"username": "theirs again"}));
    let page = scene.save(&path, &form, &[("password", "secret four"), ("username", "mine")]).expect_page(409);
    is_silent(&page);
    assert_eq!(asked(&page), ["username", "password"]);
    has(&page, &["Only you changed it"]);
    let form = fields(&page.text);
    let choices = [("choose password", "mine"), ("choose username", "mine")];
    let page = scene.save(&path, &form, &choices).expect_page(400);
    has(&page, &["Password: type it again, or keep what is stored", "value=\"mine\" required checked"]);
    assert_eq!(scene.stored(&path)["username"], "theirs again");
    let form = fields(&page.text);
    assert_eq!(scene.save(&path, &form, &[("password", "secret four")]).status, 303);
    assert_eq!((scene.password(&path).as_str(), &scene.stored(&path)["username"]), ("secret four", &json!("mine")));
}

#[test]
fn a_base_that_is_missing_forged_or_too_long_makes_nobody_lose_a_change() {
    let mut scene = Scene::new();
    let path = scene.connection(&json!({}));
    let form = scene.open(&path);
    scene.they_change(&path, &json!({"connectionstring": "lib://theirs"}));
    for base in ["", "%", "bnVsbA", "e30", "eyJ1c2VybmFtZSI6WzFdLCJ0YWdzIjoxLCJjdXN0b21Qcm9wZXJ0aWVzIjpbMSx7fV19"] {
        let stored = scene.stored(&path);
        let page = scene.save(&path, &form, &[("base", base), ("username", "mine")]).expect_page(409);
        // What differs from the stored version is asked for, because nobody knows who changed it.
        let asked = asked(&page);
        assert!(asked.contains(&"username".to_owned()) && asked.contains(&"connectionstring".to_owned()), "{asked:?}");
        assert_eq!(scene.stored(&path), stored, "{base}");
    }
    let mut page = scene.save(&path, &form, &[("base", ""), ("username", "mine")]).expect_page(409);
    has(&page, &["Before: <span class=\"text\">not known</span>"]);
    let choices = [("choose connectionstring", "theirs"), ("choose username", "mine")];
    page = scene.save(&path, &fields(&page.text), &choices);
    assert_eq!(page.status, 303, "{}", page.text);
    let stored = scene.stored(&path);
    assert_eq!((&stored["username"], &stored["connectionstring"]), (&json!("mine"), &json!("lib://theirs")));
    // The form of a version that is still the stored one needs no base.
    let form = scene.open(&path);
    assert_eq!(scene.save(&path, &form, &[("base", ""), ("username", "last")]).status, 303);
    let choices: Vec<String> = (0..250).map(|number| format!("{number} {}", "x".repeat(900))).collect();
    let body = json!({"name": "d", "choiceValues": choices, "objectTypes": ["User"], "description": "before"});
    let path = scene.create("custompropertydefinition", &body);
    let form = scene.open(&path);
    assert!(form.contains(&("base".to_owned(), String::new())));
    scene.they_change(&path, &json!({"description": "theirs"}));
    let page = scene.save(&path, &form, &[("name", "mine")]).expect_page(409);
    assert_eq!(asked(&page), ["name", "description"]);
}

#[test]
fn an_entity_that_was_deleted_meanwhile_is_said_to_be_gone() {
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
fn a_form_that_is_shown_again_is_still_of_the_version_that_was_opened() {
    let mut scene = Scene::new();
    let rule = json!({"name": "r", "resourceFilter": "Tag_*", "actions": 2, "rule": "user.name = \"x\""});
    let path = scene.create("systemrule", &rule);
    let form = scene.open(&path);
    scene.they_change(&path, &json!({"comment": "theirs"}));
    // By a look at what would change, which is about the merged rule, or by a fault.
    let looked = scene.save(&path, &form, &[("name", "mine"), ("action", "preview")]).expect_page(200);
    has(&looked, &["What it would change", "value=\"mine\""]);
    let form = fields(&looked.text);
    let slip = scene.save(&path, &form, &[("rule", "user.nmae =")]).expect_page(400);
    let form = fields(&slip.text);
    let page = scene.save(&path, &form, &[("rule", "user.name = \"y\"")]).expect_page(200);
    has(&page, &["changed Comment at"]);
    let stored = scene.stored(&path);
    assert_eq!((&stored["comment"], &stored["name"]), (&json!("theirs"), &json!("mine")));
    assert_eq!(stored["rule"], "user.name = \"y\"");
    // By other choices of a custom property.
    let choices: Vec<String> = (0..150).map(|number| format!("choice {number:03}")).collect();
    let definition = json!({"name": "many", "choiceValues": choices, "objectTypes": ["DataConnection"]});
    let field = format!("@{}", id(&scene.them.create("custompropertydefinition", &definition)));
    let path = scene.connection(&json!({}));
    let form = scene.open(&path);
    scene.they_change(&path, &json!({"connectionstring": "lib://theirs"}));
    let turned = [("username", "mine"), (&field, "choice 007"), ("action", &format!("choices {field} 100"))];
    let page = scene.save(&path, &form, &turned).expect_page(200);
    has(&page, &["Choices 101 to 150 of 150", "choice 007"]);
    let form = fields(&page.text);
    scene.they_change(&path, &json!({"username": "theirs"}));
    let page = scene
        .save(&path, &form, &[(&field, "choice 007"), (&field, "choice 149"), ("action", "save")])
        .expect_page(409);
    assert_eq!(asked(&page), ["username"]);
    let form = fields(&page.text);
    assert_eq!(scene.save(&path, &form, &[("choose username", "mine")]).status, 303);
    let stored = scene.stored(&path);
    assert_eq!(names(&stored["customProperties"], "value"), ["choice 007", "choice 149"]);
    assert_eq!((&stored["username"], &stored["connectionstring"]), (&json!("mine"), &json!("lib://theirs")));
    // What is refused is shown again, and nothing of theirs is taken back by the next save.
    scene.them.connection("Taken");
    let form = scene.open(&path);
    scene.they_change(&path, &json!({"connectionstring": "lib://later"}));
    let refused = scene.save(&path, &form, &[("name", "taken")]).expect_page(409);
    let form = fields(&refused.text);
    scene.save(&path, &form, &[("name", "free")]).expect_page(200);
    let stored = scene.stored(&path);
    assert_eq!((&stored["name"], &stored["connectionstring"]), (&json!("free"), &json!("lib://later")));
}

#[test]
fn saves_at_the_same_moment_lose_nothing() {
    const BROWSERS: usize = 4;
    const SAVES: usize = 5;
    let mut scene = Scene::new();
    let path = scene.create("user", &json!({"userDirectory": "LAB", "userId": "u", "roles": ["first"]}));
    let form = scene.open(&path);
    let sign_in = |number: usize| {
        let user = format!("admin{number}");
        scene.them.create("user", &json!({"userDirectory": "LAB", "userId": user, "roles": ["RootAdmin"]}));
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
                    let mut all: Vec<(&str, &str)> = kept.map(|(name, text)| (name.as_str(), text.as_str())).collect();
                    all.push(("roles", &role));
                    // The server gives up after some rounds, and says so.
                    let mut reply = browser.post(&path, &all);
                    while reply.status == 503 {
                        has(&reply, &["Nothing was saved; try again."]);
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
