//! Equality of names: only case is ignored, wherever a name comes from.

use crate::support::look_alikes::{LOOK_ALIKES, SPELT_OTHERWISE};
use crate::support::machine::{patchbay, says};
use crate::support::old_databases::site;
use crate::support::rules::rule;
use crate::support::visitor::{PASSWORD, Visitor, set_password, start};
use crate::support::{Client, Server, connection, encode, id, wait_until};
use serde_json::json;

fn user(server: &Server, directory: &str, user_id: &str) -> Client {
    server.named(&encode(directory), &encode(user_id))
}

fn count(client: &Client) -> i64 {
    client.get("/dataconnection/count").expect(200).json()["value"].as_i64().unwrap()
}

#[test]
fn a_look_alike_name_in_a_header_is_another_user() {
    let proxy = ["--front-header", "X-Remote-User", "--front-header-from", "127.0.0.1"];
    let (server, front) = start(&proxy);
    let visitor = Visitor::new(&server, &front);
    let through_proxy = |user: &str| {
        let request = visitor
            .request("GET", "/qrs/dataconnection/count")
            .header("X-Remote-User", user.as_bytes());
        crate::support::Reply::of(request)
    };
    for own in LOOK_ALIKES {
        user(&server, "LAB", own.name).connection(&format!("of {}", own.name));
        for (name, expected) in [(own.also, 1), (own.other, 0), (own.name, 1)] {
            assert_eq!(count(&user(&server, "lab", name)), expected, "{name}");
            let reply = through_proxy(&format!("LAB\\{name}")).expect(200);
            assert_eq!(reply.json()["value"], expected, "{name}");
        }
    }
    for (own, other) in SPELT_OTHERWISE {
        user(&server, "LAB", own).get("/tag").expect(200);
        user(&server, "LAB", other).get("/tag").expect(401).says(&["the spelling of a letter"]);
        through_proxy(&format!("LAB\\{other}")).expect(401).says(&["the spelling of a letter"]);
    }
}

#[test]
fn a_look_alike_user_can_not_sign_in_with_the_password_of_another() {
    let (server, front) = start(&[]);
    let names = LOOK_ALIKES.map(|own| (own.name, own.other));
    for (name, other) in names.into_iter().chain(SPELT_OTHERWISE) {
        assert!(set_password(&server.data(), &format!("LAB\\{name}"), PASSWORD), "{name}");
        let visitor = Visitor::new(&server, &front);
        visitor.try_login(&format!("LAB\\{other}"), PASSWORD).expect(401);
        visitor.try_login(&format!("LAB\\{name}"), PASSWORD).expect(200);
    }
    for (_, other) in SPELT_OTHERWISE {
        assert!(!set_password(&server.data(), &format!("LAB\\{other}"), PASSWORD), "{other}");
    }
}

/// The look-alike user is created first: the rule grants it nothing, and still grants access to the
/// user that it names.
#[test]
fn rules_grant_nothing_to_look_alikes() {
    let server = Server::start();
    let repository = server.repository();
    repository.connection("theirs");
    for own in LOOK_ALIKES {
        let name = own.name;
        for (number, condition) in [
            format!("user.userId = \"{name}\""),
            format!("user.userDirectory = \"{name}\""),
            format!("user.roles = \"{name}\""),
            format!("user.group = \"{name}\""),
            format!("user.userId like \"{name}*\""),
            format!("user.userId matches \"{name}.*\""),
            format!("!(user.userId matches \"[^{}].*\")", name.chars().next().unwrap()),
        ]
        .iter()
        .enumerate()
        {
            let rule = repository.create("systemrule", &rule("r", condition, 2));
            let member = |kind: &str, text: &str| match kind {
                "userDirectory" => user(&server, text, &format!("x{number}")),
                "roles" | "group" => {
                    let user_id =
                        text.bytes().fold(kind.to_owned(), |id, byte| format!("{id}-{byte}"));
                    let mut body = json!({"userDirectory": "MEMBERS", "userId": user_id});
                    if kind == "roles" {
                        body["roles"] = json!([text]);
                    } else {
                        body["attributes"] =
                            json!([{"attributeType": "group", "attributeValue": text}]);
                    }
                    repository.create("user", &body);
                    user(&server, "MEMBERS", &user_id)
                }
                _ => user(&server, "LAB", text),
            };
            let kind =
                ["userId", "userDirectory", "roles", "group", "userId", "userId", "userId"][number];
            assert_eq!(
                count(&member(kind, own.other)),
                i64::from(number == 6 && !own.differs_at_once()),
                "{condition}"
            );
            assert_eq!(count(&member(kind, name)), 1, "{condition}");
            assert_eq!(count(&member(kind, own.also)), 1, "{condition}");
            repository.delete(&format!("/systemrule/{}", id(&rule))).expect(204);
        }
    }
}

