//! Secrets inside texts: the audit log shows them masked and stores them sealed.

use crate::support::audit::{audit, entries, only, part};
use crate::support::machine::{fails, patchbay, says};
use crate::support::{Client, Reply, Server, connection, encode, id, wait_until};
use rusqlite::Connection;
use serde_json::{Value as Json, json};
use std::fmt::Write;
use std::path::Path;

const SECRET: &str = "canary-7f3a";

fn texts() -> [String; 3] {
    [
        format!("CUSTOM CONNECT TO \"provider=x;host=db;PWD={SECRET};port=1\""),
        format!("https://joe:{SECRET}@example.com/feed"),
        format!("https://example.com/?x=1&api_key={SECRET}&y=2"),
    ]
}

/// All bytes of the database's files.
fn stored(data: &Path) -> Vec<u8> {
    ["patchbay.db", "patchbay.db-wal"]
        .into_iter()
        .flat_map(|file| std::fs::read(data.join(file)).unwrap_or_default())
        .collect()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

fn remove(client: &Client, id: &str) {
    client.delete(&format!("/dataconnection/{id}")).expect_empty(204);
}

#[test]
fn secrets_in_texts_are_shown_masked_and_stored_sealed() {
    let server = Server::start();
    let client = server.repository();
    for (index, text) in texts().iter().enumerate() {
        let mut body = connection(&format!("c{index}"));
        body["connectionstring"] = json!(text);
        let made = client.create("dataconnection", &body);
        // The connection itself shows its text unchanged.
        assert_eq!(made["connectionstring"], *text);
        let path = format!("/dataconnection/{}", id(&made));
        let change = json!({
            "connectionstring": "lib://moved", "password": "hidden",
            "modifiedDate": made["modifiedDate"]
        });
        client.put(&path, &change).expect(200);
        let request = client.request("PUT", &path).header("If-Match", "*");
        Reply::of(request.json(&json!({"connectionstring": text}))).expect(200);
        remove(&client, &id(&made));
        let masked = text.replace(SECRET, "***");
        let sides: Vec<(Json, Json)> = entries(&client, &format!("objectID eq '{}'", id(&made)))
            .iter()
            .map(|entry| (entry["before"].clone(), entry["after"].clone()))
            .collect();
        assert_eq!(sides.len(), 4);
        for (entry, side) in [(0, 1), (1, 0), (2, 1), (3, 0)] {
            let (before, after) = &sides[entry];
            let json: Json = serde_json::from_str([before, after][side].as_str().unwrap()).unwrap();
            assert_eq!(json["connectionstring"], masked, "entry {entry}");
        }
    }
    // Names of entities, items of lists and details of refusals are masked as well.
    let tag = client.create("tag", &json!({"name": format!("token={SECRET}")}));
    client.delete(&format!("/tag/{}", id(&tag))).expect(204);
    let definition = json!({
        "name": "stage", "choiceValues": [format!("pwd={SECRET}")],
        "objectTypes": ["DataConnection"]
    });
    let definition = client.create("custompropertydefinition", &definition);
    client.delete(&format!("/custompropertydefinition/{}", id(&definition))).expect(204);
    let filter = encode(&format!(
        "detail so '{SECRET}' or objectName so '{SECRET}' or before so '{SECRET}' or after so \
         '{SECRET}'"
    ));
    assert_eq!(
        client.get(&format!("/auditentry/count?filter={filter}")).expect(200).json()["value"],
        0
    );
    let exported = String::from_utf8(audit(&server.data(), &["export"]).stdout).unwrap();
    assert!(exported.contains("PWD=***") && !exported.contains(SECRET));
    says(&patchbay(&server.data(), &["verify"]), &["sealed values open", "sound"]);
    let folder = server.stop();
    let database = Connection::open(folder.path().join("data/patchbay.db")).unwrap();
    let in_the_log = "SELECT (SELECT count(*) FROM audit_texts WHERE text LIKE '%canary%') + \
                      (SELECT count(*) FROM audit_entries WHERE before || after || detail || \
                      object_name LIKE '%canary%')";
    assert_eq!(database.query_row(in_the_log, [], |row| row.get::<_, i64>(0)).unwrap(), 0);
}

#[test]
fn a_rotation_reseals_the_secrets_of_the_audit_log_and_they_open_under_another_master_key() {
    let server = Server::start();
    let mut body = connection("c");
    body["connectionstring"] = json!(texts()[0]);
    server.repository().create("dataconnection", &body);
    let data = server.data();
    says(
        &patchbay(&data, &["key", "rotate"]),
        &["secrets sealed again by the data key of term 2: 1;"],
    );
    says(&patchbay(&data, &["verify"]), &["1 of 1 sealed values open", "sound"]);
    let folder = server.stop();
    let data = folder.path().join("data");
    says(&patchbay(&data, &["key", "rekey"]), &["the new master key is in"]);
    says(&patchbay(&data, &["verify"]), &["1 of 1 sealed values open", "sound"]);
    // A secret that was moved or changed does not open.
    let database = Connection::open(data.join("patchbay.db")).unwrap();
    database
        .execute_batch(
            "PRAGMA foreign_keys = OFF; UPDATE audit_secrets SET id = \
             '00000000-0000-4000-8000-000000000000'",
        )
        .unwrap();
    drop(database);
    fails(&patchbay(&data, &["verify"]), "fault");
}

#[test]
fn without_the_master_key_a_secret_is_masked_and_the_entry_says_that_it_was_not_stored() {
    let folder = Server::start().stop();
    std::fs::rename(folder.path().join("data/master.key"), folder.path().join("elsewhere"))
        .unwrap();
    let server = Server::start_in(folder, |_| {});
    let mut body = connection("c");
    body["connectionstring"] = json!(texts()[0]);
    server.repository().create("dataconnection", &body);
    let entry = only(&server.repository(), "objectName eq 'c'");
    assert_eq!(part(&entry, "after")["connectionstring"], texts()[0].replace(SECRET, "***"));
    assert!(
        entry["detail"].as_str().unwrap().contains("a secret was masked and not kept"),
        "{entry}"
    );
}

/// Adds a secret to an entry as earlier versions wrote it, and repairs the hash chain.
fn write_as_earlier(data: &Path, marker: &str) {
    use sha2::{Digest, Sha256};
    let database = Connection::open(data.join("patchbay.db")).unwrap();
    let columns = "number, created_date, id, user_name, address, request_id, action, outcome, \
                   type, object_id, object_name, detail, before, after";
    database
        .execute(
            "UPDATE audit_entries SET after = replace(after, ?1, ?2) WHERE after LIKE '%' || ?1 || \
             '%'",
            [marker, SECRET],
        )
        .unwrap();
    let mut last = String::new();
    let mut statement =
        database.prepare(&format!("SELECT {columns} FROM audit_entries ORDER BY number")).unwrap();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let mut hash = Sha256::new();
        let numbers: [i64; 2] = [row.get(0).unwrap(), row.get(1).unwrap()];
        let texts = (2..14).map(|column| row.get::<_, String>(column).unwrap());
        for text in
            [last.clone()].into_iter().chain(numbers.map(|number| number.to_string())).chain(texts)
        {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        }
        last = String::new();
        for byte in hash.finalize() {
            write!(last, "{byte:02x}").unwrap();
        }
        database
            .execute("UPDATE audit_entries SET hash = ?1 WHERE number = ?2", (&last, numbers[0]))
            .unwrap();
    }
    drop(rows);
    drop(statement);
    database
        .execute("UPDATE audit_bounds SET last_hash = ?1, unmasked_number = last_number", [&last])
        .unwrap();
    database.execute_batch("PRAGMA wal_checkpoint(TRUNCATE); VACUUM").unwrap();
}

