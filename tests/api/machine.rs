//! Commands on the server's machine, with and without a running server.

use crate::support::machine::{fails, patchbay, says};
use crate::support::rules::{rule, site};
use crate::support::{Reply, Server, id};
use serde_json::{Value as Json, json};
use std::fs;

#[test]
fn the_explain_command_prints_the_same_as_the_api() {
    let server = Server::start();
    let client = server.repository();
    site(&client);
    client.create("systemrule", &rule("By team", "resource.@Department = user.@Department", 2));
    let data = server.data();
    let resource = format!(
        "DataConnection_{}",
        id(&client.get("/dataconnection?filter=name eq 'b'").json()[0])
    );
    let why = ["explain", "--user", "lab\\bert", "--action", "read", "--resource", &resource];
    let text = says(
        &patchbay(&data, &why),
        &["LAB\\bert may read", "yes  By team: the condition is true"],
    );
    assert!(text.contains("true   resource.@Department = user.@Department"), "{text}");
    let mut deletes = why;
    deletes[4] = "delete";
    says(
        &patchbay(&data, &deletes),
        &["LAB\\bert may not delete", "no   By team: the rule does not grant this action"],
    );
    let mut as_json = why.to_vec();
    as_json.extend(["--format", "json"]);
    let explanation: Json = serde_json::from_slice(&patchbay(&data, &as_json).stdout).unwrap();
    let path = format!("/systemrule/explain?user=LAB%5Cbert&action=read&resource={resource}");
    assert_eq!(explanation, client.get(&path).expect(200).json());

    says(
        &patchbay(&data, &["explain", "--resource", &resource, "--action", "read"]),
        &["LAB\\bert: create, read\n", "LAB\\dora"],
    );
    let of_bert = ["explain", "--user", "LAB\\bert", "--type", "DataConnection"];
    says(&patchbay(&data, &of_bert), &[&format!("{resource} b: create, read")]);
    says(
        &patchbay(&data, &["explain", "--user", "LAB\\bert"]),
        &[&resource, "User_", "bert: read"],
    );
    let carla = ["explain", "--user", "LAB\\carla", "--type", "DataConnection", "--action", "read"];
    says(&patchbay(&data, &carla), &[&resource]);
    assert_eq!(
        says(&patchbay(&data, &[&carla[..], &["--context", "hub"]].concat()), &[]),
        "nothing\n"
    );

    let draft = data.join("draft.json");
    fs::write(&draft, json!({"rules": [rule("All", "user.userId = \"bert\"", 2)]}).to_string())
        .unwrap();
    let changes = ["explain", "--changes", draft.to_str().unwrap()];
    says(
        &patchbay(&data, &changes),
        &["gained: 1, lost: 0", "+ LAB\\bert read DataConnection_", " c\n"],
    );
}

#[test]
fn an_invalid_explain_command_prints_one_line() {
    let server = Server::start();
    let data = server.data();
    server.repository().connection("c");
    let one = "DataConnection_00000000-0000-4000-8000-000000000000";
    fs::write(data.join("wrong.json"), "{\"rules\": [{}]}").unwrap();
    let wrong = data.join("wrong.json");
    for (arguments, part) in [
        (vec![], "--user, --resource or --changes"),
        (vec!["--user", "anna"], "DIRECTORY\\userid"),
        (vec!["--user", "LAB\\anna"], "there is no user LAB\\anna"),
        (vec!["--user", "LAB\\anna", "--resource", one], "--action"),
        (vec!["--resource", one], "no data connection"),
        (vec!["--resource", "DataConnection"], "DataConnection_<id>"),
        (vec!["--resource", one, "--action", "raed"], "did you mean 'read'"),
        (vec!["--user", "INTERNAL\\sa_api", "--filter", "name eq 'x'"], "--filter needs --type"),
        (
            vec!["--user", "INTERNAL\\sa_api", "--type", "Tag", "--filter", "nmae eq 'x'"],
            "did you mean 'name'",
        ),
        (vec!["--changes", "nowhere.json"], "nowhere.json"),
        (vec!["--changes", wrong.to_str().unwrap()], "rules[0]"),
        (vec!["--context", "moon"], "hub"),
    ] {
        fails(&patchbay(&data, &[&["explain"], &arguments[..]].concat()), part);
    }
    fails(
        &patchbay(&data.join("elsewhere"), &["explain", "--user", "LAB\\anna"]),
        "there is no database at",
    );
    assert!(!data.join("elsewhere").exists());
}

