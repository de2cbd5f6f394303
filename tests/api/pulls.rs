//! Pulls from a site: what comes here, what stays as it is, and what must be decided. The site is
//! another server of this program.

use crate::support::machine::{fails, patchbay, says};
use crate::support::rules::{rule, user};
use crate::support::staging::{Pair, documented, lines};
use crate::support::{Client, connection, id};
use serde_json::{Value as Json, json};
use std::process::Output;

/// Puts data on a server that uses all that a pull brings in.
fn fill(client: &Client) {
    client.create("tag", &json!({"name": "finance"}));
    client.create(
        "custompropertydefinition",
        &json!({"name": "Department", "choiceValues": ["East", "West"],
            "objectTypes": ["User", "DataConnection"]}),
    );
    user(client, "anna", &["ContentAdmin"], &["Sales"], &["East"]);
    let mut sales = connection("Sales");
    sales["owner"] = json!({"userDirectory": "LAB", "userId": "anna"});
    sales["username"] = json!("reader");
    sales["password"] = json!("canary-of-a-password");
    sales["logOn"] = json!(1);
    sales["tags"] = json!([{"id": tag(client, "finance")}]);
    sales["customProperties"] = json!([{"value": "West", "definition": {"name": "Department"}}]);
    let sales = client.create("dataconnection", &sales);
    let mut ledger = connection("Ledger");
    ledger["connectionstring"] = json!("host=db;port=1521");
    client.create("dataconnection", &ledger);
    let mut own = connection("ServerLogFolder");
    own["type"] = json!("folder");
    client.create("dataconnection", &own);
    let mut one = rule("Read Sales", "resource.@Department = user.@Department", 2);
    one["resourceFilter"] = json!(format!("DataConnection_{}", id(&sales)));
    client.create("systemrule", &one);
}

/// A new tag.
fn tag_of(client: &Client, name: &str) -> String {
    id(&client.create("tag", &json!({ "name": name })))
}

/// The tag of this name.
fn tag(client: &Client, name: &str) -> String {
    id(&one(client, "tag", name))
}

/// The one entity of this name, in full.
#[track_caller]
fn one(client: &Client, entity: &str, name: &str) -> Json {
    let reply = client.get(&format!("/{entity}/full?filter=name eq '{name}'")).expect(200).json();
    let [one] = reply.as_array().unwrap().as_slice() else { panic!("{reply}") };
    one.clone()
}

/// Changes these properties of the one entity of this name.
fn change(client: &Client, entity: &str, name: &str, changes: &Json) -> Json {
    let mut body = one(client, entity, name);
    for (property, value) in changes.as_object().unwrap() {
        body[property] = value.clone();
    }
    client.put(&format!("/{entity}/{}", id(&body)), &body).expect(200).json()
}

/// An entity without what differs between sites.
fn comparable(mut entity: Json) -> Json {
    for name in ["createdDate", "modifiedDate", "modifiedByUserName", "privileges"] {
        entity.as_object_mut().unwrap().remove(name);
    }
    for list in ["customProperties", "attributes", "tags"] {
        for item in entity[list].as_array_mut().into_iter().flatten() {
            for name in ["id", "createdDate", "modifiedDate", "modifiedByUserName"] {
                item.as_object_mut().unwrap().remove(name);
            }
        }
    }
    entity
}

/// The lines of a pull after which something is to be decided, and the message.
#[track_caller]
fn undecided(output: &Output) -> (Vec<String>, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    assert_eq!(output.status.code(), Some(4), "{}", text(&output.stderr));
    (text(&output.stdout).lines().map(str::to_owned).collect(), text(&output.stderr))
}

