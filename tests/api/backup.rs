//! Backups: made while others write, restored, and equal; sealed to somebody; by themselves; and what is refused.

use crate::keys::uses;
use crate::machine::{fails, patchbay, says};
use crate::support::{Client, Reply, Server, connection, id, wait};
use rusqlite::types::Value as SqlValue;
use secrecy::ExposeSecret;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const CANARY: &str = "xK9-canary-of-a-password";

/// All that is in a database: the rows of each table, sorted.
pub type Dump = BTreeMap<String, Vec<Vec<SqlValue>>>;

pub fn dump(database: &Path) -> Dump {
    let database = rusqlite::Connection::open(database).unwrap();
    let mut tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").unwrap();
    let tables: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let tables = tables.into_iter().filter(|table| !table.starts_with("sqlite_"));
    let rows = |table: &str| {
        let mut statement = database.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| (0..columns).map(|column| row.get(column)).collect()).unwrap();
        let mut rows: Vec<Vec<SqlValue>> = rows.map(Result::unwrap).collect();
        rows.sort_by_key(|row| format!("{row:?}"));
        rows
    };
    tables.map(|table| (table.clone(), rows(&table))).collect()
}

fn numbers<T>(database: &rusqlite::Connection, sql: &str) -> Vec<T>
where
    T: rusqlite::types::FromSql,
{
    let mut statement = database.prepare(sql).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// Restores into a new folder that a server can start from, with the master key of the old one.
fn restored(backup: &Path, data: &Path) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let new = folder.path().join("data");
    says(&restore(backup, &new, &[]), &["restored into", "and checked", "master key"]);
    fs::copy(data.join("master.key"), new.join("master.key")).unwrap();
    folder
}

fn restore(backup: &Path, data: &Path, more: &[&str]) -> std::process::Output {
    let arguments = ["restore", backup.to_str().unwrap(), "--data", data.to_str().unwrap()];
    patchbay(&data.parent().unwrap().join("elsewhere"), &[&arguments, more].concat())
}

/// The files of a folder by name, sorted.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = entries.collect();
    names.sort();
    names
}

/// A backup of what a stopped or running server has, under a name of its own.
fn backup(data: &Path, to: &Path) -> PathBuf {
    says(&patchbay(data, &["backup", "--to", to.to_str().unwrap()]), &["saved in", "and checked", "is not in it"]);
    to.to_owned()
}

/// What writers leave: each writer's last number that was begun, and that was acknowledged.
#[derive(Default)]
struct Writer {
    begun: AtomicI64,
    acknowledged: AtomicI64,
}

/// Makes connections `w-1`, `w-2`, … with all that belongs to them, and after each notes its number in two properties of another one.
fn write(client: &Client, name: &str, parts: &Json, state: &Writer, is_over: &AtomicBool) {
    let mut note = connection(&format!("note {name}"));
    note["username"] = json!("0");
    note["connectionstring"] = json!("0");
    let path = format!("/dataconnection/{}", id(&client.create("dataconnection", &note)));
    for number in 1.. {
        if is_over.load(Ordering::SeqCst) {
            return;
        }
        state.begun.store(number, Ordering::SeqCst);
        let mut body = connection(&format!("{name}-{number}"));
        body["tags"] = parts["tags"].clone();
        body["customProperties"] = parts["customProperties"].clone();
        body["password"] = json!(format!("{CANARY} {name} {number}"));
        client.create("dataconnection", &body);
        state.acknowledged.store(number, Ordering::SeqCst);
        let text = number.to_string();
        let noted = client.request("PUT", &path).header("If-Match", "*");
        Reply::of(noted.json(&json!({"username": text, "connectionstring": text}))).expect(200);
    }
}

/// Two tags and two custom property values.
fn parts(client: &Client) -> Json {
    let tags = ["one", "two"].map(|name| client.create("tag", &json!({ "name": name })));
    let definition = json!({"name": "stage", "objectTypes": ["DataConnection"], "choiceValues": ["test", "prod"]});
    client.create("custompropertydefinition", &definition);
    let value = |value: &str| json!({"value": value, "definition": {"name": "stage"}});
    json!({"tags": tags, "customProperties": [value("test"), value("prod")]})
}

