//! Concurrent clients: no update is lost, none is seen half-done, and slow readers hold up no
//! other client.

use crate::support::{Client, Server, connection, encode, id};
use reqwest::blocking::Response;
use serde_json::{Value as Json, json};
use std::collections::HashSet;
use std::fs;
use std::io::Read;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const CLIENTS: usize = 16;
const DURATION: Duration = Duration::from_secs(3);

/// A connection all of whose fields, tags and custom properties show the same number.
fn numbered(number: u64) -> Json {
    json!({
        "name": format!("n{number}"),
        "type": "internet",
        "connectionstring": format!("lib://{number}"),
        "username": number.to_string(),
        "tags": if number.is_multiple_of(2) { json!([]) } else { json!([{"name": "odd"}]) },
        "customProperties": [{"value": number.to_string(), "definition": {"name": "number"}}],
    })
}

/// The number of a connection, which all of its fields must show.
#[track_caller]
fn number_of(shown: &Json) -> u64 {
    let number: u64 = shown["username"].as_str().unwrap().parse().unwrap();
    let mut seen = numbered(number);
    let lists = (&shown["tags"], &shown["customProperties"]);
    assert_eq!(lists.0.as_array().unwrap().len() as u64, number % 2, "{shown}");
    assert_eq!(lists.1.as_array().unwrap().len(), 1, "{shown}");
    seen["tags"] = lists.0.clone();
    assert_eq!(lists.1[0]["value"], seen["customProperties"][0]["value"], "{shown}");
    for field in ["name", "connectionstring"] {
        assert_eq!(shown[field], seen[field], "{shown}");
    }
    number
}

/// Increments the number as often as possible, and returns the dates of the versions that it wrote.
fn count_up(client: &Client, path: &str, odd: &Json, end: Instant) -> Vec<String> {
    let mut made = Vec::new();
    while Instant::now() < end {
        let seen = client.get(path).expect(200).json();
        let mut body = numbered(number_of(&seen) + 1);
        if !body["tags"].as_array().unwrap().is_empty() {
            body["tags"] = json!([{ "id": odd }]);
        }
        body["modifiedDate"] = seen["modifiedDate"].clone();
        let reply = client.put(path, &body);
        match reply.status {
            200 => made.push(reply.json()["modifiedDate"].as_str().unwrap().to_owned()),
            _ => drop(reply.expect(409)),
        }
    }
    made
}

#[test]
fn sixteen_concurrent_writers_lose_no_update_and_readers_see_whole_versions() {
    let server = Server::start();
    let client = server.repository();
    let odd = client.create("tag", &json!({"name": "odd"}))["id"].clone();
    client.create(
        "custompropertydefinition",
        &json!({"name": "number", "objectTypes": ["DataConnection"]}),
    );
    let created = client.create("dataconnection", &numbered(0));
    let path = format!("/dataconnection/{}", id(&created));
    let found = format!("/dataconnection/full?filter={}", encode("tags.name eq 'odd'"));
    let end = Instant::now() + DURATION;
    let (made, read) = thread::scope(|scope| {
        let writers: Vec<_> = (0..CLIENTS)
            .map(|_| scope.spawn(|| count_up(&server.repository(), &path, &odd, end)))
            .collect();
        let one = scope.spawn(|| watch(end, || number_of(&client.get(&path).expect(200).json())));
        let all = scope.spawn(|| {
            watch(end, || number_of(&client.get("/dataconnection/full").expect(200).json()[0]))
        });
        let some = scope.spawn(|| {
            watch(end, || client.get(&found).expect(200).json().get(0).map_or(0, number_of))
        });
        let made: Vec<String> =
            writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect();
        (made, [one, all, some].map(|reader| reader.join().unwrap()))
    });
    println!("{} changes, seen by {read:?} reads", made.len());
    assert_eq!(
        number_of(&client.get(&path).expect(200).json()),
        made.len() as u64,
        "the number of acknowledged changes"
    );
    assert_eq!(
        made.iter().collect::<HashSet<_>>().len(),
        made.len(),
        "each change has a date of its own"
    );
    assert!(made.len() > 5 && read.iter().all(|reads| *reads > 5), "{} {read:?}", made.len());
}

/// Reads until the end, and returns how often.
fn watch(end: Instant, read: impl Fn() -> u64) -> usize {
    let mut reads = 0;
    while Instant::now() < end {
        read();
        reads += 1;
    }
    reads
}

fn log_size(server: &Server) -> u64 {
    fs::metadata(server.data().join("patchbay.db-wal")).unwrap().len()
}

/// Changes each of the connections that many times, and returns the time of the slowest change.
fn change(client: &Client, paths: &[String], times: usize) -> Duration {
    let mut slowest = Duration::ZERO;
    for time in 0..times {
        let start = Instant::now();
        let long = format!("{time} ").repeat(LONG_TEXT / 3);
        let body = json!({"modifiedDate": "2199-12-31T23:59:59.999Z", "connectionstring": long});
        client.put(&paths[time % paths.len()], &body).expect(200);
        slowest = slowest.max(start.elapsed());
    }
    slowest
}

const MEBIBYTE: u64 = 1024 * 1024;

/// The approximate bytes of each write; each change then takes some pages of the log.
const LONG_TEXT: usize = 60_000;

/// Creates that many connections with long texts, and returns their paths.
fn make_large(client: &Client, names: std::ops::Range<usize>) -> Vec<String> {
    let large = |number: usize| {
        let mut body = connection(&format!("c{number}"));
        body["connectionstring"] = json!("x".repeat(LONG_TEXT));
        body
    };
    let made = client.post("/dataconnection/many", &names.map(large).collect()).expect(201).json();
    made.as_array().unwrap().iter().map(|one| format!("/dataconnection/{}", id(one))).collect()
}

