//! Names and types with invisible characters: which ones are refused, which are marked, and how
//! engines read them.

use crate::support::browser::Browser;
use crate::support::machine::command;
use crate::support::old_databases::site;
use crate::support::rules::rule;
use crate::support::visitor::start;
use crate::support::{Client, Server, connection, encode, id};
use serde_json::{Value as Json, json};

const MASTER_KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

fn of_type(name: &str, kind: &str) -> Json {
    let mut body = connection(name);
    body["type"] = json!(kind);
    body
}

fn count(client: &Client) -> i64 {
    client.get("/dataconnection/count").expect(200).json()["value"].as_i64().unwrap()
}

#[test]
fn a_type_that_an_engine_reads_as_folder_counts_as_folder_in_rules() {
    let server = Server::start();
    let (repository, anna) = (server.repository(), server.user("anna"));
    let own = anna.connection("hers");
    let kinds = ["folder", " folder", "Folder ", "\u{a0}FOLDER", "folder\u{3000}"];
    for kind in kinds {
        anna.post("/dataconnection", &of_type("new", kind)).expect(403);
        let mut body = own.clone();
        body["type"] = json!(kind);
        anna.put(&format!("/dataconnection/{}", id(&own)), &body).expect(403);
        let stored =
            repository.create("dataconnection", &of_type(&format!("by root {kind}"), kind));
        assert_eq!(stored["type"], *kind);
    }
    assert_eq!(repository.names("dataconnection", "type eq 'folder'").len(), kinds.len());
    assert_eq!(repository.names("dataconnection", "type ne ' folder '"), ["hers"]);
    let bert = server.user("bert");
    for (condition, expected) in [
        ("resource.type = \"folder\"", 5),
        ("resource.type = {\"x\", \" Folder\"}", 5),
        ("resource.type != \"folder\"", 1),
        ("resource.type like \"fold*\"", 5),
        ("resource.type matches \"folder\"", 5),
        ("resource.type == \"folder\"", 3),
        ("resource.type !== \"folder\"", 3),
    ] {
        let rule = repository.create("systemrule", &rule("r", condition, 2));
        assert_eq!(count(&bert), expected, "{condition}");
        repository.delete(&format!("/systemrule/{}", id(&rule))).expect(204);
    }
}

#[test]
fn a_new_type_with_invisible_characters_is_refused() {
    let server = Server::start();
    let repository = server.repository();
    let own = repository.connection("here");
    for (kind, code) in [
        ("folder\n", "U+000A"),
        ("folder\u{200b}", "U+200B"),
        ("\tfolder", "U+0009"),
        ("fol\u{202e}der", "U+202E"),
        ("folder\u{7f}", "U+007F"),
        ("f\u{ad}older", "U+00AD"),
        ("folder\u{fe0f}", "U+FE0F"),
        ("folder\u{e0001}", "U+E0001"),
    ] {
        let body = of_type("new", kind);
        repository.post("/dataconnection", &body).expect(400).says(&["type: ", code]);
        let many = json!([connection("first"), body]);
        repository.post("/dataconnection/many", &many).expect(400).says(&["[1].type: ", code]);
        let mut changed = own.clone();
        changed["type"] = json!(kind);
        repository
            .put(&format!("/dataconnection/{}", id(&own)), &changed)
            .expect(400)
            .says(&["type: ", code]);
    }
    assert_eq!(count(&repository), 1);
}

/// The type and the names were stored before such checks existed.
#[test]
fn a_stored_type_stays_readable_and_the_rest_of_its_row_can_be_changed() {
    let folder = site(10);
    let database = rusqlite::Connection::open(folder.path().join("data/patchbay.db")).unwrap();
    let (kind, earlier) = ("Folder\n\u{200b}", "folder\n\u{200b}");
    let sql = "UPDATE data_connections SET type = ?1, type_folded = ?2 WHERE name = 'of anna'";
    assert_eq!(database.execute(sql, [kind, earlier]).unwrap(), 1);
    let sql = "UPDATE users SET user_id = ?1, user_id_folded = ?1, name = ?1, name_folded = ?1 \
               WHERE user_id = 'anna'";
    assert_eq!(database.execute(sql, ["an\u{1b}na"]).unwrap(), 1);
    drop(database);
    let server = Server::start_in(folder, |command| {
        command.env("PATCHBAY_MASTER_KEY", MASTER_KEY);
    });
    let repository = server.repository();
    let full = || {
        repository.get("/dataconnection/full?filter=type eq 'folder'").expect(200).json()[0].clone()
    };
    let stored = full();
    assert_eq!(stored["type"], kind);
    let path = format!("/dataconnection/{}", id(&stored));
    let mut body = stored;
    body["username"] = json!("reader");
    let changed = repository.put(&path, &body).expect(200).json();
    assert_eq!((&changed["type"], &changed["username"]), (&json!(kind), &json!("reader")));
    body = changed;
    body["type"] = json!("Folder\u{200b}");
    repository.put(&path, &body).expect(400).says(&["type: ", "U+200B"]);
    let mut user = repository.get("/user/full?filter=userId sw 'an'").expect(200).json()[0].clone();
    user["roles"] = json!(["ContentAdmin", "AuditAdmin"]);
    let user = repository.put(&format!("/user/{}", id(&user)), &user).expect(200).json();
    assert_eq!((&user["userId"], &user["name"]), (&json!("an\u{1b}na"), &json!("an\u{1b}na")));
    body["type"] = json!("internet");
    repository.put(&path, &body).expect(200);
    assert_eq!(repository.names("dataconnection", "type eq 'folder'").len(), 0);
}

