//! After the last request of a connection, no further request on it is carried out (RFC 9112, 9.6).

use crate::support::{Server, XRFKEY, wait_until};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

/// Sends the text over TLS with the client certificate in one piece, and reads until the connection
/// ends.
fn exchange(server: &Server, text: &str) -> String {
    let folder = server.data().join("certs");
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(folder.join("root.pem")).unwrap()).unwrap();
    let certificate = CertificateDer::from_pem_file(folder.join("client.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(folder.join("client_key.pem")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap();
    let config =
        config.with_root_certificates(roots).with_client_auth_cert(vec![certificate], key).unwrap();
    let config = Arc::new(config);
    let name = ServerName::try_from("localhost").unwrap();
    let socket = TcpStream::connect(server.base.trim_start_matches("https://")).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut stream = StreamOwned::new(ClientConnection::new(config, name).unwrap(), socket);
    stream.write_all(text.as_bytes()).unwrap();
    let (mut replies, mut part) = (Vec::new(), [0; 4096]);
    loop {
        match stream.read(&mut part) {
            Ok(0) => break,
            Ok(length) => replies.extend_from_slice(&part[..length]),
            Err(error)
                if [ErrorKind::UnexpectedEof, ErrorKind::ConnectionReset]
                    .contains(&error.kind()) =>
            {
                break;
            }
            Err(error) => panic!("{error}: {}", String::from_utf8_lossy(&replies)),
        }
    }
    String::from_utf8(replies).unwrap()
}

/// A request that creates a tag, with further headers.
fn create_tag(name: &str, version: &str, headers: &str) -> String {
    let body = format!("{{\"name\": \"{name}\"}}");
    let length = body.len();
    format!(
        "POST /qrs/tag?xrfkey={XRFKEY} HTTP/{version}\r\nHost: localhost\r\nX-Qlik-Xrfkey: \
         {XRFKEY}\r\n{headers}Content-Type: application/json\r\nContent-Length: \
         {length}\r\n\r\n{body}"
    )
}

#[test]
fn requests_after_the_last_one_of_a_connection_are_not_carried_out() {
    let server = Server::start();
    let client = server.repository();
    let refused = "POST /qrs/tag HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: \
                   websocket\r\n\r\n";
    let cases = [
        ("close", create_tag("close 1", "1.1", "Connection: close\r\n")),
        ("upper case", create_tag("upper case 1", "1.1", "Connection: Close\r\n")),
        (
            "one of several",
            create_tag("one of several 1", "1.1", "Connection: close, TE\r\nTE: trailers\r\n"),
        ),
        (
            "in a second header",
            create_tag("in a second header 1", "1.1", "Connection: TE\r\nConnection: close\r\n"),
        ),
        ("HTTP/1.0", create_tag("HTTP/1.0 1", "1.0", "")),
        ("the server closes", refused.to_owned()),
    ];
    for (name, first) in cases {
        let later = ["2", "3"].map(|number| create_tag(&format!("{name} {number}"), "1.1", ""));
        let replies = exchange(&server, &format!("{first}{}{}", later[0], later[1]));
        let made = replies.matches(" 201 Created").count();
        let expected = usize::from(first != refused);
        assert_eq!(made, expected, "{name}: {replies}");
        // If another request was carried out, it is done by now.
        client.create("tag", &serde_json::json!({"name": format!("{name} end")}));
        let names = client.names("tag", &format!("name sw '{name}'"));
        assert_eq!(names.len(), expected + 1, "{name}: {names:?}");
    }
}

#[test]
fn requests_before_the_last_one_are_carried_out() {
    let server = Server::start();
    let requests = ["1", "2", "3"].map(|name| {
        create_tag(name, "1.1", if name == "3" { "Connection: close\r\n" } else { "" })
    });
    let replies = exchange(&server, &requests.concat());
    assert_eq!(replies.matches(" 201 Created").count(), 3, "{replies}");
    wait_until(|| server.repository().names("tag", "").len() == 3);
}
