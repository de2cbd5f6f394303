//! Console pages for requests that no form or link sends, and for messages in addresses.

use crate::support::browser::Browser;
use crate::support::visitor::start;
use crate::support::{encode, id};
use serde_json::json;

#[test]
fn the_console_answers_every_path_and_method_with_a_page() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let any = "8a6c2bd5-0000-4000-8000-000000000000";
    for (method, path, status) in [
        ("GET", "/console/logout".to_owned(), 405),
        ("GET", "/console/account/tokens".to_owned(), 405),
        ("GET", format!("/console/account/tokens/{any}"), 405),
        ("GET", format!("/console/account/sessions/{any}"), 405),
        ("GET", "/console/account/client.pem".to_owned(), 405),
        ("POST", "/console".to_owned(), 405),
        ("POST", "/console/tag".to_owned(), 405),
        ("PUT", "/console/tag/new".to_owned(), 405),
        ("DELETE", format!("/console/tag/{any}"), 405),
        ("PATCH", "/console/tag/selected".to_owned(), 405),
        ("POST", "/console/why".to_owned(), 405),
        ("POST", "/console/console.css".to_owned(), 405),
        ("GET", format!("/console/tag/{any}"), 404),
        ("GET", "/console/tag/no-id".to_owned(), 404),
        ("GET", "/console/tag/no-id/delete".to_owned(), 404),
        ("GET", "/console/tag/".to_owned(), 404),
        ("GET", "/console/nothing".to_owned(), 404),
        ("POST", "/console/nothing/at/all".to_owned(), 404),
        ("GET", "/console/tag?filter=a&filter=b".to_owned(), 400),
        ("GET", "/console/tag?skip=x".to_owned(), 400),
        ("GET", "/console/login?next=a&next=b".to_owned(), 400),
    ] {
        let reply = browser.send(method, &path, (method == "POST").then(String::new));
        assert_eq!(
            (reply.status, reply.header("content-type")),
            (status, "text/html; charset=utf-8"),
            "{method} {path}"
        );
        assert_eq!(reply.headers.contains_key("allow"), status == 405, "{method} {path}");
    }
    let reply = browser.get("/console/tag/selected");
    assert_eq!((reply.status, reply.header("location")), (303, "/console/tag"));
}

#[test]
fn a_change_of_nothing_selected_shows_the_same_list_with_a_message() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let client = server.repository();
    client.connection("shown");
    client.connection("other");
    for more in [&[][..], &[("do", "delete")], &[("id", "none"), ("do", "apply")]] {
        let list = format!("filter={}", encode("name eq 'shown'"));
        let sent = [&[("list", list.as_str())], more].concat();
        let page = browser.post("/console/dataconnection/selected", &sent).expect_page(400);
        for part in [
            "Select 1 to 1000",
            "role=\"alert\"",
            ">shown</a>",
            "name eq &#39;shown&#39;",
            "Change the selected",
        ] {
            assert!(page.text.contains(part), "{part} is not in {}", page.text);
        }
        assert!(!page.text.contains(">other</a>"));
    }
}

#[test]
fn a_message_is_shown_only_in_the_session_and_on_the_page_for_which_it_was_made() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let stored = server.repository().connection("c");
    let path = format!("/console/dataconnection/{}", id(&stored));
    let shown = |page: &str| page.contains("role=\"status\"");
    let saved = browser.fill_in(&path, &[("name", "d")]).header("location").to_owned();
    let page = browser.get(&saved).expect_page(200);
    assert!(shown(&page.text) && page.text.contains(">Saved.<"), "{}", page.text);
    let query = saved.split('?').nth(1).unwrap();
    let list = "/console/dataconnection";
    for made_up in [
        saved.replace("Saved", "Deleted"),
        format!("{list}?{query}"),
        format!("{path}?saved=yes"),
        format!("{path}?saved=Saved."),
        format!("{path}?saved=Saved.&seal="),
        format!("{list}?saved=999&made=delete"),
        format!("{list}?saved=gone"),
    ] {
        let page = browser.get(&made_up).expect_page(200);
        assert!(!shown(&page.text), "{made_up}: {}", page.text);
    }
    let mut other = Browser::administrator(&server, &front);
    assert!(!shown(&other.get(&saved).expect_page(200).text));
    let deleted = other.post(&format!("{path}/delete"), &[]).header("location").to_owned();
    let page = other.get(&deleted).expect_page(200);
    assert!(
        shown(&page.text) && page.text.contains("Deleted: 1 data connection."),
        "{}",
        page.text
    );
}

#[test]
fn the_page_to_create_is_neither_linked_nor_served_without_the_right() {
    let (server, front) = start(&[]);
    let mut anna = Browser::signed_in(&server, &front, "LAB\\anna");
    for (kind, noun) in [
        ("tag", "tag"),
        ("custompropertydefinition", "custom property definition"),
        ("systemrule", "system rule"),
    ] {
        assert!(
            !anna
                .get(&format!("/console/{kind}"))
                .expect_page(200)
                .text
                .contains(&format!("/console/{kind}/new"))
        );
        let page = anna.get(&format!("/console/{kind}/new")).expect_page(403);
        assert!(page.text.contains(&format!("may not create any {noun}")), "{}", page.text);
    }
    anna.get("/console/systemrule/import").expect_page(403);
    anna.get("/console/dataconnection/new").expect_page(200);
    let rule = json!({
        "name": "r", "resourceFilter": "Tag_*", "actions": 1,
        "rule": "user.userId = \"anna\" and resource.name like \"a*\""
    });
    server.repository().create("systemrule", &rule);
    // Whether this tag may be created depends on the form's input.
    anna.get("/console/tag/new").expect_page(200);
}
