//! The data that every database starts with and needs: verify names each missing or altered part,
//! and a server that could answer no request does not start.

use crate::support::Server;
use crate::support::machine::{fails, patchbay, says};
use crate::support::visitor::{PASSWORD, set_password};
use rusqlite::Connection;
use std::fs;
use std::path::Path;

const SERVE: [&str; 5] = ["serve", "--listen", "127.0.0.1:0", "--log-level", "error"];

/// A new data folder with a copy of the database, after the statements in `change`.
fn changed(data: &Path, change: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in ["patchbay.db", "master.key"] {
        fs::copy(data.join(file), folder.path().join(file)).unwrap();
    }
    let database = Connection::open(folder.path().join("patchbay.db")).unwrap();
    database.execute_batch(change).unwrap_or_else(|error| panic!("{change}: {error}"));
    folder
}

fn assert_verify_finds(data: &Path, part: &str) {
    let output = patchbay(data, &["verify"]);
    fails(&output, "fault");
    let report = String::from_utf8(output.stdout).unwrap();
    assert!(report.contains(part), "'{part}' is not in: {report}");
}

#[test]
fn verify_reports_missing_or_altered_accounts_and_rules_of_the_site() {
    let server = Server::start();
    server.repository().connection("one");
    let folder = server.stop();
    let data = folder.path().join("data");
    says(&patchbay(&data, &["verify"]), &["sound"]);
    let read_only = "UPDATE system_rules SET";
    let of = |name: &str| format!("WHERE type = 'ReadOnly' AND name = '{name}'");
    let accounts =
        ["sa_repository", "sa_api", "sa_engine", "sa_proxy", "sa_scheduler", "sa_printing"];
    let lost = accounts.map(|account| {
        let delete =
            format!("PRAGMA foreign_keys = OFF; DELETE FROM users WHERE user_id = '{account}'");
        (delete, format!("is missing: INTERNAL, {account}"))
    });
    let other = [
        (
            format!("{read_only} disabled = 1 {}", of("ServiceAccount")),
            "disabled of a read-only rule differs from",
        ),
        (
            format!("{read_only} rule = '', rule_folded = '' {}", of("RootAdmin")),
            "rule of a read-only rule differs from",
        ),
        (
            format!("{read_only} actions = 2 {}", of("Owner")),
            "actions of a read-only rule differs from",
        ),
        (
            format!("{read_only} type = 'Custom', type_folded = 'custom' {}", of("Owner")),
            "a read-only rule is missing",
        ),
        (
            format!("DELETE FROM system_rules {}", of("RootAdmin")),
            "a read-only rule is missing: RootAdmin",
        ),
        (
            format!(
                "{read_only} type = 'ReadOnly', type_folded = 'readonly' WHERE name = \
                 'DataConnection'"
            ),
            "it looks like a read-only rule",
        ),
        (
            "UPDATE users SET delete_prohibited = 0 WHERE user_id = 'sa_api'".to_owned(),
            "is missing: INTERNAL, sa_api",
        ),
        (
            "UPDATE users SET user_id = 'sa_other', user_id_folded = 'sa_other' WHERE user_id = \
             'sa_api'"
                .to_owned(),
            "user_id of a service account differs from",
        ),
        ("DELETE FROM versions".to_owned(), "versions has 0 rows instead of one"),
        (format!("UPDATE versions SET rules = {}", i64::MAX), "row: versions 1: rules "),
        (format!("UPDATE versions SET users = {}", i64::MAX), "row: versions 1: users "),
        (
            "UPDATE users SET modified_date = 253402300799999 WHERE user_id = 'sa_engine'"
                .to_owned(),
            "modified_date is so late that no later date can follow",
        ),
        (
            "INSERT INTO key_derivation VALUES (1, 'AAAAAAAAAAAAAAAAAAAAAA==', 8, 1, 1)".to_owned(),
            "keys: the table key_derivation says that the master key is derived from a passphrase, \
             but the key in",
        ),
    ];
    let other = other.map(|(change, part)| (change, part.to_owned()));
    for (change, part) in lost.into_iter().chain(other) {
        assert_verify_finds(changed(&data, &change).path(), &part);
    }
    // Data that clients may change is no fault.
    let default = "UPDATE system_rules SET disabled = 1 WHERE type = 'Default'; \
                   UPDATE users SET name = 'x', name_folded = 'x', inactive = 1 WHERE user_id = \
                   'sa_printing'";
    says(&patchbay(changed(&data, default).path(), &["verify"]), &["sound"]);
}

/// SQLite creates parts of a schema itself, whose names have this prefix.
#[test]
fn verify_reports_schema_objects_disguised_as_those_of_sqlite() {
    let folder = Server::start().stop();
    let data = folder.path().join("data");
    let parts = [
        (
            "trigger",
            "sqlite_evil",
            "tags",
            "CREATE TRIGGER sqlite_evil AFTER INSERT ON tags BEGIN UPDATE users SET inactive = 1; \
             END",
        ),
        ("view", "sqlite_stat1", "sqlite_stat1", "CREATE VIEW sqlite_stat1 AS SELECT 1"),
        (
            "view",
            "sqlite_autoindex_x_1",
            "sqlite_autoindex_x_1",
            "CREATE VIEW sqlite_autoindex_x_1 AS SELECT 1",
        ),
    ];
    for (kind, name, table, sql) in parts {
        let insert = format!(
            "PRAGMA writable_schema = ON; DROP TABLE IF EXISTS sqlite_stat1; \
             INSERT INTO sqlite_schema VALUES ('{kind}', '{name}', '{table}', 0, '{sql}')"
        );
        assert_verify_finds(
            changed(&data, &insert).path(),
            &format!("schema: {kind} {name} does not belong to Patchbay"),
        );
    }
}

/// An invalid hash admits no one, and one with high costs would occupy the server at each attempt.
#[test]
fn password_hashes_are_verified_including_their_cost() {
    let server = Server::start();
    assert!(set_password(&server.data(), "LAB\\anna", PASSWORD));
    let folder = server.stop();
    let data = folder.path().join("data");
    for hash in ["''", "'x'", "replace(hash, 'm=', 'm=9')", "replace(hash, 't=2', 't=99992')"] {
        let folder = changed(&data, &format!("UPDATE passwords SET hash = {hash}"));
        assert_verify_finds(folder.path(), "hash is not a password hash");
    }
}

#[test]
fn a_server_does_not_start_with_invalid_version_numbers() {
    let folder = Server::start().stop();
    let most = i64::MAX;
    for change in [
        "DELETE FROM versions".to_owned(),
        format!("UPDATE versions SET rules = {most}"),
        format!("UPDATE versions SET users = {most}"),
        "UPDATE versions SET users = -1".to_owned(),
    ] {
        let changed = changed(&folder.path().join("data"), &change);
        fails(
            &patchbay(changed.path(), &SERVE),
            "the table versions of the database must have one row",
        );
    }
}

#[test]
fn a_schema_that_does_not_match_its_version_is_reported_without_sql() {
    let folder = Server::start().stop();
    for version in [2, 5, 9, 12, 14] {
        let changed =
            changed(&folder.path().join("data"), &format!("PRAGMA user_version = {version}"));
        let output = patchbay(changed.path(), &SERVE);
        fails(&output, "its tables are different");
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains(&format!("claims schema version {version}")), "{error}");
        assert!(
            ["CREATE", "ALTER", "SELECT", "INSERT", "DROP"]
                .iter()
                .all(|word| !error.contains(word)),
            "{error}"
        );
    }
}
