//! Sites that the commands know: how they are reached, and what is wrong if they are not. The site
//! is another server of this program.

use crate::support::jwt::{Issuer, claims};
use crate::support::machine::fails;
use crate::support::rules::user;
use crate::support::staging::{Staging, documented, lines, port};
use crate::support::{Server, program};
use p12_keystore::{
    Certificate, EncryptionAlgorithm, KeyStore, KeyStoreEntry, MacAlgorithm, PrivateKey,
    PrivateKeyChain,
};
use pkcs8::pkcs5::pbes2;
use pkcs8::{LineEnding, PrivateKeyInfoRef};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::json;
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Output;

const PASSWORD: &str = "pass word ö";

/// The documented lines, with the address of this site.
fn here(lines: &[String], url: &str) -> Vec<String> {
    lines.iter().map(|line| line.replace("https://localhost:4242", url)).collect()
}

/// The command fails with one line on standard error, which has all these parts.
#[track_caller]
fn refused(output: &Output, parts: &[&str]) {
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    for part in parts {
        fails(output, part);
    }
}

#[test]
fn a_site_is_added_listed_checked_and_removed() {
    let staging = Staging::new();
    let repository = staging.site.repository();
    for name in ["Sales", "ServerLogFolder", "monitor_apps_REST_app"] {
        repository.connection(name);
    }
    repository.create("tag", &json!({"name": "finance"}));
    repository.create(
        "systemrule",
        &json!({"name": "one", "resourceFilter": "Tag_*", "actions": 2,
            "rule": "user.name like \"*\""}),
    );
    let url = staging.url("localhost");
    let mut added = lines(&staging.add("prod", &url, &staging.certificates(), &[]));
    assert_eq!(added, here(&documented("site add"), &url));
    added.pop();
    assert_eq!(lines(&staging.run(&["check", "prod"])), added);
    assert_eq!(lines(&staging.run(&["list"])), here(&documented("site list"), &url));
    let again = staging.add("prod", &url, &staging.certificates(), &[]);
    refused(&again, &["there is a site prod already", "--replace"]);
    lines(&staging.add("prod", &url, &staging.certificates(), &["--replace"]));
    refused(&staging.run(&["check", "prd"]), &["there is no site prd; did you mean prod?"]);
    assert_eq!(lines(&staging.run(&["remove", "prod"])), here(&documented("site remove"), &url));
    assert_eq!(
        lines(&staging.run(&["list"])),
        ["there are no sites; add one with patchbay site add"]
    );
    refused(&staging.run(&["remove", "prod"]), &["there is no site prod; add one"]);
}

#[test]
fn it_says_what_the_user_may_not_do_there() {
    let staging = Staging::new();
    let repository = staging.site.repository();
    user(&repository, "anna", &[], &[], &[]);
    let rule = json!({"name": "read", "resourceFilter": "*", "actions": 2,
        "rule": "user.name like \"*\""});
    repository.create("systemrule", &rule);
    repository.connection("Sales");
    let arguments =
        ["add", "prod", "--url", &staging.url("localhost"), "--as", r"LAB\anna", "--certificates"];
    let certificates = staging.certificates();
    let output = staging.run(&[&arguments[..], &[certificates.to_str().unwrap()]].concat());
    let may_not = [
        "the user may not change 1 of 1 data connection",
        "the user may not change 1 of 1 system rule",
        "the user may not create data connections",
        "the user may not create tags",
        "the user may not create custom property definitions",
        "the user may not create system rules",
    ];
    let shown = lines(&output);
    let shown: Vec<_> = shown.iter().filter(|line| line.contains("may not")).collect();
    assert_eq!(shown, may_not);
}

/// Each way in which a connection can fail is one line that says what to do, and writes nothing.
#[test]
fn a_site_that_can_not_be_reached_says_what_to_do() {
    let staging = Staging::new();
    let (certificates, other) = (staging.certificates(), Server::start_new());
    let here = format!("127.0.0.1:{}", port(&staging.site));
    let add = |url: &str, more: &[&str]| staging.add("x", url, &certificates, more);
    let name = add("https://qlik-prod", &["--connect", &here]);
    let advice = format!("use --url https://localhost, with --connect {here}");
    refused(&name, &["x: the certificate of", "not for qlik-prod; ", &advice]);
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = add(&format!("https://{closed}"), &[]);
    refused(&nobody, &[&format!("nothing listens at {closed}"), "4242"]);
    let no_name = add("https://qlik-prod.invalid", &[]);
    refused(&no_name, &["can't be looked up", "--connect IP:PORT"]);
    let another = add(&format!("https://localhost:{}", port(&other)), &[]);
    refused(&another, &["was not issued by the root in", "export them again"]);
    let mixed = staging.copy("mixed");
    fs::copy(other.data().join("certs/root.pem"), mixed.join("root.pem")).unwrap();
    let url = format!("https://localhost:{}", port(&other));
    let stranger = staging.add("x", &url, &mixed, &[]);
    refused(&stranger, &["does not accept the client's certificate", "export the certificates"]);
    let path = add(&format!("{}/jwt", staging.url("localhost")), &[]);
    refused(&path, &["nothing at /qrs/about (404)", "check the url"]);
    let unknown = ["add", "x", "--url", &staging.url("localhost"), "--header", r"X-User=A\b"];
    refused(&staging.run(&unknown), &["authority that is not trusted here", "--root FILE"]);
    assert!(!staging.folder.path().join("patchbay-data").exists());
}

