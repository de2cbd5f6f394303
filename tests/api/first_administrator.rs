//! The first start: a link, shown once, with which somebody becomes the first administrator.

use crate::support::visitor::{PASSWORD, Visitor, set_password, start};
use crate::support::{Client, Reply, Server, id, program};

/// The link that the server showed, if any.
fn link(server: &Server) -> Option<String> {
    let line = server
        .welcome
        .iter()
        .find(|line| line.starts_with("Choose the first administrator's password"));
    line.map(|line| line.split_whitespace().last().unwrap().to_owned())
}

fn secret(link: &str) -> &str {
    link.split("?link=").nth(1).unwrap()
}

fn choose(browser: &Client, link: &str, fields: &[(&str, &str)]) -> Reply {
    let page = link.split('?').next().unwrap();
    let body = form_urlencoded::Serializer::new(String::new())
        .append_pair("link", secret(link))
        .extend_pairs(fields)
        .finish();
    let request =
        browser.raw("POST", page).header("Content-Type", "application/x-www-form-urlencoded");
    Reply::of(request.body(body))
}

/// A correctly completed form.
const CHOICE: [(&str, &str); 3] =
    [("user", "LAB\\anna"), ("password", PASSWORD), ("again", PASSWORD)];

#[test]
fn the_link_creates_the_first_administrator_and_works_only_once() {
    let (server, front) = start(&[]);
    let link = link(&server).unwrap();
    assert!(link.starts_with(&format!("{front}/console/first-administrator?link=")));
    assert!(!server.log().contains(secret(&link)));
    let browser = server.stranger();
    let page = Reply::of(browser.raw("GET", &link)).expect_page(200);
    assert!(page.text.contains("LOCAL\\admin") && page.text.contains(secret(&link)));
    assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
    assert_eq!(
        (page.header("cache-control"), page.header("referrer-policy")),
        ("no-store", "same-origin")
    );
    for part in ["/console/console.css", "/console/icon.svg"] {
        assert!(page.text.contains(part) && !page.text.contains("//"), "{}", page.text);
        assert_eq!(Reply::of(browser.raw("GET", &format!("{front}{part}"))).status, 200);
    }
    let welcome = choose(&browser, &link, &CHOICE);
    assert_eq!((welcome.status, welcome.header("location")), (303, "/console"));
    let mut anna = Visitor::new(&server, &front);
    anna.cookie = Some(welcome.header("set-cookie").split(';').next().unwrap().to_owned());
    let user = anna
        .request("GET", "/qrs/user/full?filter=userId eq 'anna'")
        .header("X-Qlik-Security", "Context=ManagementAccess");
    assert_eq!(Reply::of(user).expect(200).json()[0]["roles"][0], "RootAdmin");
    anna.login("LAB\\anna", PASSWORD);
    // The link has served its purpose.
    Reply::of(browser.raw("GET", &link)).expect_page(404);
    let again =
        choose(&browser, &link, &[("user", "LAB\\bert"), CHOICE[1], CHOICE[2]]).expect_page(404);
    assert!(again.text.contains("This link has expired"));
    assert_eq!(server.repository().get("/user/count?filter=userId eq 'bert'").json()["value"], 0);
    // Not even after that administrator was deleted.
    let client = server.repository();
    client
        .delete(&format!("/user/{}", id(&client.get("/user?filter=userId eq 'anna'").json()[0])))
        .expect(204);
    Reply::of(browser.raw("GET", &link)).expect_page(404);
    choose(&browser, &link, &CHOICE).expect_page(404);
    assert!(set_password(&server.data(), "LAB\\anna", PASSWORD));
    // A site with an administrator shows no link.
    let server = Server::start_in(server.stop(), |command| {
        command.args(["--front", "127.0.0.1:0"]);
    });
    assert_eq!(self::link(&server), None);
}

