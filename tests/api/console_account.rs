//! Signing in to and out of the console, and the account page.

use crate::support::browser::Browser;
use crate::support::machine::{patchbay, says};
use crate::support::visitor::{PASSWORD, set_password, start};
use crate::support::{Reply, id, wait_until};
use serde_json::json;
use std::fs;

#[test]
fn a_visitor_without_a_session_signs_in_and_reaches_the_requested_page() {
    let (server, front) = start(&[]);
    assert!(set_password(&server.data(), "LAB\\anna", PASSWORD));
    let mut browser = Browser::new(&server, &front);
    let reply = browser.get("/console/dataconnection?filter=name%20eq%20'a'");
    assert_eq!(reply.status, 303);
    let login = reply.header("location").to_owned();
    assert_eq!(
        login,
        "/console/login?next=%2Fconsole%2Fdataconnection%3Ffilter%3Dname%2520eq%2520%2527a%2527"
    );
    let page = browser.get(&login).expect_page(200);
    assert!(
        page.text.contains("name=\"password\"")
            && page.header("content-security-policy").contains("form-action 'self'")
    );
    let next = "/console/dataconnection?filter=name%20eq%20'a'";
    let wrong = browser
        .post("/console/login", &[("user", "LAB\\anna"), ("password", "wrong"), ("next", next)]);
    assert!(wrong.expect_page(401).text.contains("the user or the password is wrong"));
    for (elsewhere, expected) in [
        (next, next),
        ("/console", "/console"),
        ("https://example.com/", "/console"),
        ("//example.com", "/console"),
        ("/console/../qrs", "/console/../qrs"),
        ("/consolex", "/console"),
        ("/console/\\example.com", "/console"),
        ("/console/x\r\nSet-Cookie: a=b", "/console"),
        ("/console/\u{1}", "/console"),
        ("", "/console"),
    ] {
        let fields = [("user", "LAB\\anna"), ("password", PASSWORD), ("next", elsewhere)];
        browser.get("/console/login").expect_page(200);
        let reply = browser.post("/console/login", &fields);
        assert_eq!((reply.status, reply.header("location")), (303, expected), "{elsewhere}");
    }
    let page = browser.get("/console/dataconnection").expect_page(200);
    assert!(page.text.contains("LAB\\anna") && page.header("cache-control") == "no-store");
    assert_eq!(browser.get("/console").header("location"), "/console/dataconnection");
    // A form without a session gets a page that keeps its input.
    browser.get("/console/tag").expect_page(200);
    let kept = Browser::new(&server, &front)
        .post("/console/tag/new", &[("name", "typed")])
        .expect_page(401);
    assert!(
        kept.text.contains("Nothing was saved") && kept.text.contains("typed</textarea>"),
        "{}",
        kept.text
    );
    let reply = browser.post("/console/logout", &[]);
    assert_eq!((reply.status, reply.header("location")), (303, "/console/login"));
    assert_eq!(browser.get("/console/dataconnection").status, 303);
    // Tokens are for programs, and the console is not at the direct door.
    let url = format!("{}/console", server.base);
    Reply::of(server.repository().raw("GET", &url)).expect(404);
}

#[test]
fn failed_sign_ins_in_the_console_lead_to_a_wait() {
    let (server, front) = start(&[]);
    assert!(set_password(&server.data(), "LAB\\anna", PASSWORD));
    let mut browser = Browser::new(&server, &front);
    browser.get("/console/login").expect_page(200);
    for _ in 0..5 {
        browser
            .post("/console/login", &[("user", "LAB\\anna"), ("password", "wrong")])
            .expect_page(401);
    }
    let reply = browser
        .post("/console/login", &[("user", "LAB\\anna"), ("password", PASSWORD)])
        .expect_page(429);
    assert!(reply.text.contains("try again in") && reply.headers.contains_key("retry-after"));
}

