//! Client certificates: which ones are accepted, and how they are issued and revoked.

use crate::support::certificates::{
    authority, is_refused, issue, list, made, self_signed, serials,
};
use crate::support::machine::{fails, patchbay, says};
use crate::support::{Server, certificate, program, wait_until};
use rcgen::ExtendedKeyUsagePurpose;
use std::fs;
use std::process::Stdio;
use time::{Duration, OffsetDateTime};

#[test]
fn only_a_valid_certificate_of_the_authority_is_accepted() {
    let (server, other) = (Server::start(), Server::start_new());
    let issuer = authority(&server.data());
    let now = OffsetDateTime::now_utc();
    server.showing(&made(&issuer, |_| {})).get("/tag").expect(200);
    for (name, shown) in [
        ("another authority of the same name", made(&authority(&other.data()), |_| {})),
        ("no authority", self_signed()),
        ("an expired certificate", made(&issuer, |params| params.not_after = now - Duration::HOUR)),
        (
            "a certificate that is not valid yet",
            made(&issuer, |params| params.not_before = now + Duration::HOUR),
        ),
        ("the server's own", certificate(&server.data().join("certs"), "server")),
        (
            "a use for servers",
            made(&issuer, |params| {
                params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
            }),
        ),
    ] {
        assert!(is_refused(&server.showing(&shown)), "{name}");
    }
    wait_until(|| server.log().contains("a client certificate was refused"));
    server.repository().get("/tag").expect(200);
}

#[test]
fn an_expired_certificate_is_refused_on_an_open_connection() {
    let server = Server::start();
    let soon = OffsetDateTime::now_utc() + Duration::seconds(3);
    let client =
        server.showing(&made(&authority(&server.data()), |params| params.not_after = soon));
    client.get("/tag").expect(200);
    wait_until(|| client.get("/tag").status == 401);
    client.get("/tag").expect(401).says(&["the client certificate of somebody has expired"]);
}

#[test]
fn an_issued_certificate_works_until_it_is_revoked() {
    let server = Server::start();
    let (etl, other) = (issue(&server, "nightly-etl"), issue(&server, "other"));
    let client = server.showing(&etl);
    client.connection("c");
    let made = "/auditentry/full?filter=action eq 'create' and type eq 'DataConnection'";
    let entry = server.repository().get(made).expect(200).json()[0].clone();
    assert_eq!(
        (&entry["detail"], &entry["objectName"]),
        (&"by the certificate nightly-etl".into(), &"c".into())
    );
    wait_until(|| server.log().contains("\"certificate\":\"nightly-etl\""));

    let data = server.data();
    says(&patchbay(&data, &["cert", "revoke", "nightly-etl"]), &["revoked nightly-etl (serial "]);
    // On an open connection, and on new ones; nothing notifies the server.
    wait_until(|| client.get("/tag").status == 401);
    client.get("/tag").expect(401).says(&["the client certificate of nightly-etl was revoked"]);
    assert!(is_refused(&server.showing(&etl)));
    let other_client = server.showing(&other);
    other_client.get("/tag").expect(200);
    says(&patchbay(&data, &["cert", "revoke", "Nightly-ETL"]), &["was revoked already, on 20"]);
    let audit_log = server
        .repository()
        .get("/auditentry?filter=objectName eq 'nightly-etl'&orderby=number")
        .json();
    let output: Vec<_> = audit_log
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| (&entry["userName"], &entry["action"]))
        .collect();
    let [issued, revoked] = [("issue", 0), ("revoke", 1)].map(|(what, at)| {
        output[at]
            == (&format!("patchbay cert {what}").into(), &format!("{what} certificate").into())
    });
    assert!(issued && revoked && output.len() == 2, "{output:?}");

    let server = Server::start_in(server.stop(), |_| {});
    assert!(is_refused(&server.showing(&etl)));
    server.showing(&other).get("/tag").expect(200);
    assert_eq!(serials(&server, "nightly-etl").len(), 1);
    // The same while no server runs, and for the certificate that all clients share.
    let folder = server.stop();
    says(
        &patchbay(&folder.path().join("data"), &["cert", "revoke", "QlikClient"]),
        &["revoked QlikClient"],
    );
    let server = Server::start_in(folder, |_| {});
    assert!(is_refused(&server.repository()) && is_refused(&server.showing(&etl)));
    let invites = |server: &Server| server.welcome.iter().any(|line| line == "Try:");
    assert!(
        !invites(&server)
            && server.welcome.iter().any(|line| line.contains("cert renew QlikClient"))
    );
    says(
        &patchbay(&server.data(), &["cert", "renew", "QlikClient"]),
        &["until 2036", "certs/client_key.pem"],
    );
    server.repository().get("/tag").expect(200);
    let server = Server::start_in(server.stop(), |_| {});
    assert!(invites(&server), "{:?}", server.welcome);
}