#[test]
fn earlier_entries_are_masked_by_a_command_and_the_log_still_verifies() {
    let server = Server::start();
    for number in 0..3 {
        // The field's name is one that is not recognised, so the text is stored as earlier versions
        // did.
        let mut body = connection(&format!("c{number}"));
        body["connectionstring"] = json!(format!("x;PWX=marker{number};y=1"));
        server.repository().create("dataconnection", &body);
    }
    let folder = server.stop();
    let data = folder.path().join("data");
    {
        let database = Connection::open(data.join("patchbay.db")).unwrap();
        database
            .execute_batch(
                "UPDATE audit_entries SET after = replace(after, 'PWX', 'PWD'); \
                                UPDATE data_connections SET connectionstring = 'x', \
                                connectionstring_folded = 'x'",
            )
            .unwrap();
    }
    write_as_earlier(&data, "marker1");
    let verified = says_all(&audit(&data, &["verify"]));
    assert!(verified.contains("all unchanged; the last hash"), "{verified}");
    assert!(holds(&stored(&data), SECRET));
    // Replies and exports mask the texts even before the command has run.
    let exported = says_all(&audit(&data, &["export"]));
    assert!(
        exported.contains("PWD=***") && !exported.contains(SECRET) && !exported.contains("marker"),
        "{exported}"
    );

    let server = Server::start_in(folder, |_| {});
    let warnings =
        |server: &Server| server.log().matches("run patchbay audit mask-secrets").count();
    wait_until(|| warnings(&server) == 1);
    says(&audit(&server.data(), &["mask-secrets"]), &["3 entries masked"]);
    says(&audit(&server.data(), &["mask-secrets"]), &["no audit entry has a secret to mask"]);
    says(
        &audit(&server.data(), &["verify"]),
        &["except the secrets of 3 entries that were masked later"],
    );
    says(&patchbay(&server.data(), &["verify"]), &["3 of 3 sealed values open", "sound"]);
    let client = server.repository();
    let record = only(&client, "action eq 'mask secrets'");
    assert_eq!(
        (&record["userName"], record["detail"].as_str().unwrap().split(',').next()),
        (&json!("patchbay audit mask-secrets"), Some("3 entries"))
    );
    let entry = only(&client, "objectName eq 'c1' and action eq 'create'");
    assert_eq!(part(&entry, "after")["connectionstring"], "x;PWD=***;y=1");
    // Verification has no warning left.
    let server = Server::start_in(server.stop(), |_| {});
    wait_until(|| warnings(&server) == 1);
    let folder = server.stop();
    let data = folder.path().join("data");
    assert!(!holds(&stored(&data), SECRET), "the file still holds the secret");
    check_tampering(&data);
}

