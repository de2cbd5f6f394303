//! What a user can make grow is bounded: the memory of the server, and what is stored.

use crate::support::{Client, Reply, Server, connection, copy_connection, id, memory};
use serde_json::{Value as Json, json};
use std::time::{Duration, Instant};

const MIB: u64 = 1024 * 1024;

/// How much memory a server takes above idle, at most, while so many clients ask for a list of long
/// rows and read nothing of it.
fn growth_by_slow_readers(rows: u32, connectionstring: &str, readers: usize) -> u64 {
    let server = Server::start();
    let client = server.repository();
    client.connection("long");
    copy_connection(&server, "long", rows, connectionstring);
    client.get("/dataconnection/full?take=1").expect(200);
    let process = server.process_id();
    let idle = memory(process);
    let lists: Vec<_> = (0..readers)
        .map(|_| client.request("GET", "/dataconnection/full").send().unwrap())
        .collect();
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

pub fn start(arguments: &[&str]) -> Server {
    Server::start_in(tempfile::tempdir().unwrap(), |command| {
        command.args(arguments);
    })
}

/// How an ordinary user writes again and again, by the number of the request.
type Writing = fn(&Client, usize) -> Reply;

const WRITINGS: [(&str, Writing); 5] = [
    ("long texts", |anna, number| anna.post("/dataconnection", &long(&format!("c{number}")))),
    ("many small entities", |anna, number| {
        let names = (0..50).map(|place| connection(&format!("c{number}-{place}")));
        anna.post("/dataconnection/many", &names.collect())
    }),
    ("changes", |anna, number| {
        let mut body =
            anna.get("/dataconnection/full?filter=name eq 'first'").expect(200).json()[0].clone();
        body["connectionstring"] = json!(format!("{number}{}", "x".repeat(50_000)));
        anna.put(&format!("/dataconnection/{}", id(&body)), &body)
    }),
    ("selections", |anna, _| {
        let item = |number: u32| {
            json!({
                "type": "Tag", "objectID": uuid::Uuid::from_u128(u128::from(number) + 1).to_string()
            })
        };
        anna.post("/selection", &json!({"items": (0..1_000).map(item).collect::<Vec<Json>>()}))
    }),
    ("creating and deleting", |anna, number| {
        let mut body = connection(&format!("c{number}"));
        body["connectionstring"] = json!("x".repeat(50_000));
        let made = anna.post("/dataconnection", &body);
        if made.status == 201 {
            anna.delete(&format!("/dataconnection/{}", id(&made.json())))
        } else {
            made
        }
    }),
];

/// Whatever it is by: an ordinary user is refused, the refusal says until when and by which
/// setting, and the user reads on.
#[test]
fn an_ordinary_user_fills_no_disk() {
    const DAILY: u64 = 3 * MIB;
    for (name, write) in WRITINGS {
        let server = start(&["--max-daily-bytes", &DAILY.to_string()]);
        let anna = server.user("anna");
        let made = anna.connection("first");
        let before = stored(&server);
        let refused = (0..1_000)
            .map(|number| write(&anna, number))
            .find(|reply| reply.status >= 300)
            .unwrap();
        let reply = refused.expect(429).says(&["3145728 bytes", "max-daily-bytes", "seconds"]);
        let seconds: u64 = reply.header("retry-after").parse().unwrap();
        assert!((86_000..=86_400).contains(&seconds), "{seconds}");
        let grown = stored(&server) - before;
        println!("{name}: the database has grown by {grown} of {DAILY} bytes");
        assert!(grown < DAILY + DAILY / 8, "{name}: {grown}");
        let path = format!("/dataconnection/{}", id(&made));
        anna.get(&path).expect(200);
        anna.post(
            "/dataconnection/many",
            &(0..5).map(|number| long(&format!("more {number}"))).collect(),
        )
        .expect(429);
        // Nothing is left of what was refused, but its entry in the audit log; and others go on.
        assert!(stored(&server) - before < grown + 100_000, "{name}");
        server.user("bert").connection("his");
        server.repository().connection("hers");
    }
}

fn long(name: &str) -> Json {
    let mut body = connection(name);
    body["connectionstring"] = json!("x".repeat(100_000));
    body
}

/// What is undone is not charged: previews, conflicts, what is forbidden, and lists of which one
/// can't be made.
#[test]
fn what_is_undone_is_not_charged() {
    let server = start(&["--max-daily-bytes", "100000"]);
    let anna = server.user("anna");
    anna.connection("first");
    let mut body = connection("first");
    body["connectionstring"] = json!("x".repeat(20_000));
    let mut other = body.clone();
    other["name"] = json!("other");
    for _ in 0..10 {
        anna.post("/dataconnection", &body).expect(400);
        anna.post("/dataconnection/many", &json!([other, body])).expect(400);
        anna.post("/dataconnection/previewprivileges", &other).expect(201);
        let mut folder = other.clone();
        folder["type"] = json!("folder");
        anna.post("/dataconnection", &folder).expect(403);
    }
    anna.post("/dataconnection", &other).expect(201);
    anna.post("/dataconnection", &connection("third")).expect(201);
}

#[test]
fn an_ordinary_user_creates_so_many_entities_a_day() {
    let server = start(&["--max-daily-entities", "5"]);
    let anna = server.user("anna");
    let many = |names: &[&str]| {
        anna.post("/dataconnection/many", &names.iter().map(|name| connection(name)).collect())
    };
    many(&["a", "b", "c"]).expect(201);
    many(&["d", "e", "f"]).expect(429).says(&["5 entities", "max-daily-entities"]);
    // A selection is one, too.
    anna.post("/selection/dataconnection", &json!({})).expect(201);
    many(&["d"]).expect(201);
    anna.post("/selection/dataconnection", &json!({})).expect(429);
    // Users who are created by being named are counted together: three more have been seen by then.
    let named = |number: usize| server.user(&format!("u{number}")).get("/tag/count");
    assert_eq!((0..4).map(|number| named(number).status).collect::<Vec<_>>(), [200; 4]);
    named(4).expect(429).says(&["max-daily-entities"]);
    named(3).expect(200);
    server.repository().get("/tag/count").expect(200);
}

#[test]
fn allowances_can_be_switched_off_and_root_administrators_have_none() {
    let server = start(&[
        "--max-daily-entities",
        "0",
        "--max-daily-bytes",
        "0",
        "--max-write-milliseconds",
        "0",
    ]);
    let names: Vec<Json> = (0..200).map(|number| connection(&format!("c{number}"))).collect();
    server.user("anna").post("/dataconnection/many", &json!(names)).expect(201);
    let server = start(&["--max-daily-entities", "2", "--max-write-milliseconds", "1"]);
    let client = server.repository();
    client.post("/dataconnection/many", &json!(names)).expect(201);
    client
        .create("user", &json!({"userDirectory": "LAB", "userId": "root", "roles": ["RootAdmin"]}));
    let more: Vec<Json> = (0..200).map(|number| connection(&format!("d{number}"))).collect();
    server.user("root").post("/dataconnection/many", &json!(more)).expect(201);
    server.named("INTERNAL", "sa_api").connection("last");
}

/// Bytes of the database and of its log.
fn stored(server: &Server) -> u64 {
    let database = rusqlite::Connection::open(server.data().join("patchbay.db")).unwrap();
    let pages = |name: &str| {
        database.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0)).unwrap()
    };
    u64::try_from((pages("page_count") - pages("freelist_count")) * pages("page_size")).unwrap()
}
