//! Making backups: consistent beside writers, equal after a restore, private or encrypted for
//! recipients, and without leftovers when stopped.

use crate::support::backups::{CANARY, backup, key, names, restore};
use crate::support::databases::{Dump, content, numbers, uses};
use crate::support::machine::{fails, patchbay, says};
use crate::support::{Client, Reply, Server, connection, id, program, wait, wait_until};
use rusqlite::types::Value as SqlValue;
use serde_json::{Value as Json, json};
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Restores into a new folder that a server can start from, with the master key of the old one.
fn restored(backup: &Path, data: &Path) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let new = folder.path().join("data");
    says(&restore(backup, &new, &[]), &["restored into", "and checked", "master key"]);
    fs::copy(data.join("master.key"), new.join("master.key")).unwrap();
    folder
}

/// The progress of a writer: the last numbers that it started and that the server acknowledged.
#[derive(Default)]
struct Writer {
    begun: AtomicI64,
    acknowledged: AtomicI64,
}

/// Creates connections `w-1`, `w-2`, … with all that belongs to them, and after each stores its
/// number in two properties of another connection.
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

/// Creates two tags and returns them with two custom property values, as parts of a body.
fn parts(client: &Client) -> Json {
    let tags = ["one", "two"].map(|name| client.create("tag", &json!({ "name": name })));
    let definition = json!({
        "name": "stage", "objectTypes": ["DataConnection"], "choiceValues": ["test", "prod"]
    });
    client.create("custompropertydefinition", &definition);
    let value = |value: &str| json!({"value": value, "definition": {"name": "stage"}});
    json!({"tags": tags, "customProperties": [value("test"), value("prod")]})
}