/// Masked texts are covered by the record of the masking, as the rest is by the hash chain.
fn check_tampering(data: &Path) {
    for (change, fault) in [
        (
            "UPDATE audit_entries SET detail = 'x' WHERE number = (SELECT min(number) FROM \
             audit_masks)",
            "was changed after it was written",
        ),
        ("UPDATE audit_masks SET hash = upper(hash)", "was changed after it was written"),
        (
            "DELETE FROM audit_masks WHERE number = (SELECT min(number) FROM audit_masks)",
            "was changed after it was written",
        ),
        (
            "INSERT INTO audit_masks (record, number, hash) SELECT 1, number + 1000, hash FROM \
             audit_masks",
            "no entry records that",
        ),
        (
            "INSERT INTO audit_masks (record, number, hash) SELECT record, number + 1000, hash \
             FROM audit_masks",
            "masked were changed since",
        ),
    ] {
        let copy = tempfile::tempdir().unwrap();
        std::fs::copy(data.join("patchbay.db"), copy.path().join("patchbay.db")).unwrap();
        let database = Connection::open(copy.path().join("patchbay.db")).unwrap();
        assert!(database.execute(change, []).unwrap() > 0, "{change}");
        drop(database);
        fails(&audit(copy.path(), &["verify"]), fault);
    }
}

fn says_all(output: &std::process::Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}