#[test]
fn a_backup_beside_writers_is_whole_and_a_state_that_they_had() {
    let server = Server::start();
    let parts = parts(&server.repository());
    let (data, is_over) = (server.data(), AtomicBool::new(false));
    let writers: [Writer; 4] = Default::default();
    let read = |of: fn(&Writer) -> &AtomicI64| writers.each_ref().map(|writer| of(writer).load(Ordering::SeqCst));
    let (before, after, backup_file) = thread::scope(|scope| {
        for (number, writer) in writers.iter().enumerate() {
            let (client, name) = (server.repository(), format!("w{number}"));
            let (parts, is_over) = (&parts, &is_over);
            scope.spawn(move || write(&client, &name, parts, writer, is_over));
        }
        let deadline = Instant::now() + Duration::from_secs(20);
        while read(|writer| &writer.acknowledged).iter().any(|number| *number < 10) && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(5));
        }
        let before = read(|writer| &writer.acknowledged);
        let file = backup(&data, &data.parent().unwrap().join("under writers.db"));
        let after = read(|writer| &writer.begun);
        thread::sleep(Duration::from_millis(50));
        is_over.store(true, Ordering::SeqCst);
        (before, after, file)
    });
    assert!(before.iter().all(|number| *number >= 10), "{before:?}");
    let new = restored(&backup_file, &data);
    let new_data = new.path().join("data");
    assert_state_of_writers(&new_data, &before, &after);
    assert_part_of(&dump(&new_data.join("patchbay.db")), &dump(&data.join("patchbay.db")));

    // The same once nobody writes: everything is equal, table by table.
    let quiet = backup(&data, &data.parent().unwrap().join("quiet.db"));
    let quiet = restored(&quiet, &data);
    let (copy, original) = (dump(&quiet.path().join("data/patchbay.db")), dump(&data.join("patchbay.db")));
    assert!(copy.len() > 15);
    for (table, rows) in &original {
        assert_eq!(copy.get(table), Some(rows), "{table}");
    }

    let all = after_restart(new, &server);
    assert!(all >= 44, "{all}");
}

/// Each writer's work up to some moment between `before` and `after`, and nothing of the time after it.
fn assert_state_of_writers(data: &Path, before: &[i64; 4], after: &[i64; 4]) {
    let database = rusqlite::Connection::open(data.join("patchbay.db")).unwrap();
    for writer in 0..4 {
        let mut made: Vec<i64> = numbers(
            &database,
            &format!("SELECT CAST(substr(name, 4) AS INTEGER) FROM data_connections WHERE name LIKE 'w{writer}-%'"),
        );
        made.sort_unstable();
        let last = i64::try_from(made.len()).unwrap();
        assert_eq!(made, (1..=last).collect::<Vec<_>>(), "all up to the last, in the order in which they were made");
        assert!((before[writer]..=after[writer]).contains(&last), "{} <= {last} <= {}", before[writer], after[writer]);
        let noted: Vec<String> = numbers(
            &database,
            &format!("SELECT username || ' ' || connectionstring FROM data_connections WHERE name = 'note w{writer}'"),
        );
        let is_whole = |number: i64| noted == [format!("{number} {number}")];
        assert!(is_whole(last) || is_whole(last - 1), "{noted:?} of {last}");
    }
    // Each of them has a password, and the uses of the key are of the same moment.
    let sealed = numbers(&database, "SELECT count(*) FROM data_connections WHERE password <> ''");
    assert_eq!(uses(data), [(1, sealed[0])]);
    for of in ["data_connection_tags", "data_connection_custom_properties"] {
        let sql = format!(
            "SELECT (SELECT count(*) FROM {of} WHERE entity_id = data_connections.id) FROM data_connections WHERE name LIKE 'w%'"
        );
        let counts: Vec<i64> = numbers(&database, &sql);
        assert!(counts.len() >= 40 && counts.iter().all(|count| *count == 2), "{of}: {counts:?}");
    }
}

