//! A cheap client, and many of them concurrently: kept connections with a client certificate, and
//! requests as bytes.

use rustls::client::Resumption;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// One connection to the server.
pub struct Client {
    stream: StreamOwned<ClientConnection, TcpStream>,
    /// The last reply, as far as it has arrived.
    reply: Vec<u8>,
    /// The header lines that name the user.
    user: String,
}

/// The address and certificates of the server.
#[derive(Clone)]
pub struct Target {
    pub address: SocketAddr,
    config: Arc<ClientConfig>,
}

impl Target {
    pub fn new(address: SocketAddr, certs: &Path) -> Self {
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_file(certs.join("root.pem")).expect("a root"))
            .expect("a valid root");
        let chain =
            vec![CertificateDer::from_pem_file(certs.join("client.pem")).expect("a certificate")];
        let key = PrivateKeyDer::from_pem_file(certs.join("client_key.pem")).expect("a key");
        let mut config =
            ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .and_then(|builder| {
                    builder.with_root_certificates(roots).with_client_auth_cert(chain, key)
                })
                .expect("a client");
        // Like clients that are started for each request.
        config.resumption = Resumption::disabled();
        Self { address, config: Arc::new(config) }
    }

    pub fn connect(&self) -> Client {
        self.connection(String::new())
    }

    /// A connection for a user, named as in the header.
    pub fn connect_as(&self, user: &str) -> Client {
        self.connect_with("X-Qlik-User", user)
    }

    /// A connection whose requests have this header.
    pub fn connect_with(&self, header: &str, value: &str) -> Client {
        self.connection(format!("{header}: {value}\r\n"))
    }

    /// Another door of the same server.
    pub fn at(&self, address: SocketAddr) -> Self {
        Self { address, ..self.clone() }
    }

    fn connection(&self, user: String) -> Client {
        let socket = TcpStream::connect(self.address).expect("the server listens");
        socket.set_nodelay(true).expect("no delay");
        let name = ServerName::IpAddress(self.address.ip().into());
        let connection =
            ClientConnection::new(Arc::clone(&self.config), name).expect("a connection");
        Client { stream: StreamOwned::new(connection, socket), reply: Vec::new(), user }
    }
}

impl Client {
    /// Sends a request below `/qrs`, and returns the status and the body.
    pub fn call(&mut self, method: &str, path: &str, body: &str) -> (u16, String) {
        let separator = if path.contains('?') { '&' } else { '?' };
        self.send(method, &format!("/qrs{path}{separator}xrfkey=0123456789abcdef"), body)
    }

    /// Sends a request to any path, and returns the status and the body.
    pub fn send(&mut self, method: &str, path: &str, body: &str) -> (u16, String) {
        let (status, start) = self.exchange(method, path, body);
        let is_chunked = Head::of(&self.reply).is_some_and(|head| head.length.is_none());
        let body = &self.reply[start..];
        let body = if is_chunked { joined(body) } else { body.to_vec() };
        (status, String::from_utf8(body).expect("a text"))
    }

    /// Like [`Client::call`], for callers that only check the status.
    pub fn expect(&mut self, method: &str, path: &str, body: &str, status: u16) {
        let separator = if path.contains('?') { '&' } else { '?' };
        let path = format!("/qrs{path}{separator}xrfkey=0123456789abcdef");
        let (status_received, start) = self.exchange(method, &path, body);
        assert_eq!(
            status_received,
            status,
            "{method} {path}: {}",
            String::from_utf8_lossy(&self.reply[start..])
        );
    }

    /// Sends requests for another user from now on.
    pub fn become_user(&mut self, user: &str) {
        self.user = format!("X-Qlik-User: {user}\r\n");
    }

