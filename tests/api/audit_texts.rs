//! How audit entries are stored: each long text once, lists by their differences, and all entries
//! of a request with its id.

use crate::support::audit::{audit, entries, only, part};
use crate::support::machine::fails;
use crate::support::{Client, Reply, Server, connection, id, wait_until};
use patchbay::model::ListChange;
use rusqlite::Connection;
use serde_json::{Value as Json, json};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Sends the synthetic object of a selection of all the caller's connections, with another
/// connection string.
fn put_connection_string(client: &Client, text: &str) -> Reply {
    let selection = id(&client.post("/selection/dataconnection", &json!({})).expect(201).json());
    let path = format!("/selection/{selection}/dataconnection/synthetic");
    let change = json!({
        "latestModifiedDate": "2100-01-01T00:00:00.000Z",
        "properties": [{"name": "connectionstring", "value": text, "valueIsModified": true}],
    });
    // A debug build takes long for thousands of connections.
    Reply::of(client.request("PUT", &path).json(&change).timeout(Duration::from_mins(5)))
}

fn number(database: &Path, sql: &str) -> i64 {
    Connection::open(database).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
}

/// The size of the audit log in bytes, without indexes.
fn audit_bytes(database: &Path) -> i64 {
    let entries = "SELECT coalesce(sum(octet_length(before) + octet_length(after) + \
                   octet_length(detail)), 0) FROM audit_entries";
    let texts = "SELECT coalesce(sum(octet_length(text)), 0) FROM audit_texts";
    let secrets = "SELECT coalesce(sum(octet_length(sealed)), 0) FROM audit_secrets";
    [entries, texts, secrets].map(|sql| number(database, sql)).iter().sum()
}

/// `cargo test --test api -- --ignored a_long_text` runs the long form, with 2,000 connections.
fn a_long_text_of_many(connections: usize, secret: &str) {
    let server = Server::start();
    let client = server.repository();
    let names: Vec<Json> =
        (0..connections).map(|number| connection(&format!("c{number}"))).collect();
    for part in names.chunks(500) {
        client.post("/dataconnection/many", &json!(part)).expect(201);
    }
    let database = server.data().join("patchbay.db");
    let file_before = database.metadata().unwrap().len();
    let before = audit_bytes(&database);
    let long = |letter: &str| format!("{secret}{}", letter.repeat(100_000 - secret.len()));
    for letter in ["a", "b"] {
        put_connection_string(&client, &long(letter)).expect_empty(204);
    }
    let grown = audit_bytes(&database) - before;
    let each = i64::try_from(connections).unwrap() * 2 * 800;
    // Two texts were stored, and the entry of each connection refers to both; the secret is masked
    // and sealed.
    let texts = if secret.is_empty() { 2 * 100_002 } else { 2 * (100_002 + 134_000) };
    assert!(grown < texts + each, "the audit log has grown by {grown} bytes");
    let shown = |entry: &Json, side: &str| {
        part(entry, side)["connectionstring"].as_str().unwrap().to_owned()
    };
    let filter = format!("objectName eq 'c{}' and action eq 'update'", connections - 1);
    let found = entries(&client, &filter);
    assert_eq!(found.len(), 2);
    if secret.is_empty() {
        assert_eq!(
            (shown(&found[0], "before"), shown(&found[0], "after")),
            ("lib://sales".to_owned(), long("a"))
        );
        assert_eq!((shown(&found[1], "before"), shown(&found[1], "after")), (long("a"), long("b")));
    }
    assert!(audit(&server.data(), &["verify"]).status.success());
    let folder = server.stop();
    let file = folder.path().join("data/patchbay.db").metadata().unwrap().len();
    println!(
        "{connections} connections: {grown} bytes in the audit log; the file {file_before} -> \
         {file}"
    );
}

#[test]
fn a_long_text_is_stored_once_for_all_entries_that_refer_to_it() {
    a_long_text_of_many(20, "");
    a_long_text_of_many(20, "Server=db;PWD=");
}

#[test]
#[ignore = "takes a minute"]
fn a_long_text_of_two_thousand_connections_is_stored_once() {
    a_long_text_of_many(2_000, "");
    a_long_text_of_many(2_000, "Server=db;PWD=");
}

