//! Decisions in pulls from a site: both sides have changed something, an entity is on both sides,
//! or one side has deleted it.

use crate::support::rules::user;
use crate::support::staging::{Pair, change, documented, fill, one, undecided};
use crate::support::{Client, connection, id};
use serde_json::json;

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

#[test]
fn an_entity_of_the_same_name_is_the_same_whatever_its_id() {
    let pair = Pair::new();
    let (here, there) = (pair.here.repository(), pair.there.repository());
    fill(&there);
    let tag_here = id(&here.create("tag", &json!({"name": "Finance"})));
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
