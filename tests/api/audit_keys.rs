//! The audit log with damaged keys, sealed secrets or texts: changes go on, and verification names
//! what is lost.

use crate::support::audit::{audit, entries, only, part};
use crate::support::credentials::{password, with_password};
use crate::support::databases::{open, uses};
use crate::support::machine::{fails, patchbay, says};
use crate::support::{Client, Reply, Server, connection, encode, id, wait_until};
use rusqlite::Connection;
use serde_json::{Value as Json, json};

const SECRET: &str = "canary-7f3a";
const LOST: &str = "a secret was masked and not kept";

fn text(number: usize) -> String {
    format!("x;PWD={SECRET}-{number};y=1")
}

fn with_secret(client: &Client, number: usize) -> Json {
    let mut body = connection(&format!("c{number}"));
    body["connectionstring"] = json!(text(number));
    client.create("dataconnection", &body)
}

fn entry_of(client: &Client, action: &str, id: &str) -> Json {
    only(client, &format!("objectID eq '{id}' and action eq '{action}'"))
}

#[test]
fn connections_with_secrets_can_be_changed_and_deleted_while_no_data_key_opens() {
    let server = Server::start();
    let client = server.repository();
    let database = open(&server);
    let sealed: String =
        database.query_row("SELECT sealed_key FROM data_keys", [], |row| row.get(0)).unwrap();
    let of_another_site = {
        let other = Server::start_new();
        open(&other)
            .query_row("SELECT sealed_key FROM data_keys", [], |row| row.get::<_, String>(0))
            .unwrap()
    };
    let damages = [
        "UPDATE data_keys SET sealed_key = 'x'".to_owned(),
        "UPDATE data_keys SET sealed_key = substr(sealed_key, 1, 130) || 'AAAA' || \
         substr(sealed_key, 135)"
            .to_owned(),
        "UPDATE data_keys SET sealed_key = CAST(x'61FF62' AS TEXT)".to_owned(),
        "UPDATE data_keys SET term = -1".to_owned(),
        "DELETE FROM data_keys".to_owned(),
        format!("UPDATE data_keys SET sealed_key = '{of_another_site}'"),
    ];
    for (number, damage) in damages.iter().enumerate() {
        let [changed, removed] =
            [2 * number, 2 * number + 1].map(|number| with_secret(&client, number));
        database.execute(damage, []).unwrap();
        let path = format!("/dataconnection/{}", id(&changed));
        let mut body = changed.clone();
        body["connectionstring"] = json!(format!("{};z=2", text(2 * number)));
        client.put(&path, &body).expect(200);
        client.delete(&format!("/dataconnection/{}", id(&removed))).expect_empty(204);
        let update = entry_of(&client, "update", &id(&changed));
        assert_eq!(part(&update, "before")["connectionstring"], "x;PWD=***;y=1", "{damage}");
        assert_eq!(part(&update, "after")["connectionstring"], "x;PWD=***;y=1;z=2", "{damage}");
        assert!(update["detail"].as_str().unwrap().contains(LOST), "{damage}: {update}");
        let deletion = entry_of(&client, "delete", &id(&removed));
        assert!(deletion["detail"].as_str().unwrap().contains(LOST), "{damage}: {deletion}");
        // A connection's own password is never stored unencrypted.
        body = client.get(&path).expect(200).json();
        body["password"] = json!("hidden");
        assert!(client.put(&path, &body).status >= 500, "{damage}");
        // One warning, however many entries.
        wait_until(|| {
            server.log().matches("the audit log can't store its masked secrets").count()
                == number + 1
        });
        database.execute("DELETE FROM data_keys", []).unwrap();
        database
            .execute(
                "INSERT INTO data_keys (term, created_date, sealed_key, uses) VALUES (1, 0, ?1, 9)",
                [&sealed],
            )
            .unwrap();
        // With the key, secrets are stored again.
        let request = client.request("PUT", &path).header("If-Match", "*");
        Reply::of(request.json(&json!({"password": "hidden", "connectionstring": "lib://x"})))
            .expect(200);
        let again = with_secret(&client, 100 + number);
        assert!(
            !entry_of(&client, "create", &id(&again))["detail"].as_str().unwrap().contains(LOST)
        );
    }
    assert!(!server.log().contains(SECRET));
}

/// The id of the sealed secret in the entry of an entity's creation.
const SECRET_OF: &str = "(SELECT secret_id FROM audit_texts JOIN audit_entry_texts ON text_id = \
                         audit_texts.id JOIN audit_entries USING (number) WHERE secret_id <> '' \
                         AND object_id = ?1 AND action = 'create')";

fn terms(server: &Server) -> Vec<u32> {
    uses(&server.data()).into_iter().map(|(term, _)| term).collect()
}

