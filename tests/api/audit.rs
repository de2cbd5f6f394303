//! The audit log: which events have an entry, what an entry contains, who can read it, and that
//! tampering is detected.

mod operator;

use crate::support::audit::{audit, entries, only, part};
use crate::support::machine::fails;
use crate::support::visitor::{PASSWORD, Visitor, set_password, start};
use crate::support::{Client, Reply, Server, connection, id, program, wait_until};
use rusqlite::Connection;
use serde_json::{Value as Json, json};
use std::process::Command;

/// Waits for the entries of earlier requests: refusals are recorded asynchronously, but before any
/// later write.
fn after_what_was_sent(client: &Client) {
    client.create("tag", &json!({"name": "later"}));
}

#[test]
fn each_change_has_an_audit_entry_with_the_values_before_and_after() {
    let server = Server::start();
    let client = server.repository();
    let body = json!({
        "name": "sales", "connectionstring": "lib://sales", "type": "internet",
        "password": "canary-1"
    });
    let reply = server.user("anna").post("/dataconnection", &body).expect(201);
    let made = reply.json();
    let of = |action: &str| format!("objectID eq '{}' and action eq '{action}'", id(&made));
    let entry = only(&client, &of("create"));
    assert_eq!(entry["requestID"], reply.header("x-request-id"));
    for (property, value) in [
        ("userName", "LAB\\anna"),
        ("address", "127.0.0.1"),
        ("outcome", "done"),
        ("type", "DataConnection"),
        ("objectName", "sales"),
        ("before", ""),
    ] {
        assert_eq!(entry[property], value, "{property}");
    }
    let (mut after, mut shown) = (part(&entry, "after"), made.clone());
    for json in [&mut after, &mut shown] {
        json.as_object_mut().unwrap().remove("privileges");
    }
    assert_eq!(after, shown);
    // The entry of the new user comes right before the one of the user's first entity.
    let user = only(&client, "type eq 'User' and objectName ew 'anna'");
    assert_eq!((&user["action"], &user["requestID"]), (&json!("create"), &entry["requestID"]));
    assert!(user["number"].as_i64() < entry["number"].as_i64());

    let change = json!({
        "modifiedDate": made["modifiedDate"], "connectionstring": "lib://other",
        "password": "canary-2"
    });
    client.put(&format!("/dataconnection/{}", id(&made)), &change).expect(200);
    let entry = only(&client, &of("update"));
    assert_eq!(
        (&entry["userName"], &entry["detail"]),
        (&json!("INTERNAL\\sa_repository"), &json!("a new password"))
    );
    let (before, after) = (part(&entry, "before"), part(&entry, "after"));
    assert_eq!(
        (&before["connectionstring"], &after["connectionstring"]),
        (&json!("lib://sales"), &json!("lib://other"))
    );
    assert_eq!(
        before.as_object().unwrap().keys().collect::<Vec<_>>(),
        after.as_object().unwrap().keys().collect::<Vec<_>>()
    );
    assert_eq!((before.get("name"), before.get("type")), (None, None));

    client.delete(&format!("/dataconnection/{}", id(&made))).expect_empty(204);
    let entry = only(&client, &of("delete"));
    assert_eq!(
        (part(&entry, "before")["connectionstring"].clone(), &entry["after"]),
        (json!("lib://other"), &json!(""))
    );
    let exported = audit(&server.data(), &["export"]);
    let lines = String::from_utf8(exported.stdout).unwrap();
    assert_eq!(lines.lines().count(), entries(&client, "number gt 0").len());
    assert!(lines.contains("lib://other") && !lines.contains("canary"), "{lines}");
}

