//! `patchbay verify` names each row with a value that the API can't represent, and such a row
//! prevents no backup.

use crate::support::credentials::with_password;
use crate::support::id;
use crate::support::machine::{fails, patchbay, says};
use crate::support::rules::{rule, user};
use crate::support::unreadable::{BROKEN, Change, LOST, start};
use crate::support::visitor::{PASSWORD, set_password};
use serde_json::json;

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
