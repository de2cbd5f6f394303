//! Restoring and checking backups: which backups are refused, what happens to existing data, and
//! which faults are reported.

use crate::support::backups::{CANARY, backup, names, restore};
use crate::support::databases::numbers;
use crate::support::machine::{fails, patchbay, says};
use crate::support::{Server, connection, id, program};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

/// The bytes of the first page of a table or index in the file.
fn page(database: &Path, name: &str) -> std::ops::Range<usize> {
    let database = rusqlite::Connection::open(database).unwrap();
    let sql = format!("SELECT rootpage FROM sqlite_schema WHERE name = '{name}'");
    let root =
        usize::try_from(database.query_row(&sql, [], |row| row.get::<_, i64>(0)).unwrap()).unwrap();
    4096 * (root - 1)..4096 * root
}

#[test]
fn invalid_restores_are_refused_and_leave_no_file() {
    let server = Server::start();
    server.repository().connection("c");
    let (folder, data) = (tempfile::tempdir().unwrap(), server.data());
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let good = backup(&data, &folder.path().join("good.db"));
    let before = fs::read(&good).unwrap();
    for (arguments, part) in [
        (vec!["backup", "--to", good.to_str().unwrap()], "already exists"),
        (vec!["backup", "--to", &at("nowhere/b.db")], "create it first"),
        (
            vec!["backup", "--to", &at("x.age"), "--recipient", "AGE-SECRET-KEY-1QQ"],
            "must be an age public key",
        ),
        (vec!["verify", &at("nowhere.db")], "nowhere.db"),
        (vec!["verify", "--identity", &at("x")], "<FILE>"),
        (vec!["restore"], "<FILE>"),
    ] {
        fails(&patchbay(&data, &arguments), part);
    }
    fails(
        &patchbay(&data.join("elsewhere"), &["backup", "--to", &at("x.db")]),
        "there is no database",
    );
    assert_eq!(fs::read(&good).unwrap(), before);

    let change = |name: &str, change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = before.clone();
        change(&mut bytes);
        fs::write(at(name), bytes).unwrap();
        PathBuf::from(at(name))
    };
    let sql = |name: &str, sql: &str| {
        let file = change(name, &|_| {});
        let database = rusqlite::Connection::open(&file).unwrap();
        database.execute_batch(&format!("PRAGMA foreign_keys = OFF; {sql}")).unwrap();
        file
    };
    let new = folder.path().join("new");
    for (file, part) in [
        (
            change("text", &|bytes| {
                *bytes = b"no database at all, but a text that is long".repeat(20);
            }),
            "is not a SQLite database",
        ),
        (change("empty", &Vec::clear), "empty is empty"),
        (
            change("short", &|bytes| bytes.truncate(bytes.len() / 2)),
            "short is not a usable backup: database: database disk image is malformed",
        ),
        (
            change("damaged", &|bytes| bytes[page(&good, "data_connections_key")].fill(0xAA)),
            "is damaged: damaged",
        ),
        (change("schema", &|bytes| bytes[100..4096].fill(0xAA)), "malformed"),
        (sql("newer", "PRAGMA user_version = 99"), "newer version"),
        (sql("nothing", "PRAGMA user_version = 0"), "no tables of Patchbay"),
        (
            sql("lost", "DELETE FROM users WHERE user_id = 'sa_repository'"),
            "refers to a row of users that does not exist",
        ),
        (sql("other", "DROP INDEX tags_created"), "index tags_created is missing"),
        (
            sql("more", "CREATE TRIGGER t AFTER INSERT ON tags BEGIN DELETE FROM users; END"),
            "does not belong to Patchbay",
        ),
        (sql("foreign", "PRAGMA application_id = 7"), "another program"),
        (PathBuf::from(at("nowhere")), "nowhere does not exist"),
    ] {
        fails(&restore(&file, &new, &[]), part);
        assert!(!new.exists(), "{}", file.display());
        let verified = patchbay(&data, &["verify", file.to_str().unwrap()]);
        assert_eq!(verified.status.code(), Some(1), "{}", file.display());
    }
    // The database is in use, or already exists.
    for more in [&[][..], &["--force"]] {
        fails(&restore(&good, &data, more), "another Patchbay is serving");
    }
    server.repository().connection("d");
    let folder = server.stop();
    fails(&restore(&good, &folder.path().join("data"), &[]), "--force");
    let server = Server::start_in(folder, |_| {});
    assert_eq!(server.repository().names("dataconnection", ""), ["c", "d"]);
}

