//! The cost of rules for the writer, other users, the log and the memory, however heavy the rules
//! are.
//!
//! `PATCHBAY_HEAVY_RULES=1000` and `PATCHBAY_HEAVY_USERS=2000` set the long form, which prints its
//! figures with `--nocapture`.

use crate::support::operations_door::{get, metric, start_in};
use crate::support::rules::{ALL, rule};
use crate::support::{Client, Server, connection, encode, id, wait_until};
use serde_json::{Value as Json, json};
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::scope;
use std::time::{Duration, Instant};
use tempfile::tempdir;

fn number(variable: &str, short: usize) -> usize {
    std::env::var(variable).map_or(short, |number| number.parse().unwrap())
}

/// A rule with that many patterns, which no other rule shares.
fn patterned(name: usize, patterns: usize) -> Json {
    let terms: Vec<String> =
        (0..patterns).map(|term| format!("resource.name like \"*{name}x{term}*\"")).collect();
    let mut rule = rule(&format!("heavy {name}"), &terms.join(" or "), ALL);
    rule["resourceFilter"] = json!("*");
    rule
}

fn add_patterned(client: &Client, rules: usize, patterns: usize) {
    let all: Json = (0..rules).map(|name| patterned(name, patterns)).collect();
    client.post("/systemrule/many", &all).expect(201);
}

/// The longest time of several rounds.
fn longest(rounds: usize, mut once: impl FnMut()) -> Duration {
    let each = (0..rounds).map(|_| {
        let start = Instant::now();
        once();
        start.elapsed()
    });
    each.max().unwrap()
}

/// Each request needs the user's rights after all the others, and invalidates them for the next.
#[test]
fn concurrent_writes_of_rules_all_succeed_and_do_not_crowd_the_writer() {
    const CLIENTS: usize = 12;
    let (server, url) = start_in(tempdir().unwrap(), &[]);
    add_patterned(&server.repository(), 20, 50);
    let is_done = AtomicBool::new(false);
    let most = scope(|threads| {
        let most = threads.spawn(|| {
            let mut most: f64 = 0.0;
            while !is_done.load(Ordering::Relaxed) {
                let text = get(&server, &format!("{url}/metrics")).expect(200).text;
                most = most.max(metric(&text, "patchbay_writes_waiting"));
            }
            most
        });
        let server = &server;
        let write = |name: usize| {
            let client = server.repository();
            client.create("systemrule", &patterned(100 + name, 50));
        };
        let clients: Vec<_> = (0..CLIENTS).map(|name| threads.spawn(move || write(name))).collect();
        for client in clients {
            client.join().unwrap();
        }
        is_done.store(true, Ordering::Relaxed);
        most.join().unwrap()
    });
    assert!(most <= 1.0, "{most} requests waited for the writer at once");
    assert_eq!(server.repository().names("systemrule", "name sw 'heavy 1'").len(), CLIENTS + 11);
}

/// Users who may change no rule need no turn; otherwise they would delay users who may.
#[test]
fn requests_of_users_who_may_change_no_rule_take_no_turn() {
    let server = Server::start();
    let client = server.repository();
    let eve = server.user("eve");
    eve.get("/tag/count").expect(200);
    let is_done = AtomicBool::new(false);
    let (refused, longest) = scope(|threads| {
        let refuse = || {
            let mut refused = 0;
            while !is_done.load(Ordering::Relaxed) {
                eve.delete("/systemrule/00000000-0000-4000-8000-000000000001").expect(404);
                refused += 1;
            }
            refused
        };
        let refusals: Vec<_> = (0..8).map(|_| threads.spawn(refuse)).collect();
        let write =
            |name: usize| drop(client.create("systemrule", &rule(&format!("r{name}"), "", 2)));
        let times = (0..5).map(|name| longest(1, || write(name)));
        let longest = times.max().unwrap();
        is_done.store(true, Ordering::Relaxed);
        (refusals.into_iter().map(|refusal| refusal.join().unwrap()).sum::<i32>(), longest)
    });
    assert!(refused > 0 && longest < Duration::from_secs(5), "{refused} refused, {longest:?}");
}

/// The client disconnects while the user's rights are being computed. The computation goes on, and
/// its result is cached.
#[test]
fn the_rights_of_a_user_are_cached_although_the_client_has_disconnected() {
    let (server, url) = start_in(tempdir().unwrap(), &[]);
    let (client, anna) = (server.repository(), server.user("anna"));
    anna.get("/tag/count").expect(200);
    add_patterned(&client, 60, 50);
    client.get("/tag/count").expect(200);
    let guards = || {
        let text = get(&server, &format!("{url}/metrics")).expect(200).text;
        metric(&text, "patchbay_cache_size_bytes{cache=\"guards\"}")
    };
    let before = guards();
    let given_up = anna.request("GET", "/tag/count").timeout(Duration::from_millis(30)).send();
    assert!(given_up.unwrap_err().is_timeout());
    wait_until(|| guards() > before);
}

