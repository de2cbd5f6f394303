//! Input survives refusals and the end of a session.

use crate::support::browser::{Browser, fields, has, hidden};
use crate::support::visitor::{set_password, start};
use crate::support::{Reply, connection, id};
use serde_json::json;
use std::fs;

fn post_all(browser: &mut Browser, path: &str, fields: &[(String, String)]) -> Reply {
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    browser.post(path, &fields)
}

#[test]
fn input_survives_the_end_of_a_session() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let client = server.repository();
    let path = "/console/dataconnection/new";
    let string = "Server=db;\nDatabase=\"x\" <y>";
    let mut typed = fields(&browser.get(path).expect_page(200).text);
    for (name, text) in [
        ("name", "Sales"),
        ("type", "folder"),
        ("connectionstring", string),
        ("password", "hunter2"),
    ] {
        typed.retain(|(own, _)| own != name);
        typed.push((name.to_owned(), text.to_owned()));
    }
    typed.push(("action".to_owned(), "save".to_owned()));
    // The cookie of an expired session, and no cookie.
    let old = browser.token.clone();
    assert_eq!(browser.post("/console/logout", &[]).status, 303);
    browser.token = old;
    let mut page = post_all(&mut browser, path, &typed).expect_page(401);
    for _ in 0..2 {
        has(
            &page,
            &[
                "Your session has ended",
                "Nothing was saved",
                "target=\"_blank\"",
                "Server=db;",
                "&#60;y&#62;",
                "again: Password",
            ],
        );
        assert!(!page.text.contains("hunter2"), "{}", page.text);
        // The page can be submitted repeatedly.
        page = post_all(&mut browser, path, &hidden(&page.text)).expect_page(401);
    }
    assert!(client.names("dataconnection", "").is_empty());
    let mut browser = Browser::administrator(&server, &front);
    browser.token.clear();
    let form = post_all(&mut browser, path, &hidden(&page.text)).expect_page(403);
    has(&form, &["opened in another session", "value=\"Sales\"", "type it again"]);
    assert!(client.names("dataconnection", "").is_empty());
    let again = fields(&form.text);
    assert_eq!(post_all(&mut browser, path, &again).status, 303);
    let stored = client.get("/dataconnection/full").expect(200).json();
    assert_eq!(stored[0]["connectionstring"].as_str().unwrap().replace("\r\n", "\n"), string);
    // A form that is longer than the limit for requests without a session.
    let long = "x".repeat(17_000);
    let page = Browser::new(&server, &front)
        .post(path, &[("name", "n"), ("connectionstring", &long)])
        .expect_page(401);
    has(&page, &["Your session has ended", "reload this page", "16384 bytes"]);
    // A form of the longest allowed length is returned in full, with five bytes for each quotation
    // mark.
    let body = format!("connectionstring={}", "\"".repeat(16_384 - 17));
    let page = Browser::new(&server, &front).send("POST", path, Some(body)).expect_page(401);
    has(&page, &["&#34;&#34;"]);
    assert!(page.text.len() < 5 * 16_384 + 4_096, "{}", page.text.len());
}

#[test]
fn after_signing_in_again_the_requested_page_is_shown() {
    let (server, front) = start(&[]);
    let mut ended = Browser::administrator(&server, &front);
    let stored = server.repository().connection("c");
    // A new password ends all sessions.
    assert!(set_password(&server.data(), "LAB\\root", "another good password"));
    for path in [
        format!("/console/dataconnection/{}", id(&stored)),
        format!("/console/dataconnection/{}/delete", id(&stored)),
        "/console/dataconnection?filter=name+so+%27c%27&orderby=name+desc&skip=50".to_owned(),
        "/console/why?user=LAB%5Croot&type=Tag".to_owned(),
    ] {
        let reply = ended.get(&path);
        assert_eq!(reply.status, 303);
        let login = ended.get(reply.header("location")).expect_page(200);
        has(&login, &["Your session has ended."]);
        let next = hidden(&login.text).into_iter().find(|(name, _)| name == "next").unwrap().1;
        let credentials =
            [("user", "LAB\\root"), ("password", "another good password"), ("next", &next)];
        let mut copy = Browser::new(&server, &front);
        copy.get("/console/login").expect_page(200);
        let reply = copy.post("/console/login", &credentials);
        assert_eq!((reply.status, reply.header("location")), (303, path.as_str()));
    }
    let stranger = Browser::new(&server, &front).get("/console/login").expect_page(200);
    assert!(!stranger.text.contains("session has ended"));
}