/// A data folder as a killed server left it, partly in the write-ahead log, and an earlier backup
/// of it.
fn killed() -> (TempDir, PathBuf) {
    let server = Server::start();
    server.repository().connection("in the backup");
    let file = backup(&server.data(), &server.data().parent().unwrap().join("b.db"));
    server.repository().connection("only in the log");
    (server.kill(), file)
}

#[test]
fn force_keeps_the_replaced_database_with_its_write_ahead_log() {
    let (folder, file) = killed();
    let data = folder.path().join("data");
    assert!(fs::metadata(data.join("patchbay.db-wal")).unwrap().len() > 0);
    says(&restore(&file, &data, &["--force"]), &["restored into", "The earlier database is now"]);
    let kept: Vec<String> =
        names(&data).into_iter().filter(|name| name.contains("replaced")).collect();
    assert!(
        kept[0].starts_with("patchbay.db.replaced-20")
            && kept.contains(&format!("{}-wal", kept[0])),
        "{kept:?}"
    );
    let server = Server::start_in(folder, |_| {});
    assert_eq!(server.repository().names("dataconnection", ""), ["in the backup"]);
    let old = rusqlite::Connection::open(data.join(&kept[0])).unwrap();
    let found: Vec<String> = numbers(&old, "SELECT name FROM data_connections ORDER BY name");
    assert_eq!(found, ["in the backup", "only in the log"]);
}

#[test]
fn restores_in_quick_succession_each_keep_the_replaced_database() {
    let server = Server::start();
    let file = backup(&server.data(), &server.data().parent().unwrap().join("b.db"));
    let folder = server.stop();
    let data = folder.path().join("data");
    let kept = || names(&data).iter().filter(|name| name.contains("replaced")).count();
    for turn in 1..=4 {
        says(&restore(&file, &data, &["--force"]), &["The earlier database is now"]);
        assert_eq!(kept(), turn);
    }
}

#[test]
fn a_fault_of_the_audit_log_is_reported_and_stops_neither_backup_nor_restore() {
    let server = Server::start();
    server.repository().connection("c");
    let database = rusqlite::Connection::open(server.data().join("patchbay.db")).unwrap();
    assert_eq!(
        database.execute("UPDATE audit_entries SET detail = 'x' WHERE number = 1", []).unwrap(),
        1
    );
    let file = server.data().parent().unwrap().join("b.db");
    says(
        &patchbay(&server.data(), &["backup", "--to", file.to_str().unwrap()]),
        &["saved in", "fault  audit log: entry 1"],
    );
    let new = file.with_file_name("new");
    says(&restore(&file, &new, &[]), &["restored into", "fault  audit log: entry 1"]);
    fails(&patchbay(&new, &["verify"]), "has a fault");
}

#[test]
fn a_database_with_a_write_ahead_log_beside_it_is_not_accepted_as_a_backup() {
    let server = Server::start();
    server.repository().connection("c");
    let folder = server.kill();
    let data = folder.path().join("data");
    fails(
        &restore(&data.join("patchbay.db"), &folder.path().join("new"), &[]),
        "is not a backup but a database in use",
    );
}

#[test]
fn verify_reports_each_fault_in_one_line() {
    let server = Server::start();
    let client = server.repository();
    let ids = ["a", "b", "c"].map(|name| {
        let mut body = connection(name);
        body["password"] = json!(format!("{CANARY} {name}"));
        id(&client.create("dataconnection", &body))
    });
    let data = server.data();
    says(
        &patchbay(&data, &["verify"]),
        &[
            "patchbay.db\n  schema",
            "3 data connections, 0 tags",
            "3 of 3 sealed values open; data keys: 1",
            "sound",
        ],
    );
    let folder = server.stop();
    let data = folder.path().join("data");
    let database = rusqlite::Connection::open(data.join("patchbay.db")).unwrap();
    database
        .execute_batch(&format!(
            "UPDATE data_connections SET password = (SELECT password FROM data_connections WHERE \
             id = '{0}') WHERE id = '{1}';
            UPDATE data_connections SET password = 'x' WHERE id = '{2}'; DROP INDEX tags_created;",
            ids[0], ids[1], ids[2]
        ))
        .unwrap();
    drop(database);
    let output = patchbay(&data, &["verify"]);
    fails(&output, "patchbay.db has 3 faults");
    let text = String::from_utf8(output.stdout).unwrap();
    for line in [
        format!(
            "  fault  sealed: password of the data connection {}: this was changed after it was \
             sealed, or moved",
            ids[1]
        ),
        format!(
            "  fault  sealed: password of the data connection {}: this is not a sealed value",
            ids[2]
        ),
        "  fault  schema: index tags_created is missing or different".to_owned(),
        "  1 of 3 sealed values open".to_owned(),
    ] {
        assert_eq!(
            text.lines().filter(|report| report.starts_with(&line)).count(),
            1,
            "{line}: {text}"
        );
    }
    assert!(!text.contains(CANARY) && !text.contains("  sound"), "{text}");
}