/// Creates a list that is longer than the buffers between the server and a client that does not
/// read.
fn make_huge_list(client: &Client) -> Vec<String> {
    (0..5).flat_map(|part| make_large(client, part * 100..(part + 1) * 100)).collect()
}

/// Begins to read the list; the reply blocks the server until it is dropped.
fn read_slowly(client: &Client) -> Response {
    let mut slow = client.request("GET", "/dataconnection/full").send().unwrap();
    slow.read_exact(&mut [0; 100]).unwrap();
    slow
}

#[test]
#[ignore = "takes long; .ci/run long-tests runs it"]
fn a_slow_reader_of_a_huge_list_delays_no_writer_and_the_log_stops_growing_after_it() {
    let server = Server::start();
    let client = server.repository();
    let paths = make_huge_list(&client);
    change(&client, &paths, 50);
    let before = log_size(&server);
    let slow = read_slowly(&server.repository());
    // A checkpoint can't go past the reader's snapshot.
    let slowest = change(&client, &paths, 100);
    let held = log_size(&server);
    assert!(slowest < Duration::from_secs(2), "a writer waited {slowest:?}");
    assert!(held > before + MEBIBYTE, "the reader does not hold the log: {before} {held}");
    drop(slow);
    change(&client, &paths, 50);
    let released = log_size(&server);
    change(&client, &paths, 100);
    let after = log_size(&server);
    println!(
        "log in bytes: {before} before, {held} held, {released} released, {after} after; slowest \
         write {slowest:?}"
    );
    assert!(after <= released + MEBIBYTE, "the log still grows: {released} {after}");
}

/// As in a busy repository, there is always a reader, so the log can never restart by itself.
#[test]
#[ignore = "takes long; .ci/run long-tests runs it"]
fn the_log_stays_bounded_under_overlapping_readers() {
    let server = Server::start();
    let client = server.repository();
    make_huge_list(&client);
    let is_over = AtomicBool::new(false);
    let mut sizes = Vec::new();
    thread::scope(|scope| {
        for reader in 0..3 {
            let (server, is_over) = (&server, &is_over);
            scope.spawn(move || {
                let client = server.repository();
                thread::sleep(Duration::from_millis(50) * reader);
                while !is_over.load(Ordering::Relaxed) {
                    let slow = read_slowly(&client);
                    thread::sleep(Duration::from_millis(100));
                    drop(slow);
                }
            });
        }
        for part in 10..20 {
            make_large(&client, part * 100..part * 100 + 60);
            sizes.push(log_size(&server) / MEBIBYTE);
        }
        is_over.store(true, Ordering::Relaxed);
    });
    println!("log in MiB: {sizes:?}");
    assert!(sizes.iter().all(|size| *size < 56), "{sizes:?}");
}

/// How often the log was restarted: otherwise it grows with each write.
fn restarts(sizes: &[u64]) -> usize {
    sizes.windows(2).filter(|pair| pair[1] <= pair[0]).count()
}

/// Each reader holds a list for longer than the writer ever waits, and there is always one.
#[test]
#[ignore = "takes long; .ci/run long-tests runs it"]
fn the_log_stays_bounded_under_slow_overlapping_readers() {
    const MOST: u64 = 32;
    let server = Server::start_in(tempfile::tempdir().unwrap(), |command| {
        command.args(["--max-wal-bytes", &(MOST * MEBIBYTE).to_string()]);
    });
    let client = server.repository();
    make_huge_list(&client);
    let is_over = AtomicBool::new(false);
    let cut_off = AtomicUsize::new(0);
    let mut sizes = Vec::new();
    thread::scope(|scope| {
        for reader in 0..3 {
            let (server, is_over, cut_off) = (&server, &is_over, &cut_off);
            scope.spawn(move || {
                let client = server.repository();
                thread::sleep(Duration::from_secs(2) * reader);
                while !is_over.load(Ordering::Relaxed) {
                    let mut slow = read_slowly(&client);
                    let start = Instant::now();
                    while start.elapsed() < Duration::from_secs(6)
                        && !is_over.load(Ordering::Relaxed)
                    {
                        thread::sleep(Duration::from_millis(50));
                    }
                    let cut = !is_over.load(Ordering::Relaxed)
                        && slow.copy_to(&mut std::io::sink()).is_err();
                    cut_off.fetch_add(usize::from(cut), Ordering::Relaxed);
                }
            });
        }
        // On a busy machine it takes more rounds until all readers are slow at the same time.
        for part in 10..60 {
            thread::sleep(Duration::from_millis(500));
            make_large(&client, part * 100..(part + 1) * 100);
            sizes.push(log_size(&server) / MEBIBYTE);
            if restarts(&sizes) >= 4 && cut_off.load(Ordering::Relaxed) > 0 {
                break;
            }
        }
        is_over.store(true, Ordering::Relaxed);
    });
    println!("log in MiB: {sizes:?}");
    assert!(restarts(&sizes) >= 4, "the log only grows: {sizes:?}");
    assert!(sizes.iter().max() >= Some(&MOST), "it never reached its limit: {sizes:?}");
    // On a slow machine a list also computes for long, and is cancelled for that.
    let log = server.log();
    assert!(
        ["a list is cut off", "a read was cancelled"].iter().any(|reason| log.contains(reason))
    );
    assert!(cut_off.into_inner() > 0);
}