#[test]
fn a_backup_beside_writers_is_a_consistent_state() {
    let server = Server::start();
    let parts = parts(&server.repository());
    let (data, is_over) = (server.data(), AtomicBool::new(false));
    let writers: [Writer; 4] = Default::default();
    let read = |of: fn(&Writer) -> &AtomicI64| {
        writers.each_ref().map(|writer| of(writer).load(Ordering::SeqCst))
    };
    let (before, after, backup_file) = thread::scope(|scope| {
        for (number, writer) in writers.iter().enumerate() {
            let (client, name) = (server.repository(), format!("w{number}"));
            let (parts, is_over) = (&parts, &is_over);
            scope.spawn(move || write(&client, &name, parts, writer, is_over));
        }
        let deadline = Instant::now() + Duration::from_secs(20);
        while read(|writer| &writer.acknowledged).iter().any(|number| *number < 10)
            && Instant::now() < deadline
        {
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
    assert_part_of(&content(&new_data.join("patchbay.db")), &content(&data.join("patchbay.db")));

    // Without writers, the backup equals the database, table by table.
    let quiet = backup(&data, &data.parent().unwrap().join("quiet.db"));
    let quiet = restored(&quiet, &data);
    let (copy, original) =
        (content(&quiet.path().join("data/patchbay.db")), content(&data.join("patchbay.db")));
    assert!(copy.len() > 15);
    for (table, rows) in &original {
        assert_eq!(copy.get(table), Some(rows), "{table}");
    }

    let all = after_restart(new, &server);
    assert!(all >= 44, "{all}");
}

/// The data is each writer's work up to some moment between `before` and `after`, without anything
/// later.
fn assert_state_of_writers(data: &Path, before: &[i64; 4], after: &[i64; 4]) {
    let database = rusqlite::Connection::open(data.join("patchbay.db")).unwrap();
    for writer in 0..4 {
        let mut made: Vec<i64> = numbers(
            &database,
            &format!(
                "SELECT CAST(substr(name, 4) AS INTEGER) FROM data_connections WHERE name LIKE \
                 'w{writer}-%'"
            ),
        );
        made.sort_unstable();
        let last = i64::try_from(made.len()).unwrap();
        assert_eq!(
            made,
            (1..=last).collect::<Vec<_>>(),
            "the connections of a writer are not all there, in order"
        );
        assert!(
            (before[writer]..=after[writer]).contains(&last),
            "{} <= {last} <= {}",
            before[writer],
            after[writer]
        );
        let noted: Vec<String> = numbers(
            &database,
            &format!(
                "SELECT username || ' ' || connectionstring FROM data_connections WHERE name = \
                 'note w{writer}'"
            ),
        );
        let is_whole = |number: i64| noted == [format!("{number} {number}")];
        assert!(is_whole(last) || is_whole(last - 1), "{noted:?} of {last}");
    }
    // Each of them has a password, and the usage counts of the keys are of the same moment.
    let sealed = numbers(&database, "SELECT count(*) FROM data_connections WHERE password <> ''");
    assert_eq!(uses(data), [(1, sealed[0])]);
    for of in ["data_connection_tags", "data_connection_custom_properties"] {
        let sql = format!(
            "SELECT (SELECT count(*) FROM {of} WHERE entity_id = data_connections.id) FROM \
             data_connections WHERE name LIKE 'w%'"
        );
        let counts: Vec<i64> = numbers(&database, &sql);
        assert!(counts.len() >= 40 && counts.iter().all(|count| *count == 2), "{of}: {counts:?}");
    }
}

/// Every row of the earlier state is unchanged in the later one, except for the few that writers
/// change.
fn assert_part_of(earlier: &Dump, later: &Dump) {
    let is_note = |row: &[SqlValue]| {
        row.iter().any(|value| matches!(value, SqlValue::Text(text) if text.starts_with("note w")))
    };
    for (table, rows) in earlier {
        let fixed = rows.iter().filter(|row| !is_note(row));
        for row in
            fixed.filter(|_| !["versions", "audit_bounds", "data_keys"].contains(&table.as_str()))
        {
            assert!(later[table].contains(row), "{table}: {row:?}");
        }
    }
}

/// Serves the restored data, compares it with what the old server shows, and returns the number of
/// connections.
fn after_restart(folder: TempDir, old: &Server) -> usize {
    let new = Server::start_in(folder, |_| {});
    let all = new.repository().get("/dataconnection/full").expect(200).json();
    let all = all.as_array().unwrap();
    for one in all.iter().filter(|one| !one["name"].as_str().unwrap().starts_with("note")) {
        let path = format!("/dataconnection/{}", id(one));
        assert_eq!(*one, old.repository().get(&path).expect(200).json());
    }
    let sealed = all.len() - 4;
    says(
        &patchbay(&new.data(), &["verify"]),
        &[&format!("{sealed} of {sealed} sealed values open"), "sound"],
    );
    // The restored server accepts writes as the old one did.
    new.repository().connection("another");
    all.len()
}

#[test]
fn a_backup_is_private_holds_no_password_and_leaves_no_other_file() {
    let server = Server::start();
    let mut body = connection("c");
    body["password"] = json!(CANARY);
    server.repository().create("dataconnection", &body);
    let folder = tempfile::tempdir().unwrap();
    let (data, to) = (server.data(), folder.path().join("new/"));
    fs::create_dir(&to).unwrap();
    let text = says(
        &patchbay(&data, &["backup", "--to", to.to_str().unwrap()]),
        &[
            "saved in",
            "1 data connection, 0 tags",
            "6 users",
            "12 system rules",
            "The master key is not in the backup",
        ],
    );
    let made = names(&to);
    assert!(
        made.len() == 1 && made[0].starts_with("patchbay-20") && made[0].ends_with("Z.db"),
        "{made:?}"
    );
    assert!(text.contains(&made[0]) && !text.contains(CANARY), "{text}");
    let bytes = fs::read(to.join(&made[0])).unwrap();
    let master = fs::read(data.join("master.key")).unwrap();
    for secret in [CANARY.as_bytes(), &master] {
        assert!(!bytes.windows(secret.len()).any(|window| window == secret));
    }
    assert!(
        bytes.windows(11).any(|window| window == b"lib://sales"),
        "text that is not secret must be in the backup"
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(to.join(&made[0])).unwrap().permissions().mode() & 0o777, 0o600);
    }
    // Without --to, and of a database that is not in use.
    let folder = server.stop();
    let data = folder.path().join("data");
    let before = names(&data);
    says(&patchbay(&data, &["backup"]), &["saved in ./patchbay-20"]);
    assert_eq!(names(&data), before);
    assert_eq!(
        names(folder.path()).iter().filter(|name| name.starts_with("patchbay-20")).count(),
        1
    );
}

#[test]
fn only_its_recipients_can_open_an_encrypted_backup() {
    let server = Server::start();
    let mut body = connection("of the sealed backup");
    body["password"] = json!(CANARY);
    server.repository().create("dataconnection", &body);
    let (folder, data) = (tempfile::tempdir().unwrap(), server.data());
    let [(anna, of_anna), (bert, of_bert), (_, of_carla)] =
        ["anna", "bert", "carla"].map(|name| key(folder.path(), name));
    let [of_anna, of_bert, of_carla] =
        [&of_anna, &of_bert, &of_carla].map(|path| path.to_str().unwrap());
    let to = folder.path().join("sealed.age");
    let arguments =
        ["backup", "--to", to.to_str().unwrap(), "--recipient", &anna, "--recipient", &bert];
    says(&patchbay(&data, &arguments), &["saved, encrypted, in", "1 data connection,"]);
    assert_eq!(names(folder.path()), ["anna", "bert", "carla", "sealed.age"]);
    assert!(!names(&data).iter().any(|name| name.contains("unfinished")), "{:?}", names(&data));
    let bytes = fs::read(&to).unwrap();
    assert!(bytes.starts_with(b"age-encryption.org/v1"));
    for plain in [&b"SQLite format"[..], b"of the sealed backup", b"CREATE TABLE"] {
        assert!(!bytes.windows(plain.len()).any(|window| window == plain));
    }

    let new = folder.path().join("new");
    for (more, part) in [
        (&["--identity", of_carla][..], "is not encrypted for this identity"),
        (&[], "pass the file with its secret key as --identity"),
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
        fails(&restore(&file, &new, &["--identity", of_anna]), "was changed or cut short");
        fs::write(&file, &bytes[..changed]).unwrap();
        fails(&restore(&file, &new, &["--identity", of_anna]), "was changed or cut short");
        assert!(!new.exists());
    }
    let master = data.join("master.key");
    let verify = ["verify", to.to_str().unwrap(), "--master-key-file", master.to_str().unwrap()];
    fails(&patchbay(&data, &verify), "pass the file with its secret key as --identity");
    says(
        &patchbay(&data, &[&verify[..], &["--identity", of_bert]].concat()),
        &["1 of 1 sealed values open", "sound"],
    );
    for (name, identity) in [("first", of_anna), ("second", of_bert)] {
        let new = folder.path().join(name);
        says(
            &restore(&to, &new, &["--identity", identity]),
            &["restored into", "1 data connection,"],
        );
        assert_eq!(names(&new), ["patchbay.db", "patchbay.lock"]);
        assert_eq!(content(&new.join("patchbay.db")), content(&data.join("patchbay.db")));
    }
}

/// Ctrl-C stops a running backup, which leaves no file behind.
#[cfg(unix)]
#[test]
fn a_stopped_backup_leaves_no_file() {
    let server = Server::start();
    let bodies: Vec<Json> = (0..600)
        .map(|number| {
            let mut body = connection(&format!("c{number}"));
            body["connectionstring"] = json!("x".repeat(20_000));
            body
        })
        .collect();
    for part in bodies.chunks(300) {
        server.repository().post("/dataconnection/many", &json!(part)).expect(201);
    }
    // The signal may arrive before the handler is installed, or too late to stop the backup.
    let mut has_stopped = false;
    for _ in 0..20 {
        let to = tempfile::tempdir().unwrap();
        let mut command = program();
        command.args(["backup", "--to"]).arg(to.path()).env("PATCHBAY_DATA", server.data());
        let mut process = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        wait_until(|| !names(to.path()).is_empty());
        crate::support::send_signal("INT", process.id());
        let status = wait(&mut process);
        if status.success() {
            assert_eq!(names(to.path()).len(), 1);
        } else if status.code() == Some(1) {
            assert_eq!(names(to.path()), Vec::<String>::new());
            has_stopped = true;
            break;
        }
    }
    assert!(has_stopped, "no backup was stopped");
    says(&patchbay(&server.data(), &["verify"]), &["600 data connections", "sound"]);
}