    fn request(&mut self, method: &str, path: &str, body: &str) {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\n\
             X-Qlik-Xrfkey: 0123456789abcdef\r\n{}Content-Type: \
             application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.user,
            body.len()
        );
        self.stream.write_all(request.as_bytes()).expect("the server reads");
    }

    /// Returns the status, and where the body starts in the reply; a chunked body keeps its chunk
    /// headers.
    fn exchange(&mut self, method: &str, path: &str, body: &str) -> (u16, usize) {
        self.request(method, path, body);
        self.reply.clear();
        loop {
            self.read_more();
            let Some(head) = Head::of(&self.reply) else { continue };
            let is_whole = match head.length {
                Some(length) => self.reply.len() >= head.end + length,
                None => self.reply.ends_with(b"\r\n0\r\n\r\n"),
            };
            if is_whole {
                return (head.status, head.end);
            }
        }
    }

    fn read_more(&mut self) {
        let old = self.reply.len();
        self.reply.resize(old + 16 * 1024, 0);
        let read = self.stream.read(&mut self.reply[old..]).expect("the server answers");
        assert!(read > 0, "the server hung up");
        self.reply.truncate(old + read);
    }

    /// Reads a chunked reply without storing it. Returns the time until it began, the total time,
    /// and its length in bytes. `meanwhile` is called about once a megabyte.
    pub fn drain(
        &mut self,
        path: &str,
        mut meanwhile: impl FnMut(),
    ) -> (Duration, Duration, usize) {
        let start = Instant::now();
        self.request("GET", &format!("/qrs{path}&xrfkey=0123456789abcdef"), "");
        self.reply.clear();
        self.read_more();
        let first = start.elapsed();
        assert_eq!(Head::of(&self.reply).map(|head| head.status), Some(200));
        let (mut bytes, mut marked) = (0, 0);
        while !self.reply.ends_with(b"\r\n0\r\n\r\n") {
            // The end marker may arrive in two parts.
            let kept = self.reply.len().min(8);
            bytes += self.reply.len() - kept;
            self.reply.drain(..self.reply.len() - kept);
            self.read_more();
            if bytes - marked > 1024 * 1024 {
                marked = bytes;
                meanwhile();
            }
        }
        (first, start.elapsed(), bytes + self.reply.len())
    }
}

/// The content of a chunked body.
fn joined(mut chunks: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = chunks.windows(2).position(|window| window == b"\r\n") {
        let length = std::str::from_utf8(&chunks[..end])
            .ok()
            .and_then(|text| usize::from_str_radix(text, 16).ok());
        let start = end + 2;
        let next = start + length.expect("the length of a chunk");
        body.extend_from_slice(&chunks[start..next]);
        chunks = &chunks[next + 2..];
    }
    body
}

/// The head of a reply.
struct Head {
    status: u16,
    end: usize,
    /// The length of the body; `None` if it is chunked.
    length: Option<usize>,
}

impl Head {
    fn of(reply: &[u8]) -> Option<Self> {
        let end = reply.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
        let head = std::str::from_utf8(&reply[..end]).expect("a head");
        let status =
            head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        let is_chunked = head.contains("transfer-encoding: chunked");
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length = length.map_or(0, |length| length.trim().parse().expect("a length"));
        Some(Self { status, end, length: (!is_chunked).then_some(length) })
    }
}

/// The request of a client at a turn.
type Send<'a> = dyn Fn(&mut Client, usize) + Sync + 'a;

/// A kind of request, with the action of a client at each turn.
pub struct Work<'a> {
    pub name: &'static str,
    pub connect: Box<dyn Fn() -> Client + Sync + 'a>,
    pub send: Box<Send<'a>>,
}

impl<'a> Work<'a> {
    pub fn new(
        name: &'static str,
        connect: impl Fn() -> Client + Sync + 'a,
        send: impl Fn(&mut Client, usize) + Sync + 'a,
    ) -> Self {
        Self { name, connect: Box::new(connect), send: Box::new(send) }
    }
}

/// The measured speed of a kind of request.
#[derive(Default)]
pub struct Measured {
    /// Requests per second, by round.
    pub rates: Vec<f64>,
    /// The latency of each request.
    pub latencies: Vec<Duration>,
}

/// Measures kinds of requests alternately, each with `clients` concurrent clients that share
/// `requests` a round. Turns continue across rounds, so that each requests something else.
pub fn measure(
    works: &[&Work<'_>],
    clients: usize,
    rounds: usize,
    requests: usize,
) -> Vec<Measured> {
    let mut measured: Vec<Measured> = works.iter().map(|_| Measured::default()).collect();
    for round in 0..rounds {
        for (work, measured) in works.iter().zip(&mut measured) {
            let (rate, latencies) = run(work, clients, round * requests, requests);
            measured.rates.push(rate);
            measured.latencies.extend(latencies);
        }
    }
    measured
}

fn run(work: &Work<'_>, clients: usize, first: usize, requests: usize) -> (f64, Vec<Duration>) {
    let mut connections: Vec<Client> = (0..clients).map(|_| (work.connect)()).collect();
    // The handshake is not measured.
    for connection in &mut connections {
        (work.send)(connection, first);
    }
    let start = Instant::now();
    let latencies = std::thread::scope(|scope| {
        let threads: Vec<_> = connections
            .into_iter()
            .enumerate()
            .map(|(client, mut connection)| {
                scope.spawn(move || {
                    let turns = (first + client..first + requests).step_by(clients);
                    turns
                        .map(|turn| {
                            let start = Instant::now();
                            (work.send)(&mut connection, turn);
                            start.elapsed()
                        })
                        .collect::<Vec<Duration>>()
                })
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("a client"))
            .collect::<Vec<Duration>>()
    });
    #[expect(clippy::cast_precision_loss, reason = "it is a small number")]
    (requests as f64 / start.elapsed().as_secs_f64(), latencies)
}
