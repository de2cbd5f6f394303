//! A client that costs little: one kept connection with a client certificate, requests as bytes.

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;

/// One connection to the server.
pub struct Client {
    stream: StreamOwned<ClientConnection, TcpStream>,
    buffer: Vec<u8>,
    /// The header lines that say on whose behalf it asks.
    user: String,
}

/// How to reach the server.
#[derive(Clone)]
pub struct Target {
    pub address: SocketAddr,
    config: Arc<ClientConfig>,
}

impl Target {
    pub fn new(address: SocketAddr, certs: &Path) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(certs.join("root.pem")).expect("a root")).expect("a valid root");
        let chain = vec![CertificateDer::from_pem_file(certs.join("client.pem")).expect("a certificate")];
        let key = PrivateKeyDer::from_pem_file(certs.join("client_key.pem")).expect("a key");
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_root_certificates(roots).with_client_auth_cert(chain, key))
            .expect("a client");
        Self { address, config: Arc::new(config) }
    }

    pub fn connect(&self) -> Client {
        self.connection(String::new())
    }

    /// A connection on behalf of a user, named as in the header.
    pub fn connect_as(&self, user: &str) -> Client {
        self.connect_with("X-Qlik-User", user)
    }

    /// A connection whose requests have this header.
    pub fn connect_with(&self, header: &str, value: &str) -> Client {
        self.connection(format!("{header}: {value}\r\n"))
    }

    /// The same server's other door.
    pub fn at(&self, address: SocketAddr) -> Self {
        Self { address, ..self.clone() }
    }

    fn connection(&self, user: String) -> Client {
        let socket = TcpStream::connect(self.address).expect("the server listens");
        socket.set_nodelay(true).expect("no delay");
        let name = ServerName::IpAddress(self.address.ip().into());
        let connection = ClientConnection::new(Arc::clone(&self.config), name).expect("a connection");
        Client { stream: StreamOwned::new(connection, socket), buffer: vec![0; 64 * 1024], user }
    }
}

impl Client {
    /// Sends a request below `/qrs`, and gives the status and the body.
    pub fn call(&mut self, method: &str, path: &str, body: &str) -> (u16, String) {
        let separator = if path.contains('?') { '&' } else { '?' };
        self.send(method, &format!("/qrs{path}{separator}xrfkey=0123456789abcdef"), body)
    }

    /// Sends a request to any path, and gives the status and the body.
    pub fn send(&mut self, method: &str, path: &str, body: &str) -> (u16, String) {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\n\
             X-Qlik-Xrfkey: 0123456789abcdef\r\n{}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.user,
            body.len()
        );
        self.stream.write_all(request.as_bytes()).expect("the server reads");
        let mut reply = Vec::new();
        loop {
            let read = self.stream.read(&mut self.buffer).expect("the server answers");
            assert!(read > 0, "the server hung up");
            reply.extend_from_slice(&self.buffer[..read]);
            if let Some(answer) = complete(&reply) {
                return answer;
            }
        }
    }
}

/// The status and the body, once all of it is there; what comes in chunks keeps their lengths in it.
fn complete(reply: &[u8]) -> Option<(u16, String)> {
    let end = reply.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&reply[..end]).expect("a head").to_ascii_lowercase();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    if head.contains("transfer-encoding: chunked") {
        let whole = reply.ends_with(b"\r\n0\r\n\r\n") || &reply[end..] == b"0\r\n\r\n";
        return whole.then(|| (status, String::from_utf8_lossy(&reply[end..]).into_owned()));
    }
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |length| length.trim().parse::<usize>().expect("a length"));
    let body = reply.get(end..end + length)?;
    Some((status, String::from_utf8_lossy(body).into_owned()))
}
