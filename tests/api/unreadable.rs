//! Rows with values that the API can't represent: each reply that would include such a row names
//! it, no list or count omits it silently, and everything else works.

use crate::support::credentials::with_password;
use crate::support::machine::{fails, patchbay, says};
use crate::support::rules::{rule, user};
use crate::support::visitor::{PASSWORD, set_password};
use crate::support::{Client, Server, connection, encode, id};
use rusqlite::Connection;
use rusqlite::types::Value as SqlValue;
use serde_json::{Value as Json, json};
use std::time::Duration;

/// Bytes that are invalid UTF-8, as text.
const BROKEN: &str = "CAST(x'61FF62' AS TEXT)";

/// An id that no row has.
const LOST: &str = "'00000000-0000-4000-8000-000000000000'";

/// A server without a response cache, so that changes to its database are visible immediately.
fn start() -> (Server, Connection) {
    let server = Server::start_in(tempfile::tempdir().unwrap(), |command| {
        command.args(["--answer-cache-bytes", "0"]);
    });
    let database = Connection::open(server.data().join("patchbay.db")).unwrap();
    database.busy_timeout(Duration::from_secs(10)).unwrap();
    database.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    (server, database)
}

/// A column of a row that holds another value for a while.
struct Change<'d> {
    database: &'d Connection,
    /// The statement that sets the column to its parameter.
    set: String,
    before: SqlValue,
}

impl<'d> Change<'d> {
    /// Sets the column to the value of an SQL expression.
    fn make(database: &'d Connection, table: &str, column: &str, row: &str, value: &str) -> Self {
        let find = format!("SELECT {column} FROM {table} WHERE {row}");
        let before = database.query_row(&find, [], |row| row.get(0)).unwrap();
        let change = format!("UPDATE {table} SET {column} = {value} WHERE {row}");
        assert_eq!(database.execute(&change, []).unwrap(), 1, "{change}");
        Self { database, set: format!("UPDATE {table} SET {column} = ?1 WHERE {row}"), before }
    }

    fn undo(self) {
        assert_eq!(self.database.execute(&self.set, [self.before]).unwrap(), 1, "{}", self.set);
    }
}

fn count(client: &Client, entity: &str) -> i64 {
    client.get(&format!("/{entity}/count")).expect(200).json()["value"].as_i64().unwrap()
}