#[test]
fn a_plain_server_and_one_that_breaks_off_are_named() {
    let staging = Staging::new();
    for (reply, part) in [(&b"HTTP/1.1 400 Bad\r\n\r\n"[..], "does not speak TLS"), (b"", "closed")]
    {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        let server = std::thread::spawn(move || {
            use std::io::{Read, Write};
            let (mut connection, _) = listener.accept().unwrap();
            let _ = connection.read(&mut [0; 100]);
            connection.write_all(reply).unwrap();
        });
        refused(&staging.add("x", &url, &staging.certificates(), &[]), &[part]);
        server.join().unwrap();
    }
}

#[test]
fn arguments_and_files_that_can_not_be_used_are_named() {
    let staging = Staging::new();
    let url = staging.url("localhost");
    let certificates = staging.certificates();
    for (url, more, part) in [
        ("http://localhost", &[][..], "by https only"),
        (&url, &["--connect", "localhost"], "not an IP address with a port"),
        (&url, &["--root", "ca.pem"], "--root"),
        (&url, &["--certificate-password", "secret"], "env:VARIABLE or file:PATH"),
    ] {
        refused(&staging.add("x", url, &certificates, more), &[part]);
    }
    refused(&staging.add("X", &url, &certificates, &[]), &["lower-case letters"]);
    refused(&staging.add("here", &url, &certificates, &[]), &["another name"]);
    let way = staging.run(&["add", "x", "--url", &url]);
    refused(&way, &["--certificates", "--token", "--header"]);
    let empty = staging.folder.path().join("empty");
    fs::create_dir(&empty).unwrap();
    refused(&staging.add("x", &url, &empty, &[]), &["client.pem", "client.pfx", "QMC"]);
    let copy = staging.copy("rootless");
    fs::remove_file(copy.join("root.pem")).unwrap();
    refused(&staging.add("x", &url, &copy, &[]), &["root.pem nor root.cer"]);
    lines(&staging.add("good", &url, &certificates, &[]));
    let file = staging.folder.path().join("patchbay-data/sites/good.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.clone() + "tokn = 'x'\n").unwrap();
    refused(&staging.run(&["check", "good"]), &["good.toml: line 4: unknown field `tokn`"]);
    fs::write(&file, text).unwrap();
    lines(&staging.run(&["check", "good"]));
}

#[cfg(unix)]
#[test]
fn files_that_others_can_read_or_write_are_refused() {
    use std::os::unix::fs::PermissionsExt;
    let staging = Staging::new();
    let mode = |path: &Path, mode| fs::set_permissions(path, PermissionsExt::from_mode(mode));
    let copy = staging.copy("readable");
    mode(&copy.join("client_key.pem"), 0o644).unwrap();
    let url = staging.url("localhost");
    refused(&staging.add("x", &url, &copy, &[]), &["other users can read", "chmod 600"]);
    lines(&staging.add("prod", &url, &staging.certificates(), &[]));
    let file = staging.folder.path().join("patchbay-data/sites/prod.toml");
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    mode(&file, 0o622).unwrap();
    refused(&staging.run(&["check", "prod"]), &["other users can write to", "chmod go-w"]);
}

/// The certificate and the key of the client, as the program made them.
fn pair(folder: &Path) -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
    let certificate = CertificateDer::from_pem_file(folder.join("client.pem")).unwrap();
    (certificate, PrivateKeyDer::from_pem_file(folder.join("client_key.pem")).unwrap())
}

/// Writes the certificate as PFX, by one of the ways in which Windows encrypts it.
fn write_pfx(folder: &Path, way: EncryptionAlgorithm, mac: MacAlgorithm) {
    let (certificate, key) = pair(folder);
    let certificate = Certificate::from_der(&certificate).unwrap();
    let key = PrivateKey::from_der(key.secret_der()).unwrap();
    let chain = PrivateKeyChain::new(vec![1_u8], key, [certificate]);
    let mut store = KeyStore::new();
    store.add_entry("client", KeyStoreEntry::PrivateKeyChain(chain));
    let writer = store.writer(PASSWORD).encryption_algorithm(way).mac_algorithm(mac);
    fs::write(folder.join("client.pfx"), writer.write().unwrap()).unwrap();
    make_private(&folder.join("client.pfx"));
    fs::remove_file(folder.join("client.pem")).unwrap();
    fs::remove_file(folder.join("client_key.pem")).unwrap();
}

