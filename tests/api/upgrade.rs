//! Databases of every schema version are opened with all of their data (tests/upgrade/README.md).

use crate::support::databases::{Dump, content, dump, uses};
use crate::support::machine::{fails, patchbay, says};
use crate::support::old_databases::{file, site};
use crate::support::visitor::{PASSWORD, Visitor, set_password};
use crate::support::{Client, Reply, Server, connection, id as id_of, program, wait_until};
use patchbay::store::newest_schema;
use rusqlite::types::Value as SqlValue;
use serde_json::json;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// The master key of these databases, and the API token of LAB\anna.
const MASTER_KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
const TOKEN: &str = "pbt_of-a-database-of-an-earlier-version-01234";

/// The schema versions since which users have passwords, and API tokens.
const PASSWORDS: usize = 5;
const TOKENS: usize = 6;

/// The schema version since which the audit log stores long texts separately, and seals secrets.
const AUDIT_TEXTS: usize = 13;

/// The schema versions since which there is an audit log, and since which all its entries were
/// written with masked secrets.
const AUDIT_LOG: usize = 7;
const MASKED: usize = 15;

fn start(folder: TempDir) -> (Server, String) {
    let server = Server::start_in(folder, |command| {
        command.args(["--front", "127.0.0.1:0"]).env("PATCHBAY_MASTER_KEY", MASTER_KEY);
    });
    let front = server
        .welcome
        .iter()
        .find_map(|line| line.strip_prefix("Front door: "))
        .unwrap()
        .to_owned();
    (server, front)
}

#[test]
fn a_database_of_every_version_opens_with_its_data_equal() {
    for version in 1..=newest_schema() {
        let folder = site(version);
        let data = folder.path().join("data");
        let before = dump(&data.join("patchbay.db"));
        assert!(
            before["data_connections"].len() == 2 && before["tags"].len() == 2,
            "version {version}"
        );
        check_backup(&data, version);
        let (server, front) = start(folder);
        check_data(&server.repository(), version);
        assert_kept(&before, &data.join("patchbay.db"), version);
        let has_secrets = (AUDIT_LOG..MASKED).contains(&version);
        let is_warned = || server.log().contains("run patchbay audit mask-secrets");
        wait_until(|| is_warned() == has_secrets);
        assert_eq!(uses(&data), [(1, sealed_values(version))], "version {version}");
        check_sign_in(&server, &front, version);
        check_verified(&data, &format!("schema {0} of {0}", newest_schema()), version);
        // The upgraded database can be changed.
        server.repository().connection("another");
    }
}

/// A backup can be made before the upgrade.
fn check_backup(data: &Path, version: usize) {
    let to = data.parent().unwrap().join("before.db");
    says(
        &patchbay(data, &["backup", "--to", to.to_str().unwrap()]),
        &[&format!("schema {version})")],
    );
    assert_eq!(content(&to), content(&data.join("patchbay.db")), "version {version}");
    check_verified(data, &format!("schema {version} of {}", newest_schema()), version);
}

/// A password of a connection and, in later versions, a secret of the audit log.
const fn sealed_values(version: usize) -> i64 {
    if version < AUDIT_TEXTS { 1 } else { 2 }
}

fn check_verified(data: &Path, schema: &str, version: usize) {
    let mut command = program();
    command.args(["verify", "--data"]).arg(data).env("PATCHBAY_MASTER_KEY", MASTER_KEY);
    let open = format!("{0} of {0} sealed values open", sealed_values(version));
    says(&command.output().unwrap(), &[schema, "2 data connections, 2 tags", &open, "sound"]);
}