#[test]
fn wrong_input_is_pointed_out_and_can_be_corrected() {
    let (server, _) = start(&[]);
    let link = link(&server).unwrap();
    let browser = server.stranger();
    for (fields, part) in [
        ([("user", "anna"), CHOICE[1], CHOICE[2]], "DIRECTORY\\userid"),
        ([("user", "INTERNAL\\sa_repository"), CHOICE[1], CHOICE[2]], "must not be INTERNAL"),
        (
            [("user", "<script>alert(1)</script>"), CHOICE[1], CHOICE[2]],
            "&#60;script&#62;alert(1)&#60;/script&#62;",
        ),
        ([CHOICE[0], ("password", "short"), ("again", "short")], "12 to 1024 characters"),
        ([CHOICE[0], CHOICE[1], ("again", "another password")], "two passwords differ"),
        ([CHOICE[0], ("x", ""), ("y", "")], "12 to 1024 characters"),
    ] {
        let page = choose(&browser, &link, &fields).expect_page(400);
        assert!(page.text.contains(part) && page.text.contains("role=\"alert\""), "{}", page.text);
        assert!(
            !page.text.contains("<script")
                && !page.text.contains(PASSWORD)
                && !page.text.contains("another password")
        );
    }
    let url = link.split('?').next().unwrap();
    Reply::of(browser.raw("GET", url)).expect_page(404);
    for wrong in [
        format!("{url}?link="),
        format!("{url}?link=x"),
        format!("{link}x"),
        link[..link.len() - 1].to_owned(),
    ] {
        Reply::of(browser.raw("GET", &wrong)).expect_page(404);
        choose(&browser, &wrong, &CHOICE).expect_page(404);
    }
    let page =
        Reply::of(browser.raw("POST", url).json(&serde_json::json!({"link": secret(&link)})));
    assert!(page.expect_page(400).text.contains("application/x-www-form-urlencoded"));
    let long = choose(&browser, &link, &[("user", &"x".repeat(20_000)), CHOICE[1], CHOICE[2]]);
    long.expect_page(413);
    assert_eq!(choose(&browser, &link, &CHOICE).status, 303);
}

#[test]
fn a_site_that_somebody_can_manage_shows_no_link() {
    // There is no link without a front door, nor once a user has a password or a role while the
    // door is open.
    assert_eq!(link(&Server::start()), None);
    let commands: [fn(&Server); 2] = [
        |server| assert!(set_password(&server.data(), "LAB\\anna", PASSWORD)),
        |server| {
            let mut command = program();
            command
                .args(["user", "grant-root", "--create", "LAB\\anna", "--data"])
                .arg(server.data());
            assert!(command.output().unwrap().status.success());
        },
    ];
    for command in commands {
        let (server, _) = start(&[]);
        let link = link(&server).unwrap();
        let browser = server.stranger();
        Reply::of(browser.raw("GET", &link)).expect_page(200);
        command(&server);
        Reply::of(browser.raw("GET", &link)).expect_page(404);
        choose(&browser, &link, &[("user", "LAB\\bert"), CHOICE[1], CHOICE[2]]).expect_page(404);
    }
    // A new start has a new link, and invalidates the old one.
    let (server, _) = start(&[]);
    let old = link(&server).unwrap();
    let server = Server::start_in(server.stop(), |command| {
        command.args(["--front", "127.0.0.1:0"]);
    });
    let new = link(&server).unwrap();
    assert_ne!(secret(&old), secret(&new));
    let url = new.split("link=").next().unwrap();
    Reply::of(server.stranger().raw("GET", &format!("{url}link={}", secret(&old))))
        .expect_page(404);
    let secret = secret(&new).as_bytes();
    for file in std::fs::read_dir(server.data())
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.is_file())
    {
        let text = std::fs::read(&file).unwrap();
        assert!(!text.windows(secret.len()).any(|part| part == secret), "{file:?}");
    }
}

#[test]
fn only_one_of_two_users_of_the_link_becomes_administrator() {
    let (server, _) = start(&[]);
    let link = link(&server).unwrap();
    let browser = server.stranger();
    let replies: Vec<u16> = std::thread::scope(|scope| {
        let users = ["LAB\\a", "LAB\\b", "LAB\\c", "LAB\\d"];
        let start = |user: &'static str| {
            let (browser, link) = (&browser, &link);
            scope.spawn(move || {
                choose(browser, link, &[("user", user), CHOICE[1], CHOICE[2]]).status
            })
        };
        users.map(start).into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(replies.iter().filter(|status| **status == 303).count(), 1, "{replies:?}");
    assert_eq!(replies.iter().filter(|status| **status == 404).count(), 3, "{replies:?}");
    let administrators =
        server.repository().get("/user/count?filter=roles eq 'RootAdmin'").expect(200).json();
    assert_eq!(administrators["value"], 1);
}