/// Every row of the earlier state is in the later one as it is, but for the few that writers change.
fn assert_part_of(earlier: &Dump, later: &Dump) {
    let is_note =
        |row: &[SqlValue]| row.iter().any(|value| matches!(value, SqlValue::Text(text) if text.starts_with("note w")));
    for (table, rows) in earlier {
        let fixed = rows.iter().filter(|row| !is_note(row));
        for row in fixed.filter(|_| !["versions", "audit_bounds", "data_keys"].contains(&table.as_str())) {
            assert!(later[table].contains(row), "{table}: {row:?}");
        }
    }
}

/// Serves what was restored, compares it with what the old server shows, and tells how many connections there are.
fn after_restart(folder: TempDir, old: &Server) -> usize {
    let new = Server::start_in(folder, |_| {});
    let all = new.repository().get("/dataconnection/full").expect(200).json();
    let all = all.as_array().unwrap();
    for one in all.iter().filter(|one| !one["name"].as_str().unwrap().starts_with("note")) {
        let path = format!("/dataconnection/{}", id(one));
        assert_eq!(*one, old.repository().get(&path).expect(200).json());
    }
    let sealed = all.len() - 4;
    says(&patchbay(&new.data(), &["verify"]), &[&format!("{sealed} of {sealed} sealed values open"), "sound"]);
    // It goes on as the old one did.
    new.repository().connection("another");
    all.len()
}

#[test]
fn a_backup_is_private_has_no_password_in_it_and_leaves_nothing_beside_it() {
    let server = Server::start();
    let mut body = connection("c");
    body["password"] = json!(CANARY);
    server.repository().create("dataconnection", &body);
    let folder = tempfile::tempdir().unwrap();
    let (data, to) = (server.data(), folder.path().join("new/"));
    fs::create_dir(&to).unwrap();
    let text = says(
        &patchbay(&data, &["backup", "--to", to.to_str().unwrap()]),
        &["saved in", "1 data connection, 0 tags", "6 users", "12 system rules", "The master key is not in it"],
    );
    let made = names(&to);
    assert!(made.len() == 1 && made[0].starts_with("patchbay-20") && made[0].ends_with("Z.db"), "{made:?}");
    assert!(text.contains(&made[0]) && !text.contains(CANARY), "{text}");
    let bytes = fs::read(to.join(&made[0])).unwrap();
    let master = fs::read(data.join("master.key")).unwrap();
    for secret in [CANARY.as_bytes(), &master] {
        assert!(!bytes.windows(secret.len()).any(|window| window == secret));
    }
    assert!(bytes.windows(11).any(|window| window == b"lib://sales"), "what is no secret is there to be found");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(to.join(&made[0])).unwrap().permissions().mode() & 0o777, 0o600);
    }
    // Without --to, and beside a database that is not in use.
    let folder = server.stop();
    let data = folder.path().join("data");
    let before = names(&data);
    says(&patchbay(&data, &["backup"]), &["saved in ./patchbay-20"]);
    assert_eq!(names(&data), before);
    assert_eq!(names(folder.path()).iter().filter(|name| name.starts_with("patchbay-20")).count(), 1);
}

/// The two halves of a key, and the file that holds the secret one.
pub fn key(folder: &Path, name: &str) -> (String, PathBuf) {
    let identity = age::x25519::Identity::generate();
    let path = folder.join(name);
    fs::write(&path, format!("# made for a test\n{}\n", identity.to_string().expose_secret())).unwrap();
    (identity.to_public().to_string(), path)
}