#[test]
fn a_first_pull_brings_everything_in_and_a_second_nothing() {
    let pair = Pair::new();
    let (here, there) = (pair.here.repository(), pair.there.repository());
    fill(&there);
    assert_eq!(pair.pull(&[]), documented("pull prod  # the first time"));
    for (entity, name) in [
        ("tag", "finance"),
        ("custompropertydefinition", "Department"),
        ("user", "anna"),
        ("dataconnection", "Sales"),
        ("dataconnection", "Ledger"),
        ("systemrule", "Read Sales"),
    ] {
        let pulled = one(&here, entity, name);
        assert_eq!(comparable(pulled.clone()), comparable(one(&there, entity, name)));
        assert_eq!(pulled["modifiedByUserName"], r"INTERNAL\sa_repository");
    }
    assert_eq!(here.names("dataconnection", ""), ["Sales", "Ledger"]);
    let entries = here.get("/auditentry/full?filter=userName eq 'patchbay pull prod'").json();
    assert_eq!(entries.as_array().unwrap().len(), 6);
    assert_eq!(pair.pull(&[]), ["nothing new on prod"]);
    assert_eq!(here.get("/auditentry/count").json()["value"], {
        let before = pair.pull(&[]);
        assert_eq!(before, ["nothing new on prod"]);
        here.get("/auditentry/count").json()["value"].clone()
    });
}

#[test]
fn no_password_of_the_site_is_here_after_a_pull() {
    let pair = Pair::new();
    fill(&pair.there.repository());
    let output = pair.try_pull(&[]);
    let canary = b"canary-of-a-password";
    let holds = |bytes: &[u8]| bytes.windows(canary.len()).any(|window| window == canary);
    assert!(!holds(&output.stdout) && !holds(&output.stderr));
    lines(&output);
    let folder = pair.here.stop();
    for entry in walkdir(folder.path()) {
        assert!(!holds(&std::fs::read(&entry).unwrap()), "{}", entry.display());
    }
}

fn walkdir(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() { files.extend(walkdir(&entry)) } else { files.push(entry) }
    }
    files
}