#[test]
fn the_account_page_has_sessions_and_tokens() {
    let (server, front) = start(&[]);
    let mut anna = Browser::signed_in(&server, &front, "LAB\\anna");
    let mut elsewhere = Browser::signed_in(&server, &front, "LAB\\bert");
    let page = anna.get("/console/account").expect_page(200);
    assert!(page.text.contains("127.0.0.1") && page.text.contains("You have no roles"));
    let wrong =
        anna.post("/console/account/tokens", &[("name", "ci"), ("scope", "read"), ("days", "0")]);
    assert!(wrong.expect_page(400).text.contains("must be 1 to 366"));
    let made = anna
        .post("/console/account/tokens", &[("name", "ci"), ("scope", "read"), ("days", "5")])
        .expect_page(201);
    let token = made.text.split("<pre>").nth(1).unwrap().split("</pre>").next().unwrap().to_owned();
    let url = format!("{front}/qrs/tag?xrfkey=0123456789abcdef");
    let ask = || {
        let request = anna.client.raw("GET", &url).header("X-Qlik-Xrfkey", "0123456789abcdef");
        Reply::of(request.header("Authorization", format!("Bearer {token}"))).status
    };
    assert_eq!(ask(), 200);
    let page = anna.get("/console/account").expect_page(200);
    assert!(!page.text.contains(&token));
    let path = |page: &Reply, kind: &str| {
        let start = format!("action=\"/console/account/{kind}/");
        format!(
            "/console/account/{kind}/{}",
            page.text.split(&start).nth(1).unwrap().split('"').next().unwrap()
        )
    };
    let (revoke, end) = (path(&page, "tokens"), path(&page, "sessions"));
    elsewhere.post(&revoke, &[]);
    assert_eq!(Reply::of(anna.client.raw("GET", &url)).status, 401);
    assert_eq!(anna.post(&revoke, &[]).status, 303);
    let page = anna.get("/console/account").expect_page(200);
    assert!(!page.text.contains(">ci<"));
    assert_eq!(anna.post(&end, &[]).status, 303);
    assert_eq!(anna.get("/console/account").status, 303);
}

#[test]
fn users_change_their_own_passwords_and_root_administrators_set_them() {
    const NEW: &str = "another good password";
    let (server, front) = start(&[]);
    let mut elsewhere = Browser::signed_in(&server, &front, "LAB\\anna");
    let mut anna = Browser::new(&server, &front);
    let sign_in = |browser: &mut Browser, password: &str| {
        browser.get("/console/login").expect_page(200);
        browser.post("/console/login", &[("user", "LAB\\anna"), ("password", password)]).status
    };
    assert_eq!(sign_in(&mut anna, PASSWORD), 303);
    anna.get("/console/account/password").expect_page(200);
    for (fields, status, part) in [
        (
            [("current", "wrong"), ("password", NEW), ("again", NEW)],
            403,
            "current password is wrong",
        ),
        ([("current", PASSWORD), ("password", NEW), ("again", "x")], 400, "two passwords differ"),
        ([("current", PASSWORD), ("password", "short"), ("again", "short")], 400, "12 to 1024"),
    ] {
        assert!(
            anna.post("/console/account/password", &fields).expect_page(status).text.contains(part)
        );
    }
    elsewhere.get("/console/tag").expect_page(200);
    let fields = [("current", PASSWORD), ("password", NEW), ("again", NEW)];
    assert_eq!(
        anna.post("/console/account/password", &fields).header("location"),
        "/console/account"
    );
    anna.get("/console/tag").expect_page(200);
    assert_eq!(elsewhere.get("/console/tag").status, 303);
    assert_eq!((sign_in(&mut elsewhere, PASSWORD), sign_in(&mut elsewhere, NEW)), (401, 303));
    // A user who may change users can't set their passwords.
    let client = server.repository();
    let path = |user: &str| {
        let found = client.get(&format!("/user?filter=userId eq '{user}'")).json();
        format!("/console/user/{}/password", id(&found[0]))
    };
    let rule = json!({
        "name": "r", "resourceFilter": "User_*", "actions": 6, "rule": "user.userId = \"anna\""
    });
    client.create("systemrule", &rule);
    client.create("user", &json!({"userDirectory": "LAB", "userId": "bert"}));
    anna.get(&path("bert")).expect_page(403);
    let fields = [("password", PASSWORD), ("again", PASSWORD)];
    anna.post(&path("bert"), &fields).expect_page(403);
    let mut root = Browser::administrator(&server, &front);
    root.get(&path("bert")).expect_page(200);
    // Changing one's own password takes the current one: otherwise a stolen session could make
    // itself permanent.
    root.get(&path("root")).expect_page(403);
    let refused = root.post(&path("root"), &fields).expect_page(403);
    assert!(refused.text.contains("which asks for the current one"));
    // The audit log has the reason, even where a page shows it.
    let audit_log = || says(&patchbay(&server.data(), &["audit", "export"]), &[]);
    wait_until(|| {
        audit_log().contains("403: this is your own password")
            && audit_log().contains("403: The current password is wrong.")
    });
    root.post_with(&path("bert"), "x", &fields).expect_page(403);
    assert_eq!(root.post(&path("bert"), &fields).status, 303);
    let mut bert = Browser::new(&server, &front);
    bert.get("/console/login").expect_page(200);
    assert_eq!(
        bert.post("/console/login", &[("user", "LAB\\bert"), ("password", PASSWORD)]).status,
        303
    );
    assert!(
        root.post(&path("sa_api"), &fields).expect_page(400).text.contains("must not be INTERNAL")
    );
    assert!(!server.log().contains(NEW) && !server.log().contains(PASSWORD));
}

