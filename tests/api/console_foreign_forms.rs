//! Forms of another session or of another site: the console carries none of them out, and shows
//! only the former again.

use crate::support::audit::entries;
use crate::support::browser::{Browser, has};
use crate::support::id;
use crate::support::visitor::{PASSWORD, start};
use serde_json::json;

#[test]
fn a_form_of_another_session_is_shown_again_and_not_carried_out() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let client = server.repository();
    let stored = client.connection("stays");
    let user = client.create("user", &json!({"userDirectory": "LAB", "userId": "anna"}));
    let path = format!("/console/dataconnection/{}", id(&stored));
    let delete = format!("{path}/delete");
    let password = format!("/console/user/{}/password", id(&user));
    let list = json!([{"name": "typed", "resourceFilter": "Tag_*", "actions": 2, "rule": "true"}])
        .to_string();
    let shown_list = "&#34;name&#34;:&#34;typed&#34;";
    let long = "x".repeat(2_000);
    for (path, sent, shown) in [
        (
            "/console/dataconnection/new",
            vec![
                ("name", "typed"),
                ("connectionstring", long.as_str()),
                ("type", "folder"),
                ("password", "hunter2"),
            ],
            vec!["value=\"typed\"", &long, "Save</button>", "type it again"],
        ),
        (
            &path,
            vec![("name", "typed"), ("version", "2026-01-01T00:00:00.000Z")],
            vec!["value=\"typed\"", "Save</button>"],
        ),
        (&delete, vec![("version", "")], vec!["Delete stays?"]),
        (
            "/console/dataconnection/selected",
            vec![
                ("id", id(&stored).leak() as &str),
                ("do", "delete"),
                ("change", "owner"),
                ("owner", "LAB\\typed"),
            ],
            vec!["value=\"LAB\\typed\"", "1 selected"],
        ),
        (
            "/console/systemrule/import",
            vec![("list", list.as_str()), ("action", "import")],
            vec![shown_list],
        ),
        (
            "/console/account/tokens",
            vec![("name", "typed"), ("scope", "all"), ("days", "17"), ("context", "hub")],
            vec![
                "value=\"typed\"",
                "value=\"17\"",
                "value=\"all\" selected",
                "value=\"hub\" selected",
            ],
        ),
        (
            "/console/account/password",
            vec![("current", PASSWORD), ("password", "hunter2hunter2")],
            vec!["Password of LAB\\root"],
        ),
        (
            &password,
            vec![("password", "hunter2hunter2"), ("again", "hunter2hunter2")],
            vec!["Password of LAB\\anna"],
        ),
    ] {
        for wrong in ["", "of another session"] {
            let page = browser.post_with(path, wrong, &sent).expect_page(403);
            has(
                &page,
                &["This form was opened in another session. Nothing was done. Check it and send \
                     it again."],
            );
            has(&page, &shown);
            assert!(!page.text.contains("hunter2"), "{path}: {}", page.text);
        }
        // A page of another site may have filled in the form, so its input is not shown.
        for site in ["cross-site", "same-site"] {
            browser.fetch_site = Some(site);
            let page = browser.post_with(path, "", &sent).expect_page(403);
            assert!(
                page.text.contains("A page of another site sent this form")
                    && !page.text.contains("typed"),
                "{path}"
            );
            let mut stranger = Browser::new(&server, &front);
            stranger.fetch_site = Some(site);
            let page = stranger.post(path, &sent);
            assert_eq!(
                (page.status, page.header("location")),
                (303, "/console/login?next=%2Fconsole")
            );
        }
        browser.fetch_site = Some("same-origin");
    }
    assert_eq!(client.names("dataconnection", ""), ["stays"]);
    assert!(client.names("systemrule", "type eq 'Custom'").is_empty());
    browser.get("/console/tag").expect_page(200);
    assert!(!browser.get("/console/account").expect_page(200).text.contains("Revoke"));
}

#[test]
fn the_audit_log_says_why_a_form_was_refused() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let client = server.repository();
    let connection = id(&client.connection("c"));
    let user = id(&client.create("user", &json!({"userDirectory": "LAB", "userId": "anna"})));
    let stale = "403: This form was opened in another session. Nothing was done. Check it and send \
                 it again.";
    let paths = [
        "/console/dataconnection/new",
        &format!("/console/dataconnection/{connection}"),
        &format!("/console/dataconnection/{connection}/delete"),
        "/console/dataconnection/selected",
        "/console/systemrule/import",
        "/console/account/tokens",
        "/console/account/password",
        &format!("/console/user/{user}/password"),
    ];
    for path in paths {
        browser.post_with(path, "of another session", &[("id", &connection)]).expect_page(403);
    }
    Browser::new(&server, &front).post("/console/tag/new", &[("name", "typed")]).expect_page(401);
    // Refusals are recorded before any later write.
    client.create("tag", &json!({"name": "later"}));
    let refused = entries(&client, "outcome eq 'refused'");
    let details: Vec<&str> =
        refused.iter().map(|entry| entry["detail"].as_str().unwrap()).collect();
    assert_eq!(
        details.iter().filter(|detail| **detail == stale).count(),
        paths.len(),
        "{details:?}"
    );
    let ended = "401: Your session has ended, or you have not signed in. Nothing was saved.";
    assert_eq!((details.len(), details.contains(&ended)), (paths.len() + 1, true), "{details:?}");
}

/// Without TLS, browsers omit `Sec-Fetch-Site`, and a form from another site comes without the
/// cookie.
#[test]
fn a_form_that_no_page_of_this_server_sent_is_neither_shown_again_nor_kept() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let lines = "line\r\n".repeat(20_001);
    let path = "/console/user/new";
    for origin in ["", "null", "http://evil.example", "https://localhost", "https://127.0.0.1:1"] {
        browser.origin = Some(origin);
        for sent in [
            vec![("userId", "planted")],
            vec![("userId", "planted"), ("attributes", lines.as_str())],
        ] {
            let page = browser.post_with(path, "", &sent).expect_page(403);
            assert!(page.text.contains("was opened in another session"), "{origin}: {}", page.text);
            assert!(
                !page.text.contains("planted") && !page.text.contains("<textarea"),
                "{origin}: {}",
                page.text
            );
        }
        let mut stranger = Browser::new(&server, &front);
        stranger.origin = Some(origin);
        let reply = stranger.post(path, &[("userId", "planted")]);
        assert_eq!(
            (reply.status, reply.header("location")),
            (303, "/console/login?next=%2Fconsole"),
            "{origin}"
        );
    }
    // A form of this server's pages is kept.
    let mut stranger = Browser::new(&server, &front);
    stranger.get("/console/login").expect_page(200);
    has(&stranger.post(path, &[("userId", "typed")]).expect_page(401), &["typed"]);
    browser.origin = None;
    browser.get("/console/tag").expect_page(200);
    has(
        &browser.post_with(path, "", &[("userId", "typed")]).expect_page(403),
        &["value=\"typed\""],
    );
}
