//! TLS versions and session resumption.

use crate::support::certificates::issue;
use crate::support::machine::{patchbay, says};
use crate::support::{Server, send_signal, wait_until};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{
    ClientConfig, ClientConnection, HandshakeKind, RootCertStore, Stream, SupportedProtocolVersion,
};
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

/// Connects with TLS and sends a request. Returns the kind of handshake and the status line; `None`
/// if the server refused.
fn visit(address: &str, config: &Arc<ClientConfig>) -> Option<(HandshakeKind, String)> {
    let mut tls =
        ClientConnection::new(Arc::clone(config), ServerName::try_from("localhost").unwrap())
            .unwrap();
    let mut tcp = TcpStream::connect(address).unwrap();
    let mut stream = Stream::new(&mut tls, &mut tcp);
    let request = "GET /qrs/tag?xrfkey=0123456789abcdef HTTP/1.1\r\nHost: \
                   localhost\r\nX-Qlik-Xrfkey: 0123456789abcdef\r\n";
    stream.write_all(format!("{request}Connection: close\r\n\r\n").as_bytes()).ok()?;
    let mut text = String::new();
    stream.read_to_string(&mut text).ok()?;
    Some((tls.handshake_kind()?, text.lines().next()?.to_owned()))
}

fn speaking(
    server: &Server,
    version: &'static SupportedProtocolVersion,
    shown: Option<&[u8]>,
) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(server.data().join("certs/root.pem")).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider).with_protocol_versions(&[version]).unwrap();
    let builder = builder.with_root_certificates(roots);
    Arc::new(match shown {
        Some(pem) => {
            let chain = vec![CertificateDer::from_pem_slice(pem).unwrap()];
            builder
                .with_client_auth_cert(chain, PrivateKeyDer::from_pem_slice(pem).unwrap())
                .unwrap()
        }
        None => builder.with_no_client_auth(),
    })
}

#[test]
fn a_revoked_certificate_can_not_resume_a_session() {
    let server = Server::start_in(tempfile::tempdir().unwrap(), |command| {
        command.args(["--front", "127.0.0.1:0"]);
    });
    let etl = issue(&server, "etl");
    let front =
        server.welcome.iter().find_map(|line| line.strip_prefix("Front door: https://")).unwrap();
    let direct = server.base.trim_start_matches("https://");
    let versions = [&rustls::version::TLS12, &rustls::version::TLS13];
    // The client does resume sessions where it may: the front door asks for no certificate.
    for version in versions {
        let config = speaking(&server, version, None);
        let kinds = [visit(front, &config), visit(front, &config)].map(|visit| visit.unwrap().0);
        assert_eq!(kinds, [HandshakeKind::Full, HandshakeKind::Resumed], "{version:?}");
    }
    let configs = versions.map(|version| speaking(&server, version, Some(&etl)));
    for config in &configs {
        for _ in 0..2 {
            assert_eq!(
                visit(direct, config),
                Some((HandshakeKind::Full, "HTTP/1.1 200 OK".to_owned()))
            );
        }
    }
    says(&patchbay(&server.data(), &["cert", "revoke", "etl"]), &["revoked etl"]);
    send_signal("HUP", server.process_id());
    wait_until(|| server.log().contains("the list of revoked certificates was read"));
    for config in &configs {
        assert_eq!(visit(direct, config), None);
    }
}

#[test]
fn a_certificate_that_is_missing_at_a_reload_is_made_again_with_a_warning() {
    let server = Server::start();
    let certificate = server.data().join("certs/server.pem");
    fs::remove_file(&certificate).unwrap();
    send_signal("HUP", server.process_id());
    let warning = "a file of the server's certificate was missing, so a new certificate was made";
    wait_until(|| server.log().contains(warning));
    wait_until(|| server.log().contains("the certificate was read again"));
    let log = server.log();
    let line = log.lines().find(|line| line.contains(warning)).unwrap();
    assert!(line.contains("WARN") && line.contains("server.pem"), "{line}");
    assert!(certificate.exists());
    let entries = "/auditentry/count?filter=action eq 'renew certificate'";
    assert_eq!(server.repository().get(entries).expect(200).json()["value"], 1);
}

/// RFC 8446, D.5, and RFC 8996: a handshake below TLS 1.2 is answered with an alert.
#[test]
fn older_versions_of_tls_are_refused() {
    let server = Server::start();
    for (version, alert) in [([3, 1], Some([2, 70])), ([3, 2], Some([2, 70])), ([3, 3], None)] {
        let mut hello = vec![version[0], version[1]];
        hello.extend([7; 32]);
        // No session id, ECDHE with ECDSA and AES-GCM or AES-CBC, no compression.
        hello.extend([0, 0, 4, 0xc0, 0x2b, 0xc0, 0x09, 1, 0]);
        // Extensions: curve P-256, ECDSA with SHA-256, and secure renegotiation.
        let extensions = [0, 10, 0, 4, 0, 2, 0, 23, 0, 13, 0, 4, 0, 2, 4, 3, 0, 23, 0, 0];
        hello.extend([0, u8::try_from(extensions.len()).unwrap()]);
        hello.extend(extensions);
        let length = u8::try_from(hello.len()).unwrap();
        let mut record = vec![22, 3, 1, 0, length + 4, 1, 0, 0, length];
        record.extend(hello);
        let mut tcp = TcpStream::connect(server.base.trim_start_matches("https://")).unwrap();
        tcp.write_all(&record).unwrap();
        let mut answer = [0; 7];
        tcp.read_exact(&mut answer).unwrap();
        let received = (answer[0] == 21).then(|| [answer[5], answer[6]]);
        assert_eq!(received, alert, "{version:?}: {answer:?}");
    }
}
