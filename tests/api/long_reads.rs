//! Reads that compute for long are cancelled for those who need what they occupy: the write-ahead
//! log, a turn, or processor time.

use crate::support::rules::user;
use crate::support::{Client, Reply, Server, connection, copy_connection, encode, id, wait_until};
use serde_json::json;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// A filter that takes milliseconds for each connection of [`fill`], and matches none.
fn slow_filter() -> String {
    encode(&slow_terms())
}

fn slow_terms() -> String {
    let terms: Vec<String> =
        (0..190).map(|number| format!("connectionstring so 'aab{number}'")).collect();
    terms.join(" or ")
}

/// Adds that many connections of the user with long texts.
fn fill(server: &Server, user_id: &str, number: u32) {
    server.user(user_id).connection(&format!("of {user_id}"));
    copy_connection(server, &format!("of {user_id}"), number, &"a".repeat(5_000));
}

/// A server whose users can all read the connections of one user.
fn shared(arguments: &[&str], number: u32) -> Server {
    let server = Server::start_with(arguments);
    fill(&server, "anna", number);
    let rule = json!({
        "name": "all", "resourceFilter": "DataConnection_*", "actions": 2,
        "rule": "resource.name like \"*\""
    });
    server.repository().create("systemrule", &rule);
    for user_id in ["anna", "bert", "carl"] {
        server.user(user_id).get("/dataconnection?take=1").expect(200);
    }
    server
}

fn count(client: &Client) -> Reply {
    client.get(&format!("/dataconnection/count?filter={}", slow_filter()))
}

/// Counts the connections, and returns the message of a refusal. A test client may time out first.
fn refusal(client: &Client) -> Option<String> {
    let request = client.request("GET", &format!("/dataconnection/count?filter={}", slow_filter()));
    let reply = request.send().ok().filter(|reply| reply.status() == 503)?;
    reply.text().ok()
}

/// Runs `work` while that many threads for each client call `load` repeatedly.
fn during<T>(
    clients: &[&Client],
    threads: usize,
    load: impl Fn(&Client) + Sync,
    work: impl FnOnce() -> T,
) -> T {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        for client in clients {
            for _ in 0..threads {
                scope.spawn(|| {
                    while !is_over.load(Ordering::Relaxed) {
                        load(client);
                    }
                });
            }
        }
        let _over = StopOnDrop(&is_over);
        work()
    })
}

/// Stops the threads when dropped, even if a test fails.
struct StopOnDrop<'a>(&'a AtomicBool);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
#[ignore = "takes long; .ci/run long-tests runs it"]
fn a_read_of_an_ordinary_user_that_computes_for_too_long_is_cancelled_with_advice() {
    let server = Server::start_with(&["--max-read-seconds", "1"]);
    fill(&server, "anna", 400);
    let (client, filter) = (server.repository(), slow_filter());
    user(&client, "sara", &["SecurityAdmin"], &[], &[]);
    let (anna, sara) = (server.user("anna"), server.user("sara"));
    let columns =
        json!({"columns": [{"name": "id", "columnType": "Property", "definition": "id"}]});
    let requests: [(&Client, &str, String); 5] = [
        (&anna, "GET", format!("/dataconnection/count?filter={filter}")),
        (&anna, "GET", format!("/dataconnection?filter={filter}")),
        (&anna, "POST", format!("/dataconnection/table?filter={filter}")),
        (&anna, "POST", format!("/selection/dataconnection?filter={filter}")),
        (
            &sara,
            "GET",
            format!(
                "/systemrule/explain/resources?user=LAB%5Canna&type=DataConnection&filter={filter}"
            ),
        ),
    ];
    for (asker, method, path) in requests {
        let start = Instant::now();
        let reply = Reply::of(asker.request(method, &path).json(&columns));
        let shown: String = path.chars().take(50).collect();
        println!("{shown}: {:?} {}", start.elapsed(), reply.text);
        reply.expect(503).says(&["1 second", "max-read-seconds", "narrower filter"]);
    }
    // Short reads are unaffected, and an interrupted read leaves nothing behind.
    assert_eq!(anna.get("/dataconnection/count").expect(200).json()["value"], 401);
    let start = Instant::now();
    let request = client.request("GET", &format!("/dataconnection/count?filter={filter}"));
    assert_eq!(Reply::of(request.timeout(Duration::from_mins(2))).expect(200).json()["value"], 0);
    assert!(
        start.elapsed() > Duration::from_secs(1),
        "the filter is too fast for this test: {:?}",
        start.elapsed()
    );
}

#[test]
fn a_list_that_has_begun_is_cut_off_when_it_computes_for_too_long() {
    let server = shared(&["--max-read-seconds", "1"], 1_100);
    let long = |number| {
        json!({
            "name": format!("first {number}"), "type": "x", "connectionstring": "x".repeat(20_000)
        })
    };
    server.user("anna").post("/dataconnection/many", &(0..40).map(long).collect()).expect(201);
    let filter = encode(&format!("not (name sw 'copy' and ({}))", slow_terms()));
    let path = format!("/dataconnection/full?orderby=name%20desc&filter={filter}");
    let mut list = server.user("bert").request("GET", &path).send().unwrap();
    assert_eq!(list.status(), 200);
    assert!(list.copy_to(&mut std::io::sink()).is_err(), "an incomplete list looks complete");
    wait_until(|| server.log().contains("max-read-seconds"));
}

#[test]
fn a_read_may_take_any_time_without_a_limit() {
    let server = Server::start_with(&["--max-read-seconds", "0"]);
    fill(&server, "anna", 200);
    assert_eq!(count(&server.user("anna")).expect(200).json()["value"], 0);
}

