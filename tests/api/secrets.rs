//! Passwords can be stored but never read back.

use crate::support::backups::key;
use crate::support::browser::Browser;
use crate::support::import_graph::files_below;
use crate::support::machine::{patchbay, says};
use crate::support::visitor::{Visitor, set_password};
use crate::support::{Reply, Server, XRFKEY, connection, encode, id, wait_until};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use memchr::memmem;
use serde_json::json;
use std::fs;
use std::path::Path;

const CANARY: &str = "canary-7f3a-Gr\u{fc}n-password";

/// A secret in every encoding in which it could leak.
fn forms(secret: &str) -> Vec<Vec<u8>> {
    let hex = secret.bytes().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    let mut forms =
        vec![secret.into(), encode(secret).into(), hex.to_uppercase().into(), hex.into()];
    forms.push(secret.encode_utf16().flat_map(u16::to_le_bytes).collect());
    forms.push(secret.encode_utf16().flat_map(u16::to_be_bytes).collect());
    // As part of a longer text in base64, the secret may begin at any of three offsets; the
    // characters that it shares with its neighbours are left out.
    for start in 0..3 {
        let bytes = &secret.as_bytes()[start..];
        let whole = &bytes[..bytes.len() / 3 * 3];
        forms.extend([STANDARD_NO_PAD.encode(whole).into(), URL_SAFE_NO_PAD.encode(whole).into()]);
    }
    forms
}

#[track_caller]
fn assert_hidden(secret: &str, name: &str, bytes: &[u8]) {
    for form in forms(secret) {
        assert!(memmem::find(bytes, &form).is_none(), "{name} holds {secret}");
    }
}

fn assert_no_canary(name: &str, bytes: &[u8]) {
    for secret in [CANARY, "canary-7f3a"] {
        assert_hidden(secret, name, bytes);
    }
}

fn assert_no_canary_in(folder: &Path) {
    for file in files_below(folder) {
        assert_no_canary(&file.display().to_string(), &fs::read(&file).unwrap());
    }
}

#[test]
fn a_password_appears_in_no_reply_log_or_file() {
    let server = Server::start_in(tempfile::tempdir().unwrap(), |command| {
        command.args(["--log-level", "trace"]);
    });
    let client = server.repository();
    let mut replies = Vec::new();
    let mut body = connection("c");
    body["password"] = json!(CANARY);
    let created = client.post("/dataconnection?privileges=true", &body).expect(201);
    let path = format!("/dataconnection/{}", id(&created.json()));
    let mut changed = created.json();
    changed["password"] = json!(format!("{CANARY} two"));
    replies.push(created);
    replies.push(client.put(&path, &changed).expect(200));
    replies.push(client.post("/dataconnection", &body).expect(400));
    replies.push(client.put(&path, &changed).expect(409));
    replies.push(
        client
            .post(
                "/dataconnection/many",
                &json!([{"name": "d", "connectionstring": "x", "type": "y", "password": CANARY}]),
            )
            .expect(201),
    );
    body["name"] = json!("e");
    for password in [
        json!([CANARY]),
        json!({"value": CANARY}),
        json!(format!("{CANARY}\u{0}")),
        json!("x".repeat(524_289) + CANARY),
    ] {
        body["password"] = password;
        replies.push(client.post("/dataconnection", &body).expect(400).says(&["password"]));
    }
    body["password"] = json!(CANARY);
    body["type"] = json!([5]);
    replies.push(client.post("/dataconnection", &body).expect(400));
    let broken = format!("{{\"password\": \"{CANARY}\" oops");
    replies.push(client.send("POST", "/dataconnection", "application/json", broken).expect(400));
    let twice = json!(json!({"name": "f", "password": CANARY}).to_string());
    replies.push(client.post("/dataconnection", &twice).expect(400).says(&["a string"]));
    replies.push(
        client.post("/dataconnection/many", &json!([twice])).expect(400).says(&["[0]", "a string"]),
    );
    let filter = format!("/dataconnection?filter=password eq '{}'", "x");
    replies.push(client.get(&filter).expect(400).says(&["secret"]));
    replies.push(client.get("/dataconnection?orderby=password").expect(400));
    for path in ["/dataconnection/full?privileges=true", "/dataconnection", &path, "/about/openapi"]
    {
        replies.push(client.get(path).expect(200));
    }
    for reply in &replies {
        assert_no_canary("a reply", reply.text.as_bytes());
        assert_no_canary("a header", format!("{:?}", reply.headers).as_bytes());
    }
    let folder = server.data().parent().unwrap().to_owned();
    assert!(files_below(&folder).iter().any(|file| file.ends_with("patchbay.db-wal")));
    assert_no_canary_in(&folder);
    let folder = server.stop();
    assert_no_canary_in(folder.path());
}