#[test]
fn filters_counts_and_tables_include_the_texts_of_entries() {
    let server = Server::start();
    let client = server.repository();
    let text = format!("lib://Needle{}", "x".repeat(1_000));
    let mut body = connection("c");
    body["connectionstring"] = json!(text);
    let made = client.create("dataconnection", &body);
    let own = format!("objectID eq '{}'", id(&made));
    let count = |filter: &str| {
        let filter = crate::support::encode(filter);
        client.get(&format!("/auditentry/count?filter={filter}")).expect(200).json()["value"]
            .as_i64()
            .unwrap()
    };
    for filter in [
        "after so 'NEEDLExxx'",
        "after so 'needle' and before eq ''",
        "after sw '{\"architecture\"'",
    ] {
        assert_eq!(count(&format!("{own} and {filter}")), 1, "{filter}");
    }
    assert_eq!(count("after so 'needle'"), 1);
    assert_eq!(
        (count("after so '$sha256'"), count(&format!("{own} and before so 'needle'"))),
        (0, 0)
    );
    client.delete(&format!("/dataconnection/{}", id(&made))).expect_empty(204);
    assert_eq!(count("before so 'needle'"), 1);
    let columns = json!({"entity": "AuditEntry", "columns": [
        {"name": "action", "columnType": "Property", "definition": "action"},
        {"name": "before", "columnType": "Property", "definition": "before"},
    ]});
    let filter = crate::support::encode(&format!("{own} and before so 'needle'"));
    let path = format!("/auditentry/table?filter={filter}&sortcolumn=before");
    let table = client.post(&path, &columns).expect(201).json();
    assert_eq!(table["rows"].as_array().unwrap().len(), 1);
    assert!(table["rows"][0][1].as_str().unwrap().contains(&text));
    let one = entries(&client, &format!("{own} and action eq 'create'"))[0].clone();
    assert_eq!(
        client.get(&format!("/auditentry/{}", one["id"].as_str().unwrap())).expect(200).json(),
        one
    );
    assert_eq!(part(&one, "after")["connectionstring"], text);
    let exported = String::from_utf8(audit(&server.data(), &["export"]).stdout).unwrap();
    assert_eq!(exported.matches(&text).count(), 2);
}

#[test]
fn filters_on_the_texts_of_entries_ignore_case_outside_ascii() {
    let server = Server::start();
    let client = server.repository();
    for (name, padding) in [("short", 0), ("long", 1_000)] {
        let mut body = connection(name);
        body["connectionstring"] =
            json!(format!("lib://Ärger Straße \u{212a}{}", "x".repeat(padding)));
        let made = client.create("dataconnection", &body);
        client.delete(&format!("/dataconnection/{}", id(&made))).expect_empty(204);
    }
    let detail =
        "UPDATE audit_entries SET detail = 'Ärger Straße \u{212a}' WHERE action = 'delete'";
    Connection::open(server.data().join("patchbay.db")).unwrap().execute(detail, []).unwrap();
    for property in ["before", "after", "detail"] {
        for (text, expected) in
            [("Ärger", 2), ("ärger", 2), ("ÄRGER STRAẞE", 2), ("strasse", 0), ("straße k", 0)]
        {
            let filter = format!("{property} so '{text}'");
            assert_eq!(entries(&client, &filter).len(), expected, "{filter}");
        }
    }
}

#[test]
fn a_changed_list_is_recorded_by_its_added_and_removed_items() {
    let server = Server::start();
    let client = server.repository();
    let tags: Vec<Json> = (0..50)
        .map(|number| client.create("tag", &json!({"name": format!("t{number}")})))
        .collect();
    let mut body = connection("c");
    body["tags"] = json!(tags[..40]);
    let made = client.create("dataconnection", &body);
    let definition = json!({
        "name": "stage", "choiceValues": ["a", "b", "c"], "objectTypes": ["DataConnection"]
    });
    let definition = client.create("custompropertydefinition", &definition);
    for (path, made, list, wanted) in [
        ("dataconnection", &made, "tags", json!(tags[1..41])),
        ("custompropertydefinition", &definition, "choiceValues", json!(["b", "d", "a"])),
        (
            "dataconnection",
            &made,
            "customProperties",
            json!([{"value": "b", "definition": {"name": "stage"}}]),
        ),
    ] {
        let path = format!("/{path}/{}", id(made));
        let before = client.get(&path).expect(200).json();
        let change = json!({ list: wanted, "modifiedDate": before["modifiedDate"] });
        client.put(&path, &change).expect(200);
        let after = client.get(&path).expect(200).json();
        let updates =
            entries(&client, &format!("objectID eq '{}' and action eq 'update'", id(made)));
        let entry = updates.last().unwrap();
        let (old, new) = (part(entry, "before")[list].clone(), part(entry, "after")[list].clone());
        let change = ListChange::read(&old, &new).unwrap_or_else(|| panic!("{list}: {old} {new}"));
        assert_eq!(
            change.revert(after[list].as_array().unwrap()).unwrap(),
            *before[list].as_array().unwrap(),
            "{list}"
        );
        assert_eq!(
            change.apply(before[list].as_array().unwrap()).unwrap(),
            *after[list].as_array().unwrap(),
            "{list}"
        );
        if list == "tags" {
            assert_eq!((change.removed.len(), change.added.len()), (1, 1), "{old} {new}");
            assert_eq!(change.removed[0].1["name"], "t0");
        }
    }
}