/// Each such read delayed writers by two seconds again and again, and the log grew as long as it
/// lasted.
#[test]
#[ignore = "takes long; .ci/run long-tests runs it"]
fn computing_reads_are_cancelled_once_the_write_ahead_log_is_too_long() {
    const MIB: u64 = 1024 * 1024;
    let server = Server::start_with(&["--max-wal-bytes", "16777216", "--max-read-seconds", "8"]);
    fill(&server, "anna", 800);
    let (anna, client) = (server.user("anna"), server.repository());
    let path = format!("/dataconnection/{}", id(&client.connection("changed")));
    let log = || std::fs::metadata(server.data().join("patchbay.db-wal")).unwrap().len();
    let ended = [AtomicUsize::new(0), AtomicUsize::new(0)];
    let read = |client: &Client, ended: &AtomicUsize| {
        if refusal(client).is_some_and(|message| {
            message.contains("max-wal-bytes") && message.contains("try again")
        }) {
            ended.fetch_add(1, Ordering::Relaxed);
        }
    };
    let (mut slowest, mut longest) = (Duration::ZERO, 0);
    during(
        &[&anna],
        2,
        |anna| read(anna, &ended[0]),
        || {
            during(
                &[&client],
                1,
                |client| read(client, &ended[1]),
                || {
                    let start = Instant::now();
                    for number in 0.. {
                        assert!(
                            start.elapsed() < Duration::from_mins(2),
                            "the reads are not cancelled: {ended:?}, {longest} bytes"
                        );
                        let before = Instant::now();
                        let body = json!({
                            "modifiedDate": "2199-12-31T23:59:59.999Z",
                            "connectionstring": format!("{number} ").repeat(20_000)
                        });
                        client.put(&path, &body).expect(200);
                        slowest = slowest.max(before.elapsed());
                        longest = longest.max(log());
                        if ended.iter().all(|ended| ended.load(Ordering::Relaxed) > 0) {
                            break;
                        }
                    }
                },
            );
        },
    );
    println!("the slowest write took {slowest:?}, the log had {} MiB, {ended:?}", longest / MIB);
    assert!(slowest < Duration::from_secs(2), "a writer waited {slowest:?}");
    assert!((16 * MIB..48 * MIB).contains(&longest), "{longest}");
}

/// Four to forty concurrent counts of one user caused 503 for the counts of others.
#[test]
#[ignore = "takes long; .ci/run long-tests runs it"]
fn a_user_with_many_long_counts_leaves_turns_for_others() {
    let server = shared(&["--max-read-seconds", "8"], 3_000);
    let (anna, bert) = (server.user("anna"), server.user("bert"));
    let refused = AtomicUsize::new(0);
    let load = |anna: &Client| {
        if refusal(anna).is_some_and(|message| message.contains("too many counts")) {
            refused.fetch_add(1, Ordering::Relaxed);
        }
    };
    during(&[&anna], 8, load, || {
        wait_until(|| refused.load(Ordering::Relaxed) > 5);
        for _ in 0..4 {
            bert.post("/selection/dataconnection?filter=name%20eq%20'none'", &json!({}))
                .expect(201);
        }
    });
    assert!(
        !server.log().contains("other requests are waiting"),
        "a count of another user got no turn"
    );
}

/// Two users together can occupy all turns.
#[test]
#[ignore = "takes long; .ci/run long-tests runs it"]
fn a_read_by_id_waits_for_its_turn_and_is_not_refused() {
    let server = shared(&["--max-read-seconds", "8"], 3_000);
    let (anna, bert, carl) = (server.user("anna"), server.user("bert"), server.user("carl"));
    let own = id(&bert.create("dataconnection", &connection("his")));
    let items = json!({"items": [{"type": "DataConnection", "objectID": own}]});
    let selection = id(&bert.post("/selection", &items).expect(201).json());
    let refused = AtomicUsize::new(0);
    let load = |client: &Client| {
        refused.fetch_add(usize::from(refusal(client).is_some()), Ordering::Relaxed);
    };
    during(&[&anna, &carl], 4, load, || {
        wait_until(|| refused.load(Ordering::Relaxed) > 5);
        for _ in 0..3 {
            bert.get(&format!("/selection/{selection}")).expect(200);
            bert.get(&format!("/dataconnection/{own}")).expect(200);
        }
    });
}

/// Two users together can occupy all turns with lists that produce no output.
#[test]
#[ignore = "takes long; .ci/run long-tests runs it"]
fn computing_lists_are_cancelled_while_others_wait_for_a_turn() {
    let server = shared(&["--max-read-seconds", "8"], 6_000);
    let [anna, bert, carl] = ["anna", "bert", "carl"].map(|user_id| server.user(user_id));
    let path = format!("/dataconnection?filter={}", slow_filter());
    let ended = AtomicUsize::new(0);
    let load = |client: &Client| {
        // A test client may time out first.
        let Ok(reply) = client.request("GET", &path).send() else { return };
        ended.fetch_add(usize::from(reply.status() == 503), Ordering::Relaxed);
    };
    let columns =
        json!({"columns": [{"name": "id", "columnType": "Property", "definition": "id"}]});
    during(&[&anna, &carl], 5, load, || {
        // The fifth list of each user is refused: the others have all turns.
        wait_until(|| ended.load(Ordering::Relaxed) >= 2);
        let start = Instant::now();
        wait_until(|| {
            let reply = bert.post("/dataconnection/table?take=1", &columns);
            assert!([201, 503].contains(&reply.status), "{}", reply.text);
            reply.status == 201
        });
        println!("a list came after {:?}", start.elapsed());
    });
    wait_until(|| server.log().contains("other requests are waiting"));
}
