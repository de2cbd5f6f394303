//! The cost of rules for the writer, other users, the log and the memory, however heavy the rules
//! are.
//!
//! `PATCHBAY_HEAVY_RULES=1000` and `PATCHBAY_HEAVY_USERS=2000` set the long form, which prints its
//! figures with `--nocapture`.

use crate::support::operations_door::{get, metric, start_in};
use crate::support::rules::rule;
use crate::support::{Client, Server, connection, encode, id, wait_until};
use rusqlite::Connection;
use serde_json::{Value as Json, json};
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::scope;
use std::time::{Duration, Instant};
use tempfile::tempdir;

/// The actions of a rule that grants all of them.
const ALL: i64 = 0x3FFF;

fn number(variable: &str, short: usize) -> usize {
    std::env::var(variable).map_or(short, |number| number.parse().unwrap())
}

/// A rule on everything with that many regular expressions.
fn matching(name: &str, count: usize, expression: impl Fn(usize) -> String) -> Json {
    let terms: Vec<String> =
        (0..count).map(|term| format!("resource.name matches \"{}\"", expression(term))).collect();
    let mut rule = rule(name, &terms.join(" or "), ALL);
    rule["resourceFilter"] = json!("*");
    rule
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

#[test]
fn a_rule_with_many_expressions_is_accepted_quickly_and_delays_no_other_request() {
    let server = Server::start();
    let client = server.repository();
    client.connection(&format!("A{}", "b".repeat(40)));
    client.connection("other");
    let is_done = AtomicBool::new(false);
    let [created, concurrent] = scope(|threads| {
        let concurrent = threads.spawn(|| {
            let mut longest = Duration::ZERO;
            while !is_done.load(Ordering::Relaxed) {
                let start = Instant::now();
                client.create("tag", &json!({"name": "concurrent"}));
                longest = longest.max(start.elapsed());
            }
            longest
        });
        let start = Instant::now();
        client.create("systemrule", &matching("same", 50, |_| r"a\w{40}".to_owned()));
        let refused = matching("different", 50, |term| format!(r"{term}\w{{40}}"));
        client.post("/systemrule", &refused).expect(400).says(&[
            "rule: at position",
            "2048 KiB",
            "{40}",
            r"\w",
        ]);
        let created = start.elapsed();
        is_done.store(true, Ordering::Relaxed);
        [created, concurrent.join().unwrap()]
    });
    println!("both rules: {created:?}; the longest concurrent write: {concurrent:?}");
    assert!(
        created < Duration::from_secs(10) && concurrent < Duration::from_secs(5),
        "{created:?} {concurrent:?}"
    );
    assert_eq!(server.user("anna").names("dataconnection", ""), [format!("A{}", "b".repeat(40))]);
    assert!(client.names("systemrule", "name eq 'different'").is_empty());
}

/// A rule on nothing that is stored, so its expressions are not compiled yet.
fn idle(name: usize) -> Json {
    let mut rule = matching(&format!("idle {name}"), 5, |term| format!(r"{name}x{term}\w{{13}}"));
    rule["resourceFilter"] = json!("Nothing_*");
    rule["disabled"] = json!(true);
    rule
}

/// A change of an outdated version is refused by the writer. The expressions of the rules are
/// compiled before that.
#[test]
fn changed_rules_are_compiled_before_they_reach_the_writer() {
    let (server, url) = start_in(tempdir().unwrap(), &[]);
    let client = server.repository();
    let compiled = || {
        let text = get(&server, &format!("{url}/metrics")).expect(200).text;
        metric(&text, "patchbay_cache_size_bytes{cache=\"expressions\"}")
    };
    let made = [0, 1, 2, 3].map(|name| client.create("systemrule", &idle(name)));
    let before = compiled();
    let old = "2001-01-01T00:00:00.000Z";
    let change = json!({"resourceFilter": "*", "modifiedDate": old});
    client.put(&format!("/systemrule/{}", id(&made[0])), &change).expect(409);
    let after_one = compiled();
    assert!(after_one > before + 1e6, "{before} {after_one}");

    let filter = encode("name sw 'idle'");
    let selection = client
        .post(&format!("/selection/systemrule?filter={filter}"), &json!({}))
        .expect(201)
        .json();
    let changed = json!({"name": "resourceFilter", "value": "*", "valueIsModified": true});
    let change = json!({"properties": [changed], "latestModifiedDate": old});
    client.put(&format!("/selection/{}/systemrule/synthetic", id(&selection)), &change).expect(409);
    let after_all = compiled();
    assert!(after_all > after_one + 3e6, "{after_one} {after_all}");
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
fn a_rule_that_costs_too_much_is_refused_by_every_endpoint() {
    let server = Server::start();
    let client = server.repository();
    for (expression, wrong) in [
        (r"[\x{0}-\x{10FFFF}]".repeat(60), "it costs"),
        ("(a?){5000}".to_owned(), "it costs"),
        (r"\w{100}".to_owned(), "when compiled"),
        ("((a{1000}){1000}){1000}".to_owned(), "it costs"),
    ] {
        let costly = matching("costly", 1, |_| expression.clone());
        let start = Instant::now();
        client.post("/systemrule", &costly).expect(400).says(&["rule: at position 15:", wrong]);
        client
            .post("/systemrule/many", &json!([rule("fine", "", 2), costly]))
            .expect(400)
            .says(&["[1].rule", wrong]);
        let imported = client.post("/systemrule/import", &json!([costly])).expect(201).json();
        assert_eq!(imported[0]["outcome"], "disabled", "{imported}");
        assert!(imported[0]["message"].as_str().unwrap().contains(wrong), "{imported}");
        let parameter = json!({"rules": [costly]});
        client.post("/systemrule/explain/changes", &parameter).expect(400).says(&[wrong]);
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "{expression:.20}: {:?}",
            start.elapsed()
        );
        let stored = client.get("/systemrule/full?filter=name%20eq%20'costly'").expect(200).json();
        client.delete(&format!("/systemrule/{}", id(&stored[0]))).expect_empty(204);
    }
    let made =
        client.create("systemrule", &matching("fine", 2, |term| format!(r"{term}[\s\S]*\d{{8}}")));
    let change =
        json!({"rule": r#"resource.name matches "\w{100}""#, "modifiedDate": made["modifiedDate"]});
    client.put(&format!("/systemrule/{}", id(&made)), &change).expect(400).says(&["when compiled"]);
}

#[test]
fn the_expressions_of_all_rules_together_have_a_limit() {
    let (server, _) = start_in(tempdir().unwrap(), &["--cache-bytes", "16777216"]);
    let client = server.repository();
    client.create("systemrule", &matching("first", 1, |_| r"a\w{40}".to_owned()));
    let second = matching("second", 1, |_| r"b\w{40}".to_owned());
    client
        .post("/systemrule", &second)
        .expect(400)
        .says(&["of all rules together cost", "1024 KiB"]);
    // A repeated expression costs nothing more.
    let again = client.create("systemrule", &matching("again", 1, |_| r"a\w{40}".to_owned()));
    let change = json!({
        "rule": r#"resource.name matches "b\w{40}""#, "modifiedDate": again["modifiedDate"]
    });
    client
        .put(&format!("/systemrule/{}", id(&again)), &change)
        .expect(400)
        .says(&["of all rules together"]);
}

#[test]
fn a_costly_rule_of_an_older_database_grants_nothing_and_is_logged_once() {
    let server = Server::start();
    let client = server.repository();
    client.connection("one");
    for (name, condition) in
        [("costly", "resource.name = \"x\""), ("fine", "resource.name matches \"o.e\"")]
    {
        client.create("systemrule", &rule(name, condition, 2));
    }
    let folder = server.stop();
    let database = Connection::open(folder.path().join("data/patchbay.db")).unwrap();
    let costly = r#"resource.name matches {"one", "\w{100}"}"#;
    database
        .execute(
            "UPDATE system_rules SET rule = ?1, rule_folded = ?1 WHERE name = 'costly'",
            [costly],
        )
        .unwrap();
    drop(database);
    let server = Server::start_in(folder, |_| {});
    let (client, anna) = (server.repository(), server.user("anna"));
    for _ in 0..3 {
        assert_eq!(anna.names("dataconnection", ""), ["one"]);
    }
    let fine = client.get("/systemrule?filter=name%20eq%20'fine'").expect(200).json();
    client.delete(&format!("/systemrule/{}", id(&fine[0]))).expect_empty(204);
    for _ in 0..3 {
        assert!(anna.names("dataconnection", "").is_empty());
    }
    let warnings = server
        .log()
        .lines()
        .filter(|line| line.contains("costly") && line.contains("WARN"))
        .count();
    assert_eq!(warnings, 2, "once for each version of the rules: {}", server.log());
    let one = client.get("/dataconnection?filter=name%20eq%20'one'").expect(200).json();
    let question = format!(
        "/systemrule/explain?user=LAB%5Canna&action=read&resource=DataConnection_{}",
        id(&one[0])
    );
    let explanation = client.get(&question).expect(200).json();
    let verdict = explanation["rules"]
        .as_array()
        .unwrap()
        .iter()
        .find(|rule| rule["name"] == "costly")
        .unwrap();
    assert!(verdict["why"].as_str().unwrap().contains("when compiled"), "{verdict}");
}

#[test]
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