#[test]
fn each_reply_with_an_unreadable_row_names_it_and_counts_include_it() {
    let (server, database) = start();
    let client = server.repository();
    let tag = client.create("tag", &json!({"name": "prod"}));
    let definition =
        json!({"name": "Level", "objectTypes": ["DataConnection"], "choiceValues": ["a", "b"]});
    let definition = client.create("custompropertydefinition", &definition);
    let anna = user(&client, "anna", &["Reader"], &["sales"], &[]);
    let mut body = connection("one");
    body["tags"] = json!([tag]);
    body["customProperties"] = json!([{"value": "a", "definition": definition}]);
    body["owner"] = json!({"id": id(&anna)});
    let one = client.create("dataconnection", &body);
    client.connection("two");
    let (connections, users, tags) = ("data_connections", "users", "tags");
    let values = "data_connection_custom_properties";
    for (entity, resource, row, table, column, key, value, part) in [
        (
            "dataconnection",
            "DataConnection",
            &one,
            connections,
            "name",
            "id",
            BROKEN,
            "its name is not valid UTF-8",
        ),
        (
            "dataconnection",
            "DataConnection",
            &one,
            connections,
            "username",
            "id",
            BROKEN,
            "its username",
        ),
        ("dataconnection", "DataConnection", &one, connections, "log_on", "id", "7", "its logOn"),
        (
            "dataconnection",
            "DataConnection",
            &one,
            connections,
            "architecture",
            "id",
            "-1",
            "its architecture",
        ),
        (
            "dataconnection",
            "DataConnection",
            &one,
            connections,
            "modified_date",
            "id",
            "1 << 60",
            "its modifiedDate",
        ),
        (
            "dataconnection",
            "DataConnection",
            &one,
            connections,
            "owner_id",
            "id",
            LOST,
            "its owner.id refers to an entity",
        ),
        (
            "dataconnection",
            "DataConnection",
            &one,
            values,
            "value",
            "entity_id",
            BROKEN,
            "its customProperties.value",
        ),
        (
            "dataconnection",
            "DataConnection",
            &one,
            values,
            "id",
            "entity_id",
            "'x'",
            "its customProperties.id",
        ),
        (
            "dataconnection",
            "DataConnection",
            &one,
            values,
            "definition_id",
            "entity_id",
            LOST,
            "customProperties.defin",
        ),
        (
            "dataconnection",
            "DataConnection",
            &one,
            "data_connection_tags",
            "target_id",
            "entity_id",
            LOST,
            "its tags.id",
        ),
        ("tag", "Tag", &tag, tags, "name", "id", BROKEN, "its name is not valid UTF-8"),
        (
            "tag",
            "Tag",
            &tag,
            tags,
            "created_date",
            "id",
            "-1 << 60",
            "its createdDate is not a date",
        ),
        (
            "user",
            "User",
            &anna,
            users,
            "blacklisted",
            "id",
            "2",
            "its blacklisted is neither 0 nor 1",
        ),
        ("user", "User", &anna, "user_roles", "value", "entity_id", BROKEN, "its roles.value"),
        (
            "user",
            "User",
            &anna,
            "user_attributes",
            "attribute_value",
            "entity_id",
            BROKEN,
            "its attributes.attributeV",
        ),
        (
            "custompropertydefinition",
            "CustomPropertyDefinition",
            &definition,
            "custom_property_definition_choice_values",
            "value",
            "position = 1 AND entity_id",
            BROKEN,
            "its choiceValues.value",
        ),
    ] {
        let row = id(row);
        let rows = count(&client, entity);
        let change = Change::make(&database, table, column, &format!("{key} = '{row}'"), value);
        let replies = [
            client.get(&format!("/{entity}/full")),
            client.get(&format!("/{entity}/full?filter=name%20ne%20'zz'")),
            client.get(&format!("/{entity}/{row}")),
            client.post(
                &format!("/{entity}/table"),
                &json!({"columns": [{"name": "a", "definition": "id", "columnType": "Property"}]}),
            ),
        ];
        for reply in replies {
            reply.expect(500).says(&[
                &format!("the {resource} {row} can't be read"),
                part,
                "patchbay verify",
            ]);
        }
        assert_eq!(count(&client, entity), rows, "{table}.{column}");
        // The other rows are unchanged.
        client.get(&format!("/{entity}/full?filter=id%20ne%20{row}")).expect(200);
        change.undo();
        client.get(&format!("/{entity}/full")).expect(200);
    }
    // If the id itself is damaged, the reply names the row by the damaged id.
    let row = id(&one);
    Change::make(&database, connections, "id", &format!("id = '{row}'"), "upper(id)");
    client
        .get("/dataconnection")
        .expect(500)
        .says(&[&row.to_uppercase(), "its id is not a GUID in lower-case letters"]);
}

#[test]
fn a_condition_on_an_unreadable_text_fails_and_names_the_row() {
    let (server, database) = start();
    let client = server.repository();
    let [one, _] = ["one", "two"].map(|name| client.connection(name));
    client.create("systemrule", &rule("all", "resource.name matches \"[a-z]*o[a-z]*\"", 2));
    let reader = server.user("reader");
    assert_eq!(reader.names("dataconnection", ""), ["one", "two"]);
    Change::make(&database, "data_connections", "name", &format!("id = '{}'", id(&one)), BROKEN);
    for path in ["/dataconnection", "/dataconnection/count", "/dataconnection/full?orderby=name"] {
        reader
            .get(path)
            .expect(500)
            .says(&[&format!("the DataConnection {} can't be read: its name", id(&one))]);
    }
}

#[test]
fn a_filter_over_the_audit_log_that_needs_a_missing_or_damaged_text_fails_and_names_the_entry() {
    let (server, database) = start();
    let client = server.repository();
    for name in ["whole", "lost"] {
        let mut body = connection(name);
        body["connectionstring"] = json!(format!("lib://{name}{}", "x".repeat(1_000)));
        client.create("dataconnection", &body);
    }
    let is_lost = "text LIKE '\"lib://lost%'";
    let entry: String = database
        .query_row("SELECT id FROM audit_entries WHERE object_name = 'lost'", [], |row| row.get(0))
        .unwrap();
    let check = |why: &str| {
        let named = format!("the AuditEntry {entry} can't be read: its after {why}");
        for filter in [
            "after so 'lib://'",
            "after so 'nowhere'",
            "not after so 'lib://'",
            "objectName eq 'lost' and after ew 'x'",
        ] {
            let filter = encode(filter);
            for path in ["/auditentry", "/auditentry/full", "/auditentry/count"] {
                client.get(&format!("{path}?filter={filter}")).expect(500).says(&[&named]);
            }
        }
        // A filter that doesn't need the text succeeds, as does one that another condition decides.
        for (filter, expected) in [
            ("objectName eq 'lost'", 1),
            ("objectName eq 'whole' and after so 'lib://whole'", 1),
            ("before so 'lib'", 0),
        ] {
            let found = client
                .get(&format!("/auditentry/count?filter={}", encode(filter)))
                .expect(200)
                .json();
            assert_eq!(found["value"], expected, "{why}: {filter}");
        }
    };
    Change::make(&database, "audit_texts", "text", is_lost, "'no JSON lib://lost'");
    check("refers to a text in audit_texts that is damaged");
    assert_eq!(
        database.execute("DELETE FROM audit_texts WHERE text LIKE 'no JSON%'", []).unwrap(),
        1
    );
    check("refers to a text in audit_texts that is missing");
}

