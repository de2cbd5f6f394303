//! No ordinary user occupies the only writer for long: slow filters run on read connections, the
//! cost of rules is weighed, and few requests of one user wait for the writer at a time.

use crate::support::operations_door::{get, metric, start_in};
use crate::support::rules::rule;
use crate::support::{Client, Reply, Server, connection, copy_connection, encode, id};
use serde_json::{Value as Json, json};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

fn select(client: &Client, filter: &str) -> String {
    let selection =
        client.post(&format!("/selection/dataconnection?filter={}", encode(filter)), &json!({}));
    format!("/selection/{}/dataconnection", id(&selection.expect(201).json()))
}

/// The time of another user's slowest write while `work` runs, and the duration of `work`.
fn longest_wait(other: &Client, work: impl FnOnce() + Send) -> (Duration, Duration) {
    let start = Instant::now();
    thread::scope(|scope| {
        let work = scope.spawn(work);
        let mut longest = Duration::ZERO;
        for number in 0.. {
            if work.is_finished() {
                break;
            }
            let start = Instant::now();
            other.connection(&format!("other {number}"));
            longest = longest.max(start.elapsed());
        }
        work.join().unwrap();
        (longest, start.elapsed())
    })
}

/// Formerly, the writer evaluated the filter again, although the entities that it matches weigh
/// nothing: one request occupied it for half of its time.
#[test]
fn a_slow_filter_of_a_selection_delays_no_writer() {
    let server = Server::start();
    let (anna, bert) = (server.user("anna"), server.user("bert"));
    anna.connection("hers");
    bert.connection("his");
    copy_connection(&server, "hers", 1_900, &"lib://sales/".repeat(50));
    let selected = select(&anna, "name sw 'copy'");
    let terms: Vec<String> =
        (0..195).map(|number| format!("connectionstring so 'z{number}'")).collect();
    let path = format!("{selected}?filter={}", encode(&terms.join(" or ")));
    let (wait, duration) = longest_wait(&bert, || {
        anna.delete(&path).expect_empty(204);
    });
    println!("{wait:?} of {duration:?}");
    assert!(
        duration > Duration::from_secs(1),
        "the filter is too fast for this test: {duration:?}"
    );
    assert!(wait < duration / 4, "{wait:?} of {duration:?}");
    assert_eq!(anna.get(&format!("{selected}/count")).json()["value"], 1_900);
}

/// An entity that was changed so that the filter no longer matches must not be deleted.
#[test]
fn entities_that_change_after_they_matched_a_filter_are_not_deleted() {
    let (server, url) = start_in(tempfile::tempdir().unwrap(), &[]);
    let (anna, bert) = (server.user("anna"), server.user("bert"));
    let made = anna.connection("old");
    let selected = select(&anna, "");
    let delete = format!("{selected}?filter={}", encode("name eq 'old'"));
    let other = rusqlite::Connection::open(server.data().join("patchbay.db")).unwrap();
    let waiting =
        || metric(&get(&server, &format!("{url}/metrics")).text, "patchbay_writes_waiting") >= 1.0;
    // The writer waits at most 800 ms for the lock of 'other', so the race does not happen each
    // time.
    let is_refused = (0..20).any(|number| {
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let change = "UPDATE data_connections SET name = 'new', name_folded = 'new', modified_date \
                      = modified_date + 1 WHERE name = 'old'";
        other.execute(change, []).unwrap();
        let deleted = thread::scope(|scope| {
            // The write of another user is taken up first, and the deletion waits behind it.
            scope.spawn(|| bert.post("/tag", &json!({"name": format!("t{number}")})));
            let deleting = scope.spawn(|| anna.delete(&delete));
            while !deleting.is_finished() && !waiting() {}
            other.execute_batch("COMMIT").unwrap();
            deleting.join().unwrap()
        });
        assert_eq!(anna.names("dataconnection", "name eq 'new'"), ["new"], "{deleted:?}");
        other.execute("UPDATE data_connections SET name = 'old', name_folded = 'old'", []).unwrap();
        assert!([204, 409, 503].contains(&deleted.status), "{deleted:?}");
        deleted.status == 409 && !deleted.says(&["old", "nothing was removed"]).text.is_empty()
    });
    assert!(is_refused);
    // Without a filter, the selection alone determines the deleted entities.
    anna.delete(&selected).expect_empty(204);
    anna.get(&format!("/dataconnection/{}", id(&made))).expect(404);
}

/// A user whose session has attributes that a rule compares.
struct WithGroups {
    client: Client,
    groups: String,
}

impl WithGroups {
    fn send(&self, method: &str, path: &str, body: &Json) -> Reply {
        Reply::of(
            self.client.request(method, path).header("X-Qlik-Security", &self.groups).json(body),
        )
    }
}

