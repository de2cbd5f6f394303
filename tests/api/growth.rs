//! What a user can make grow is bounded: the memory of the server, and what is stored.

use crate::support::{Server, copy_connection, memory};
use std::time::{Duration, Instant};

const MIB: u64 = 1024 * 1024;

/// How much memory a server takes above idle, at most, while so many clients ask for a list of long rows and read nothing of it.
fn growth_by_slow_readers(rows: u32, connectionstring: &str, readers: usize) -> u64 {
    let server = Server::start();
    let client = server.repository();
    client.connection("long");
    copy_connection(&server, "long", rows, connectionstring);
    client.get("/dataconnection/full?take=1").expect(200);
    let process = server.process_id();
    let idle = memory(process);
    let lists: Vec<_> = (0..readers).map(|_| client.request("GET", "/dataconnection/full").send().unwrap()).collect();
    assert!(lists.iter().all(|list| list.status() == 200));
    // Once it has not grown for a second, all lists wait for their clients.
    let (mut most, mut since) = (idle, Instant::now());
    while since.elapsed() < Duration::from_secs(1) {
        let now = memory(process);
        if now > most {
            (most, since) = (now, Instant::now());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    most - idle
}

#[test]
fn slow_readers_of_long_rows_fill_no_memory() {
    let grown = growth_by_slow_readers(150, &"\u{1f600}".repeat(100_000), 4);
    println!("{grown}");
    assert!(grown < 40 * MIB, "{} MiB", grown / MIB);
}

/// `cargo test --test api -- --ignored --nocapture slow_readers_of_two_thousand`
#[test]
#[ignore = "it writes 400 MB"]
fn slow_readers_of_two_thousand_long_rows_fill_no_memory() {
    for readers in [1, 8] {
        let grown = growth_by_slow_readers(2_000, &"x".repeat(100_000), readers);
        println!("{readers} slow readers: {grown} bytes above idle");
        assert!(grown < 64 * MIB, "{} MiB", grown / MIB);
    }
}