/// Creates the data of the test databases.
fn fill(client: &Client, anna: &Client) {
    let tags = ["finance", "Prüfung"].map(|name| client.create("tag", &json!({ "name": name })));
    let definition = json!({
        "name": "stage", "objectTypes": ["DataConnection", "User"], "choiceValues": ["test", "prod"]
    });
    client.create("custompropertydefinition", &definition);
    let mut sales = connection("Sales");
    sales["username"] = json!("reader");
    sales["password"] = json!("hunter2");
    sales["tags"] = json!(tags);
    sales["customProperties"] = json!([{"value": "prod", "definition": {"name": "stage"}}]);
    client.create("dataconnection", &sales);
    anna.connection("of anna");
    let path = "/user?filter=userId eq 'anna'";
    let id = id_of(&client.get(path).expect(200).json()[0]);
    let change = client.request("PUT", &format!("/user/{id}")).header("If-Match", "*");
    Reply::of(change.json(&json!({"roles": ["ContentAdmin"]}))).expect(200);
    let masked = id_of(&client.create("tag", &json!({"name": "token=hunter2"})));
    client.delete(&format!("/tag/{masked}")).expect(204);
    client.post("/selection/dataconnection?filter=name eq 'Sales'", &json!({})).expect(201);
}

fn check_data(client: &Client, version: usize) {
    let all = client.get("/dataconnection/full?orderby=name desc").expect(200).json();
    let (sales, of_anna) = (&all[0], &all[1]);
    assert_eq!(
        (&sales["name"], &of_anna["name"]),
        (&json!("Sales"), &json!("of anna")),
        "version {version}"
    );
    assert_eq!(
        (&sales["username"], &sales["connectionstring"]),
        (&json!("reader"), &json!("lib://sales"))
    );
    assert_eq!(
        (&sales["owner"]["userId"], &of_anna["owner"]["userId"]),
        (&json!("sa_repository"), &json!("anna"))
    );
    let value = &sales["customProperties"][0];
    assert_eq!((&value["value"], &value["definition"]["name"]), (&json!("prod"), &json!("stage")));
    assert_eq!(
        client.names("dataconnection", "tags.name eq 'PRÜFUNG' and @stage eq 'prod'"),
        ["Sales"]
    );
    let anna = client.get("/user/full?filter=userId eq 'anna'").expect(200).json();
    assert_eq!(anna[0]["roles"], json!(["ContentAdmin"]));
    let made = client
        .get("/auditentry/full?filter=action eq 'create' and objectName eq 'Sales'")
        .expect(200)
        .json();
    for made in made.as_array().unwrap() {
        let after: serde_json::Value =
            serde_json::from_str(made["after"].as_str().unwrap()).unwrap();
        assert_eq!(
            (&after["username"], &after["customProperties"][0]["value"]),
            (&json!("reader"), &value["value"]),
            "version {version}"
        );
    }
}

/// Asserts that every row is kept, with all of its values.
fn assert_kept(before: &Dump, database: &Path, version: usize) {
    let old = site(version);
    let old = rusqlite::Connection::open(old.path().join("data/patchbay.db")).unwrap();
    let new = rusqlite::Connection::open(database).unwrap();
    // The backup adds an entry to the audit log, which changes its end.
    for table in
        before.keys().filter(|table| !["audit_bounds", "versions"].contains(&table.as_str()))
    {
        // Columns that SQLite generates from others hold no data of their own.
        let sql = "SELECT group_concat(name, ', ') FROM pragma_table_info(?1)";
        let columns: String = old.query_row(sql, [table], |row| row.get(0)).unwrap();
        let rows = |database: &rusqlite::Connection| -> Vec<Vec<SqlValue>> {
            let mut statement =
                database.prepare(&format!("SELECT {columns} FROM {table}")).unwrap();
            let count = statement.column_count();
            let rows = statement
                .query_map([], |row| (0..count).map(|column| row.get(column)).collect())
                .unwrap();
            rows.map(Result::unwrap).collect()
        };
        let (stored, kept) = (rows(&old), rows(&new));
        assert_eq!(stored.len(), before[table].len(), "version {version}, {table}");
        for row in stored {
            assert!(kept.contains(&row), "version {version}, {table}: {row:?}");
        }
    }
}

fn check_sign_in(server: &Server, front: &str, version: usize) {
    let mut visitor = Visitor::new(server, front);
    if version >= PASSWORDS {
        visitor.login("LAB\\anna", PASSWORD);
        assert_eq!(visitor.get("/qrs/dataconnection/count").expect(200).json()["value"], 1);
    }
    if version >= TOKENS {
        let machine = Visitor::new(server, front);
        let ask = machine
            .request("GET", "/qrs/dataconnection/count")
            .header("Authorization", format!("Bearer {TOKEN}"));
        assert_eq!(Reply::of(ask).expect(200).json()["value"], 1);
    }
}