#[test]
fn verify_reports_a_missing_or_wrong_master_key() {
    let server = Server::start();
    let mut body = connection("c");
    body["password"] = json!(CANARY);
    server.repository().create("dataconnection", &body);
    let data = server.data();
    let file = backup(&data, &data.parent().unwrap().join("b.db"));
    let file = file.to_str().unwrap();
    let master = data.join("master.key");
    says(&patchbay(&data, &["verify", file]), &["1 of 1 sealed values open", "sound"]);
    let away = data.parent().unwrap().join("away.key");
    fs::rename(&master, &away).unwrap();
    says(
        &patchbay(&data, &["verify", file]),
        &[
            "1 sealed value not checked: there is no master key",
            "sound, except that the sealed values",
        ],
    );
    let report = ["verify", file, "--master-key-file", away.to_str().unwrap()];
    says(&patchbay(&data, &report), &["1 of 1 sealed values open", "sound"]);
    let key = fs::read_to_string(&away).unwrap();
    fs::copy(&away, &master).unwrap();
    let (start, end) = key.split_at(4);
    let other: String =
        start.chars().map(|character| if character == 'A' { 'B' } else { 'A' }).collect();
    fs::write(&master, other + end).unwrap();
    let output = patchbay(&data, &["verify"]);
    fails(&output, "has a fault");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("fault  keys: the master key is not the one"), "{text}");
}

#[test]
fn a_killed_restore_leaves_the_old_or_the_new_database_or_says_where_the_old_one_is() {
    let (folder, file) = killed();
    let [data, before] = ["data", "before"].map(|name| folder.path().join(name));
    fs::create_dir(&before).unwrap();
    let put = |from: &Path, to: &Path| {
        let database =
            |path: &Path| names(path).into_iter().filter(|name| name.starts_with("patchbay.db"));
        database(to).for_each(|name| fs::remove_file(to.join(name)).unwrap());
        for name in database(from) {
            fs::copy(from.join(&name), to.join(&name)).unwrap();
        }
    };
    put(&data, &before);
    let mark = data.join("patchbay.db.restoring");
    let (old, new) = (vec!["in the backup", "only in the log"], vec!["in the backup"]);
    let mut seen = [0; 3];
    for turn in 0..60 {
        if turn >= 20 && seen[0] > 0 {
            break;
        }
        put(&before, &data);
        let mut process = program();
        process.args(["restore", "--force", file.to_str().unwrap(), "--data"]).arg(&data);
        let mut process = process.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Kills begin before the last step of the restore, and end after it.
        let aside = || names(&data).iter().any(|name| name.contains("restoring"));
        while !aside() && process.try_wait().unwrap().is_none() {}
        thread::sleep(Duration::from_micros(40 * (turn * 7 % 60)));
        process.kill().unwrap();
        process.wait().unwrap();
        let content = |path: &Path| -> Vec<String> {
            let database = rusqlite::Connection::open(path).unwrap();
            numbers(&database, "SELECT name FROM data_connections ORDER BY name")
        };
        if mark.exists() {
            seen[0] += 1;
            fails(
                &patchbay(&data, &["user", "grant-root", "LAB\\anna"]),
                "run patchbay restore --force again",
            );
            let whole = names(&data)
                .into_iter()
                .find_map(|name| name.strip_suffix("-wal").map(str::to_owned));
            assert_eq!(content(&data.join(whole.expect("the log is somewhere"))), old, "{turn}");
            let again = restore(&file, &data, &["--force"]);
            let report = String::from_utf8(again.stdout.clone()).unwrap();
            says(&again, &["restored into"]);
            let kept = report
                .split("The earlier database is now ")
                .nth(1)
                .unwrap()
                .lines()
                .next()
                .unwrap();
            assert_eq!(content(Path::new(kept)), old, "{turn}: {report}");
            assert!(!mark.exists() && content(&data.join("patchbay.db")) == new, "{turn}");
        } else {
            let found = content(&data.join("patchbay.db"));
            assert!(found == old || found == new, "{turn}: {found:?}");
            seen[if found == old { 1 } else { 2 }] += 1;
        }
    }
    assert!(seen[0] > 0, "no restore was killed in its last step: {seen:?}");
    Server::start_in(folder, |_| {});
}