#[test]
fn a_long_list_with_an_unreadable_row_is_cut_off_and_never_silently_shorter() {
    let (server, database) = start();
    let client = server.repository();
    let filler = "x".repeat(2_000);
    let body = |number: usize| {
        json!({
            "name": format!("c{number}"), "connectionstring": filler, "type": "internet"
        })
    };
    let bodies: Json = (0..1_500).map(body).collect();
    let made = client.post("/dataconnection/many", &bodies).expect(201).json();
    let all = client.get("/dataconnection").expect(200).text.len();
    for place in [1_499, 900, 10] {
        let row = id(&made[place]);
        let change = Change::make(
            &database,
            "data_connections",
            "connectionstring",
            &format!("id = '{row}'"),
            BROKEN,
        );
        let mut cut = 0;
        for path in ["/dataconnection", "/dataconnection/full"] {
            let response = client.request("GET", path).send().unwrap();
            match response.status().as_u16() {
                500 => assert!(response.text().unwrap().contains(&row)),
                200 => {
                    let mut bytes = Vec::new();
                    // The client notices that the body is incomplete, and the received part is no
                    // valid JSON either.
                    let read = std::io::copy(&mut { response }, &mut bytes);
                    assert!(read.is_err(), "{place}: {} bytes", bytes.len());
                    assert!(
                        serde_json::from_slice::<Json>(&bytes).is_err() && bytes.len() < 2 * all
                    );
                    cut += 1;
                }
                status => panic!("{status}"),
            }
        }
        assert_eq!(cut > 0, place > 100, "{place}");
        change.undo();
    }
    assert!(server.log().contains("a stored row can't be read"));
    assert_eq!(client.get("/dataconnection").expect(200).text.len(), all);
}

#[test]
fn an_unreadable_rule_grants_nothing_and_the_others_still_apply() {
    let (server, database) = start();
    let client = server.repository();
    client.connection("c");
    let grants = |name: &str| {
        client.create("systemrule", &rule(name, &format!("user.userId = \"{name}\""), 2))
    };
    let [of_anna, _] = ["anna", "bob"].map(grants);
    let [anna, bob] = ["anna", "bob"].map(|name| server.user(name));
    let sees = |client: &Client| client.names("dataconnection", "").len();
    assert_eq!([sees(&anna), sees(&bob)], [1, 1]);
    for (column, value) in [
        ("rule", BROKEN),
        ("disabled", "2"),
        ("actions", "-1"),
        ("rule_context", "9"),
        ("name", BROKEN),
    ] {
        let change = Change::make(
            &database,
            "system_rules",
            column,
            &format!("id = '{}'", id(&of_anna)),
            value,
        );
        assert_eq!([sees(&anna), sees(&bob)], [0, 1], "{column}");
        // Another rule can still be created and changed.
        let other = client.create("systemrule", &rule("other", "", 0));
        client.delete(&format!("/systemrule/{}", id(&other))).expect(204);
        client
            .get("/systemrule/full")
            .expect(500)
            .says(&[&format!("the SystemRule {} can't be read", id(&of_anna))]);
        change.undo();
        assert_eq!([sees(&anna), sees(&bob)], [1, 1], "{column}");
    }
    assert!(server.log().contains("a system rule can't be read, so it grants nothing"));
}

#[test]
fn an_unreadable_user_is_named_and_other_users_are_unaffected() {
    let (server, database) = start();
    let client = server.repository();
    let anna = user(&client, "anna", &["Reader"], &[], &[]);
    Change::make(&database, "user_roles", "value", &format!("entity_id = '{}'", id(&anna)), BROKEN);
    let part = format!("the User {} can't be read: its roles", id(&anna));
    server.user("anna").get("/dataconnection").expect(500).says(&[&part]);
    server.user("bob").get("/dataconnection").expect(200);
}