#[test]
fn a_database_of_a_newer_version_is_refused_and_left_as_it_is() {
    let folder = site(newest_schema());
    let data = folder.path().join("data");
    let database = rusqlite::Connection::open(data.join("patchbay.db")).unwrap();
    database
        .pragma_update(None, "user_version", i64::try_from(newest_schema() + 1).unwrap())
        .unwrap();
    drop(database);
    let before = dump(&data.join("patchbay.db"));
    for command in [
        &["serve", "--listen", "127.0.0.1:0", "--log-level", "error"][..],
        &["backup"],
        &["verify"],
    ] {
        fails(
            &patchbay(&data, command),
            "written by a newer version of Patchbay; run that version",
        );
    }
    let user = ["user", "grant-root", "LAB\\anna"];
    fails(&patchbay(&data, &user), "another version of Patchbay");
    assert_eq!(dump(&data.join("patchbay.db")), before);
}

/// Writes the file of a version that has none yet. It is run once by hand; afterwards the file
/// never changes.
#[test]
#[ignore = "writes a file; tests/upgrade/README.md says when"]
fn write_the_database_of_the_newest_version() {
    let target = file(newest_schema());
    assert!(!target.exists(), "{} exists already, and must never change", target.display());
    let (server, _) = start(tempfile::tempdir().unwrap());
    fill(&server.repository(), &server.user("anna"));
    assert!(set_password(&server.data(), "LAB\\anna", PASSWORD));
    let folder = server.stop();
    let database = rusqlite::Connection::open(folder.path().join("data/patchbay.db")).unwrap();
    let anna: String = database
        .query_row("SELECT id FROM users WHERE user_id = 'anna'", [], |row| row.get(0))
        .unwrap();
    let hash = patchbay::auth::token::token_hash(&TOKEN.to_owned().into());
    // They expire in the year 2100.
    let end = 4_102_444_800_000_i64;
    database
        .execute(
            "INSERT INTO api_tokens (token_hash, id, user_id, name, scope, created_date, \
             expires_date) VALUES (?1, ?2, ?3, 'ci', 'all', 0, ?4)",
            rusqlite::params![hash, "6f0c6d5e-7f0a-4a53-8f5c-3d5b6a7c8d9e", anna, end],
        )
        .unwrap();
    database
        .execute(
            "INSERT INTO sessions (token_hash, id, user_id, created_date, expires_date, address) \
             VALUES ('x', ?1, ?2, 0, ?3, '127.0.0.1')",
            rusqlite::params!["7a1d7e6f-801b-4b64-905d-4e6c7b8d9e0f", anna, end],
        )
        .unwrap();
    fs::write(target, script(&database)).unwrap();
}

/// The statements that recreate a database.
fn script(database: &rusqlite::Connection) -> String {
    let texts = |sql: &str| -> Vec<String> {
        let mut statement = database.prepare(sql).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let mut text = "PRAGMA foreign_keys = OFF;\nBEGIN;\n".to_owned();
    for name in ["application_id", "user_version"] {
        let value: i64 =
            database.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0)).unwrap();
        writeln!(text, "PRAGMA {name} = {value};").unwrap();
    }
    let own = "name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
    for sql in texts(&format!("SELECT sql FROM sqlite_schema WHERE type = 'table' AND {own}")) {
        writeln!(text, "{sql};").unwrap();
    }
    for table in texts(&format!("SELECT name FROM sqlite_schema WHERE type = 'table' AND {own}")) {
        let columns =
            texts(&format!("SELECT 'quote(' || name || ')' FROM pragma_table_info('{table}')"));
        let values = columns.join(" || ', ' || ");
        for row in texts(&format!("SELECT {values} FROM {table}")) {
            writeln!(text, "INSERT INTO {table} VALUES ({row});").unwrap();
        }
    }
    // Triggers are created last, so that the inserts do not fire them.
    for sql in texts(&format!(
        "SELECT sql FROM sqlite_schema WHERE type <> 'table' AND {own} AND sql IS NOT NULL"
    )) {
        writeln!(text, "{sql};").unwrap();
    }
    text + "COMMIT;\n"
}