#[test]
fn an_unreadable_secret_of_the_audit_log_is_reported_and_keeps_no_old_key() {
    let server = Server::start();
    let client = server.repository();
    let database = open(&server);
    let one = with_password(&client, "one");
    let mut term = 1;
    for (number, damage) in [
        "substr(sealed, 1, 120) || 'AAAA' || substr(sealed, 125)",
        "CAST(x'61FF62' AS TEXT)",
        "' '",
        "(SELECT sealed FROM audit_secrets WHERE sealed <> '' ORDER BY rowid LIMIT 1)",
    ]
    .into_iter()
    .enumerate()
    {
        let [sound, broken] =
            [2 * number, 2 * number + 1].map(|number| id(&with_secret(&client, number)));
        let change = format!("UPDATE audit_secrets SET sealed = {damage} WHERE id = {SECRET_OF}");
        assert_eq!(database.execute(&change, [&broken]).unwrap(), 1, "{damage}");
        let entry = id(&entry_of(&client, "create", &broken));
        let kept = database
            .query_row("SELECT sealed_key FROM data_keys", [], |row| row.get::<_, String>(0))
            .unwrap();
        let fault = format!("of the audit entry {entry}: ");
        let text = says(
            &patchbay(&server.data(), &["key", "rotate"]),
            &["older data keys removed: 1", &fault],
        );
        assert!(!text.contains(&id(&entry_of(&client, "create", &sound))), "{text}");
        term += 1;
        assert_eq!(terms(&server), [term], "{damage}");
        assert_eq!(password(&server, &one), "secret of one");
        // This is the state that an earlier version left: the older key was kept for that secret
        // alone. Removing it needs no other key.
        let stay =
            "INSERT INTO data_keys (term, created_date, sealed_key, uses) VALUES (?1, 0, ?2, 9)";
        database.execute(stay, (term - 1, &kept)).unwrap();
        says(
            &patchbay(&server.data(), &["key", "rotate"]),
            &["older data keys removed: 1", &fault],
        );
        assert_eq!(terms(&server), [term], "{damage}");
        let recorded =
            client.get("/auditentry/full?filter=action%20eq%20'seal%20anew'").expect(200).json();
        let last = recorded.as_array().unwrap().last().unwrap();
        assert!(
            last["detail"]
                .as_str()
                .unwrap()
                .contains("sealed secrets of the audit log that can't be opened"),
            "{last}"
        );
        for made in [sound, broken] {
            client.delete(&format!("/dataconnection/{made}")).expect_empty(204);
        }
    }
}

#[test]
fn a_secret_recorded_again_is_sealed_again_if_the_stored_copy_is_damaged() {
    let server = Server::start();
    let client = server.repository();
    let database = open(&server);
    for damage in [
        "'x'",
        "CAST(x'61FF62' AS TEXT)",
        "substr(sealed, 1, 120) || 'AAAA' || substr(sealed, 125)",
    ] {
        let made = id(&with_secret(&client, 1));
        let change = format!("UPDATE audit_secrets SET sealed = {damage} WHERE id = {SECRET_OF}");
        assert_eq!(database.execute(&change, [&made]).unwrap(), 1, "{damage}");
        client.delete(&format!("/dataconnection/{made}")).expect_empty(204);
        says(&patchbay(&server.data(), &["verify"]), &["1 of 1 sealed values open", "sound"]);
    }
}