#[test]
fn verify_names_each_fault_by_table_row_and_column_and_backups_still_succeed() {
    let (server, database) = start();
    let client = server.repository();
    let anna = id(&user(&client, "anna", &["Reader"], &["sales"], &[]));
    assert!(set_password(&server.data(), "LAB\\anna", PASSWORD));
    let [first, second] = ["first", "second"].map(|name| with_password(&client, name));
    let tag = id(&client.create("tag", &json!({"name": "prod"})));
    let made = id(&client.create("systemrule", &rule("mine", "", 2)));
    let entry: String = database
        .query_row("SELECT id FROM audit_entries WHERE number = 2", [], |row| row.get(0))
        .unwrap();
    let mut expected = Vec::new();
    for (table, column, row, key, value, part) in [
        ("data_connections", "name", &first, "id", BROKEN, "name is not valid UTF-8 text"),
        (
            "data_connections",
            "architecture",
            &second,
            "id",
            "9",
            "architecture is not a value of its enumeration",
        ),
        (
            "data_connections",
            "connectionstring_folded",
            &second,
            "id",
            "'x'",
            "connectionstring_folded is not connect",
        ),
        ("tags", "created_date", &tag, "id", "1 << 62", "created_date is not a date"),
        ("users", "inactive", &anna, "id", "2", "inactive is neither 0 nor 1"),
        ("user_roles", "value", &anna, "entity_id", BROKEN, "value is not valid UTF-8 text"),
        (
            "user_attributes",
            "external_id_folded",
            &anna,
            "entity_id",
            "'y'",
            "external_id_folded is not external_id",
        ),
        ("system_rules", "rule", &made, "id", BROKEN, "rule is not valid UTF-8 text"),
        ("passwords", "hash", &anna, "user_id", "'x'", "hash is not a password hash"),
        ("audit_entries", "detail", &entry, "id", BROKEN, "detail is not valid UTF-8 text"),
    ] {
        Change::make(&database, table, column, &format!("{key} = '{row}'"), value);
        expected.push((format!("  fault  row: {table} {row}"), part));
    }
    Change::make(&database, "data_connections", "password", &format!("id = '{second}'"), "'x'");
    expected.push((
        format!("  fault  sealed: password of the data connection {second}"),
        "this is not a sealed value",
    ));
    expected.push(("  fault  audit log: entry 2".to_owned(), "can't be read"));
    let all_are_in = |text: &str| {
        for (start, part) in &expected {
            let mut lines = text.lines().filter(|line| line.starts_with(start.as_str()));
            assert!(lines.any(|line| line.contains(part)), "{start}: {part}: {text}");
        }
        text.lines().filter(|line| line.starts_with("  fault  ")).count()
    };
    let data = server.data();
    let verified = patchbay(&data, &["verify"]);
    let faults = all_are_in(&String::from_utf8_lossy(&verified.stdout));
    assert_eq!(faults, expected.len(), "{}", String::from_utf8_lossy(&verified.stdout));
    fails(&verified, &format!("has {faults} faults"));
    let audited = patchbay(&data, &["audit", "verify"]);
    fails(&audited, "entry 2 can't be read");
    let file = data.with_file_name("b.db");
    let saved = patchbay(&data, &["backup", "--to", file.to_str().unwrap()]);
    all_are_in(&says(&saved, &["saved in"]));
    // The backup is no worse than its source, and can be restored.
    let new = data.with_file_name("new");
    all_are_in(&says(&patchbay(&new, &["restore", file.to_str().unwrap()]), &["restored into"]));
    // A dangling reference is reported as well, and does not prevent a backup either.
    let lost = format!("id = '{first}'");
    Change::make(&database, "data_connections", "owner_id", &lost, LOST);
    let line = format!(
        "fault  references: data_connections {first}: owner_id refers to a row of users that does \
         not exist"
    );
    let file = data.with_file_name("c.db");
    says(&patchbay(&data, &["backup", "--to", file.to_str().unwrap()]), &["saved in", &line]);
    // Nor does a schema that differs from the expected one.
    database.execute_batch("DROP INDEX tags_name").unwrap();
    let file = data.with_file_name("d.db");
    says(
        &patchbay(&data, &["backup", "--to", file.to_str().unwrap()]),
        &["saved in", "index tags_name is missing"],
    );
}