#[test]
fn a_sealed_backup_opens_to_its_recipients_and_to_nobody_else() {
    let server = Server::start();
    let mut body = connection("of the sealed backup");
    body["password"] = json!(CANARY);
    server.repository().create("dataconnection", &body);
    let (folder, data) = (tempfile::tempdir().unwrap(), server.data());
    let [(anna, of_anna), (bert, of_bert), (_, of_carla)] =
        ["anna", "bert", "carla"].map(|name| key(folder.path(), name));
    let [of_anna, of_bert, of_carla] = [&of_anna, &of_bert, &of_carla].map(|path| path.to_str().unwrap());
    let to = folder.path().join("sealed.age");
    let arguments = ["backup", "--to", to.to_str().unwrap(), "--recipient", &anna, "--recipient", &bert];
    says(&patchbay(&data, &arguments), &["saved sealed in", "1 data connection,"]);
    assert_eq!(names(folder.path()), ["anna", "bert", "carla", "sealed.age"]);
    assert!(!names(&data).iter().any(|name| name.contains("unfinished")), "{:?}", names(&data));
    let bytes = fs::read(&to).unwrap();
    assert!(bytes.starts_with(b"age-encryption.org/v1"));
    for plain in [&b"SQLite format"[..], b"of the sealed backup", b"CREATE TABLE"] {
        assert!(!bytes.windows(plain.len()).any(|window| window == plain));
    }

    let new = folder.path().join("new");
    for (more, part) in [
        (&["--identity", of_carla][..], "is not sealed to this identity"),
        (&[], "--identity names the file"),
        (&["--identity", to.to_str().unwrap()], "identity"),
        (&["--identity", "nowhere"], "nowhere"),
    ] {
        fails(&restore(&to, &new, more), part);
        assert!(!new.exists(), "{more:?}");
    }
    for changed in [bytes.len() - 1, bytes.len() / 2, 600] {
        let file = folder.path().join("changed.age");
        let mut other = bytes.clone();
        other[changed] ^= 1;
        fs::write(&file, &other).unwrap();
        fails(&restore(&file, &new, &["--identity", of_anna]), "was changed or cut off");
        fs::write(&file, &bytes[..changed]).unwrap();
        fails(&restore(&file, &new, &["--identity", of_anna]), "was changed or cut off");
        assert!(!new.exists());
    }
    let master = data.join("master.key");
    let verify = ["verify", to.to_str().unwrap(), "--master-key-file", master.to_str().unwrap()];
    fails(&patchbay(&data, &verify), "--identity names the file");
    says(&patchbay(&data, &[&verify[..], &["--identity", of_bert]].concat()), &["1 of 1 sealed values open", "sound"]);
    for (name, identity) in [("first", of_anna), ("second", of_bert)] {
        let new = folder.path().join(name);
        says(&restore(&to, &new, &["--identity", identity]), &["restored into", "1 data connection,"]);
        assert_eq!(names(&new), ["patchbay.db", "patchbay.lock"]);
        assert_eq!(dump(&new.join("patchbay.db")), dump(&data.join("patchbay.db")));
    }
}

/// Where the first page of a table or an index is in the file.
fn page(database: &Path, name: &str) -> std::ops::Range<usize> {
    let database = rusqlite::Connection::open(database).unwrap();
    let sql = format!("SELECT rootpage FROM sqlite_schema WHERE name = '{name}'");
    let root = usize::try_from(database.query_row(&sql, [], |row| row.get::<_, i64>(0)).unwrap()).unwrap();
    4096 * (root - 1)..4096 * root
}