#[test]
fn a_password_is_kept_until_it_is_replaced_or_cleared() {
    let server = Server::start();
    let client = server.repository();
    let mut body = connection("c");
    body["password"] = json!("one");
    let mut entity = client.create("dataconnection", &body);
    let path = format!("/dataconnection/{}", id(&entity));
    let stored = || -> String {
        let database = rusqlite::Connection::open(server.data().join("patchbay.db")).unwrap();
        database.query_row("SELECT password FROM data_connections", [], |row| row.get(0)).unwrap()
    };
    let first = stored();
    assert!(first.len() > 100);
    for kept in [json!(null), json!("absent")] {
        if kept.is_null() {
            entity["password"] = kept;
        } else {
            entity.as_object_mut().unwrap().remove("password");
        }
        entity = client.put(&path, &entity).expect(200).json();
        assert_eq!(stored(), first);
    }
    entity["Password"] = json!("two");
    let mut entity = client.put(&path, &entity).expect(200).json();
    assert_ne!(stored(), first);
    entity["password"] = json!("");
    client.put(&path, &entity).expect(200);
    assert_eq!(stored(), "");
}

/// A sealed value opens only with the key in the folder, and only in its own row.
#[test]
fn a_stored_password_opens_only_in_its_own_row() {
    use patchbay::crypto::{Key, Place};
    use patchbay::keys::KeyRing;
    use secrecy::ExposeSecret;

    let server = Server::start();
    let client = server.repository();
    let mut ids = Vec::new();
    for name in ["a", "b"] {
        let mut body = connection(name);
        body["password"] = json!(format!("password of {name}"));
        ids.push(id(&client.create("dataconnection", &body)));
    }
    let database = rusqlite::Connection::open(server.data().join("patchbay.db")).unwrap();
    let sealed = |id: &str| -> String {
        database
            .query_row("SELECT password FROM data_connections WHERE id = ?", [id], |row| row.get(0))
            .unwrap()
    };
    let data_key: String = database
        .query_row("SELECT sealed_key FROM data_keys WHERE term = 1", [], |row| row.get(0))
        .unwrap();
    let master = fs::read_to_string(server.data().join("master.key")).unwrap();
    let master = Key::from_base64(&master.into()).unwrap();
    let ring = KeyRing::open(&master, [(1, data_key.as_str())].into_iter()).unwrap();
    let place = |id| Place { entity: "DataConnection", property: "password", id };
    assert_eq!(
        ring.unseal(place(&ids[0]), &sealed(&ids[0])).unwrap().expose_secret(),
        "password of a"
    );
    assert!(ring.unseal(place(&ids[0]), &sealed(&ids[1])).is_err());
    assert!(
        ring.unseal(Place { property: "username", ..place(&ids[0]) }, &sealed(&ids[0])).is_err()
    );
}

#[test]
fn without_its_master_key_the_server_runs_sealed() {
    let server = Server::start();
    let client = server.repository();
    let mut body = connection("c");
    body["password"] = json!("one");
    let entity = client.create("dataconnection", &body);
    let folder = server.stop();
    fs::rename(folder.path().join("data/master.key"), folder.path().join("away")).unwrap();
    let server = Server::start_in(folder, |_| {});
    let client = server.repository();
    wait_until(|| server.log().contains("sealed"));
    let path = format!("/dataconnection/{}", id(&entity));
    let mut changed = client.get(&path).expect(200).json();
    changed["name"] = json!("renamed");
    let mut changed = client.put(&path, &changed).expect(200).json();
    changed["password"] = json!("two");
    client.put(&path, &changed).expect(503).says(&["password", "sealed"]);
    body["name"] = json!("d");
    let refused = client.post("/dataconnection", &body).expect(503);
    assert_eq!(refused.header("retry-after"), "1");
    client.connection("without a password");
}

/// The search for secrets finds each encoding.
#[test]
fn the_search_for_secrets_finds_each_encoding() {
    let secret = "s3cret of one";
    let utf16: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let found = |bytes: &[u8]| forms(secret).iter().any(|form| memmem::find(bytes, form).is_some());
    for before in ["", "a", "ab", "abc"] {
        let text = format!("{before}{secret} and more");
        assert!(
            found(text.as_bytes()) && found(STANDARD_NO_PAD.encode(&text).as_bytes()),
            "{text}"
        );
        assert!(!found(text.replace('3', "e").as_bytes()));
    }
    assert!(
        found(&utf16) && found(b"733363726574206f66206f6e65") && found(b"user=s3cret+of+one&x=y")
    );
}