#[test]
fn every_refused_form_is_shown_again_with_its_input() {
    let (server, front) = start(&[]);
    let client = server.repository();
    let stored = client.connection("mine");
    client.connection("taken");
    let mut browser = Browser::administrator(&server, &front);
    let (new, open) =
        ("/console/dataconnection/new", format!("/console/dataconnection/{}", id(&stored)));
    let form = |name: &'static str, more: &[(&'static str, &'static str)]| {
        [&[("name", name), ("type", "folder"), ("connectionstring", "typed string")], more].concat()
    };
    for (path, sent, status, part) in [
        (new, form("", &[]), 400, "required"),
        (new, form("taken", &[]), 409, "taken"),
        (new, form("n", &[("owner", "LAB\\nobody")]), 400, "owner"),
        (
            new,
            form("n", &[("offered", "tags"), ("tags", "8a6c2bd5-0000-4000-8000-000000000000")]),
            400,
            "tag",
        ),
        (&open, form("", &[("version", "2026-01-01T00:00:00.000Z")]), 400, "must not be empty"),
    ] {
        let page = browser.post(path, &sent).expect_page(status);
        has(&page, &[part, "typed string</textarea>", ">Save</button>", "role=\"alert\""]);
    }
    // Too many lines for any field.
    let lines = "line\r\n".repeat(20_001);
    let page = browser
        .post("/console/user/new", &[("userId", "typed"), ("attributes", &lines)])
        .expect_page(400);
    has(
        &page,
        &["more than 20000 lines", "typed", "line\nline"]
            .map(|part| if part == "line\nline" { "line\r\nline" } else { part }),
    );
    // A user who may read the entity but not change it.
    let rule = json!({
        "name": "r", "resourceFilter": "Tag_*", "actions": 2, "rule": "user.userId = \"anna\""
    });
    client.create("systemrule", &rule);
    let mut anna = Browser::signed_in(&server, &front, "LAB\\anna");
    let page = anna.post("/console/tag/new", &[("name", "typed name")]).expect_page(403);
    has(&page, &["value=\"typed name\"", ">Save</button>", "may not create"]);
    // A deleted entity has no form. The page keeps the input.
    let mut open_form = fields(&browser.get(&open).expect_page(200).text);
    open_form.retain(|(name, _)| name != "connectionstring");
    open_form.push(("connectionstring".to_owned(), "typed string".to_owned()));
    Reply::of(client.request("DELETE", open.trim_start_matches("/console"))).expect(204);
    let gone = post_all(&mut browser, &open, &open_form).expect_page(404);
    has(&gone, &["was deleted after you opened it", "typed string"]);
    assert!(!gone.text.contains("Go back"));
    assert_eq!(client.names("dataconnection", ""), ["taken"]);
}

#[test]
fn a_form_that_the_database_can_not_store_is_shown_again() {
    let (server, front) = start(&[]);
    let client = server.repository();
    let stored = client.connection("c");
    let mut browser = Browser::administrator(&server, &front);
    let open = format!("/console/dataconnection/{}", id(&stored));
    let open_form = fields(&browser.get(&open).expect_page(200).text);
    let database = server.data().join("patchbay.db");
    let aside = database.with_file_name("aside");
    fs::rename(&database, &aside).unwrap();
    let mut new: Vec<(String, String)> = connection("typed name")
        .as_object()
        .unwrap()
        .iter()
        .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
        .collect();
    new.push(("password".to_owned(), "hunter2".to_owned()));
    let mut changed = open_form;
    changed.retain(|(name, _)| name != "name");
    changed.push(("name".to_owned(), "typed name".to_owned()));
    for (path, sent) in [("/console/dataconnection/new", &new), (open.as_str(), &changed)] {
        let page = post_all(&mut browser, path, sent).expect_page(503);
        has(&page, &["value=\"typed name\"", "put the file back"]);
        assert!(!page.text.contains("hunter2"));
    }
    let token = [("name", "typed name"), ("scope", "read"), ("days", "5")];
    has(
        &browser.post("/console/account/tokens", &token).expect_page(503),
        &["value=\"typed name\""],
    );
    let bulk = [
        ("id", id(&stored).leak() as &str),
        ("change", "owner"),
        ("owner", "LAB\\root"),
        ("do", "preview"),
    ];
    has(
        &browser.post("/console/dataconnection/selected", &bulk).expect_page(503),
        &["value=\"LAB\\root\""],
    );
    fs::rename(&aside, &database).unwrap();
    assert_eq!(post_all(&mut browser, &open, &changed).status, 303);
    assert_eq!(client.names("dataconnection", ""), ["typed name"]);
}

#[test]
fn input_for_a_deleted_custom_property_is_refused_and_shown() {
    let (server, front) = start(&[]);
    let client = server.repository();
    let stored = client.connection("c");
    let mut browser = Browser::administrator(&server, &front);
    for (case, is_deleted) in [("deleted", true), ("elsewhere", false)] {
        let body = json!({"name": case, "choiceValues": [], "objectTypes": ["DataConnection"]});
        let definition = id(&client.create("custompropertydefinition", &body));
        let edit = format!("/console/dataconnection/{}", id(&stored));
        let forms = ["/console/dataconnection/new".to_owned(), edit].map(|path| {
            let mut form = fields(&browser.get(&path).expect_page(200).text);
            form.retain(|(name, _)| {
                !["name", "connectionstring", "type"].contains(&name.as_str())
                    || !path.ends_with("new")
            });
            if path.ends_with("new") {
                for (name, text) in
                    [("name", "new"), ("connectionstring", "lib://x"), ("type", "folder")]
                {
                    form.push((name.to_owned(), text.to_owned()));
                }
            }
            form.retain(|(name, _)| *name != format!("@{definition}"));
            (path, form)
        });
        let path = format!("/custompropertydefinition/{definition}");
        if is_deleted {
            client.delete(&path).expect(204);
        } else {
            let now = client.get(&path).expect(200).json();
            client
                .put(&path, &json!({"objectTypes": ["User"], "modifiedDate": now["modifiedDate"]}))
                .expect(200);
        }
        for (path, form) in forms {
            // A form in which it was left empty is saved as usual.
            let typed =
                [form.clone(), vec![(format!("@{definition}"), "typed text".to_owned())]].concat();
            let page = post_all(&mut browser, &path, &typed).expect_page(400);
            has(&page, &["was deleted, or no longer applies to this type", "typed text"]);
            assert_eq!(client.names("dataconnection", ""), ["c"], "{case}");
            if !path.ends_with("new") {
                assert_eq!(post_all(&mut browser, &path, &form).status, 303, "{case}");
            }
        }
    }
}