#[test]
fn changes_there_come_here_and_changes_here_stay() {
    let pair = Pair::new();
    let (here, there) = (pair.here.repository(), pair.there.repository());
    fill(&there);
    pair.pull(&[]);
    for name in ["nightly", "quarantine"] {
        there.create("tag", &json!({"name": name}));
    }
    let tags = |client: &Client, names: &[&str]| {
        let ids: Vec<Json> = names.iter().map(|name| json!({"id": tag(client, name)})).collect();
        json!({ "tags": ids })
    };
    change(&there, "dataconnection", "Sales", &tags(&there, &["finance", "nightly"]));
    change(&there, "dataconnection", "Sales", &json!({"architecture": 2}));
    change(&there, "user", "anna", &json!({"roles": ["AuditAdmin"]}));
    here.create("tag", &json!({"name": "local"}));
    change(&here, "dataconnection", "Sales", &tags(&here, &["local"]));
    change(&here, "dataconnection", "Sales", &json!({"name": "Sales EU"}));
    change(&here, "dataconnection", "Ledger", &json!({"type": "folder"}));
    assert_eq!(
        pair.pull(&[]),
        [
            "new here: 2 tags",
            "changed here: 1 user, 1 data connection",
            "changed only here, and left alone: 1 data connection",
        ]
    );
    let sales = one(&here, "dataconnection", "Sales EU");
    assert_eq!(sales["architecture"], 2);
    let mut names: Vec<&str> =
        sales["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["local", "nightly"]);
    assert_eq!(one(&here, "user", "anna")["roles"], json!(["AuditAdmin"]));
    assert_eq!(
        pair.pull(&[]),
        ["nothing new on prod", "changed only here, and left alone: 2 data connections"]
    );
}

#[test]
fn what_both_sides_have_changed_is_named_and_decided_by_name() {
    let pair = Pair::new();
    let (here, there) = (pair.here.repository(), pair.there.repository());
    fill(&there);
    pair.pull(&[]);
    let text = |port: u16| json!({"connectionstring": format!("host=db;port={port}")});
    change(&here, "dataconnection", "Ledger", &text(1522));
    let changed = change(&there, "dataconnection", "Ledger", &text(2484));
    let (mut printed, error) = undecided(&pair.try_pull(&[]));
    printed.push(error.trim_end().to_owned());
    let date = changed["modifiedDate"].as_str().unwrap();
    let documented = documented("pull prod  # both have changed the port");
    let documented = documented.iter().map(|line| line.replace("2026-11-24T10:02:00.000Z", date));
    assert_eq!(printed, documented.collect::<Vec<_>>());
    there.connection("New");
    assert_eq!(undecided(&pair.try_pull(&[])).0[0], "new here: 1 data connection");
    let string = || one(&here, "dataconnection", "Ledger")["connectionstring"].clone();
    assert_eq!(string(), text(1522)["connectionstring"]);
    assert_eq!(
        pair.pull(&["--take", "here=ledger"]),
        ["nothing new on prod", "changed only here, and left alone: 1 data connection"]
    );
    assert_eq!(string(), text(1522)["connectionstring"]);
    change(&there, "dataconnection", "Ledger", &text(2485));
    undecided(&pair.try_pull(&["--take", "there=Other"]));
    assert_eq!(pair.pull(&["--take", "there"]), ["changed here: 1 data connection"]);
    assert_eq!(string(), text(2485)["connectionstring"]);
    assert_eq!(pair.pull(&[]), ["nothing new on prod"]);
}

/// The connection string of one side and the user name of the other would be a mixture that was
/// never on either side.
#[test]
fn what_belongs_together_is_not_mixed() {
    let pair = Pair::new();
    let (here, there) = (pair.here.repository(), pair.there.repository());
    fill(&there);
    pair.pull(&[]);
    change(&here, "dataconnection", "Sales", &json!({"username": "writer"}));
    let string = json!({"connectionstring": "host=other;PWD=geheim"});
    change(&there, "dataconnection", "Sales", &string);
    let printed = undecided(&pair.try_pull(&[])).0.join("\n");
    for part in ["\n    username\n", "\n    connectionstring\n", "host=other;PWD=***  (changed"] {
        assert!(printed.contains(part), "{part}: {printed}");
    }
    pair.pull(&["--take", "there=Sales"]);
    let sales = one(&here, "dataconnection", "Sales");
    assert_eq!(
        (&sales["username"], &sales["connectionstring"]),
        (&json!("reader"), &string["connectionstring"])
    );
}

/// Here has a connection, a tag and a user of the same names, with other ids.
#[test]
fn an_entity_of_the_same_name_is_the_same_whatever_its_id() {
    let pair = Pair::new();
    let (here, there) = (pair.here.repository(), pair.there.repository());
    fill(&there);
    let tag_here = tag_of(&here, "Finance");
    user(&here, "ANNA", &["ContentAdmin"], &["Sales"], &[]);
    let mut ledger = connection("ledger");
    ledger["type"] = json!("folder");
    let ledger = here.create("dataconnection", &ledger);
    let (printed, _) = undecided(&pair.try_pull(&[]));
    let named: Vec<&String> = printed.iter().filter(|line| line.starts_with('!')).collect();
    assert_eq!(
        named,
        [
            r#"! user "LAB\anna" is here and on prod, with differences"#,
            r#"! data connection "Ledger" is here and on prod, with differences"#,
        ]
    );
    let printed = pair.pull(&["--take", "there"]);
    assert_eq!(printed[0], "changed here: 1 user, 1 data connection");
    let sales = one(&here, "dataconnection", "Sales");
    assert_eq!(sales["tags"], json!([{"id": tag_here, "name": "Finance"}]));
    assert_eq!(sales["owner"]["userId"], "ANNA");
    let now = one(&here, "dataconnection", "Ledger");
    assert_eq!(id(&now), id(&ledger));
    let kept = "changed only here, and left alone: 1 tag, 1 data connection";
    assert_eq!(pair.pull(&[]), ["nothing new on prod", kept]);
}

/// A rule names a connection by its id on the site, and the connection has another one here.
#[test]
fn ids_in_rules_are_those_of_here() {
    let pair = Pair::new();
    let (here, there) = (pair.here.repository(), pair.there.repository());
    let mut sales = connection("Sales");
    let mine = here.create("dataconnection", &sales);
    sales["id"] = json!("5a1e5000-0000-4000-8000-000000000001");
    let theirs = there.create("dataconnection", &sales);
    assert_ne!(id(&mine), id(&theirs));
    let mut rule = rule("Read Sales", &format!("resource.id = \"{}\"", id(&theirs)), 2);
    rule["resourceFilter"] = json!(format!("Tag_*,DataConnection_{}", id(&theirs)));
    there.create("systemrule", &rule);
    assert_eq!(pair.pull(&[]), ["new here: 1 system rule"]);
    let pulled = one(&here, "systemrule", "Read Sales");
    assert_eq!(pulled["resourceFilter"], format!("Tag_*,DataConnection_{}", id(&mine)));
    assert_eq!(pulled["rule"], format!("resource.id = \"{}\"", id(&mine)));
    assert_eq!(pair.pull(&[]), ["nothing new on prod"]);
}

#[test]
fn an_entity_of_the_same_id_is_the_same_whatever_its_name() {
    let pair = Pair::new();
    let of = |name: &str| {
        let mut body = connection(name);
        body["id"] = json!("5a1e5000-0000-4000-8000-000000000002");
        body
    };
    pair.here.repository().create("dataconnection", &of("Mine"));
    pair.there.repository().create("dataconnection", &of("Theirs"));
    let (printed, _) = undecided(&pair.try_pull(&[]));
    assert_eq!(printed[0], "! data connection \"Theirs\" is here and on prod, with differences");
    assert_eq!(printed[1], "    name");
}

#[test]
fn what_one_side_has_deleted_is_named_and_stays_on_the_other() {
    let pair = Pair::new();
    let (here, there) = (pair.here.repository(), pair.there.repository());
    fill(&there);
    pair.pull(&[]);
    let delete = |client: &Client, name: &str| {
        let id = id(&one(client, "dataconnection", name));
        client.delete(&format!("/dataconnection/{id}")).expect_empty(204);
    };
    delete(&here, "Ledger");
    delete(&there, "Sales");
    assert_eq!(
        pair.pull(&[]),
        [
            "nothing new on prod",
            "deleted here, and not created again: data connection \"Ledger\"",
            "no longer on prod, and still here: data connection \"Sales\"",
        ]
    );
    assert_eq!(pair.pull(&["--take", "there"])[0], "nothing new on prod");
    change(&there, "dataconnection", "Ledger", &json!({"type": "folder"}));
    let (printed, _) = undecided(&pair.try_pull(&[]));
    let line = "! data connection \"Ledger\" was deleted here, and changed on prod since";
    assert!(printed.iter().any(|printed| printed == line), "{printed:?}");
    let printed = pair.pull(&["--take", "there=Ledger"]);
    assert_eq!(printed[0], "new here: 1 data connection");
    assert_eq!(one(&here, "dataconnection", "Ledger")["type"], "folder");
}

/// A default rule that the site has changed is changed here, too: each site has the same ones.
#[test]
fn a_changed_default_rule_changes_the_one_here() {
    let pair = Pair::new();
    let (here, there) = (pair.here.repository(), pair.there.repository());
    let name = there.names("systemrule", "type eq 'Default'").remove(0);
    change(&there, "systemrule", &name, &json!({"comment": "changed", "disabled": true}));
    assert_eq!(pair.pull(&[]), ["changed here: 1 system rule"]);
    let rule = one(&here, "systemrule", &name);
    assert_eq!((&rule["type"], &rule["comment"]), (&json!("Custom"), &json!("changed")));
    assert_eq!(rule["disabled"], true);
    assert_eq!(pair.pull(&[]), ["nothing new on prod"]);
}

#[test]
fn users_can_be_left_out_except_owners() {
    let pair = Pair::new();
    let (here, there) = (pair.here.repository(), pair.there.repository());
    fill(&there);
    user(&there, "bert", &[], &[], &[]);
    pair.pull(&["--users", "owners"]);
    assert_eq!(here.names("user", "userDirectory eq 'LAB'"), ["anna"]);
    assert_eq!(pair.pull(&[])[0], "new here: 1 user");
    assert_eq!(here.names("user", "userDirectory eq 'LAB'"), ["anna", "bert"]);
}

#[test]
fn wrong_arguments_and_places_are_named() {
    let pair = Pair::new();
    for (arguments, part) in [
        (&["--take", "prod"][..], "write here, there"),
        (&["--take", "here", "--take", "there"], "--take says both here and there"),
        (&["--users", "none"], "users must be all or owners"),
    ] {
        let output = pair.try_pull(arguments);
        assert_eq!(output.status.code(), Some(2));
        fails(&output, part);
    }
    let data = pair.here.data();
    fails(&patchbay(&data, &["pull", "test"]), "there is no site test; there are: prod");
    std::fs::create_dir(data.join("../empty")).unwrap();
    std::fs::create_dir(data.join("../empty/sites")).unwrap();
    std::fs::copy(data.join("sites/prod.toml"), data.join("../empty/sites/prod.toml")).unwrap();
    fails(&patchbay(&data.join("../empty"), &["pull", "prod"]), "database");
}

/// A site that gets the name of one that was removed is another one.
#[test]
fn a_site_that_is_removed_is_forgotten() {
    let pair = Pair::new();
    let (here, there) = (pair.here.repository(), pair.there.repository());
    there.connection("Sales");
    pair.pull(&[]);
    let file = pair.here.data().join("sites/prod.toml");
    let definition = std::fs::read(&file).unwrap();
    says(&patchbay(&pair.here.data(), &["site", "remove", "prod"]), &["removed"]);
    std::fs::write(&file, definition).unwrap();
    change(&here, "dataconnection", "Sales", &json!({"type": "folder"}));
    undecided(&pair.try_pull(&[]));
}

/// Hosts, owners and values have other names on the site, and the site file says which.
#[test]
fn texts_of_the_site_are_spelt_as_here() {
    let pair = Pair::new();
    let (here, there) = (pair.here.repository(), pair.there.repository());
    fill(&there);
    let file = pair.here.data().join("sites/prod.toml");
    let definition = std::fs::read_to_string(&file).unwrap();
    let page = include_str!("../../docs/staging.md");
    let (_, tables) = page.split_once("[map.connectionstring]").unwrap();
    let tables = format!("[map.connectionstring]{}", tables.split("```").next().unwrap());
    std::fs::write(&file, definition.clone() + &tables).unwrap();
    pair.pull(&[]);
    let sales = one(&here, "dataconnection", "Sales");
    assert_eq!(sales["owner"]["userDirectory"], "TEST");
    assert_eq!(sales["owner"]["id"], one(&there, "user", "anna")["id"]);
    assert_eq!(sales["customProperties"][0]["value"], "East");
    let ledger = one(&here, "dataconnection", "Ledger");
    assert_eq!(ledger["connectionstring"], "host=db-test;port=1521");
    assert_eq!(here.names("user", "userDirectory eq 'LAB'"), Vec::<String>::new());
    assert_eq!(pair.pull(&[]), ["nothing new on prod"]);
    let text = json!({"connectionstring": "host=db;backup=db-test"});
    change(&there, "dataconnection", "Ledger", &text);
    let (printed, _) = undecided(&pair.try_pull(&[]));
    assert_eq!(
        printed,
        ["data connection \"Ledger\" can't be stored here: connectionstring: its text would not \
             come back as it is by map.connectionstring: the site has 'db-test', which is a text \
             of here"]
    );
    std::fs::write(&file, definition + "[map.conectionstring]\na = 'b'\n").unwrap();
    for arguments in [["pull", "prod"], ["check", "prod"]] {
        let site = ["site"].into_iter().filter(|_| arguments[0] == "check");
        let arguments: Vec<&str> = site.chain(arguments).collect();
        fails(&patchbay(&pair.here.data(), &arguments), "did you mean 'connectionstring'?");
    }
}