#[test]
#[ignore = "takes long; .ci/run long-tests runs it"]
fn heavy_rules_delay_no_other_requests_and_do_not_fill_the_log() {
    let (rules, lists) = (number("PATCHBAY_HEAVY_RULES", 120), 4);
    let server = Server::start();
    let client = server.repository();
    let made: Vec<Json> = (0..20).map(|number| client.connection(&format!("c{number}"))).collect();
    // The user who reads concurrently exists already.
    let path = format!("/dataconnection/{}", id(&made[0]));
    client.get(&path).expect(200);
    let start = Instant::now();
    add_patterned(&client, rules, 50);
    println!("{rules} rules written in {:?}", start.elapsed());
    client.get(&path).expect(200);
    let users: Vec<Client> =
        (0..lists).map(|number| server.user(&format!("user{number}"))).collect();
    for user in &users {
        user.get("/tag/count").expect(200);
    }
    let is_done = AtomicBool::new(false);
    let (concurrent, alone) = scope(|threads| {
        let concurrent = threads.spawn(|| {
            let mut times = Vec::new();
            while !is_done.load(Ordering::Relaxed) {
                times.push(longest(1, || drop(client.get(&path).expect(200))));
            }
            times.sort();
            times
        });
        let list = |user: &Client| {
            longest(1, || drop(user.get("/dataconnection/full?privileges=true").expect(200)))
        };
        let lists: Vec<_> = users.iter().map(|user| threads.spawn(move || list(user))).collect();
        let took: Vec<Duration> = lists.into_iter().map(|list| list.join().unwrap()).collect();
        is_done.store(true, Ordering::Relaxed);
        (concurrent.join().unwrap(), took)
    });
    let warm: Vec<Duration> = users
        .iter()
        .map(|user| longest(1, || drop(user.get("/dataconnection/full").expect(200))))
        .collect();
    // Each warning was logged once for each version of the rules, whoever sent requests.
    let warnings = server.log().lines().filter(|line| line.contains("WARN")).count();
    let (middle, worst) = (concurrent[concurrent.len() / 2], concurrent[concurrent.len() - 1]);
    println!(
        "four lists at once: {alone:?}, again: {warm:?}; {} concurrent point reads: median \
         {middle:?}, longest {worst:?}; {warnings} warnings",
        concurrent.len()
    );
    assert!(worst < Duration::from_secs(1), "{worst:?}");
    assert!(warnings <= rules, "{warnings}");
}

#[test]
#[ignore = "takes long; .ci/run long-tests runs it"]
fn caches_stay_within_their_memory_and_release_it() {
    const ROOM: u32 = 32 << 20;
    let (rules, users) = (number("PATCHBAY_HEAVY_RULES", 20), number("PATCHBAY_HEAVY_USERS", 12));
    let (server, url) = start_in(tempdir().unwrap(), &["--cache-bytes", &ROOM.to_string()]);
    let client = server.repository();
    client.connection("c");
    add_patterned(&client, rules, 50);
    let caches = ["responses", "guards", "users", "statements", "expressions", "sessions"];
    let figures = |name: &str| {
        let text = get(&server, &format!("{url}/metrics")).expect(200).text;
        caches.map(|cache| {
            metric(&text, &format!("patchbay_cache_{name}_bytes{{cache=\"{cache}\"}}"))
        })
    };
    let limits = figures("limit");
    assert!(limits.iter().sum::<f64>() <= f64::from(ROOM), "{limits:?}");
    let resident = || {
        let status =
            fs::read_to_string(format!("/proc/{}/status", server.process_id())).unwrap_or_default();
        status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .unwrap_or_default()
            .trim()
            .to_owned()
    };
    let idle = resident();
    for number in 0..users {
        let user = server.user(&format!("user{number}"));
        user.get("/dataconnection?privileges=true").expect(200);
        user.get(&format!(
            "/tag?filter={}",
            encode(&format!("name eq '{}'", "x".repeat(number % 100)))
        ))
        .expect(200);
        let sizes = figures("size");
        let fits = sizes.iter().zip(limits).all(|(size, limit)| *size <= limit);
        assert!(fits, "{number}: {sizes:?} {limits:?}");
    }
    let [_, guards, ..] = figures("size");
    println!(
        "{users} users by {rules} rules: {:?} of {limits:?}; resident {idle}, then {}",
        figures("size"),
        resident()
    );
    assert!(guards > 100_000.0, "{guards}");
    let all = client.get("/systemrule?filter=name%20sw%20'heavy'").expect(200).json();
    for rule in all.as_array().unwrap() {
        client.delete(&format!("/systemrule/{}", id(rule))).expect_empty(204);
    }
    server.user("user0").get("/dataconnection").expect(200);
    wait_until(|| figures("size")[1] < guards / 4.0);
    println!("without the rules: {:?}; resident {}", figures("size"), resident());
}

#[test]
fn the_memory_for_caches_can_be_set_and_includes_that_of_the_response_cache() {
    for (arguments, responses, all) in [
        (vec![], 32 << 20, 256 << 20),
        (vec!["--answer-cache-bytes", "0"], 0, 224 << 20),
        (vec!["--answer-cache-bytes", "1073741824"], 1 << 30, (1 << 30) + (224 << 20)),
        (vec!["--cache-bytes", "67108864"], 8 << 20, 64 << 20),
        (vec!["--cache-bytes", "67108864", "--answer-cache-bytes", "1048576"], 1 << 20, 64 << 20),
    ] {
        let (server, url) = start_in(tempdir().unwrap(), &arguments);
        let text = get(&server, &format!("{url}/metrics")).expect(200).text;
        let limit = |cache: &str| {
            metric(&text, &format!("patchbay_cache_limit_bytes{{cache=\"{cache}\"}}"))
        };
        assert!((limit("responses") - f64::from(responses)).abs() < 1.0, "{arguments:?}");
        let sum: f64 = ["responses", "guards", "users", "statements", "expressions", "sessions"]
            .into_iter()
            .map(limit)
            .sum();
        assert!((sum - f64::from(all)).abs() < 16.0, "{arguments:?}: {sum}");
        server.repository().create("dataconnection", &connection("c"));
    }
}