#[cfg(unix)]
#[test]
fn issued_files_are_private_and_overwrite_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let server = Server::start();
    let out = server.data().join("to hand out");
    let issued = ["cert", "issue", "etl", "--days", "1", "--out", out.to_str().unwrap()];
    says(&patchbay(&server.data(), &issued), &["etl.pem\n", "etl_key.pem\n"]);
    says(&patchbay(&server.data(), &["cert", "issue", "other"]), &[]);
    for folder in
        [out.clone(), server.data().join("certs/clients"), server.data().join("certs/issued")]
    {
        assert_eq!(
            fs::metadata(&folder).unwrap().permissions().mode() & 0o777,
            0o700,
            "{folder:?}"
        );
        for file in fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()) {
            assert_eq!(
                fs::metadata(&file).unwrap().permissions().mode() & 0o777,
                0o600,
                "{file:?}"
            );
        }
    }
    server.showing(&certificate(&out, "etl")).get("/tag").expect(200);
    fs::write(out.join("third_key.pem"), "mine").unwrap();
    let third = ["cert", "issue", "third", "--out", out.to_str().unwrap()];
    fails(&patchbay(&server.data(), &third), "third_key.pem already exists; nothing was issued");
    assert_eq!(fs::read(out.join("third_key.pem")).unwrap(), b"mine");
    assert!(serials(&server, "third").is_empty() && !out.join("third.pem").exists());
    let (copy, key) = (out.join("other.pem"), out.join("other_key.pem"));
    fs::write(&key, "mine").unwrap();
    let renewed = ["cert", "renew", "other", "--out", out.to_str().unwrap()];
    fails(&patchbay(&server.data(), &renewed), "other_key.pem already exists; nothing was issued");
    assert!(fs::read(&key).unwrap() == b"mine" && !copy.exists());
    assert_eq!(serials(&server, "other").len(), 1);
}

#[test]
fn wrong_arguments_are_refused_with_advice() {
    let server = Server::start();
    issue(&server, "nightly-etl");
    let serial = serials(&server, "nightly-etl").remove(0);
    for (arguments, part) in [
        (vec!["issue", "nightly-etl"], "nightly-etl has a certificate already, until 20"),
        (vec!["issue", "Nightly-Etl"], "patchbay cert renew nightly-etl issues another"),
        (vec!["issue", "qlikclient"], "QlikClient has a certificate already"),
        (vec!["issue", "two words"], "as in 'nightly-etl'"),
        (vec!["issue", "../up"], "as in 'nightly-etl'"),
        (vec!["issue", ".hidden"], "as in 'nightly-etl'"),
        (vec!["issue", "etl_key"], "can't end in '_key'"),
        (
            vec!["issue", "0ff3863b4034270950b573cd8a58ced694ca905a"],
            "a name can't consist only of hexadecimal digits",
        ),
        (vec!["issue", "root", "--out", "certs"], "a name can't be root, server, client or crl"),
        (vec!["renew", "Server", "--out", "certs"], "a name can't be root, server, client or crl"),
        (vec!["issue", "x", "--days", "0"], "days must be 1 to 3650"),
        (vec!["issue", "x", "--days", "3651"], "days must be 1 to 3650"),
        (
            vec!["renew", "nightly-elt"],
            "did you mean 'nightly-etl'? Valid are: QlikClient, nightly-etl",
        ),
        (vec!["renew"], "<NAME>"),
        (vec!["renew", "nightly-etl", "--server"], "--server"),
        (vec!["revoke", "nightly_etl"], "did you mean 'nightly-etl'"),
        (vec!["revoke", &serial[..15]], "no client has a certificate"),
        (vec!["revoke", &format!("{serial:f<42}")], "no client has a certificate"),
        (vec!["revoke", "Patchbay server"], "no client has a certificate 'Patchbay server'"),
        (vec!["revoke", ""], "no client has a certificate ''"),
    ] {
        fails(&patchbay(&server.data(), &[&["cert"], &arguments[..]].concat()), part);
    }
    issue(&server, "gone");
    says(&patchbay(&server.data(), &["cert", "revoke", "gone"]), &[]);
    fails(
        &patchbay(&server.data(), &["cert", "issue", "gone"]),
        "already, which was revoked; patchbay cert renew",
    );
    fails(
        &patchbay(&server.data().join("elsewhere"), &["cert", "list"]),
        "patchbay serve creates them",
    );
    let key = server.data().join("certs/root_key.pem");
    let other = Server::start_new();
    fs::copy(other.data().join("certs/root_key.pem"), &key).unwrap();
    fails(
        &patchbay(&server.data(), &["cert", "issue", "x"]),
        "root_key.pem is not the key of root.pem",
    );
    fs::remove_file(&key).unwrap();
    for arguments in
        [["issue", "x"], ["renew", "nightly-etl"], ["renew", "--server"], ["revoke", "nightly-etl"]]
    {
        fails(
            &patchbay(&server.data(), &[&["cert"], &arguments[..]].concat()),
            "root_key.pem is missing",
        );
    }
    assert!(!list(&server).contains(" x "));
}