/// Puts a different secret in each place that accepts one, and then searches everything that the
/// program writes, shows and leaves behind.
#[test]
fn no_secret_appears_in_any_reply_log_or_file() {
    let [passphrase, header_secret, password] = [
        "canary of the passphrase",
        "canary-of-the-secret-of-a-proxy-1",
        "canary of the password of anna",
    ];
    let mut server = Server::start_in(tempfile::tempdir().unwrap(), |command| {
        command.args([
            "--log-level",
            "trace",
            "--front",
            "127.0.0.1:0",
            "--operations",
            "127.0.0.1:0",
        ]);
        command.args(["--front-header", "X-Remote-User"]);
        command
            .env("PATCHBAY_PASSPHRASE", passphrase)
            .env("PATCHBAY_FRONT_HEADER_SECRET", header_secret);
    });
    let welcome = std::mem::take(&mut server.welcome);
    let url = |prefix: &str| welcome.iter().find_map(|line| line.strip_prefix(prefix)).unwrap();
    let (front, metrics) =
        (url("Front door: "), url("For operations: ").replace("/ready", "/metrics"));
    let invitation = welcome.iter().find_map(|line| line.split("?link=").nth(1)).unwrap();
    let client = server.repository();
    let mut shown: Vec<Reply> = Vec::new();

    // Each place that accepts a secret.
    let mut body = connection("c");
    body["password"] = json!(CANARY);
    body["username"] = json!("reader");
    let created = client.post("/dataconnection", &body).expect(201);
    let path = format!("/dataconnection/{}", id(&created.json()));
    shown.push(created);
    shown.push(Reply::of(
        server.stranger().raw("GET", &format!("{front}/console/first-administrator?link=x")),
    ));
    assert!(set_password(&server.data(), "LAB\\anna", password));
    let mut anna = Visitor::new(&server, front);
    let session = anna.login("LAB\\anna", password);
    let session = session.header("set-cookie").split(['=', ';']).nth(1).unwrap().to_owned();
    let token =
        Reply::of(anna.request("POST", "/tokens").json(&json!({"name": "ci"}))).expect(201).json();
    let token = token["token"].as_str().unwrap().to_owned();
    let jwt = format!("{}.canary-of-a-web-token.x", URL_SAFE_NO_PAD.encode(r#"{"alg":"ES256"}"#));
    let wrong = "canary of what was mistyped";
    shown.push(anna.try_login("LAB\\anna", wrong).expect(401));
    for bearer in [&token, &jwt] {
        let request = Visitor::new(&server, front)
            .request("GET", "/qrs/tag")
            .header("Authorization", format!("Bearer {bearer}"));
        shown.push(Reply::of(request));
    }
    let by_proxy = Visitor::new(&server, front)
        .request("GET", "/qrs/tag")
        .header("X-Remote-User", "LAB\\bert");
    shown.push(Reply::of(by_proxy.header("X-Patchbay-Secret", header_secret)).expect(200));
    let engine = server.named("INTERNAL", "sa_engine");
    let credentials_request = |path: &str| {
        engine
            .raw("POST", &format!("{}{path}?xrfkey={XRFKEY}", server.base))
            .header("X-Qlik-Xrfkey", XRFKEY)
    };
    let once = Reply::of(credentials_request(&format!(
        "/credentials{}/token",
        path.trim_start_matches("/dataconnection")
    )))
    .expect(201);
    let once = once.json()["token"].as_str().unwrap().to_owned();
    let redeemed =
        Reply::of(credentials_request("/credentials/redeem").json(&json!({"token": once})))
            .expect(200);
    assert_eq!(redeemed.json()["password"], CANARY);
    shown.push(
        Reply::of(credentials_request("/credentials/redeem").json(&json!({"token": once})))
            .expect(401),
    );

    // Each place that shows data.
    for path in [
        &path,
        "/dataconnection/full?privileges=true",
        "/user/full",
        "/auditentry/full",
        "/about/openapi",
    ] {
        shown.push(client.get(path).expect(200));
    }
    shown.push(anna.get("/sessions").expect(200));
    shown.push(anna.get("/tokens").expect(200));
    shown.push(Reply::of(server.stranger().raw("GET", &metrics)));
    let mut browser = Browser::administrator(&server, front);
    for page in [
        format!("/console{path}"),
        "/console/account".to_owned(),
        "/console/why?user=LAB%5Canna".to_owned(),
    ] {
        shown.push(browser.get(&page).expect_page(200));
    }
    let secrets = [
        CANARY,
        passphrase,
        header_secret,
        password,
        &session,
        &token,
        &jwt,
        "canary-of-a-web-token",
        wrong,
        &once,
        invitation,
    ];
    for secret in secrets {
        for reply in &shown {
            assert_hidden(secret, "a reply", reply.text.as_bytes());
            assert_hidden(secret, "a header", format!("{:?}", reply.headers).as_bytes());
        }
    }

    // Each file: the database and its write-ahead log, the files next to them, the server's log,
    // and backups.
    let data = server.data();
    let folder = data.parent().unwrap().to_owned();
    let (recipient, _) = key(&folder, "identity");
    let at = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    says(&patchbay(&data, &["backup", "--to", &at("plain.db")]), &[]);
    says(&patchbay(&data, &["backup", "--to", &at("sealed.age"), "--recipient", &recipient]), &[]);
    let export = patchbay(&data, &["audit", "export"]);
    fs::write(folder.join("export"), says(&export, &["sign in", "LAB\\\\anna"])).unwrap();
    assert!(data.join("patchbay.db-wal").exists());
    let check = || {
        for file in files_below(&folder) {
            let bytes = fs::read(&file).unwrap();
            for secret in secrets {
                assert_hidden(secret, &file.display().to_string(), &bytes);
            }
        }
    };
    check();
    // The server is made to crash, and leaves neither a trace of a secret nor a core dump.
    let folder_left = server.abort();
    let log = fs::read_to_string(folder_left.path().join("log")).unwrap();
    assert!(!log.contains("panicked"));
    check();
}