#[test]
fn what_makes_no_sense_is_refused_and_leaves_nothing() {
    let server = Server::start();
    server.repository().connection("c");
    let (folder, data) = (tempfile::tempdir().unwrap(), server.data());
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let good = backup(&data, &folder.path().join("good.db"));
    let before = fs::read(&good).unwrap();
    for (arguments, part) in [
        (vec!["backup", "--to", good.to_str().unwrap()], "is there already"),
        (vec!["backup", "--to", &at("nowhere/b.db")], "nowhere"),
        (vec!["backup", "--to", &at("x.age"), "--recipient", "AGE-SECRET-KEY-1QQ"], "must be a public key"),
        (vec!["verify", &at("nowhere.db")], "nowhere.db"),
        (vec!["verify", "--identity", &at("x")], "<FILE>"),
        (vec!["restore"], "<FILE>"),
    ] {
        fails(&patchbay(&data, &arguments), part);
    }
    fails(&patchbay(&data.join("elsewhere"), &["backup", "--to", &at("x.db")]), "there is no database");
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
            change("text", &|bytes| *bytes = b"no database at all, but a text that is long".repeat(20)),
            "is no SQLite database",
        ),
        (change("empty", &Vec::clear), "there is no database at"),
        (change("short", &|bytes| bytes.truncate(bytes.len() / 2)), "malformed"),
        (change("damaged", &|bytes| bytes[page(&good, "data_connections_key")].fill(0xAA)), "not sound: damaged"),
        (change("schema", &|bytes| bytes[100..4096].fill(0xAA)), "malformed"),
        (sql("newer", "PRAGMA user_version = 99"), "newer version"),
        (sql("nothing", "PRAGMA user_version = 0"), "nothing of Patchbay's"),
        (sql("lost", "DELETE FROM users WHERE user_id = 'sa_repository'"), "refer to users that are not there"),
        (sql("other", "DROP INDEX tags_created"), "index tags_created is missing"),
        (sql("more", "CREATE TRIGGER t AFTER INSERT ON tags BEGIN DELETE FROM users; END"), "none of Patchbay's"),
        (sql("foreign", "PRAGMA application_id = 7"), "another program"),
        (PathBuf::from(at("nowhere")), "there is no backup at"),
    ] {
        fails(&restore(&file, &new, &[]), part);
        assert!(!new.exists(), "{}", file.display());
        let verified = patchbay(&data, &["verify", file.to_str().unwrap()]);
        assert_eq!(verified.status.code(), Some(1), "{}", file.display());
    }
    // The database is in use, or there is one.
    for more in [&[][..], &["--force"]] {
        fails(&restore(&good, &data, more), "another Patchbay is serving");
    }
    server.repository().connection("d");
    let folder = server.stop();
    fails(&restore(&good, &folder.path().join("data"), &[]), "--force");
    let server = Server::start_in(folder, |_| {});
    assert_eq!(server.repository().names("dataconnection", ""), ["c", "d"]);
}

#[test]
fn force_keeps_what_was_there_with_its_write_ahead_log() {
    let server = Server::start();
    server.repository().connection("in the backup");
    let file = backup(&server.data(), &server.data().parent().unwrap().join("b.db"));
    server.repository().connection("only in the log");
    let folder = server.kill();
    let data = folder.path().join("data");
    assert!(fs::metadata(data.join("patchbay.db-wal")).unwrap().len() > 0);
    says(&restore(&file, &data, &["--force"]), &["restored into", "What was there before is"]);
    let kept: Vec<String> = names(&data).into_iter().filter(|name| name.contains("replaced")).collect();
    assert!(kept[0].starts_with("patchbay.db.replaced-20") && kept.contains(&format!("{}-wal", kept[0])), "{kept:?}");
    let server = Server::start_in(folder, |_| {});
    assert_eq!(server.repository().names("dataconnection", ""), ["in the backup"]);
    let old = rusqlite::Connection::open(data.join(&kept[0])).unwrap();
    let found: Vec<String> = numbers(&old, "SELECT name FROM data_connections ORDER BY name");
    assert_eq!(found, ["in the backup", "only in the log"]);
}

#[test]
fn each_restore_keeps_what_was_there_however_soon_it_follows() {
    let server = Server::start();
    let file = backup(&server.data(), &server.data().parent().unwrap().join("b.db"));
    let folder = server.stop();
    let data = folder.path().join("data");
    let kept = || names(&data).iter().filter(|name| name.contains("replaced")).count();
    for turn in 1..=4 {
        says(&restore(&file, &data, &["--force"]), &["What was there before is"]);
        assert_eq!(kept(), turn);
    }
}