#[test]
fn no_request_creates_a_user_with_control_characters_in_the_name() {
    let server = Server::start();
    let repository = server.repository();
    let before = repository.get("/user/count").expect(200).json();
    for (text, code) in [
        ("an\nna", "U+000A"),
        ("anna\r", "U+000D"),
        ("\u{1b}[31manna", "U+001B"),
        ("an\u{9b}na", "U+009B"),
        ("anna\u{2028}", "U+2028"),
    ] {
        for property in ["userId", "userDirectory", "name"] {
            let mut body = json!({"userDirectory": "LAB", "userId": "bert"});
            body[property] = json!(text);
            repository.post("/user", &body).expect(400).says(&[&format!("{property}: "), code]);
        }
        server.user(&encode(text)).get("/tag").expect(401).says(&["X-Qlik-User"]);
        server.named(&encode(text), "anna").get("/tag").expect(401).says(&["X-Qlik-User"]);
        for subcommand in ["grant-root", "set-password"] {
            let mut process =
                command(&server.data(), &["user", subcommand, &format!("LAB\\{text}")]);
            let output = process.stdin(std::process::Stdio::null()).output().unwrap();
            let error = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2), "{error}");
            assert!(!error.trim_end_matches('\n').contains(char::is_control), "{error:?}");
        }
    }
    assert_eq!(repository.get("/user/count").expect(200).json(), before);
    let user = repository.create("user", &json!({"userDirectory": "LAB", "userId": "carl"}));
    let mut body = user.clone();
    body["name"] = json!("Carl\nRoot");
    repository.put(&format!("/user/{}", id(&user)), &body).expect(400).says(&[
        "name: ",
        "U+000A",
        "position 5",
    ]);
}

#[test]
fn the_console_marks_invisible_characters() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let client = server.repository();
    let name = "sales\u{202e}gpj\u{200b}.exe";
    let stored = client.connection(name);
    client.create(
        "user",
        &json!({
            "userDirectory": "LAB", "userId": "an\u{200d}na", "name": name, "roles": ["r\u{2066}x"]
        }),
    );
    client.create("tag", &json!({"name": name}));
    client.create("systemrule", &rule(name, "", 2));
    let marked = "sales<mark>U+202E</mark>gpj<mark>U+200B</mark>.exe";
    for page in ["dataconnection", "user", "tag", "systemrule"] {
        let text = browser.get(&format!("/console/{page}")).expect_page(200).text;
        assert!(text.contains(marked), "{page}");
        let shown = text.split("<main").nth(1).unwrap();
        assert_eq!(
            shown.matches('\u{202e}').count(),
            shown.matches("aria-label=\"Select sales").count(),
            "{page}"
        );
    }
    let users = browser.get("/console/user").expect_page(200).text;
    assert!(users.contains("an<mark>U+200D</mark>na") && users.contains("r<mark>U+2066</mark>x"));
    let page =
        browser.get(&format!("/console/dataconnection/{}", id(&stored))).expect_page(200).text;
    assert!(
        page.contains(&format!("<h1>{marked}</h1>"))
            && page.contains("Invisible characters are marked here")
    );
    // The form sends the name back unchanged.
    assert!(page.contains(&format!("value=\"{name}\"")));
    let why = browser
        .get(&format!("/console/why?type=DataConnection&id={}", id(&stored)))
        .expect_page(200)
        .text;
    assert!(why.contains(marked));
}
