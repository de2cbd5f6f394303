//! The real server, over mutual TLS with kept connections: what requests cost beside a static JSON reply of the same
//! server.

use crate::load::{Client, Target};
use crate::median;
use std::fmt::Write;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// Rows of the table; each connection has a tag that it shares with 19 others, so that a filter by tag finds 20.
const ROWS: usize = 10_000;
const PER_TAG: usize = 20;

/// A server of the real program, which ends with the value.
pub struct Running {
    process: Child,
    pub address: SocketAddr,
}

impl Running {
    /// Starts the program on a free port, with its data in `folder`.
    pub fn start(folder: &tempfile::TempDir) -> Self {
        Self::start_with(folder, &[]).0
    }

    /// The same with more arguments; also what it says at its start.
    pub fn start_with(folder: &tempfile::TempDir, arguments: &[&str]) -> (Self, Vec<String>) {
        let mut process = Command::new(env!("CARGO_BIN_EXE_patchbay"))
            .args(["serve", "--listen", "127.0.0.1:0", "--log-level", "warn", "--data"])
            .arg(folder.path())
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let lines =
            BufReader::new(process.stdout.take().expect("its output")).lines().map(|line| line.expect("a line"));
        let welcome: Vec<String> = lines.take_while(|line| line != "Try:").collect();
        let address = address_in(welcome.first().expect("a first line"));
        (Self { process, address }, welcome)
    }

    /// The memory that it holds, where the system tells.
    pub fn resident_bytes(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.trim().trim_end_matches(" kB").parse::<u64>().ok().map(|kib| kib * 1024)
    }
}

/// The address at the end of a line.
pub fn address_in(line: &str) -> SocketAddr {
    line.trim().rsplit('/').next().and_then(|address| address.parse().ok()).expect("an address")
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// One kind of request.
struct Work {
    name: &'static str,
    send: fn(&mut Client, &Site, usize),
}

/// What the requests ask for.
struct Site {
    ids: Vec<String>,
    created: AtomicUsize,
}

const WORKS: [Work; 6] = [
    Work { name: "static JSON (/qrs/about)", send: |client, _, _| expect(client.call("GET", "/about", ""), 200) },
    Work {
        name: "GET by id",
        send: |client, site, number| {
            let id = &site.ids[number * 7919 % ROWS];
            expect(client.call("GET", &format!("/dataconnection/{id}"), ""), 200);
        },
    },
    Work {
        name: "GET by id with privileges",
        send: |client, site, number| {
            let id = &site.ids[number * 7919 % ROWS];
            expect(client.call("GET", &format!("/dataconnection/{id}?privileges=true"), ""), 200);
        },
    },
    Work {
        name: "list of 20 of 10,000, full",
        send: |client, _, number| {
            let filter = format!("tags.name%20eq%20'tag{}'", number * 31 % (ROWS / PER_TAG));
            expect(client.call("GET", &format!("/dataconnection/full?filter={filter}"), ""), 200);
        },
    },
    Work {
        name: "count of 20 of 10,000",
        send: |client, _, number| {
            let filter = format!("tags.name%20eq%20'tag{}'", number * 31 % (ROWS / PER_TAG));
            expect(client.call("GET", &format!("/dataconnection/count?filter={filter}"), ""), 200);
        },
    },
    Work {
        name: "create (durable)",
        send: |client, site, _| {
            let number = site.created.fetch_add(1, Ordering::Relaxed);
            expect(client.call("POST", "/dataconnection", &body(&format!("new {number}"), "")), 201);
        },
    },
];

fn expect((status, body): (u16, String), wanted: u16) {
    assert_eq!(status, wanted, "{body}");
}

pub fn run(is_quick: bool) {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Running::start(&folder);
    let target = Target::new(server.address, &folder.path().join("certs"));
    let site = Site { ids: fill(&mut target.connect()), created: AtomicUsize::new(0) };
    let rounds = if is_quick { 1 } else { 9 };
    for clients in [1, 16] {
        println!("\n{:32} {:>10} {:>8}   {clients} clients, {rounds} interleaved rounds", "request", "per s", "ratio");
        let mut rates: Vec<Vec<f64>> = vec![Vec::new(); WORKS.len()];
        for _ in 0..rounds {
            for (work, rates) in WORKS.iter().zip(&mut rates) {
                rates.push(rate(work, &site, &target, clients, if is_quick { 16 } else { 2000 }));
            }
        }
        let medians: Vec<f64> = rates.iter_mut().map(|rates| median(rates)).collect();
        for (work, rate) in WORKS.iter().zip(&medians) {
            println!("{:32} {rate:>10.0} {:>8.2}", work.name, rate / medians[0]);
        }
    }
}

/// Requests per second of several clients that share `requests`.
fn rate(work: &Work, site: &Site, target: &Target, clients: usize, requests: u32) -> f64 {
    let mut connections: Vec<Client> = (0..clients).map(|_| target.connect()).collect();
    for connection in &mut connections {
        (work.send)(connection, site, 0);
    }
    let start = Instant::now();
    std::thread::scope(|scope| {
        for (first, mut connection) in connections.into_iter().enumerate() {
            scope.spawn(move || {
                (first..requests as usize)
                    .step_by(clients)
                    .for_each(|number| (work.send)(&mut connection, site, number));
            });
        }
    });
    f64::from(requests) / start.elapsed().as_secs_f64()
}

/// Makes tags and connections, and gives the connections' ids.
fn fill(client: &mut Client) -> Vec<String> {
    let names: Vec<String> = (0..ROWS / PER_TAG).map(|number| format!("{{\"name\":\"tag{number}\"}}")).collect();
    let tags = ids(client.call("POST", "/tag/many", &format!("[{}]", names.join(","))));
    let mut made = Vec::new();
    for start in (0..ROWS).step_by(500) {
        let mut bodies = String::from("[");
        for number in start..start + 500 {
            let separator = if number == start { "" } else { "," };
            let tag = format!(",\"tags\":[{{\"id\":\"{}\"}}]", tags[number % tags.len()]);
            let _ = write!(bodies, "{separator}{}", body(&format!("connection {number}"), &tag));
        }
        bodies.push(']');
        made.extend(ids(client.call("POST", "/dataconnection/many", &bodies)));
    }
    made
}

fn body(name: &str, more: &str) -> String {
    format!(
        "{{\"name\":\"{name}\",\"type\":\"QvOdbcConnectorPackage.exe\",\"username\":\"reader\",\
         \"connectionstring\":\"CUSTOM CONNECT TO provider=QvOdbcConnectorPackage.exe;driver=mysql;host=db.example.com\"{more}}}"
    )
}

/// The ids of what was made.
pub fn ids((status, body): (u16, String)) -> Vec<String> {
    assert_eq!(status, 201, "{body}");
    let list: Vec<serde_json::Value> = serde_json::from_str(&body).expect("a list");
    list.iter().map(|item| item["id"].as_str().expect("an id").to_owned()).collect()
}
