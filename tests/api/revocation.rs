//! The revocation list of client certificates.

use crate::support::certificates::{is_refused, issue, list, serials};
use crate::support::machine::{fails, patchbay, says};
use crate::support::{Server, program, send_signal, wait_until};
use std::fs;
use std::process::Stdio;

#[test]
fn revocations_at_the_same_time_are_all_kept() {
    let server = Server::start();
    let names = ["a", "b", "c", "d"];
    for name in names {
        issue(&server, name);
    }
    let children = names.map(|name| {
        let mut command = program();
        command
            .args(["cert", "revoke", name, "--data"])
            .arg(server.data())
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    });
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let list = list(&server);
    for name in names {
        let line = list.lines().find(|line| line.split_whitespace().nth(2) == Some(name)).unwrap();
        assert!(!line.ends_with('-'), "{list}");
    }
}

/// An unreadable list must not readmit revoked clients.
#[test]
fn an_invalid_revocation_list_readmits_no_client() {
    let (server, other) = (Server::start(), Server::start_new());
    let (etl, list) = (issue(&server, "etl"), server.data().join("certs/crl.pem"));
    issue(&other, "etl");
    for server in [&server, &other] {
        says(&patchbay(&server.data(), &["cert", "revoke", "etl"]), &["revoked etl"]);
    }
    wait_until(|| is_refused(&server.showing(&etl)));
    let good = fs::read(&list).unwrap();
    let foreign = fs::read(other.data().join("certs/crl.pem")).unwrap();
    for (content, why) in [
        (Some(&b"nothing"[..]), "contains no revocation list"),
        (Some(&foreign[..]), "was not signed by the authority in root.pem"),
        (None, "crl.pem is missing"),
    ] {
        match content {
            Some(content) => fs::write(&list, content).unwrap(),
            None => fs::remove_file(&list).unwrap(),
        }
        wait_until(|| server.log().contains(why));
        assert!(is_refused(&server.showing(&etl)), "{why}");
        server.repository().get("/tag").expect(200);
    }
    // A list that was replaced by a new one does not readmit it either: the handshake succeeds, and
    // the request is refused.
    let other_client = issue(&server, "other");
    says(&patchbay(&server.data(), &["cert", "revoke", "other"]), &["revoked other"]);
    wait_until(|| server.log().contains("are missing from the revocation list"));
    server.showing(&etl).get("/tag").expect(401);
    assert!(is_refused(&server.showing(&other_client)));
    let folder = server.stop();
    fs::write(&list, foreign).unwrap();
    fails(
        &patchbay(&folder.path().join("data"), &["serve", "--listen", "127.0.0.1:0"]),
        "was not signed by",
    );
    fs::write(&list, good).unwrap();
    let server = Server::start_in(folder, |_| {});
    assert!(is_refused(&server.showing(&etl)));
    // A new authority has revoked nothing.
    let folder = server.stop();
    for name in ["root.pem", "root_key.pem", "client.pem", "client_key.pem"] {
        fs::remove_file(folder.path().join("data/certs").join(name)).unwrap();
    }
    let server = Server::start_in(folder, |_| {});
    server.repository().get("/tag").expect(200);
    assert!(is_refused(&server.showing(&etl)) && serials(&server, "etl").is_empty());
}

/// The first list as well, when there was none before.
#[test]
fn an_unreadable_revocation_list_is_reported_once_and_read_again() {
    let server = Server::start();
    let certs = server.data().join("certs");
    let etl = issue(&server, "etl");
    fs::create_dir(certs.join("crl.pem")).unwrap();
    wait_until(|| server.log().contains("the list of revoked certificates can't be used"));
    send_signal("STOP", server.process_id());
    fs::remove_dir(certs.join("crl.pem")).unwrap();
    says(&patchbay(&server.data(), &["cert", "revoke", "etl"]), &["revoked etl"]);
    fs::rename(certs.join("root.pem"), certs.join("aside")).unwrap();
    send_signal("CONT", server.process_id());
    wait_until(|| server.log().contains("root.pem: No such file"));
    std::thread::sleep(std::time::Duration::from_millis(1500));
    assert_eq!(
        server.log().matches("revoked certificates can't be used").count(),
        2,
        "{}",
        server.log()
    );
    fs::rename(certs.join("aside"), certs.join("root.pem")).unwrap();
    wait_until(|| is_refused(&server.showing(&etl)));
}

/// The serial number may be all that is known of a leaked certificate, and a file in the folder
/// proves nothing about other certificates.
#[test]
fn certificates_can_be_revoked_by_serial_number_without_an_intact_copy() {
    let server = Server::start();
    let data = server.data();
    let (lost, other) = (issue(&server, "lost"), issue(&server, "other"));
    let (lost_serial, other_serial) =
        (serials(&server, "lost").remove(0), serials(&server, "other").remove(0));
    let copies = data.join("certs/issued");
    fs::remove_file(copies.join(format!("{lost_serial}.pem"))).unwrap();
    fs::write(copies.join(format!("{other_serial}.pem")), "damaged").unwrap();
    let (lost, other) = (server.showing(&lost), server.showing(&other));
    for (client, serial) in [(lost, &lost_serial), (other, &other_serial)] {
        client.get("/tag").expect(200);
        let output = says(
            &patchbay(&data, &["cert", "revoke", serial]),
            &["no certificate with this serial number is known here"],
        );
        assert!(output.starts_with(&format!("revoked serial {serial};")), "{output}");
        wait_until(|| is_refused(&client) || client.get("/tag").status == 401);
        says(&patchbay(&data, &["cert", "revoke", serial]), &["was revoked already, on 20"]);
    }
    // Other programs may issue short serial numbers, and openssl prints them in its own form.
    fails(&patchbay(&data, &["cert", "revoke", "2a"]), "no client has a certificate");
    for (argument, serial) in [("0x2a", "2a"), ("serial=2B", "2b")] {
        says(
            &patchbay(&data, &["cert", "revoke", argument]),
            &[&format!("revoked serial {serial};")],
        );
    }
    // A mistyped argument is not taken as an unknown serial number.
    let known = serials(&server, "QlikClient").remove(0);
    let slip =
        format!("{}{}", &known[..known.len() - 1], if known.ends_with('0') { '1' } else { '0' });
    fails(&patchbay(&data, &["cert", "revoke", &slip]), &format!("did you mean '{known}'?"));
    let listed = patchbay(&data, &["cert", "list"]);
    says(&listed, &["QlikClient"]);
    let error = String::from_utf8(listed.stderr).unwrap();
    assert!(error.ends_with(&format!("{other_serial}.pem contains no certificate\n")), "{error}");
    // A path `clients` that is not a folder does not prevent a revocation either.
    fs::rename(data.join("certs/clients"), data.join("aside")).unwrap();
    fs::write(data.join("certs/clients"), "").unwrap();
    says(&patchbay(&data, &["cert", "revoke", "QlikClient"]), &["revoked QlikClient"]);
    let entries = format!(
        "/auditentry/count?filter=objectName eq '{lost_serial}' and action eq 'revoke certificate'"
    );
    says(&patchbay(&data, &["cert", "renew", "QlikClient"]), &[]);
    assert_eq!(server.repository().get(&entries).expect(200).json()["value"], 1);
    send_signal("HUP", server.process_id());
    wait_until(|| server.log().contains("a file in the folder of certificates can't be used"));
}