#[test]
fn an_entry_with_a_damaged_or_missing_text_is_reported_and_the_others_are_shown() {
    let server = Server::start_in(tempfile::tempdir().unwrap(), |command| {
        command.args(["--answer-cache-bytes", "0"]);
    });
    let client = server.repository();
    let database = open(&server);
    database.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    let long = |name: &str| {
        let mut body = connection(name);
        body["connectionstring"] = json!(format!("{name} {}", "x".repeat(300)));
        id(&client.create("dataconnection", &body))
    };
    let [broken, sound] = ["broken", "sound"].map(long);
    let entry = id(&entry_of(&client, "create", &broken));
    let (text, number): (i64, i64) = database
        .query_row(
            "SELECT text_id, number FROM audit_entry_texts JOIN audit_entries USING (number) WHERE \
             object_id = ?1",
            [&broken],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    for (damage, served, verified) in [
        (
            "text = CAST(x'22FF22' AS TEXT)",
            "is damaged",
            format!("text {text} of entry {number} was changed after"),
        ),
        ("text = 'x'", "is damaged", format!("text {text} of entry {number} was changed after")),
        (
            "digest = 'x'",
            "is missing",
            format!("row: the AuditEntry {entry} can't be read: its after refers to a text"),
        ),
        ("id = 99999", "", format!("a text of entry {number} is missing")),
    ] {
        let change = format!("UPDATE audit_texts SET {damage} WHERE id = {text}");
        database
            .execute_batch(&format!(
                "BEGIN; CREATE TEMP TABLE kept AS SELECT * FROM audit_texts; {change}; COMMIT"
            ))
            .unwrap();
        let also = id(&client.create("tag", &json!({"name": format!("t {}", damage.len())})));
        let other =
            format!("UPDATE audit_entries SET detail = detail || 'x' WHERE object_id = '{also}'");
        database.execute_batch(&other).unwrap();
        if !served.is_empty() {
            let named = format!(
                "the AuditEntry {entry} can't be read: its after refers to a text in audit_texts \
                 that {served}"
            );
            let filtered = format!("/auditentry/full?filter={}", encode("after so 'sound'"));
            let by_id = format!("/auditentry/{entry}");
            for path in ["/auditentry/full", by_id.as_str()] {
                client.get(path).expect(500).says(&[&named, "patchbay verify"]);
            }
            if damage == "text = 'x'" {
                client.get(&filtered).expect(500).says(&[&named]);
            }
            fails(&audit(&server.data(), &["export"]), &named);
        }
        // Other entries are unaffected, and changes go on.
        assert_eq!(entries(&client, &format!("objectID eq '{sound}'")).len(), 1);
        let verify = patchbay(&server.data(), &["verify"]);
        let lines = String::from_utf8_lossy(&verify.stdout).into_owned();
        assert!(lines.contains(&verified), "{damage}: {lines}");
        let later: i64 = database
            .query_row("SELECT number FROM audit_entries WHERE object_id = ?1", [&also], |row| {
                row.get(0)
            })
            .unwrap();
        assert!(
            lines.contains(&format!(
                "entry {later}, or the one before it, was changed after it was written"
            )),
            "{damage}: {lines}"
        );
        fails(&audit(&server.data(), &["verify"]), &format!("entry {number} "));
        database
            .execute_batch(
                "BEGIN; DELETE FROM audit_texts; INSERT INTO audit_texts SELECT * FROM kept; DROP \
                 TABLE kept; COMMIT",
            )
            .unwrap();
        client.get("/auditentry/full").expect(200);
    }
}

#[test]
fn rows_that_belong_to_no_audit_entry_are_faults() {
    let server = Server::start();
    let client = server.repository();
    let made = id(&with_secret(&client, 1));
    let request = client.request("PUT", &format!("/dataconnection/{made}")).header("If-Match", "*");
    Reply::of(request.json(&json!({"connectionstring": "lib://x"}))).expect(200);
    with_secret(&client, 2);
    client.delete(&format!("/dataconnection/{made}")).expect_empty(204);
    says(&patchbay(&server.data(), &["key", "rotate"]), &["older data keys removed: 1"]);
    with_secret(&client, 1);
    says(&patchbay(&server.data(), &["audit", "mask-secrets"]), &["no audit entry has a secret"]);
    says(&patchbay(&server.data(), &["verify"]), &["sound"]);
    let database = open(&server);
    for (change, fault) in [
        (
            "INSERT INTO audit_texts (digest, secret_id, text) VALUES \
             ('c775e7b757ede630cd0aa1113bd102661ab38829ca52a6422ab782862f268646', '', \
             '1234567890')",
            "rows of audit_texts that belong to no entry: 1;",
        ),
        (
            "INSERT INTO audit_secrets SELECT '00000000-0000-4000-8000-000000000000', sealed FROM \
             audit_secrets LIMIT 1",
            "rows of audit_secrets that belong to no entry: 1;",
        ),
        (
            "INSERT INTO audit_entry_texts VALUES (9999, 1)",
            "rows of audit_entry_texts that belong to no entry: 1;",
        ),
        (
            "INSERT INTO audit_entry_texts SELECT number, (SELECT max(id) FROM audit_texts) FROM \
             audit_entries ORDER BY number LIMIT 1",
            "rows of audit_entry_texts link entry 1 to texts that it does not refer to",
        ),
        ("UPDATE audit_secrets SET sealed = ''", "empty rows of audit_secrets: "),
        ("DELETE FROM audit_entries", "rows of audit_entry_texts that belong to no entry: "),
    ] {
        let copy = tempfile::tempdir().unwrap();
        let file = copy.path().join("patchbay.db");
        database.execute("VACUUM INTO ?1", [file.to_str().unwrap()]).unwrap();
        let changed = Connection::open(&file).unwrap();
        changed.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA journal_mode = WAL").unwrap();
        assert!(changed.execute(change, []).unwrap() > 0, "{change}");
        drop(changed);
        let verified = patchbay(copy.path(), &["verify"]);
        assert!(!verified.status.success(), "{change}");
        let lines = String::from_utf8_lossy(&verified.stdout).into_owned();
        assert!(lines.contains(&format!("fault  audit log: {fault}")), "{change}: {lines}");
    }
}