/// The server's user can't read files of root.
#[cfg(unix)]
#[test]
fn only_the_servers_user_can_issue_and_revoke() {
    let server = Server::start();
    issue(&server, "etl");
    let other = Some(65_534);
    // Only root can give the folder to another user, and no other user's folder is available here.
    if std::os::unix::fs::chown(server.data().join("patchbay.db"), other, None).is_err() {
        return;
    }
    for arguments in
        [&["issue", "x"][..], &["renew", "etl"], &["renew", "--server"], &["revoke", "etl"]]
    {
        fails(
            &patchbay(&server.data(), &[&["cert"], arguments].concat()),
            "run the command as that user: sudo -u '#65534'",
        );
    }
    assert!(list(&server).contains(" etl "));
}

/// Revocation must not wait for a database; a certificate is recorded there before it is issued.
#[test]
fn without_a_database_certificates_can_be_revoked_but_not_issued() {
    let server = Server::start();
    let etl = issue(&server, "etl");
    let folder = server.stop();
    let data = folder.path().join("data");
    let database = data.join("patchbay.db");
    fs::rename(&database, data.join("aside")).unwrap();
    let revoked = patchbay(&data, &["cert", "revoke", "etl"]);
    fails(&revoked, "revoked, but the audit log has no entry of it: ");
    assert!(String::from_utf8_lossy(&revoked.stdout).starts_with("revoked etl (serial "));
    let certs = data.join("certs");
    let server_before = fs::read(certs.join("server.pem")).unwrap();
    for arguments in [["issue", "x"], ["renew", "etl"], ["renew", "--server"]] {
        fails(&patchbay(&data, &[&["cert"], &arguments[..]].concat()), "patchbay.db");
    }
    assert_eq!(fs::read(certs.join("server.pem")).unwrap(), server_before);
    assert_eq!(certificate(&certs.join("clients"), "etl"), etl);
    fs::rename(data.join("aside"), database).unwrap();
    let server = Server::start_in(folder, |_| {});
    assert!(is_refused(&server.showing(&etl)));
    assert_eq!((serials(&server, "etl").len(), serials(&server, "x").len()), (1, 0));
}

#[test]
fn only_one_command_at_a_time_changes_the_folder() {
    let server = Server::start();
    let lock = fs::File::open(server.data().join("certs/certs.lock")).unwrap();
    lock.lock().unwrap();
    let mut command = program();
    command.args(["cert", "renew", "--server", "--data"]).arg(server.data()).stdout(Stdio::null());
    let mut renewal = command.spawn().unwrap();
    let first = fs::read(server.data().join("certs/server.pem")).unwrap();
    // Reading the folder takes no lock.
    assert!(list(&server).contains("QlikClient"));
    // It tries again and again; nothing outside of it shows that.
    std::thread::sleep(std::time::Duration::from_millis(500));
    assert!(renewal.try_wait().unwrap().is_none());
    assert_eq!(fs::read(server.data().join("certs/server.pem")).unwrap(), first);
    drop(lock);
    assert!(renewal.wait().unwrap().success());
    assert_ne!(fs::read(server.data().join("certs/server.pem")).unwrap(), first);
}