#[test]
fn grant_root_works_with_and_without_a_running_server() {
    let server = Server::start();
    let client = server.repository();
    client.connection("c");
    let anna = server.user("anna");
    anna.post("/systemrule", &rule("all", "", 2)).expect(403);
    let path = format!("/user/{}", id(&anna.get("/user").json()[0]));
    let barred = json!({"inactive": true, "blacklisted": true, "roles": ["Painter"]});
    Reply::of(client.request("PUT", &path).header("If-Match", "*").json(&barred)).expect(200);
    anna.get("/tag").expect(403);
    let data = server.data();
    says(&patchbay(&data, &["user", "grant-root", "lab\\ANNA"]), &["is a root administrator"]);
    // A misspelt name creates no user.
    let slip = patchbay(&data, &["user", "grant-root", "LAB\\ana"]);
    fails(&slip, "there is no user LAB\\ana; did you mean LAB\\anna?");
    fails(&slip, "--create");
    assert_eq!(client.get("/user/count?filter=userId eq 'ana'").json()["value"], 0);
    says(
        &patchbay(&data, &["user", "grant-root", "--create", "LAB\\new one"]),
        &["is a root administrator"],
    );
    says(&patchbay(&data, &["user", "grant-root", "LAB\\anna"]), &["is a root administrator"]);
    let question = ["explain", "--user", "LAB\\ana", "--action", "read", "--resource", "Tag_x"];
    let id = id(&client.create("tag", &json!({"name": "t"})));
    let resource = format!("Tag_{id}");
    let question = [&question[..6], &[&*resource]].concat();
    fails(&patchbay(&data, &question), "there is no user LAB\\ana; did you mean LAB\\anna?");
    anna.post("/systemrule", &rule("all", "", 2)).expect(201);
    assert_eq!(client.get(&path).json()["roles"], json!(["Painter", "RootAdmin"]));
    assert_eq!(server.user("new one").names("dataconnection", ""), ["c"]);
    let folder = server.stop();
    let data = folder.path().join("data");
    says(&patchbay(&data, &["user", "grant-root", "--create", "LAB\\bert"]), &[]);
    fails(&patchbay(&data, &["user", "grant-root", "bert"]), "DIRECTORY\\userid");
    let server = Server::start_in(folder, |_| {});
    server.user("bert").delete(&path).expect(204);
}

#[test]
fn commands_escape_control_characters_in_stored_names() {
    let server = Server::start();
    let client = server.repository();
    let name = "a\u{1b}[2J\nLAB\\root: read\u{9b}1m\u{202e}x\u{7f}";
    let escaped = r"a\u001b[2J\u000aLAB\root: read\u009b1m\u202ex\u007f";
    let stored = client.connection(name);
    let mut granting = rule(name, "user.userId = \"bert\"", 2);
    granting["comment"] = json!(name);
    let granting = client.create("systemrule", &granting);
    server.user("bert").get("/dataconnection").expect(200);
    let resource = format!("DataConnection_{}", id(&stored));
    let draft = server.data().parent().unwrap().join("draft.json");
    let rules = json!({
        "rules": [
            {
                "id": granting["id"], "name": name, "resourceFilter": "Tag_*", "actions": 2,
                "rule": ""
            }
        ]
    });
    fs::write(&draft, rules.to_string()).unwrap();
    let data = server.data();
    let text = |arguments: &[&str], part: &str| {
        let text = says(&patchbay(&data, arguments), &[part]);
        assert!(
            !text
                .replace('\n', "")
                .contains(|letter: char| letter.is_control() || letter == '\u{202e}'),
            "{text:?}"
        );
        text
    };
    let why = text(
        &["explain", "--user", "LAB\\bert", "--action", "read", "--resource", &resource],
        escaped,
    );
    assert!(!why.lines().any(|line| line.starts_with("LAB\\root")), "{why}");
    text(&["explain", "--user", "LAB\\bert", "--type", "DataConnection"], escaped);
    text(&["explain", "--changes", draft.to_str().unwrap()], escaped);
    let json = text(
        &["explain", "--user", "LAB\\bert", "--type", "DataConnection", "--format", "json"],
        "u001b",
    );
    let json: Json = serde_json::from_str(&json).unwrap();
    assert_eq!(json[0]["name"], name);
    let export = text(&["audit", "export"], "u009b1m");
    let entries: Vec<Json> =
        export.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(entries.iter().any(|entry| entry["objectName"] == name));
    let refused =
        patchbay(&data, &["explain", "--user", "LAB\\x\u{1b}[2Jy", "--type", "Tag\u{9b}"]);
    let error = String::from_utf8(refused.stderr).unwrap();
    assert!(!error.trim_end_matches('\n').contains(char::is_control), "{error:?}");
}