#[test]
fn refused_requests_have_an_entry_and_requests_without_effect_do_not() {
    let server = Server::start();
    let client = server.repository();
    let made = client.connection("theirs");
    let anna = server.user("anna");
    anna.get("/tag").expect(200);
    let count = || client.get("/auditentry/count").expect(200).json()["value"].as_i64().unwrap();
    let before = count();
    client.post("/dataconnection", &connection("theirs")).expect(400);
    client
        .post("/dataconnection/many", &json!([connection("one"), connection("theirs")]))
        .expect(400);
    client.put(&format!("/dataconnection/{}", id(&made)), &json!({"name": "x"})).expect(409);
    client.post("/dataconnection/previewcreateprivilege", &connection("two")).expect(201);
    anna.delete(&format!("/dataconnection/{}", id(&made))).expect(404);
    assert_eq!(count(), before);

    let refused = anna.post("/tag", &json!({"name": "mine"})).expect(403);
    Reply::of(client.raw("GET", &format!("{}/qrs/tag", server.base))).expect(401);
    let request = refused.header("x-request-id").to_owned();
    after_what_was_sent(&client);
    let entry = only(&client, &format!("requestID eq '{request}'"));
    assert_eq!((&entry["userName"], &entry["outcome"]), (&json!("LAB\\anna"), &json!("refused")));
    assert_eq!(entry["action"], "POST /qrs/tag");
    assert!(
        entry["detail"].as_str().unwrap().starts_with("403: LAB\\anna may not create this tag"),
        "{entry}"
    );
    assert_eq!(only(&client, "detail sw '401'")["action"], "GET /qrs/tag");
}

#[test]
fn auditors_can_read_the_audit_log_and_no_request_can_write_to_it() {
    let server = Server::start();
    let client = server.repository();
    client.connection("c");
    for (user, roles, sees) in [
        ("anna", json!([]), false),
        ("content", json!(["ContentAdmin"]), false),
        ("security", json!(["SecurityAdmin"]), false),
        ("audit", json!(["AuditAdmin"]), true),
        ("root", json!(["RootAdmin"]), true),
    ] {
        client.create("user", &json!({"userDirectory": "LAB", "userId": user, "roles": roles}));
        let reader = server.user(user);
        let count = reader.get("/auditentry/count").expect(200).json()["value"].as_i64().unwrap();
        assert_eq!(count > 0, sees, "{user}");
        let one = id(&entries(&client, "objectName eq 'c'")[0]);
        reader.get(&format!("/auditentry/{one}")).expect(if sees { 200 } else { 404 });
        for (method, path) in
            [("POST", ""), ("PUT", &*format!("/{one}")), ("DELETE", &*format!("/{one}"))]
        {
            Reply::of(reader.request(method, &format!("/auditentry{path}")).json(&json!({})))
                .expect(405);
        }
    }
    let page = client
        .get("/auditentry?orderby=number%20desc&take=2&filter=type%20eq%20'user'")
        .expect(200)
        .json();
    let numbers: Vec<i64> =
        page.as_array().unwrap().iter().map(|entry| entry["number"].as_i64().unwrap()).collect();
    assert!(numbers.len() == 2 && numbers[0] > numbers[1]);
}

#[test]
fn tampering_with_the_audit_log_is_detected() {
    let server = Server::start();
    for number in 0..5 {
        server.repository().connection(&format!("c{number}"));
    }
    let data = server.data();
    let sound = audit(&data, &["verify"]);
    assert!(sound.status.success());
    assert!(String::from_utf8(sound.stdout).unwrap().contains("all unchanged; the last hash is "));
    let folder = server.stop();
    let data = folder.path().join("data");
    let path = data.join("patchbay.db");
    let last = "(SELECT max(number) FROM audit_entries)";
    for (change, fault) in [
        (
            "UPDATE audit_entries SET user_name = 'LAB\\eve' WHERE number = 3".to_owned(),
            "entry 3, or the one before it, was changed",
        ),
        (
            "UPDATE audit_entries SET after = replace(after, 'lib', 'xxx') WHERE number = 3"
                .to_owned(),
            "entry 3",
        ),
        (
            "UPDATE audit_entries SET address = detail, detail = address WHERE number = 4"
                .to_owned(),
            "entry 4",
        ),
        (
            "UPDATE audit_entries SET user_name_folded = 'zzz' WHERE number = 4".to_owned(),
            "entry 4 has folded names that differ",
        ),
        ("UPDATE audit_entries SET hash = upper(hash) WHERE number = 4".to_owned(), "entry 4"),
        ("DELETE FROM audit_entries WHERE number = 3".to_owned(), "entry 3 is missing"),
        ("DELETE FROM audit_entries WHERE number = 1".to_owned(), "entry 1 is missing"),
        (format!("DELETE FROM audit_entries WHERE number = {last}"), "the audit log ends with"),
        ("DELETE FROM audit_entries".to_owned(), "the audit log ends with entry 0"),
    ] {
        let copy = tempfile::tempdir().unwrap();
        std::fs::copy(&path, copy.path().join("patchbay.db")).unwrap();
        let database = Connection::open(copy.path().join("patchbay.db")).unwrap();
        assert!(database.execute(&change, []).unwrap() > 0, "{change}");
        drop(database);
        let found = audit(copy.path(), &["verify"]);
        let reported = String::from_utf8(found.stderr).unwrap();
        assert!(!found.status.success() && reported.contains(fault), "{change}: {reported}");
    }
    assert!(audit(&data, &["verify"]).status.success());
}