#[test]
fn a_fault_of_the_trail_is_told_and_stops_neither_backup_nor_restore() {
    let server = Server::start();
    server.repository().connection("c");
    let database = rusqlite::Connection::open(server.data().join("patchbay.db")).unwrap();
    assert_eq!(database.execute("UPDATE audit_entries SET detail = 'x' WHERE number = 1", []).unwrap(), 1);
    let file = server.data().parent().unwrap().join("b.db");
    says(
        &patchbay(&server.data(), &["backup", "--to", file.to_str().unwrap()]),
        &["saved in", "fault  audit trail: entry 1"],
    );
    let new = file.with_file_name("new");
    says(&restore(&file, &new, &[]), &["restored into", "fault  audit trail: entry 1"]);
    fails(&patchbay(&new, &["verify"]), "has a fault");
}

#[test]
fn a_database_whose_log_lies_beside_it_is_no_backup() {
    let server = Server::start();
    server.repository().connection("c");
    let folder = server.kill();
    let data = folder.path().join("data");
    fails(&restore(&data.join("patchbay.db"), &folder.path().join("new"), &[]), "is no backup, but a database in use");
}

#[test]
fn verify_tells_each_fault_in_one_line() {
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
        &["patchbay.db\n  schema", "3 data connections, 0 tags", "3 of 3 sealed values open; data keys: 1", "sound"],
    );
    let folder = server.stop();
    let data = folder.path().join("data");
    let database = rusqlite::Connection::open(data.join("patchbay.db")).unwrap();
    database
        .execute_batch(&format!(
            "UPDATE data_connections SET password = (SELECT password FROM data_connections WHERE id = '{0}') WHERE id = '{1}';
            UPDATE data_connections SET password = 'x' WHERE id = '{2}'; DROP INDEX tags_created;",
            ids[0], ids[1], ids[2]
        ))
        .unwrap();
    drop(database);
    let output = patchbay(&data, &["verify"]);
    fails(&output, "patchbay.db has 3 faults");
    let text = String::from_utf8(output.stdout).unwrap();
    for line in [
        format!("  fault  sealed: password of the data connection {}: this was changed, or moved", ids[1]),
        format!("  fault  sealed: password of the data connection {}: this is no sealed value", ids[2]),
        "  fault  schema: index tags_created is missing or other".to_owned(),
        "  1 of 3 sealed values open".to_owned(),
    ] {
        assert_eq!(text.lines().filter(|told| told.starts_with(&line)).count(), 1, "{line}: {text}");
    }
    assert!(!text.contains(CANARY) && !text.contains("  sound"), "{text}");
}

#[test]
fn verify_says_if_it_has_no_master_key_or_a_wrong_one() {
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
    says(&patchbay(&data, &["verify", file]), &["1 sealed values not tried: no master key", "sound"]);
    let told = ["verify", file, "--master-key-file", away.to_str().unwrap()];
    says(&patchbay(&data, &told), &["1 of 1 sealed values open", "sound"]);
    let key = fs::read_to_string(&away).unwrap();
    fs::copy(&away, &master).unwrap();
    let (start, end) = key.split_at(4);
    let other: String = start.chars().map(|character| if character == 'A' { 'B' } else { 'A' }).collect();
    fs::write(&master, other + end).unwrap();
    let output = patchbay(&data, &["verify"]);
    fails(&output, "has a fault");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("fault  keys: the master key is not the one"), "{text}");
}

/// Waits until there is what is waited for.
fn until(what: &str, is_there: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !is_there() {
        assert!(Instant::now() < deadline, "{what}");
        thread::sleep(Duration::from_millis(20));
    }
}

fn scheduled(folder: &Path) -> Vec<String> {
    let all = if folder.is_dir() { names(folder) } else { Vec::new() };
    all.into_iter().filter(|name| name.starts_with("patchbay-scheduled-")).collect()
}

fn start_with(folder: TempDir, to: &Path, more: &[&str]) -> Server {
    Server::start_in(folder, |command| {
        command.arg("--backup-folder").arg(to).args(more);
    })
}

