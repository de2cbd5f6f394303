//! Renewal of certificates, of clients and of the server, and certificates that can't be renewed
//! because of their authority.

use crate::support::certificates::{authority, is_refused, issue, list, made, serials};
use crate::support::machine::{fails, patchbay, says};
use crate::support::{Server, certificate, send_signal, wait_until};
use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use std::fs;
use std::process::Command;
use time::{Duration, OffsetDateTime};

#[test]
fn renewed_and_earlier_certificates_both_work_until_the_earlier_one_is_revoked() {
    let server = Server::start();
    let old = issue(&server, "etl");
    let first = serials(&server, "etl").remove(0);
    let output = says(
        &patchbay(&server.data(), &["cert", "renew", "etl", "--days", "7"]),
        &["renewed etl (serial "],
    );
    let new = certificate(&server.data().join("certs/clients"), "etl");
    assert_ne!(old, new);
    for shown in [&old, &new] {
        server.showing(shown).get("/tag").expect(200);
    }
    assert!(output.contains(&format!("patchbay cert revoke {first}\n")), "{output}");
    assert!(serials(&server, "etl").iter().all(|serial| output.contains(serial)), "{output}");
    // The format of openssl.
    let pairs: Vec<_> = first
        .as_bytes()
        .chunks(2)
        .map(|pair| String::from_utf8_lossy(pair).to_uppercase())
        .collect();
    says(&patchbay(&server.data(), &["cert", "revoke", &pairs.join(":")]), &[&first]);
    send_signal("HUP", server.process_id());
    wait_until(|| is_refused(&server.showing(&old)));
    server.showing(&new).get("/tag").expect(200);
    wait_until(|| server.log().contains("a client certificate expires soon"));
}

/// A renewal that was killed between its two files leaves this state.
#[test]
fn a_certificate_with_the_wrong_key_is_reported_with_advice() {
    let server = Server::start();
    let data = server.data();
    let certs = data.join("certs");
    issue(&server, "etl");
    let output = || String::from_utf8(patchbay(&data, &["cert", "list"]).stderr).unwrap();
    assert_eq!(output(), "");
    let keys = ["server_key.pem", "client_key.pem", "clients/etl_key.pem"];
    for key in keys {
        fs::copy(certs.join("root_key.pem"), certs.join(key)).unwrap();
    }
    for (key, name) in keys.into_iter().zip(["--server", "QlikClient", "etl"]) {
        assert!(output().contains(&format!("{key} is not the key of ")), "{}", output());
        let remedy = format!("; patchbay cert renew {name} creates both again\n");
        assert!(output().contains(&remedy), "{}", output());
        says(&patchbay(&data, &["cert", "renew", name]), &["renewed "]);
        assert!(!output().contains(&remedy));
    }
    server.showing(&certificate(&certs.join("clients"), "etl")).get("/tag").expect(200);
}

#[test]
fn the_server_renews_its_certificate_only_if_it_expires_soon_or_its_names_change() {
    let server = Server::start();
    let path = server.data().join("certs/server.pem");
    let read = || fs::read(&path).unwrap();
    let first = read();
    let server = Server::start_in(server.stop(), |_| {});
    assert_eq!(read(), first);
    let named = |command: &mut Command| {
        command.args(["--host", "qlik.example.com", "--host", "2001:DB8:0::1"]);
    };
    let server = Server::start_in(server.stop(), named);
    let second = read();
    assert_ne!(second, first);
    let server = Server::start_in(server.stop(), named);
    assert_eq!(read(), second);
    // A certificate with the same names that expires soon.
    let soon = made(&authority(&server.data()), |params| {
        let hosts = ["127.0.0.1", "::1", "localhost"].map(str::to_owned).to_vec();
        params.subject_alt_names = CertificateParams::new(hosts).unwrap().subject_alt_names;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.not_after = OffsetDateTime::now_utc() + Duration::days(20);
    });
    let soon = String::from_utf8(soon).unwrap();
    let (certificate, key) = soon.split_at(soon.find("-----BEGIN PRIVATE KEY").unwrap());
    let put = || {
        fs::write(&path, certificate).unwrap();
        fs::write(path.with_file_name("server_key.pem"), key).unwrap();
    };
    let folder = server.stop();
    put();
    let server = Server::start_in(folder, |_| {});
    assert_ne!(read(), certificate.as_bytes());
    let renewed =
        "/auditentry/count?filter=userName eq 'patchbay serve' and action eq 'renew certificate'";
    // The entry is recorded a little later.
    wait_until(|| server.repository().get(renewed).expect(200).json()["value"] == 2);
    // Without the authority's key, the certificate is not renewed; the server warns.
    let folder = server.stop();
    put();
    fs::remove_file(path.with_file_name("root_key.pem")).unwrap();
    let server = Server::start_in(folder, |_| {});
    assert_eq!(read(), certificate.as_bytes());
    server.repository().get("/tag").expect(200);
    wait_until(|| server.log().contains("the server's certificate expires soon"));
}

#[test]
fn an_authority_that_expires_soon_causes_a_warning_and_no_certificate_outlives_it() {
    let folder = Server::start().stop();
    let certs = folder.path().join("data/certs");
    for name in ["client.pem", "client_key.pem"] {
        fs::remove_file(certs.join(name)).unwrap();
    }
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "An authority of somebody");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.not_after = OffsetDateTime::now_utc() + Duration::days(10);
    let key = KeyPair::generate().unwrap();
    fs::write(certs.join("root.pem"), params.self_signed(&key).unwrap().pem()).unwrap();
    fs::write(certs.join("root_key.pem"), key.serialize_pem()).unwrap();
    let server = Server::start_in(folder, |_| {});
    wait_until(|| server.log().contains("the certificate authority expires soon"));
    server.repository().get("/tag").expect(200);
    issue(&server, "etl");
    let last = params.not_after.date().to_string();
    assert_eq!(list(&server).matches(&last).count(), 4, "{}", list(&server));
    // A new one would expire at the same time.
    let first = fs::read(certs.join("server.pem")).unwrap();
    let _server = Server::start_in(server.stop(), |_| {});
    assert_eq!(fs::read(certs.join("server.pem")).unwrap(), first);
}

/// A certificate that can't be renewed is not moved away first.
#[test]
fn an_authority_with_the_wrong_key_stops_the_start_and_no_file_is_moved() {
    let (folder, other) = (Server::start().stop(), Server::start_new());
    let data = folder.path().join("data");
    fs::copy(other.data().join("certs/root.pem"), data.join("certs/root.pem")).unwrap();
    let names = || {
        let entries = fs::read_dir(data.join("certs")).unwrap();
        entries.map(|entry| entry.unwrap().file_name()).collect::<std::collections::BTreeSet<_>>()
    };
    let before = names();
    fails(
        &patchbay(&data, &["serve", "--listen", "127.0.0.1:0"]),
        "root_key.pem is not the key of root.pem",
    );
    assert_eq!(names(), before);
}