/// As in QRS, a user who may change a connection may send its password to another server; the audit
/// log records it.
#[test]
fn a_stored_password_sent_to_another_server_is_noted_in_the_audit_log() {
    let server = Server::start();
    let client = server.repository();
    let mut body = connection("c");
    body["password"] = json!("secret");
    let kept = id(&client.create("dataconnection", &body));
    let open = id(&client.connection("without a password"));
    let elsewhere = "a new connectionstring, which receives the stored password from now on";
    for (id, change, expected) in [
        (&kept, json!({"connectionstring": "lib://sales"}), ""),
        (&kept, json!({"username": "x"}), ""),
        (&kept, json!({"connectionstring": "lib://elsewhere"}), elsewhere),
        (&kept, json!({"ConnectionString": "lib://back", "password": null}), elsewhere),
        (
            &kept,
            json!({"connectionstring": "lib://third", "password": "another"}),
            "a new password",
        ),
        (&kept, json!({"connectionstring": "lib://fourth", "password": ""}), "a new password"),
        (&kept, json!({"connectionstring": "lib://fifth"}), ""),
        (&open, json!({"connectionstring": "lib://elsewhere"}), ""),
    ] {
        let request =
            client.request("PUT", &format!("/dataconnection/{id}")).header("If-Match", "*");
        Reply::of(request.json(&change)).expect(200);
        let entries = client
            .get("/auditentry/full?filter=action eq 'update'&orderby=createdDate")
            .expect(200)
            .json();
        let last = entries.as_array().unwrap().last().unwrap();
        assert_eq!(last["detail"], expected, "{change}");
    }
    // With several connections in one request, each has its note.
    let again = json!({"connectionstring": "lib://sales", "password": "secret"});
    let request = client.request("PUT", &format!("/dataconnection/{kept}")).header("If-Match", "*");
    Reply::of(request.json(&again)).expect(200);
    let items = json!([
        {"type": "DataConnection", "objectID": kept}, {"type": "DataConnection", "objectID": open}
    ]);
    let selection = id(&client.post("/selection", &json!({"items": items})).expect(201).json());
    let path = format!("/selection/{selection}/dataconnection/synthetic");
    let mut synthetic = client.get(&path).expect(200).json();
    for property in synthetic["properties"].as_array_mut().unwrap() {
        if property["name"] == "connectionstring" {
            property["value"] = json!("lib://all");
            property["valueIsModified"] = json!(true);
        }
    }
    let reply = client.put(&path, &synthetic);
    assert!([200, 204].contains(&reply.status), "{}", reply.text);
    let reported =
        client.get(&format!("/auditentry/full?filter=detail eq '{elsewhere}'")).expect(200).json();
    assert_eq!(reported.as_array().unwrap().len(), 3);
}

#[test]
fn sign_ins_and_changes_of_credentials_have_audit_entries() {
    let (server, front) = start(&[]);
    let client = server.repository();
    assert!(set_password(&server.data(), "LAB\\anna", PASSWORD));
    let mut anna = Visitor::new(&server, &front);
    anna.login("LAB\\anna", PASSWORD);
    let token = Reply::of(
        anna.request("POST", "/tokens").json(&json!({"name": "ci", "scope": "read", "days": 1})),
    )
    .expect(201)
    .json();
    Reply::of(anna.request("DELETE", &format!("/tokens/{}", id(&token)))).expect_empty(204);
    Reply::of(anna.request("POST", "/logout")).expect_empty(204);
    let login = |user: &str| {
        anna.request("POST", "/login").json(&json!({"user": user, "password": "canary wrong one"}))
    };
    Reply::of(login("LAB\\anna")).expect(401);
    Reply::of(login("canary nobody")).expect(401);

    after_what_was_sent(&client);
    let reported: Vec<(String, String)> =
        entries(&client, "action ne 'create' and action ne 'add key'")
            .iter()
            .map(|entry| {
                (
                    entry["userName"].as_str().unwrap().to_owned(),
                    entry["action"].as_str().unwrap().to_owned(),
                )
            })
            .collect();
    let expected = [
        ("patchbay user set-password", "set password"),
        ("LAB\\anna", "sign in"),
        ("LAB\\anna", "add token"),
        ("LAB\\anna", "revoke token"),
        ("LAB\\anna", "sign out"),
        ("LAB\\anna", "POST /login"),
        ("-", "POST /login"),
    ];
    assert_eq!(reported, expected.map(|(user, action)| (user.to_owned(), action.to_owned())));
    let exported = String::from_utf8(audit(&server.data(), &["export"]).stdout).unwrap();
    let secret = token["token"].as_str().unwrap();
    assert!(
        exported.contains("sign out")
            && ![PASSWORD, "canary", secret].iter().any(|secret| exported.contains(secret))
    );
}