/// Encrypts the key, as the QMC does if a password is given.
fn encrypt_key(folder: &Path) {
    let (_, key) = pair(folder);
    let parameters =
        pbes2::Parameters::generate_pbkdf2_sha256_aes256cbc(2_048, &[7; 16], [9; 16]).unwrap();
    let key = PrivateKeyInfoRef::try_from(key.secret_der()).unwrap();
    let encrypted = key.encrypt_with_params(parameters, PASSWORD).unwrap();
    let pem = encrypted.to_pem("ENCRYPTED PRIVATE KEY", LineEnding::CRLF).unwrap();
    fs::write(folder.join("client_key.pem"), pem.as_bytes()).unwrap();
    make_private(&folder.join("client_key.pem"));
}

fn make_private(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }
}

/// A form of exported certificates: its name, and what makes it of plain PEM files.
type Form = (&'static str, fn(&Path));

#[test]
fn all_forms_of_exported_certificates_open_with_their_password_only() {
    let staging = Staging::new();
    let url = staging.url("localhost");
    let password = staging.folder.path().join("password");
    fs::write(&password, format!("{PASSWORD}\r\n")).unwrap();
    make_private(&password);
    let wrong = staging.folder.path().join("wrong");
    fs::write(&wrong, "wrong").unwrap();
    make_private(&wrong);
    let forms: [Form; 3] = [
        ("key", encrypt_key),
        ("pfx-new", |folder| {
            let way = EncryptionAlgorithm::PbeWithHmacSha256AndAes256;
            write_pfx(folder, way, MacAlgorithm::HmacSha256);
        }),
        ("pfx-old", |folder| {
            let way = EncryptionAlgorithm::PbeWithShaAnd3KeyTripleDesCbc;
            write_pfx(folder, way, MacAlgorithm::HmacSha1);
        }),
    ];
    for (name, make) in forms {
        let folder = staging.copy(name);
        make(&folder);
        // The QMC exports the root as DER along with a PFX.
        if folder.join("client.pfx").exists() {
            let root = CertificateDer::from_pem_file(folder.join("root.pem")).unwrap();
            fs::write(folder.join("root.cer"), &root).unwrap();
            fs::remove_file(folder.join("root.pem")).unwrap();
        }
        let file = |path: &Path| format!("file:{}", path.display());
        let none = staging.add(name, &url, &folder, &[]);
        refused(&none, &["needs its password", "--certificate-password"]);
        let with_wrong = ["--certificate-password", &file(&wrong)];
        refused(
            &staging.add(name, &url, &folder, &with_wrong),
            &["can't be opened with this password"],
        );
        let with_right = ["--certificate-password", &file(&password)];
        let shown = lines(&staging.add(name, &url, &folder, &with_right));
        assert_eq!(shown[0], format!(r"{name}: repository 34.16.0, as INTERNAL\sa_api"));
        lines(&staging.run(&["check", name]));
    }
    let unset = ["--certificate-password", "env:PATCHBAY_TEST_UNSET"];
    let key = staging.folder.path().join("key");
    refused(
        &staging.add("x", &url, &key, &unset),
        &["the variable PATCHBAY_TEST_UNSET is not set, but must hold the password"],
    );
}

#[test]
fn a_token_reaches_a_site_through_its_proxy() {
    let issuer = Issuer::new();
    let (site, front) = issuer.start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let token = issuer.bearer(&claims(&json!({})));
    let run = |token: &str, name: &str| {
        let mut command = program();
        command.current_dir(folder.path()).env("SITE_TOKEN", token.trim_start_matches("Bearer "));
        command.args(["site", "add", name, "--url", &front, "--token", "env:SITE_TOKEN", "--root"]);
        command.arg(site.data().join("certs/root.pem")).output().unwrap()
    };
    let output = run(&token, "prod");
    let shown = lines(&output);
    assert_eq!(shown[0], "prod: repository 34.16.0, as the user of the token");
    let file = fs::read_to_string(folder.path().join("patchbay-data/sites/prod.toml")).unwrap();
    assert!(file.contains("SITE_TOKEN") && !file.contains(&token[20..40]), "{file}");
    refused(&run(&token[..token.len() - 8], "x"), &["does not accept the sign-in (401)", "token"]);
    refused(&run("", "x"), &["the variable SITE_TOKEN is empty"]);
}
