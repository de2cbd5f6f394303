//! Pulls from a site: what comes here, what stays as it is, and what must be decided. The site is
//! another server of this program.

use crate::support::import_graph::files_below;
use crate::support::machine::{fails, patchbay, says};
use crate::support::rules::{rule, user};
use crate::support::staging::{Pair, change, documented, fill, lines, one, tag, undecided};
use crate::support::{Client, connection, id};
use memchr::memmem;
use serde_json::{Value as Json, json};

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
    let holds = |bytes: &[u8]| memmem::find(bytes, b"canary-of-a-password").is_some();
    assert!(!holds(&output.stdout) && !holds(&output.stderr));
    lines(&output);
    let folder = pair.here.stop();
    for file in files_below(folder.path()) {
        assert!(!holds(&std::fs::read(&file).unwrap()), "{}", file.display());
    }
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

/// The connection string of one side and the user name of the other would be a mixture that was
/// never on either side.
/// Here has a connection, a tag and a user of the same names, with other ids.
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