#[test]
fn the_server_makes_backups_by_itself_and_keeps_the_newest() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("backups");
    fs::create_dir(&to).unwrap();
    let others = [
        "notes.txt",
        "patchbay-20200101T000000Z.db",
        "patchbay-scheduled-20200101T000000Z.db.old",
        "patchbay-scheduled-2020.db",
    ];
    let old = ["patchbay-scheduled-20200101T000000Z.db", "patchbay-scheduled-20200102T000000Z.db.age"];
    for name in others.iter().chain(&old) {
        fs::write(to.join(name), "x").unwrap();
    }
    let server = start_with(folder, &to, &["--backup-every", "1s", "--backup-keep", "2"]);
    server.repository().connection("c");
    until("three backups", || server.log().matches("made and checked a backup").count() >= 3);
    until("old ones are removed", || server.log().matches("removed an old backup").count() >= 3);
    let log = server.log();
    assert!(!log.contains("ERROR") && log.contains("data connection"), "{log}");
    let _folder = server.stop();
    let left = names(&to);
    assert!(others.iter().all(|name| left.contains(&(*name).to_owned())), "{left:?}");
    assert!(old.iter().all(|name| !left.contains(&(*name).to_owned())), "{left:?}");
    let made: Vec<&String> = left.iter().filter(|name| !others.contains(&name.as_str())).collect();
    assert_eq!(made.len(), 2, "{left:?}");
    let newest = to.join(made[1]);
    let empty = to.join("no data");
    says(&patchbay(&empty, &["verify", newest.to_str().unwrap()]), &["1 data connection,", "sound"]);
}

#[test]
fn a_scheduled_backup_that_fails_is_told_and_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("backups");
    fs::write(&to, "a file where the folder should be").unwrap();
    let server = start_with(folder, &to, &["--backup-every", "1s", "--log-format", "text"]);
    until("it is told", || server.log().contains("the backup was not made"));
    let log = server.log();
    for part in ["ERROR", "backup-folder, and that Patchbay may write there", "It is tried again in 1s"] {
        assert!(log.contains(part), "{part}: {log}");
    }
    server.repository().connection("c");
    fs::remove_file(&to).unwrap();
    until("it is made after all", || !scheduled(&to).is_empty());
}

#[test]
fn a_restart_makes_no_backup_before_it_is_due() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("backups");
    let (recipient, identity) = key(folder.path(), "identity");
    let more = ["--backup-recipient", recipient.as_str()];
    let server = start_with(folder, &to, &more);
    until("the first", || !scheduled(&to).is_empty());
    let first = scheduled(&to);
    let server = start_with(server.stop(), &to, &more);
    server.repository().connection("c");
    thread::sleep(Duration::from_millis(300));
    assert_eq!(scheduled(&to), first);
    assert!(first[0].ends_with(".db.age"), "{first:?}");
    let file = to.join(&first[0]);
    let verify = ["verify", file.to_str().unwrap(), "--identity", identity.to_str().unwrap()];
    says(&patchbay(&server.data(), &verify), &["0 data connections", "sound"]);
}

/// Ctrl-C ends a backup that is under way, and nothing of it is left.
#[cfg(unix)]
#[test]
fn a_backup_that_is_stopped_leaves_nothing() {
    let server = Server::start();
    let bodies: Vec<Json> = (0..1500)
        .map(|number| {
            let mut body = connection(&format!("c{number}"));
            body["connectionstring"] = json!("x".repeat(20_000));
            body
        })
        .collect();
    for part in bodies.chunks(300) {
        server.repository().post("/dataconnection/many", &json!(part)).expect(201);
    }
    let to = tempfile::tempdir().unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_patchbay"));
    command.args(["backup", "--to"]).arg(to.path()).env("PATCHBAY_DATA", server.data());
    let mut process = command.stderr(std::process::Stdio::piped()).stdout(std::process::Stdio::null()).spawn().unwrap();
    until("it has begun", || !names(to.path()).is_empty());
    crate::support::send_signal("INT", process.id());
    let status = wait(&mut process);
    // The signal may have come before anybody listened, or after the last moment to stop.
    if status.success() {
        assert_eq!(names(to.path()).len(), 1);
    } else if status.code() == Some(1) {
        assert_eq!(names(to.path()), Vec::<String>::new());
    }
    says(&patchbay(&server.data(), &["verify"]), &["1500 data connections", "sound"]);
}