#[test]
fn unique_names_are_compared_without_case_only() {
    let server = Server::start();
    let repository = server.repository();
    for own in LOOK_ALIKES {
        repository.connection(own.name);
        repository.connection(own.other);
        repository.post("/dataconnection", &connection(own.also)).expect(400).says(&["already"]);
        assert_eq!(
            repository.names("dataconnection", &format!("name eq '{}'", own.also)),
            [own.name]
        );
        assert_eq!(
            repository.names("dataconnection", &format!("name sw '{}'", own.other)),
            [own.other]
        );
        assert_eq!(
            repository.names("dataconnection", &format!("name so '{}'", own.also)),
            [own.name]
        );
    }
}

#[test]
fn an_upgrade_folds_texts_again_and_lists_names_that_now_differ() {
    let folder = site(10);
    let data = folder.path().join("data");
    let database = rusqlite::Connection::open(data.join("patchbay.db")).unwrap();
    database
        .execute_batch(
            "UPDATE users SET user_id = '\u{fb01}n', user_id_folded = 'fin' WHERE user_id = 'anna';
             UPDATE user_roles SET value = 'Stra\u{df}e', value_folded = 'strasse';
             UPDATE data_connections SET name = '\u{c4}rger \u{212a}', name_folded = '\u{e4}rger \
             k' WHERE name = 'Sales';
             UPDATE system_rules SET rule = 'user.roles = \"STRASSE\" and user.userId = \
             \"\u{131}vi\"',
                 rule_folded = 'user.roles = \"strasse\" and user.userid = \"ivi\"' WHERE name = \
             'CreateOwn' OR name = 'DataConnection';",
        )
        .unwrap();
    drop(database);
    let server = Server::start_in(folder, |command| {
        command.env("PATCHBAY_MASTER_KEY", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
    });
    let repository = server.repository();
    assert_eq!(repository.names("dataconnection", "name sw '\u{e4}RGER \u{212a}'").len(), 1);
    assert!(repository.names("dataconnection", "name sw '\u{e4}rger k'").is_empty());
    assert_eq!(count(&user(&server, "LAB", "\u{fb01}N")), 1);
    assert_eq!(count(&user(&server, "LAB", "fin")), 0);
    let lines = [
        "rule 'DataConnection': 'STRASSE' no longer matches role 'Stra\u{df}e'",
        "rule 'DataConnection': '\u{131}vi' no longer matches 'ivi'",
        "userId of LAB\\\u{fb01}n: '\u{fb01}n' no longer matches 'fin'",
        "role: 'Stra\u{df}e' no longer matches 'strasse'",
    ];
    let listed = says(&patchbay(&server.data(), &["explain", "--folding"]), &lines);
    assert_eq!(listed.lines().count(), 5, "{listed}");
    let in_log = |server: &Server| server.log().matches("patchbay explain --folding").count();
    wait_until(|| in_log(&server) == 1 && server.log().contains("\"found\":5"));
    let folder = server.stop();
    // The log lists it once, and the command lists it as long as it persists.
    let server = Server::start_in(folder, |_| {});
    wait_until(|| in_log(&server) == 1);
}