#[test]
fn an_export_covers_the_requested_period() {
    let server = Server::start();
    server.repository().connection("c");
    let lines = |arguments: &[&str]| {
        String::from_utf8(audit(&server.data(), arguments).stdout).unwrap().lines().count()
    };
    let all = lines(&["export"]);
    assert!(all >= 2);
    assert_eq!(lines(&["export", "--since", "2000-01-01T00:00:00.000Z"]), all);
    assert_eq!(lines(&["export", "--until", "2000-01-01T00:00:00.000Z"]), 0);
    let wrong = audit(&server.data(), &["export", "--since", "yesterday"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8(wrong.stderr).unwrap().contains("'yesterday' is not a date such as"));
    let swapped = audit(
        &server.data(),
        &["export", "--since", "2026-02-01T00:00:00.000Z", "--until", "2026-01-01T00:00:00.000Z"],
    );
    fails(&swapped, "--since must be before --until");
}

#[test]
fn an_export_that_can_not_be_written_says_why_and_a_closed_pipe_is_no_error() {
    let server = Server::start();
    server.repository().connection("c");
    let into = |out: std::process::Stdio| {
        let mut command = program();
        command.args(["audit", "export", "--data"]).arg(server.data()).stdout(out).output().unwrap()
    };
    let full = into(std::fs::File::options().write(true).open("/dev/full").unwrap().into());
    fails(&full, "can't write: No space left on device");
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let cut_off = into(writer.into());
    assert!(cut_off.status.success() && cut_off.stderr.is_empty(), "{cut_off:?}");
}

#[test]
fn entries_past_their_retention_are_removed_with_an_entry_and_the_rest_verifies() {
    let server = Server::start();
    let tags: Vec<Json> = (0..600).map(|number| json!({"name": format!("t{number}")})).collect();
    server.repository().post("/tag/many", &json!(tags)).expect(201);
    let last = entries(&server.repository(), "objectName eq 't599'")[0]["number"].as_i64().unwrap();
    let young = server.repository().create("tag", &json!({"name": "young"}));
    let folder = server.stop();
    let data = folder.path().join("data");
    let database = Connection::open(data.join("patchbay.db")).unwrap();
    let month = 31_i64 * 24 * 3_600_000;
    let age = "UPDATE audit_entries SET created_date = created_date - ?1 WHERE number <= ?2";
    database.execute(age, (month, last)).unwrap();
    drop(database);

    // While they are kept, tampering with them is detected.
    fails(&audit(&data, &["verify"]), "was changed or damaged");
    let keep = |command: &mut Command| {
        command.args(["--audit-days", "30"]);
    };
    let server = Server::start_in(folder, keep);
    let client = server.repository();
    wait_until(|| entries(&client, &format!("number le {last}")).is_empty());
    let entry = only(&client, "action eq 'let go'");
    assert_eq!((&entry["userName"], &entry["outcome"]), (&json!("patchbay serve"), &json!("done")));
    assert!(
        entry["detail"].as_str().unwrap().starts_with("audit entries from before 20"),
        "{entry}"
    );
    assert_eq!(entries(&client, &format!("objectID eq '{}'", id(&young))).len(), 1);
    assert!(audit(&data, &["verify"]).status.success());
    // The second run removes nothing.
    let server = Server::start_in(server.stop(), keep);
    server.repository().create("tag", &json!({"name": "later"}));
    only(&server.repository(), "action eq 'let go'");
}
