//! A client that costs little, and many of them at once: kept connections with a client
//! certificate, requests as bytes.

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
    /// The last reply, as far as it has come.
    reply: Vec<u8>,
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
        // As clients that are started anew for each request.
        config.resumption = Resumption::disabled();
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
        let connection =
            ClientConnection::new(Arc::clone(&self.config), name).expect("a connection");
        Client { stream: StreamOwned::new(connection, socket), reply: Vec::new(), user }
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
        let (status, start) = self.exchange(method, path, body);
        let is_chunked = Head::of(&self.reply).is_some_and(|head| head.length.is_none());
        let body = &self.reply[start..];
        let body = if is_chunked { joined(body) } else { body.to_vec() };
        (status, String::from_utf8(body).expect("a text"))
    }

    /// The same as [`Client::call`] for who only wants to know that it is answered as it should be.
    pub fn expect(&mut self, method: &str, path: &str, body: &str, status: u16) {
        let separator = if path.contains('?') { '&' } else { '?' };
        let path = format!("/qrs{path}{separator}xrfkey=0123456789abcdef");
        let (given, start) = self.exchange(method, &path, body);
        assert_eq!(
            given,
            status,
            "{method} {path}: {}",
            String::from_utf8_lossy(&self.reply[start..])
        );
    }

    /// Asks for another user from now on.
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

    /// The status, and where in the reply the body starts; what comes in chunks keeps their lengths
    /// in it.
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

    /// Reads a reply that comes in chunks without keeping it: how long it took until it began, in
    /// all, and how many bytes it had. `meanwhile` is called with every megabyte or so.
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
            // The end may come in two parts.
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

/// What came in chunks, without their lengths.
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

/// What a reply starts with.
struct Head {
    status: u16,
    end: usize,
    /// The length of the body, unless it comes in chunks.
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

/// What a client does at its turn of some number.
type Send<'a> = dyn Fn(&mut Client, usize) + Sync + 'a;

/// One kind of request: what one client does at its turn of that number.
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

/// How fast a kind of request was answered.
#[derive(Default)]
pub struct Measured {
    /// Requests per second, by round.
    pub rates: Vec<f64>,
    /// Of each request.
    pub latencies: Vec<Duration>,
}

/// Measures kinds of requests in turns, each by `clients` at once that share `requests` a round.
/// Turns go on over the rounds, so that each asks for something else.
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
    // The handshake is no part of it.
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