/// A rule took up to 30 ms for each entity, and a change of 240 of them took 8 s.
#[test]
fn the_cost_of_rules_is_weighed_for_each_entity() {
    let server = Server::start_with(&[]);
    let client = server.repository();
    client.create("systemrule", &rule("groups", "resource.name like user.grp", 2 + 4 + 8 + 1));
    let anna = server.user("anna");
    anna.connection("hers");
    copy_connection(&server, "hers", 400, "lib://sales");
    let groups: Vec<String> = (0..490).map(|number| format!("grp=*x{number}*y")).collect();
    let anna = WithGroups { client: anna, groups: groups.join(";") };
    let selection = anna.send("POST", "/selection/dataconnection", &json!({})).expect(201).json();
    let selected = format!("/selection/{}/dataconnection", id(&selection));
    let username = json!({"name": "username", "value": "sa", "valueIsModified": true});
    let change =
        json!({"latestModifiedDate": "2199-01-01T00:00:00.000Z", "properties": [username]});
    let named =
        |number: u64| (0..number).map(|number| connection(&format!("c{number}"))).collect::<Json>();
    let fitting = |reply: Reply| -> u64 {
        let message = reply.expect(413).says(&["max-write-milliseconds", "send about"]).message();
        message.split("send about ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap()
    };
    let changed = fitting(anna.send("PUT", &format!("{selected}/synthetic"), &change));
    let removed = fitting(anna.send("DELETE", &selected, &json!({})));
    let created = fitting(anna.send("POST", "/dataconnection/many", &named(200)));
    for number in [changed, removed, created] {
        assert!((5..150).contains(&number), "{changed} {removed} {created}");
    }
    anna.send("POST", "/dataconnection/many", &named(created)).expect(201);
    // The same without the groups weighs little.
    anna.client.put(&format!("{selected}/synthetic"), &change).expect(204);
    anna.client.delete(&selected).expect_empty(204);
}

/// A preview is a write that is rolled back, so the requests of a user with a hundred open
/// connections delayed others for 11 s.
#[test]
fn a_user_with_many_open_connections_does_not_block_other_writers() {
    const CONNECTIONS: usize = 48;
    let server = Server::start();
    let bert = server.user("bert");
    bert.connection("first");
    let mut heavy = connection("heavy");
    heavy["connectionstring"] = json!("sales ".repeat(16_000));
    let (is_over, answered) = (AtomicBool::new(false), AtomicUsize::new(0));
    let waits = thread::scope(|scope| {
        for _ in 0..CONNECTIONS {
            let anna = server.user("anna");
            let (heavy, is_over, answered) = (&heavy, &is_over, &answered);
            scope.spawn(move || {
                while !is_over.load(Ordering::Relaxed) {
                    anna.post("/dataconnection/previewprivileges", heavy).expect(201);
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        // All of them have started.
        crate::support::wait_until(|| answered.load(Ordering::Relaxed) >= CONNECTIONS);
        let wait = |number: usize| {
            let before = answered.load(Ordering::Relaxed);
            bert.connection(&format!("c{number}"));
            answered.load(Ordering::Relaxed) - before
        };
        let waits: Vec<usize> = (0..5).map(wait).collect();
        is_over.store(true, Ordering::Relaxed);
        waits
    });
    println!("{waits:?}");
    // Four writes wait in the queue and one is running; some more are answered while a request and
    // its response are in transit.
    assert!(waits.iter().sum::<usize>() / waits.len() < CONNECTIONS / 3, "{waits:?}");
}

#[test]
fn a_preview_is_weighed_like_a_creation() {
    let server = Server::start_with(&["--max-write-milliseconds", "1"]);
    let anna = server.user("anna");
    let mut heavy = connection("heavy");
    heavy["connectionstring"] = json!("x".repeat(100_000));
    for path in ["previewprivileges", "previewcreateprivilege"] {
        let path = format!("/dataconnection/{path}");
        anna.post(&path, &heavy).expect(413).says(&["max-write-milliseconds", "make it smaller"]);
        anna.post(&path, &connection("light")).expect(201);
        server.repository().post(&path, &heavy).expect(201);
    }
}

/// Long lists whose last name is taken: each is rolled back, and does not count against the
/// allowance. Nine of them at a time, of three users, occupied the writer.
#[test]
fn long_requests_of_several_users_do_not_block_other_writers() {
    const EACH: usize = 3;
    let server = Server::start();
    let bert = server.user("bert");
    bert.connection("first");
    let users = ["anna", "carl", "dora"];
    for user in users {
        server.user(user).connection(&format!("taken by {user}"));
    }
    let list = |user: &str| {
        let new = (0..300).map(|number| connection(&format!("{user} {number}")));
        new.chain([connection(&format!("taken by {user}"))]).collect::<Json>()
    };
    let (is_over, answered) = (AtomicBool::new(false), AtomicUsize::new(0));
    let waits = thread::scope(|scope| {
        for user in users.iter().flat_map(|user| [*user; EACH]) {
            let (client, list) = (server.user(user), list(user));
            let (is_over, answered) = (&is_over, &answered);
            scope.spawn(move || {
                while !is_over.load(Ordering::Relaxed) {
                    client
                        .post("/dataconnection/many", &list)
                        .expect(400)
                        .says(&["[300]", "taken"]);
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        crate::support::wait_until(|| answered.load(Ordering::Relaxed) >= 2);
        let wait = |number: usize| {
            let before = answered.load(Ordering::Relaxed);
            bert.connection(&format!("c{number}"));
            answered.load(Ordering::Relaxed) - before
        };
        let waits: Vec<usize> = (0..6).map(wait).collect();
        is_over.store(true, Ordering::Relaxed);
        waits
    });
    println!("{waits:?}");
    // One that is running, and one that came before.
    assert!(waits.iter().sum::<usize>() <= waits.len() * 5 / 2, "{waits:?}");
    assert_eq!(bert.names("dataconnection", "name sw 'anna'"), Vec::<String>::new());
}
