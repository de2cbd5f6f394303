//! Slow readers of long replies that are not streamed do not fill the memory, and delay other users
//! for a moment only.

use crate::support::{Client, Server, connection, copy_connection, id, memory, wait_until};
use reqwest::blocking::Response;
use serde_json::{Value as Json, json};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const MIB: u64 = 1024 * 1024;

/// A server with connections with long names, which every user may read.
fn server(number: u32) -> Server {
    let server = Server::start();
    let client = server.repository();
    let rule = json!({
        "name": "all", "resourceFilter": "DataConnection_*", "actions": 2,
        "rule": "resource.name like \"*\""
    });
    client.create("systemrule", &rule);
    client.connection("long");
    copy_connection(&server, "long", number, "x");
    let database = rusqlite::Connection::open(server.data().join("patchbay.db")).unwrap();
    let name = "\u{1f600}".repeat(240);
    let lengthen = "UPDATE data_connections SET name = name || ?1, name_folded = name_folded || ?1 \
                    WHERE name <> 'long'";
    assert_eq!(database.execute(lengthen, [name]).unwrap(), number as usize);
    server
}

/// The path of a selection of all connections, and the length of its reply.
fn select_all(client: &Client) -> (String, u64) {
    let reply = client.post("/selection/dataconnection", &json!({})).expect(201);
    (format!("/selection/{}", id(&reply.json())), reply.text.len() as u64)
}

/// Requests a path repeatedly, four times concurrently, until that many replies have begun or the
/// time is over, without reading them.
fn begin(client: &Client, path: &str, number: usize, time: Duration) -> Vec<Response> {
    let (begun, start) = (AtomicUsize::new(0), Instant::now());
    let ask = || {
        let mut replies = Vec::new();
        while start.elapsed() < time && begun.fetch_add(1, Ordering::Relaxed) < number {
            let reply = client.request("GET", path).send().unwrap();
            if reply.status() == 200 {
                replies.push(reply);
            } else {
                assert_eq!(
                    (reply.status().as_u16(), reply.headers()["retry-after"].as_bytes()),
                    (503, b"1".as_slice())
                );
                begun.fetch_sub(1, Ordering::Relaxed);
            }
        }
        replies
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(ask)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

/// Runs `work` and returns the most memory that the process used in that time.
fn most_memory<T>(process: u32, work: impl FnOnce() -> T) -> (T, u64) {
    let (most, is_done) = (AtomicU64::new(0), AtomicBool::new(false));
    thread::scope(|scope| {
        scope.spawn(|| {
            while !is_done.load(Ordering::Relaxed) {
                most.fetch_max(memory(process), Ordering::Relaxed);
                thread::sleep(Duration::from_millis(20));
            }
        });
        let result = work();
        is_done.store(true, Ordering::Relaxed);
        (result, most.load(Ordering::Relaxed))
    })
}

#[test]
#[ignore = "takes long; .ci/run long-tests runs it"]
fn slow_readers_of_long_selections_do_not_fill_the_memory() {
    const READERS: usize = 25;
    let server = server(9_900);
    let (anna, start) = (server.user("anna"), Instant::now());
    let (path, length) = select_all(&anna);
    anna.get(&path).expect(200);
    let alone = start.elapsed();
    let idle = memory(server.process_id());
    let (slow, most) =
        most_memory(server.process_id(), || begin(&anna, &path, READERS, Duration::from_secs(9)));
    let grown = most.saturating_sub(idle);
    println!("{} replies of {} KiB: {} MiB above idle", slow.len(), length / 1024, grown / MIB);
    // The four replies that are being built need memory in addition to those that wait for their
    // clients.
    let all = length * READERS as u64;
    assert!(all > 280 * MIB && grown < all / 2, "{} of {} MiB", grown / MIB, all / MIB);
    wait_until(|| server.log().contains("a reply was cut off"));
    // Another user has a memory share of their own, and receives the whole reply.
    let (bert, start) = (server.user("bert"), Instant::now());
    let (path, length) = select_all(&bert);
    assert_eq!(bert.get(&path).expect(200).text.len() as u64, length);
    assert!(
        start.elapsed() < alone * 2 + Duration::from_secs(3),
        "{:?}, not {alone:?}",
        start.elapsed()
    );
    drop(slow);
}

/// The memory is reserved before the change: a request that gets no memory changes nothing, and one
/// that waits for memory is answered with the result.
#[test]
#[ignore = "takes long; .ci/run long-tests runs it"]
fn a_change_with_a_long_reply_takes_the_memory_of_slow_readers() {
    let server = server(9_900);
    let anna = server.user("anna");
    let (path, length) = select_all(&anna);
    assert!(length > 10 * MIB, "{length}");
    let slow = begin(&anna, &path, 2, Duration::from_secs(9));
    assert_eq!(slow.len(), 2);
    let start = Instant::now();
    let many: Json = (0..5_000).map(|number| connection(&format!("c{number}"))).collect();
    let made = server.repository().post("/dataconnection/many", &many).expect(201).json();
    assert_eq!(made.as_array().unwrap().len(), 5_000);
    // The share of the same user, in any spelling of the name, is used up until one of that user's
    // replies is cut off.
    let reply = server
        .named("lab", "ANNA")
        .post("/selection/dataconnection?filter=name%20so%20'c1'", &json!({}))
        .expect(201)
        .json();
    assert_eq!(reply["items"].as_array().unwrap().len(), 1_111);
    println!("a change was made after {:?}", start.elapsed());
    let ends: Vec<bool> =
        slow.into_iter().map(|mut reply| reply.copy_to(&mut std::io::sink()).is_ok()).collect();
    assert!(ends.contains(&false), "no reply was cut off");
}

#[test]
fn a_reply_with_kept_entities_is_limited() {
    let server = Server::start();
    let client = server.repository();
    let mut long = connection("long");
    long["connectionstring"] = json!("x".repeat(100_000));
    client.create("dataconnection", &long);
    copy_connection(&server, "long", 150, long["connectionstring"].as_str().unwrap());
    let names = client.names("dataconnection", "");
    let list = |number: usize| {
        let kept = names[..number].iter().map(|name| connection(name));
        kept.chain([connection("new")]).collect::<Json>()
    };
    let path = "/dataconnection/many?existing=keep";
    client.post(path, &list(150)).expect(413).says(&["12 MiB", "fewer"]);
    assert!(client.names("dataconnection", "name eq 'new'").is_empty());
    assert_eq!(client.post(path, &list(50)).expect(201).json().as_array().unwrap().len(), 51);
}