#[test]
fn only_entitled_users_can_download_certificates() {
    let (server, front) = start(&[]);
    let mut anna = Browser::signed_in(&server, &front, "LAB\\anna");
    let page = anna.get("/console/account").expect_page(200);
    assert!(page.text.contains("root.pem") && !page.text.contains("client.pem"));
    let root = anna.get("/console/account/root.pem");
    assert_eq!(root.text, fs::read_to_string(server.data().join("certs/root.pem")).unwrap());
    anna.post("/console/account/client.pem", &[]).expect_page(403);
    let mut administrator = Browser::administrator(&server, &front);
    assert!(
        administrator.get("/console/account").expect_page(200).text.contains("Download client.pem")
    );
    administrator.post_with("/console/account/client.pem", "x", &[]).expect_page(403);
    let wrong =
        administrator.post("/console/account/client.pem", &[("current", "wrong")]).expect_page(403);
    assert!(wrong.text.contains("current password is wrong"));
    let client = administrator.post("/console/account/client.pem", &[("current", PASSWORD)]);
    assert_eq!((client.status, client.header("cache-control")), (200, "no-store"));
    let parts = ["client.pem", "client_key.pem"]
        .map(|name| fs::read_to_string(server.data().join("certs").join(name)).unwrap());
    assert_eq!(client.text, parts.concat());
    wait_until(|| server.log().contains("the client certificate was downloaded"));
}

#[test]
fn a_client_certificate_that_would_be_refused_is_not_offered() {
    let (server, front) = start(&[]);
    let (data, mut root) = (server.data(), Browser::administrator(&server, &front));
    let key = data.join("certs/client_key.pem");
    let (elsewhere, offer) = (data.join("client_key.pem"), "Download client.pem");
    assert!(root.get("/console/account").expect_page(200).text.contains(offer));
    let mut download = |status: u16, part: &str| {
        let refused =
            root.post("/console/account/client.pem", &[("current", PASSWORD)]).expect_page(status);
        assert!(refused.text.contains(part) && !refused.text.contains(offer), "{}", refused.text);
        let page = root.get("/console/account").expect_page(200);
        assert!(page.text.contains(part) && !page.text.contains(offer), "{}", page.text);
    };
    fs::rename(&key, &elsewhere).unwrap();
    download(409, "client_key.pem is no longer in the folder certs");
    fs::rename(&elsewhere, &key).unwrap();
    says(&patchbay(&data, &["cert", "revoke", "QlikClient"]), &["revoked QlikClient"]);
    wait_until(|| server.log().contains("the list of revoked certificates was read"));
    download(409, "was revoked; create another with patchbay cert renew QlikClient");
    let audit_log = || {
        says(&patchbay(&data, &["audit", "export"]), &[])
            .matches("download client certificate")
            .count()
    };
    assert_eq!(audit_log(), 0);
    says(&patchbay(&data, &["cert", "renew", "QlikClient"]), &["QlikClient"]);
    assert!(root.get("/console/account").expect_page(200).text.contains(offer));
    assert_eq!(root.post("/console/account/client.pem", &[("current", PASSWORD)]).status, 200);
    assert_eq!(audit_log(), 1);
}

#[test]
fn a_user_from_a_proxy_uses_the_console_without_a_session() {
    let (server, front) =
        start(&["--front-header", "X-Remote-User", "--front-header-from", "127.0.0.1"]);
    let client = server.stranger();
    let ask = |method: &str, path: &str, body: Option<String>| {
        let mut request =
            client.raw(method, &format!("{front}{path}")).header("X-Remote-User", "LAB\\anna");
        if let Some(body) = body {
            request =
                request.header("Content-Type", "application/x-www-form-urlencoded").body(body);
        }
        Reply::of(request)
    };
    let page = ask("GET", "/console/dataconnection/new", None).expect_page(200);
    let token = page
        .text
        .split("name=\"token\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let body = |token: &str| {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.append_pair("token", token).extend_pairs([
            ("name", "hers"),
            ("type", "internet"),
            ("connectionstring", "x"),
        ]);
        Some(body.finish())
    };
    ask("POST", "/console/dataconnection/new", body("x")).expect_page(403);
    assert_eq!(ask("POST", "/console/dataconnection/new", body(&token)).status, 303);
    assert_eq!(server.repository().names("dataconnection", "owner.userId eq 'anna'"), ["hers"]);
}