#[test]
fn a_filter_by_request_id_finds_all_entries_of_the_request() {
    let server = Server::start();
    let client = server.repository();
    let tags: Vec<Json> = (0..20).map(|number| json!({"name": format!("t{number}")})).collect();
    let reply = client.post("/tag/many", &json!(tags)).expect(201);
    let found = entries(
        &client,
        &format!("requestID eq '{}'", reply.header("x-request-id").to_uppercase()),
    );
    assert_eq!(found.len(), 20);
}

#[test]
fn texts_are_removed_with_the_last_entry_that_refers_to_them() {
    let server = Server::start();
    let client = server.repository();
    let texts = ["kept", "gone"].map(|name| format!("lib://{name}{}", "x".repeat(300)));
    let make = |name: &str, text: &str| {
        let mut body = connection(name);
        body["connectionstring"] = json!(format!("{text};PWD={name}"));
        id(&client.create("dataconnection", &body))
    };
    make("old kept", &texts[0]);
    make("old gone", &texts[1]);
    let last = only(&client, "objectName eq 'old gone'")["number"].as_i64().unwrap();
    let mut body = connection("young");
    body["connectionstring"] = json!(format!("{};PWD=old kept", texts[0]));
    client.create("dataconnection", &body);
    let folder = server.stop();
    let database = folder.path().join("data/patchbay.db");
    let month = 31_i64 * 24 * 3_600_000;
    let age = "UPDATE audit_entries SET created_date = created_date - ?1 WHERE number <= ?2";
    Connection::open(&database).unwrap().execute(age, (month, last)).unwrap();
    let secrets = number(&database, "SELECT count(*) FROM audit_secrets");
    let server = Server::start_in(folder, |command: &mut Command| {
        command.args(["--audit-days", "30"]);
    });
    let left = |name: &str| {
        number(
            &database,
            &format!("SELECT count(*) FROM audit_texts WHERE text LIKE '%lib://{name}%'"),
        )
    };
    wait_until(|| left("gone") == 0);
    assert_eq!(left("kept"), 1);
    assert_eq!((secrets, number(&database, "SELECT count(*) FROM audit_secrets")), (2, 1));
    let unnamed =
        "SELECT count(*) FROM audit_texts WHERE id NOT IN (SELECT text_id FROM audit_entry_texts)";
    assert_eq!(number(&database, unnamed), 0);
    assert!(audit(&server.data(), &["verify"]).status.success());
}

#[test]
fn tampering_with_a_text_is_detected() {
    let server = Server::start();
    let mut body = connection("c");
    body["connectionstring"] = json!(format!("lib://{}", "x".repeat(300)));
    server.repository().create("dataconnection", &body);
    let folder = server.stop();
    let path = folder.path().join("data/patchbay.db");
    for (change, fault) in [
        (
            "UPDATE audit_texts SET text = replace(text, 'lib', 'xxx')",
            "was changed after it was written",
        ),
        ("DELETE FROM audit_texts", "a text of entry"),
        ("DELETE FROM audit_entry_texts", "a text of entry"),
        (
            "UPDATE audit_entries SET after = replace(after, 'sha256', 'sha257') WHERE after LIKE \
             '%sha256%'",
            "entry",
        ),
    ] {
        let copy = tempfile::tempdir().unwrap();
        std::fs::copy(&path, copy.path().join("patchbay.db")).unwrap();
        let database = Connection::open(copy.path().join("patchbay.db")).unwrap();
        database.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
        assert!(database.execute(change, []).unwrap() > 0, "{change}");
        drop(database);
        fails(&audit(copy.path(), &["verify"]), fault);
    }
}
